/* SPDX-License-Identifier: MIT */
/*
 * The hypercall page of kernels that call through one.
 *
 * Each stub saves the two registers that SYSCALL destroys:
 *	push %rcx; push %r11; mov $nr, %eax; syscall; pop %r11; pop %rcx; ret
 * iret does not come back and its frame begins with rax, r11, rcx, so its stub
 * pushes exactly these: push %rcx; push %r11; push %rax; mov $23, %eax; syscall
 */
#include "pv/hypercall_page.h"

#include "lib/string.h"

#define STUB_SIZE 32
#define NR_IRET	  23

static const u8 stub_call[] = {
	0x51, 0x41, 0x53, 0xb8, 0, 0, 0, 0, 0x0f, 0x05, 0x41, 0x5b, 0x59, 0xc3,
};
static const u8 stub_iret[] = {
	0x51, 0x41, 0x53, 0x50, 0xb8, NR_IRET, 0, 0, 0, 0x0f, 0x05,
};
#define STUB_CALL_NR 4 /* offset of the immediate's low byte */

void hypercall_page_fill(void *page)
{
	u8 *p = page;

	memset(page, 0xcc, PAGE_SIZE);
	for (unsigned int nr = 0; nr < PAGE_SIZE / STUB_SIZE; nr++, p += STUB_SIZE) {
		memcpy(p, stub_call, sizeof(stub_call));
		p[STUB_CALL_NR] = (u8)nr;
	}
	memcpy((u8 *)page + NR_IRET * STUB_SIZE, stub_iret, sizeof(stub_iret));
}
