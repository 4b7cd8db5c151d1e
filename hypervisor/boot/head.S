/* SPDX-License-Identifier: MIT */
/*
 * First instructions: Multiboot 1 and 2 headers, and the way from 32-bit
 * protected mode without paging to C in the upper half.
 *
 * The early tables map the first 4 GiB twice, at zero and as the direct map,
 * and the image where it is linked.  They live in the init part of the image
 * and are given up when frame/hostmap.c has built the real ones.
 */
#include "x86/layout.h"

#define PHYS(sym) ((sym) - IMAGE_START + IMAGE_PHYS)

#define MB1_MAGIC 0x1badb002
#define MB1_FLAGS 0x00010003 /* modules on page boundaries, memory map, address fields */
#define MB2_MAGIC 0xe85250d6
#define MB2_ARCH  0

#define LARGE_RWX 0x83 /* present, writable, large page */
#define TABLE	  0x03 /* present, writable */

/* The first @n entries of @table: @entry, and each the next @step further. */
.macro fill table, entry, step, n
	movl	$PHYS(\table), %edi
	movl	$(\entry), %eax
	movl	$\n, %ecx
1:	movl	%eax, (%edi)
	addl	$\step, %eax
	addl	$8, %edi
	decl	%ecx
	jnz	1b
.endm

	.section .head, "ax"
	.code32
	.globl	boot_start
	.balign	4
multiboot1_header:
	.long	MB1_MAGIC
	.long	MB1_FLAGS
	.long	-(MB1_MAGIC + MB1_FLAGS)
	.long	PHYS(multiboot1_header)
	.long	PHYS(image_start)
	.long	PHYS(image_load_end)
	.long	PHYS(image_end)
	.long	PHYS(boot_start)

	.balign	8
multiboot2_header:
	.long	MB2_MAGIC
	.long	MB2_ARCH
	.long	multiboot2_header_end - multiboot2_header
	.long	-(MB2_MAGIC + MB2_ARCH + (multiboot2_header_end - multiboot2_header))
	/* Information that is used if present: command line, memory map, EFI table, ACPI roots. */
	.balign	8
	.word	1, 1
	.long	2f - .+ 4
	.long	1, 3, 6, 12, 14, 15
2:	/* Where the file's bytes go; the same flat image as for Multiboot 1. */
	.balign	8
	.word	2, 0
	.long	24
	.long	PHYS(multiboot2_header)
	.long	PHYS(image_start)
	.long	PHYS(image_load_end)
	.long	PHYS(image_end)
	.balign	8
	.word	3, 0
	.long	12
	.long	PHYS(boot_start)
	/* Modules on page boundaries. */
	.balign	8
	.word	6, 0
	.long	8
	.balign	8
	.word	0, 0
	.long	8
multiboot2_header_end:

/*
 * In: eax the loader's magic, ebx its information, flat 32-bit segments, no
 * paging, interrupts off.  No stack yet.
 */
boot_start:
	cli
	cld
	movl	%eax, %ebp

	/* The loader should have cleared it; the tables below depend on it. */
	movl	$PHYS(image_load_end), %edi
	movl	$PHYS(image_end), %ecx
	subl	%edi, %ecx
	shrl	$2, %ecx
	xorl	%eax, %eax
	rep stosl

	movl	$PHYS(early_stack_top), %esp
	movl	%ebx, %esi

	movl	$0x80000000, %eax
	cpuid
	cmpl	$0x80000001, %eax
	jb	no_long_mode
	movl	$0x80000001, %eax
	cpuid
	andl	$(1 << 29 | 1 << 20), %edx /* long mode, no-execute */
	cmpl	$(1 << 29 | 1 << 20), %edx
	jne	no_long_mode

	/* 2048 large pages: 4 GiB. */
	fill	early_l2, LARGE_RWX, 0x200000, 2048
	fill	early_l3, PHYS(early_l2) + TABLE, 4096, 4
	fill	early_l2_image, IMAGE_PHYS + LARGE_RWX, 0x200000, 8

	movl	$(PHYS(early_l2_image) + TABLE), PHYS(early_l3_image)
	movl	$(PHYS(early_l3) + TABLE), PHYS(early_l4)
	movl	$(PHYS(early_l3_image) + TABLE), PHYS(early_l4) + 257 * 8
	movl	$(PHYS(early_l3) + TABLE), PHYS(early_l4) + 262 * 8

	movl	$PHYS(early_l4), %eax
	movl	%eax, %cr3
	movl	$0x20, %eax /* CR4: PAE only */
	movl	%eax, %cr4
	movl	$0xc0000080, %ecx
	rdmsr
	orl	$0x901, %eax /* EFER: system calls, long mode, no-execute */
	wrmsr
	movl	$0x80010033, %eax /* CR0: PG WP NE ET MP PE */
	movl	%eax, %cr0

	lgdt	PHYS(early_gdtr)
	ljmp	$8, $PHYS(boot_long)

no_long_mode:
	movl	$PHYS(no_long_mode_text), %esi
1:	lodsb
	testb	%al, %al
	jz	3f
	movb	%al, %bl
	movw	$0x3fd, %dx /* COM1 line status: wait until a byte can go */
	movl	$100000, %ecx
2:	inb	%dx, %al
	testb	$0x20, %al
	loopz	2b
	movb	%bl, %al
	movw	$0x3f8, %dx
	outb	%al, %dx
	jmp	1b
3:	hlt
	jmp	3b

	.code64
boot_long:
	movabsq	$boot_high, %rax
	jmp	*%rax

	.section .init.text, "ax"
boot_high:
	xorl	%eax, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %fs
	movl	%eax, %gs
	movl	%eax, %ss
	leaq	early_gdtr_high(%rip), %rax
	lgdt	(%rax)
	leaq	early_stack_top(%rip), %rsp
	movl	%ebp, %edi
	/* esi: the loader's information, as above. */
	xorl	%ebp, %ebp
	call	boot_main
	ud2

/*
 * void __noreturn boot_switch_stack(u64 top, void (*fn)(void)): go on in @fn
 * on another stack; nothing of the old one is used again.
 */
	.text
	.globl	boot_switch_stack
boot_switch_stack:
	movq	%rdi, %rsp
	xorl	%ebp, %ebp
	call	*%rsi
	ud2

	.section .init.data, "aw"
no_long_mode_text:
	.asciz	"lamina: the processor has no 64-bit mode or no no-execute pages\r\n"
	.balign	8
early_gdt:
	.quad	0
	.quad	0x00af9b000000ffff /* 64-bit code */
early_gdt_end:
early_gdtr:
	.word	early_gdt_end - early_gdt - 1
	.long	PHYS(early_gdt)
early_gdtr_high:
	.word	early_gdt_end - early_gdt - 1
	.quad	early_gdt

/*
 * A whole CPU block, so that cpu_info() works from the first line of C: CPU 0,
 * no vCPU, per-CPU data where it was linked.
 */
	.section .init.bss, "aw", @nobits
	.balign	CPU_BLOCK_SIZE
early_block:
	.skip	CPU_BLOCK_SIZE - 0x100
early_stack_top:
	.skip	0x100
early_l4:
	.skip	4096
early_l3:
	.skip	4096
early_l3_image:
	.skip	4096
early_l2_image:
	.skip	4096
early_l2:
	.skip	4 * 4096

	.section .note.GNU-stack, "", @progbits
