/* SPDX-License-Identifier: MIT */
/*
 * Queueing an exception for the current vCPU; bounce.c delivers it at exit.
 */
#include "pv/pv.h"

#include "domain/crash.h"

void trap_inject(struct vcpu *v, unsigned int vector, bool has_error, u32 error)
{
	if (unlikely(v->trap_pending)) {
		domain_crash(v->domain, "vCPU %u: exception %u while %u is pending\n", v->id,
			     vector, v->trap.vector);
		return;
	}
	v->trap_pending = true;
	v->trap = (struct pending_trap){
		.has_error = has_error,
		.vector = (u8)vector,
		.error = error,
	};
}

void trap_inject_page_fault(struct vcpu *v, u64 cr2, u32 error)
{
	WRITE_ONCE(v->info->arch.cr2, cr2);
	trap_inject(v, 14, true, error);
}
