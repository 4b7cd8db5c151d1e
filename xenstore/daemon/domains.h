/* SPDX-License-Identifier: MIT */
/*
 * The domains that were introduced, from INTRODUCE to their end.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "daemon/guest.h"
#include "daemon/hv.h"
#include "store/store.h"

/* @hv is NULL where there is no hypervisor: no domain can be introduced. */
void domains_init(const struct hv *hv, struct store *store);

/* Connects the domain that the daemon runs in; 0 or a negative errno. */
int domains_introduce_own(void);

/*
 * Connects a domain by its ring's frame and its event channel port; one that
 * is connected gets a new port.  0 or a negative errno.
 */
int domains_introduce(uint16_t domid, uint64_t mfn, uint32_t port);

/* Disconnects a domain; -ENOENT if it is not connected, -EINVAL for dom0. */
int domains_release(uint16_t domid);

/* Forgets that a domain was shut down; -ENOENT if it is not connected. */
int domains_resume(uint16_t domid);

/* Lends a domain another's rights; -ENOENT if either is not connected. */
int domains_set_target(uint16_t domid, uint16_t target);

/*
 * True if a domain can be given rights and limits: it is connected, or the
 * hypervisor has it, or there is no hypervisor to say that it has not.
 */
bool domains_exists(uint16_t domid);

/* True if a domain is connected. */
bool domains_introduced(uint16_t domid);

/* Handles an event on one of our ports. */
void domains_event(uint32_t port);

/*
 * Looks for domains that died or shut down, or that could not be connected
 * again after an earlier process, and acts on it.
 */
void domains_check(void);

/* What is known of a connected domain. */
struct domain_facts {
	uint16_t domid;
	struct guest *guest;
	/* As it was introduced. */
	uint64_t mfn;
	uint32_t remote_port;
	/* Its shutdown was announced. */
	bool shutdown;
};

/* Calls @visit for each connected domain; stops at a non-zero return. */
int domains_each(int (*visit)(const struct domain_facts *facts, void *arg), void *arg);

/*
 * Connects a domain that an earlier process had connected, by @domid, @mfn,
 * @remote_port and @shutdown, and fills in @guest.  Nobody is told.  0 or a
 * negative errno.
 */
int domains_restore(struct domain_facts *facts);

/* The connection of a domain, or NULL. */
struct guest *domains_guest(uint16_t domid);

/*
 * While a journal is done again: what was recorded of a domain.  @successor
 * tells that another domain had come to the same number.
 */
int domains_replay_again(uint16_t domid, uint64_t mfn, uint32_t port, bool successor);
void domains_replay_disconnect(uint16_t domid);
int domains_replay_forget(uint16_t domid);
void domains_replay_end_loans(uint16_t domid);
void domains_replay_shutdown(uint16_t domid, bool shutdown);

/*
 * Connects all domains through @hv from now on.  One that cannot be connected
 * any more is disconnected.  0, or a negative errno if our own cannot.
 */
int domains_adopt(const struct hv *hv);

/* Services every ring: what was sent while nobody listened is found there. */
void domains_service_all(void);

/* Disconnects everyone, at the daemon's end. */
void domains_close_all(void);
