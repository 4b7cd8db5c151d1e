/* SPDX-License-Identifier: MIT */
/*
 * Structure offsets for assembly: compiled to text, from which a line of sed
 * (entry/offsets.mk) makes asm-offsets.h.
 */
#include "domain/vcpu.h"
#include "x86/desc.h"
#include "x86/percpu.h"

/* The member, not the macro. */
#undef current

#define DEFINE(sym, val)	  asm volatile("\n.ascii \"->" #sym " %c0\"" ::"i"(val))
#define OFFSET(sym, type, member) DEFINE(sym, offsetof(struct type, member))

void offsets(void);
void offsets(void)
{
	OFFSET(REGS_error_code, regs, error_code);
	OFFSET(REGS_vector, regs, vector);
	OFFSET(REGS_rcx, regs, rcx);
	OFFSET(REGS_r11, regs, r11);
	OFFSET(REGS_rip, regs, rip);
	OFFSET(REGS_cs, regs, cs);
	OFFSET(REGS_rflags, regs, rflags);
	OFFSET(REGS_rsp, regs, rsp);
	OFFSET(REGS_ss, regs, ss);
	DEFINE(REGS_SIZE, sizeof(struct regs));

	OFFSET(CPU_INFO_current, cpu_info, current);
	OFFSET(CPU_INFO_percpu_delta, cpu_info, percpu_delta);
	DEFINE(CPU_INFO_SIZE, sizeof(struct cpu_info));

	OFFSET(BLOCK_stack_top, cpu_block_data, stack_top);
	OFFSET(BLOCK_saved_rsp, cpu_block_data, saved_rsp);
	OFFSET(BLOCK_full_cr3, cpu_block_data, xpti.full_cr3);
	OFFSET(BLOCK_guest_cr3, cpu_block_data, xpti.guest_cr3);
	OFFSET(BLOCK_guest_generation, cpu_block_data, xpti.guest_generation);
	OFFSET(BLOCK_roots, cpu_block_data, xpti.roots);
	OFFSET(ROOT_full, xpti_root, full);
	OFFSET(ROOT_generation, xpti_root, generation);
	OFFSET(ROOT_cr3, xpti_root, cr3);

	OFFSET(VCPU_info, vcpu, info);
	OFFSET(VCPU_domain, vcpu, domain);
	OFFSET(VCPU_in_kernel, vcpu, in_kernel);
	OFFSET(DOMAIN_root_generation, domain, pool.root_generation);
	OFFSET(VCPU_pending, vcpu, trap_pending);
	_Static_assert(offsetof(struct vcpu, failsafe_pending) ==
		       offsetof(struct vcpu, trap_pending) + 2);
	OFFSET(INFO_upcall_pending, vcpu_info, evtchn_upcall_pending);
	OFFSET(INFO_upcall_mask, vcpu_info, evtchn_upcall_mask);
}
