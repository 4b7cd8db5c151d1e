/* SPDX-License-Identifier: MIT */
/*
 * Who may do what to whom.
 */
#include "domain/policy.h"

#include "domain/vcpu.h"

/* Rights are bits; an operation is allowed if the caller has one that the table names. */
#define BY_ANYONE     1U
#define BY_ITSELF     2U /* caller is target */
#define BY_PRIVILEGED 4U
#define BY_HARDWARE   8U

static const u8 rights[NR_POLICY_OPS] = {
	[POLICY_OWN] = BY_ANYONE,
	[POLICY_CONTROL] = BY_PRIVILEGED,
	[POLICY_HARDWARE] = BY_HARDWARE,
	[POLICY_EVTCHN_ALLOC] = BY_ITSELF | BY_PRIVILEGED,
	[POLICY_EVTCHN_BIND] = BY_ANYONE, /* the port itself names who may */
	[POLICY_EVTCHN_STATUS] = BY_ITSELF | BY_PRIVILEGED,
	[POLICY_EVTCHN_RESET] = BY_ITSELF | BY_PRIVILEGED,
	[POLICY_REMOTE_SHUTDOWN] = BY_PRIVILEGED,
	[POLICY_MAP_FOREIGN] = BY_ITSELF | BY_PRIVILEGED,
	[POLICY_MEMORY] = BY_ITSELF | BY_PRIVILEGED,
	[POLICY_GRANT_SETUP] = BY_ITSELF | BY_PRIVILEGED,
	[POLICY_PIRQ] = BY_ITSELF | BY_PRIVILEGED,
};

bool policy_allows(const struct domain *caller, const struct domain *target, enum policy_op op)
{
	u8 has = BY_ANYONE;

	if (caller == target)
		has |= BY_ITSELF;
	if (caller->privileged)
		has |= BY_PRIVILEGED;
	if (caller->hardware)
		has |= BY_HARDWARE;
	return (unsigned int)op < NR_POLICY_OPS && (rights[op] & has);
}

int policy_target(u16 domid, enum policy_op op, struct domain **target)
{
	struct domain *self = current->domain, *d;

	if (domid == DOMID_SELF) {
		d = self;
		domain_ref(d);
	} else {
		d = domain_get(domid);
	}
	if (!d)
		return -ESRCH;
	if (!policy_allows(self, d, op)) {
		domain_put(d);
		return -EPERM;
	}
	*target = d;
	return 0;
}
