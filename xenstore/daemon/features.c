/* SPDX-License-Identifier: MIT */
/*
 * Features of the protocol.
 */
#include "daemon/features.h"

#include <errno.h>
#include <stddef.h>
#include <xen/io/xs_wire.h>

#define ALL \
	(XENSTORE_SERVER_FEATURE_RECONNECTION | XENSTORE_SERVER_FEATURE_ERROR | FEATURE_WATCH_DEPTH)

/* What is kept from a domain; untouched pages cost nothing. */
static uint8_t withheld[UINT16_MAX + 1];
/* How many are not zero. */
static size_t count;

uint32_t features_all(void)
{
	return ALL;
}

uint32_t features_of(uint16_t domid)
{
	return ALL & ~(uint32_t)withheld[domid];
}

static void withhold(uint16_t domid, uint8_t features)
{
	count -= withheld[domid] != 0;
	withheld[domid] = features;
	count += features != 0;
}

int features_set(uint16_t domid, uint32_t features)
{
	if (features & ~(uint32_t)ALL)
		return -EINVAL;
	withhold(domid, (uint8_t)(ALL & ~features));
	return 0;
}

void features_forget(uint16_t domid)
{
	withhold(domid, 0);
}

void features_collect_domids(uint8_t bits[(UINT16_MAX + 1) / 8])
{
	if (!count)
		return;
	for (size_t i = 0; i <= UINT16_MAX; i++) {
		if (withheld[i])
			bits[i / 8] |= (uint8_t)(1u << (i % 8));
	}
}
