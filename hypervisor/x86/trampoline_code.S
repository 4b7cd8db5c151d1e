/* SPDX-License-Identifier: MIT */
/*
 * The code an application processor starts in; see x86/trampoline.h.
 *
 * It runs from a copy below 1 MiB, so every address is relative to the page
 * that real mode's code segment names; ebx keeps that address.
 */
#include "x86/layout.h"

#define REL(sym) ((sym) - trampoline_start)

	.section .rodata.trampoline, "a"
	.balign	16
	.globl	trampoline_start, trampoline_end, trampoline_params
	.code16
trampoline_start:
	cli
	cld
	movw	%cs, %ax
	movw	%ax, %ds
	movzwl	%ax, %ebx
	shll	$4, %ebx
	addl	%ebx, REL(gdtr + 2)
	addl	%ebx, REL(far32)
	addl	%ebx, REL(far64)
	lgdtl	REL(gdtr)
	movl	$1, %eax
	movl	%eax, %cr0
	ljmpl	*REL(far32)

	.code32
protected:
	movl	$16, %eax
	movl	%eax, %ds
	movl	%eax, %ss
	movl	$0x20, %eax /* CR4: PAE */
	movl	%eax, %cr4
	movl	REL(trampoline_params)(%ebx), %eax
	movl	%eax, %cr3
	movl	$0xc0000080, %ecx
	xorl	%edx, %edx
	movl	$0x901, %eax /* EFER: system calls, long mode, no-execute */
	wrmsr
	movl	$0x80010033, %eax /* CR0: PG WP NE ET MP PE */
	movl	%eax, %cr0
	ljmp	*REL(far64)(%ebx)

	.code64
long:
	movq	REL(trampoline_params + 8)(%rbx), %rcx
	movq	REL(trampoline_params + 16)(%rbx), %rsp
	movq	REL(trampoline_params + 24)(%rbx), %rsi
	movabsq	$high, %rax
	jmp	*%rax

	.balign	8
gdt:	.quad	0
	.quad	0x00cf9b000000ffff /* 32-bit code */
	.quad	0x00cf93000000ffff /* data */
	.quad	0x00af9b000000ffff /* 64-bit code */
gdtr:	.word	gdtr - gdt - 1
	.long	REL(gdt)
	.balign	8
far32:	.long	REL(protected)
	.word	8
	.balign	8
far64:	.long	REL(long)
	.word	24
	.balign	8
trampoline_params:
	.skip	4 * 8
trampoline_end:

	.text
high:
	movq	%rcx, %cr3
	xorl	%eax, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %fs
	movl	%eax, %gs
	movl	%eax, %ss
	xorl	%ebp, %ebp
	call	*%rsi
	ud2

	.section .note.GNU-stack, "", @progbits
