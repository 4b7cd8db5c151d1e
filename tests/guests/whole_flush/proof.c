/* SPDX-License-Identifier: MIT */
/*
 * Claim: no translation outlives a load of CR3, by whatever the guest asks.
 * Attack: global bits; PCIDE and PGE in CR4; with process identifiers the flush is another step than the
 *	change of tables, and what is cached between the two stays (XSA-292).
 * Defence: neither is ever on, no value of CR3 asks for less, no entry is global.  Two domains take turns on
 *	one processor; drive.py looks at the machine, and at each load of CR3 in changes from one to the other.
 * LIMIT: 120
 * Proves: XSA-292
 */
#include "guest.h"

#define CR4_PGE	  (1ULL << 7)
#define CR4_PCIDE (1ULL << 17)
#define GLOBAL	  0x100ULL
#define RAM	  (PTE_P | PTE_RW | PTE_US | PTE_A | PTE_D)

/* Written by the driver. */
volatile unsigned int drive_stop;

static u64 window[1024] __attribute__((aligned(4096)));

static void set_cr4(void *arg)
{
	u64 cr4;

	__asm__ volatile("mov %%cr4, %0" : "=r"(cr4));
	__asm__ volatile("mov %0, %%cr4" ::"r"(cr4 | *(u64 *)arg));
}

static void live(volatile u64 *shared, unsigned int vcpu)
{
	u64 bits = CR4_PGE | CR4_PCIDE;

	(void)vcpu;
	try_call(set_cr4, &bits);
	update_va(window, pte_of(virt_to_mfn(window + 512), RAM | GLOBAL), UVMF_INVLPG);
	for (;;) {
		window[0] = shared[1];
		shared[0]++;
		hypercall2(__HYPERVISOR_sched_op, SCHEDOP_yield, 0);
		shared[2] += window[0] != shared[1];
	}
}

static bool has_pcid(void)
{
	u32 a = 1, b, c = 0, d;

	__asm__ volatile("ud2; .ascii \"xen\"; cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
	return c & 1 << 17;
}

void proof(void)
{
	static struct domu u[2];

	check(!has_pcid(), "guests are not shown process identifiers");
	for (unsigned int i = 0; i < 2; i++) {
		check_is(domu_create(&u[i], 1, live), 0, "a domain");
		u[i].shared[1] = 1000 + i;
		domu_unpause(&u[i]);
	}
	say("ready\n");
	while (!drive_stop)
		sleep_until(now_ns() + 1000000);
	for (unsigned int i = 0; i < 2; i++) {
		check(u[i].shared[0] > 2 && !u[i].shared[2],
		      "%lu turns, another's page seen %lu times", u[i].shared[0], u[i].shared[2]);
		check_is(domu_destroy(&u[i]), 0, "gone");
	}
}
