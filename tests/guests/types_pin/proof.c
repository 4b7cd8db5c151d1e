/* SPDX-License-Identifier: MIT */
/*
 * Claim: a pin validates, holds once, and is undone once.
 * Attack: pin writable pages, garbage, twice; unpin what is not pinned; loop on the error path (XSA-58).
 * Defence: refusals that leave the frame as it was.
 * Proves: mmuext_op.MMUEXT_PIN_L1_TABLE ok refused, mmuext_op.MMUEXT_PIN_L2_TABLE ok refused
 * Proves: mmuext_op.MMUEXT_PIN_L3_TABLE ok refused, mmuext_op.MMUEXT_PIN_L4_TABLE refused
 * Proves: mmuext_op.MMUEXT_UNPIN_TABLE ok refused, XSA-58
 */
#include "guest.h"

void proof(void)
{
	u64 *table = page_alloc(), *garbage = page_alloc();
	u64 mfn = virt_to_mfn(table);

	check(mmuext(MMUEXT_PIN_L1_TABLE, mfn) < 0, "a writable page cannot be pinned");
	check(mmuext(MMUEXT_UNPIN_TABLE, mfn) < 0, "an unpinned page cannot be unpinned");
	check_is(set_readonly(table), 0, "make it read-only");
	check_is(mmuext(MMUEXT_PIN_L1_TABLE, mfn), 0, "an empty read-only page is an L1");
	check(mmuext(MMUEXT_PIN_L1_TABLE, mfn) < 0, "it cannot be pinned twice");
	check(mmuext(MMUEXT_PIN_L2_TABLE, mfn) < 0, "nor as another level");
	check(set_writable(table) < 0, "nor be made writable");
	check_is(mmuext(MMUEXT_UNPIN_TABLE, mfn), 0, "unpin it");
	check_is(set_writable(table), 0, "now it can be written again");

	check_is(set_readonly(table), 0, "make it read-only again");
	check_is(mmuext(MMUEXT_PIN_L2_TABLE, mfn), 0, "it can be an L2 as well");
	check(mmuext(MMUEXT_PIN_L3_TABLE, mfn) < 0, "but not an L3 at once");
	check_is(mmuext(MMUEXT_UNPIN_TABLE, mfn), 0, "unpin it");
	check_is(mmuext(MMUEXT_PIN_L3_TABLE, mfn), 0, "now it can be an L3");
	check_is(mmuext(MMUEXT_UNPIN_TABLE, mfn), 0, "unpin it");

	garbage[17] = pte_of(1ULL << 39, PTE_P | PTE_RW | PTE_US);
	check_is(set_readonly(garbage), 0, "make the bad table read-only");
	for (int i = 0; i < 100; i++)
		if (mmuext(MMUEXT_PIN_L1_TABLE, virt_to_mfn(garbage)) == 0)
			check(false, "a table with a foreign entry was pinned");
	check_is(set_writable(garbage), 0, "after 100 refusals nothing holds the page");
	check(mmuext(MMUEXT_PIN_L4_TABLE, ~0ULL >> 12) < 0, "a frame that does not exist");
	check(mmuext(MMUEXT_PIN_L4_TABLE, 0) < 0, "a frame that is not ours");
}
