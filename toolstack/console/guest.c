/* SPDX-License-Identifier: MIT */
/*
 * One guest's console in the daemon.
 *
 * A guest that writes without end gets its turn and then waits for the next,
 * so that it cannot keep the daemon from the others: so many bytes in so many
 * milliseconds.  While it waits its channel stays masked and its ring full.
 */
#include "console/guest.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "domain/host.h"
#include "hv/memory.h"
#include "store/nodes.h"

#define TURN_BYTES (256U << 10)
#define TURN_MS	   100

/* The grant that the domain builder leaves for us. */
#define GRANT_CONSOLE 0

#define LOG_KIB_DEFAULT 1024

#define container_of(ptr, type, member) ((type *)(void *)((char *)(ptr)-offsetof(type, member)))

struct console *console_find(struct consoles *all, uint32_t domid)
{
	for (struct console *c = all->first; c; c = c->next)
		if (c->domid == domid)
			return c;
	return NULL;
}

/* A number below the guest's home; only nodes that the guest cannot write. */
static int read_number(struct xsc *xs, uint32_t domid, const char *node, uint64_t *out)
{
	char path[NODES_PATH_MAX], *text, *end;
	int rc;

	snprintf(path, sizeof(path), "/local/domain/%u/%s", domid, node);
	rc = xsc_read(xs, XSC_NO_TX, path, &text, NULL);
	if (rc)
		return rc;
	*out = strtoull(text, &end, 10);
	rc = end == text || *end ? -EINVAL : 0;
	free(text);
	return rc;
}

static void *map_ring(struct console *c, uint64_t frame)
{
	struct consoles *all = c->all;
	void *ring = NULL;

	if (all->gnttab)
		ring = xengnttab_map_grant_ref(all->gnttab, c->domid, GRANT_CONSOLE,
					       PROT_READ | PROT_WRITE);
	c->by_grant = ring != NULL;
	return ring ? ring : memory_map(all->hv, c->domid, &frame, 1);
}

static void unmap_ring(struct console *c)
{
	if (!c->ring.shared)
		return;
	if (c->by_grant)
		xengnttab_unmap(c->all->gnttab, c->ring.shared, 1);
	else
		memory_unmap(c->all->hv, c->ring.shared, 1);
	c->ring.shared = NULL;
}

static void notify(struct console *c)
{
	xenevtchn_notify(c->all->evtchn, c->port);
}

/* Moves typed bytes into the ring as far as there is room. */
static void push_input(struct console *c)
{
	int n;

	if (c->broken || c->input_len == 0)
		return;
	n = ring_write(&c->ring, c->input, c->input_len);
	if (n < 0) {
		c->broken = true;
		return;
	}
	if (n == 0)
		return;
	memmove(c->input, c->input + n, c->input_len - (size_t)n);
	c->input_len -= (size_t)n;
	notify(c);
}

/* Takes output up to the end of the guest's turn; true if there may be more. */
static bool pull_output(struct console *c)
{
	char buf[sizeof(c->ring.shared->out)];
	size_t taken = 0;

	while (!c->broken && taken < TURN_BYTES) {
		int n = ring_read(&c->ring, buf, sizeof(buf));

		if (n < 0) {
			fprintf(stderr, "guest %u: its console ring is broken, ignored\n", c->domid);
			c->broken = true;
		}
		if (n <= 0)
			break;
		notify(c);
		taken += (size_t)n;
		scrollback_add(&c->source.scrollback, buf, (size_t)n);
		logfile_write(&c->log, buf, (size_t)n);
	}
	if (taken)
		viewer_feed_all(&c->source);
	return taken >= TURN_BYTES;
}

static void on_turn(uv_timer_t *t);

static void serve(struct console *c)
{
	push_input(c);
	if (pull_output(c)) {
		c->pacing = true;
		uv_timer_start(&c->pace, on_turn, TURN_MS, 0);
		return;
	}
	xenevtchn_unmask(c->all->evtchn, c->port);
}

static void on_turn(uv_timer_t *t)
{
	struct console *c = t->data;

	c->pacing = false;
	serve(c);
}

void console_event(struct consoles *all, evtchn_port_t port)
{
	for (struct console *c = all->first; c; c = c->next) {
		if (c->port != port || c->broken)
			continue;
		if (!c->pacing)
			serve(c);
		return;
	}
	/* Of nobody, or of a broken guest: stays masked. */
}

/* Bytes that a viewer typed; what does not fit is dropped. */
static void take_input(struct viewer_source *source, const char *buf, size_t len)
{
	struct console *c = container_of(source, struct console, source);
	size_t room = CONSOLE_INPUT_BYTES - c->input_len;

	if (len > room)
		len = room;
	memcpy(c->input + c->input_len, buf, len);
	c->input_len += len;
	push_input(c);
}

struct viewer_source *console_source(struct viewer_hub *hub, uint32_t domid)
{
	struct console *c = console_find(container_of(hub, struct consoles, hub), domid);

	return c ? &c->source : NULL;
}

static void on_timer_closed(uv_handle_t *handle)
{
	free(handle->data);
}

struct console *console_add(struct consoles *all, uint32_t domid, const uint8_t uuid[16])
{
	uint64_t frame, port, log_kib;
	char name[NODES_NAME_MAX];
	struct console *c;
	int local;

	if (read_number(all->xs, domid, "console/ring-ref", &frame) ||
	    read_number(all->xs, domid, "console/port", &port))
		return NULL;
	if (read_number(all->xs, domid, "console/log-kib", &log_kib) || log_kib > (1U << 20))
		log_kib = LOG_KIB_DEFAULT;
	nodes_name(all->xs, domid, name);

	c = calloc(1, sizeof(*c));
	if (!c)
		return NULL;
	c->all = all;
	c->source.input = take_input;
	c->domid = domid;
	memcpy(c->uuid, uuid, sizeof(c->uuid));
	local = xenevtchn_bind_interdomain(all->evtchn, domid, (evtchn_port_t)port);
	if (local < 0)
		goto fail;
	c->port = (evtchn_port_t)local;
	c->ring.shared = map_ring(c, frame);
	if (!c->ring.shared) {
		xenevtchn_unbind(all->evtchn, c->port);
		goto fail;
	}
	ring_init(&c->ring, c->ring.shared);
	logfile_open(&c->log, HOST_CONSOLE_LOG, name, (size_t)log_kib << 10);
	uv_timer_init(all->hub.loop, &c->pace);
	c->pace.data = c;
	c->next = all->first;
	all->first = c;
	/* Binding makes the port fire once, which takes what is there already. */
	viewer_offer(&all->hub, domid, &c->source);
	return c;

fail:
	fprintf(stderr, "guest %u (%s): no console: %s\n", domid, name, strerror(errno));
	free(c);
	return NULL;
}

void console_remove(struct console *c)
{
	struct console **at = &c->all->first;

	if (!c->broken)
		pull_output(c);
	while (*at && *at != c)
		at = &(*at)->next;
	if (*at)
		*at = c->next;
	viewer_end_all(&c->source);
	unmap_ring(c);
	xenevtchn_unbind(c->all->evtchn, c->port);
	logfile_close(&c->log);
	uv_close((uv_handle_t *)&c->pace, on_timer_closed);
}
