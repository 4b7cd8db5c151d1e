/* SPDX-License-Identifier: MIT */
/*
 * The register frame that every entry builds and every exit consumes.
 *
 * Lowest address first: the general registers pushed by the entry code, then
 * the word that says why we are here, then what the processor pushes itself.
 */
#pragma once

#include "lib/types.h"

struct regs {
	u64 r15, r14, r13, r12, rbp, rbx;
	u64 r11, r10, r9, r8;
	u64 rax, rcx, rdx, rsi, rdi;
	u32 error_code;
	u32 vector; /* exception or interrupt vector, or REGS_SYSCALL */
	u64 rip;
	u16 cs, pad_cs[3];
	u64 rflags;
	u64 rsp;
	u16 ss, pad_ss[3];
};

/* Values of regs.vector beyond 255: how a system call came in. */
#define REGS_SYSCALL  0x100
#define REGS_SYSENTER 0x101

#define RFLAGS_CF   0x00000001UL
#define RFLAGS_RES1 0x00000002UL
#define RFLAGS_TF   0x00000100UL
#define RFLAGS_IF   0x00000200UL
#define RFLAGS_DF   0x00000400UL
#define RFLAGS_IOPL 0x00003000UL
#define RFLAGS_NT   0x00004000UL
#define RFLAGS_RF   0x00010000UL
#define RFLAGS_VM   0x00020000UL
#define RFLAGS_AC   0x00040000UL
#define RFLAGS_VIF  0x00080000UL
#define RFLAGS_VIP  0x00100000UL
#define RFLAGS_ID   0x00200000UL

static inline bool regs_from_guest(const struct regs *regs)
{
	return (regs->cs & 3) != 0;
}

/* The general register that instructions call @n: ModRM's number, bit 3 from REX. */
static inline u64 *regs_general(struct regs *regs, unsigned int n)
{
#define AT(reg) offsetof(struct regs, reg)
	static const u8 at[16] = { AT(rax), AT(rcx), AT(rdx), AT(rbx), AT(rsp), AT(rbp),
				   AT(rsi), AT(rdi), AT(r8),  AT(r9),  AT(r10), AT(r11),
				   AT(r12), AT(r13), AT(r14), AT(r15) };
#undef AT
	return (u64 *)((char *)regs + at[n & 15]);
}
