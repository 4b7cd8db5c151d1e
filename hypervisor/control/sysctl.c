/* SPDX-License-Identifier: MIT */
/*
 * HYPERVISOR_sysctl (35): the machine as a whole.
 *
 * a1: guest address of a struct xen_sysctl.  Control domain only (-EPERM);
 * version 0x15 (4.17 to 4.20) or 0x16 (whose layouts of these operations are
 * the same), else -EACCES.
 */
#include "control/sysctl.h"
#include "domain/policy.h"
#include "domain/vcpu.h"
#include "hypercall/arg.h"
#include "hypercall/preempt.h"
#include "hypercall/table.h"

#define SYSCTL_VERSION_FIRST 0x15
#define SYSCTL_VERSION_LAST  0x16

/* Power states are refused as on a machine whose firmware tells nothing of them. */
SYSCTL(no_pmstat)
{
	return -ENODEV;
}

SYSCTL(no_pm)
{
	return -EINVAL;
}

#define SYSCTL_ENTRY(cmd, fn, answers) { XEN_SYSCTL_##cmd, sysctl_##fn, answers },
static const struct sysctl_entry {
	u32 cmd;
	long (*fn)(struct xen_sysctl *op);
	bool answers;
} sysctl_table[] = { SYSCTLS(SYSCTL_ENTRY) };

HYPERCALL(sysctl)
{
	struct xen_sysctl op;
	long rc;

	if (!policy_allows(current->domain, NULL, POLICY_CONTROL))
		return -EPERM;
	if (!arg_get(&op, a1))
		return -EFAULT;
	if (op.interface_version < SYSCTL_VERSION_FIRST || op.interface_version > SYSCTL_VERSION_LAST)
		return -EACCES;
	for (unsigned int i = 0; i < ARRAY_SIZE(sysctl_table); i++) {
		const struct sysctl_entry *e = &sysctl_table[i];

		if (e->cmd != op.cmd)
			continue;
		rc = e->fn(&op);
		if (rc == -ERESTART) /* it may have noted there how far it is */
			return arg_put(a1, &op) ? preempt_restart(a1, 0, 0, 0, 0) : -EFAULT;
		return e->answers && !arg_put(a1, &op) && !rc ? -EFAULT : rc;
	}
	return -ENOSYS;
}
