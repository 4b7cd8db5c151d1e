/* SPDX-License-Identifier: MIT */
/*
 * What each domain uses of the store, and how much it may: quotas.  Only
 * unprivileged domains are refused anything; everyone is counted.
 *
 * A limit holds for all domains, or for one that has a limit of its own.  Zero
 * stands for none at all.  Both can be changed at any time; what is in use above
 * a new limit stays, and grows no further.
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
	/* Requests whose replies it has not taken yet; it waits, nothing fails. */
	QUOTA_OUTSTANDING,
	/* Different nodes touched in one transaction. */
	QUOTA_TRANSACTION_NODES,
	/* Bytes of a node's value and permissions. */
	QUOTA_NODE_SIZE,
	/* Entries in a permission list. */
	QUOTA_PERMISSIONS,
	/*
	 * Bytes in all: nodes that it owns, watches, open transactions, replies
	 * and events waiting to be taken.
	 */
	QUOTA_MEMORY,
	QUOTA_COUNT,
};

/* Which quotas are running totals; of the others only the peak is known. */
#define QUOTA_TOTALS                                                          \
	(1u << QUOTA_NODES | 1u << QUOTA_WATCHES | 1u << QUOTA_TRANSACTIONS | \
	 1u << QUOTA_OUTSTANDING | 1u << QUOTA_MEMORY)

/* Limits of one domain. */
struct account_limits {
	/* Which it has of its own, by bits. */
	uint32_t set;
	uint32_t limits[QUOTA_COUNT];
};

/* What a domain uses. */
struct account {
	/* Zero where QUOTA_TOTALS has no bit. */
	uint32_t used[QUOTA_COUNT];
	/* The most that was used at once, or asked for in one request. */
	uint32_t peak[QUOTA_COUNT];
	/* How often something was refused. */
	uint32_t refusals[QUOTA_COUNT];
	/* Quotas that a warning was given for, by bits. */
	uint32_t warned;
	/* NULL: none of its own. */
	struct account_limits *own;
};

/* The name of a quota, as the command line has it. */
const char *account_quota_name(enum account_quota quota);

/* The quota of a name of @len bytes, or -EINVAL. */
int account_quota_find(const char *name, size_t len);

/* The limit of domains without one of their own; starts at Xen's defaults. */
uint32_t account_limit(enum account_quota quota);

/* Sets it, for domains that are and those to come. */
void account_limit_all(enum account_quota quota, uint32_t limit);

/* The same by the quota's name; false if there is no such quota. */
bool account_set_limit(const char *name, size_t name_len, uint32_t limit);

/* The limit in force for one domain. */
uint32_t account_limit_of(uint16_t domid, enum account_quota quota);

/* True if the domain has a limit of its own. */
bool account_has_own_limit(uint16_t domid, enum account_quota quota);

/* Gives it one; 0 or -ENOMEM. */
int account_limit_one(uint16_t domid, enum account_quota quota, uint32_t limit);

/*
 * The domain is no more: its own limits, peaks and refusals go.  What it uses
 * is given back by those who hold it.
 */
void account_forget(uint16_t domid);

/* Sets the bit (LSB first) of every domain with a limit of its own. */
void account_collect_domids(uint8_t bits[(UINT16_MAX + 1) / 8]);

/*
 * Calls @visit for each domain that uses anything or has limits of its own, in
 * the order of their ids; stops at a non-zero return, which is passed on.
 */
int account_each(int (*visit)(uint16_t domid, const struct account *account, void *arg), void *arg);

/* The account of a domain. */
struct account *account_of(uint16_t domid);

/*
 * Adds to (or, negative, takes from) what a domain uses.  Coming to 80 % of a
 * limit is told once, to the function set by account_on_warning().
 */
void account_add(uint16_t domid, enum account_quota quota, int64_t delta);

/*
 * True if the domain may use @wanted in all.  A refusal is counted, and told to
 * the function set by account_on_refusal().
 */
bool account_allows(uint16_t domid, enum account_quota quota, uint64_t wanted);

/* True if a domain that uses what it does may use @more. */
bool account_allows_more(uint16_t domid, enum account_quota quota, uint64_t more);

/*
 * Whether limits count.  They do not while it is done again what was allowed
 * once; nobody is told of anything then.  Returns whether they did before.
 */
bool account_enforce(bool enforce);

/* Who hears of refusals, each of them, and of warnings; NULL for nobody. */
void account_on_refusal(void (*refused)(uint16_t domid, enum account_quota quota));
void account_on_warning(void (*warned)(uint16_t domid, enum account_quota quota));

/* Changes in owned nodes, and their bytes, that are not in force yet. */
struct tally_item {
	uint16_t domid;
	int32_t nodes;
	int64_t bytes;
};

/* Most requests concern one owner or two. */
#define TALLY_INLINE 2

struct tally {
	/* NULL while those in place are enough. */
	struct tally_item *items;
	size_t count;
	size_t capacity;
	struct tally_item first[TALLY_INLINE];
};

/* Notes @nodes and @bytes more (or fewer) for a domain; 0 or -ENOMEM. */
int tally_add(struct tally *tally, uint16_t domid, int32_t nodes, int64_t bytes);

/* Notes all that is noted in another; 0 or -ENOMEM. */
int tally_add_all(struct tally *tally, const struct tally *other);

/* How many nodes are noted for a domain. */
int32_t tally_of(const struct tally *tally, uint16_t domid);

/*
 * What is noted: an array of ->count items, valid until more is added.
 */
static inline const struct tally_item *tally_items(const struct tally *tally)
{
	return tally->items ? tally->items : tally->first;
}

/* Puts all into the accounts. */
void tally_apply(const struct tally *tally);

/* Frees the notes. */
void tally_clear(struct tally *tally);
