/* SPDX-License-Identifier: MIT */
/*
 * Running an operation on a copy of its structure.
 */
#include "hypercall/op.h"

#include "domain/vcpu.h"
#include "x86/bound.h"
#include "x86/usercopy.h"

long op_run(const struct op *ops, size_t n, u32 cmd, struct vcpu *v, u64 arg)
{
	u64 copy[OP_SIZE_MAX / sizeof(u64)];
	const struct op *op;
	long rc;

	if (!bound_index(cmd, n) || !ops[cmd].run)
		return -ENOSYS;
	op = &ops[cmd];
	if (!policy_allows(current->domain, NULL, op->needs))
		return -EPERM;
	if (usercopy_from(copy, gaddr(arg), op->size))
		return -EFAULT;
	rc = op->run(v, cmd, copy);
	if (!rc && op->answers && usercopy_to(gaddr(arg), copy, op->size))
		rc = -EFAULT;
	return rc;
}
