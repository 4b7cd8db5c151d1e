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

/* The next instructions, 5 bytes or more, become a jump to \target where mitigations ask for it. */
.macro MITIGATED target
661:	.pushsection .altjump, "a"
	.quad 661b, \target
	.popsection
.endm

.macro FRAME_PUSH
	.irp r, rdi, rsi, rdx, rcx, rax, r8, r9, r10, r11, rbx, rbp, r12, r13, r14, r15
	push %\r
	.endr
.endm

/* Leaves the stack pointer at the error code. */
.macro FRAME_POP
	.irp r, r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8, rax, rcx, rdx, rsi, rdi
	pop %\r
	.endr
.endm

/* \handler of the frame at the stack pointer; by way of \at\()_mitigated where that is asked for. */
.macro CALL_HANDLER at, handler
	MITIGATED \at\()_mitigated
	mov %rsp, %rdi
	sub $8, %rsp
	.global \at\()_call
\at\()_call:
	call \handler
	add $8, %rsp
.endm
