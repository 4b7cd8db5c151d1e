/* SPDX-License-Identifier: MIT */
/*
 * Tables whose last use went where nothing can be restarted.
 *
 * One place for each vCPU is enough: it is empty whenever the guest runs, and a
 * second table within one call is undone in full.
 */
#include "paging/drop.h"
#include "frame/type.h"
#include "paging/mapping.h"

bool drop_child(u64 e)
{
	struct vcpu *v = current;
	bool room = !v->is_idle && !v->dropping;

	if (mapping_put_child(e, room) == -EINTR)
		v->dropping = frame_of(pte_mfn((pte_t){ e }));
	return v->dropping;
}

void drop_root(mfn_t m)
{
	(void)drop_child(pte_make(m, 0).v);
}

int drop_finish(struct vcpu *v)
{
	struct frame *f = v->dropping;
	struct domain *d;
	int r;

	if (likely(!f))
		return 0;
	d = mapping_domain(f);
	spin_lock(&d->mm_lock);
	r = type_put(f, true);
	if (!r)
		v->dropping = NULL;
	spin_unlock(&d->mm_lock);
	if (!r)
		owner_put(f);
	return r;
}
