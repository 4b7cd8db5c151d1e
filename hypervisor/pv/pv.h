/* SPDX-License-Identifier: MIT */
/*
 * The processor as a guest sees it: what other layers ask of pv/.
 */
#pragma once

#include "domain/vcpu.h"
#include "x86/regs.h"

/* Initial state of a new vCPU; resources (FPU area). */
int pv_vcpu_create(struct vcpu *v) __must_check;
void pv_vcpu_destroy(struct vcpu *v);

/*
 * Load / read a whole guest context (VCPUOP_initialise, domctl
 * get/setvcpucontext, dom0 build).  @v is not running.  Every field is
 * checked; -EINVAL, -EINTR (restart) from page tables.
 */
int context_set(struct vcpu *v, const vcpu_guest_context_t *c);
void context_get(struct vcpu *v, vcpu_guest_context_t *c);

/* Queue exception @vector for delivery to @v (current) at exit. Double queueing crashes the guest. */
void trap_inject(struct vcpu *v, unsigned int vector, bool has_error, u32 error);
void trap_inject_page_fault(struct vcpu *v, u64 cr2, u32 error);

/* Cross between guest user and guest kernel: exchanges GS bases, loads CR3. @v is current. */
void mode_to_kernel(struct vcpu *v);
void mode_to_user(struct vcpu *v);

/*
 * Build the frame of a pending trap, event or system call on the guest's
 * kernel stack and point @regs at the handler.  A stack that cannot be written
 * crashes the guest.
 */
void bounce_trap(struct vcpu *v, struct regs *regs);
void bounce_event(struct vcpu *v, struct regs *regs);
void bounce_syscall(struct vcpu *v, struct regs *regs);
void bounce_failsafe(struct vcpu *v, struct regs *regs);

/* HYPERVISOR_iret: pop the frame the guest kernel left; returns rax to load. */
u64 iret_hypercall(struct vcpu *v, struct regs *regs);

/* #GP, #UD, #PF(mmio/port) from guest kernel: emulate the privileged instruction; true if done. */
bool emulate_privileged(struct vcpu *v, struct regs *regs);
/* ud2; "xen"; cpuid */
bool emulate_forced_cpuid(struct vcpu *v, struct regs *regs);

/* Virtual time page; called when current is switched in and when the scale changes. */
void vcpu_time_update(struct vcpu *v);
void vcpu_time_migrate(struct vcpu *v, unsigned int cpu); /* its timers follow it */
int vcpu_time_create(struct vcpu *v);			  /* timers */
void vcpu_time_destroy(struct vcpu *v);
int vcpu_time_set_periodic(struct vcpu *v, u64 period_ns);
void vcpu_time_stop_periodic(struct vcpu *v);
/* @flags VCPU_SSHOTTMR_future: -ETIME if past. */
int vcpu_time_set_singleshot(struct vcpu *v, u64 expires, u32 flags);
void vcpu_time_stop_singleshot(struct vcpu *v);
void vcpu_time_update_wallclock(struct domain *d); /* shared_info wc_* */

/* debug registers: guest set/get with the checks of abi.md. */
int debugreg_set(struct vcpu *v, unsigned int reg, u64 value);
u64 debugreg_get(struct vcpu *v, unsigned int reg);
