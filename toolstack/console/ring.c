/* SPDX-License-Identifier: MIT */
/*
 * The console ring between a guest and us.
 */
#include "console/ring.h"

#include <errno.h>

static uint32_t load(const XENCONS_RING_IDX *p)
{
	return __atomic_load_n(p, __ATOMIC_ACQUIRE);
}

static void store(XENCONS_RING_IDX *p, uint32_t v)
{
	__atomic_store_n(p, v, __ATOMIC_RELEASE);
}

void ring_init(struct ring *r, struct xencons_interface *shared)
{
	r->shared = shared;
	r->out_cons = load(&shared->out_cons);
	r->in_prod = load(&shared->in_prod);
}

int ring_read(struct ring *r, char *buf, size_t size)
{
	uint32_t ready = load(&r->shared->out_prod) - r->out_cons;
	size_t n;

	if (ready > sizeof(r->shared->out))
		return -EPROTO;
	n = ready < size ? ready : size;
	for (size_t i = 0; i < n; i++) {
		size_t at = (r->out_cons + i) & (sizeof(r->shared->out) - 1);

		buf[i] = *(volatile char *)&r->shared->out[at];
	}
	r->out_cons += (uint32_t)n;
	if (n)
		store(&r->shared->out_cons, r->out_cons);
	return (int)n;
}

int ring_write(struct ring *r, const char *buf, size_t size)
{
	uint32_t waiting = r->in_prod - load(&r->shared->in_cons);
	size_t room, n;

	if (waiting > sizeof(r->shared->in))
		return -EPROTO;
	room = sizeof(r->shared->in) - waiting;
	n = room < size ? room : size;
	for (size_t i = 0; i < n; i++) {
		size_t at = (r->in_prod + i) & (sizeof(r->shared->in) - 1);

		*(volatile char *)&r->shared->in[at] = buf[i];
	}
	r->in_prod += (uint32_t)n;
	if (n)
		store(&r->shared->in_prod, r->in_prod);
	return (int)n;
}
