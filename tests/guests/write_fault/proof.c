/* SPDX-License-Identifier: MIT */
/*
 * Claim: plain stores to the guest's own page tables work as checked updates, and only as such.
 * Attack: after each kind of store that kernels use, the same store with a value that must be refused.
 * Defence: decoded from one copy, applied like an mmu_update; what is refused is a page fault.
 */
#include "guest.h"

static volatile u64 *entry;
static u64 value, result;

static void store(void *arg)
{
	(void)arg;
	*entry = value;
}

static void exchange(void *arg)
{
	(void)arg;
	result = value;
	__asm__ volatile("xchg %0, %1" : "+r"(result), "+m"(*entry));
}

static void lock_and(void *arg)
{
	(void)arg;
	__asm__ volatile("lock andb $0xfd, %0" : "+m"(*(volatile u8 *)entry));
}

static void lock_btr(void *arg)
{
	(void)arg;
	__asm__ volatile("lock btrq $5, %0" : "+m"(*entry)::"cc");
}

static void cmpxchg(void *arg)
{
	u64 old = *(u64 *)arg;

	__asm__ volatile("lock cmpxchg %2, %1" : "+a"(old), "+m"(*entry) : "r"(value) : "cc");
	result = old;
}

void proof(void)
{
	u64 *page = page_alloc();
	u64 good = pte_of(virt_to_mfn(page), PTE_P | PTE_RW | PTE_US | PTE_A), old;

	entry = pte_at(PTR(page), 1);
	value = good | PTE_D;
	check(try_call(store, NULL) && (*entry & PTE_D), "mov");
	value = good;
	check(try_call(exchange, NULL) && (result & PTE_D) && !(*entry & PTE_D),
	      "xchg gives the old entry");
	check(try_call(lock_and, NULL) && !(*entry & PTE_RW), "lock and of a byte");
	check(try_call(lock_btr, NULL) && !(*entry & PTE_A), "lock btr");
	old = *entry;
	value = good;
	check(try_call(cmpxchg, &old) && result == old && (*entry & PTE_RW),
	      "lock cmpxchg that matches");
	old = 1;
	check(try_call(cmpxchg, &old) && result == *entry && (*entry & PTE_RW),
	      "lock cmpxchg that does not");
	value = pte_of(PTE_MFN(*pte_at(PTR(page), 2)), PTE_P | PTE_RW | PTE_US);
	check(!try_call(store, NULL) && fault.vector == 14 && fault.error == 3,
	      "a store that would map a table writable faults");
	value = pte_of(0x300, PTE_P | PTE_RW | PTE_US);
	check(!try_call(exchange, NULL) && fault.vector == 14,
	      "an xchg with another's frame faults");
	check(PTE_MFN(*entry) == virt_to_mfn(page), "the entry is as it was");
	value = 0;
	check(try_call(store, NULL) && *entry == 0, "clearing the entry");
	value = good;
	check(try_call(store, NULL) && (*entry & PTE_P), "and setting it again");
	*page = 5;
	check(*page == 5, "the page is there");
}
