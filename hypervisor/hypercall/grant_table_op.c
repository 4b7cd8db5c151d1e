/* SPDX-License-Identifier: MIT */
/*
 * HYPERVISOR_grant_table_op (20): lending frames to other domains.
 *
 * a1: GNTTABOP_*; a2: guest address of an array of that operation's structure;
 * a3: its length.  Each operation's result is in its own status field; the
 * call fails (-EFAULT, -ENOSYS, -EINVAL) only as a whole.  Restarts between
 * operations.  Version 2 tables are refused: a kernel then stays with version 1.
 */
#include "frame/directmap.h"
#include "grant/copy.h"
#include "grant/grant.h"
#include "grant/map.h"
#include "grant/table.h"
#include "hypercall/arg.h"
#include "hypercall/op.h"
#include "hypercall/preempt.h"
#include "hypercall/table.h"

/* Map or copy, one by one. */
static long grant_op_each(u32 cmd, u64 arg, u64 n)
{
	union {
		gnttab_map_grant_ref_t map;
		gnttab_copy_t copy;
	} op;
	size_t size = cmd == GNTTABOP_copy ? sizeof(op.copy) : sizeof(op.map);

	for (; n; n--, arg += size) {
		if (usercopy_from(&op, gaddr(arg), size))
			return -EFAULT;
		if (cmd == GNTTABOP_copy)
			copy_grant(&op.copy);
		else
			map_grant(&op.map);
		if (usercopy_to(gaddr(arg), &op, size))
			return -EFAULT;
		if (n > 1 && preempt_needed())
			return preempt_restart(cmd, arg + size, n - 1, 0, 0);
	}
	return 0;
}

static long grant_op_unmap(u64 arg, u64 n)
{
	gnttab_unmap_grant_ref_t ops[UNMAP_BATCH];

	while (n) {
		unsigned int batch = (unsigned int)MIN(n, (u64)UNMAP_BATCH);
		size_t bytes = batch * sizeof(ops[0]);

		if (usercopy_from(ops, gaddr(arg), bytes))
			return -EFAULT;
		map_ungrant(ops, batch);
		if (usercopy_to(gaddr(arg), ops, bytes))
			return -EFAULT;
		n -= batch;
		arg += bytes;
		if (n && preempt_needed())
			return preempt_restart(GNTTABOP_unmap_grant_ref, arg, n, 0, 0);
	}
	return 0;
}

/* The domain an administrative operation names, referenced, in *@d; or why it is not there. */
static s16 grant_op_domain(u16 domid, struct domain **d)
{
	int rc = policy_target(domid, POLICY_GRANT_SETUP, d);

	return rc == -EPERM ? GNTST_permission_denied : rc ? GNTST_bad_domain : GNTST_okay;
}

static long grant_op_setup_table(struct vcpu *v, u32 cmd, void *arg)
{
	gnttab_setup_table_t *op = arg;
	DOMAIN_HOLD(d);
	int rc;

	op->status = grant_op_domain(op->dom, &d);
	if (op->status != GNTST_okay)
		return 0;
	rc = table_grow(d, op->nr_frames);
	if (rc == -ERESTART)
		return rc;
	if (rc)
		op->status = GNTST_general_error;
	for (u32 i = 0; op->status == GNTST_okay && i < op->nr_frames; i++) {
		xen_pfn_t m = virt_to_mfn(d->grant->shared[i]).v;

		if (!arg_put_at(arg_handle(op->frame_list), i, &m))
			op->status = GNTST_bad_virt_addr;
	}
	return 0;
}

static long grant_op_query_size(struct vcpu *v, u32 cmd, void *arg)
{
	gnttab_query_size_t *op = arg;
	DOMAIN_HOLD(d);

	op->status = grant_op_domain(op->dom, &d);
	if (op->status == GNTST_okay) {
		op->nr_frames = d->grant->nr_frames;
		op->max_nr_frames = d->grant->max_frames;
	}
	return 0;
}

static long grant_op_set_version(u64 arg)
{
	gnttab_set_version_t op;
	long rc;

	if (!arg_get(&op, arg))
		return -EFAULT;
	rc = op.version == 1 ? 0 : op.version == 2 ? -ENOSYS : -EINVAL;
	op.version = 1;
	return arg_put(arg, &op) ? rc : -EFAULT;
}

static long grant_op_get_version(struct vcpu *v, u32 cmd, void *arg)
{
	gnttab_get_version_t *op = arg;
	DOMAIN_HOLD(d);

	op->version = 1;
	return policy_target(op->dom, POLICY_GRANT_SETUP, &d);
}

static const struct op ops[] = {
	[GNTTABOP_setup_table] = OP_ANSWERS(OWN, grant_op_setup_table, gnttab_setup_table_t),
	[GNTTABOP_query_size] = OP_ANSWERS(OWN, grant_op_query_size, gnttab_query_size_t),
	[GNTTABOP_get_version] = OP_ANSWERS(OWN, grant_op_get_version, gnttab_get_version_t),
};

HYPERCALL(grant_table_op)
{
	long rc;

	if ((s32)a3 < 0)
		return -EINVAL;
	a3 = (u32)a3;
	switch ((u32)a1) {
	case GNTTABOP_map_grant_ref:
	case GNTTABOP_copy: return grant_op_each((u32)a1, a2, a3);
	case GNTTABOP_unmap_grant_ref: return grant_op_unmap(a2, a3);
	case GNTTABOP_set_version: return a3 == 1 ? grant_op_set_version(a2) : -EINVAL;
	case GNTTABOP_setup_table:
	case GNTTABOP_query_size:
	case GNTTABOP_get_version:
		rc = a3 == 1 ? op_run(ops, ARRAY_SIZE(ops), (u32)a1, current, a2) : -EINVAL;
		return rc == -ERESTART ? preempt_restart(a1, a2, a3, 0, 0) : rc;
	}
	return -ENOSYS;
}
