/* SPDX-License-Identifier: MIT */
/*
 * SYSCALL and SYSENTER.  Neither switches stacks, so each CPU has its own copy
 * of the stubs here, one page below its struct cpu_block_data, and reaches
 * that relative to the instruction pointer.
 */
#include "asm-offsets.h"
#include "x86/desc.h"
#include "x86/layout.h"
#include "entry/frame.h"

	.section .text.entry, "ax", @progbits
	.code64

/* The copy's block data, seen from the template. */
#define BLOCK(field) (entry_stub_lstar + CPU_BLOCK_DATA + BLOCK_##field)(%rip)

/* To where the rest is; the copy's distance is another (copy_stubs() in frame/percpu.c). */
.macro JUMP target, label
	.byte 0xe9
\label:	.long \target - . - 4
.endm

	.global entry_stub_lstar, entry_stub_cstar, entry_stub_sysenter, entry_stub_end
.macro SYSCALL_STUB cs, target, label
	mov %rsp, BLOCK(saved_rsp)
	mov BLOCK(stack_top), %rsp
	push $SEL_GUEST_DS
	push BLOCK(saved_rsp)
	push %r11
	push $\cs
	push %rcx
	JUMP \target, \label
.endm

	.balign 64
entry_stub_lstar:
	SYSCALL_STUB SEL_GUEST_CS, entry_syscall, jump_lstar
	.balign 64
entry_stub_cstar:
	SYSCALL_STUB SEL_GUEST_CS32, entry_syscall32, jump_cstar

/* The processor keeps neither the instruction nor the stack pointer: the frame says 0. */
	.balign 64
entry_stub_sysenter:
	mov BLOCK(stack_top), %rsp
	push $SEL_GUEST_DS
	push $0
	pushfq
	push $3
	push $0
	JUMP entry_sysenter, jump_sysenter
entry_stub_end:

/* The rest of the frame, its handler, and out. */
.macro HANDLE at, kind
	push $0
	movl $\kind, 4(%rsp)
	FRAME_PUSH
	CALL_HANDLER \at, \at\()_guest
	jmp entry_exit
.endm

	.balign 16
entry_syscall:
	HANDLE entry_syscall, FRAME_SYSCALL
	.balign 16
entry_syscall32:
	HANDLE entry_syscall32, FRAME_SYSCALL
	.balign 16
entry_sysenter:
	/* SYSENTER leaves NT (an iret would fault) and TF as the guest had them. */
	push $2
	popfq
	FRAME_CLAC
	HANDLE entry_sysenter, FRAME_SYSENTER

	.section .rodata.entry, "a", @progbits
	.balign 4
	.global entry_stub_jumps
entry_stub_jumps:
	.long jump_lstar - entry_stub_lstar
	.long jump_cstar - entry_stub_lstar
	.long jump_sysenter - entry_stub_lstar

	.section .note.GNU-stack, "", @progbits
