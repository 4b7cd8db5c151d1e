/* SPDX-License-Identifier: MIT */
/*
 * What each domain uses of the store, and how much it may: quotas.  Only
 * unprivileged domains are refused anything; everyone is counted.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum account_quota {
	/* Nodes that a domain owns. */
	QUOTA_NODES,
	/* Watches that it holds. */
	QUOTA_WATCHES,
	/* Transactions open at once. */
	QUOTA_TRANSACTIONS,
	/* Requests whose replies it has not taken yet. */
	QUOTA_OUTSTANDING,
	/* Different nodes touched in one transaction. */
	QUOTA_TRANSACTION_NODES,
	/* Bytes of a node's value and permissions. */
	QUOTA_NODE_SIZE,
	/* Entries in a permission list. */
	QUOTA_PERMISSIONS,
	/* Bytes of replies and events waiting to be taken. */
	QUOTA_MEMORY,
	QUOTA_COUNT,
};

/* What a domain uses; only the first three are running totals. */
struct account {
	uint32_t used[QUOTA_COUNT];
	/* Quotas that were refused since they were last kept: one log line. */
	uint32_t refused;
};

/* The name of a quota, as the command line has it. */
const char *account_quota_name(enum account_quota quota);

/* The limit in force for all domains; starts at Xen's own defaults. */
uint32_t account_limit(enum account_quota quota);

/* Sets a limit by its name; false if there is no such quota. */
bool account_set_limit(const char *name, size_t name_len, uint32_t limit);

/* The account of a domain. */
struct account *account_of(uint16_t domid);

/* Adds to (or, negative, takes from) what a domain uses. */
void account_add(uint16_t domid, enum account_quota quota, int32_t delta);

/*
 * True if the domain may use @wanted in all.  A refusal is told once, to the
 * function set by account_on_refusal().
 */
bool account_allows(uint16_t domid, enum account_quota quota, uint64_t wanted);

/*
 * Whether limits count.  They do not while it is done again what was allowed
 * once.
 */
void account_enforce(bool enforce);

/* Who hears of refusals; NULL for nobody. */
void account_on_refusal(void (*refused)(uint16_t domid, enum account_quota quota));

/* Changes in owned nodes that are not in force yet. */
struct tally_item {
	uint16_t domid;
	int32_t nodes;
};

struct tally {
	struct tally_item *items;
	size_t count;
	size_t capacity;
};

/* Notes @nodes more (or fewer) for a domain; 0 or -ENOMEM. */
int tally_add(struct tally *tally, uint16_t domid, int32_t nodes);

/* What is noted for a domain. */
int32_t tally_of(const struct tally *tally, uint16_t domid);

/* Puts all into the accounts. */
void tally_apply(const struct tally *tally);

/* Frees the notes. */
void tally_clear(struct tally *tally);
