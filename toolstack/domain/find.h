/* SPDX-License-Identifier: MIT */
/*
 * Guests by name or id, and all of them.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "domain/host.h"
#include "hv/abi.h"
#include "store/nodes.h"

struct found_guest {
	uint32_t domid;
	char name[NODES_NAME_MAX]; /* "(null)" is never used: empty if unknown */
	struct xen_domctl_getdomaininfo info;
};

/*
 * find_all - every domain, by id, with its name.
 * @list: one allocation that the caller frees.  Returns 0 or -1 with @d set.
 */
int find_all(struct host *h, struct found_guest **list, size_t *count, struct diag *d);

/*
 * find_guest - the domain meant by what the user typed, a name or an id.
 * On a miss @d names the likeliest guest.
 */
int find_guest(struct host *h, const char *word, struct found_guest *g, struct diag *d);

/* find_uuid - the guest's handle as text, GUEST_UUID_TEXT bytes. */
void find_uuid(const struct found_guest *g, char *text);
