/* SPDX-License-Identifier: MIT */
/*
 * set_trap_table: the guest's handlers of exceptions and software interrupts.
 */
#include "hypercall/arg.h"
#include "hypercall/preempt.h"
#include "hypercall/table.h"

#include "lib/string.h"
#include "x86/pte.h"

/*
 * @a1: array of struct trap_info, ended by an address of 0; NULL clears all.
 * Selectors are not used: a handler always runs in the flat 64-bit segment.
 */
HYPERCALL(set_trap_table)
{
	struct vcpu *v = current;
	trap_info_t info;

	if (!a1) {
		memset(v->traps, 0, sizeof(v->traps));
		return 0;
	}
	for (u64 va = a1;; va += sizeof(info)) {
		if (preempt_needed())
			return preempt_restart(va, 0, 0, 0, 0);
		if (!arg_get(&info, va))
			return -EFAULT;
		if (!info.address)
			return 0;
		if (!va_canonical(info.address))
			return -EINVAL;
		v->traps[info.vector] = (struct trap_entry){
			.handler = gaddr(info.address),
			.cs = info.cs,
			.flags = info.flags,
		};
	}
}
