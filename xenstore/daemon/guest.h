/* SPDX-License-Identifier: MIT */
/*
 * A domain's connection over a shared page and an event channel.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "daemon/conn.h"
#include "daemon/hv.h"

struct guest {
	struct conn conn;
	const struct hv *hv;
	struct hv_page page;
	/* Our end of the event channel; 0 if there is none. */
	uint32_t port;
	/* Bytes were moved through the rings. */
	bool used;
	/* More input waits than one turn may take. */
	bool pending;
	struct guest *next_pending;
	/* The domain is gone, or released: nobody may touch the page. */
	bool closed;
};

/* Makes a connection on a mapped page, which it owns from then on. */
int guest_new(const struct hv *hv, struct store *store, uint16_t domid, bool privileged,
	      struct hv_page page, struct guest **out);

/*
 * Takes another mapping in place of the present one, which is given up.  True
 * if it is the page of another domain, come to the same number before the end
 * of its predecessor was noticed: the connection starts anew then.
 */
bool guest_remap(struct guest *guest, struct hv_page page);

/*
 * Binds the event channel anew, and revives a connection that had failed.  0
 * or a negative errno.
 */
int guest_bind(struct guest *guest, uint32_t remote_port);

/* Sends an event to the domain. */
void guest_kick(struct guest *guest);

/*
 * Moves what can be moved through the rings: after an event, or a turn later
 * for a guest that had more to say than one turn allows.
 */
void guest_service(struct guest *guest);

/* Services the guests that are owed another turn. */
void guest_service_pending(void);

/* True if a guest is owed another turn: the loop must not sleep. */
bool guest_any_pending(void);

/* Where our own indices of the rings stand. */
void guest_indices(const struct guest *guest, uint32_t *req_cons, uint32_t *rsp_prod);

/* Sets them to where an earlier process knew them to stand. */
void guest_restore(struct guest *guest, uint32_t req_cons, uint32_t rsp_prod);

/* Does a recorded reset again, to a page that stands for the true one. */
void guest_replay_reset(struct guest *guest);

/*
 * Takes the true page in place of one that stood for it, with our indices as
 * they are in that.  Its port is to be bound next.
 */
void guest_adopt(struct guest *guest, const struct hv *hv, struct hv_page page);

/* Ends the connection: unmaps and unbinds at once, frees when safe. */
void guest_close(struct guest *guest);
