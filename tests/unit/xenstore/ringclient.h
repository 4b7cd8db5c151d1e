/* SPDX-License-Identifier: MIT */
/*
 * A guest's end of its ring in the hypervisor of files (fakexen.c): one
 * request at a time, watch events kept aside.
 *
 * It waits for events only, as Linux does: an event that the daemon forgets to
 * send leaves it waiting.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <xen/io/xs_wire.h>

#define RINGCLIENT_EVENTS 64

struct ringclient {
	unsigned int domid;
	struct xenstore_domain_interface *page;
	int events_fd;
	int own_fd;
	uint32_t next_id;
	/* Events that came in, path and token each with its NUL, oldest first. */
	char events[RINGCLIENT_EVENTS][256];
	unsigned int event_count;
	/* The payload of the last answer, with a NUL behind it. */
	char answer[XENSTORE_PAYLOAD_MAX + 1];
	uint32_t answer_len;
};

/* Opens the ring of a domain; ends the program if that fails. */
void ringclient_open(struct ringclient *client, unsigned int domid);

/*
 * Sends a request and waits for its answer: the type of the answer, which is
 * XS_ERROR if it was refused.  Ends the program if anything but that answer
 * and watch events comes in.
 */
uint32_t ringclient_call(struct ringclient *client, uint32_t type, uint32_t txn,
			 const void *payload, size_t len);

/* Only the sending, for several at once; ringclient_answer() takes the answers. */
uint32_t ringclient_send(struct ringclient *client, uint32_t type, uint32_t txn,
			 const void *payload, size_t len);
uint32_t ringclient_answer(struct ringclient *client, uint32_t id);

/* Waits for a watch event and takes it; its path. */
const char *ringclient_event(struct ringclient *client);

/* Takes what is on the ring without waiting; how many events are kept then. */
unsigned int ringclient_poll(struct ringclient *client);
