/* SPDX-License-Identifier: MIT */
/*
 * Accounts and quotas.
 */
#include "store/account.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[QUOTA_COUNT] = {
	[QUOTA_NODES] = "nodes",
	[QUOTA_WATCHES] = "watches",
	[QUOTA_TRANSACTIONS] = "transactions",
	[QUOTA_OUTSTANDING] = "outstanding",
	[QUOTA_TRANSACTION_NODES] = "transaction-nodes",
	[QUOTA_NODE_SIZE] = "node-size",
	[QUOTA_PERMISSIONS] = "node-permissions",
	[QUOTA_MEMORY] = "memory",
};

/* The defaults of Xen 4.17's xenstored; memory is its hard limit, 2.5 MiB. */
static uint32_t limits[QUOTA_COUNT] = {
	[QUOTA_NODES] = 1000,
	[QUOTA_WATCHES] = 128,
	[QUOTA_TRANSACTIONS] = 10,
	[QUOTA_OUTSTANDING] = 20,
	[QUOTA_TRANSACTION_NODES] = 1024,
	[QUOTA_NODE_SIZE] = 2048,
	[QUOTA_PERMISSIONS] = 5,
	[QUOTA_MEMORY] = 2560 * 1024,
};

/* Untouched pages of this table cost nothing. */
static struct account accounts[UINT16_MAX + 1];

static bool unlimited;

static void (*on_refusal)(uint16_t domid, enum account_quota quota);

const char *account_quota_name(enum account_quota quota)
{
	return names[quota];
}

uint32_t account_limit(enum account_quota quota)
{
	return limits[quota];
}

bool account_set_limit(const char *name, size_t name_len, uint32_t limit)
{
	for (size_t i = 0; i < QUOTA_COUNT; i++) {
		if (strlen(names[i]) == name_len && !memcmp(names[i], name, name_len)) {
			limits[i] = limit;
			return true;
		}
	}
	return false;
}

struct account *account_of(uint16_t domid)
{
	return &accounts[domid];
}

void account_add(uint16_t domid, enum account_quota quota, int32_t delta)
{
	accounts[domid].used[quota] += (uint32_t)delta;
}

bool account_allows(uint16_t domid, enum account_quota quota, uint64_t wanted)
{
	struct account *account = &accounts[domid];
	uint32_t bit = 1u << quota;

	if (unlimited || wanted <= limits[quota]) {
		account->refused &= ~bit;
		return true;
	}
	if (!(account->refused & bit) && on_refusal)
		on_refusal(domid, quota);
	account->refused |= bit;
	return false;
}

void account_enforce(bool enforce)
{
	unlimited = !enforce;
}

void account_on_refusal(void (*refused)(uint16_t domid, enum account_quota quota))
{
	on_refusal = refused;
}

int tally_add(struct tally *tally, uint16_t domid, int32_t nodes)
{
	struct tally_item *grown;
	size_t i, capacity;

	for (i = 0; i < tally->count; i++) {
		if (tally->items[i].domid == domid) {
			tally->items[i].nodes += nodes;
			return 0;
		}
	}
	if (tally->count == tally->capacity) {
		capacity = tally->capacity ? tally->capacity * 2 : 4;
		grown = realloc(tally->items, capacity * sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		tally->items = grown;
		tally->capacity = capacity;
	}
	tally->items[tally->count++] = (struct tally_item){ .domid = domid, .nodes = nodes };
	return 0;
}

int32_t tally_of(const struct tally *tally, uint16_t domid)
{
	for (size_t i = 0; i < tally->count; i++) {
		if (tally->items[i].domid == domid)
			return tally->items[i].nodes;
	}
	return 0;
}

void tally_apply(const struct tally *tally)
{
	for (size_t i = 0; i < tally->count; i++)
		account_add(tally->items[i].domid, QUOTA_NODES, tally->items[i].nodes);
}

void tally_clear(struct tally *tally)
{
	free(tally->items);
	memset(tally, 0, sizeof(*tally));
}
