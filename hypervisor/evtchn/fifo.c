/* SPDX-License-Identifier: MIT */
/*
 * FIFO delivery.
 *
 * Each vCPU has a control block (heads and a word of ready bits) in a page of
 * the guest, and for each priority a queue.  The head is in the control block,
 * the links are in the event words, the tail only we know.  Adding at the tail
 * is done under the queue's lock; the guest takes from the head without any.
 *
 * What may be where.  An event word has LINKED set while it is on a queue; the
 * bit is claimed atomically, so an event is on one queue at most.  A port that
 * was the tail of the queue it was last on stops being that when it is claimed
 * again, or a later event would be hung behind it on the wrong queue; so both
 * that queue and the new one are locked, by order of address.
 *
 * A page of words or a control block may come after events were raised.  An
 * event without a word is noted in the port (fifo_pending) and raised when its
 * word appears; one for a vCPU without a control block stays PENDING in its
 * word, and the guest looks at that when it unmasks.
 */
#include "evtchn/fifo.h"

#include "evtchn/fifo_word.h"
#include "evtchn/twolevel.h"
#include "evtchn/upcall.h"
#include "frame/alloc.h"
#include "frame/directmap.h"
#include "frame/type.h"

static event_word_t *word_of(struct domain *d, u32 port)
{
	struct fifo_domain *f = d->evtchn->fifo;
	event_word_t *page;

	if (port >= EVTCHN_FIFO_NR_CHANNELS)
		return NULL;
	page = READ_ONCE(f->page[port / WORDS_PER_PAGE]);
	return page ? page + port % WORDS_PER_PAGE : NULL;
}

static struct fifo_queue *queue_of(struct domain *d, u16 id)
{
	struct fifo_vcpu *fv = d->vcpu[id / EVTCHN_FIFO_MAX_QUEUES]->evtchn_fifo;

	return &fv->queue[id % EVTCHN_FIFO_MAX_QUEUES];
}

/* Lock @q and the queue that @p was last on, which is returned. */
static struct fifo_queue *lock_queues(struct domain *d, struct fifo_queue *q, struct evtchn_port *p)
{
	for (;;) {
		u16 last = READ_ONCE(p->fifo_last);
		struct fifo_queue *old = queue_of(d, last);

		spin_lock(q < old ? &q->lock : &old->lock);
		if (q != old)
			spin_lock(q < old ? &old->lock : &q->lock);
		if (likely(READ_ONCE(p->fifo_last) == last))
			return old;
		if (q != old)
			spin_unlock(&old->lock);
		spin_unlock(&q->lock);
	}
}

static void enqueue(struct domain *d, struct vcpu *v, struct evtchn_port *p, event_word_t *word)
{
	u32 priority = READ_ONCE(p->priority);
	struct fifo_vcpu *fv = v->evtchn_fifo;
	struct fifo_queue *q = &fv->queue[priority], *old;
	struct evtchn_fifo_control_block *control;
	bool upcall = false;

	old = lock_queues(d, q, p);
	control = READ_ONCE(fv->control);
	if (control && fifo_word_claim(word)) {
		event_word_t *tail;

		if (old->tail == p->port)
			old->tail = 0;
		WRITE_ONCE(p->fifo_last, (u16)(v->id * EVTCHN_FIFO_MAX_QUEUES + priority));
		tail = q->tail ? word_of(d, q->tail) : NULL;
		if (!tail || !fifo_word_link(tail, p->port)) {
			WRITE_ONCE(control->head[priority], p->port);
			upcall = true;
		}
		q->tail = p->port;
	}
	if (q != old)
		spin_unlock(&old->lock);
	spin_unlock(&q->lock);
	if (upcall && !atomic_test_and_set_bit(&control->ready, priority))
		upcall_raise(v);
}

void fifo_raise(struct domain *d, struct vcpu *v, struct evtchn_port *p)
{
	event_word_t *word = word_of(d, p->port);

	if (unlikely(!word)) {
		/* Pairs with the publication of the page in fifo_expand_array(). */
		(void)atomic_xchg(&p->fifo_pending, 1);
		word = word_of(d, p->port);
		if (!word || !atomic_xchg(&p->fifo_pending, 0))
			return;
	}
	if (fifo_word_raise(word))
		enqueue(d, v, p, word);
	upcall_wake_pollers(d, p->port);
}

void fifo_clear(struct domain *d, struct evtchn_port *p)
{
	event_word_t *word = word_of(d, p->port);

	/* It may stay linked: the guest skips what is not pending. */
	p->fifo_pending = 0;
	if (word)
		atomic_and(word, ~FIFO_PENDING);
}

void fifo_unmask(struct domain *d, struct vcpu *v, struct evtchn_port *p)
{
	event_word_t *word = word_of(d, p->port);

	if (word && (atomic_and(word, ~FIFO_MASKED) & FIFO_PENDING) && fifo_word_raise(word))
		enqueue(d, v, p, word);
}

bool fifo_pending(struct domain *d, const struct evtchn_port *p)
{
	event_word_t *word = word_of(d, p->port);

	return word ? READ_ONCE(*word) & FIFO_PENDING : READ_ONCE(p->fifo_pending);
}

bool fifo_masked(struct domain *d, const struct evtchn_port *p)
{
	event_word_t *word = word_of(d, p->port);

	return !word || (READ_ONCE(*word) & FIFO_MASKED);
}

bool fifo_busy(struct domain *d, const struct evtchn_port *p)
{
	event_word_t *word = word_of(d, p->port);

	return word && (READ_ONCE(*word) & FIFO_LINKED);
}

/*
 * Turn delivery over to FIFO.  A sender that still saw two-level has left its
 * bit in the shared page before it let go of the lock that we take next, and
 * is caught by our look at the bit; a later one finds no word and notes it.
 * False if other work waits: call again.
 */
static bool switch_delivery(struct domain *d)
{
	struct evtchn_domain *e = d->evtchn;

	atomic_store(&e->use_fifo, true);
	smp_mb();
	while (++e->switched < e->nr) {
		struct evtchn_port *p = port_at(d, e->switched), *peer;
		u64 flags;

		peer = port_lock_pair(p, &flags);
		if (twolevel_pending(d, p->port))
			atomic_store(&p->fifo_pending, 1);
		port_unlock_pair(p, peer, flags);
		if (!(e->switched % PORTS_PER_PAGE) && softirq_pending())
			return false;
	}
	return true;
}

int fifo_init_control(struct domain *d, u32 vcpu, u64 gfn, u32 offset)
{
	struct evtchn_domain *e = d->evtchn;
	struct vcpu *v = domain_vcpu(d, vcpu);
	struct fifo_vcpu *fv;
	int rc;

	if (!v)
		return -ENOENT;
	if (offset > PAGE_SIZE - sizeof(struct evtchn_fifo_control_block) || offset % 8)
		return -EINVAL;
	rc = type_get_owned(mfn(gfn), d->id, FRAME_WRITABLE);
	if (rc)
		return rc;

	fv = v->evtchn_fifo;
	spin_lock(&e->lock);
	if (fv->control) {
		rc = -EINVAL;
	} else if (e->resetting) {
		rc = -EAGAIN;
	} else if (!e->fifo) {
		e->fifo = alloc_bytes(sizeof(*e->fifo));
		if (!e->fifo)
			rc = -ENOMEM;
	}
	if (!rc && !switch_delivery(d))
		rc = -ERESTART;
	if (!rc) {
		fv->mfn = mfn(gfn);
		atomic_store(&fv->control, (void *)((char *)mfn_to_virt(mfn(gfn)) + offset));
	}
	spin_unlock(&e->lock);
	if (rc)
		type_put_owned(frame_of(mfn(gfn)));
	return rc;
}

int fifo_expand_array(struct domain *d, u64 gfn)
{
	struct evtchn_domain *e = d->evtchn;
	u32 n = 0, port;
	struct vcpu *v;
	int rc;

	rc = type_get_owned(mfn(gfn), d->id, FRAME_WRITABLE);
	if (rc)
		return rc;
	spin_lock(&e->lock);
	if (e->resetting)
		rc = -EAGAIN;
	else if (!e->use_fifo)
		rc = -EOPNOTSUPP;
	else if (e->fifo->nr_pages == FIFO_PAGES)
		rc = -ENOSPC;
	if (!rc) {
		n = e->fifo->nr_pages++;
		(void)atomic_xchg(&e->fifo->page[n], (event_word_t *)mfn_to_virt(mfn(gfn)));
		for (port = n * WORDS_PER_PAGE; port < MIN((n + 1) * WORDS_PER_PAGE, (u64)e->nr);
		     port++) {
			struct evtchn_port *p = port_at(d, port);
			u64 flags;

			if (likely(!READ_ONCE(p->fifo_pending)))
				continue;
			flags = spin_lock_irqsave(&p->lock);
			v = d->vcpu[p->notify_vcpu];
			if (atomic_xchg(&p->fifo_pending, 0) && p->state != PORT_FREE && v)
				fifo_raise(d, v, p);
			spin_unlock_irqrestore(&p->lock, flags);
		}
	}
	spin_unlock(&e->lock);
	if (rc)
		type_put_owned(frame_of(mfn(gfn)));
	return rc;
}

int fifo_set_priority(struct domain *d, u32 port, u32 priority)
{
	struct evtchn_port *p = port_find(d, port);

	if (!p || priority > EVTCHN_FIFO_PRIORITY_MIN)
		return -EINVAL;
	SPIN_HOLD_IRQ(&p->lock);
	if (!d->evtchn->use_fifo)
		return -EOPNOTSUPP;
	if (p->state <= PORT_RESERVED)
		return -EINVAL;
	WRITE_ONCE(p->priority, (u8)priority);
	return 0;
}

void fifo_reset(struct domain *d)
{
	struct evtchn_domain *e = d->evtchn;
	unsigned int i, q;
	struct vcpu *v;

	if (!e->use_fifo)
		return;
	atomic_store(&e->use_fifo, false);
	e->switched = 0;
	for_each_vcpu (d, v, i) {
		struct fifo_vcpu *fv = v->evtchn_fifo;

		if (!fv->control)
			continue;
		WRITE_ONCE(fv->control, NULL);
		type_put_owned(frame_of(fv->mfn));
		for (q = 0; q < EVTCHN_FIFO_MAX_QUEUES; q++)
			fv->queue[q].tail = 0;
	}
	for (i = 0; i < e->fifo->nr_pages; i++) {
		event_word_t *page = e->fifo->page[i];

		WRITE_ONCE(e->fifo->page[i], NULL);
		type_put_owned(frame_of(virt_to_mfn(page)));
	}
	e->fifo->nr_pages = 0;
}

void fifo_destroy(struct domain *d)
{
	fifo_reset(d);
	alloc_free_bytes(d->evtchn->fifo);
	d->evtchn->fifo = NULL;
}

int evtchn_create_vcpu(struct vcpu *v)
{
	v->evtchn_fifo = alloc_bytes(sizeof(struct fifo_vcpu));
	return v->evtchn_fifo ? 0 : -ENOMEM;
}

void evtchn_destroy_vcpu(struct vcpu *v)
{
	alloc_free_bytes(v->evtchn_fifo);
	v->evtchn_fifo = NULL;
}
