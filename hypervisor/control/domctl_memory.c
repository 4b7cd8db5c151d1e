/* SPDX-License-Identifier: MIT */
/*
 * domctl: memory limits, what frames are used as, the hypercall page.
 */
#include "control/domctl.h"
#include "frame/directmap.h"
#include "hypercall/arg.h"
#include "paging/paging.h"
#include "pv/hypercall_page.h"

#define DOMCTL_FRAMEINFO_MAX 1024 /* the tools' own limit for one call */

DOMCTL(max_mem)
{
	u64 pages = op->u.max_mem.max_memkb >> (PAGE_SHIFT - 10);

	SPIN_HOLD(&d->pool.lock);
	d->pool.max = MIN(pages, (u64)~0U);
	return 0;
}

static u64 domctl_frame_type(struct domain *d, u64 m)
{
	u64 type = XEN_DOMCTL_PFINFO_XTAB;
	struct frame *f = owner_get(mfn(m), d->id);

	if (!f)
		return type;
	switch (type_of(f)) {
	case FRAME_L1: type = XEN_DOMCTL_PFINFO_L1TAB; break;
	case FRAME_L2: type = XEN_DOMCTL_PFINFO_L2TAB; break;
	case FRAME_L3: type = XEN_DOMCTL_PFINFO_L3TAB; break;
	case FRAME_L4: type = XEN_DOMCTL_PFINFO_L4TAB; break;
	default: type = XEN_DOMCTL_PFINFO_NOTAB; break;
	}
	if (type != XEN_DOMCTL_PFINFO_NOTAB && type_pinned(f))
		type |= XEN_DOMCTL_PFINFO_LPINTAB;
	owner_put(f);
	return type;
}

DOMCTL(getpageframeinfo3)
{
	u64 array = arg_handle(op->u.getpageframeinfo3.array);

	if (op->u.getpageframeinfo3.num > DOMCTL_FRAMEINFO_MAX)
		return -E2BIG;
	for (u64 i = 0; i < op->u.getpageframeinfo3.num; i++) {
		xen_pfn_t m;

		if (!arg_get_at(&m, array, i))
			return -EFAULT;
		m = domctl_frame_type(d, m);
		if (!arg_put_at(array, i, &m))
			return -EFAULT;
	}
	return 0;
}

DOMCTL(hypercall_init)
{
	mfn_t m = mfn(op->u.hypercall_init.gmfn);

	if (type_get_owned(m, d->id, FRAME_WRITABLE))
		return -EINVAL;
	hypercall_page_fill(mfn_to_virt(m));
	dirty_mark(d, m);
	type_put_owned(frame_of(m));
	return 0;
}

/* The tools ask to turn logging off at odd times; there is none yet to turn on. */
DOMCTL(shadow_op)
{
	return op->u.shadow_op.op == XEN_DOMCTL_SHADOW_OP_OFF ? 0 : -EOPNOTSUPP;
}
