/* SPDX-License-Identifier: MIT */
/*
 * Advisories on transactions, quotas and trees: what failed leaves nothing.
 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "daemon/domains.h"
#include "allocated.h"
#include "machine.h"
#include "protocol/path.h"
#include "tap.h"

#define NODES 20

static uint32_t nodes_of(uint16_t domid)
{
	return account_of(domid)->used[QUOTA_NODES];
}

static int end_txn(uint16_t domid, uint32_t txn, const char *how)
{
	return call(domid, XS_TRANSACTION_END, txn, how, 2);
}

/* Makes @count nodes; how many of them were allowed. */
static int make_nodes(uint32_t txn, const char *name, int count)
{
	char payload[64];
	int made = 0;

	for (int i = 0; i < count; i++) {
		int len = snprintf(payload, sizeof(payload), "%s-%d%cx", name, i, 0);

		made += call(1, XS_WRITE, txn, payload, (size_t)len) == XS_WRITE;
	}
	return made;
}

static void small_quota(void)
{
	ck_assert(account_set_limit("nodes", 5, NODES));
}

/* Proves: XSA-206 */
START_TEST(xsa_206_writers_elsewhere_disturb_nobody)
{
	char payload[64];
	uint32_t txn;

	WRITE(1, 0, "counted\0x");
	for (int round = 0; round < 50; round++) {
		txn = begin_txn(1);
		ck_assert_int_eq(CALL(1, XS_READ, txn, "counted"), XS_READ);
		for (int i = 0; i < 20; i++) {
			int len = snprintf(payload, sizeof(payload), "node-%d%cx", i, 0);

			ck_assert_int_eq(call(2, XS_WRITE, 0, payload, (size_t)len), XS_WRITE);
		}
		ck_assert_int_eq(WRITE(1, txn, "counted\0y"), XS_WRITE);
		ck_assert_int_eq(WRITE(1, txn, "new/node\0y"), XS_WRITE);
		ck_assert_int_eq(end_txn(1, txn, "T"), XS_TRANSACTION_END);
		ck_assert_int_eq(CALL(1, XS_RM, 0, "new"), XS_RM);
	}
}
END_TEST

/* Proves: XSA-272 */
START_TEST(xsa_272_no_way_around_the_quota_of_nodes)
{
	uint32_t first, second;

	small_quota();
	ck_assert_int_eq(make_nodes(0, "plain", 15), 15);
	/* One node for each part of a path. */
	ck_assert_int_eq(WRITE(1, 0, "a/b/c/d/e/f/g\0x"), XS_ERROR);
	ck_assert_int_eq(CALL(1, XS_MKDIR, 0, "a/b/c/d/e/f/g"), XS_ERROR);
	/* Two transactions, each within the quota. */
	first = begin_txn(1);
	second = begin_txn(1);
	ck_assert_int_eq(make_nodes(first, "one", 9), 4);
	ck_assert_int_eq(make_nodes(second, "two", 9), 4);
	ck_assert_int_eq(end_txn(1, first, "T"), XS_TRANSACTION_END);
	ck_assert_int_eq(end_txn(1, second, "T"), XS_ERROR);
	ck_assert_uint_le(nodes_of(1), NODES);
	/* Nodes in others' places count for their maker. */
	CALL(2, XS_SET_PERMS, 0, "/local/domain/2\0b2");
	ck_assert_int_eq(WRITE(1, 0, "/local/domain/2/x\0x"), XS_ERROR);
	ck_assert_int_gt(store_check(&store), 0);
}
END_TEST

/* Proves: XSA-330 */
START_TEST(xsa_330_reset_watches_leaves_nothing)
{
	size_t before = 0, after;

	for (int round = 0; round < 100; round++) {
		for (int i = 0; i < 50; i++) {
			char payload[64];
			int len = snprintf(payload, sizeof(payload), "w%d%ct", i, 0) + 1;

			ck_assert_int_eq(call(1, XS_WATCH, 0, payload, (size_t)len), XS_WATCH);
			get_message(1);
		}
		ck_assert_int_eq(CALL(1, XS_RESET_WATCHES, 0, ""), XS_RESET_WATCHES);
		ck_assert_uint_eq(account_of(1)->used[QUOTA_WATCHES], 0);
		after = __sanitizer_get_current_allocated_bytes();
		/* The table's own size is known after the first time. */
		if (!round)
			before = after;
		ck_assert_uint_eq(after, before);
	}
	store_write(&store, NULL, &root, "/local/domain/1/w1", "x", 1);
	settle();
	ck_assert_int_eq(get_message(1), -1);
}
END_TEST

/* Proves: XSA-414 */
START_TEST(xsa_414_a_node_that_cannot_be_made_changes_nothing)
{
	static char value[3000] = "p/a/r/t/s/node";
	struct node *before;
	long nodes;

	small_quota();
	ck_assert_int_eq(make_nodes(0, "plain", 15), 15);
	nodes = store_check(&store);
	before = tree_ref(store.root);
	/* Some of its parents would fit. */
	ck_assert_int_eq(WRITE(1, 0, "p/a/r/t/s/node\0x"), XS_ERROR);
	/* A value over the quota, of a node that is there and one that is not. */
	for (int i = 0; i < 2; i++) {
		struct xsd_sockmsg hdr = { .type = XS_WRITE, .len = sizeof(value) };

		put_bytes(1, &hdr, sizeof(hdr));
		for (size_t at = 0; at < sizeof(value); at += 500) {
			put_bytes(1, value + at, 500);
			domains_event(1001);
			settle();
		}
		ck_assert_int_eq(get_message(1), XS_ERROR);
		memcpy(value, "plain-1\0", 8);
	}
	/* Not even a copy of what was there. */
	ck_assert_ptr_eq(store.root, before);
	tree_put(before);
	ck_assert_int_eq(store_check(&store), nodes);
}
END_TEST

/* Proves: XSA-415 */
START_TEST(xsa_415_no_node_without_a_parent)
{
	uint32_t txn;

	WRITE(1, 0, "parent/child\0x");
	/* The parent goes while a transaction makes nodes below it. */
	txn = begin_txn(1);
	ck_assert_int_eq(WRITE(1, txn, "parent/child/new\0x"), XS_WRITE);
	ck_assert_int_eq(CALL(1, XS_RM, 0, "parent"), XS_RM);
	ck_assert_int_eq(end_txn(1, txn, "T"), XS_ERROR);
	ck_assert_str_eq(answer, "EAGAIN");
	ck_assert_uint_eq(nodes_of(1), 1);
	ck_assert_int_gt(store_check(&store), 0);
	/* And goes within one, with what was made below it. */
	txn = begin_txn(1);
	ck_assert_int_eq(WRITE(1, txn, "parent/child/new\0x"), XS_WRITE);
	ck_assert_int_eq(CALL(1, XS_RM, txn, "parent"), XS_RM);
	ck_assert_int_eq(end_txn(1, txn, "T"), XS_TRANSACTION_END);
	ck_assert_uint_eq(nodes_of(1), 1);
	ck_assert_ptr_null(tree_find(store.root, "/local/domain/1/parent"));
	ck_assert_int_gt(store_check(&store), 0);
}
END_TEST

/* As deep as a path can be, and a bush at each tenth level. */
static void *remove_deep_tree(void *arg)
{
	static char path[PATH_BUF] = "/local/domain/1";
	size_t len = strlen(path);
	char bush[PATH_BUF];

	for (int depth = 0; len + 2 <= XENSTORE_REL_PATH_MAX; depth++) {
		memcpy(path + len, "/d", 3);
		len += 2;
		for (int i = 0; !(depth % 10) && len + 6 <= XENSTORE_REL_PATH_MAX && i < 50; i++) {
			snprintf(bush, sizeof(bush), "%.*s/%d", (int)len, path, i);
			ck_assert_int_eq(store_mkdir(&store, NULL, &root, bush), 0);
		}
	}
	ck_assert_int_eq(store_mkdir(&store, NULL, &root, path), 0);
	ck_assert_int_eq(store_rm(&store, NULL, &root, "/local/domain/1/d"), 0);
	return arg;
}

/* Proves: XSA-418 */
START_TEST(xsa_418_the_stack_suffices_for_the_deepest_tree)
{
	pthread_attr_t attr;
	pthread_t thread;

	ck_assert_int_eq(CALL(1, XS_WATCH, 0, "d\0t"), XS_WATCH);
	pthread_attr_init(&attr);
	/* A sixteenth of what a process has, and frames are larger here. */
	pthread_attr_setstacksize(&attr, 512 * 1024);
	ck_assert_int_eq(pthread_create(&thread, &attr, remove_deep_tree, NULL), 0);
	pthread_join(thread, NULL);
	pthread_attr_destroy(&attr);
	ck_assert_ptr_null(tree_find(store.root, "/local/domain/1/d"));
	ck_assert_int_gt(store_check(&store), 0);
}
END_TEST

/* Proves: XSA-421 */
START_TEST(xsa_421_commits_keep_to_the_quota)
{
	uint32_t txn;

	small_quota();
	for (int round = 0; round < 30; round++) {
		txn = begin_txn(1);
		ck_assert_int_eq(make_nodes(txn, "inside", 15), 15);
		/* Used up by others' hands, or the guest's own, meanwhile. */
		ck_assert_int_eq(make_nodes(0, "outside", 15), 15);
		ck_assert_int_eq(end_txn(1, txn, "T"), XS_ERROR);
		ck_assert_uint_eq(nodes_of(1), 16);
		ck_assert_ptr_null(tree_find(store.root, "/local/domain/1/inside-0"));
		ck_assert_uint_eq(account_of(1)->used[QUOTA_TRANSACTIONS], 0);
		for (int i = 0; i < 15; i++) {
			char path[32];
			int len = snprintf(path, sizeof(path), "outside-%d", i) + 1;

			ck_assert_int_eq(call(1, XS_RM, 0, path, (size_t)len), XS_RM);
		}
	}
	ck_assert_int_gt(store_check(&store), 0);
}
END_TEST

/* Proves: XSA-484 */
START_TEST(xsa_484_reset_watches_within_a_transaction)
{
	uint32_t txn;

	for (int i = 0; i < 20; i++) {
		txn = begin_txn(1);
		begin_txn(1);
		ck_assert_int_eq(WRITE(1, txn, "a\0x"), XS_WRITE);
		ck_assert_int_eq(CALL(1, XS_RESET_WATCHES, txn, ""), XS_RESET_WATCHES);
		ck_assert_uint_eq(account_of(1)->used[QUOTA_TRANSACTIONS], 0);
		REFUSED(1, XS_TRANSACTION_END, txn, "T", "ENOENT");
		REFUSED(1, XS_READ, 0, "a", "ENOENT");
	}
}
END_TEST

int main(void)
{
	TCase *tcase = tcase_create("advisory_txn");

	tcase_add_checked_fixture(tcase, machine_setup, machine_end);
	tcase_set_timeout(tcase, 120);
	TAP_ADD(tcase, xsa_206_writers_elsewhere_disturb_nobody);
	TAP_ADD(tcase, xsa_272_no_way_around_the_quota_of_nodes);
	TAP_ADD(tcase, xsa_330_reset_watches_leaves_nothing);
	TAP_ADD(tcase, xsa_414_a_node_that_cannot_be_made_changes_nothing);
	TAP_ADD(tcase, xsa_415_no_node_without_a_parent);
	TAP_ADD(tcase, xsa_418_the_stack_suffices_for_the_deepest_tree);
	TAP_ADD(tcase, xsa_421_commits_keep_to_the_quota);
	TAP_ADD(tcase, xsa_484_reset_watches_within_a_transaction);
	return tap_run_case("advisory_txn", tcase);
}
