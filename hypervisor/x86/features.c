/* SPDX-License-Identifier: MIT */
/*
 * Processor identification and control-register set-up (CPUID leaves from the
 * Intel SDM volume 2 and the AMD APM volume 3).
 */
#include "x86/features.h"
#include "lib/string.h"
#include "x86/extable.h"
#include "x86/insn.h"
#include "x86/msr.h"
#include "x86/pte.h"
#include "x86/speculation.h"

struct cpu_features cpu_features __read_mostly;
const char *features_missing;

/* A place in the code, and where it is to jump, or the part of SPEC_ENTRY_* that begins there. */
struct alternative {
	u64 at, arg;
};

extern const struct alternative altjump_start[], altjump_end[], altpart_start[], altpart_end[];
extern const u64 altstac_start[], altstac_end[], altclac_start[], altclac_end[];

extern u8 code_start[], text_end[], retpoline_start[];

/* SPEC_CTRL in the hypervisor and in guests, for entry/mitigated.S. */
extern u32 entry_spec_ctrl[2];

#define XCR0_X87	  (1UL << 0)
#define XCR0_SSE	  (1UL << 1)
#define XCR0_AVX	  (1UL << 2)
#define XCR0_AVX512	  (7UL << 5)
#define MSR_PLATFORM_INFO 0xce

static bool bit(u32 word, unsigned int n)
{
	return (word >> n) & 1;
}

static void read_vendor(struct cpu_features *f)
{
	char vendor[13] = { 0 };
	u32 a, b, c, d;

	insn_cpuid(0, 0, &a, &b, &c, &d);
	f->max_leaf = a;
	memcpy(vendor, (u32[]){ b, d, c }, 12);
	f->intel = !strcmp(vendor, "GenuineIntel");
	f->amd = !strcmp(vendor, "AuthenticAMD") || !strcmp(vendor, "HygonGenuine");
	insn_cpuid(0x80000000, 0, &a, &b, &c, &d);
	f->max_ext_leaf = a;
}

static void read_model(struct cpu_features *f, u32 sig)
{
	f->stepping = sig & 15;
	f->model = (sig >> 4) & 15;
	f->family = (sig >> 8) & 15;
	if (f->family == 15 || f->family == 6)
		f->model |= (sig >> 12) & 0xf0;
	if (f->family == 15)
		f->family += (sig >> 20) & 0xff;
}

/*
 * The components that guests may use: x87, SSE, AVX and, if complete, AVX-512.
 * Others need context that the save format of the toolstack ABI orders by
 * size, which stays stable only if the set does.
 */
static void read_xsave(struct cpu_features *f)
{
	u32 a, b, c, d;
	u64 all;

	f->xsave_size = 512;
	if (!f->xsave || f->max_leaf < 13) {
		f->xsave = false;
		return;
	}
	insn_cpuid(13, 0, &a, &b, &c, &d);
	all = a | ((u64)d << 32);
	f->xcr0 = XCR0_X87 | XCR0_SSE | (all & XCR0_AVX);
	if ((f->xcr0 & XCR0_AVX) && (all & XCR0_AVX512) == XCR0_AVX512)
		f->xcr0 |= XCR0_AVX512;
	f->xsave_size = 512 + 64;
	for (unsigned int i = 2; i < 63; i++) {
		if (!((f->xcr0 >> i) & 1))
			continue;
		insn_cpuid(13, i, &a, &b, &c, &d);
		f->xsave_size = MAX(f->xsave_size, a + b);
	}
	insn_cpuid(13, 1, &a, &b, &c, &d);
	f->xsaveopt = bit(a, 0);
}

/* Intel SDM 2A, CPUID leaf 0xb: level 1 is that of threads; AMD has the leaf too. */
static u32 thread_bits(const struct cpu_features *f)
{
	u32 a, b, c, d;

	if (f->max_leaf < 0xb)
		return 0;
	insn_cpuid(0xb, 0, &a, &b, &c, &d);
	return b && (c >> 8 & 0xff) == 1 ? a & 31 : 0;
}

void features_init(void)
{
	struct cpu_features *f = &cpu_features;
	u32 a, b, c, d;

	read_vendor(f);
	insn_cpuid(1, 0, &a, &b, &c, &d);
	read_model(f, a);
	f->x2apic = bit(c, 21);
	f->tsc_deadline = bit(c, 24);
	f->xsave = bit(c, 26);
	f->hypervisor = bit(c, 31);
	if (!bit(d, 26))
		features_missing = "SSE2";
	f->thread_bits = thread_bits(f);
	if (f->max_leaf >= 7) {
		insn_cpuid(7, 0, &a, &b, &c, &d);
		f->fsgsbase = bit(b, 0);
		f->smep = bit(b, 7);
		f->smap = bit(b, 20);
		f->umip = bit(c, 2);
	}
	insn_cpuid(0x80000001, 0, &a, &b, &c, &d);
	f->nx = bit(d, 20);
	f->page1gb = bit(d, 26);
	f->rdtscp = bit(d, 27);
	if (!f->nx)
		features_missing = "NX";
	/* Intel reports SYSCALL only in 64-bit mode, where we are. */
	if (!bit(d, 11))
		features_missing = "SYSCALL";
	f->phys_bits = 36;
	if (f->max_ext_leaf >= 0x80000007) {
		insn_cpuid(0x80000007, 0, &a, &b, &c, &d);
		f->tsc_invariant = bit(d, 8);
	}
	if (f->max_ext_leaf >= 0x80000008) {
		insn_cpuid(0x80000008, 0, &a, &b, &c, &d);
		f->phys_bits = a & 0xff;
	}
	f->pte_reserved = PTE_ADDR & ~((1UL << f->phys_bits) - 1);
	read_xsave(f);
}

void features_init_cpu(void)
{
	const struct cpu_features *f = &cpu_features;

	/* No global pages: loading CR3 is then a complete flush. */
	insn_write_cr4(CR4_PAE | CR4_MCE | CR4_OSFXSR | CR4_OSXMMEXCPT | (f->smep ? CR4_SMEP : 0) |
		       (f->smap ? CR4_SMAP : 0) | (f->umip ? CR4_UMIP : 0) |
		       (f->xsave ? CR4_OSXSAVE : 0));
	insn_write_cr0(CR0_PE | CR0_MP | CR0_ET | CR0_NE | CR0_WP | CR0_AM | CR0_PG | CR0_TS);
	insn_wrmsr(MSR_EFER, EFER_SCE | EFER_LME | EFER_LMA | EFER_NX);
	insn_wrmsr(MSR_PAT, PAT_VALUE);
	if (speculation.ctrl_hv)
		insn_wrmsr(MSR_SPEC_CTRL, speculation.ctrl_hv);
	if (f->xsave) {
		insn_clts();
		insn_xsetbv(0, f->xcr0);
		insn_write_cr0(insn_read_cr0() | CR0_TS);
	}
}

void features_init_fence(void)
{
	u64 v;

	if (cpu_features.amd && extable_rdmsr(MSR_AMD_DE_CFG, &v))
		extable_wrmsr(MSR_AMD_DE_CFG, v | DE_CFG_LFENCE);
}

static void patch(const u64 *from, const u64 *to, const char *code)
{
	for (; from < to; from++)
		memcpy((void *)*from, code, 3);
}

/* Into the code of entry/mitigated.S, and on the parts of it that are wanted. */
static void patch_entry(void)
{
	for (const struct alternative *j = altjump_start; j < altjump_end; j++) {
		u32 distance = (u32)(j->arg - j->at - 5);

		*(u8 *)j->at = 0xe9;
		memcpy((u8 *)j->at + 1, &distance, 4);
	}
	for (const struct alternative *p = altpart_start; p < altpart_end; p++)
		if (speculation.entry & p->arg)
			memcpy((u8 *)p->at, "\x66\x90", 2); /* a no-op over the jump that skips it */
	entry_spec_ctrl[0] = speculation.ctrl_hv;
	entry_spec_ctrl[1] = speculation.ctrl_guest;
}

/* Plain calls and jumps, padded by prefixes without a meaning to the same 5 bytes. */
static void patch_retpolines(u8 *from, const u8 *to)
{
	for (u8 *p = from; p < to - 5; p++) {
		u64 thunk = (u64)p + 5 + (u64)(s64) * (s32 *)(p + 1) - (u64)retpoline_start;
		u8 jump = p[0] & 1 ? 0xe0 : 0xd0, reg = thunk / 32;

		if ((p[0] & 0xfe) != 0xe8 || thunk % 32 || thunk >= 16 * 32)
			continue;
		memset(p, 0x2e, 5);
		p[2] = reg >= 8 ? 0x41 : 0x2e;
		p[3] = 0xff;
		p[4] = jump | (reg & 7);
	}
}

void features_patch(void)
{
	u32 a, b, c, d;

	if (cpu_features.smap) {
		patch(altstac_start, altstac_end, "\x0f\x01\xcb");
		patch(altclac_start, altclac_end, "\x0f\x01\xca");
	}
	if (speculation.entry)
		patch_entry();
	if (!(speculation.measures & SPEC_RETPOLINE))
		patch_retpolines(code_start, text_end);
	insn_cpuid(0, 0, &a, &b, &c, &d); /* serialise: forget old bytes */
}
