/* SPDX-License-Identifier: MIT */
/*
 * Assembly macros that build and consume a struct regs (x86/regs.h).
 */
#pragma once

/* Assembly is not for clang-format. */
/* clang-format off */

#define FRAME_SYSCALL  0x100 /* REGS_SYSCALL */
#define FRAME_SYSENTER 0x101 /* REGS_SYSENTER */
/* Flags that sysret does not restore well, or that want care: TF, NT, RF, VM. */
#define FRAME_RFLAGS_ODD 0x34100

/* clac, where the processor has it; see features_patch(). */
.macro FRAME_CLAC
661:	.byte 0x0f, 0x1f, 0x00
	.pushsection .altclac, "a"
	.quad 661b
	.popsection
.endm

.macro FRAME_PUSH
	push %rdi
	push %rsi
	push %rdx
	push %rcx
	push %rax
	push %r8
	push %r9
	push %r10
	push %r11
	push %rbx
	push %rbp
	push %r12
	push %r13
	push %r14
	push %r15
.endm

/* Leaves the stack pointer at the error code. */
.macro FRAME_POP
	pop %r15
	pop %r14
	pop %r13
	pop %r12
	pop %rbp
	pop %rbx
	pop %r11
	pop %r10
	pop %r9
	pop %r8
	pop %rax
	pop %rcx
	pop %rdx
	pop %rsi
	pop %rdi
.endm
