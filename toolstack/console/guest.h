/* SPDX-License-Identifier: MIT */
/*
 * One guest's console in the daemon: its mapped ring, its event channel, its
 * scrollback, its log and its viewers.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>
#include <xenevtchn.h>
#include <xengnttab.h>

#include "client/xs.h"
#include "console/logfile.h"
#include "console/ring.h"
#include "console/viewer.h"
#include "hv/hv.h"

/* Input from viewers that waits for room in the ring. */
#define CONSOLE_INPUT_BYTES 4096

struct console {
	struct console *next;
	struct consoles *all;
	uint32_t domid;
	uint8_t uuid[16];
	struct ring ring;
	bool by_grant; /* how the ring was mapped */
	evtchn_port_t port;
	bool broken; /* the guest's indices were impossible; it is left alone */
	uv_timer_t pace;
	bool pacing; /* the guest has used up its turn and waits for the next */
	size_t input_len;
	char input[CONSOLE_INPUT_BYTES];
	struct logfile log;
	struct viewer_source source;
};

/* What all consoles share. */
struct consoles {
	struct viewer_hub hub;
	struct hv *hv;
	struct xsc *xs;
	xenevtchn_handle *evtchn;
	xengnttab_handle *gnttab;
	struct console *first;
};

/*
 * console_add - take over a guest's console.
 * Finds ring and port in the store.  Returns NULL if the guest has none (yet).
 */
struct console *console_add(struct consoles *all, uint32_t domid, const uint8_t uuid[16]);

/* console_find - the console of a domain, or NULL. */
struct console *console_find(struct consoles *all, uint32_t domid);

/*
 * console_remove - let go of a guest: last output is taken, ring and port are
 * given back, viewers are sent what there is and closed.
 */
void console_remove(struct console *c);

/* console_event - the guest's port fired. */
void console_event(struct consoles *all, evtchn_port_t port);

/* console_source - the hub's way to find a console; @hub is that of consoles. */
struct viewer_source *console_source(struct viewer_hub *hub, uint32_t domid);
