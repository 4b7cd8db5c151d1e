/* SPDX-License-Identifier: MIT */
/*
 * Operations of a hypercall whose argument is one structure of the guest's.
 *
 * Rights are looked at first.  Then the structure is copied in, once; the
 * operation works on the copy, and what it answers is copied back if it succeeded.
 */
#pragma once

#include "domain/policy.h"

/* @cmd is the operation's number, @arg the copy; -errno or the call's result. */
typedef long op_fn(struct vcpu *v, u32 cmd, void *arg);

struct op {
	op_fn *run; /* NULL: there is no such operation */
	enum policy_op needs;
	u8 size; /* of the structure, OP_SIZE_MAX at most; 0: there is none */
	bool answers;
};

#define OP_SIZE_MAX 128

/* Does not compile where the copy would not fit. */
#define OP_SIZE(type) (sizeof(type) / (sizeof(type) <= OP_SIZE_MAX))
#define OP(right, fn, type)                              \
	{                                                \
		fn, POLICY_##right, OP_SIZE(type), false \
	}
#define OP_ANSWERS(right, fn, type)                     \
	{                                               \
		fn, POLICY_##right, OP_SIZE(type), true \
	}
#define OP_BARE(right, fn)                   \
	{                                    \
		fn, POLICY_##right, 0, false \
	}

/* Operation @cmd of the @n in @ops by current, on @v, with the structure at guest address @arg. */
long op_run(const struct op *ops, size_t n, u32 cmd, struct vcpu *v, u64 arg);
