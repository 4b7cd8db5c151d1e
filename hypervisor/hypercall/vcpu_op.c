/* SPDX-License-Identifier: MIT */
/*
 * HYPERVISOR_vcpu_op: a guest's own virtual CPUs.
 */
#include "domain/policy.h"
#include "domain/shared_info.h"
#include "frame/alloc.h"
#include "hypercall/arg.h"
#include "hypercall/op.h"
#include "hypercall/preempt.h"
#include "hypercall/table.h"
#include "lifecycle/shutdown.h"
#include "pv/pv.h"
#include "sched/pause.h"
#include "sched/runstate.h"
#include "smp/cpus.h"

static long op_initialise(struct vcpu *v, u64 arg, u64 cmd)
{
	struct domain *d = v->domain;
	vcpu_guest_context_t *c;
	long rc = -EFAULT;

	/* A vCPU beyond those of the shared page needs a place for its events first. */
	if (v->info == &v->info_dummy)
		return -EINVAL;
	c = alloc_bytes(sizeof(*c));
	if (!c)
		return -ENOMEM;
	if (arg_get(c, arg)) {
		spin_lock(&d->lock);
		rc = v->initialised ? -EEXIST : context_set(v, c);
		spin_unlock(&d->lock);
	}
	alloc_free_bytes(c);
	return rc == -EINTR ? preempt_restart(cmd, v->id, arg, 0, 0) : rc;
}

static long op_up(struct vcpu *v, u32 cmd, void *arg)
{
	if (!v->initialised)
		return -EINVAL;
	if (atomic_test_and_clear_bit(&v->pause_flags, VCPU_DOWN))
		sched_wake(v);
	return 0;
}

static long op_down(struct vcpu *v, u32 cmd, void *arg)
{
	struct domain *d = v->domain;
	bool last = true;
	struct vcpu *o;
	unsigned int i;

	for_each_vcpu (d, o, i)
		if (o != v && !(READ_ONCE(o->pause_flags) & (1U << VCPU_DOWN)))
			last = false;
	if (last) /* nobody is left to bring one up */
		shutdown_domain(d, SHUTDOWN_poweroff);
	else if (!atomic_test_and_set_bit(&v->pause_flags, VCPU_DOWN))
		sched_sleep(v);
	return 0;
}

static long op_is_up(struct vcpu *v, u32 cmd, void *arg)
{
	return !(READ_ONCE(v->pause_flags) & (1U << VCPU_DOWN));
}

static long op_get_runstate(struct vcpu *v, u32 cmd, void *arg)
{
	runstate_get(v, arg);
	return 0;
}

static long op_register_runstate(struct vcpu *v, u32 cmd, void *arg)
{
	vcpu_register_runstate_memory_area_t *op = arg;
	vcpu_runstate_info_t r;

	if (!usercopy_ok(gaddr(op->addr.p), sizeof(r)))
		return -EFAULT;
	v->runstate_area = gaddr(op->addr.p);
	if (v == current) {
		runstate_update_guest(v);
	} else {
		runstate_get(v, &r);
		if (op->addr.p && !arg_put(op->addr.p, &r))
			return -EFAULT;
	}
	return 0;
}

static long op_register_time(struct vcpu *v, u32 cmd, void *arg)
{
	vcpu_register_time_memory_area_t *op = arg;

	if (!usercopy_ok(gaddr(op->addr.p), sizeof(vcpu_time_info_t)))
		return -EFAULT;
	v->time_area = gaddr(op->addr.p);
	if (v == current)
		vcpu_time_update(v);
	return 0;
}

static long op_register_info(struct vcpu *v, u32 cmd, void *arg)
{
	vcpu_register_vcpu_info_t *op = arg;

	return shared_info_register(v, mfn(op->mfn), op->offset);
}

static long op_set_periodic(struct vcpu *v, u32 cmd, void *arg)
{
	vcpu_set_periodic_timer_t *op = arg;

	return vcpu_time_set_periodic(v, op->period_ns);
}

static long op_stop_periodic(struct vcpu *v, u32 cmd, void *arg)
{
	vcpu_time_stop_periodic(v);
	return 0;
}

static long op_set_singleshot(struct vcpu *v, u32 cmd, void *arg)
{
	vcpu_set_singleshot_timer_t *op = arg;

	if (v != current)
		return -EINVAL;
	return vcpu_time_set_singleshot(v, op->timeout_abs_ns, op->flags);
}

static long op_stop_singleshot(struct vcpu *v, u32 cmd, void *arg)
{
	if (v != current)
		return -EINVAL;
	vcpu_time_stop_singleshot(v);
	return 0;
}

static long op_get_physid(struct vcpu *v, u32 cmd, void *arg)
{
	vcpu_get_physid_t *op = arg;
	unsigned long hard, soft;
	unsigned int cpu;

	/* Only who has devices and is bound to one CPU has a physical identity. */
	sched_get_affinity(v, &hard, &soft);
	hard &= cpu_online_map[0];
	if (!policy_allows(v->domain, NULL, POLICY_HARDWARE) || !hard || (hard & (hard - 1)))
		return -EINVAL;
	cpu = (unsigned int)__builtin_ctzl(hard);
	op->phys_id = cpu_apic_id[cpu] | (u64)cpu_acpi_id[cpu] << 32;
	return 0;
}

static long op_send_nmi(struct vcpu *v, u32 cmd, void *arg)
{
	if (!atomic_xchg(&v->nmi_pending, true))
		block_kick(v);
	return 0;
}

static const struct op ops[] = {
	[VCPUOP_set_singleshot_timer] = OP(OWN, op_set_singleshot, vcpu_set_singleshot_timer_t),
	[VCPUOP_stop_singleshot_timer] = OP_BARE(OWN, op_stop_singleshot),
	[VCPUOP_set_periodic_timer] = OP(OWN, op_set_periodic, vcpu_set_periodic_timer_t),
	[VCPUOP_stop_periodic_timer] = OP_BARE(OWN, op_stop_periodic),
	[VCPUOP_get_runstate_info] = OP_ANSWERS(OWN, op_get_runstate, vcpu_runstate_info_t),
	[VCPUOP_up] = OP_BARE(OWN, op_up),
	[VCPUOP_down] = OP_BARE(OWN, op_down),
	[VCPUOP_is_up] = OP_BARE(OWN, op_is_up),
	[VCPUOP_register_runstate_memory_area] =
		OP(OWN, op_register_runstate, vcpu_register_runstate_memory_area_t),
	[VCPUOP_register_vcpu_time_memory_area] =
		OP(OWN, op_register_time, vcpu_register_time_memory_area_t),
	[VCPUOP_register_vcpu_info] = OP(OWN, op_register_info, vcpu_register_vcpu_info_t),
	[VCPUOP_send_nmi] = OP_BARE(OWN, op_send_nmi),
	[VCPUOP_get_physid] = OP_ANSWERS(OWN, op_get_physid, vcpu_get_physid_t),
};

HYPERCALL(vcpu_op)
{
	struct vcpu *v = domain_vcpu(current->domain, (u32)a2);

	if (!v)
		return -ENOENT;
	if ((u32)a1 == VCPUOP_initialise)
		return op_initialise(v, a3, a1);
	return op_run(ops, ARRAY_SIZE(ops), (u32)a1, v, a3);
}
