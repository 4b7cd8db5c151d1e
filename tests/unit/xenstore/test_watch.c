/* SPDX-License-Identifier: MIT */
/*
 * Watches: who hears of what, when, and who does not.
 */
#include "store/store.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tap.h"

static struct store store;
static const struct access_id dom0 = { 0, ACCESS_NO_TARGET, true };
static const struct access_id dom5 = { 5, ACCESS_NO_TARGET, false };

/* What a watcher heard, as "path:token " one after the other. */
struct listener {
	struct watcher watcher;
	char heard[1024];
};

static struct listener root_listener, guest_listener;

static void hear(struct watcher *watcher, const char *path, const char *token)
{
	struct listener *listener = (struct listener *)watcher;
	size_t at = strlen(listener->heard);

	snprintf(listener->heard + at, sizeof(listener->heard) - at, "%s:%s ", path, token);
}

static int watch(struct listener *listener, const char *path)
{
	return watch_add(&store.watches, &listener->watcher, path, 0, "t");
}

static void put(struct txn *txn, const char *path)
{
	ck_assert_int_eq(store_write(&store, txn, &dom0, path, "v", 1), 0);
}

static void expect(struct listener *listener, const char *heard)
{
	ck_assert_str_eq(listener->heard, heard);
	listener->heard[0] = '\0';
}

static void setup(void)
{
	ck_assert_int_eq(store_init(&store), 0);
	root_listener.watcher.id = &dom0;
	root_listener.watcher.event = hear;
	guest_listener.watcher.id = &dom5;
	guest_listener.watcher.event = hear;
}

static void teardown(void)
{
	watch_remove_all(&store.watches, &root_listener.watcher);
	watch_remove_all(&store.watches, &guest_listener.watcher);
	ck_assert_uint_eq(account_of(5)->used[QUOTA_WATCHES], 0);
	store_clear(&store);
}

START_TEST(the_node_and_all_below)
{
	put(NULL, "/a/b");
	watch(&root_listener, "/a");
	put(NULL, "/a");
	put(NULL, "/a/b");
	put(NULL, "/a/x/y");
	put(NULL, "/ab");
	put(NULL, "/c");
	expect(&root_listener, "/a:t /a/b:t /a/x/y:t ");
}
END_TEST

START_TEST(the_root_hears_everything)
{
	watch(&root_listener, "/");
	put(NULL, "/a");
	put(NULL, "/b/c");
	expect(&root_listener, "/a:t /b/c:t ");
}
END_TEST

START_TEST(the_same_value_is_news_too)
{
	put(NULL, "/a");
	watch(&root_listener, "/a");
	put(NULL, "/a");
	expect(&root_listener, "/a:t ");
}
END_TEST

START_TEST(a_removal_tells_those_below)
{
	put(NULL, "/a/b/c");
	watch(&root_listener, "/a/b/c");
	watch(&root_listener, "/a/b/none");
	ck_assert_int_eq(store_rm(&store, NULL, &dom0, "/a"), 0);
	expect(&root_listener, "/a/b/c:t ");
	watch(&root_listener, "/");
	put(NULL, "/x/y");
	store_rm(&store, NULL, &dom0, "/x");
	expect(&root_listener, "/x/y:t /x:t ");
}
END_TEST

START_TEST(nothing_is_heard_of_failures)
{
	watch(&root_listener, "/");
	ck_assert_int_eq(store_write(&store, NULL, &dom5, "/a", "", 0), -EACCES);
	ck_assert_int_eq(store_rm(&store, NULL, &dom0, "/a/b"), -ENOENT);
	expect(&root_listener, "");
}
END_TEST

START_TEST(a_transaction_is_heard_when_it_commits)
{
	struct txn *txn;

	watch(&root_listener, "/a");
	store_txn_start(&store, &dom0, &txn);
	put(txn, "/a/1");
	put(txn, "/a/1");
	put(txn, "/a/gone");
	store_rm(&store, txn, &dom0, "/a/gone");
	expect(&root_listener, "");
	ck_assert_int_eq(store_txn_end(&store, &dom0, txn, true), 0);
	expect(&root_listener, "/a/1:t ");
}
END_TEST

START_TEST(an_abort_or_conflict_is_not_heard)
{
	struct txn *a, *b;

	put(NULL, "/a");
	store_txn_start(&store, &dom0, &a);
	store_txn_start(&store, &dom0, &b);
	put(a, "/a");
	put(b, "/a");
	put(NULL, "/a");
	watch(&root_listener, "/");
	ck_assert_int_eq(store_txn_end(&store, &dom0, a, false), 0);
	ck_assert_int_eq(store_txn_end(&store, &dom0, b, true), -EAGAIN);
	expect(&root_listener, "");
}
END_TEST

START_TEST(a_merged_commit_is_heard)
{
	struct txn *txn;

	watch(&root_listener, "/");
	store_txn_start(&store, &dom0, &txn);
	put(txn, "/a/1");
	put(NULL, "/b");
	expect(&root_listener, "/b:t ");
	ck_assert_int_eq(store_txn_end(&store, &dom0, txn, true), 0);
	expect(&root_listener, "/a/1:t ");
}
END_TEST

START_TEST(a_guest_hears_only_what_it_may_read)
{
	struct perm readable[] = { { 0, PERM_NONE }, { 5, PERM_READ } };

	watch(&guest_listener, "/");
	put(NULL, "/secret/a");
	expect(&guest_listener, "");
	store_set_perms(&store, NULL, &dom0, "/secret", readable, 2);
	expect(&guest_listener, "/secret:t ");
	put(NULL, "/secret");
	expect(&guest_listener, "/secret:t ");
	/* Not its node, but it can see the parent's list of children. */
	store_rm(&store, NULL, &dom0, "/secret/a");
	expect(&guest_listener, "/secret/a:t ");
	/* Losing the right is the last thing it hears. */
	store_set_perms(&store, NULL, &dom0, "/secret", readable, 1);
	expect(&guest_listener, "/secret:t ");
	put(NULL, "/secret");
	expect(&guest_listener, "");
}
END_TEST

START_TEST(special_events_need_permission)
{
	struct perm perms[] = { { 0, PERM_NONE }, { 5, PERM_READ } };

	watch(&root_listener, "@releaseDomain");
	watch(&guest_listener, "@releaseDomain");
	store_fire_release(&store);
	store_fire_introduce(&store, 7);
	expect(&root_listener, "@releaseDomain:t ");
	expect(&guest_listener, "");
	ck_assert_int_eq(store_set_perms(&store, NULL, &dom5, "@releaseDomain", perms, 2), -EACCES);
	ck_assert_int_eq(store_set_perms(&store, NULL, &dom0, "@releaseDomain", perms, 2), 0);
	store_fire_release(&store);
	expect(&guest_listener, "@releaseDomain:t ");
}
END_TEST

START_TEST(registration_has_rules)
{
	char path[32];
	int rc = 0, n;

	ck_assert_int_eq(watch(&guest_listener, "/a"), 0);
	ck_assert_int_eq(watch(&guest_listener, "/a"), -EEXIST);
	ck_assert_int_eq(watch_remove(&store.watches, &guest_listener.watcher, "/a", "u"), -ENOENT);
	ck_assert_int_eq(watch_remove(&store.watches, &guest_listener.watcher, "/a", "t"), 0);
	for (n = 0; !rc; n++) {
		snprintf(path, sizeof(path), "/%d", n);
		rc = watch(&guest_listener, path);
	}
	ck_assert_int_eq(rc, -E2BIG);
	ck_assert_int_eq(n, 129);
}
END_TEST

START_TEST(a_relative_watch_hears_relative_paths)
{
	static const char home[] = "/local/domain/5/";

	watch_add(&store.watches, &root_listener.watcher, "/local/domain/5/device",
		  sizeof(home) - 1, "t");
	put(NULL, "/local/domain/5/device/vbd");
	expect(&root_listener, "device/vbd:t ");
}
END_TEST

static int watch_depth(struct listener *listener, const char *path, uint16_t depth)
{
	return watch_add_depth(&store.watches, &listener->watcher, path, 0, depth, "d");
}

START_TEST(a_depth_limits_what_is_heard)
{
	watch_depth(&root_listener, "/a", 0);
	put(NULL, "/a");
	put(NULL, "/a/b");
	put(NULL, "/a/b/c");
	expect(&root_listener, "/a:d ");
	ck_assert_int_eq(watch_depth(&root_listener, "/a", 1), -EEXIST);
	watch_remove(&store.watches, &root_listener.watcher, "/a", "d");
	watch_depth(&root_listener, "/a", 1);
	put(NULL, "/a");
	put(NULL, "/a/b");
	put(NULL, "/a/b/c");
	put(NULL, "/ab");
	expect(&root_listener, "/a:d /a/b:d ");
	watch_remove(&store.watches, &root_listener.watcher, "/a", "d");
	watch_depth(&root_listener, "/", 2);
	put(NULL, "/");
	put(NULL, "/a");
	put(NULL, "/a/b");
	put(NULL, "/a/b/c");
	expect(&root_listener, "/:d /a:d /a/b:d ");
	/* That one's own node goes is heard however far above it was removed. */
	watch_depth(&root_listener, "/a/b/c", 0);
	ck_assert_int_eq(store_rm(&store, NULL, &dom0, "/a"), 0);
	expect(&root_listener, "/a:d /a/b/c:d ");
}
END_TEST

START_TEST(special_events_name_the_domain_to_those_who_ask)
{
	struct perm perms[] = { { 0, PERM_NONE }, { 5, PERM_READ } };

	watch_depth(&root_listener, "@releaseDomain", 1);
	watch(&root_listener, "@releaseDomain/8");
	watch_depth(&root_listener, "@introduceDomain", 1);
	watch(&guest_listener, "@releaseDomain/7");
	store_fire_release_of(&store, 7);
	store_fire_release(&store);
	expect(&root_listener, "@releaseDomain/7:d ");
	expect(&guest_listener, "");
	store_fire_introduce(&store, 9);
	expect(&root_listener, "@introduceDomain/9:d ");
	ck_assert_int_eq(store_set_perms(&store, NULL, &dom0, "@releaseDomain", perms, 2), 0);
	store_fire_release_of(&store, 7);
	store_fire_release_of(&store, 8);
	store_fire_release(&store);
	expect(&guest_listener, "@releaseDomain/7:t ");
	expect(&root_listener, "@releaseDomain/7:d @releaseDomain/8:d @releaseDomain/8:t ");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("watch");
	TCase *tcase = tcase_create("watch");

	tcase_add_checked_fixture(tcase, setup, teardown);
	TAP_ADD(tcase, the_node_and_all_below);
	TAP_ADD(tcase, the_root_hears_everything);
	TAP_ADD(tcase, the_same_value_is_news_too);
	TAP_ADD(tcase, a_removal_tells_those_below);
	TAP_ADD(tcase, nothing_is_heard_of_failures);
	TAP_ADD(tcase, a_transaction_is_heard_when_it_commits);
	TAP_ADD(tcase, an_abort_or_conflict_is_not_heard);
	TAP_ADD(tcase, a_merged_commit_is_heard);
	TAP_ADD(tcase, a_guest_hears_only_what_it_may_read);
	TAP_ADD(tcase, special_events_need_permission);
	TAP_ADD(tcase, registration_has_rules);
	TAP_ADD(tcase, a_relative_watch_hears_relative_paths);
	TAP_ADD(tcase, a_depth_limits_what_is_heard);
	TAP_ADD(tcase, special_events_name_the_domain_to_those_who_ask);
	suite_add_tcase(suite, tcase);
	return tap_run(suite);
}
