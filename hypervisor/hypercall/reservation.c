/* SPDX-License-Identifier: MIT */
/*
 * Memory reservations.
 *
 * A call works extent by extent and may stop between two of them: the number
 * done travels in the command's high bits (MEMOP_EXTENT_SHIFT), as the public
 * ABI leaves room for.  Extent orders are bounded before any shift (XSA-31,
 * XSA-158), array ends by the guest-copy check (XSA-29, XSA-212).
 */
#include "domain/policy.h"
#include "hypercall/reservation.h"
#include "frame/alloc.h"
#include "frame/directmap.h"
#include "frame/m2p.h"
#include "hypercall/arg.h"
#include "domain/memory_claim.h"
#include "hypercall/preempt.h"
#include "lib/string.h"
#include "paging/paging.h"

/* Largest extent, 2 MiB: what is done to a whole extent at once stays short. */
#define RESERVATION_ORDER_MAX 9

#define RESERVATION_GIVE 16 /* new extents given between two looks: each may fault twice */
#define RESERVATION_ZERO 32 /* frames zeroed between two looks at what waits */

/*
 * Give blocks of a chain back to the allocator; -EINTR if some are left.  A few go at
 * once: an exchange of single frames that stopped here could be left half done by its
 * caller, whose frames would be gone.
 */
static int reservation_give_back(struct frame_chain *c, unsigned int order)
{
	while (c->count) {
		alloc_free_frames(chain_pop(c), order);
		if (c->count && !((c->count << order) % RESERVATION_ZERO) && preempt_needed())
			return -EINTR;
	}
	return 0;
}

/* Give back what @v has in stock. */
static int reservation_empty(struct vcpu *v)
{
	if (v->stock.cleaning.v)
		alloc_free_frames(v->stock.cleaning, v->stock.order);
	v->stock.cleaning = mfn(0);
	return reservation_give_back(&v->stock.ready, v->stock.order);
}

/* Zero the next of the stock, and put it on the stock when that is done. */
static int reservation_clean(struct vcpu *v)
{
	mfn_t m = v->stock.cleaning;

	while (v->stock.dirty) {
		u64 n = MIN(v->stock.dirty, RESERVATION_ZERO + 0UL);

		v->stock.dirty -= n;
		memset(mfn_to_virt(mfn(m.v + v->stock.dirty)), 0, n * PAGE_SIZE);
		if (v->stock.dirty && preempt_needed())
			return -EINTR;
	}
	chain_push(&v->stock.ready, m);
	v->stock.cleaning = mfn(0);
	return 0;
}

/*
 * Stock current with @n zeroed extents, in as many rounds as it takes.  What a
 * former call left there and is of another kind goes.  -ENOMEM, -EINTR.
 */
static int reservation_stock(unsigned int order, unsigned int bits, u64 n)
{
	struct vcpu *v = current;
	int rc;

	if (v->stock.order != order || v->stock.bits != bits) {
		rc = reservation_empty(v);
		if (rc)
			return rc;
		v->stock.order = order;
		v->stock.bits = bits;
	}
	while (v->stock.ready.count < n) {
		if (!v->stock.cleaning.v) {
			bool dirty = false;
			mfn_t m = alloc_frames_unclean(order, bits, &dirty);

			if (mfn_eq(m, INVALID_MFN))
				return -ENOMEM;
			v->stock.cleaning = m;
			v->stock.dirty = dirty ? 1UL << order : 0;
		}
		if (reservation_clean(v) || (v->stock.ready.count < n && preempt_needed()))
			return -EINTR;
	}
	return 0;
}

/* One new extent for @d; @pfn is where the guest wants it (ignored for increase). -EINTR. */
static int reservation_populate_one(struct domain *d, const xen_memory_reservation_t *r, u64 pfn,
				    bool set_m2p, mfn_t *out)
{
	unsigned int bits = XENMEMF_get_address_bits(r->mem_flags);
	mfn_t m;

	int rc;

	if (!memory_claim_allows(d, 1UL << r->extent_order))
		return -ENOMEM;
	rc = reservation_stock(r->extent_order, bits, 1);
	if (rc)
		return rc;
	m = chain_pop(&current->stock.ready);
	rc = owner_assign(&d->pool, m, r->extent_order);
	if (rc) {
		alloc_free_frames(m, r->extent_order);
		return rc;
	}
	memory_claim_use(d, 1UL << r->extent_order);
	for (u64 i = 0; i < 1UL << r->extent_order; i++)
		m2p_set(mfn(m.v + i), set_m2p ? pfn + i : M2P_INVALID);
	*out = m;
	return 0;
}

static int reservation_release_frame(struct domain *d, mfn_t m)
{
	struct frame *f = owner_get(m, d->id);
	int rc;

	if (!f)
		return -EINVAL;
	rc = paging_release(d, f);
	if (!rc)
		m2p_set(m, M2P_INVALID);
	owner_put(f);
	return rc;
}

/* Where a former round stopped in the very same extent, this one goes on. */
static int reservation_release_one(struct domain *d, u64 first, unsigned int order)
{
	struct vcpu *v = current;
	u64 n = 1UL << order, i = v->released.first == first ? v->released.done % n : 0, begun = i;
	int rc = 0;

	for (; i < n; i++) {
		/* A look before each: it may be a table, to be undone. */
		rc = i > begun && preempt_needed() ? -EINTR
						   : reservation_release_frame(d, mfn(first + i));
		if (rc)
			break;
	}
	v->released.first = rc == -EINTR ? first : 0;
	v->released.done = i;
	return rc;
}

static int reservation_one(u32 op, struct domain *d, const xen_memory_reservation_t *r, u64 i)
{
	u64 array = arg_handle(r->extent_start);
	xen_pfn_t pfn = 0;
	mfn_t m;
	int rc;

	if ((op != XENMEM_increase_reservation) && !arg_get_at(&pfn, array, i))
		return -EFAULT;
	if (op == XENMEM_decrease_reservation)
		return reservation_release_one(d, pfn, r->extent_order);
	rc = reservation_populate_one(d, r, pfn, op == XENMEM_populate_physmap, &m);
	/* Writing the answer cannot be undone half way; a bad array costs only its owner. */
	if (!rc && array && !arg_put_at(array, i, &m.v))
		rc = -EFAULT;
	return rc;
}

long reservation_change(u32 op, u64 arg, u64 done)
{
	xen_memory_reservation_t r;
	struct domain *d;
	u64 i = done;
	int rc = 0;

	if (!arg_get(&r, arg))
		return (long)done;
	if (r.nr_extents > ~0UL >> MEMOP_EXTENT_SHIFT || done > r.nr_extents ||
	    r.extent_order > RESERVATION_ORDER_MAX)
		return (long)done;
	if (XENMEMF_get_address_bits(r.mem_flags) &&
	    XENMEMF_get_address_bits(r.mem_flags) < PAGE_SHIFT + r.extent_order)
		return (long)done;
	if (policy_target(r.domid, POLICY_MEMORY, &d))
		return (long)done;
	for (; i < r.nr_extents; i++) {
		rc = i > done && preempt_needed() ? -EINTR : reservation_one(op, d, &r, i);
		if (rc)
			break;
	}
	domain_put(d);
	if (rc == -EINTR)
		return preempt_restart(op | i << MEMOP_EXTENT_SHIFT, arg, 0, 0, 0);
	return (long)i;
}

/* Give stolen frames back to their owner after a failed exchange. */
static long reservation_return(struct domain *d, struct frame_chain *c, long error)
{
	while (c->count) {
		mfn_t m = chain_pop(c);

		if (owner_assign_held(&d->pool, m, 0))
			alloc_free_frames(m, 0);
	}
	return error;
}

/* Take @extents from @d; what former rounds took waits in current's chain. -EINTR. */
static long reservation_steal(struct domain *d, const xen_memory_exchange_t *x, u64 first_extent,
			      u64 extents)
{
	struct frame_chain *c = &current->stolen.frames;
	unsigned int order = x->in.extent_order;

	while (c->count < extents << order) {
		xen_pfn_t first;
		mfn_t m;

		if (!arg_get_at(&first, arg_handle(x->in.extent_start),
				first_extent + (c->count >> order)))
			return reservation_return(d, c, -EFAULT);
		m = mfn(first + (c->count & ((1UL << order) - 1)));
		if (owner_steal(&d->pool, m))
			return reservation_return(d, c, -EINVAL);
		m2p_set(m, M2P_INVALID);
		chain_push(c, m);
		if (!(c->count % RESERVATION_ZERO) && preempt_needed())
			return -EINTR;
	}
	return 0;
}

/* Give @d the new extents of a chunk; how many it has by now, and what failed, waits in current. -EINTR. */
static long reservation_assign_chunk(struct domain *d, const xen_memory_exchange_t *x,
				     u64 first_extent, u64 extents)
{
	struct vcpu *v = current;
	u64 begun = v->stolen.given;

	for (u64 i = begun; i < extents; v->stolen.given = (u16)++i) {
		xen_pfn_t pfn = 0;
		mfn_t m;

		if (i > begun && !(i % RESERVATION_GIVE) && preempt_needed())
			return -EINTR;
		m = chain_pop(&v->stock.ready);
		if (!arg_get_at(&pfn, arg_handle(x->out.extent_start), first_extent + i))
			v->stolen.error = -EFAULT;
		if (owner_assign_held(&d->pool, m, x->out.extent_order)) {
			alloc_free_frames(m, x->out.extent_order);
			v->stolen.error = v->stolen.error ? v->stolen.error : -EINVAL;
			continue;
		}
		for (u64 j = 0; j < 1UL << x->out.extent_order; j++)
			m2p_set(mfn(m.v + j), v->stolen.error ? M2P_INVALID : pfn + j);
		if (!arg_put_at(arg_handle(x->out.extent_start), first_extent + i, &m.v))
			v->stolen.error = -EFAULT;
	}
	return v->stolen.error;
}

/* Exchange chunk number @chunk: 2^order frames, order the larger of both extent orders. -EINTR: again. */
static long reservation_exchange_chunk(struct domain *d, const xen_memory_exchange_t *x, u64 chunk)
{
	struct vcpu *v = current;
	unsigned int order = MAX(x->in.extent_order, x->out.extent_order);
	u64 in_extents = 1UL << (order - x->in.extent_order);
	u64 out_extents = 1UL << (order - x->out.extent_order);
	const __typeof__(v->stolen) fresh = { .order = order, .domid = d->id, .want = out_extents };
	unsigned int bits = XENMEMF_get_address_bits(x->out.mem_flags);
	long rc = 0;

	/*
	 * A chunk that another exchange left half done is of no use to this one, and what
	 * it was given says nothing of this one's needs.
	 */
	if (v->stolen.domid != d->id || v->stolen.order != order || v->stolen.want != out_extents) {
		rc = reservation_give_back(&v->stolen.frames, 0);
		if (!rc)
			v->stolen = fresh;
	}
	/* The new extents are there before anything is given up. */
	if (!rc)
		rc = reservation_stock(x->out.extent_order, bits, out_extents - v->stolen.given);
	if (rc)
		return rc;
	if (!v->stolen.all)
		rc = reservation_steal(d, x, chunk * in_extents, in_extents);
	if (rc)
		return rc;
	v->stolen.all = true;
	if (reservation_give_back(&v->stolen.frames, 0))
		return -EINTR;
	rc = reservation_assign_chunk(d, x, chunk * out_extents, out_extents);
	if (rc != -EINTR)
		v->stolen = fresh;
	return rc;
}

static bool reservation_exchange_ok(const xen_memory_exchange_t *x)
{
	return MAX(x->in.extent_order, x->out.extent_order) <= RESERVATION_ORDER_MAX &&
	       (!x->in.extent_order || !x->out.extent_order) && x->in.domid == x->out.domid &&
	       x->in.nr_extents <= ~0UL >> (x->in.extent_order + MEMOP_EXTENT_SHIFT) &&
	       x->out.nr_extents <= ~0UL >> (x->out.extent_order + MEMOP_EXTENT_SHIFT) &&
	       x->in.nr_extents << x->in.extent_order == x->out.nr_extents << x->out.extent_order &&
	       x->nr_exchanged <= x->in.nr_extents;
}

static long reservation_exchange_loop(struct domain *d, xen_memory_exchange_t *x, u64 arg)
{
	unsigned int order = MAX(x->in.extent_order, x->out.extent_order);
	u64 in_extents = 1UL << (order - x->in.extent_order);
	long rc = x->nr_exchanged % in_extents ? -EINVAL : 0;

	while (!rc && x->nr_exchanged + in_extents <= x->in.nr_extents) {
		rc = reservation_exchange_chunk(d, x, x->nr_exchanged / in_extents);
		if (!rc)
			x->nr_exchanged += in_extents;
		if (rc == -EINTR || (!rc && x->nr_exchanged < x->in.nr_extents && preempt_needed()))
			rc = preempt_restart(XENMEM_exchange, arg, 0, 0, 0);
	}
	return rc;
}

long reservation_exchange(u64 arg)
{
	xen_memory_exchange_t x;
	struct domain *d;
	long rc;

	if (!arg_get(&x, arg))
		return -EFAULT;
	if (!reservation_exchange_ok(&x))
		return -EINVAL;
	rc = policy_target(x.in.domid, POLICY_MEMORY, &d);
	if (rc)
		return rc;
	rc = reservation_exchange_loop(d, &x, arg);
	domain_put(d);
	if (usercopy_to(gaddr(arg + offsetof(xen_memory_exchange_t, nr_exchanged)), &x.nr_exchanged,
			sizeof(x.nr_exchanged)))
		rc = -EFAULT;
	return rc;
}

long reservation_claim(u64 arg)
{
	xen_memory_reservation_t r;
	DOMAIN_HOLD(d);

	if (!policy_allows(current->domain, NULL, POLICY_CONTROL))
		return -EPERM;
	if (!arg_get(&r, arg))
		return -EFAULT;
	if (arg_handle(r.extent_start) || r.extent_order || r.mem_flags ||
	    r.nr_extents > ~0UL >> PAGE_SHIFT)
		return -EINVAL;
	d = domain_get(r.domid);
	return d ? memory_claim_set(d, r.nr_extents) : -ESRCH;
}
