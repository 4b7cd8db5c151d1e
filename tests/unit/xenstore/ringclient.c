/* SPDX-License-Identifier: MIT */
/*
 * A guest's end of its ring.
 */
#include "ringclient.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fakexen.h"

/* So long without a word from the daemon means that it forgot us; in ms. */
#define PATIENCE 240000

static void fail(const struct ringclient *client, const char *what, const char *detail)
{
	fprintf(stderr, "domain %u: %s: %s\n", client->domid, what, detail);
	exit(1);
}

static int open_file(const char *name, int number)
{
	char path[PATH_MAX];

	if (number < 0)
		snprintf(path, sizeof(path), "%s/%s", getenv("FAKEXEN_DIR"), name);
	else
		snprintf(path, sizeof(path), "%s/%s-%d", getenv("FAKEXEN_DIR"), name, number);
	return open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
}

void ringclient_open(struct ringclient *client, unsigned int domid)
{
	int fd;

	memset(client, 0, sizeof(*client));
	client->domid = domid;
	client->events_fd = open_file("events", -1);
	client->own_fd = open_file("guest", (int)domid);
	fd = open_file("ring", (int)domid);
	client->page = mmap(NULL, FAKEXEN_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (client->page == MAP_FAILED)
		fail(client, "cannot open", "its ring");
	close(fd);
}

static void kick(const struct ringclient *client)
{
	uint32_t port = FAKEXEN_LOCAL(client->domid);

	/* Full: the daemon has enough to wake up for. */
	if (write(client->events_fd, &port, sizeof(port)) < 0)
		return;
}

static void wait_event(const struct ringclient *client)
{
	struct pollfd poll_fd = { .fd = client->own_fd, .events = POLLIN };
	char bytes[256];

	if (poll(&poll_fd, 1, PATIENCE) != 1)
		fail(client, "no event came", "the daemon forgot this domain");
	while (read(client->own_fd, bytes, sizeof(bytes)) > 0)
		;
}

static uint32_t load(const uint32_t *index)
{
	return __atomic_load_n(index, __ATOMIC_ACQUIRE);
}

static void put(struct ringclient *client, const char *data, size_t len)
{
	struct xenstore_domain_interface *page = client->page;

	while (len) {
		uint32_t prod = page->req_prod;
		uint32_t room = XENSTORE_RING_SIZE - (prod - load(&page->req_cons));

		if (room > XENSTORE_RING_SIZE)
			fail(client, "the ring is damaged", "requests");
		if (!room) {
			wait_event(client);
			continue;
		}
		for (; room && len; room--, len--)
			page->req[MASK_XENSTORE_IDX(prod++)] = *data++;
		__atomic_store_n(&page->req_prod, prod, __ATOMIC_RELEASE);
		kick(client);
	}
}

static void get(struct ringclient *client, char *data, size_t len)
{
	struct xenstore_domain_interface *page = client->page;

	while (len) {
		uint32_t cons = page->rsp_cons;
		uint32_t there = load(&page->rsp_prod) - cons;

		if (there > XENSTORE_RING_SIZE)
			fail(client, "the ring is damaged", "responses");
		if (!there) {
			wait_event(client);
			continue;
		}
		for (; there && len; there--, len--)
			*data++ = page->rsp[MASK_XENSTORE_IDX(cons++)];
		__atomic_store_n(&page->rsp_cons, cons, __ATOMIC_RELEASE);
		kick(client);
	}
}

uint32_t ringclient_send(struct ringclient *client, uint32_t type, uint32_t txn,
			 const void *payload, size_t len)
{
	struct xsd_sockmsg hdr = {
		.type = type,
		.req_id = ++client->next_id,
		.tx_id = txn,
		.len = (uint32_t)len,
	};

	put(client, (const char *)&hdr, sizeof(hdr));
	put(client, payload, len);
	return hdr.req_id;
}

/* Takes one message; an event is kept, and its type returned. */
static struct xsd_sockmsg take(struct ringclient *client)
{
	struct xsd_sockmsg hdr;
	char *to = client->answer;
	size_t room = XENSTORE_PAYLOAD_MAX;

	get(client, (char *)&hdr, sizeof(hdr));
	if (hdr.type == XS_WATCH_EVENT) {
		if (client->event_count == RINGCLIENT_EVENTS)
			fail(client, "more events than expected", client->events[0]);
		to = client->events[client->event_count];
		room = sizeof(client->events[0]);
	}
	if (hdr.len > room)
		fail(client, "a message is too long", "response");
	get(client, to, hdr.len);
	if (hdr.type == XS_WATCH_EVENT) {
		client->event_count++;
	} else {
		to[hdr.len] = '\0';
		client->answer_len = hdr.len;
	}
	return hdr;
}

uint32_t ringclient_answer(struct ringclient *client, uint32_t id)
{
	struct xsd_sockmsg hdr;

	do
		hdr = take(client);
	while (hdr.type == XS_WATCH_EVENT);
	if (hdr.req_id != id)
		fail(client, "an answer to something else", client->answer);
	return hdr.type;
}

uint32_t ringclient_call(struct ringclient *client, uint32_t type, uint32_t txn,
			 const void *payload, size_t len)
{
	uint32_t id = ringclient_send(client, type, txn, payload, len);

	return ringclient_answer(client, id);
}

const char *ringclient_event(struct ringclient *client)
{
	static _Thread_local char event[256];
	struct xsd_sockmsg hdr;

	while (!client->event_count) {
		hdr = take(client);
		if (hdr.type != XS_WATCH_EVENT)
			fail(client, "an answer that nobody asked for", client->answer);
	}
	memcpy(event, client->events[0], sizeof(event));
	client->event_count--;
	memmove(client->events[0], client->events[1],
		client->event_count * sizeof(client->events[0]));
	return event;
}

unsigned int ringclient_poll(struct ringclient *client)
{
	while (load(&client->page->rsp_prod) != client->page->rsp_cons) {
		if (take(client).type != XS_WATCH_EVENT)
			fail(client, "an answer that nobody asked for", client->answer);
	}
	return client->event_count;
}
