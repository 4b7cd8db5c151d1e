/* SPDX-License-Identifier: MIT */
/*
 * A domain's connection over a shared page.
 *
 * A guest whose ring is broken stays connected in name only: its page is left
 * alone from then on, the reason is left in it, and the domain lives.  Asking
 * for a reset, or INTRODUCE, revives the connection.
 */
#include "daemon/guest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/dlog.h"
#include "daemon/features.h"
#include "daemon/record.h"
#include "daemon/ring.h"

/* Bytes that one guest may have handled before the others get their turn. */
#define TURN_BYTES 4096

static struct guest *pending_list, **pending_tail = &pending_list;
static unsigned int pending_count;

static struct guest *guest_of(struct conn *conn)
{
	/* The connection is the first member. */
	return (struct guest *)conn;
}

static struct xenstore_domain_interface *ring_of(const struct guest *guest)
{
	return guest->page.addr;
}

static void announce(struct guest *guest)
{
	ring_announce(ring_of(guest), features_of(guest->conn.id.domid));
}

static void set_pending(struct guest *guest)
{
	if (guest->pending)
		return;
	guest->pending = true;
	guest->next_pending = NULL;
	*pending_tail = guest;
	pending_tail = &guest->next_pending;
	pending_count++;
}

static void clear_pending(struct guest *guest)
{
	struct guest **at = &pending_list;

	if (!guest->pending)
		return;
	while (*at != guest)
		at = &(*at)->next_pending;
	*at = guest->next_pending;
	if (!*at)
		pending_tail = at;
	guest->pending = false;
	pending_count--;
}

static void broken_ring(struct guest *guest)
{
	dlog("domain %u: its ring indices are invalid; its ring is ignored from now on",
	     guest->conn.id.domid);
	conn_kill(&guest->conn, XENSTORE_ERROR_RINGIDX);
}

/* Moves output to the ring; true if any went. */
static bool send_output(struct guest *guest)
{
	struct conn *conn = &guest->conn;
	bool paused = !conn_wants_input(conn);
	uint32_t prod = ring_producer(ring_of(guest));
	size_t moved = 0;
	struct iovec iov;

	while (!conn->dead && conn_output(conn, &iov, 1)) {
		long n = ring_put(ring_of(guest), &prod, iov.iov_base, iov.iov_len);

		if (n < 0)
			broken_ring(guest);
		if (n <= 0)
			break;
		conn_output_sent(conn, (size_t)n);
		moved += (size_t)n;
	}
	if (moved) {
		guest->used = true;
		/* A successor shows these bytes if we do not come to it. */
		record_sent(conn->number, moved, prod);
		record_commit();
		ring_publish(ring_of(guest), prod);
	}
	/* Requests that came in before a pause wait in the input buffer. */
	if (paused && conn_wants_input(conn))
		set_pending(guest);
	return moved > 0;
}

/* Moves input from the ring; true if any came. */
static bool take_input(struct guest *guest)
{
	struct conn *conn = &guest->conn;
	size_t taken = 0, room;

	/* What was left when its replies were not taken goes first. */
	conn_input(conn, 0);
	while (conn_wants_input(conn) && taken < TURN_BYTES) {
		char *at = conn_input_room(conn, &room);
		uint32_t cons;
		long n = ring_peek(ring_of(guest), at, room, &cons);

		if (n < 0)
			broken_ring(guest);
		if (n <= 0)
			break;
		record_input(conn->number, at, (size_t)n, cons);
		record_commit();
		ring_consume(ring_of(guest), cons);
		guest->used = true;
		taken += (size_t)n;
		conn_input(conn, (size_t)n);
	}
	return taken > 0;
}

static void revive(struct guest *guest)
{
	conn_reset(&guest->conn);
	guest->conn.dead = false;
}

static void honour_reset(struct guest *guest)
{
	if (!(features_of(guest->conn.id.domid) & XENSTORE_SERVER_FEATURE_RECONNECTION) ||
	    !ring_wants_reset(ring_of(guest)))
		return;
	dlog_trace("domain %u: reconnects", guest->conn.id.domid);
	record_fact(RECORD_RESET, 0, guest->conn.number);
	record_commit();
	revive(guest);
	ring_reset(ring_of(guest));
	guest_kick(guest);
}

void guest_service(struct guest *guest)
{
	struct conn *conn = &guest->conn;
	bool moved;

	if (guest->closed)
		return;
	honour_reset(guest);
	if (conn->dead)
		return;
	/* Output first: it makes room for the replies to new requests. */
	moved = send_output(guest);
	moved |= take_input(guest);
	moved |= send_output(guest);
	if (moved)
		guest_kick(guest);
	if (conn_wants_input(conn) && ring_pending(ring_of(guest)))
		set_pending(guest);
}

void guest_service_pending(void)
{
	/* A turn each: who is set pending meanwhile, by himself or another, comes behind. */
	for (unsigned int n = pending_count; n && pending_list; n--) {
		struct guest *guest = pending_list;

		clear_pending(guest);
		guest_service(guest);
	}
}

bool guest_any_pending(void)
{
	return pending_list;
}

static void flush(struct conn *conn)
{
	struct guest *guest = guest_of(conn);

	if (guest->closed)
		return;
	if (send_output(guest))
		guest_kick(guest);
}

/*
 * Called for dead connections.  One whose page is still there stays, mute,
 * until the domain goes or reconnects.
 */
static void free_guest(struct conn *conn)
{
	struct guest *guest = guest_of(conn);

	if (!guest->closed) {
		if (features_of(conn->id.domid) & XENSTORE_SERVER_FEATURE_ERROR)
			ring_set_error(ring_of(guest), conn->error);
		guest_kick(guest);
		return;
	}
	clear_pending(guest);
	conn_fini(conn);
	free(guest);
}

static void resume(struct conn *conn)
{
	struct guest *guest = guest_of(conn);

	if (!guest->closed)
		set_pending(guest);
}

static const struct conn_transport transport = {
	.flush = flush,
	.free = free_guest,
	.resume = resume,
};

int guest_new(const struct hv *hv, struct store *store, uint16_t domid, bool privileged,
	      struct hv_page page, struct guest **out)
{
	struct guest *guest = calloc(1, sizeof(*guest));
	int rc;

	if (!guest)
		return -ENOMEM;
	rc = conn_init(&guest->conn, &transport, store, domid, privileged, WIRE_MAX);
	if (rc) {
		free(guest);
		return rc;
	}
	guest->hv = hv;
	guest->page = page;
	announce(guest);
	*out = guest;
	return 0;
}

bool guest_remap(struct guest *guest, struct hv_page page)
{
	bool successor = guest->used && ring_is_new(page.addr);

	guest->hv->unmap(&guest->page);
	guest->page = page;
	announce(guest);
	if (successor) {
		guest->used = false;
		guest->conn.id.target = ACCESS_NO_TARGET;
		revive(guest);
	}
	return successor;
}

int guest_bind(struct guest *guest, uint32_t remote_port)
{
	int port;

	if (guest->port)
		guest->hv->unbind(guest->port);
	guest->port = 0;
	port = guest->hv->bind(guest->conn.id.domid, remote_port);
	if (port < 0)
		return port;
	guest->port = (uint32_t)port;
	if (guest->conn.dead)
		revive(guest);
	return 0;
}

void guest_kick(struct guest *guest)
{
	if (guest->port)
		guest->hv->notify(guest->port);
}

void guest_indices(const struct guest *guest, uint32_t *req_cons, uint32_t *rsp_prod)
{
	ring_indices(ring_of(guest), req_cons, rsp_prod);
}

void guest_restore(struct guest *guest, uint32_t req_cons, uint32_t rsp_prod)
{
	guest->used = true;
	ring_set_indices(ring_of(guest), req_cons, rsp_prod);
}

void guest_replay_reset(struct guest *guest)
{
	revive(guest);
	ring_set_indices(ring_of(guest), 0, 0);
}

void guest_adopt(struct guest *guest, const struct hv *hv, struct hv_page page)
{
	uint32_t req_cons, rsp_prod;

	guest_indices(guest, &req_cons, &rsp_prod);
	if (guest->port)
		guest->hv->unbind(guest->port);
	guest->port = 0;
	guest->hv->unmap(&guest->page);
	guest->hv = hv;
	guest->page = page;
	if (guest->used)
		ring_set_indices(ring_of(guest), req_cons, rsp_prod);
	announce(guest);
}

void guest_close(struct guest *guest)
{
	if (guest->port)
		guest->hv->unbind(guest->port);
	guest->port = 0;
	guest->hv->unmap(&guest->page);
	guest->closed = true;
	clear_pending(guest);
	/* One that failed earlier is dead already, but must be freed now. */
	guest->conn.dead = false;
	conn_kill(&guest->conn, XENSTORE_ERROR_NONE);
	/* A successor may come before conn_reap(): its quota is free at once. */
	conn_reset(&guest->conn);
}
