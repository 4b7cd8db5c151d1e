/* SPDX-License-Identifier: MIT */
/*
 * Claim: RAM is seen through the caches, by a guest and by the processor that walks its tables.
 * Attack: PWT, PCD and PAT in entries of RAM and of tables, and the global bit, in each way in which an
 *	entry gets there: contents that differ between cache and memory would be checked and not used
 *	(XSA-402).  Device memory is what only dom0 has (XSA-404).
 * Defence: paging/entry.h and paging/mapping.c clear them; device memory keeps them.
 * Proves: XSA-402
 * Proves: XSA-404
 */
#include "guest.h"

#define PWT    0x8ULL
#define PCD    0x10ULL
#define PAT    0x80ULL
#define GLOBAL 0x100ULL
#define ALL    (PWT | PCD | PAT | GLOBAL)
#define RAM    (PTE_P | PTE_RW | PTE_US | PTE_A | PTE_D)
#define VGA    0xb8ULL /* text memory, a frame that is no RAM on any PC */

static u64 *window;

static bool clean(u64 e)
{
	return (e & PTE_P) && !(e & (PWT | PCD | PAT | GLOBAL));
}

/* How many of the eight combinations of cache bits stay, with @set to install one. */
static unsigned int stay(long (*set)(u64 e))
{
	unsigned int n = 0;

	for (u64 i = 0; i < 8; i++) {
		u64 bits = (i & 1 ? PWT : 0) | (i & 2 ? PCD : 0) | (i & 4 ? PAT : 0) | GLOBAL;
		void *page = i & 1 ? window + 512 : window + 1024;

		if (set(pte_of(virt_to_mfn(page), RAM | bits)) || !clean(*pte_at(PTR(window), 1)))
			n++;
	}
	return n;
}

static long by_va(u64 e)
{
	return update_va(window, e, UVMF_INVLPG);
}

static long by_update(u64 e)
{
	return mmu_update(pte_maddr(PTR(window), 1) | MMU_NORMAL_PT_UPDATE, e);
}

static long by_preserving(u64 e)
{
	return mmu_update(pte_maddr(PTR(window), 1) | MMU_PT_UPDATE_PRESERVE_AD, e);
}

/* The same frame again, so that flags alone change. */
static long by_flags(u64 e)
{
	return mmu_update(pte_maddr(PTR(window), 1), e & ~ALL) ?: by_update(e);
}

static long by_store(u64 e)
{
	*(volatile u64 *)pte_at(PTR(window), 1) = e;
	return 0;
}

static void grants(void)
{
	struct gnttab_map_grant_ref m = { .host_addr = PTR(window),
					  .flags = GNTMAP_host_map,
					  .ref = 9 };

	update_va(window, 0, UVMF_INVLPG);
	if (!grant_setup())
		return;
	grant_give(9, virt_to_mfn(window + 512), GTF_permit_access);
	grant_op(GNTTABOP_map_grant_ref, &m, 1);
	check(!m.status && clean(*pte_at(PTR(window), 1)), "a grant's entry is clean");
}

/* Four levels, each entry with what it should not have, made tables all at once. */
static void pinned(void)
{
	u64 *t[4], root;
	long rc;

	for (int i = 0; i < 4; i++)
		t[i] = page_alloc();
	for (int i = 0; i < 3; i++)
		t[i][i] = pte_of(virt_to_mfn(t[i + 1]), RAM | PWT | PCD);
	t[3][5] = pte_of(virt_to_mfn(window + 512), RAM | ALL);
	for (int i = 0; i < 4; i++)
		set_readonly(t[i]);
	root = virt_to_mfn(t[0]);
	rc = mmuext(MMUEXT_PIN_L4_TABLE, root);
	check(rc || (clean(t[0][0]) && clean(t[1][1]) && clean(t[2][2]) && clean(t[3][5])),
	      "a tree of tables: %ld, %lx %lx %lx %lx", rc, t[0][0], t[1][1], t[2][2], t[3][5]);
	for (unsigned int i = 0; i < 3 && !rc; i++) {
		u64 at = virt_to_mfn(t[i]) << 12 | i * 8;
		u64 e = pte_of(virt_to_mfn(t[i + 1]), RAM | PWT | PCD);

		check(mmu_update(at, e) || clean(t[i][i]), "level %u, flags alone", 4 - i);
		mmu_update(at, 0);
		check(mmu_update(at, e) || clean(t[i][i]), "level %u, a new entry", 4 - i);
	}
}

static void other(volatile u64 *shared, unsigned int vcpu)
{
	static u64 page[512] __attribute__((aligned(4096)));

	(void)vcpu;
	shared[1] = (u64)update_va(page, pte_of(VGA, RAM | PCD), UVMF_INVLPG);
	shared[2] = (u64)mmu_update(pte_maddr(PTR(page), 1), pte_of(VGA, PTE_P | PTE_US | PCD));
	shared[0] = 1;
	for (;;)
		hypercall2(__HYPERVISOR_sched_op, SCHEDOP_yield, 0);
}

static void devices(void)
{
	static struct domu u;
	u64 end = now_ns() + 20000000000;

	check_is(update_va(window, pte_of(VGA, RAM | PWT | PCD), UVMF_INVLPG), 0, "dom0 has devices");
	check((*pte_at(PTR(window), 1) & (PWT | PCD)) == (PWT | PCD), "past the caches");
	update_va(window, 0, UVMF_INVLPG);
	check_is(domu_create(&u, 1, other), 0, "another domain");
	domu_unpause(&u);
	while (!u.shared[0] && now_ns() < end)
		sleep_until(now_ns() + 1000000);
	check(u.shared[0] && (long)u.shared[1] < 0 && (long)u.shared[2] < 0, "has none: %ld, %ld",
	      (long)u.shared[1], (long)u.shared[2]);
	check_is(domu_destroy(&u), 0, "gone");
}

void proof(void)
{
	window = page_alloc();
	page_alloc();
	page_alloc();
	if (on_lamina()) {
		check_is(stay(by_va), 0, "update_va_mapping");
		check_is(stay(by_update), 0, "mmu_update");
		check_is(stay(by_preserving), 0, "mmu_update that preserves bits");
		check_is(stay(by_flags), 0, "flags alone");
		check_is(stay(by_store), 0, "a plain store");
	}
	grants();
	pinned();
	devices();
}
