/* SPDX-License-Identifier: MIT */
/*
 * A second vCPU for a tiny guest.
 */
#include "guest.h"

extern const u64 trap_entries[][2];
extern char guest_event_entry[], guest_failsafe_entry[], guest_syscall_entry[];

#define VCPUS 4

static u8 stacks[VCPUS][16384] __attribute__((aligned(16)));

bool smp_on_second(const struct trap *t)
{
	return t->rsp >= PTR(stacks[1]) && t->rsp <= PTR(stacks[1]) + sizeof(stacks[1]);
}

long smp_start(void (*fn)(void))
{
	return smp_start_on(1, fn);
}

long smp_start_on(unsigned int vcpu, void (*fn)(void))
{
	const u8 *stack = stacks[vcpu] + sizeof(stacks[vcpu]);
	static vcpu_guest_context_t c;
	unsigned int n = 0;
	long rc;

	memset(&c, 0, sizeof(c));
	c.flags = VGCF_in_kernel;
	c.user_regs.rip = PTR(fn);
	/* As if called: the ABI wants the stack 8 bytes off alignment at entry. */
	c.user_regs.rsp = PTR(stack) - 8;
	c.user_regs.cs = FLAT_KERNEL_CS & ~3;
	c.user_regs.ss = FLAT_KERNEL_SS;
	c.user_regs.rflags = 0x202;
	c.kernel_ss = FLAT_KERNEL_SS;
	c.kernel_sp = PTR(stack);
	c.ctrlreg[3] = xen_pfn_to_cr3(virt_to_mfn((void *)start_info->pt_base));
	c.event_callback_eip = PTR(guest_event_entry);
	c.failsafe_callback_eip = PTR(guest_failsafe_entry);
	c.syscall_callback_eip = PTR(guest_syscall_entry);
	for (; trap_entries[n][1]; n++) {
		trap_info_t *t = &c.trap_ctxt[trap_entries[n][0]];

		*t = (trap_info_t){ .vector = (u8)trap_entries[n][0],
				    .cs = FLAT_KERNEL_CS,
				    .address = trap_entries[n][1] };
	}
	rc = hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_initialise, vcpu, &c);
	return rc ? rc : hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_up, vcpu, 0);
}
