/* SPDX-License-Identifier: MIT */
/*
 * Claim: no descriptor that the processor loads can give privilege.
 * Attack: a GDT page that stays writable; gates, system descriptors and ring 0 segments in it (XSA-339's field).
 * Defence: the frame is typed, each descriptor checked; later changes only by update_descriptor.
 * (Xen 4.17 takes call gates and emulates them; here they are refused.)
 * Proves: set_gdt ok refused, update_descriptor ok refused
 */
#include "guest.h"

static long set_gdt(const void *page, unsigned int entries)
{
	u64 frames[1] = { virt_to_mfn(page) };

	return hypercall2(__HYPERVISOR_set_gdt, frames, entries);
}

static long update_descriptor(void *where, u64 desc)
{
	return hypercall2(__HYPERVISOR_update_descriptor,
			  virt_to_mfn((void *)(PTR(where) & ~4095ULL)) << 12 | (PTR(where) & 4095),
			  desc);
}

#define CODE64_DPL3 0x00affb000000ffffULL
#define DATA_DPL3   0x00cff3000000ffffULL
#define CODE64_DPL0 0x00af9b000000ffffULL
#define CALL_GATE   0xffffec000008ffffULL
#define TSS_DESC    0x0000890000000067ULL
#define LDT_DESC    0x0000820000000067ULL

void proof(void)
{
	u64 *gdt = page_alloc();

	gdt[1] = DATA_DPL3;
	check(set_gdt(gdt, 512) < 0, "not while it is mapped writable");
	check_is(set_readonly(gdt), 0, "make it read-only");
	check_is(set_gdt(gdt, 512), 0, "a good table");
	check(set_writable(gdt) < 0, "it cannot be made writable");
	check_is(update_descriptor(&gdt[2], CODE64_DPL3), 0, "add a code segment");
	check(gdt[2] == CODE64_DPL3 || (gdt[2] | 1ULL << 40) == (CODE64_DPL3 | 1ULL << 40),
	      "and it is there");
	check(update_descriptor(&gdt[3], CALL_GATE) < 0, "a call gate is refused");
	check(update_descriptor(&gdt[3], TSS_DESC) < 0, "a TSS is refused");
	check(update_descriptor(&gdt[3], LDT_DESC) < 0, "an LDT descriptor is refused");
	if (update_descriptor(&gdt[3], CODE64_DPL0) == 0)
		check((gdt[3] >> 45 & 3) == 3, "a ring 0 segment is made ring 3");
	else
		check(true, "a ring 0 segment is refused");
	check(set_gdt(gdt, 10000) < 0, "more entries than the reserved ones leave");
	check_is(set_gdt(gdt, 0), 0, "give it up");
	check_is(set_writable(gdt), 0, "now it is a page again");
	gdt[5] = CALL_GATE;
	check_is(set_readonly(gdt), 0, "make it read-only again");
	check(set_gdt(gdt, 512) < 0, "a table with a call gate is refused");
	check_is(set_writable(gdt), 0, "and nothing holds it");
}
