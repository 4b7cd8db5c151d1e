/* SPDX-License-Identifier: MIT */
/*
 * A guest's nodes in the store: what the toolstack writes for it, in the
 * layout that Linux, its drivers and xl expect.
 *
 * Everything below /local/domain/ID belongs to the control domain and may be
 * read by the guest; the few nodes the guest answers on belong to the guest.
 * Nothing the guest can write is believed here.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "client/xs.h"

#define NODES_PATH_MAX 256

/* Longest guest name read back from the store, with its NUL. */
#define NODES_NAME_MAX 128

struct nodes_guest {
	uint32_t domid;
	const char *name;
	const char *uuid; /* in text */
	uint64_t memory_kib;
	uint64_t maxmem_kib;
	uint32_t vcpus;
	uint32_t maxvcpus;
	uint64_t store_frame;
	uint32_t store_port;
	uint64_t console_frame;
	uint32_t console_port;
	uint32_t console_log_kib;
};

/*
 * nodes_write - write all nodes of a new guest in one transaction, over a
 * connection of its own.
 * -EEXIST if another guest has the name; else a negative errno.
 */
int nodes_write(const struct nodes_guest *g);

/*
 * nodes_remove - remove a guest's nodes; missing ones are fine.
 * @uuid: its /vm node goes too unless another domain has taken it over; may be NULL.
 */
int nodes_remove(struct xsc *xs, uint32_t domid, const char *uuid);

/* nodes_name - a guest's name, empty if it has none.  0 or a negative errno. */
int nodes_name(struct xsc *xs, uint32_t domid, char name[NODES_NAME_MAX]);

/* nodes_rename - give a guest another name. */
int nodes_rename(struct xsc *xs, uint32_t domid, const char *uuid, const char *name);

/*
 * nodes_find - the domain that has a name.
 * @tx: a transaction or XSC_NO_TX.  -ENOENT if none has.
 */
int nodes_find(struct xsc *xs, uint32_t tx, const char *name, uint32_t *domid);

/*
 * nodes_ask_shutdown - tell the guest's kernel to end.
 * @how: "poweroff" or "reboot".
 */
int nodes_ask_shutdown(struct xsc *xs, uint32_t domid, const char *how);

/* nodes_ask_sysrq - press a SysRq key in the guest's kernel. */
int nodes_ask_sysrq(struct xsc *xs, uint32_t domid, char key);

/*
 * nodes_memory - what a guest was told about its memory, in KiB.
 * @target: what it is to have; @most: what it may ever be asked to have.
 * -ENOENT if it was told nothing.
 */
int nodes_memory(struct xsc *xs, uint32_t domid, uint64_t *target, uint64_t *most);

/* nodes_set_target - ask the guest's balloon for another size, in KiB. */
int nodes_set_target(struct xsc *xs, uint32_t domid, uint64_t target);

/* nodes_set_vcpus - ask the guest's kernel to run @vcpus of its @most vCPUs. */
int nodes_set_vcpus(struct xsc *xs, uint32_t domid, uint32_t vcpus, uint32_t most);

/*
 * nodes_dom0 - write the control domain's own nodes; done again, changes nothing.
 * @memory_kib, @vcpus: what it has.
 */
int nodes_dom0(struct xsc *xs, uint64_t memory_kib, uint32_t vcpus);
