/* SPDX-License-Identifier: MIT */
/*
 * Code for user mode, written in the proof and copied to where users run (user_build()).
 */
#pragma once

/* A program, from @name to @name_end; it ends in ud2. */
#define PROGRAM(name, text)                                                          \
	extern const char name[], name##_end[];                                      \
	__asm__(".pushsection .rodata\n" #name ": " text "\n\tud2\n" #name "_end:\n" \
		"\t.code64\n\t.popsection")

/*
 * What follows is 32-bit code.  By a far jump: QEMU's far return reads the stack as
 * the kernel, against SMAP.
 */
#define TO_32                                                                              \
	"lea 1f(%rip), %rax; mov %eax, -8(%rsp); movl $0xe023, -4(%rsp); ljmpl *-8(%rsp);" \
	".code32; 1: "
