/* SPDX-License-Identifier: MIT */
/*
 * Claim: an image of registers that the processor does not take harms nobody but its owner.
 * Attack: contexts with bits that do not exist; what XRSTOR looks at is not the guest's to write, so
 *	drive.py spoils the image in the hypervisor's memory, as the guest is about to run.
 * Defence: XRSTOR's fault is caught, and the registers are new ones (x86/fpu.c).
 * CPU: max
 * OPTIONS: dom0_max_vcpus=3
 * Proves: XSA-53
 */
#include "guest.h"

volatile unsigned int drive_stop;
static volatile unsigned int turns, ran;
static u8 image[512] __attribute__((aligned(64)));
void turn(void);

__attribute__((noinline)) void turn(void)
{
	turns++;
	hypercall2(__HYPERVISOR_sched_op, SCHEDOP_yield, 0);
}

static void other(void)
{
	for (;;)
		turn();
}

static void odd(void)
{
	ran++;
	for (;;)
		hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_down, 2, 0);
}

/* vCPU 2 begins with @mxcsr and all else odd as well: refused, or it runs. */
static void odd_context(u32 mxcsr)
{
	static vcpu_guest_context_t c;
	static u64 stack[512];
	unsigned int before = ran;
	long rc;

	memset(&c, 0, sizeof(c));
	memset(&c.fpu_ctxt, 0xff, sizeof(c.fpu_ctxt));
	*(u32 *)((u8 *)&c.fpu_ctxt + 24) = mxcsr;
	c.flags = VGCF_in_kernel | VGCF_i387_valid;
	c.user_regs.rip = PTR(odd);
	c.user_regs.rsp = PTR(stack + 511);
	c.user_regs.cs = FLAT_KERNEL_CS;
	c.user_regs.ss = FLAT_KERNEL_SS;
	c.user_regs.rflags = 0x202;
	c.ctrlreg[3] = xen_pfn_to_cr3(virt_to_mfn((void *)start_info->pt_base));
	rc = hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_initialise, 2, &c);
	if (!rc)
		rc = hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_up, 2, 0);
	check(rc || wait_change(&ran, before, 20000), "MXCSR of %x: %ld", mxcsr, rc);
}

void proof(void)
{
	u16 fcw;

	odd_context(~0U);
	check_is(smp_start(other), 0, "a second vCPU");
	__asm__ volatile("fninit; fldcw %0" ::"m"((u16){ 0xf7f }));
	say("ready\n");
	while (!drive_stop)
		turn();
	__asm__ volatile("fxsave64 %0; fstcw %1" : "=m"(image), "=m"(fcw));
	check(fcw == 0x37f, "the registers of the one that was hit are new: %x", fcw);
	check(turns > 1, "and it goes on");
}
