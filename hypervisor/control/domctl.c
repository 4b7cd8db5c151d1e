/* SPDX-License-Identifier: MIT */
/*
 * HYPERVISOR_domctl (36): building, steering and inspecting domains.
 *
 * a1: guest address of a struct xen_domctl.  Control domain only (-EPERM).  The
 * structure's version must be 0x15 (4.17), 0x16 or 0x17: their layouts are the
 * same but for createdomain, which has one more word from 0x17 on.  -EACCES for
 * another version, as the tools expect.
 */
#include "control/domctl.h"
#include "domain/policy.h"
#include "hypercall/arg.h"
#include "hypercall/preempt.h"
#include "hypercall/table.h"
#include "lib/string.h"

#define DOMCTL_VERSION_FIRST  0x15
#define DOMCTL_VERSION_LAST   0x17
#define DOMCTL_VERSION_ALTP2M 0x17 /* createdomain gained altp2m_opts here */

struct domctl_entry {
	u32 cmd;
	bool no_domain; /* the domain field is an input of another kind */
	long (*fn)(struct domain *d, struct xen_domctl *op, bool *answer);
};

static const struct domctl_entry domctl_table[] = {
	{ XEN_DOMCTL_createdomain, true, domctl_createdomain },
	{ XEN_DOMCTL_destroydomain, false, domctl_destroydomain },
	{ XEN_DOMCTL_pausedomain, false, domctl_pausedomain },
	{ XEN_DOMCTL_unpausedomain, false, domctl_unpausedomain },
	{ XEN_DOMCTL_resumedomain, false, domctl_resumedomain },
	{ XEN_DOMCTL_getdomaininfo, true, domctl_getdomaininfo },
	{ XEN_DOMCTL_max_vcpus, false, domctl_max_vcpus },
	{ XEN_DOMCTL_max_mem, false, domctl_max_mem },
	{ XEN_DOMCTL_setdomainhandle, false, domctl_setdomainhandle },
	{ XEN_DOMCTL_settimeoffset, false, domctl_settimeoffset },
	{ XEN_DOMCTL_subscribe, false, domctl_subscribe },
	{ XEN_DOMCTL_set_address_size, false, domctl_set_address_size },
	{ XEN_DOMCTL_get_address_size, false, domctl_get_address_size },
	{ XEN_DOMCTL_settscinfo, false, domctl_settscinfo },
	{ XEN_DOMCTL_gettscinfo, false, domctl_gettscinfo },
	{ XEN_DOMCTL_sendtrigger, false, domctl_sendtrigger },
	{ XEN_DOMCTL_get_cpu_policy, false, domctl_get_cpu_policy },
	{ XEN_DOMCTL_set_cpu_policy, false, domctl_set_cpu_policy },
	{ XEN_DOMCTL_setvcpucontext, false, domctl_setvcpucontext },
	{ XEN_DOMCTL_getvcpucontext, false, domctl_getvcpucontext },
	{ XEN_DOMCTL_getvcpuinfo, false, domctl_getvcpuinfo },
	{ XEN_DOMCTL_setvcpuaffinity, false, domctl_vcpuaffinity },
	{ XEN_DOMCTL_getvcpuaffinity, false, domctl_vcpuaffinity },
	{ XEN_DOMCTL_setnodeaffinity, false, domctl_nodeaffinity },
	{ XEN_DOMCTL_getnodeaffinity, false, domctl_nodeaffinity },
	{ XEN_DOMCTL_scheduler_op, false, domctl_scheduler_op },
	{ XEN_DOMCTL_getpageframeinfo3, false, domctl_getpageframeinfo3 },
	{ XEN_DOMCTL_hypercall_init, false, domctl_hypercall_init },
	{ XEN_DOMCTL_shadow_op, false, domctl_shadow_op },
	{ XEN_DOMCTL_ioport_permission, false, domctl_ioport_permission },
	{ XEN_DOMCTL_iomem_permission, false, domctl_iomem_permission },
	{ XEN_DOMCTL_irq_permission, false, domctl_irq_permission },
};

/* Newer tools put a word before vmtrace_size: move what follows to where 4.17 has it, and back. */
static void domctl_from_altp2m(struct xen_domctl *op)
{
	u8 *at = (u8 *)&op->u.createdomain.vmtrace_size;

	memmove(at, at + sizeof(u32),
		sizeof(op->u.createdomain) - offsetof(struct xen_domctl_createdomain, vmtrace_size));
}

static long domctl_run(const struct domctl_entry *e, struct xen_domctl *op, u64 arg)
{
	struct domain *d = NULL;
	bool answer = false;
	u16 domid;
	long rc;

	if (!e->no_domain) {
		d = domain_get(op->domain);
		if (!d)
			return -ESRCH;
	}
	rc = e->fn(d, op, &answer);
	if (d)
		domain_put(d);
	domid = op->domain;
	if (rc == -ERESTART)
		return preempt_restart(arg, 0, 0, 0, 0);
	if (answer && e->fn == domctl_createdomain) {
		/* Only the id is an answer, and it sits the same in all layouts. */
		if (usercopy_to(gaddr(arg + offsetof(struct xen_domctl, domain)), &domid,
				sizeof(domid)))
			return -EFAULT;
	} else if (answer && !arg_put(arg, op)) {
		return -EFAULT;
	}
	return rc;
}

HYPERCALL(domctl)
{
	struct xen_domctl op;

	if (!policy_allows(current->domain, NULL, POLICY_CONTROL))
		return -EPERM;
	if (!arg_get(&op, a1))
		return -EFAULT;
	if (op.interface_version < DOMCTL_VERSION_FIRST || op.interface_version > DOMCTL_VERSION_LAST)
		return -EACCES;
	if (op.cmd == XEN_DOMCTL_createdomain && op.interface_version >= DOMCTL_VERSION_ALTP2M)
		domctl_from_altp2m(&op);
	for (unsigned int i = 0; i < ARRAY_SIZE(domctl_table); i++)
		if (domctl_table[i].cmd == op.cmd)
			return domctl_run(&domctl_table[i], &op, a1);
	return -ENOSYS;
}

bool domctl_put_cpumap(const struct xenctl_bitmap *map, unsigned long bits)
{
	u32 bytes = MIN(DIV_ROUND_UP(map->nr_bits, 8U), 1024U);

	for (u32 i = 0; i < bytes; i++) {
		u8 b = i < sizeof(bits) ? (u8)(bits >> (8 * i)) : 0;

		if (map->nr_bits - i * 8 < 8)
			b &= (u8)((1U << (map->nr_bits - i * 8)) - 1);
		if (!arg_put_at(arg_handle(map->bitmap), i, &b))
			return false;
	}
	return true;
}

bool domctl_get_cpumap(const struct xenctl_bitmap *map, unsigned long *bits)
{
	u32 n = MIN(map->nr_bits, 64U), bytes = DIV_ROUND_UP(n, 8U);
	unsigned long v = 0;

	for (u32 i = 0; i < bytes; i++) {
		u8 b;

		if (!arg_get_at(&b, arg_handle(map->bitmap), i))
			return false;
		v |= (unsigned long)b << (8 * i);
	}
	if (n < 64)
		v &= (1UL << n) - 1;
	*bits = v;
	return true;
}
