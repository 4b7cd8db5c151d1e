/* SPDX-License-Identifier: MIT */
/*
 * callback_op and its predecessor set_callbacks: entry points of the guest
 * kernel beside its trap table.
 */
#include "hypercall/op.h"
#include "hypercall/table.h"

#include "domain/vcpu.h"
#include "x86/pte.h"

/* NMIs go through the trap table: its entry for vector 2. */
#define VECTOR_NMI	 2
#define TRAP_MASK_EVENTS 4

static struct callback *callback_of(struct vcpu *v, u32 type)
{
	switch (type) {
	case CALLBACKTYPE_event: return &v->cb_event;
	case CALLBACKTYPE_failsafe: return &v->cb_failsafe;
	case CALLBACKTYPE_syscall: return &v->cb_syscall;
	case CALLBACKTYPE_syscall32: return &v->cb_syscall32;
	case CALLBACKTYPE_sysenter:
	case CALLBACKTYPE_sysenter_deprecated: return &v->cb_sysenter;
	default: return NULL;
	}
}

static long set_nmi(struct vcpu *v, u64 address)
{
	v->traps[VECTOR_NMI] = (struct trap_entry){
		.handler = gaddr(address),
		.flags = TRAP_MASK_EVENTS,
	};
	return 0;
}

static long do_register(struct vcpu *v, u32 cmd, void *arg)
{
	struct callback_register *reg = arg;
	struct callback *cb;

	if (!va_canonical(reg->address))
		return -EINVAL;
	if (reg->type == CALLBACKTYPE_nmi)
		return set_nmi(v, reg->address);
	cb = callback_of(v, reg->type);
	if (!cb)
		return -ENOSYS;
	*cb = (struct callback){ gaddr(reg->address), reg->flags & CALLBACKF_mask_events };
	return 0;
}

static long do_unregister(struct vcpu *v, u32 cmd, void *arg)
{
	struct callback_unregister *reg = arg;

	switch (reg->type) {
	case CALLBACKTYPE_event:
	case CALLBACKTYPE_failsafe:
	case CALLBACKTYPE_syscall:
	case CALLBACKTYPE_syscall32:
	case CALLBACKTYPE_sysenter:
	case CALLBACKTYPE_sysenter_deprecated:
		/* The kernel cannot do without them: to replace is all it may. */
		return -EINVAL;
	case CALLBACKTYPE_nmi: return set_nmi(v, 0);
	default: return -ENOSYS;
	}
}

static const struct op ops[] = {
	[CALLBACKOP_register] = OP(OWN, do_register, struct callback_register),
	[CALLBACKOP_unregister] = OP(OWN, do_unregister, struct callback_unregister),
};

HYPERCALL(callback_op)
{
	return op_run(ops, ARRAY_SIZE(ops), (u32)a1, current, a2);
}

/* @a1 event, @a2 failsafe, @a3 syscall entry point. */
HYPERCALL(set_callbacks)
{
	struct vcpu *v = current;

	if (!va_canonical(a1) || !va_canonical(a2) || !va_canonical(a3))
		return -EINVAL;
	v->cb_event = (struct callback){ gaddr(a1), true };
	v->cb_failsafe = (struct callback){ gaddr(a2), v->cb_failsafe.mask_events };
	v->cb_syscall = (struct callback){ gaddr(a3), v->cb_syscall.mask_events };
	return 0;
}
