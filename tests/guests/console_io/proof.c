/* SPDX-License-Identifier: MIT */
/*
 * Claim: the console takes what is readable and nothing else.
 * Attack: negative and absurd counts, text from the hypervisor or from nowhere.
 * Defence: checked, in pieces.
 * Proves: console_io.CONSOLEIO_write ok refused, console_io.CONSOLEIO_read ok refused
 */
#include "guest.h"

static long console(unsigned int cmd, u64 count, u64 buffer)
{
	return hypercall3(__HYPERVISOR_console_io, cmd, count, buffer);
}

void proof(void)
{
	char *page = page_alloc();
	u64 *next = page_alloc();

	check_is(console(CONSOLEIO_write, 0, PTR(page)), 0, "nothing");
	check(console(CONSOLEIO_write, 5, 0xdead0000) == -GUEST_EFAULT, "text from nowhere");
	check(console(CONSOLEIO_write, 5, 0xffff830000000000) == -GUEST_EFAULT,
	      "text from the hypervisor");
	check(console(CONSOLEIO_write, 64, HYPERVISOR_VIRT_START - 32) == -GUEST_EFAULT,
	      "text that reaches into it");
	check(console(CONSOLEIO_write, (u64)(s64)-1, PTR(page)) < 0, "a negative count");
	check(console(CONSOLEIO_write, 1ULL << 31, PTR(page)) < 0, "the most negative one");
	check(console(CONSOLEIO_read, (u64)(s64)-1, PTR(page)) < 0, "a negative count to read");
	check_is(console(CONSOLEIO_read, 100, PTR(page)), 0, "nothing was typed");
	check(console(CONSOLEIO_read, 100, 0xffff830000000000) <= 0, "reading into the hypervisor");
	check(console(7, 1, PTR(page)) == -GUEST_ENOSYS, "an operation that does not exist");
	update_va(next, 0, UVMF_INVLPG);
	memset(page, ' ', 4096);
	check(PTR(next) == PTR(page) + 4096, "two pages in a row, the second unmapped");
	check(console(CONSOLEIO_write, 64, PTR(page) + 4096 - 32) == -GUEST_EFAULT,
	      "text that crosses into it");
}
