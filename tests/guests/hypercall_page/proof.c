/* SPDX-License-Identifier: MIT */
/*
 * Claim: older kernels can call through the page that the ELF note names.
 * Method: calls through it; entries have 32 bytes each and keep the registers that the ABI keeps.  No entry
 *	branches by a register or by memory, nor runs on after its return: speculation finds nothing there but
 *	the return itself, for which a kernel that minds brings stubs of its own (XSA-466).
 * Proves: XSA-466
 */
#include "guest.h"

extern char hypercall_page[];

static long by_page(unsigned int nr, u64 a1, u64 a2)
{
	register u64 rbx __asm__("rbx") = 0x1111;
	register u64 r12 __asm__("r12") = 0x2222;
	long rax;

	__asm__ volatile("call *%[entry]"
			 : "=a"(rax), "+D"(a1), "+S"(a2), "+r"(rbx), "+r"(r12)
			 : [entry] "d"(hypercall_page + nr * 32)
			 : "rcx", "r10", "r11", "r8", "r9", "memory");
	if (rbx != 0x1111 || r12 != 0x2222)
		check(false, "a register is lost");
	return rax;
}

/* Opcode ff is what indirect calls and jumps begin with; behind ret (c3) there are traps alone. */
static bool straight(const u8 *stub)
{
	unsigned int end = 31;

	while (end && stub[end] == 0xcc)
		end--;
	for (unsigned int i = 0; i <= end; i++)
		if (stub[i] == 0xff || (i < end && stub[i] == 0xc3))
			return false;
	return end < 31 && (stub[end] == 0xc3 || (stub[end - 1] == 0x0f && stub[end] == 0x05));
}

static void by_page_out(void *arg)
{
	(void)arg;
	by_page(__HYPERVISOR_xen_version, 0, 0);
}

void proof(void)
{
	char extra[XEN_EXTRAVERSION_LEN] = "";
	unsigned int bent = 0;
	u8 *copy = page_alloc();

	check((u8)hypercall_page[__HYPERVISOR_xen_version * 32] != 0xcc, "the page is filled");
	check(by_page(__HYPERVISOR_xen_version, XENVER_version, 0) >> 16 == 4, "it works");
	check(by_page(__HYPERVISOR_xen_version, XENVER_extraversion, PTR(extra)) == 0 && extra[0],
	      "with arguments: %s", extra);
	check_is(by_page(50, 0, 0), -GUEST_ENOSYS, "an entry of no call");
	check_is(by_page(127, 0, 0), -GUEST_ENOSYS, "the last entry");
	memcpy(copy, hypercall_page, 4096);
	for (unsigned int nr = 0; nr < 128; nr++)
		bent += !straight(copy + nr * 32);
	check_is(bent, 0, "entries that are not straight");
	check(copy[0] != 0xcc, "it is a page like others and can be read");
	check(try_call(by_page_out, NULL), "no trap on the way");
}
