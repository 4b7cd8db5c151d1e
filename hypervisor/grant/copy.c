/* SPDX-License-Identifier: MIT */
/*
 * GNTTABOP_copy.
 *
 * Either side is a grant of some domain or a frame of the caller's own.  Each
 * side is held (reference, writable use for the destination) for the time of
 * the copy only, so a grant ended meanwhile stays marked until it is done.
 */
#include "grant/copy.h"
#include "frame/directmap.h"
#include "grant/grant.h"
#include "grant/table.h"
#include "lib/string.h"
#include "paging/paging.h"

struct copy_side {
	struct domain *d; /* whose frame; a reference is held */
	bool granted, write;
	u32 ref;
	mfn_t frame;
};

static s16 copy_hold(struct copy_side *s)
{
	if (s->write ? type_get_owned(s->frame, s->d->id, FRAME_WRITABLE) != 0
		     : !owner_get(s->frame, s->d->id))
		return GNTST_bad_page;
	return GNTST_okay;
}

static s16 copy_open(struct copy_side *s, const struct gnttab_copy_ptr *p, bool granted, bool write)
{
	struct domain *self = current->domain;
	s16 rc;

	s->granted = granted;
	s->write = write;
	s->ref = p->u.ref;
	/* Without a grant only the caller's own frames may be named. */
	if (!granted && p->domid != DOMID_SELF && p->domid != self->id)
		return GNTST_permission_denied;
	s->d = domain_get(p->domid == DOMID_SELF ? self->id : p->domid);
	if (!s->d)
		return GNTST_bad_domain;
	if (granted) {
		rc = s->d->grant ? table_use(s->d, s->ref, self->id, write, &s->frame)
				 : GNTST_bad_domain;
		if (rc != GNTST_okay)
			goto undo_domain;
	} else {
		s->frame = mfn(p->u.gmfn);
	}
	rc = copy_hold(s);
	if (rc == GNTST_okay)
		return rc;
	if (granted)
		table_unuse(s->d, s->ref, write);
undo_domain:
	domain_put(s->d);
	return rc;
}

static void copy_close(struct copy_side *s)
{
	if (s->write)
		type_put_owned(frame_of(s->frame));
	else
		owner_put(frame_of(s->frame));
	if (s->granted)
		table_unuse(s->d, s->ref, s->write);
	domain_put(s->d);
}

void copy_grant(gnttab_copy_t *op)
{
	struct copy_side src, dst;

	if (op->source.offset + op->len > PAGE_SIZE || op->dest.offset + op->len > PAGE_SIZE) {
		op->status = GNTST_bad_copy_arg;
		return;
	}
	op->status = copy_open(&src, &op->source, op->flags & GNTCOPY_source_gref, false);
	if (op->status != GNTST_okay)
		return;
	op->status = copy_open(&dst, &op->dest, op->flags & GNTCOPY_dest_gref, true);
	if (op->status == GNTST_okay) {
		memcpy((u8 *)mfn_to_virt(dst.frame) + op->dest.offset,
		       (u8 *)mfn_to_virt(src.frame) + op->source.offset, op->len);
		dirty_mark(dst.d, dst.frame);
		copy_close(&dst);
	}
	copy_close(&src);
}
