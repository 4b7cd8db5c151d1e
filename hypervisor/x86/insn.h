/* SPDX-License-Identifier: MIT */
/*
 * One inline function for each privileged or unusual instruction.
 */
#pragma once

#include "lib/types.h"

#define INSN_READ_CR(n)                                                 \
	static inline u64 insn_read_cr##n(void)                         \
	{                                                               \
		u64 v;                                                  \
		asm volatile("mov %%cr" #n ", %0" : "=r"(v)::"memory"); \
		return v;                                               \
	}                                                               \
	static inline void insn_write_cr##n(u64 v)                      \
	{                                                               \
		asm volatile("mov %0, %%cr" #n ::"r"(v) : "memory");    \
	}
INSN_READ_CR(0)
INSN_READ_CR(2)
INSN_READ_CR(3)
INSN_READ_CR(4)
#undef INSN_READ_CR

#define INSN_DR(n)                                            \
	static inline u64 insn_read_dr##n(void)               \
	{                                                     \
		u64 v;                                        \
		asm volatile("mov %%dr" #n ", %0" : "=r"(v)); \
		return v;                                     \
	}                                                     \
	static inline void insn_write_dr##n(u64 v)            \
	{                                                     \
		asm volatile("mov %0, %%dr" #n ::"r"(v));     \
	}
INSN_DR(0)
INSN_DR(1)
INSN_DR(2)
INSN_DR(3)
INSN_DR(6)
INSN_DR(7)
#undef INSN_DR

static inline u64 insn_rdmsr(u32 msr)
{
	u32 lo, hi;

	asm volatile("rdmsr" : "=a"(lo), "=d"(hi) : "c"(msr));
	return lo | ((u64)hi << 32);
}

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

static inline u8 insn_inb(u16 port)
{
	u8 v;

	asm volatile("inb %1, %0" : "=a"(v) : "Nd"(port));
	return v;
}

static inline u16 insn_inw(u16 port)
{
	u16 v;

	asm volatile("inw %1, %0" : "=a"(v) : "Nd"(port));
	return v;
}

static inline u32 insn_inl(u16 port)
{
	u32 v;

	asm volatile("inl %1, %0" : "=a"(v) : "Nd"(port));
	return v;
}

static inline void insn_outb(u16 port, u8 v)
{
	asm volatile("outb %0, %1" ::"a"(v), "Nd"(port));
}

static inline void insn_outw(u16 port, u16 v)
{
	asm volatile("outw %0, %1" ::"a"(v), "Nd"(port));
}

static inline void insn_outl(u16 port, u32 v)
{
	asm volatile("outl %0, %1" ::"a"(v), "Nd"(port));
}

static inline void insn_invlpg(u64 va)
{
	asm volatile("invlpg (%0)" ::"r"(va) : "memory");
}

static inline void insn_pause(void)
{
	asm volatile("pause" ::: "memory");
}

static inline void insn_cli(void)
{
	asm volatile("cli" ::: "memory");
}

static inline void insn_sti(void)
{
	asm volatile("sti" ::: "memory");
}

/* Enable interrupts and halt with no window in which a wake-up is lost. */
static inline void insn_sti_hlt(void)
{
	asm volatile("sti; hlt" ::: "memory");
}

static inline void insn_hlt(void)
{
	asm volatile("hlt" ::: "memory");
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

static inline void insn_wbinvd(void)
{
	asm volatile("wbinvd" ::: "memory");
}

static inline u64 insn_rdfsbase(void)
{
	u64 v;

	asm volatile("rdfsbase %0" : "=r"(v));
	return v;
}

static inline u64 insn_rdgsbase(void)
{
	u64 v;

	asm volatile("rdgsbase %0" : "=r"(v));
	return v;
}

static inline void insn_wrfsbase(u64 v)
{
	asm volatile("wrfsbase %0" ::"r"(v));
}

static inline void insn_wrgsbase(u64 v)
{
	asm volatile("wrgsbase %0" ::"r"(v));
}

static inline void insn_swapgs(void)
{
	asm volatile("swapgs" ::: "memory");
}

static inline void insn_clts(void)
{
	asm volatile("clts");
}

static inline u64 insn_xgetbv(u32 index)
{
	u32 lo, hi;

	asm volatile("xgetbv" : "=a"(lo), "=d"(hi) : "c"(index));
	return lo | ((u64)hi << 32);
}

static inline void insn_xsetbv(u32 index, u64 v)
{
	asm volatile("xsetbv" ::"c"(index), "a"((u32)v), "d"((u32)(v >> 32)));
}
