/* SPDX-License-Identifier: MIT */
/*
 * Accounts and quotas.
 */
#include "store/account.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* From this part of a limit on a warning is given. */
#define WARNING_PERCENT 80

static const char *const names[QUOTA_COUNT] = {
	[QUOTA_NODES] = "nodes",
	[QUOTA_WATCHES] = "watches",
	[QUOTA_TRANSACTIONS] = "transactions",
	[QUOTA_OUTSTANDING] = "outstanding",
	[QUOTA_TRANSACTION_NODES] = "transaction-nodes",
	[QUOTA_NODE_SIZE] = "node-size",
	[QUOTA_PERMISSIONS] = "permissions",
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

/* No domain above this one has used anything or has limits of its own. */
static uint16_t highest;

static bool unlimited;

static void (*on_refusal)(uint16_t domid, enum account_quota quota);
static void (*on_warning)(uint16_t domid, enum account_quota quota);

const char *account_quota_name(enum account_quota quota)
{
	return names[quota];
}

int account_quota_find(const char *name, size_t len)
{
	for (int i = 0; i < QUOTA_COUNT; i++) {
		if (strlen(names[i]) == len && !memcmp(names[i], name, len))
			return i;
	}
	return -EINVAL;
}

uint32_t account_limit(enum account_quota quota)
{
	return limits[quota];
}

bool account_has_own_limit(uint16_t domid, enum account_quota quota)
{
	const struct account_limits *own = accounts[domid].own;

	return own && (own->set & 1u << quota);
}

uint32_t account_limit_of(uint16_t domid, enum account_quota quota)
{
	return account_has_own_limit(domid, quota) ? accounts[domid].own->limits[quota]
						   : limits[quota];
}

/* Warns of a quota that is nearly used up, once. */
static void consider_warning(uint16_t domid, enum account_quota quota)
{
	struct account *account = &accounts[domid];
	uint32_t bit = 1u << quota, limit;

	/* One who waits lacks nothing, and dom0 is refused nothing. */
	if ((account->warned & bit) || !domid || quota == QUOTA_OUTSTANDING)
		return;
	limit = account_limit_of(domid, quota);
	if (!limit || account->used[quota] * (uint64_t)100 < limit * (uint64_t)WARNING_PERCENT)
		return;
	account->warned |= bit;
	if (on_warning && !unlimited)
		on_warning(domid, quota);
}

void account_limit_all(enum account_quota quota, uint32_t limit)
{
	limits[quota] = limit;
	for (size_t i = 0; i <= highest; i++) {
		struct account *account = &accounts[i];

		if (!account->used[quota] || account_has_own_limit((uint16_t)i, quota))
			continue;
		account->warned &= ~(1u << quota);
		consider_warning((uint16_t)i, quota);
	}
}

bool account_set_limit(const char *name, size_t name_len, uint32_t limit)
{
	int quota = account_quota_find(name, name_len);

	if (quota < 0)
		return false;
	account_limit_all((enum account_quota)quota, limit);
	return true;
}

int account_limit_one(uint16_t domid, enum account_quota quota, uint32_t limit)
{
	struct account *account = &accounts[domid];

	if (!account->own)
		account->own = calloc(1, sizeof(*account->own));
	if (!account->own)
		return -ENOMEM;
	if (domid > highest)
		highest = domid;
	account->own->set |= 1u << quota;
	account->own->limits[quota] = limit;
	account->warned &= ~(1u << quota);
	consider_warning(domid, quota);
	return 0;
}

void account_forget(uint16_t domid)
{
	struct account *account = &accounts[domid];

	free(account->own);
	account->own = NULL;
	account->warned = 0;
	memset(account->refusals, 0, sizeof(account->refusals));
	memcpy(account->peak, account->used, sizeof(account->peak));
}

void account_collect_domids(uint8_t bits[(UINT16_MAX + 1) / 8])
{
	for (size_t i = 0; i <= highest; i++) {
		if (accounts[i].own)
			bits[i / 8] |= (uint8_t)(1u << (i % 8));
	}
}

static bool in_use(const struct account *account)
{
	for (int i = 0; i < QUOTA_COUNT; i++) {
		if (account->used[i])
			return true;
	}
	return account->own;
}

int account_each(int (*visit)(uint16_t domid, const struct account *account, void *arg), void *arg)
{
	int rc = 0;

	for (size_t i = 0; i <= highest && !rc; i++) {
		if (in_use(&accounts[i]))
			rc = visit((uint16_t)i, &accounts[i], arg);
	}
	return rc;
}

struct account *account_of(uint16_t domid)
{
	return &accounts[domid];
}

void account_add(uint16_t domid, enum account_quota quota, int64_t delta)
{
	struct account *account = &accounts[domid];

	account->used[quota] += (uint32_t)delta;
	if (delta <= 0)
		return;
	if (domid > highest)
		highest = domid;
	if (account->used[quota] > account->peak[quota])
		account->peak[quota] = account->used[quota];
	consider_warning(domid, quota);
}

bool account_allows(uint16_t domid, enum account_quota quota, uint64_t wanted)
{
	struct account *account = &accounts[domid];
	uint32_t limit = account_limit_of(domid, quota);

	if (unlimited || !limit || wanted <= limit) {
		if (!(QUOTA_TOTALS & 1u << quota) && wanted > account->peak[quota])
			account->peak[quota] = wanted > UINT32_MAX ? UINT32_MAX : (uint32_t)wanted;
		return true;
	}
	account->refusals[quota]++;
	if (on_refusal)
		on_refusal(domid, quota);
	return false;
}

bool account_allows_more(uint16_t domid, enum account_quota quota, uint64_t more)
{
	return account_allows(domid, quota, accounts[domid].used[quota] + more);
}

bool account_enforce(bool enforce)
{
	bool before = !unlimited;

	unlimited = !enforce;
	return before;
}

void account_on_refusal(void (*refused)(uint16_t domid, enum account_quota quota))
{
	on_refusal = refused;
}

void account_on_warning(void (*warned)(uint16_t domid, enum account_quota quota))
{
	on_warning = warned;
}

static struct tally_item *mutable_items(struct tally *tally)
{
	return tally->items ? tally->items : tally->first;
}

/* Makes room for one more. */
static int reserve(struct tally *tally)
{
	size_t capacity = tally->items ? tally->capacity : TALLY_INLINE;
	struct tally_item *grown;

	if (tally->count < capacity)
		return 0;
	grown = realloc(tally->items, capacity * 2 * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	if (!tally->items)
		memcpy(grown, tally->first, sizeof(tally->first));
	tally->items = grown;
	tally->capacity = capacity * 2;
	return 0;
}

int tally_add(struct tally *tally, uint16_t domid, int32_t nodes, int64_t bytes)
{
	struct tally_item *items = mutable_items(tally);

	for (size_t i = 0; i < tally->count; i++) {
		if (items[i].domid == domid) {
			items[i].nodes += nodes;
			items[i].bytes += bytes;
			return 0;
		}
	}
	if (reserve(tally))
		return -ENOMEM;
	mutable_items(tally)[tally->count++] = (struct tally_item){ domid, nodes, bytes };
	return 0;
}

int tally_add_all(struct tally *tally, const struct tally *other)
{
	const struct tally_item *items = tally_items(other);
	int rc = 0;

	for (size_t i = 0; i < other->count && !rc; i++)
		rc = tally_add(tally, items[i].domid, items[i].nodes, items[i].bytes);
	return rc;
}

int32_t tally_of(const struct tally *tally, uint16_t domid)
{
	const struct tally_item *items = tally_items(tally);

	for (size_t i = 0; i < tally->count; i++) {
		if (items[i].domid == domid)
			return items[i].nodes;
	}
	return 0;
}

void tally_apply(const struct tally *tally)
{
	const struct tally_item *items = tally_items(tally);

	for (size_t i = 0; i < tally->count; i++) {
		if (items[i].nodes)
			account_add(items[i].domid, QUOTA_NODES, items[i].nodes);
		if (items[i].bytes)
			account_add(items[i].domid, QUOTA_MEMORY, items[i].bytes);
	}
}

void tally_clear(struct tally *tally)
{
	free(tally->items);
	memset(tally, 0, sizeof(*tally));
}
