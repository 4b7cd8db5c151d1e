/* SPDX-License-Identifier: MIT */
/*
 * HYPERVISOR_vcpu_op: a guest's own virtual CPUs.
 */
#include "domain/policy.h"
#include "domain/shared_info.h"
#include "frame/alloc.h"
#include "hypercall/arg.h"
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

static long op_up(struct vcpu *v)
{
	if (!v->initialised)
		return -EINVAL;
	if (atomic_test_and_clear_bit(&v->pause_flags, VCPU_DOWN))
		sched_wake(v);
	return 0;
}

static long op_down(struct vcpu *v)
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

static long op_get_runstate(struct vcpu *v, u64 arg)
{
	vcpu_runstate_info_t r;

	runstate_get(v, &r);
	return arg_put(arg, &r) ? 0 : -EFAULT;
}

static long op_register_runstate(struct vcpu *v, u64 arg)
{
	vcpu_register_runstate_memory_area_t op;
	vcpu_runstate_info_t r;

	if (!arg_get(&op, arg) || !usercopy_ok(gaddr(op.addr.p), sizeof(r)))
		return -EFAULT;
	v->runstate_area = gaddr(op.addr.p);
	if (v == current) {
		runstate_update_guest(v);
	} else {
		runstate_get(v, &r);
		if (op.addr.p && !arg_put(op.addr.p, &r))
			return -EFAULT;
	}
	return 0;
}

static long op_register_time(struct vcpu *v, u64 arg)
{
	vcpu_register_time_memory_area_t op;

	if (!arg_get(&op, arg) || !usercopy_ok(gaddr(op.addr.p), sizeof(vcpu_time_info_t)))
		return -EFAULT;
	v->time_area = gaddr(op.addr.p);
	if (v == current)
		vcpu_time_update(v);
	return 0;
}

static long op_register_info(struct vcpu *v, u64 arg)
{
	vcpu_register_vcpu_info_t op;

	if (!arg_get(&op, arg))
		return -EFAULT;
	return shared_info_register(v, mfn(op.mfn), op.offset);
}

static long op_set_periodic(struct vcpu *v, u64 arg)
{
	vcpu_set_periodic_timer_t op;

	return arg_get(&op, arg) ? vcpu_time_set_periodic(v, op.period_ns) : -EFAULT;
}

static long op_set_singleshot(struct vcpu *v, u64 arg)
{
	vcpu_set_singleshot_timer_t op;

	if (v != current)
		return -EINVAL;
	if (!arg_get(&op, arg))
		return -EFAULT;
	return vcpu_time_set_singleshot(v, op.timeout_abs_ns, op.flags);
}

static long op_get_physid(struct vcpu *v, u64 arg)
{
	vcpu_get_physid_t op;
	unsigned long hard, soft;
	unsigned int cpu;

	/* Only who has devices and is bound to one CPU has a physical identity. */
	sched_get_affinity(v, &hard, &soft);
	hard &= cpu_online_map[0];
	if (!policy_allows(v->domain, NULL, POLICY_HARDWARE) || !hard || (hard & (hard - 1)))
		return -EINVAL;
	cpu = (unsigned int)__builtin_ctzl(hard);
	op.phys_id = cpu_apic_id[cpu] | (u64)cpu_acpi_id[cpu] << 32;
	return arg_put(arg, &op) ? 0 : -EFAULT;
}

static long op_send_nmi(struct vcpu *v)
{
	if (!atomic_xchg(&v->nmi_pending, true))
		block_kick(v);
	return 0;
}

long hypercall_vcpu_op(u64 a1, u64 a2, u64 a3, u64 a4, u64 a5)
{
	struct vcpu *v = domain_vcpu(current->domain, (u32)a2);

	if (!v)
		return -ENOENT;
	switch ((u32)a1) {
	case VCPUOP_set_singleshot_timer: return op_set_singleshot(v, a3);
	case VCPUOP_stop_singleshot_timer:
		if (v != current)
			return -EINVAL;
		vcpu_time_stop_singleshot(v);
		return 0;
	case VCPUOP_set_periodic_timer: return op_set_periodic(v, a3);
	case VCPUOP_stop_periodic_timer: vcpu_time_stop_periodic(v); return 0;
	case VCPUOP_get_runstate_info: return op_get_runstate(v, a3);
	case VCPUOP_initialise: return op_initialise(v, a3, a1);
	case VCPUOP_up: return op_up(v);
	case VCPUOP_down: return op_down(v);
	case VCPUOP_is_up: return !(READ_ONCE(v->pause_flags) & (1U << VCPU_DOWN));
	case VCPUOP_register_runstate_memory_area: return op_register_runstate(v, a3);
	case VCPUOP_register_vcpu_time_memory_area: return op_register_time(v, a3);
	case VCPUOP_register_vcpu_info: return op_register_info(v, a3);
	case VCPUOP_send_nmi: return op_send_nmi(v);
	case VCPUOP_get_physid: return op_get_physid(v, a3);
	default: return -ENOSYS;
	}
}
