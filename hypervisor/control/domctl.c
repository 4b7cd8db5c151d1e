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
	long (*fn)(struct domain *d, struct xen_domctl *op);
	bool answers;
};

#define DOMCTL_ENTRY(cmd, fn, answers) { XEN_DOMCTL_##cmd, domctl_##fn, answers },
static const struct domctl_entry domctl_table[] = { DOMCTLS(DOMCTL_ENTRY) };

/* Newer tools put a word before vmtrace_size: move what follows to where 4.17 has it, and back. */
static void domctl_from_altp2m(struct xen_domctl *op)
{
	u8 *at = (u8 *)&op->u.createdomain.vmtrace_size;

	memmove(at, at + sizeof(u32),
		sizeof(op->u.createdomain) - offsetof(struct xen_domctl_createdomain, vmtrace_size));
}

static long domctl_run(const struct domctl_entry *e, struct xen_domctl *op, u64 arg)
{
	DOMAIN_HOLD(d);
	size_t size = e->answers ? sizeof(*op) : 0;
	long rc;

	/* For these the domain field is an input of another kind. */
	if (e->cmd != XEN_DOMCTL_createdomain && e->cmd != XEN_DOMCTL_getdomaininfo) {
		d = domain_get(op->domain);
		if (!d)
			return -ESRCH;
	}
	rc = e->fn(d, op);
	if (rc == -ERESTART)
		return preempt_restart(arg, 0, 0, 0, 0);
	/* Only the id is an answer, and it sits the same in all layouts. */
	if (e->cmd == XEN_DOMCTL_createdomain)
		size = offsetof(struct xen_domctl, u);
	return usercopy_to(gaddr(arg), op, size) && !rc ? -EFAULT : rc;
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
	unsigned long words[16] = { bits };

	if (map->nr_bits < 64)
		words[0] &= (1UL << map->nr_bits) - 1;
	return !usercopy_to(gaddr(arg_handle(map->bitmap)), words,
			    MIN(DIV_ROUND_UP(map->nr_bits, 8UL), sizeof(words)));
}

bool domctl_get_cpumap(const struct xenctl_bitmap *map, unsigned long *bits)
{
	u32 n = MIN(map->nr_bits, 64U);

	*bits = 0;
	if (usercopy_from(bits, gaddr(arg_handle(map->bitmap)), DIV_ROUND_UP(n, 8U)))
		return false;
	if (n < 64)
		*bits &= (1UL << n) - 1;
	return true;
}
