/* SPDX-License-Identifier: MIT */
/*
 * Advisories on who may know and do what, and on the ends of domains.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "daemon/domains.h"
#include "daemon/guest.h"
#include "machine.h"
#include "tap.h"

/* No message waits for a domain. */
static void hears_nothing(uint16_t domid)
{
	settle();
	ck_assert_int_eq(get_message(domid), -1);
}

static void hears(uint16_t domid, const char *path)
{
	settle();
	ck_assert_int_eq(get_message(domid), XS_WATCH_EVENT);
	ck_assert_str_eq(answer, path);
}

static void set_perms(const char *path, uint16_t owner, uint8_t others, uint16_t other, uint8_t access)
{
	struct perm perms[] = { { owner, others }, { other, access } };

	ck_assert_int_eq(store_set_perms(&store, NULL, &root, path, perms, 2), 0);
}

/* What a domain uses of its quotas. */
static void uses_nothing(uint16_t domid)
{
	ck_assert_uint_eq(account_of(domid)->used[QUOTA_NODES], 0);
	ck_assert_uint_eq(account_of(domid)->used[QUOTA_WATCHES], 0);
	ck_assert_uint_eq(account_of(domid)->used[QUOTA_TRANSACTIONS], 0);
}

/* Changes of all kinds at a path, in a transaction or not. */
static void change_all(const char *path, struct txn *txn)
{
	struct perm perms[] = { { 0, PERM_NONE }, { 3, PERM_READ } };

	store_write(&store, txn, &root, path, "secret", 6);
	store_write(&store, txn, &root, path, "other", 5);
	store_set_perms(&store, txn, &root, path, perms, 2);
	store_rm(&store, txn, &root, path);
	store_mkdir(&store, txn, &root, path);
}

/* Proves: XSA-115 */
START_TEST(xsa_115_watches_tell_only_of_what_can_be_read)
{
	struct txn *txn;

	store_mkdir(&store, NULL, &root, "/closed/inner");
	CALL(1, XS_WATCH, 0, "/\0top");
	get_message(1);
	CALL(1, XS_WATCH, 0, "/closed/inner\0exact");
	get_message(1);
	CALL(1, XS_WATCH, 0, "@releaseDomain\0special");
	get_message(1);
	change_all("/closed/inner/x", NULL);
	ck_assert_int_eq(store_txn_start(&store, &root, &txn), 0);
	change_all("/closed/inner/y", txn);
	ck_assert_int_eq(store_txn_end(&store, &root, txn, true), 0);
	store_rm(&store, NULL, &root, "/closed");
	domains_release(3);
	hears_nothing(1);
	/* Not within what is open either, unless it is open too. */
	store_mkdir(&store, NULL, &root, "/open/closed/node");
	set_perms("/open", 0, PERM_READ, 0, PERM_NONE);
	hears(1, "/open");
	store_write(&store, NULL, &root, "/open/closed/node", "x", 1);
	hears_nothing(1);
	store_write(&store, NULL, &root, "/open", "x", 1);
	hears(1, "/open");
}
END_TEST

/* Proves: XSA-115 */
START_TEST(xsa_115_watches_belong_to_no_transaction)
{
	uint32_t txn = begin_txn(1);

	ck_assert_int_eq(CALL(1, XS_WATCH, txn, "a\0t"), XS_WATCH);
	get_message(1);
	ck_assert_int_eq(WRITE(1, txn, "a\0x"), XS_WRITE);
	hears_nothing(1);
	ck_assert_int_eq(CALL(1, XS_TRANSACTION_END, txn, "F"), XS_TRANSACTION_END);
	hears_nothing(1);
	store_write(&store, NULL, &root, "/local/domain/1/a", "x", 1);
	hears(1, "a");
	txn = begin_txn(1);
	ck_assert_int_eq(CALL(1, XS_UNWATCH, txn, "a\0t"), XS_UNWATCH);
	CALL(1, XS_TRANSACTION_END, txn, "F");
	store_write(&store, NULL, &root, "/local/domain/1/a", "y", 1);
	hears_nothing(1);
}
END_TEST

/* A stub domain and its target end, in either order, by death or release. */
static void end_of_pair(uint16_t first, uint16_t second, bool release)
{
	ck_assert_int_eq(domains_set_target(2, 1), 0);
	ck_assert_int_eq(CALL(2, XS_READ, 0, "/local/domain/1/own"), XS_READ);
	if (release) {
		ck_assert_int_eq(domains_release(first), 0);
		ck_assert_int_eq(domains_release(second), 0);
		ck_assert_int_eq(domains_release(first), -ENOENT);
		settle();
	} else {
		machine_kill(first);
		gone = second;
		domains_check();
		settle();
	}
	machine_reborn(first);
	machine_reborn(second);
}

/* Proves: XSA-233 */
START_TEST(xsa_233_a_stub_domain_and_its_target_end)
{
	for (int i = 0; i < 4; i++) {
		store_write(&store, NULL, &root, "/local/domain/1/own", "x", 1);
		set_perms("/local/domain/1/own", 1, PERM_NONE, 0, PERM_NONE);
		end_of_pair(i & 1 ? 1 : 2, i & 1 ? 2 : 1, i & 2);
		store_write(&store, NULL, &root, "/local/domain/1/own", "x", 1);
		set_perms("/local/domain/1/own", 1, PERM_NONE, 0, PERM_NONE);
		/* The new pair is none. */
		REFUSED(2, XS_READ, 0, "/local/domain/1/own", "EACCES");
	}
	/* The target dies, and the stub lives to see its successor. */
	ck_assert_int_eq(domains_set_target(2, 1), 0);
	machine_kill(1);
	machine_reborn(1);
	store_write(&store, NULL, &root, "/local/domain/1/own", "x", 1);
	set_perms("/local/domain/1/own", 1, PERM_NONE, 0, PERM_NONE);
	REFUSED(2, XS_READ, 0, "/local/domain/1/own", "EACCES");
	/* In a ring. */
	ck_assert_int_eq(domains_set_target(1, 2), 0);
	ck_assert_int_eq(domains_set_target(2, 1), 0);
	ck_assert_int_eq(domains_set_target(3, 3), 0);
	ck_assert_int_eq(domains_release(1), 0);
	ck_assert_int_eq(domains_release(3), 0);
	machine_reborn(1);
	REFUSED(2, XS_READ, 0, "/local/domain/1/own", "EACCES");
}
END_TEST

/* Proves: XSA-322 XSA-417 */
START_TEST(xsa_322_a_successor_inherits_nothing)
{
	store_write(&store, NULL, &root, "/shared/read", "x", 1);
	set_perms("/shared/read", 0, PERM_NONE, 1, PERM_BOTH);
	store_write(&store, NULL, &root, "/shared/owned/below", "x", 1);
	set_perms("/shared/owned", 1, PERM_NONE, 3, PERM_READ);
	set_perms("@releaseDomain", 0, PERM_NONE, 1, PERM_READ);
	set_perms("@introduceDomain", 0, PERM_NONE, 1, PERM_READ);
	WRITE(1, 0, "mine\0x");
	CALL(1, XS_WATCH, 0, "@releaseDomain\0t");
	get_message(1);
	ck_assert_uint_eq(begin_txn(1), 1);
	machine_kill(1);
	uses_nothing(1);
	machine_reborn(1);
	REFUSED(1, XS_READ, 0, "/shared/read", "EACCES");
	refused(1, XS_WRITE, 0, "/shared/read\0y", 14, "EACCES");
	REFUSED(1, XS_READ, 0, "/shared/owned", "EACCES");
	REFUSED(1, XS_READ, 0, "mine", "EACCES");
	REFUSED(1, XS_TRANSACTION_END, 1, "T", "ENOENT");
	CALL(1, XS_WATCH, 0, "@releaseDomain\0t");
	get_message(1);
	CALL(1, XS_WATCH, 0, "@introduceDomain\0t");
	get_message(1);
	domains_release(2);
	ck_assert_int_eq(domains_introduce(2, 102, 9), 0);
	hears_nothing(1);
}
END_TEST

/* Proves: XSA-322 */
START_TEST(xsa_322_rights_for_a_number_that_nobody_has)
{
	store_write(&store, NULL, &root, "/early", "x", 1);
	machine_kill(1);
	set_perms("/early", 0, PERM_NONE, 1, PERM_BOTH);
	store_write(&store, NULL, &root, "/owned", "x", 1);
	set_perms("/owned", 1, PERM_NONE, 0, PERM_NONE);
	/* What is made below it is the maker's, not the owner's. */
	store_write(&store, NULL, &root, "/owned/below", "x", 1);
	machine_reborn(1);
	REFUSED(1, XS_READ, 0, "/early", "EACCES");
	REFUSED(1, XS_READ, 0, "/owned", "EACCES");
	REFUSED(1, XS_READ, 0, "/owned/below", "EACCES");
}
END_TEST

/* Proves: XSA-322 */
START_TEST(xsa_322_rights_that_a_transaction_brings_late)
{
	struct perm perms[] = { { 0, PERM_NONE }, { 1, PERM_READ } }, owner = { 1, PERM_NONE };
	struct txn *given, *owned, *other;

	store_write(&store, NULL, &root, "/late", "x", 1);
	ck_assert_int_eq(store_txn_start(&store, &root, &given), 0);
	ck_assert_int_eq(store_txn_start(&store, &root, &owned), 0);
	ck_assert_int_eq(store_txn_start(&store, &root, &other), 0);
	ck_assert_int_eq(store_set_perms(&store, given, &root, "/late", perms, 2), 0);
	store_write(&store, owned, &root, "/owned", "x", 1);
	ck_assert_int_eq(store_set_perms(&store, owned, &root, "/owned", &owner, 1), 0);
	store_write(&store, other, &root, "/other", "x", 1);
	machine_kill(1);
	machine_reborn(1);
	ck_assert_int_eq(store_txn_end(&store, &root, owned, true), -EAGAIN);
	ck_assert_int_eq(store_txn_end(&store, &root, given, true), -EAGAIN);
	/* Those that gave it nothing go on. */
	ck_assert_int_eq(store_txn_end(&store, &root, other, true), 0);
	REFUSED(1, XS_READ, 0, "/late", "EACCES");
}
END_TEST

/* Proves: XSA-352 */
START_TEST(xsa_352_ownership_is_not_given_away)
{
	WRITE(1, 0, "mine\0x");
	REFUSED(1, XS_SET_PERMS, 0, "mine\0n2", "EPERM");
	REFUSED(1, XS_SET_PERMS, 0, "mine\0n0\0b1", "EPERM");
	ck_assert_int_eq(CALL(1, XS_SET_PERMS, 0, "mine\0n1\0b2"), XS_SET_PERMS);
	/* Nor taken, by one who may write or one who stands for the owner. */
	REFUSED(2, XS_SET_PERMS, 0, "/local/domain/1/mine\0n2", "EACCES");
	ck_assert_int_eq(domains_set_target(3, 1), 0);
	REFUSED(3, XS_SET_PERMS, 0, "/local/domain/1/mine\0n3", "EPERM");
	ck_assert_uint_eq(account_of(2)->used[QUOTA_NODES], 1);
}
END_TEST

/* Proves: XSA-353 */
START_TEST(xsa_353_the_root_is_checked_as_any_node)
{
	static const uint32_t types[] = {
		XS_READ, XS_WRITE, XS_MKDIR, XS_RM, XS_DIRECTORY, XS_GET_PERMS,
	};
	long nodes = store_check(&store);

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		REFUSED(1, types[i], 0, "/", "EACCES");
	refused(1, XS_WRITE, 0, "/\0x", 3, "EACCES");
	REFUSED(1, XS_SET_PERMS, 0, "/\0n1", "EACCES");
	REFUSED(1, XS_SET_PERMS, 0, "/\0b0", "EACCES");
	ck_assert_int_eq(store_rm(&store, NULL, &root, "/"), -EINVAL);
	ck_assert_int_eq(store_check(&store), nodes);
}
END_TEST

/* Proves: XSA-419 */
START_TEST(xsa_419_nodes_do_not_outlive_their_owner)
{
	uint32_t txn;

	WRITE(2, 0, "meet\0x");
	ck_assert_int_eq(CALL(2, XS_SET_PERMS, 0, "meet\0b2"), XS_SET_PERMS);
	ck_assert_int_eq(WRITE(1, 0, "/local/domain/2/meet/a/b\0x"), XS_WRITE);
	txn = begin_txn(1);
	ck_assert_int_eq(WRITE(1, txn, "/local/domain/2/meet/late\0x"), XS_WRITE);
	ck_assert_uint_eq(account_of(1)->used[QUOTA_NODES], 3);
	machine_kill(1);
	uses_nothing(1);
	ck_assert_ptr_null(tree_find(store.root, "/local/domain/2/meet/a"));
	ck_assert_ptr_null(tree_find(store.root, "/local/domain/2/meet/late"));
	ck_assert_ptr_nonnull(tree_find(store.root, "/local/domain/2/meet"));
	ck_assert_int_gt(store_check(&store), 0);
}
END_TEST

/* Proves: XSA-425 */
START_TEST(xsa_425_release_in_the_midst_of_everything)
{
	struct xsd_sockmsg hdr = { .type = XS_READ, .len = 100 };

	for (int i = 0; i < 20; i++) {
		CALL(1, XS_WATCH, 0, "@releaseDomain\0t");
		get_message(1);
		CALL(1, XS_WATCH, 0, "a\0t");
		get_message(1);
		begin_txn(1);
		WRITE(1, 0, "a\0x");
		/* Half a request, and answers that were not taken. */
		put_bytes(1, &hdr, sizeof(hdr));
		domains_event(1001);
		ck_assert_int_eq(domains_release(1), 0);
		if (i & 1)
			settle();
		domains_event(1001);
		ck_assert_int_eq(domains_release(1), -ENOENT);
		ck_assert_int_eq(domains_set_target(2, 1), -ENOENT);
		ck_assert_int_eq(domains_resume(1), -ENOENT);
		/* A soft reset: the same domain, with a page as new. */
		memset(&pages[1], 0, sizeof(pages[1]));
		ck_assert_int_eq(domains_introduce(1, 101, 8), 0);
		/* Its quota is whole before it is heard. */
		ck_assert_uint_eq(account_of(1)->used[QUOTA_WATCHES], 0);
		ck_assert_uint_eq(account_of(1)->used[QUOTA_TRANSACTIONS], 0);
		settle();
		ck_assert_int_eq(CALL(1, XS_READ, 0, "a"), XS_READ);
	}
}
END_TEST

/* Proves: XSA-483 */
START_TEST(xsa_483_a_number_used_again_has_its_whole_quota)
{
	char path[64];

	ck_assert(account_set_limit("nodes", 5, 12));
	ck_assert(account_set_limit("watches", 7, 3));
	ck_assert(account_set_limit("transactions", 12, 2));
	for (int life = 0; life < 50; life++) {
		store_mkdir(&store, NULL, &root, "/local/domain/1");
		set_perms("/local/domain/1", 1, PERM_NONE, 0, PERM_NONE);
		for (int i = 0; i < 11; i++) {
			int len = snprintf(path, sizeof(path), "node-%d%cx", i, 0);

			ck_assert_int_eq(call(1, XS_WRITE, 0, path, (size_t)len), XS_WRITE);
			if (i >= 3)
				continue;
			len = snprintf(path, sizeof(path), "w%d%ct", i, 0) + 1;
			ck_assert_int_eq(call(1, XS_WATCH, 0, path, (size_t)len), XS_WATCH);
			get_message(1);
		}
		begin_txn(1);
		ck_assert_int_eq(WRITE(1, begin_txn(1), "node-1\0y"), XS_WRITE);
		ck_assert_int_eq(WRITE(1, 0, "node-11\0x"), XS_ERROR);
		ck_assert_int_eq(CALL(1, XS_WATCH, 0, "w4\0t"), XS_ERROR);
		machine_kill(1);
		uses_nothing(1);
		machine_reborn(1);
	}
}
END_TEST

int main(void)
{
	TCase *tcase = tcase_create("advisory_domain");

	tcase_add_checked_fixture(tcase, machine_setup, machine_end);
	tcase_set_timeout(tcase, 120);
	TAP_ADD(tcase, xsa_115_watches_tell_only_of_what_can_be_read);
	TAP_ADD(tcase, xsa_115_watches_belong_to_no_transaction);
	TAP_ADD(tcase, xsa_233_a_stub_domain_and_its_target_end);
	TAP_ADD(tcase, xsa_322_a_successor_inherits_nothing);
	TAP_ADD(tcase, xsa_322_rights_for_a_number_that_nobody_has);
	TAP_ADD(tcase, xsa_322_rights_that_a_transaction_brings_late);
	TAP_ADD(tcase, xsa_352_ownership_is_not_given_away);
	TAP_ADD(tcase, xsa_353_the_root_is_checked_as_any_node);
	TAP_ADD(tcase, xsa_419_nodes_do_not_outlive_their_owner);
	TAP_ADD(tcase, xsa_425_release_in_the_midst_of_everything);
	TAP_ADD(tcase, xsa_483_a_number_used_again_has_its_whole_quota);
	return tap_run_case("advisory_domain", tcase);
}
