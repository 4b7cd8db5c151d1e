/* SPDX-License-Identifier: MIT */
/*
 * Claim: model-specific registers are the hypervisor's; a few are shown, the bases can be set.
 * Attack: read and write hundreds of registers, the dangerous ones with bad values.
 * Defence: #GP where nothing is shown; nothing written that the host uses; a register of one vendor is
 *	touched on its processors only (XSA-333: on others the access would fault in the hypervisor).
 * Proves: XSA-333
 */
#include "guest.h"

struct msr {
	u32 index;
	u64 value;
};

static void do_read(void *arg)
{
	struct msr *m = arg;
	u32 lo, hi;

	__asm__ volatile("rdmsr" : "=a"(lo), "=d"(hi) : "c"(m->index));
	m->value = (u64)hi << 32 | lo;
}

static void do_write(void *arg)
{
	struct msr *m = arg;

	__asm__ volatile("wrmsr" ::"c"(m->index), "a"((u32)m->value), "d"((u32)(m->value >> 32)));
}

static bool msr_read(u32 index, u64 *value)
{
	struct msr m = { index, 0 };
	bool ok = try_call(do_read, &m);

	*value = m.value;
	return ok;
}

static bool msr_write(u32 index, u64 value)
{
	struct msr m = { index, value };

	return try_call(do_write, &m);
}

static bool is_intel(void)
{
	u32 a = 0, b, c = 0, d;

	__asm__ volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
	return b == 0x756e6547; /* "Genu" */
}

/* Two of AMD's and one of Intel's: each answers on its own processors and nowhere else. */
static void vendors(void)
{
	static const u32 amd[] = { 0xc0010015, 0xc0011029 }, intel = 0x1a0;
	bool here = is_intel();
	u64 v;

	for (unsigned int i = 0; i < 2; i++)
		check(msr_read(amd[i], &v) == !here && msr_write(amd[i], 0) == !here,
		      "AMD's register %x", amd[i]);
	check(msr_read(intel, &v) == here, "Intel's register %x", intel);
}

void proof(void)
{
	u64 v, before, after;
	unsigned int shown = 0;

	check(msr_read(0x277, &v) && v == 0x050100070406, "PAT is what the page tables mean");
	check(!msr_write(0x277, 0x0007040600070406) || (msr_read(0x277, &v) && v == 0x050100070406),
	      "and stays so");
	check(!msr_read(0xdead, &v) && fault.vector == 13, "a register that does not exist");
	check(!msr_write(0xdead, 0) && fault.vector == 13, "nor can it be written");
	check(msr_read(0xc0000080, &before) && before & 1 << 10, "EFER shows long mode");
	(void)msr_write(0xc0000080, 0);
	check(msr_read(0xc0000080, &after) && after == before, "EFER is not the guest's");
	(void)msr_read(0xc0000082, &before);
	(void)msr_write(0xc0000082, 0x1234);
	check(!msr_read(0xc0000082, &after) || after == before, "nor is the syscall entry point");
	(void)msr_write(0x1b, 0);
	(void)msr_write(0x174, 0);
	check(true, "nor the local APIC's base, nor the sysenter selector");
	check(msr_write(0xc0000101, 0x123000) && msr_read(0xc0000101, &v) && v == 0x123000,
	      "the GS base is");
	check(!msr_write(0xc0000101, 0x800000000000) && fault.vector == 13, "but a canonical one");
	check(msr_read(0xc0000101, &v) && v == 0x123000, "a refused one changes nothing");
	check(!msr_write(0xc0000100, 0xffff7fffffffffff) && !msr_write(0xc0000102, 1ULL << 63),
	      "and so the FS and the user's GS base");
	for (u32 i = 0; i < 0x400; i++)
		shown += msr_read(i, &v);
	for (u32 i = 0xc0000000; i < 0xc0000110; i++)
		shown += msr_read(i, &v);
	check(shown < 300, "%u registers of 1296 can be read", shown);
	if (on_lamina()) /* Xen asks the processor, and QEMU has them all */
		vendors();
	check_is(hypercall2(__HYPERVISOR_xen_version, 0, 0) >> 16, 4, "all is well after it");
}
