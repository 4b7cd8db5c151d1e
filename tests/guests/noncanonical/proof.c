/* SPDX-License-Identifier: MIT */
/*
 * Claim: an address that is not canonical harms its guest alone (XSA-7, XSA-193).
 * Attack: give such addresses, and the hypervisor's, wherever one is taken; return to one.
 * Defence: refused, or a fault of the guest's.
 * Proves: set_trap_table refused, set_segment_base.SEGBASE_FS refused
 * Proves: set_segment_base.SEGBASE_GS_USER refused, set_segment_base.SEGBASE_GS_KERNEL refused
 * Proves: set_segment_base.SEGBASE_GS_USER_SEL ok, callback_op.CALLBACKTYPE_syscall refused
 * Proves: set_callbacks refused, stack_switch ok, set_debugreg refused, XSA-7, XSA-193
 */
#include "guest.h"

#define BAD	   0x800000000000ULL
#define HYPERVISOR 0xffff830000001000ULL

struct iret_frame {
	u64 rax, r11, rcx, flags, rip, cs, rflags, rsp, ss;
};

static void do_iret(void *arg)
{
	__asm__ volatile("mov %0, %%rsp; mov $23, %%eax; syscall" ::"r"(arg));
	__builtin_unreachable();
}

static void return_to(u64 rip, u64 rsp, const char *what)
{
	struct iret_frame f = {
		.rip = rip, .cs = FLAT_KERNEL_CS & ~3, .rflags = 0x202, .rsp = rsp, .ss = FLAT_KERNEL_SS
	};

	check(!try_call(do_iret, &f) && fault.taken, "%s: trap %u", what, fault.vector);
}

static void write_gs_base(void *arg)
{
	u64 v = *(u64 *)arg;

	__asm__ volatile("wrmsr" ::"c"(0xc0000101), "a"((u32)v), "d"((u32)(v >> 32)));
}

static long base(unsigned int which, u64 value)
{
	return hypercall2(__HYPERVISOR_set_segment_base, which, value);
}

void proof(void)
{
	struct callback_register cb = { .type = CALLBACKTYPE_syscall, .address = BAD };
	struct trap_info table[2] = { { .vector = 9, .cs = FLAT_KERNEL_CS, .address = BAD } };
	static u8 stack[4096];
	u64 bad = BAD;

	check(base(SEGBASE_FS, BAD) == -GUEST_EINVAL, "the FS base");
	check(base(SEGBASE_GS_KERNEL, BAD) == -GUEST_EINVAL, "the kernel's GS base");
	check(base(SEGBASE_GS_USER, BAD) == -GUEST_EINVAL, "the user's GS base");
	check(base(SEGBASE_FS, 0xffff7fffffffffff) == -GUEST_EINVAL, "just below the upper half");
	check_is(base(SEGBASE_FS, 0), 0, "a good FS base");
	check(base(77, 0) < 0, "a base that does not exist");
	check_is(base(SEGBASE_GS_USER_SEL, 0xffff), 0, "a bad selector loads as null");
	check(!try_call(write_gs_base, &bad) && fault.vector == 13, "wrmsr of GS_BASE");
	check(hypercall2(__HYPERVISOR_callback_op, CALLBACKOP_register, &cb) == -GUEST_EINVAL,
	      "a callback");
	if (on_lamina()) /* Xen takes it, and crashes the guest when it is used */
		check(hypercall3(__HYPERVISOR_set_callbacks, BAD, 0, 0) == -GUEST_EINVAL,
		      "the old call for callbacks");
	check(hypercall1(__HYPERVISOR_set_trap_table, table) == -GUEST_EINVAL, "a trap handler");
	check(hypercall2(__HYPERVISOR_set_debugreg, 0, HYPERVISOR) == -GUEST_EPERM,
	      "a breakpoint in the hypervisor");
	return_to(BAD, PTR(stack + 4096), "return to it");
	return_to(0x7fffffffffff, PTR(stack + 4096), "return to the last byte below it");
	return_to(HYPERVISOR, PTR(stack + 4096), "return into the hypervisor");
	return_to(~0ULL, PTR(stack + 4096), "return to the last byte of all");
	check_is(hypercall2(__HYPERVISOR_stack_switch, FLAT_KERNEL_SS, PTR(stack + 4096)), 0,
		 "all is well after it");
}
