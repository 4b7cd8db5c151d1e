/* SPDX-License-Identifier: MIT */
/*
 * A few whole words to or from a guest's stack, in line and unrolled when @n is
 * a constant: the frames of bounces and of iret.  Either may fault; false then.
 */
#pragma once

#include "x86/extable.h"
#include "x86/features.h"
#include "x86/usercopy.h"

/* The formatter parts "%l" from its operand. */
/* clang-format off */
static inline __attribute__((always_inline)) bool
guest_words_store(u64 va, const u64 *words, unsigned int n)
{
	va = usercopy_place(gaddr(va));
	asm volatile(ASM_STAC ::: "memory");
#pragma GCC unroll 12
	for (unsigned int i = 0; i < n; i++)
		asm goto("1: movq %0, %1\n\t" EXTABLE(1b, %l[fault])
			 :
			 : "r"(words[i]), "m"(*(u64 *)(va + i * 8))
			 : "memory"
			 : fault);
	asm volatile(ASM_CLAC ::: "memory");
	return true;
fault:
	asm volatile(ASM_CLAC ::: "memory");
	return false;
}

static inline __attribute__((always_inline)) bool
guest_words_load(u64 *words, u64 va, unsigned int n)
{
	va = usercopy_place(gaddr(va));
	asm volatile(ASM_STAC ::: "memory");
#pragma GCC unroll 12
	for (unsigned int i = 0; i < n; i++)
		/* The address as an operand tells the compiler that the array changes. */
		asm goto("1: movq %1, %%rax\n\tmovq %%rax, %c2(%0)\n\t" EXTABLE(1b, %l[fault])
			 :
			 : "r"(words), "m"(*(const u64 *)(va + i * 8)), "i"(i * 8)
			 : "rax", "memory"
			 : fault);
	asm volatile(ASM_CLAC ::: "memory");
	return true;
fault:
	asm volatile(ASM_CLAC ::: "memory");
	return false;
}

/* clang-format on */
