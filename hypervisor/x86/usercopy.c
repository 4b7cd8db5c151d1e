/* SPDX-License-Identifier: MIT */
/*
 * Copies to and from guest addresses that may fault.
 *
 * Each copy is a run of eight-byte units and a tail of single bytes.  After a
 * fault in the run, rcx units and the whole tail are left; in the tail, rcx
 * bytes.  The sizes of most arguments (8, 16, 24 bytes) have no tail.
 */
#include "x86/usercopy.h"
#include "x86/extable.h"
#include "x86/features.h"

static size_t copy(void *dst, const void *src, size_t len)
{
	size_t left = len / 8;

	asm volatile(ASM_STAC "1: rep movsq\n\t"
			      "mov %k[tail], %%ecx\n"
			      "2: rep movsb\n"
			      "3:\n\t" ASM_CLAC ".pushsection .text.fixup, \"ax\"\n"
			      "4: lea (%[tail], %%rcx, 8), %%rcx\n\t"
			      "jmp 3b\n\t"
			      ".popsection\n\t" EXTABLE(1b, 4b) EXTABLE(2b, 3b)
		     : "+D"(dst), "+S"(src), "+c"(left)
		     : [tail] "r"(len % 8)
		     : "memory", "cc");
	return left;
}

size_t usercopy_from(void *dst, gaddr_t src, size_t len)
{
	return copy(dst, (const void *)usercopy_place(src), len);
}

size_t usercopy_to(gaddr_t dst, const void *src, size_t len)
{
	return copy((void *)usercopy_place(dst), src, len);
}
