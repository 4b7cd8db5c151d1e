/* SPDX-License-Identifier: MIT */
/*
 * Claim: a guest that asks politely sees a processor it can use, and who runs it.
 * Method: the forced cpuid (ud2, "xen", cpuid) for the leaves that kernels decide by.
 */
#include "guest.h"

struct regs4 {
	u32 a, b, c, d;
};

static struct regs4 xen_cpuid(u32 leaf, u32 sub)
{
	struct regs4 r;

	__asm__ volatile(".byte 0x0f, 0x0b, 0x78, 0x65, 0x6e; cpuid"
			 : "=a"(r.a), "=b"(r.b), "=c"(r.c), "=d"(r.d)
			 : "a"(leaf), "c"(sub));
	return r;
}

static void hidden(u32 word, unsigned int bit, const char *name)
{
	check(!(word >> bit & 1), "%s is hidden", name);
}

void proof(void)
{
	struct regs4 r = xen_cpuid(0x40000000, 0);

	check(r.b == 0x566e6558 && r.c == 0x65584d4d && r.d == 0x4d4d566e, "XenVMMXenVMM");
	check(r.a >= 0x40000004 && r.a < 0x40000100, "leaves up to %x", r.a);
	r = xen_cpuid(0x40000001, 0);
	check(r.a >> 16 == 4, "version %u.%u", r.a >> 16, r.a & 0xffff);
	r = xen_cpuid(0x40000002, 0);
	check(r.c & 1, "PRESERVE_AD is announced");
	r = xen_cpuid(0x40000003, 0);
	check(!r.c || r.c > 100000, "a TSC frequency of %u kHz, if any", r.c);
	r = xen_cpuid(0x40000100, 0);
	check(r.b != 0x566e6558, "the signature is there once");
	r = xen_cpuid(1, 0);
	check(r.d & 1 << 0 && r.d & 1 << 5 && r.d & 1 << 6, "FPU, MSR, PAE are shown");
	check(r.d & 1 << 25 && r.d & 1 << 26, "SSE and SSE2 are shown");
	check(r.c >> 31, "a hypervisor is announced");
	hidden(r.d, 3, "PSE");
	hidden(r.d, 13, "PGE");
	hidden(r.d, 17, "PSE36");
	hidden(r.c, 3, "MONITOR");
	hidden(r.c, 5, "VMX");
	hidden(r.c, 17, "PCID");
	hidden(r.c, 24, "TSC-deadline");
	r = xen_cpuid(7, 0);
	hidden(r.b, 7, "SMEP");
	hidden(r.b, 20, "SMAP");
	hidden(r.b, 10, "INVPCID");
	hidden(r.c, 2, "UMIP");
	hidden(r.c, 3, "PKU");
	hidden(r.c, 16, "LA57");
	r = xen_cpuid(0x80000001, 0);
	check(r.d >> 29 & 1 && r.d >> 11 & 1, "long mode and syscall are shown");
	hidden(r.c, 2, "SVM");
	hidden(r.d, 26, "PAGE1GB");
	r = xen_cpuid(0x80000008, 0);
	check((r.a >> 8 & 0xff) == 48, "48 bits of linear address");
	check((r.a & 0xff) >= 32 && (r.a & 0xff) <= 52, "%u bits of physical address", r.a & 0xff);
	r = xen_cpuid(0xdeadbeef, ~0U);
	check(true, "a leaf far out of range does no harm");
}
