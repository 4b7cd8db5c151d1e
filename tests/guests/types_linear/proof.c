/* SPDX-License-Identifier: MIT */
/*
 * Claim: a table that maps itself gives no writable view of tables (XSA-182), nor do tables of one level
 *   in a chain, whose undoing would recurse or miscount (XSA-240, XSA-309).
 * Attack: point an L4 entry at the L4 itself, writable, directly and by way of a read-only one; tables of
 *   each level that end in another of that level, which is checked already or is not; again and again.
 * Defence: refused, and what was taken before is given back.
 * Proves: XSA-182
 * Proves: XSA-240
 * Proves: XSA-309
 */
#include "guest.h"

#define FLAGS (PTE_P | PTE_RW | PTE_US)

/* A table of @level whose last entry is the table @other of that same level. */
static void chain(unsigned int level)
{
	unsigned int pin = MMUEXT_PIN_L1_TABLE + level - 1, refused = 0, n = 0;
	u64 *below = page_alloc(), *first = page_alloc(), *other = page_alloc();
	bool open;

	/* An empty table of the level below, that both have in all other entries. */
	for (unsigned int i = 0; i < 511; i++)
		first[i] = other[i] =
			level == 4 && i >= 256 && i < 272 ? 0 : pte_of(virt_to_mfn(below), FLAGS);
	first[511] = pte_of(virt_to_mfn(other), FLAGS);
	set_readonly(below);
	set_readonly(first);
	set_readonly(other);
	for (unsigned int round = 0; round < 20; round++, n += 2) {
		refused += mmuext(pin, virt_to_mfn(first)) < 0;
		mmuext(pin, virt_to_mfn(other));
		refused += mmuext(pin, virt_to_mfn(first)) < 0;
		mmuext(MMUEXT_UNPIN_TABLE, virt_to_mfn(other));
	}
	check(refused == n || !on_lamina(), "chains of level %u are refused: %u of %u", level,
	      refused, n);
	open = !set_writable(first) && !set_writable(other) && !set_writable(below);
	check(open && try_write(first, 0) && try_write(other, 0) && try_write(below, 0),
	      "and nothing of them has stuck");
}

static void linear(void)
{
	u64 *root = (u64 *)start_info->pt_base;
	u64 maddr = virt_to_mfn(root) << 12 | 300 * 8;

	check(mmu_update(maddr, pte_of(virt_to_mfn(root), PTE_P | PTE_RW | PTE_US)) < 0,
	      "a writable entry for itself is refused");
	if (mmu_update(maddr, pte_of(virt_to_mfn(root), PTE_P | PTE_US)) == 0)
		check(mmu_update(maddr, pte_of(virt_to_mfn(root), PTE_P | PTE_RW | PTE_US)) < 0,
		      "a read-only one cannot become writable");
	else
		check(true, "a read-only one is refused as well");
	check_is(mmu_update(maddr, 0), 0, "clear it");
}

void proof(void)
{
	for (unsigned int level = 2; level <= 4; level++)
		chain(level);
	linear();
}
