/* SPDX-License-Identifier: MIT */
/*
 * One inline function for each privileged or unusual instruction.
 */
#pragma once

#include "lib/types.h"

#define INSN_REG(reg)                                                   \
	static inline u64 insn_read_##reg(void)                         \
	{                                                               \
		u64 v;                                                  \
		asm volatile("mov %%" #reg ", %0" : "=r"(v)::"memory"); \
		return v;                                               \
	}                                                               \
	static inline void insn_write_##reg(u64 v)                      \
	{                                                               \
		asm volatile("mov %0, %%" #reg ::"r"(v) : "memory");    \
	}
INSN_REG(cr0)
INSN_REG(cr2)
INSN_REG(cr3)
INSN_REG(cr4)
INSN_REG(dr0)
INSN_REG(dr1)
INSN_REG(dr2)
INSN_REG(dr3)
INSN_REG(dr6)
INSN_REG(dr7)
#undef INSN_REG

/* What comes in two halves, of register @index where there are several. */
#define INSN_READ(name)                                                \
	static inline u64 insn_##name(u32 index)                       \
	{                                                              \
		u32 lo, hi;                                            \
		asm volatile(#name : "=a"(lo), "=d"(hi) : "c"(index)); \
		return lo | ((u64)hi << 32);                           \
	}
INSN_READ(rdmsr)
INSN_READ(xgetbv)
#undef INSN_READ

static inline void insn_wrmsr(u32 msr, u64 v)
{
	asm volatile("wrmsr" ::"c"(msr), "a"((u32)v), "d"((u32)(v >> 32)) : "memory");
}

static inline void insn_cpuid(u32 leaf, u32 sub, u32 *a, u32 *b, u32 *c, u32 *d)
{
	asm volatile("cpuid" : "=a"(*a), "=b"(*b), "=c"(*c), "=d"(*d) : "a"(leaf), "c"(sub));
}

static inline u64 insn_rdtsc(void)
{
	u32 lo, hi;

	asm volatile("rdtsc" : "=a"(lo), "=d"(hi)::"memory");
	return lo | ((u64)hi << 32);
}

static inline u64 insn_rdtsc_ordered(void)
{
	asm volatile("lfence" ::: "memory");
	return insn_rdtsc();
}

#define INSN_PORT(suffix, type)                                              \
	static inline type insn_in##suffix(u16 port)                         \
	{                                                                    \
		type v;                                                      \
		asm volatile("in" #suffix " %1, %0" : "=a"(v) : "Nd"(port)); \
		return v;                                                    \
	}                                                                    \
	static inline void insn_out##suffix(u16 port, type v)                \
	{                                                                    \
		asm volatile("out" #suffix " %0, %1" ::"a"(v), "Nd"(port));  \
	}
INSN_PORT(b, u8)
INSN_PORT(w, u16)
INSN_PORT(l, u32)
#undef INSN_PORT

/* Without operands.  STI and HLT in one: no window in which a wake-up is lost. */
#define INSN(name, text)                         \
	static inline void insn_##name(void)     \
	{                                        \
		asm volatile(text ::: "memory"); \
	}
INSN(pause, "pause")
INSN(cli, "cli")
INSN(sti, "sti")
INSN(sti_hlt, "sti; hlt")
INSN(hlt, "hlt")
INSN(wbinvd, "wbinvd")
INSN(swapgs, "swapgs")
INSN(clts, "clts")
#undef INSN

/* For good; an NMI or the like may still come. */
static inline void __noreturn insn_stop(void)
{
	for (;;) {
		insn_cli();
		insn_hlt();
	}
}

static inline void insn_invlpg(u64 va)
{
	asm volatile("invlpg (%0)" ::"r"(va) : "memory");
}

static inline u64 insn_flags(void)
{
	u64 f;

	asm volatile("pushfq; pop %0" : "=r"(f)::"memory");
	return f;
}

static inline bool insn_irq_enabled(void)
{
	return insn_flags() & 0x200;
}

static inline u64 insn_irq_save(void)
{
	u64 f = insn_flags();

	insn_cli();
	return f;
}

static inline void insn_irq_restore(u64 flags)
{
	if (flags & 0x200)
		insn_sti();
}

#define INSN_BASE(seg)                                       \
	static inline u64 insn_rd##seg##base(void)           \
	{                                                    \
		u64 v;                                       \
		asm volatile("rd" #seg "base %0" : "=r"(v)); \
		return v;                                    \
	}                                                    \
	static inline void insn_wr##seg##base(u64 v)         \
	{                                                    \
		asm volatile("wr" #seg "base %0" ::"r"(v));  \
	}
INSN_BASE(fs)
INSN_BASE(gs)
#undef INSN_BASE

static inline void insn_xsetbv(u32 index, u64 v)
{
	asm volatile("xsetbv" ::"c"(index), "a"((u32)v), "d"((u32)(v >> 32)));
}
