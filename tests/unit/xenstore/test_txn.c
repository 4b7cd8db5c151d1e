/* SPDX-License-Identifier: MIT */
/*
 * Operations on the store: permissions, quotas, transactions and their merge.
 */
#include "store/forget.h"
#include "store/store.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tap.h"

static struct store store;
static const struct access_id dom0 = { 0, ACCESS_NO_TARGET, true };
static const struct access_id dom5 = { 5, ACCESS_NO_TARGET, false };
static const struct access_id dom6 = { 6, ACCESS_NO_TARGET, false };

static int put(struct txn *txn, const char *path, const char *value)
{
	return store_write(&store, txn, &dom0, path, value, strlen(value));
}

static bool holds(struct txn *txn, const char *path, const char *value)
{
	const struct node *node;

	if (store_read(&store, txn, &dom0, path, &node))
		return false;
	return node->value_len == strlen(value) && !memcmp(node_value(node), value, node->value_len);
}

static int give(const char *path, uint16_t owner, uint8_t others)
{
	struct perm perm = { owner, others };

	return store_set_perms(&store, NULL, &dom0, path, &perm, 1);
}

static struct txn *begin(void)
{
	struct txn *txn = NULL;

	ck_assert_int_eq(store_txn_start(&store, &dom0, &txn), 0);
	return txn;
}

static int commit(struct txn *txn)
{
	return store_txn_end(&store, &dom0, txn, true);
}

static void setup(void)
{
	ck_assert_int_eq(store_init(&store), 0);
	put(NULL, "/dom/5", "");
	put(NULL, "/dom/6", "");
	put(NULL, "/p/1", "one");
	put(NULL, "/p/2", "two");
	give("/dom/5", 5, PERM_NONE);
	give("/dom/6", 6, PERM_NONE);
}

static void teardown(void)
{
	ck_assert_int_gt(store_check(&store), 0);
	store_clear(&store);
}

START_TEST(a_guest_owns_what_it_makes)
{
	const struct permset *set;

	ck_assert_int_eq(store_write(&store, NULL, &dom5, "/dom/5/a/b", "x", 1), 0);
	ck_assert_int_eq(store_get_perms(&store, NULL, &dom5, "/dom/5/a", &set), 0);
	ck_assert_int_eq(permset_owner(set), 5);
	/* It cannot hand nodes to others, and so load their quota. */
	ck_assert_int_eq(store_set_perms(&store, NULL, &dom5, "/dom/5/a",
					 &(struct perm){ 6, PERM_NONE }, 1),
			 -EPERM);
}
END_TEST

START_TEST(others_are_kept_out)
{
	const struct node *node;

	ck_assert_int_eq(store_read(&store, NULL, &dom6, "/dom/5", &node), -EACCES);
	/* Even whether a node exists is nobody else's business. */
	ck_assert_int_eq(store_read(&store, NULL, &dom6, "/dom/5/nix", &node), -EACCES);
	ck_assert_int_eq(store_read(&store, NULL, &dom5, "/dom/5/nix", &node), -ENOENT);
	ck_assert_int_eq(store_write(&store, NULL, &dom6, "/dom/5/x", "", 0), -EACCES);
	ck_assert_int_eq(store_rm(&store, NULL, &dom6, "/dom/5"), -EACCES);
	ck_assert_int_eq(store_set_perms(&store, NULL, &dom6, "/dom/5", &(struct perm){ 6, 0 }, 1),
			 -EACCES);
	ck_assert_int_eq(store_write(&store, NULL, &dom5, "/", "", 0), -EACCES);
	ck_assert_int_eq(store_rm(&store, NULL, &dom0, "/"), -EINVAL);
}
END_TEST

START_TEST(node_quota_holds_in_and_out_of_transactions)
{
	char path[32];
	struct txn *txn;
	int rc = 0, n;

	for (n = 0; !rc && n < 2000; n++) {
		snprintf(path, sizeof(path), "/dom/5/n%d", n);
		rc = store_mkdir(&store, NULL, &dom5, path);
	}
	ck_assert_int_eq(rc, -ENOSPC);
	ck_assert_uint_eq(account_of(5)->used[QUOTA_NODES], 1000);
	ck_assert_int_eq(store_txn_start(&store, &dom5, &txn), 0);
	ck_assert_int_eq(store_mkdir(&store, txn, &dom5, "/dom/5/more"), -ENOSPC);
	ck_assert_int_eq(store_rm(&store, txn, &dom5, "/dom/5/n1"), 0);
	ck_assert_int_eq(store_mkdir(&store, txn, &dom5, "/dom/5/more"), 0);
	ck_assert_int_eq(store_txn_end(&store, &dom5, txn, true), 0);
	ck_assert_uint_eq(account_of(5)->used[QUOTA_NODES], 1000);
	ck_assert_int_eq(store_rm(&store, NULL, &dom0, "/dom/5"), 0);
	ck_assert_uint_eq(account_of(5)->used[QUOTA_NODES], 0);
}
END_TEST

START_TEST(a_commit_cannot_pass_the_quota)
{
	char path[32];
	struct txn *txn;
	int rc = 0;

	ck_assert_int_eq(store_txn_start(&store, &dom5, &txn), 0);
	ck_assert_int_eq(store_mkdir(&store, txn, &dom5, "/dom/5/t"), 0);
	for (int n = 0; !rc; n++) {
		snprintf(path, sizeof(path), "/dom/5/n%d", n);
		rc = store_mkdir(&store, NULL, &dom5, path);
	}
	ck_assert_int_eq(store_txn_end(&store, &dom5, txn, true), -ENOSPC);
	ck_assert_uint_eq(account_of(5)->used[QUOTA_NODES], 1000);
}
END_TEST

START_TEST(sizes_are_limited_for_guests_only)
{
	char value[4000] = { 0 };
	struct perm perms[6] = { { 5, 0 }, { 1, 1 }, { 2, 1 }, { 3, 1 }, { 4, 1 }, { 6, 1 } };

	ck_assert_int_eq(store_write(&store, NULL, &dom5, "/dom/5/v", value, 2040), 0);
	ck_assert_int_eq(store_write(&store, NULL, &dom5, "/dom/5/v", value, 2049), -ENOSPC);
	ck_assert_int_eq(store_write(&store, NULL, &dom0, "/dom/5/v", value, 4000), 0);
	ck_assert_int_eq(store_set_perms(&store, NULL, &dom5, "/dom/5", perms, 6), -ENOSPC);
	ck_assert_int_eq(store_set_perms(&store, NULL, &dom5, "/dom/5", perms, 5), 0);
}
END_TEST

START_TEST(open_transactions_are_limited)
{
	struct txn *txns[11];
	int n = 0;

	while (n < 11 && !store_txn_start(&store, &dom5, &txns[n]))
		n++;
	ck_assert_int_eq(n, 10);
	while (n--)
		store_txn_end(&store, &dom5, txns[n], false);
	ck_assert_uint_eq(account_of(5)->used[QUOTA_TRANSACTIONS], 0);
}
END_TEST

START_TEST(nobody_sees_a_transaction_before_its_end)
{
	struct txn *txn = begin();

	put(txn, "/p/1", "mine");
	ck_assert(holds(txn, "/p/1", "mine"));
	ck_assert(holds(NULL, "/p/1", "one"));
	put(NULL, "/q", "theirs");
	ck_assert_ptr_null(tree_find(txn->root, "/q"));
	ck_assert_int_eq(commit(txn), 0);
	ck_assert(holds(NULL, "/p/1", "mine"));
	ck_assert(holds(NULL, "/q", "theirs"));
}
END_TEST

START_TEST(an_abort_leaves_nothing)
{
	struct txn *txn = begin();

	put(txn, "/p/9", "x");
	store_rm(&store, txn, &dom0, "/p/1");
	ck_assert_int_eq(store_txn_end(&store, &dom0, txn, false), 0);
	ck_assert(holds(NULL, "/p/1", "one"));
	ck_assert_ptr_null(tree_find(store.root, "/p/9"));
}
END_TEST

START_TEST(two_creators_below_one_parent_merge)
{
	struct txn *a = begin(), *b = begin();

	put(a, "/p/a", "1");
	put(b, "/p/b", "2");
	ck_assert_int_eq(commit(a), 0);
	ck_assert_int_eq(commit(b), 0);
	ck_assert(holds(NULL, "/p/a", "1") && holds(NULL, "/p/b", "2"));
}
END_TEST

/* One case of the conflict table: what the transaction did, what others did. */
static int race(void (*inside)(struct txn *txn), void (*outside)(void))
{
	struct txn *txn = begin();

	inside(txn);
	put(txn, "/result", "x");
	outside();
	return commit(txn);
}

static void read_p1(struct txn *txn)
{
	holds(txn, "/p/1", "");
}

static void write_p1(struct txn *txn)
{
	put(txn, "/p/1", "txn");
}

static void list_p(struct txn *txn)
{
	struct node *node;

	store_directory(&store, txn, &dom0, "/p", &node);
}

static void read_absent(struct txn *txn)
{
	holds(txn, "/p/absent", "");
}

static void remove_p(struct txn *txn)
{
	store_rm(&store, txn, &dom0, "/p");
}

static void change_p1(void)
{
	put(NULL, "/p/1", "changed");
}

static void change_p2(void)
{
	put(NULL, "/p/2", "changed");
}

static void add_child(void)
{
	put(NULL, "/p/3", "new");
}

static void add_grandchild(void)
{
	put(NULL, "/p/1/deep", "new");
}

static void add_absent(void)
{
	put(NULL, "/p/absent", "");
}

static void chmod_p1(void)
{
	give("/p/1", 5, PERM_NONE);
}

START_TEST(true_conflicts_are_found)
{
	ck_assert_int_eq(race(read_p1, change_p1), -EAGAIN);
	ck_assert_int_eq(race(write_p1, change_p1), -EAGAIN);
	ck_assert_int_eq(race(list_p, add_child), -EAGAIN);
	ck_assert_int_eq(race(read_absent, add_absent), -EAGAIN);
	ck_assert_int_eq(race(read_p1, chmod_p1), -EAGAIN);
	ck_assert_int_eq(race(remove_p, add_grandchild), -EAGAIN);
	ck_assert_ptr_null(tree_find(store.root, "/result"));
}
END_TEST

START_TEST(what_does_not_matter_is_no_conflict)
{
	ck_assert_int_eq(race(read_p1, change_p2), 0);
	ck_assert_int_eq(race(read_p1, add_grandchild), 0);
	ck_assert_int_eq(race(write_p1, add_child), 0);
	ck_assert_int_eq(race(list_p, change_p1), 0);
	ck_assert_int_eq(race(read_absent, change_p1), 0);
}
END_TEST

START_TEST(transactions_charge_whom_they_should)
{
	uint32_t before = account_of(5)->used[QUOTA_NODES];
	struct txn *a, *b = begin();

	ck_assert_int_eq(store_txn_start(&store, &dom5, &a), 0);
	ck_assert_int_eq(store_write(&store, a, &dom5, "/dom/5/x/y", "", 0), 0);
	put(b, "/dom/5/z", "made by dom0");
	ck_assert_uint_eq(account_of(5)->used[QUOTA_NODES], before);
	ck_assert_int_eq(commit(b), 0);
	ck_assert_uint_eq(account_of(5)->used[QUOTA_NODES], before + 1);
	ck_assert_int_eq(store_txn_end(&store, &dom5, a, true), 0);
	ck_assert_uint_eq(account_of(5)->used[QUOTA_NODES], before + 3);
}
END_TEST

START_TEST(a_dead_domain_leaves_nothing_to_its_successor)
{
	struct perm perms[] = { { 0, PERM_NONE }, { 5, PERM_BOTH } };
	const struct node *node;

	put(NULL, "/backend/5", "");
	ck_assert_int_eq(store_set_perms(&store, NULL, &dom0, "/backend/5", perms, 2), 0);
	ck_assert_int_eq(store_set_perms(&store, NULL, &dom0, "@releaseDomain", perms, 2), 0);
	ck_assert_int_eq(store_read(&store, NULL, &dom5, "/backend/5", &node), 0);
	ck_assert_int_eq(forget_domain(&store, 5), 0);
	ck_assert_ptr_null(tree_find(store.root, "/dom/5"));
	ck_assert_int_eq(store_read(&store, NULL, &dom5, "/backend/5", &node), -EACCES);
	ck_assert(!permset_names(store.release_perms, 5));
	ck_assert_ptr_nonnull(tree_find(store.root, "/dom/6"));
	ck_assert_uint_eq(account_of(5)->used[QUOTA_NODES], 0);
}
END_TEST

static bool only_dom0(uint16_t domid)
{
	return !domid;
}

START_TEST(rights_of_missing_domains_are_void)
{
	const struct node *node;

	store.domain_exists = only_dom0;
	give("/p/1", 7, PERM_NONE);
	ck_assert_int_eq(store_read(&store, NULL, &(struct access_id){ 7, -1, false }, "/p/1", &node),
			 -EACCES);
}
END_TEST

START_TEST(a_guest_cannot_touch_endless_nodes_in_a_transaction)
{
	const struct node *node;
	struct txn *txn;
	char path[32];
	int rc = 0, n;

	ck_assert_int_eq(store_txn_start(&store, &dom5, &txn), 0);
	for (n = 0; n < 2000 && rc != -ENOSPC; n++) {
		snprintf(path, sizeof(path), "/dom/5/%d", n);
		rc = store_read(&store, txn, &dom5, path, &node);
	}
	ck_assert_int_eq(rc, -ENOSPC);
	ck_assert_int_eq(n, 1025);
	store_txn_end(&store, &dom5, txn, true);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("txn");
	TCase *tcase = tcase_create("txn");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 60);
	TAP_ADD(tcase, a_guest_owns_what_it_makes);
	TAP_ADD(tcase, others_are_kept_out);
	TAP_ADD(tcase, node_quota_holds_in_and_out_of_transactions);
	TAP_ADD(tcase, a_commit_cannot_pass_the_quota);
	TAP_ADD(tcase, sizes_are_limited_for_guests_only);
	TAP_ADD(tcase, open_transactions_are_limited);
	TAP_ADD(tcase, nobody_sees_a_transaction_before_its_end);
	TAP_ADD(tcase, an_abort_leaves_nothing);
	TAP_ADD(tcase, two_creators_below_one_parent_merge);
	TAP_ADD(tcase, true_conflicts_are_found);
	TAP_ADD(tcase, what_does_not_matter_is_no_conflict);
	TAP_ADD(tcase, transactions_charge_whom_they_should);
	TAP_ADD(tcase, a_dead_domain_leaves_nothing_to_its_successor);
	TAP_ADD(tcase, rights_of_missing_domains_are_void);
	TAP_ADD(tcase, a_guest_cannot_touch_endless_nodes_in_a_transaction);
	suite_add_tcase(suite, tcase);
	return tap_run(suite);
}
