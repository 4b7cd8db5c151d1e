/* SPDX-License-Identifier: MIT */
/*
 * Claim: debug registers that come with a context are checked as those that come by a call.
 * Attack: a vCPU that is set up with breakpoints in the hypervisor, general detect, bits beyond 32, I/O
 *	breakpoints; and one with a breakpoint of its own, which must strike.
 * Defence: the context goes through debugreg_set() (pv/context.c).
 * OPTIONS: dom0_max_vcpus=6
 */
#include "guest.h"

#define VCPUS 6
#define GD    (1UL << 13)

static volatile u64 watched, got[VCPUS][8];
static volatile unsigned int done;
static volatile u64 hits;
static u8 stacks[VCPUS][4096] __attribute__((aligned(16)));

static void on_debug(struct trap *t)
{
	hits++;
	t->rflags &= ~0x100ULL;
	hypercall2(__HYPERVISOR_set_debugreg, 6, 0);
}

static void look(unsigned int id)
{
	for (unsigned int i = 0; i < 8; i++)
		if (i != 4 && i != 5)
			got[id][i] = (u64)hypercall1(__HYPERVISOR_get_debugreg, i);
	watched = id;
	__asm__ volatile("nop; nop");
	done = id;
	for (;;)
		hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_down, id, 0);
}

/* Whether it was refused; else it has run. */
static bool refused(unsigned int id, u64 dr0, u64 dr7)
{
	extern const u64 trap_entries[][2];
	static vcpu_guest_context_t c;

	memset(&c, 0, sizeof(c));
	c.flags = VGCF_in_kernel;
	c.user_regs.rip = PTR(look);
	c.user_regs.rdi = id;
	c.user_regs.rsp = PTR(stacks[id]) + sizeof(stacks[id]) - 8;
	c.user_regs.cs = FLAT_KERNEL_CS;
	c.user_regs.ss = FLAT_KERNEL_SS;
	c.user_regs.rflags = 0x202;
	c.kernel_ss = FLAT_KERNEL_SS;
	c.kernel_sp = c.user_regs.rsp;
	c.ctrlreg[3] = xen_pfn_to_cr3(virt_to_mfn((void *)start_info->pt_base));
	for (unsigned int n = 0; trap_entries[n][1]; n++)
		c.trap_ctxt[trap_entries[n][0]] = (trap_info_t){ .vector = (u8)trap_entries[n][0],
								 .cs = FLAT_KERNEL_CS,
								 .address = trap_entries[n][1] };
	c.debugreg[0] = dr0;
	c.debugreg[7] = dr7;
	if (hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_initialise, id, &c) ||
	    hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_up, id, 0))
		return true;
	while (done != id)
		hypercall2(__HYPERVISOR_sched_op, SCHEDOP_yield, 0);
	return false;
}

static bool in_hypervisor(u64 a)
{
	return a >= 0xffff800000000000 && a < 0xffff880000000000;
}

void proof(void)
{
	bool no;

	trap_set(1, on_debug);
	/* Where they are enabled: 8 bytes, on writes. */
	no = refused(1, 0xffff830000000000, 0x90001);
	check(no || !in_hypervisor(got[1][0]), "a breakpoint in the hypervisor: %s, %lx, DR7 %lx",
	      no ? "refused" : "dropped", got[1][0], got[1][7]);
	no = refused(2, PTR(&watched), GD | 1);
	check(no || !(got[2][7] & GD), "general detect: %s, DR7 %lx", no ? "refused" : "dropped",
	      got[2][7]);
	no = refused(3, PTR(&watched), 1ULL << 40 | 1);
	check(no || !(got[3][7] >> 32), "bits beyond 32: %s, DR7 %lx", no ? "refused" : "dropped",
	      got[3][7]);
	no = refused(4, 0x80, 0x20001);
	check(no || (got[4][7] >> 16 & 3) != 2, "an I/O breakpoint: %s, DR7 %lx",
	      no ? "refused" : "dropped", got[4][7]);
	hits = 0;
	no = refused(5, PTR(&watched), 0x90001);
	check(!no && got[5][0] == PTR(&watched), "one of its own is there: DR7 %lx", got[5][7]);
	check(hits == 1 && watched == 5, "and strikes: %lu", hits);
}
