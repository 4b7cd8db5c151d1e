/* SPDX-License-Identifier: MIT */
/*
 * multicall: a batch of hypercalls in one.
 *
 * Each entry is copied in, run and its result copied out before the next is
 * looked at.  A call that has to restart writes its new arguments back into
 * its entry, and the batch itself restarts from there.  iret replaces the
 * registers of whoever asked, so it ends the batch and no result is written
 * (XSA-213); a batch in a batch is refused.
 */
#include "hypercall/arg.h"
#include "hypercall/preempt.h"
#include "hypercall/table.h"

#include "pv/pv.h"

#define NR_IRET	     23
#define NR_MULTICALL 13

/* The argument words of a restarted entry, where the guest's copy has them. */
static bool put_restart(u64 entry, const struct vcpu *v)
{
	u64 args = entry + offsetof(multicall_entry_t, args);

	return usercopy_to(gaddr(args), v->restart_args, 5 * sizeof(u64)) == 0;
}

static long restart_batch(struct vcpu *v, u64 list, u32 left)
{
	v->restart = false;
	return preempt_restart(list, left, 0, 0, 0);
}

HYPERCALL(multicall)
{
	u64 list = a1;
	u32 left = (u32)a2;
	struct vcpu *v = current;
	multicall_entry_t call;

	if (v->in_multicall)
		return -EINVAL;
	for (; left; left--, list += sizeof(call)) {
		u64 result;

		if (preempt_needed())
			return restart_batch(v, list, left);
		if (!arg_get(&call, list))
			return -EFAULT;
		if (unlikely(call.op == NR_IRET))
			return (long)iret_hypercall(v, guest_regs());
		if (unlikely(call.op == NR_MULTICALL)) {
			result = (u64)-EINVAL;
		} else {
			v->in_multicall = true;
			result = (u64)hypercall_call(call.op, (const u64 *)call.args);
			v->in_multicall = false;
			if (unlikely(v->restart)) {
				if (!put_restart(list, v)) {
					v->restart = false;
					return -EFAULT;
				}
				return restart_batch(v, list, left);
			}
		}
		if (usercopy_to(gaddr(list + offsetof(multicall_entry_t, result)), &result,
				sizeof(result)))
			return -EFAULT;
	}
	return 0;
}
