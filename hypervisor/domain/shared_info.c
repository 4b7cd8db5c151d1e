/* SPDX-License-Identifier: MIT */
/*
 * The page a domain shares with us.
 *
 * Both sides write to it all the time.  The hypervisor keeps nothing there
 * that it would have to believe later.
 */
#include "domain/shared_info.h"

#include "frame/alloc.h"
#include "frame/directmap.h"
#include "frame/type.h"

int shared_info_create(struct domain *d)
{
	void *page = alloc_page();

	if (!page)
		return -ENOMEM;
	d->shared = page;
	d->shared_mfn = virt_to_mfn(page);
	owner_share(&d->pool, page, true);
	return 0;
}

void shared_info_destroy(struct domain *d)
{
	if (!d->shared)
		return;
	owner_unshare(d->shared);
	d->shared = NULL;
	d->shared_mfn = INVALID_MFN;
}

static vcpu_info_t *default_place(struct vcpu *v)
{
	return v->id < XEN_LEGACY_MAX_VCPUS ? &v->domain->shared->vcpu_info[v->id] : &v->info_dummy;
}

void shared_info_init_vcpu(struct vcpu *v)
{
	v->info = default_place(v);
	v->info->evtchn_upcall_mask = 1; /* until the guest is ready for events */
}

/* A sender may have left its mark at the old place: have the guest look everywhere. */
static void move_to(struct vcpu *v, vcpu_info_t *to)
{
	vcpu_info_t *from = v->info;
	unsigned int i;

	/* A place that was never used has no past; its mask must read as set. */
	if (from == &v->info_dummy) {
		*to = (vcpu_info_t){ .evtchn_upcall_mask = 1 };
	} else {
		*to = *from;
	}
	(void)atomic_xchg(&v->info, to);

	/*
	 * A sender sets the port's bit before it looks up where the vCPU's part
	 * is; so after the exchange above its bit is seen below or its word here.
	 */
	WRITE_ONCE(to->evtchn_upcall_pending, 1);
	for (i = 0; i < sizeof(to->evtchn_pending_sel) * 8; i++)
		atomic_set_bit(&to->evtchn_pending_sel, i);
}

int shared_info_register(struct vcpu *v, mfn_t m, u32 offset)
{
	struct domain *d = v->domain;
	int rc;

	if (offset > PAGE_SIZE - sizeof(vcpu_info_t) || offset % __alignof__(vcpu_info_t))
		return -EINVAL;
	/* Another vCPU's part would change under its feet unless it is down. */
	if (v != current && !(READ_ONCE(v->pause_flags) & (1U << VCPU_DOWN)))
		return -EINVAL;
	rc = type_get_owned(m, d->id, FRAME_WRITABLE);
	if (rc)
		return rc;
	spin_lock(&d->lock);
	if (v->info_mfn.v != INVALID_MFN.v) {
		rc = -EINVAL;
	} else {
		v->info_mfn = m;
		move_to(v, (void *)((char *)mfn_to_virt(m) + offset));
	}
	spin_unlock(&d->lock);
	if (rc)
		type_put_owned(frame_of(m));
	return rc;
}

void shared_info_unregister(struct vcpu *v)
{
	mfn_t m = v->info_mfn;

	if (m.v == INVALID_MFN.v)
		return;
	v->info = v->domain->shared ? default_place(v) : &v->info_dummy;
	v->info_mfn = INVALID_MFN;
	type_put_owned(frame_of(m));
}
