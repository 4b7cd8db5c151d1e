/* SPDX-License-Identifier: MIT */
/*
 * The first instructions of a tiny PV kernel, its Xen notes and its traps.
 *
 * The hypervisor enters at guest_start with a stack and, in rsi, the linear
 * address of start_info.
 */
#define __ASSEMBLY__
#include <xen/elfnote.h>

.macro NOTE type, value:vararg
	.pushsection .note.Xen, "a", @note
	.align 4
	.long 4, 8, \type
	.asciz "Xen"
	.quad \value
	.popsection
.endm

	NOTE XEN_ELFNOTE_ENTRY, guest_start
	NOTE XEN_ELFNOTE_VIRT_BASE, 0xffffffff80000000
	NOTE XEN_ELFNOTE_PADDR_OFFSET, 0
	NOTE XEN_ELFNOTE_HYPERCALL_PAGE, hypercall_page
	.pushsection .note.Xen, "a", @note
	.align 4
	.long 4, 4, XEN_ELFNOTE_GUEST_OS
	.asciz "Xen"
	.asciz "tny"
	.long 4, 8, XEN_ELFNOTE_XEN_VERSION
	.asciz "Xen"
	.ascii "xen-3.0\0"
	.long 4, 4, XEN_ELFNOTE_PAE_MODE
	.asciz "Xen"
	.asciz "yes"
	.long 4, 8, XEN_ELFNOTE_LOADER
	.asciz "Xen"
	.ascii "generic\0"
	.popsection

	.text
	.globl guest_start
guest_start:
	cld
	lea	guest_stack_top(%rip), %rsp
	xor	%ebp, %ebp
	mov	%rsi, %rdi
	call	guest_main
1:	jmp	1b

/*
 * Trap entries.  The hypervisor pushes {rcx, r11, [error,] rip, cs, rflags,
 * rsp, ss}; each stub pushes a zero where there is no error code, then its
 * number, so that C sees one struct trap (trap.h).
 */
.macro TRAP nr, error=0
	.align 16
trap_\nr:
	mov	(%rsp), %rcx
	mov	8(%rsp), %r11
	.if \error
	add	$16, %rsp
	.else
	movq	$0, 8(%rsp)
	add	$8, %rsp
	.endif
	pushq	$\nr
	jmp	trap_common
.endm

	TRAP 0
	TRAP 1
	TRAP 2
	TRAP 3
	TRAP 4
	TRAP 5
	TRAP 6
	TRAP 7
	TRAP 8, 1
	TRAP 10, 1
	TRAP 11, 1
	TRAP 12, 1
	TRAP 13, 1
	TRAP 14, 1
	TRAP 16
	TRAP 17, 1
	TRAP 19
	TRAP 128

trap_common:
	cld
	push	%rdi
	push	%rsi
	push	%rdx
	push	%rcx
	push	%rax
	push	%r8
	push	%r9
	push	%r10
	push	%r11
	push	%rbx
	push	%rbp
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	mov	%rsp, %rdi
	call	trap_handle
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rbp
	pop	%rbx
	pop	%r11
	pop	%r10
	pop	%r9
	pop	%r8
	pop	%rax
	pop	%rcx
	pop	%rdx
	pop	%rsi
	pop	%rdi
	add	$16, %rsp			/* number and error code */
	/* HYPERVISOR_iret wants {rax, r11, rcx, flags} above the hardware frame. */
	pushq	$0
	push	%rcx
	push	%r11
	push	%rax
	mov	$23, %eax
	syscall

	/* The event upcall: acknowledge, count, return. */
	.globl guest_event_entry
	.align 16
guest_event_entry:
	mov	(%rsp), %rcx
	mov	8(%rsp), %r11
	movq	$0, 8(%rsp)
	add	$8, %rsp
	pushq	$256
	jmp	trap_common

	/* The failsafe callback: its frame has the data selectors behind r11. */
	.globl guest_failsafe_entry
	.align 16
guest_failsafe_entry:
	mov	(%rsp), %rcx
	mov	8(%rsp), %r11
	movq	$0, 40(%rsp)
	add	$40, %rsp
	pushq	$258
	jmp	trap_common

	.globl guest_syscall_entry
	.align 16
guest_syscall_entry:
	mov	(%rsp), %rcx
	mov	8(%rsp), %r11
	movq	$0, 8(%rsp)
	add	$8, %rsp
	pushq	$257
	jmp	trap_common

	.section .rodata
	.globl trap_entries
	.align 8
trap_entries:
	.irp nr, 0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 16, 17, 19, 128
	.quad \nr, trap_\nr
	.endr
	.quad 0, 0

	.bss
	.align 4096
	.globl guest_stack, guest_stack_top
guest_stack:
	.skip 32768
guest_stack_top:

	.data
	.align 4096
	.globl hypercall_page
hypercall_page:
	.skip 4096, 0xcc
