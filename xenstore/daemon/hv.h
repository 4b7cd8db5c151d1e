/* SPDX-License-Identifier: MIT */
/*
 * What the daemon asks of the hypervisor: shared pages, event channels, and
 * which domains are alive.  A table of functions, so that tests can stand in
 * for a hypervisor.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* The state of a domain, as bits; 0 if there is no such domain. */
#define HV_DOMAIN_EXISTS   1
#define HV_DOMAIN_SHUTDOWN 2
#define HV_DOMAIN_DYING	   4

/* A mapped page of another domain. */
struct hv_page {
	void *addr;
	/* How it is mapped, for whoever unmaps it. */
	int kind;
};

struct hv {
	/*
	 * Maps a guest's ring, by its reserved grant or else by frame number.
	 * 0 or a negative errno.
	 */
	int (*map_ring)(uint16_t domid, uint64_t mfn, struct hv_page *page);
	/* Maps the ring of the domain that the daemon runs in. */
	int (*map_own_ring)(struct hv_page *page, uint32_t *port);
	void (*unmap)(struct hv_page *page);
	/* Binds a domain's port; the local port or a negative errno. */
	int (*bind)(uint16_t domid, uint32_t remote_port);
	void (*unbind)(uint32_t port);
	void (*notify)(uint32_t port);
	/* HV_DOMAIN_* bits, or a negative errno. */
	int (*domain_state)(uint16_t domid);
};

/*
 * Opens event channels, grants and hypercalls of the host.  Returns NULL, after
 * a line in the log that says what is missing, if this is not a control
 * domain.
 */
const struct hv *hv_xen_open(void);

/* The descriptor that is readable while an event is pending. */
int hv_xen_event_fd(void);

/*
 * The next pending port, unmasked again, or -EAGAIN.  *deaths tells that it is
 * the one by which the hypervisor tells of dying domains.
 */
int hv_xen_next_event(bool *deaths);
