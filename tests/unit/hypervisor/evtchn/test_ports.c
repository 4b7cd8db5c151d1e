/* SPDX-License-Identifier: MIT */
/*
 * Event channels on plain memory: states of ports, two-level and FIFO
 * delivery, and guests that write what they should not.
 */
#include "fake.h"

#include "evtchn/bind.c"
#include "evtchn/evtchn.c"
#include "evtchn/fifo.c"
#include "evtchn/port.c"
#include "evtchn/table.c"
#include "evtchn/twolevel.c"
#include "evtchn/upcall.c"
#include "evtchn/virq.c"

struct domain *domain_dom0;
static int kicks;
static u32 pirq_closed;

void block_kick(struct vcpu *v)
{
	(void)v;
	kicks++;
}

void block_unblock(struct vcpu *v)
{
	v->pause_flags = 0;
}

void log_print(enum log_level level, const char *fmt, ...)
{
	(void)level;
	(void)fmt;
}

void evtchn_pirq_close(struct domain *d, struct evtchn_port *p)
{
	(void)d;
	pirq_closed = p->pirq;
}

void evtchn_pirq_destroy(struct domain *d)
{
	(void)d;
}

static struct domain *domain(u16 id, unsigned int vcpus)
{
	struct domain *d = calloc(1, sizeof(*d));

	d->id = id;
	d->max_vcpus = vcpus;
	d->max_evtchn_port = ~0u;
	d->shared = calloc(1, PAGE_SIZE);
	for (unsigned int i = 0; i < vcpus; i++) {
		struct vcpu *v = calloc(1, sizeof(*v));

		v->id = i;
		v->domain = d;
		v->info = &d->shared->vcpu_info[i];
		ck_assert_int_eq(evtchn_create_vcpu(v), 0);
		d->vcpu[i] = v;
	}
	ck_assert_int_eq(evtchn_create_domain(d), 0);
	return d;
}

static void domain_end(struct domain *d)
{
	/* As lifecycle/ does it: ports first, all of them, from the start. */
	d->evtchn->close_cursor = 0;
	while (!evtchn_close_some(d, PORTS_PER_PAGE))
		;
	evtchn_destroy_domain(d);
	for (unsigned int i = 0; i < d->max_vcpus; i++) {
		evtchn_destroy_vcpu(d->vcpu[i]);
		free(d->vcpu[i]);
	}
	free(d->shared);
	free(d);
}

static u32 status(struct domain *d, u32 port)
{
	evtchn_status_t s = { 0 };

	ck_assert_int_eq(evtchn_status(d, port, &s), 0);
	return s.status;
}

static bool bit_pending(struct domain *d, u32 port)
{
	return test_bit(d->shared->evtchn_pending, port);
}

START_TEST(interdomain_life)
{
	struct domain *a = domain(1, 2), *b = domain(2, 1), *c = domain(3, 1);
	evtchn_status_t s;
	int pa, pb;

	pa = evtchn_alloc_unbound(a, 2);
	ck_assert_int_eq(pa, 1);
	ck_assert_uint_eq(status(a, 1), EVTCHNSTAT_unbound);
	ck_assert_int_eq(evtchn_send(a, 1), 0);			     /* to nobody */
	ck_assert_int_eq(evtchn_bind_interdomain(c, a, 1), -EINVAL); /* not meant for it */
	ck_assert_int_eq(evtchn_bind_interdomain(b, a, 0), -EINVAL);
	ck_assert_int_eq(evtchn_bind_interdomain(b, a, 5), -EINVAL);
	ck_assert_int_eq(evtchn_bind_interdomain(b, a, 99999), -EINVAL);
	pb = evtchn_bind_interdomain(b, a, 1);
	ck_assert_int_gt(pb, 0);
	ck_assert(bit_pending(b, (u32)pb)); /* what may have been lost before */
	ck_assert_int_eq(evtchn_bind_interdomain(b, a, 1), -EINVAL); /* taken */
	ck_assert_int_eq(evtchn_status(a, 1, &s), 0);
	ck_assert_uint_eq(s.status, EVTCHNSTAT_interdomain);
	ck_assert_uint_eq(s.u.interdomain.dom, 2);
	ck_assert_uint_eq(s.u.interdomain.port, (u32)pb);

	kicks = 0;
	ck_assert_int_eq(evtchn_bind_vcpu(a, 1, 1), 0);
	ck_assert_int_eq(evtchn_bind_vcpu(a, 1, 2), -ENOENT);
	ck_assert_int_eq(evtchn_send(b, (u32)pb), 0);
	ck_assert(bit_pending(a, 1));
	ck_assert_uint_eq(a->vcpu[1]->info->evtchn_upcall_pending, 1);
	ck_assert_uint_eq(a->vcpu[0]->info->evtchn_upcall_pending, 0);
	ck_assert_int_eq(kicks, 1);

	/* The end that stays can be bound again by the same domain. */
	ck_assert_int_eq(evtchn_close(b, (u32)pb), 0);
	ck_assert_uint_eq(status(b, (u32)pb), EVTCHNSTAT_closed);
	ck_assert_int_eq(evtchn_status(a, 1, &s), 0);
	ck_assert_uint_eq(s.status, EVTCHNSTAT_unbound);
	ck_assert_uint_eq(s.u.unbound.dom, 2);
	ck_assert_int_gt(evtchn_bind_interdomain(b, a, 1), 0);
	domain_end(b);
	ck_assert_uint_eq(status(a, 1), EVTCHNSTAT_unbound);
	domain_end(a);
	domain_end(c);
}
END_TEST

START_TEST(refusals_by_state)
{
	struct domain *d = domain(1, 2);
	int ipi, virq, global, unbound;

	ipi = evtchn_bind_ipi(d, 1);
	virq = evtchn_bind_virq(d, VIRQ_TIMER, 1);
	global = evtchn_bind_virq(d, VIRQ_CONSOLE, 0);
	unbound = evtchn_alloc_unbound(d, 7);
	ck_assert(ipi > 0 && virq > 0 && global > 0 && unbound > 0);
	ck_assert_int_eq(evtchn_bind_ipi(d, 2), -ENOENT);
	ck_assert_int_eq(evtchn_bind_virq(d, NR_VIRQS, 0), -EINVAL);
	ck_assert_int_eq(evtchn_bind_virq(d, VIRQ_CONSOLE, 1), -EINVAL);
	ck_assert_int_eq(evtchn_bind_virq(d, VIRQ_TIMER, 9), -ENOENT);
	ck_assert_int_eq(evtchn_bind_virq(d, VIRQ_TIMER, 1), -EEXIST);
	ck_assert_int_eq(evtchn_bind_virq(d, VIRQ_CONSOLE, 0), -EEXIST);
	/* Only who has a say may send: peers and IPIs. */
	ck_assert_int_eq(evtchn_send(d, (u32)virq), -EINVAL);
	ck_assert_int_eq(evtchn_send(d, 0), -EINVAL);
	ck_assert_int_eq(evtchn_send(d, 100), -EINVAL);
	ck_assert_int_eq(evtchn_send(d, ~0u), -EINVAL);
	ck_assert_int_eq(evtchn_send(d, (u32)ipi), 0);
	/* What belongs to one vCPU stays there. */
	ck_assert_int_eq(evtchn_bind_vcpu(d, (u32)ipi, 0), -EINVAL);
	ck_assert_int_eq(evtchn_bind_vcpu(d, (u32)virq, 0), -EINVAL);
	ck_assert_int_eq(evtchn_bind_vcpu(d, (u32)global, 1), 0);
	ck_assert_int_eq(evtchn_unmask(d, 0), -EINVAL);
	ck_assert_int_eq(evtchn_unmask(d, 120), -EINVAL);
	ck_assert_int_eq(evtchn_close(d, 0), -EINVAL);
	ck_assert_int_eq(evtchn_close(d, 120), -EINVAL);
	ck_assert_int_eq(evtchn_close(d, 4096), -EINVAL);

	/* A global virq follows its binding; closed, it goes nowhere and can be had again. */
	domain_dom0 = d;
	evtchn_send_global_virq(VIRQ_CONSOLE);
	ck_assert(bit_pending(d, (u32)global));
	ck_assert_uint_eq(d->vcpu[1]->info->evtchn_upcall_pending, 1);
	ck_assert_int_eq(evtchn_close(d, (u32)global), 0);
	ck_assert(!bit_pending(d, (u32)global));
	evtchn_send_global_virq(VIRQ_CONSOLE);
	ck_assert(!bit_pending(d, (u32)global));
	ck_assert_int_eq(evtchn_bind_virq(d, VIRQ_CONSOLE, 0), global);
	domain_dom0 = NULL;
	domain_end(d);
}
END_TEST

START_TEST(table_bounds)
{
	struct domain *d = domain(1, 1);
	int port = 0, n = 0;

	d->max_evtchn_port = 200;
	while ((port = evtchn_alloc_unbound(d, 1)) > 0)
		n++;
	ck_assert_int_eq(port, -ENOSPC);
	ck_assert_int_eq(n, 200);
	d->max_evtchn_port = ~0u;
	while ((port = evtchn_alloc_unbound(d, 1)) > 0)
		n++;
	ck_assert_int_eq(port, -ENOSPC);
	ck_assert_int_eq(n, 4095);
	ck_assert_int_eq(evtchn_close(d, 77), 0);
	ck_assert_int_eq(evtchn_alloc_unbound(d, 1), 77);
	d->death = DOMAIN_DYING;
	ck_assert_int_eq(evtchn_close(d, 78), 0);
	ck_assert_int_eq(evtchn_alloc_unbound(d, 1), -ESRCH);
	domain_end(d);
}
END_TEST

START_TEST(no_memory_for_ports)
{
	struct domain *d = domain(1, 1);

	for (int i = 1; i < PORTS_PER_PAGE; i++)
		ck_assert_int_eq(evtchn_alloc_unbound(d, 1), i);
	fake_no_memory = true;
	ck_assert_int_eq(evtchn_alloc_unbound(d, 1), -ENOMEM);
	fake_no_memory = false;
	ck_assert_int_eq(evtchn_alloc_unbound(d, 1), PORTS_PER_PAGE);
	domain_end(d);
}
END_TEST

START_TEST(two_level_masks)
{
	struct domain *d = domain(1, 1);
	u32 port = (u32)evtchn_bind_ipi(d, 0);
	vcpu_info_t *info = d->vcpu[0]->info;

	atomic_set_bit(d->shared->evtchn_mask, port);
	kicks = 0;
	ck_assert_int_eq(evtchn_send(d, port), 0);
	ck_assert(bit_pending(d, port));
	ck_assert(evtchn_port_pending(d, port));
	ck_assert_int_eq(kicks, 0);
	ck_assert_int_eq(evtchn_unmask(d, port), 0);
	ck_assert_int_eq(kicks, 1);
	ck_assert_uint_eq(info->evtchn_pending_sel, 1);
	/* Pending already: nothing more to tell. */
	ck_assert_int_eq(evtchn_send(d, port), 0);
	ck_assert_int_eq(evtchn_unmask(d, port), 0);
	ck_assert_int_eq(kicks, 1);
	domain_end(d);
}
END_TEST

START_TEST(pollers_are_woken)
{
	struct domain *d = domain(1, 3);
	u32 port = (u32)evtchn_bind_ipi(d, 0), other = (u32)evtchn_bind_ipi(d, 0);

	atomic_set_bit(d->shared->evtchn_mask, port);
	d->poll_vcpus = 6;
	d->vcpu[1]->pause_flags = d->vcpu[2]->pause_flags = 1u << VCPU_POLLING;
	d->vcpu[1]->poll_port = port;
	d->vcpu[2]->poll_port = other;
	ck_assert_int_eq(evtchn_send(d, port), 0);
	ck_assert_uint_eq(d->vcpu[1]->pause_flags, 0);
	ck_assert_uint_ne(d->vcpu[2]->pause_flags, 0);
	d->vcpu[2]->poll_port = 0; /* several */
	ck_assert_int_eq(evtchn_unmask(d, port), 0);
	atomic_clear_bit(d->shared->evtchn_pending, port);
	ck_assert_int_eq(evtchn_send(d, port), 0);
	ck_assert_uint_eq(d->vcpu[2]->pause_flags, 0);
	domain_end(d);
}
END_TEST

/* FIFO: page 0 holds the control blocks, page 1.. the words. */
static void guest_pages(unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		fake_page[i] = aligned_alloc(PAGE_SIZE, PAGE_SIZE);
	for (unsigned int i = 0; i < n; i++)
		memset(fake_page[i], 0, PAGE_SIZE);
}

static void guest_pages_free(void)
{
	for (unsigned int i = 0; i < FAKE_FRAMES; i++) {
		ck_assert_int_eq(fake_uses[i], 0);
		free(fake_page[i]);
		fake_page[i] = NULL;
	}
}

static struct evtchn_fifo_control_block *control(unsigned int vcpu)
{
	return (void *)((char *)fake_page[0] + vcpu * 128);
}

static event_word_t *word(u32 port)
{
	return (event_word_t *)fake_page[1] + port;
}

/* What Linux does: take the head of a queue off. Returns the port if it was pending. */
static u32 consume(unsigned int vcpu, unsigned int priority, u32 *head)
{
	u32 port = *head;
	event_word_t w;

	if (!port)
		port = control(vcpu)->head[priority];
	if (!port)
		return 0;
	w = *word(port);
	*word(port) = w & ~(FIFO_LINKED | EVTCHN_FIFO_LINK_MASK);
	*head = w & EVTCHN_FIFO_LINK_MASK;
	if (!*head) {
		control(vcpu)->ready &= ~(1u << priority);
		control(vcpu)->head[priority] = 0;
	}
	if ((w & FIFO_PENDING) && !(w & FIFO_MASKED)) {
		*word(port) &= ~FIFO_PENDING;
		return port;
	}
	return 0;
}

static struct domain *fifo_domain_new(unsigned int vcpus)
{
	struct domain *d = domain(1, vcpus);

	guest_pages(4);
	for (unsigned int i = 0; i < vcpus; i++)
		ck_assert_int_eq(fifo_init_control(d, i, 0, i * 128), 0);
	ck_assert_int_eq(fifo_expand_array(d, 1), 0);
	return d;
}

START_TEST(fifo_order)
{
	struct domain *d = fifo_domain_new(1);
	u32 p[4], head = 0;

	for (int i = 0; i < 4; i++)
		p[i] = (u32)evtchn_bind_ipi(d, 0);
	kicks = 0;
	for (int i = 0; i < 4; i++)
		ck_assert_int_eq(evtchn_send(d, p[i]), 0);
	ck_assert_int_eq(evtchn_send(d, p[1]), 0); /* linked already */
	ck_assert_int_eq(kicks, 1);
	ck_assert_uint_eq(control(0)->ready, 1u << 7);
	ck_assert_uint_eq(consume(0, 7, &head), p[0]);
	/* One that was taken goes to the end. */
	ck_assert_int_eq(evtchn_send(d, p[0]), 0);
	ck_assert_uint_eq(consume(0, 7, &head), p[1]);
	ck_assert_uint_eq(consume(0, 7, &head), p[2]);
	ck_assert_uint_eq(consume(0, 7, &head), p[3]);
	ck_assert_uint_eq(consume(0, 7, &head), p[0]);
	ck_assert_uint_eq(consume(0, 7, &head), 0);
	ck_assert_uint_eq(control(0)->ready, 0);
	/* Empty: the next one sets head and ready anew. */
	d->vcpu[0]->info->evtchn_upcall_pending = 0;
	ck_assert_int_eq(evtchn_send(d, p[0]), 0);
	ck_assert_int_eq(kicks, 2);
	ck_assert_uint_eq(consume(0, 7, &head), p[0]);
	domain_end(d);
	guest_pages_free();
}
END_TEST

START_TEST(fifo_mask_and_priority)
{
	struct domain *d = fifo_domain_new(1);
	u32 a = (u32)evtchn_bind_ipi(d, 0), b = (u32)evtchn_bind_ipi(d, 0);
	u32 head3 = 0, head7 = 0;

	*word(a) |= FIFO_MASKED;
	ck_assert_int_eq(evtchn_send(d, a), 0);
	ck_assert_uint_eq(*word(a), FIFO_MASKED | FIFO_PENDING);
	ck_assert_uint_eq(control(0)->ready, 0);
	ck_assert_int_eq(evtchn_unmask(d, a), 0);
	ck_assert_uint_eq(consume(0, 7, &head7), a);

	ck_assert_int_eq(fifo_set_priority(d, b, 3), 0);
	ck_assert_int_eq(fifo_set_priority(d, b, 16), -EINVAL);
	ck_assert_int_eq(fifo_set_priority(d, 0, 3), -EINVAL);
	ck_assert_int_eq(fifo_set_priority(d, 500, 3), -EINVAL);
	ck_assert_int_eq(evtchn_send(d, b), 0);
	ck_assert_uint_eq(control(0)->ready, 1u << 3);
	ck_assert_uint_eq(consume(0, 3, &head3), b);
	domain_end(d);
	guest_pages_free();
}
END_TEST

/* A port that moves to another queue must not stay the tail of the old one. */
START_TEST(fifo_move_between_queues)
{
	struct domain *d = fifo_domain_new(2);
	u32 a = (u32)evtchn_alloc_unbound(d, 1), b, other, h0 = 0, h1 = 0;

	other = (u32)evtchn_bind_interdomain(d, d, a);
	b = (u32)evtchn_bind_ipi(d, 0);
	ck_assert_uint_eq(consume(0, 7, &h0), other); /* raised by the binding */

	ck_assert_int_eq(evtchn_send(d, other), 0); /* a is the tail for vCPU 0 */
	ck_assert_uint_eq(consume(0, 7, &h0), a);
	ck_assert_int_eq(evtchn_bind_vcpu(d, a, 1), 0);
	ck_assert_int_eq(evtchn_send(d, other), 0); /* a is on vCPU 1's queue now */
	ck_assert_int_eq(evtchn_send(d, b), 0);	    /* must start vCPU 0's anew */
	ck_assert_uint_eq(*word(a) & EVTCHN_FIFO_LINK_MASK, 0);
	ck_assert_uint_eq(consume(0, 7, &h0), b);
	ck_assert_uint_eq(consume(1, 7, &h1), a);
	domain_end(d);
	guest_pages_free();
}
END_TEST

START_TEST(fifo_events_before_their_pages)
{
	struct domain *d = domain(1, 2);
	u32 a, b, h0 = 0, h1 = 0;

	guest_pages(4);
	a = (u32)evtchn_bind_ipi(d, 0);
	b = (u32)evtchn_bind_ipi(d, 1);
	ck_assert_int_eq(evtchn_send(d, a), 0); /* two-level still */
	ck_assert_int_eq(fifo_expand_array(d, 1), -EOPNOTSUPP);
	ck_assert_int_eq(fifo_set_priority(d, a, 3), -EOPNOTSUPP);
	ck_assert_int_eq(fifo_init_control(d, 0, 0, 0), 0);
	ck_assert(evtchn_port_pending(d, a));
	ck_assert_int_eq(evtchn_send(d, b), 0); /* no word, no control block */
	ck_assert_int_eq(fifo_expand_array(d, 1), 0);
	ck_assert_uint_eq(consume(0, 7, &h0), a);
	/* b waits in its word; the guest sees it when it unmasks. */
	ck_assert_uint_eq(*word(b), FIFO_PENDING);
	ck_assert_int_eq(fifo_init_control(d, 1, 0, 128), 0);
	*word(b) |= FIFO_MASKED;
	ck_assert_int_eq(evtchn_unmask(d, b), 0);
	ck_assert_uint_eq(consume(1, 7, &h1), b);
	domain_end(d);
	guest_pages_free();
}
END_TEST

START_TEST(fifo_refusals)
{
	struct domain *d = domain(1, 2);

	guest_pages(2);
	ck_assert_int_eq(fifo_init_control(d, 2, 0, 0), -ENOENT);
	ck_assert_int_eq(fifo_init_control(d, 0, 0, 4), -EINVAL);
	ck_assert_int_eq(fifo_init_control(d, 0, 0, 4096 - 64), -EINVAL);
	ck_assert_int_eq(fifo_init_control(d, 0, 0, ~7u), -EINVAL);
	ck_assert_int_eq(fifo_init_control(d, 0, 99, 0), -EINVAL);
	ck_assert_int_eq(fifo_init_control(d, 0, ~0ULL, 0), -EINVAL);
	ck_assert(!d->evtchn->use_fifo);
	fake_no_memory = true;
	ck_assert_int_eq(fifo_init_control(d, 0, 0, 0), -ENOMEM);
	fake_no_memory = false;
	ck_assert_int_eq(fake_uses[0], 0);
	ck_assert_int_eq(fifo_init_control(d, 0, 0, 0), 0);
	ck_assert_int_eq(fifo_init_control(d, 0, 0, 128), -EINVAL); /* once only */
	ck_assert_int_eq(fake_uses[0], 1);
	for (unsigned int i = 0; i < FIFO_PAGES; i++)
		ck_assert_int_eq(fifo_expand_array(d, 1), 0);
	ck_assert_int_eq(fifo_expand_array(d, 1), -ENOSPC);
	ck_assert_int_eq(fifo_expand_array(d, 50), -EINVAL);
	domain_end(d);
	guest_pages_free();
}
END_TEST

START_TEST(fifo_reset_gives_pages_back)
{
	struct domain *d = fifo_domain_new(2);
	u32 a = (u32)evtchn_bind_ipi(d, 0);
	int rc, rounds = 0;

	ck_assert_int_eq(evtchn_send(d, a), 0);
	while (evtchn_alloc_unbound(d, 1) > 0)
		if (++rounds == 300)
			break;
	while ((rc = evtchn_reset(d)) == -ERESTART)
		ck_assert_int_eq(evtchn_alloc_unbound(d, 1), -EAGAIN);
	ck_assert_int_eq(rc, 0);
	ck_assert(!d->evtchn->use_fifo);
	for (unsigned int i = 0; i < 4; i++)
		ck_assert_int_eq(fake_uses[i], 0);
	/* And all over again. */
	a = (u32)evtchn_bind_ipi(d, 0);
	ck_assert_uint_eq(a, 1);
	ck_assert_int_eq(evtchn_send(d, a), 0);
	ck_assert(bit_pending(d, a));
	ck_assert_int_eq(fifo_init_control(d, 0, 0, 0), 0);
	domain_end(d);
	guest_pages_free();
}
END_TEST

/* A closed port that its guest keeps linked is not given out; unlinked, it is. */
START_TEST(fifo_linked_port_is_not_reused)
{
	struct domain *d = fifo_domain_new(1);
	u32 a = (u32)evtchn_bind_ipi(d, 0), b, h = 0;

	ck_assert_int_eq(evtchn_send(d, a), 0);
	ck_assert_int_eq(evtchn_close(d, a), 0);
	ck_assert_uint_eq(*word(a) & FIFO_PENDING, 0);
	b = (u32)evtchn_bind_ipi(d, 0);
	ck_assert_uint_ne(a, b);
	ck_assert_uint_eq(consume(0, 7, &h), 0);
	ck_assert_uint_eq(evtchn_bind_ipi(d, 0), a);
	domain_end(d);
	guest_pages_free();
}
END_TEST

/* A guest that scribbles over its words and control blocks between all calls. */
START_TEST(fifo_hostile_memory)
{
	struct domain *d = fifo_domain_new(2), *peer = domain(2, 1);
	u32 ports[32], theirs[16];

	srand(4711);
	for (int i = 0; i < 16; i++) {
		ports[i] = (u32)evtchn_bind_ipi(d, (u32)i & 1);
		ports[16 + i] = (u32)evtchn_alloc_unbound(d, 2);
		theirs[i] = (u32)evtchn_bind_interdomain(peer, d, ports[16 + i]);
	}
	for (int step = 0; step < 200000; step++) {
		u32 port = ports[rand() % 32];

		switch (rand() % 8) {
		case 0: *word(port) = (event_word_t)rand() << 1 ^ (event_word_t)rand(); break;
		case 1:
			control((unsigned int)rand() % 2)->head[rand() % 16] = (u32)rand();
			control((unsigned int)rand() % 2)->ready = (u32)rand();
			break;
		case 2: (void)evtchn_unmask(d, port); break;
		case 3: (void)evtchn_bind_vcpu(d, port, (u32)rand() % 2); break;
		case 4: (void)fifo_set_priority(d, port, (u32)rand() % 16); break;
		case 5: ck_assert_int_eq(evtchn_send(peer, theirs[rand() % 16]), 0); break;
		default: (void)evtchn_send(d, port); break;
		}
	}
	/* The peer's state has not suffered. */
	for (int i = 0; i < 16; i++)
		ck_assert_uint_eq(status(peer, theirs[i]), EVTCHNSTAT_interdomain);
	domain_end(d);
	for (int i = 0; i < 16; i++)
		ck_assert_uint_eq(status(peer, theirs[i]), EVTCHNSTAT_unbound);
	domain_end(peer);
	guest_pages_free();
}
END_TEST

START_TEST(word_link)
{
	event_word_t w = FIFO_LINKED | FIFO_MASKED | 5;

	ck_assert(fifo_word_link(&w, 77));
	ck_assert_uint_eq(w, FIFO_LINKED | FIFO_MASKED | 77);
	w = FIFO_PENDING;
	ck_assert(!fifo_word_link(&w, 77));
	ck_assert_uint_eq(w, FIFO_PENDING);
	w = FIFO_BUSY | FIFO_LINKED;
	ck_assert(fifo_word_link(&w, 77));
	ck_assert_uint_eq(w, FIFO_LINKED | 77);
	w = 0;
	ck_assert(fifo_word_raise(&w));
	ck_assert(fifo_word_claim(&w));
	ck_assert(!fifo_word_claim(&w));
	ck_assert(!fifo_word_raise(&w));
	w = FIFO_MASKED;
	ck_assert(!fifo_word_raise(&w));
}
END_TEST

START_TEST(pirq_is_let_go)
{
	struct domain *d = domain(1, 1);
	int rc;
	struct evtchn_port *p = port_alloc(d, &rc);

	p->pirq = 42;
	port_set_state(p, PORT_PIRQ);
	ck_assert_int_eq(evtchn_close(d, p->port), 0);
	ck_assert_uint_eq(pirq_closed, 42);
	domain_end(d);
}
END_TEST

UNIT_MAIN("evtchn", interdomain_life, refusals_by_state, table_bounds, no_memory_for_ports,
	  two_level_masks, pollers_are_woken, fifo_order, fifo_mask_and_priority,
	  fifo_move_between_queues, fifo_events_before_their_pages, fifo_refusals,
	  fifo_reset_gives_pages_back, fifo_linked_port_is_not_reused, fifo_hostile_memory,
	  word_link, pirq_is_let_go)
