/* SPDX-License-Identifier: MIT */
/*
 * The machine we manage: its hypervisor and its store.
 */
#pragma once

#include "client/xs.h"
#include "diag/diag.h"
#include "hv/hv.h"

struct host {
	struct hv hv;
	struct xsc *xs; /* NULL where it was not asked for or not there */
};

/* host_open - hypervisor and store, both needed. */
int host_open(struct host *h, struct diag *d);

/* host_open_hv - the hypervisor; the store only if it answers. */
int host_open_hv(struct host *h, struct diag *d);

/* host_close - close what is open; a zeroed struct is fine. */
void host_close(struct host *h);

/* Where things live; one place, so that packagers need not search. */
#define HOST_RUN_DIR	 "/run/lamina"
#define HOST_GUEST_DIR	 HOST_RUN_DIR "/guests"
#define HOST_CONSOLE	 HOST_RUN_DIR "/console.sock"
#define HOST_LOG_DIR	 "/var/log/lamina"
#define HOST_DUMP_DIR	 HOST_LOG_DIR "/dump"
#define HOST_CONSOLE_LOG HOST_LOG_DIR "/console"
#define HOST_CACHE_DIR	 "/var/cache/lamina"
