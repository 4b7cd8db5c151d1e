/* SPDX-License-Identifier: MIT */
/*
 * What user mode runs: pieces of 64 bytes, each of which ends by a trap.  rdi
 * and rsi are addresses that may be mapped, the rest is random.
 */
	.section .rodata
	.globl user_snippets, user_snippets_end

.macro SNIPPET code:vararg
	.balign 64, 0x0b
	\code
	ud2
.endm

	.balign 64
user_snippets:
	SNIPPET	nop
	SNIPPET	syscall
	SNIPPET	int $0x80
	SNIPPET	int3
	SNIPPET	int $0x82
	SNIPPET	int $3
	SNIPPET	sysenter
	SNIPPET	mov (%rdi), %rax
	SNIPPET	mov %rax, (%rdi)
	SNIPPET	mov %rax, (%rsi)
	SNIPPET	lock incq (%rdi)
	SNIPPET	jmp *%rdi
	SNIPPET	push %rax; push %rdx; syscall
	SNIPPET	hlt
	SNIPPET	cli
	SNIPPET	in %dx, %al
	SNIPPET	mov %rax, %cr0
	SNIPPET	rdtsc; rdtscp
	SNIPPET	cpuid
	SNIPPET	fninit; fldpi; movups %xmm0, (%rdi)
	SNIPPET	mov %eax, %ds
	SNIPPET	mov %eax, %gs
	SNIPPET	pushq $0x100; popfq; nop; nop
	SNIPPET	pushq $0x40000; popfq; movl 1(%rsp), %eax
	SNIPPET	mov %ss, %eax; mov %eax, %ss; syscall
	SNIPPET	pushq $0x4100; popfq; syscall
	SNIPPET	xor %ecx, %ecx; div %ecx
	SNIPPET	rdmsr
	SNIPPET	.byte 0xf1
	SNIPPET	movabs $0x7ffffffffffe, %rax; jmp *%rax
	SNIPPET	wrgsbase %rbx; wrfsbase %rbx; mov %gs:0, %rax
	SNIPPET	movabs $0xffff830000000000, %rax; mov (%rax), %rax
	SNIPPET	ud2; .ascii "xen"; cpuid
	SNIPPET	mov %rsp, %rbp; mov $0x800000000000, %rsp; push %rax
	SNIPPET	xor %esp, %esp; push %rax
	SNIPPET	std; stc; syscall
	.balign 64, 0x0b
user_snippets_end:
