/* SPDX-License-Identifier: MIT */
/*
 * Whose tables and whose frames a paging hypercall is about.
 */
#include "domain/policy.h"
#include "paging/target.h"

static int target_domain(u16 domid, struct domain **d)
{
	struct domain *self = current->domain;

	if (likely(domid == DOMID_SELF || domid == self->id)) {
		*d = self;
		return 0;
	}
	return policy_target(domid, POLICY_MAP_FOREIGN, d);
}

int target_get(u32 foreigndom, struct target *t)
{
	u16 frames = foreigndom & 0xffff;
	u32 tables = foreigndom >> 16;
	int r;

	t->owner = NULL;
	t->frames = frames;
	r = target_domain(tables ? tables - 1 : DOMID_SELF, &t->tables);
	if (r)
		return r;
	if (frames == DOMID_IO)
		t->frames = FRAME_OWNER_IO;
	else if (frames == DOMID_XEN && policy_allows(current->domain, NULL, POLICY_CONTROL))
		t->frames = FRAME_OWNER_XEN;
	else
		r = target_domain(frames, &t->owner);
	if (t->owner)
		t->frames = t->owner->id;
	if (r)
		target_put(t);
	return r;
}

void target_put(struct target *t)
{
	if (t->tables != current->domain)
		domain_put(t->tables);
	if (t->owner && t->owner != current->domain)
		domain_put(t->owner);
}
