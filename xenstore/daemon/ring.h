/* SPDX-License-Identifier: MIT */
/*
 * The byte rings of a shared page, against a hostile peer.
 *
 * The other side can write any byte of the page at any time.  Each index is
 * read once, the distance between the two is checked, and only then used; a
 * wrong one can make the daemon read or write garbage inside the rings, which
 * is the peer's own, and nothing else.
 *
 * Order: a producer's data is visible before its index (release), a consumer
 * reads data after the index (acquire), and is done reading before it moves
 * its own index.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <xen/io/xs_wire.h>

/*
 * Both directions are in two steps, so that what is moved can be recorded
 * between them.
 *
 * Copies at most @max request bytes that wait.  Returns how many, or -EIO if the
 * indices contradict each other; *cons is what to ring_consume() them with.
 */
long ring_peek(const struct xenstore_domain_interface *page, void *out, size_t max, uint32_t *cons);

/* Gives the room of requests back to the peer. */
void ring_consume(struct xenstore_domain_interface *page, uint32_t cons);

/* Where the next response byte goes. */
uint32_t ring_producer(const struct xenstore_domain_interface *page);

/*
 * Copies at most @len response bytes behind *prod, and moves that on.  Returns
 * how many fitted, or -EIO if the indices contradict each other.
 */
long ring_put(struct xenstore_domain_interface *page, uint32_t *prod, const void *data, size_t len);

/* Shows responses to the peer. */
void ring_publish(struct xenstore_domain_interface *page, uint32_t prod);

/* How many request bytes wait; 0 also if the indices are wrong. */
size_t ring_pending(const struct xenstore_domain_interface *page);

/* Our own two indices: how far requests were taken and responses put. */
void ring_indices(const struct xenstore_domain_interface *page, uint32_t *req_cons,
		  uint32_t *rsp_prod);
void ring_set_indices(struct xenstore_domain_interface *page, uint32_t req_cons, uint32_t rsp_prod);

/* True if no daemon has ever moved a byte of these rings. */
bool ring_is_new(const struct xenstore_domain_interface *page);

/* Tells the peer what this daemon can do (feature bits). */
void ring_announce(struct xenstore_domain_interface *page, uint32_t features);

/* True if the peer asked for a fresh start. */
bool ring_wants_reset(const struct xenstore_domain_interface *page);

/* Empties both rings and tells the peer that it is connected again. */
void ring_reset(struct xenstore_domain_interface *page);

/* Leaves the reason of a failure (XENSTORE_ERROR_*) for the peer to see. */
void ring_set_error(struct xenstore_domain_interface *page, uint32_t error);
