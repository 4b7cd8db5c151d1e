/* SPDX-License-Identifier: MIT */
/*
 * How guests end: asked to, waited for, or killed.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "domain/find.h"
#include "domain/host.h"

/* Why a domain stopped; the values are SHUTDOWN_* of <xen/sched.h>. */
enum end_reason {
	END_POWEROFF = 0,
	END_REBOOT = 1,
	END_SUSPEND = 2,
	END_CRASH = 3,
	END_WATCHDOG = 4,
	END_SOFT_RESET = 5,
	END_RUNNING = -1, /* has not stopped */
	END_GONE = -2,	  /* is no longer there, or is dying */
};

/* end_reason_of - what a domain's state says. */
enum end_reason end_reason_of(const struct xen_domctl_getdomaininfo *info);

/* end_reason_name - a word for it. */
const char *end_reason_name(enum end_reason r);

/* end_look - the state of a domain now; END_GONE also if another has taken its id. */
enum end_reason end_look(struct host *h, uint32_t domid, const uint8_t uuid[16]);

/*
 * end_wait - wait until a domain has stopped, or is gone.
 * @timeout_ms: negative for ever.  Needs no polling: the store tells.
 * Returns the reason, END_RUNNING when time ran out.
 */
enum end_reason end_wait(struct host *h, uint32_t domid, const uint8_t uuid[16], int timeout_ms);

/* end_wait_gone - the same, but a stopped domain that still exists is not enough. */
enum end_reason end_wait_gone(struct host *h, uint32_t domid, const uint8_t uuid[16], int timeout_ms);

/* end_destroy - kill a domain and remove its nodes. */
int end_destroy(struct host *h, const struct found_guest *g, struct diag *d);
