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

	.global entry_stub_lstar
	.global entry_stub_cstar
	.global entry_stub_sysenter
	.global entry_stub_end
	.balign 64
entry_stub_lstar:
	mov %rsp, BLOCK(saved_rsp)
	mov BLOCK(stack_top), %rsp
	push $SEL_GUEST_DS
	push BLOCK(saved_rsp)
	push %r11
	push $SEL_GUEST_CS
	push %rcx
	jmp *BLOCK(entry_lstar)

	.balign 64
entry_stub_cstar:
	mov %rsp, BLOCK(saved_rsp)
	mov BLOCK(stack_top), %rsp
	push $SEL_GUEST_DS
	push BLOCK(saved_rsp)
	push %r11
	push $SEL_GUEST_CS32
	push %rcx
	jmp *BLOCK(entry_cstar)

/* The processor keeps neither the instruction nor the stack pointer: the frame says 0. */
	.balign 64
entry_stub_sysenter:
	mov BLOCK(stack_top), %rsp
	push $SEL_GUEST_DS
	push $0
	pushfq
	push $3
	push $0
	jmp *BLOCK(entry_sysenter)
entry_stub_end:

	.balign 16
	.global entry_syscall
entry_syscall:
	sub $8, %rsp
	movl $0, (%rsp)
	movl $FRAME_SYSCALL, 4(%rsp)
	FRAME_PUSH
	mov %rsp, %rdi
	sub $8, %rsp
	call entry_syscall_guest
	add $8, %rsp
	jmp entry_exit

	.balign 16
	.global entry_syscall32
entry_syscall32:
	sub $8, %rsp
	movl $0, (%rsp)
	movl $FRAME_SYSCALL, 4(%rsp)
	FRAME_PUSH
	mov %rsp, %rdi
	sub $8, %rsp
	call entry_syscall32_guest
	add $8, %rsp
	jmp entry_exit

	.balign 16
	.global entry_sysenter
entry_sysenter:
	/* SYSENTER leaves NT (an iret would fault) and TF as the guest had them. */
	push $2
	popfq
	FRAME_CLAC
	sub $8, %rsp
	movl $0, (%rsp)
	movl $FRAME_SYSENTER, 4(%rsp)
	FRAME_PUSH
	mov %rsp, %rdi
	sub $8, %rsp
	call entry_sysenter_guest
	add $8, %rsp
	jmp entry_exit

	.section .note.GNU-stack, "", @progbits
