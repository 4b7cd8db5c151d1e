/* SPDX-License-Identifier: MIT */
/*
 * The byte rings of a shared page.
 */
#include "daemon/ring.h"

#include <errno.h>
#include <string.h>

#define SIZE XENSTORE_RING_SIZE

static uint32_t load_acquire(const uint32_t *index)
{
	return __atomic_load_n(index, __ATOMIC_ACQUIRE);
}

static void store_release(uint32_t *index, uint32_t value)
{
	__atomic_store_n(index, value, __ATOMIC_RELEASE);
}

/* Copies between a ring and plain memory, in at most two pieces. */
static void copy_out(const char *ring, uint32_t from, char *out, size_t len)
{
	size_t at = MASK_XENSTORE_IDX(from);
	size_t first = len < SIZE - at ? len : SIZE - at;

	memcpy(out, ring + at, first);
	memcpy(out + first, ring, len - first);
}

static void copy_in(char *ring, uint32_t to, const char *data, size_t len)
{
	size_t at = MASK_XENSTORE_IDX(to);
	size_t first = len < SIZE - at ? len : SIZE - at;

	memcpy(ring + at, data, first);
	memcpy(ring, data + first, len - first);
}

long ring_peek(const struct xenstore_domain_interface *page, void *out, size_t max, uint32_t *next)
{
	uint32_t cons = load_acquire(&page->req_cons);
	uint32_t prod = load_acquire(&page->req_prod);
	uint32_t used = prod - cons;
	size_t len;

	if (used > SIZE)
		return -EIO;
	len = used < max ? used : max;
	if (!len)
		return 0;
	copy_out(page->req, cons, out, len);
	*next = cons + (uint32_t)len;
	return (long)len;
}

void ring_consume(struct xenstore_domain_interface *page, uint32_t cons)
{
	store_release(&page->req_cons, cons);
}

uint32_t ring_producer(const struct xenstore_domain_interface *page)
{
	return load_acquire(&page->rsp_prod);
}

long ring_put(struct xenstore_domain_interface *page, uint32_t *prod, const void *data, size_t len)
{
	uint32_t cons = load_acquire(&page->rsp_cons);
	uint32_t used = *prod - cons;

	if (used > SIZE)
		return -EIO;
	if (len > SIZE - used)
		len = SIZE - used;
	if (!len)
		return 0;
	copy_in(page->rsp, *prod, data, len);
	*prod += (uint32_t)len;
	return (long)len;
}

void ring_publish(struct xenstore_domain_interface *page, uint32_t prod)
{
	store_release(&page->rsp_prod, prod);
}

size_t ring_pending(const struct xenstore_domain_interface *page)
{
	uint32_t cons = load_acquire(&page->req_cons);
	uint32_t used = load_acquire(&page->req_prod) - cons;

	return used > SIZE ? 0 : used;
}

void ring_indices(const struct xenstore_domain_interface *page, uint32_t *req_cons, uint32_t *rsp_prod)
{
	*req_cons = load_acquire(&page->req_cons);
	*rsp_prod = load_acquire(&page->rsp_prod);
}

void ring_set_indices(struct xenstore_domain_interface *page, uint32_t req_cons, uint32_t rsp_prod)
{
	store_release(&page->req_cons, req_cons);
	store_release(&page->rsp_prod, rsp_prod);
}

bool ring_is_new(const struct xenstore_domain_interface *page)
{
	return !load_acquire(&page->req_cons) && !load_acquire(&page->rsp_prod);
}

void ring_announce(struct xenstore_domain_interface *page, uint32_t features)
{
	store_release(&page->server_features, features);
}

bool ring_wants_reset(const struct xenstore_domain_interface *page)
{
	return load_acquire(&page->connection) == XENSTORE_RECONNECT;
}

void ring_reset(struct xenstore_domain_interface *page)
{
	store_release(&page->req_cons, 0);
	store_release(&page->req_prod, 0);
	store_release(&page->rsp_cons, 0);
	store_release(&page->rsp_prod, 0);
	store_release(&page->error, XENSTORE_ERROR_NONE);
	/* Last: from here on the peer may use the rings again. */
	store_release(&page->connection, XENSTORE_CONNECTED);
}

void ring_set_error(struct xenstore_domain_interface *page, uint32_t error)
{
	store_release(&page->error, error);
}
