/* SPDX-License-Identifier: MIT */
/*
 * Advisories on what a guest says and how it listens: indices, lengths, paths,
 * tokens, and replies that nobody takes.
 */
#include <stdio.h>
#include <string.h>

#include "daemon/domains.h"
#include "allocated.h"
#include "machine.h"
#include "tap.h"

#define HOME "/local/domain/1"

/* Everything that begins with a path, and what may stand behind it. */
static const struct {
	uint32_t type;
	/* With its NULs. */
	const char *behind;
	size_t behind_len;
} path_ops[] = {
	{ XS_READ, "", 0 },	   { XS_WRITE, "v", 1 },
	{ XS_MKDIR, "", 0 },	   { XS_RM, "", 0 },
	{ XS_DIRECTORY, "", 0 },   { XS_GET_PERMS, "", 0 },
	{ XS_SET_PERMS, "n1", 3 }, { XS_WATCH, "t", 2 },
	{ XS_UNWATCH, "t", 2 },	   { XS_DIRECTORY_PART, "0", 2 },
};

#define PATH_OPS (sizeof(path_ops) / sizeof(path_ops[0]))

/* A request of that kind for a path of @len bytes. */
static int path_call(size_t op, const char *path, size_t len)
{
	static char payload[XENSTORE_PAYLOAD_MAX];
	size_t behind = path_ops[op].behind_len;

	ck_assert_uint_le(len + 1 + behind, sizeof(payload));
	memcpy(payload, path, len);
	payload[len] = '\0';
	memcpy(payload + len + 1, path_ops[op].behind, behind);
	/* It may be longer than the ring. */
	for (size_t at = 0, all = len + 1 + behind; at < all;) {
		size_t n = all - at < 500 ? all - at : 500;
		struct xsd_sockmsg hdr = { .type = path_ops[op].type, .len = (uint32_t)all };

		if (!at)
			put_bytes(1, &hdr, sizeof(hdr));
		put_bytes(1, payload + at, n);
		at += n;
		domains_event(1001);
		settle();
	}
	return get_message(1);
}

static size_t allocated(void)
{
	return __sanitizer_get_current_allocated_bytes();
}

/* Proves: XSA-38 */
START_TEST(xsa_38_ring_indices_that_lie)
{
	static const uint32_t far[] = { 1025, 4096, 0x7fffffff, 0x80000000, 0xfffffbff, 0xffffffff };
	struct xenstore_domain_interface before;

	for (size_t i = 0; i < 2 * sizeof(far) / sizeof(far[0]); i++) {
		uint32_t lie = far[i / 2];

		memcpy(&before, &pages[2], sizeof(before));
		if (i % 2) {
			/* There must be something to say. */
			pages[1].rsp_cons = pages[1].rsp_prod - lie;
			store_write(&store, NULL, &root, HOME "/watched", "x", 1);
			CALL(1, XS_WATCH, 0, "watched\0t");
		} else {
			pages[1].req_prod = pages[1].req_cons + lie;
			domains_event(1001);
			settle();
		}
		ck_assert_uint_eq(pages[1].error, XENSTORE_ERROR_RINGIDX);
		/* Nothing came or went, by either ring. */
		ck_assert_mem_eq(&pages[2], &before, sizeof(before));
		ck_assert_int_eq(CALL(2, XS_MKDIR, 0, "x"), XS_MKDIR);
		pages[1].connection = XENSTORE_RECONNECT;
		domains_event(1001);
		settle();
		ck_assert_uint_eq(pages[1].error, XENSTORE_ERROR_NONE);
		ck_assert_int_eq(CALL(1, XS_MKDIR, 0, "x"), XS_MKDIR);
	}
}
END_TEST

/* Proves: XSA-72 */
START_TEST(xsa_72_a_reply_too_long_for_the_protocol)
{
	struct perm perms = { 1, PERM_READ };
	char path[64];

	for (int i = 0; i < 500; i++) {
		snprintf(path, sizeof(path), HOME "/many/child-%d", i);
		store_mkdir(&store, NULL, &root, path);
	}
	store_set_perms(&store, NULL, &root, HOME "/many", &perms, 1);
	REFUSED(1, XS_DIRECTORY, 0, "many", "E2BIG");
	/* The next answer belongs to the next request. */
	ck_assert_int_eq(CALL(1, XS_GET_PERMS, 0, "many"), XS_GET_PERMS);
	ck_assert_str_eq(answer, "r1");
}
END_TEST

/* Proves: XSA-323 */
START_TEST(xsa_323_paths_over_the_limits)
{
	static const size_t too_long[] = {
		XENSTORE_REL_PATH_MAX + 1, XENSTORE_ABS_PATH_MAX - 1, XENSTORE_ABS_PATH_MAX,
		XENSTORE_ABS_PATH_MAX + 1, XENSTORE_PAYLOAD_MAX - 8,
	};
	static char path[XENSTORE_PAYLOAD_MAX];

	for (int relative = 0; relative < 2; relative++) {
		memset(path, 'p', sizeof(path));
		if (!relative)
			memcpy(path, HOME "/", sizeof(HOME));
		for (size_t op = 0; op < PATH_OPS; op++) {
			for (size_t i = 0; i < sizeof(too_long) / sizeof(too_long[0]); i++) {
				size_t len = too_long[i] + (relative ? 0 : sizeof(HOME));

				if (len > XENSTORE_PAYLOAD_MAX - 8)
					continue;
				ck_assert_int_eq(path_call(op, path, len), XS_ERROR);
				ck_assert_str_eq(answer, "EINVAL");
			}
		}
		/* The longest is as good as any. */
		ck_assert_int_eq(path_call(1, path,
					   XENSTORE_REL_PATH_MAX + (relative ? 0 : sizeof(HOME))),
				 XS_WRITE);
	}
	ck_assert_int_gt(store_check(&store), 0);
}
END_TEST

/* Proves: XSA-324 */
START_TEST(xsa_324_a_token_that_makes_events_too_long)
{
	static char payload[XENSTORE_PAYLOAD_MAX], path[1024] = HOME "/w/";
	struct xsd_sockmsg hdr = { .type = XS_WATCH, .len = sizeof(payload) };

	memset(payload, 't', sizeof(payload) - 1);
	memcpy(payload, "w", 2);
	put_bytes(1, &hdr, sizeof(hdr));
	for (size_t at = 0; at < sizeof(payload); at += 512) {
		put_bytes(1, payload + at, 512);
		domains_event(1001);
		settle();
	}
	/* Taken, and told at once: that event has just the room. */
	ck_assert_int_eq(get_message(1), XS_WATCH);
	for (size_t left = sizeof(hdr) + sizeof(payload); left;) {
		left -= get_bytes(1, answer, left < 1024 ? left : 1024);
		domains_event(1001);
		settle();
	}
	memset(path + strlen(path), 'x', sizeof(path) - strlen(path) - 1);
	store_write(&store, NULL, &root, path, "v", 1);
	store_rm(&store, NULL, &root, path);
	settle();
	ck_assert_int_eq(get_message(1), -1);
	ck_assert_uint_eq(pages[1].error, XENSTORE_ERROR_NONE);
	ck_assert_int_eq(CALL(1, XS_MKDIR, 0, "x"), XS_MKDIR);
}
END_TEST

/* Proves: XSA-325 */
START_TEST(xsa_325_a_broken_ring_does_not_end_the_domain)
{
	struct perm perms[] = { { 0, PERM_NONE }, { 2, PERM_READ } };

	store_set_perms(&store, NULL, &root, "@releaseDomain", perms, 2);
	CALL(2, XS_WATCH, 0, "@releaseDomain\0t");
	get_message(2);
	pages[1].req_prod = pages[1].req_cons + 2000;
	domains_event(1001);
	settle();
	domains_check();
	settle();
	/* It is there, nobody hears of its end, and what it has stays. */
	ck_assert(domains_introduced(1));
	ck_assert_int_eq(get_message(2), -1);
	ck_assert_ptr_nonnull(tree_find(store.root, HOME));
	/* A new channel revives it, as a new connection does. */
	memset(&pages[1], 0, sizeof(pages[1]));
	ck_assert_int_eq(domains_introduce(1, 101, 8), 0);
	ck_assert_int_eq(CALL(1, XS_MKDIR, 0, "x"), XS_MKDIR);
}
END_TEST

/* Proves: XSA-326 */
START_TEST(xsa_326_memory_of_a_guest_that_takes_nothing)
{
	const size_t limit = account_limit(QUOTA_MEMORY), slack = 512 * 1024;
	static char token[3000];
	size_t before = allocated();
	char path[64];

	/* Tokens make events long; each path is another event. */
	memset(token, 't', sizeof(token) - 1);
	for (int i = 0; i < 5; i++) {
		static char payload[sizeof(token) + 2] = "w";

		token[0] = (char)('a' + i);
		memcpy(payload + 2, token, sizeof(token));
		for (size_t at = 0; at < sizeof(payload); at += 700) {
			size_t n = sizeof(payload) - at < 700 ? sizeof(payload) - at : 700;
			struct xsd_sockmsg hdr = { .type = XS_WATCH, .len = sizeof(payload) };

			if (!at)
				put_bytes(1, &hdr, sizeof(hdr));
			put_bytes(1, payload + at, n);
			domains_event(1001);
			settle();
		}
		pages[1].rsp_cons = pages[1].rsp_prod;
	}
	for (int i = 0; i < 3000; i++) {
		snprintf(path, sizeof(path), HOME "/w/%d", i % 40);
		store_write(&store, NULL, &root, path, "v", 1);
		settle();
		ck_assert_uint_lt(allocated() - before, limit + slack);
	}
	/* It was cut off, and is not heard of any more. */
	ck_assert_uint_eq(pages[1].error, XENSTORE_ERROR_COMM);
	ck_assert_uint_lt(allocated() - before, slack);
	ck_assert_int_eq(CALL(2, XS_MKDIR, 0, "x"), XS_MKDIR);
}
END_TEST

/* Proves: XSA-416 */
START_TEST(xsa_416_replies_that_nobody_takes_keep_nothing_else)
{
	size_t before;

	WRITE(1, 0, "node\0value");
	before = allocated();
	for (int i = 0; i < 5000; i++) {
		struct xsd_sockmsg hdr = { .type = i % 3 ? XS_READ : XS_DIRECTORY, .len = 5 };

		if (pages[1].req_prod - pages[1].req_cons < 900) {
			put_bytes(1, &hdr, sizeof(hdr));
			put_bytes(1, "node", 5);
		}
		domains_event(1001);
		settle();
	}
	/* Twenty replies on their way, and a ring full beside them. */
	ck_assert_uint_lt(allocated() - before, 16384);
}
END_TEST

/* Proves: XSA-420 */
START_TEST(xsa_420_lengths_beyond_a_message)
{
	static const uint32_t lens[] = { 4097, 0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff };

	for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		struct xsd_sockmsg hdr = { .type = XS_WRITE, .len = lens[i] };
		static char zeroes[1000];

		put_bytes(1, &hdr, sizeof(hdr));
		put_bytes(1, zeroes, sizeof(zeroes));
		domains_event(1001);
		settle();
		ck_assert_uint_eq(pages[1].error, XENSTORE_ERROR_PROTO);
		ck_assert_int_eq(CALL(2, XS_MKDIR, 0, "x"), XS_MKDIR);
		pages[1].connection = XENSTORE_RECONNECT;
		domains_event(1001);
		settle();
		ck_assert_int_eq(CALL(1, XS_MKDIR, 0, "x"), XS_MKDIR);
	}
}
END_TEST

/* Proves: XSA-481 */
START_TEST(xsa_481_paths_that_end_in_a_slash)
{
	static const char *const paths[] = {
		"/local/domain/", "/local/domain//", "/local/", "//", "a/", "/local/domain/1/"
	};

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		for (size_t op = 0; op < PATH_OPS; op++) {
			ck_assert_int_eq(path_call(op, paths[i], strlen(paths[i])), XS_ERROR);
			ck_assert_str_eq(answer, "EINVAL");
		}
	}
}
END_TEST

int main(void)
{
	TCase *tcase = tcase_create("advisory_wire");

	tcase_add_checked_fixture(tcase, machine_setup, machine_end);
	tcase_set_timeout(tcase, 120);
	TAP_ADD(tcase, xsa_38_ring_indices_that_lie);
	TAP_ADD(tcase, xsa_72_a_reply_too_long_for_the_protocol);
	TAP_ADD(tcase, xsa_323_paths_over_the_limits);
	TAP_ADD(tcase, xsa_324_a_token_that_makes_events_too_long);
	TAP_ADD(tcase, xsa_325_a_broken_ring_does_not_end_the_domain);
	TAP_ADD(tcase, xsa_326_memory_of_a_guest_that_takes_nothing);
	TAP_ADD(tcase, xsa_416_replies_that_nobody_takes_keep_nothing_else);
	TAP_ADD(tcase, xsa_420_lengths_beyond_a_message);
	TAP_ADD(tcase, xsa_481_paths_that_end_in_a_slash);
	return tap_run_case("advisory_wire", tcase);
}
