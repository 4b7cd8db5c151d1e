/* SPDX-License-Identifier: MIT */
/*
 * FPU, SSE and AVX state (XSAVE: Intel SDM volume 1, chapter 13).
 */
#include "x86/fpu.h"
#include "lib/string.h"
#include "x86/extable.h"
#include "x86/features.h"
#include "x86/insn.h"

/* Offsets in the legacy area that XSAVE shares with FXSAVE. */
#define AREA_FCW       0
#define AREA_MXCSR     24
#define AREA_XSTATE_BV 512

void fpu_reset(void *area)
{
	char *a = area;

	memset(a, 0, cpu_features.xsave_size);
	*(u16 *)(a + AREA_FCW) = 0x37f;
	*(u32 *)(a + AREA_MXCSR) = 0x1f80;
	if (cpu_features.xsave) /* x87 and SSE are taken from the image, all else is initial */
		*(u64 *)(a + AREA_XSTATE_BV) = 3;
}

void fpu_save(void *area)
{
	u32 lo = cpu_features.xcr0, hi = cpu_features.xcr0 >> 32;

	if (cpu_features.xsaveopt)
		asm volatile("xsaveopt64 (%0)" ::"r"(area), "a"(lo), "d"(hi) : "memory");
	else if (cpu_features.xsave)
		asm volatile("xsave64 (%0)" ::"r"(area), "a"(lo), "d"(hi) : "memory");
	else
		asm volatile("fxsave64 (%0)" ::"r"(area) : "memory");
}

/* False if the processor refused the image. */
static bool load(void *area)
{
	u32 lo = cpu_features.xcr0, hi = cpu_features.xcr0 >> 32, ok = 0;

#define RESTORE(insn)                                     \
	asm volatile("1: " insn " (%[area])\n\t"          \
		     "mov $1, %[ok]\n"                    \
		     "2:\n\t" EXTABLE(1b, 2b)             \
		     : [ok] "+r"(ok)                      \
		     : [area] "r"(area), "a"(lo), "d"(hi) \
		     : "memory")
	if (cpu_features.xsave)
		RESTORE("xrstor64");
	else
		RESTORE("fxrstor64");
#undef RESTORE
	return ok;
}

/* XSETBV serialises, so it is spared when nothing changes. */
static void set_xcr0(u64 value)
{
	if (insn_xgetbv(0) != value)
		insn_xsetbv(0, value);
}

/*
 * All components are loaded whatever the guest enabled, so that none keeps
 * another guest's state; @xcr0 then says which the guest may use.  AMD's
 * processors load the pointers to x87's last instruction only with an image
 * that has an exception pending: so they are made to point here first.
 */
bool fpu_restore(void *area, u64 xcr0)
{
	static const u32 word;
	bool ok = true;

	asm volatile("fnclex; emms; fildl %0" ::"m"(word));
	if (cpu_features.xsave)
		set_xcr0(cpu_features.xcr0);
	if (unlikely(!load(area))) {
		ok = false;
		fpu_reset(area);
		if (!load(area))
			fpu_reset(area);
	}
	if (cpu_features.xsave && xcr0)
		set_xcr0(xcr0);
	return ok;
}
