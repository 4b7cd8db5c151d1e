/* SPDX-License-Identifier: MIT */
/*
 * Whole guests against a hypervisor of plain memory: requests through the
 * ring, introduce to death, and peers that misbehave.
 */
#include "daemon/domains.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "daemon/conn.h"
#include "daemon/guest.h"
#include "daemon/ops.h"
#include "tap.h"

#define GUESTS 4

static struct store store;
static struct xenstore_domain_interface pages[GUESTS];
static int states[GUESTS];
static int mapped, bound, kicks;

static int fake_map(uint16_t domid, uint64_t mfn, struct hv_page *page)
{
	if (mfn != 100u + domid)
		return -EINVAL;
	page->addr = &pages[domid];
	mapped++;
	return 0;
}

static void fake_unmap(struct hv_page *page)
{
	page->addr = NULL;
	mapped--;
}

static int fake_bind(uint16_t domid, uint32_t remote_port)
{
	(void)domid;
	bound++;
	return (int)remote_port + 1000;
}

static void fake_unbind(uint32_t port)
{
	(void)port;
	bound--;
}

static void fake_notify(uint32_t port)
{
	(void)port;
	kicks++;
}

static int fake_state(uint16_t domid)
{
	return domid < GUESTS ? states[domid] : 0;
}

static const struct hv fake = {
	.map_ring = fake_map,
	.unmap = fake_unmap,
	.bind = fake_bind,
	.unbind = fake_unbind,
	.notify = fake_notify,
	.domain_state = fake_state,
};

static void settle(void)
{
	do {
		guest_service_pending();
		conn_reap();
	} while (guest_any_pending());
}

static void introduce(uint16_t domid)
{
	states[domid] = HV_DOMAIN_EXISTS;
	ck_assert_int_eq(domains_introduce(domid, 100u + domid, domid), 0);
	settle();
}

static void setup(void)
{
	const struct access_id root = { .target = -1, .privileged = true };
	struct perm owner = { 0, PERM_NONE };
	char path[32];

	memset(pages, 0, sizeof(pages));
	memset(states, 0, sizeof(states));
	conn_set_handler(ops_handle);
	ck_assert_int_eq(store_init(&store), 0);
	domains_init(&fake, &store);
	for (uint16_t i = 1; i < GUESTS; i++) {
		states[i] = HV_DOMAIN_EXISTS;
		snprintf(path, sizeof(path), "/local/domain/%u", i);
		store_mkdir(&store, NULL, &root, path);
		owner.domid = i;
		store_set_perms(&store, NULL, &root, path, &owner, 1);
	}
}

static void teardown(void)
{
	domains_close_all();
	conn_reap();
	ck_assert_int_eq(mapped, 0);
	ck_assert_int_eq(bound, 0);
	store_clear(&store);
}

/* The guest's side: puts bytes on its request ring, as many as fit. */
static void put_bytes(uint16_t domid, const void *data, size_t len)
{
	struct xenstore_domain_interface *page = &pages[domid];

	for (size_t i = 0; i < len; i++)
		page->req[MASK_XENSTORE_IDX(page->req_prod++)] = ((const char *)data)[i];
}

static void put_request(uint16_t domid, uint32_t type, const char *payload, size_t len)
{
	struct xsd_sockmsg hdr = { .type = type, .req_id = 42, .len = (uint32_t)len };

	put_bytes(domid, &hdr, sizeof(hdr));
	put_bytes(domid, payload, len);
}

static void event(uint16_t domid)
{
	domains_event(1000u + domid);
	settle();
}

static size_t get_bytes(uint16_t domid, void *out, size_t len)
{
	struct xenstore_domain_interface *page = &pages[domid];
	size_t n;

	for (n = 0; n < len && page->rsp_cons != page->rsp_prod; n++)
		((char *)out)[n] = page->rsp[MASK_XENSTORE_IDX(page->rsp_cons++)];
	return n;
}

/* Takes one message off the response ring; its type, or -1. */
static int get_message(uint16_t domid, char *payload)
{
	struct xsd_sockmsg hdr;

	if (get_bytes(domid, &hdr, sizeof(hdr)) != sizeof(hdr))
		return -1;
	ck_assert_uint_le(hdr.len, XENSTORE_PAYLOAD_MAX);
	ck_assert_uint_eq(get_bytes(domid, payload, hdr.len), hdr.len);
	payload[hdr.len] = '\0';
	return (int)hdr.type;
}

static int call(uint16_t domid, uint32_t type, const char *payload, size_t len, char *answer)
{
	put_request(domid, type, payload, len);
	event(domid);
	return get_message(domid, answer);
}

static char answer[XENSTORE_PAYLOAD_MAX + 1];

START_TEST(a_guest_reads_and_writes_its_home)
{
	introduce(1);
	ck_assert_int_eq(call(1, XS_WRITE, "data/x\0hello", 12, answer), XS_WRITE);
	ck_assert_int_eq(call(1, XS_READ, "/local/domain/1/data/x", 23, answer), XS_READ);
	ck_assert_str_eq(answer, "hello");
	ck_assert_int_eq(call(1, XS_READ, "/local/domain/2", 16, answer), XS_ERROR);
	ck_assert_str_eq(answer, "EACCES");
	ck_assert_int_gt(kicks, 0);
}
END_TEST

START_TEST(control_is_not_for_guests)
{
	static const uint32_t types[] = {
		XS_CONTROL, XS_INTRODUCE, XS_RELEASE, XS_RESUME, XS_SET_TARGET,
	};

	introduce(1);
	for (size_t i = 0; i < 5; i++) {
		ck_assert_int_eq(call(1, types[i],
				      "2\0"
				      "1\0"
				      "3",
				      6, answer),
				 XS_ERROR);
		ck_assert_str_eq(answer, "EACCES");
	}
	ck_assert_int_eq(call(1, XS_GET_DOMAIN_PATH, "2", 2, answer), XS_GET_DOMAIN_PATH);
	ck_assert_str_eq(answer, "/local/domain/2");
}
END_TEST

START_TEST(requests_may_come_in_any_pieces)
{
	char message[64];
	struct xsd_sockmsg hdr = { .type = XS_WRITE, .len = 8 };
	size_t len = sizeof(hdr) + 8;

	introduce(1);
	memcpy(message, &hdr, sizeof(hdr));
	memcpy(message + sizeof(hdr), "a\0value!", 8);
	for (size_t cut = 0; cut <= len; cut++) {
		put_bytes(1, message, cut);
		event(1);
		put_bytes(1, message + cut, len - cut);
		event(1);
		ck_assert_int_eq(get_message(1, answer), XS_WRITE);
		ck_assert_int_eq(get_message(1, answer), -1);
	}
}
END_TEST

START_TEST(many_requests_are_answered_in_order)
{
	char path[16];

	introduce(1);
	for (int i = 0; i < 30; i++) {
		snprintf(path, sizeof(path), "n%d", i);
		put_request(1, XS_MKDIR, path, strlen(path) + 1);
	}
	event(1);
	for (int i = 0; i < 30; i++)
		ck_assert_int_eq(get_message(1, answer), XS_MKDIR);
	ck_assert_int_eq(get_message(1, answer), -1);
}
END_TEST

static struct conn *conns[4];

/* Serving any guest gives the second one another turn, as the end of a wait does. */
static void handle_and_resume(struct conn *conn, const struct conn_request *request)
{
	conns[conn->id.domid] = conn;
	if (conns[2])
		conns[2]->transport->resume(conns[2]);
	ops_handle(conn, request);
}

START_TEST(a_turn_given_within_a_turn_takes_nobodys)
{
	conn_set_handler(handle_and_resume);
	for (uint16_t i = 1; i < 4; i++) {
		introduce(i);
		put_request(i, XS_MKDIR, "n", 2);
		event(i);
		ck_assert_int_eq(get_message(i, answer), XS_MKDIR);
		put_request(i, XS_MKDIR, "m", 2);
	}
	for (uint16_t i = 1; i < 4; i++)
		conns[i]->transport->resume(conns[i]);
	while (guest_any_pending()) {
		guest_service_pending();
		conn_reap();
	}
	for (uint16_t i = 1; i < 4; i++)
		ck_assert_int_eq(get_message(i, answer), XS_MKDIR);
	conn_set_handler(ops_handle);
}
END_TEST

START_TEST(a_guest_that_does_not_read_stops_itself_only)
{
	struct xsd_sockmsg hdr = { .type = XS_WRITE, .len = 1500 };
	char value[2000];

	introduce(1);
	introduce(2);
	memset(value, 'v', sizeof(value));
	memcpy(value, "big", 4);
	/* In two pieces: it is longer than the ring. */
	put_bytes(1, &hdr, sizeof(hdr));
	put_bytes(1, value, 900);
	event(1);
	put_bytes(1, value + 900, 600);
	event(1);
	ck_assert_int_eq(get_message(1, answer), XS_WRITE);
	for (int i = 0; i < 200; i++) {
		if (pages[1].req_prod - pages[1].req_cons < 900)
			put_request(1, XS_READ, "big", 4);
		event(1);
	}
	/* The rest waits on its ring; the other guest is served. */
	ck_assert_uint_gt(pages[1].req_prod - pages[1].req_cons, 0);
	ck_assert_int_eq(call(2, XS_MKDIR, "x", 2, answer), XS_MKDIR);
	/* Once it reads, it gets every answer. */
	for (int i = 0; i < 2000 && pages[1].req_prod != pages[1].req_cons; i++) {
		pages[1].rsp_cons = pages[1].rsp_prod;
		event(1);
	}
	ck_assert_uint_eq(pages[1].req_prod, pages[1].req_cons);
}
END_TEST

START_TEST(a_broken_ring_hurts_its_owner_only)
{
	introduce(1);
	introduce(2);
	pages[1].req_prod = pages[1].req_cons + 5000;
	event(1);
	ck_assert_uint_eq(pages[1].error, XENSTORE_ERROR_RINGIDX);
	ck_assert(domains_introduced(1));
	ck_assert_int_eq(call(2, XS_MKDIR, "x", 2, answer), XS_MKDIR);
	event(1);
	/* It may ask for a fresh start. */
	pages[1].connection = XENSTORE_RECONNECT;
	event(1);
	ck_assert_uint_eq(pages[1].connection, XENSTORE_CONNECTED);
	ck_assert_uint_eq(pages[1].error, XENSTORE_ERROR_NONE);
	ck_assert_int_eq(call(1, XS_MKDIR, "x", 2, answer), XS_MKDIR);
}
END_TEST

START_TEST(an_oversize_request_ends_the_connection)
{
	struct xsd_sockmsg hdr = { .type = XS_READ, .len = 4097 };

	introduce(1);
	put_bytes(1, &hdr, sizeof(hdr));
	event(1);
	ck_assert_uint_eq(pages[1].error, XENSTORE_ERROR_PROTO);
	hdr.len = 0xffffffff;
	introduce(2);
	put_bytes(2, &hdr, sizeof(hdr));
	event(2);
	ck_assert_uint_eq(pages[2].error, XENSTORE_ERROR_PROTO);
}
END_TEST

START_TEST(a_reconnect_drops_watches_and_transactions)
{
	introduce(1);
	ck_assert_int_eq(call(1, XS_WATCH, "a\0t", 4, answer), XS_WATCH);
	ck_assert_int_eq(get_message(1, answer), XS_WATCH_EVENT);
	ck_assert_int_eq(call(1, XS_TRANSACTION_START, "", 1, answer), XS_TRANSACTION_START);
	ck_assert_uint_eq(account_of(1)->used[QUOTA_WATCHES], 1);
	pages[1].connection = XENSTORE_RECONNECT;
	event(1);
	ck_assert_uint_eq(account_of(1)->used[QUOTA_WATCHES], 0);
	ck_assert_uint_eq(account_of(1)->used[QUOTA_TRANSACTIONS], 0);
	ck_assert_int_eq(call(1, XS_WRITE, "a\0v", 3, answer), XS_WRITE);
}
END_TEST

START_TEST(identical_events_are_not_piled_up)
{
	introduce(1);
	ck_assert_int_eq(call(1, XS_WATCH, "a\0t", 4, answer), XS_WATCH);
	ck_assert_int_eq(get_message(1, answer), XS_WATCH_EVENT);
	for (int i = 0; i < 500; i++) {
		const struct access_id root = { .target = -1, .privileged = true };

		store_write(&store, NULL, &root, "/local/domain/1/a", "v", 1);
	}
	settle();
	ck_assert_uint_lt(pages[1].rsp_prod - pages[1].rsp_cons, 100);
	ck_assert_int_eq(get_message(1, answer), XS_WATCH_EVENT);
	ck_assert_str_eq(answer, "a");
}
END_TEST

START_TEST(reset_watches_also_ends_transactions)
{
	introduce(1);
	call(1, XS_WATCH, "a\0t", 4, answer);
	get_message(1, answer);
	call(1, XS_TRANSACTION_START, "", 1, answer);
	ck_assert_int_eq(call(1, XS_RESET_WATCHES, "", 1, answer), XS_RESET_WATCHES);
	ck_assert_uint_eq(account_of(1)->used[QUOTA_WATCHES], 0);
	ck_assert_uint_eq(account_of(1)->used[QUOTA_TRANSACTIONS], 0);
}
END_TEST

START_TEST(introduction_is_checked)
{
	ck_assert_int_eq(domains_introduce(3, 999, 3), -EINVAL);
	states[3] = 0;
	ck_assert_int_eq(domains_introduce(3, 103, 3), -ENOENT);
	states[3] = HV_DOMAIN_EXISTS | HV_DOMAIN_DYING;
	ck_assert_int_eq(domains_introduce(3, 103, 3), -ENOENT);
	ck_assert_int_eq(domains_release(3), -ENOENT);
	ck_assert_int_eq(domains_release(0), -EINVAL);
	introduce(3);
	/* Again: a new port for the same ring. */
	ck_assert_int_eq(domains_introduce(3, 103, 9), 0);
	ck_assert_int_eq(bound, 1);
	domains_event(1003);
	put_request(3, XS_MKDIR, "x", 2);
	domains_event(1009);
	settle();
	ck_assert_int_eq(get_message(3, answer), XS_MKDIR);
	ck_assert_int_eq(domains_release(3), 0);
	ck_assert(!domains_introduced(3));
}
END_TEST

START_TEST(a_successor_starts_anew)
{
	introduce(1);
	call(1, XS_WATCH, "a\0t", 4, answer);
	call(1, XS_TRANSACTION_START, "", 1, answer);
	/* The same domain again keeps what it has. */
	ck_assert_int_eq(domains_introduce(1, 101, 1), 0);
	ck_assert_uint_eq(account_of(1)->used[QUOTA_WATCHES], 1);
	/* A fresh page under the same number is another domain. */
	memset(&pages[1], 0, sizeof(pages[1]));
	ck_assert_int_eq(domains_introduce(1, 101, 1), 0);
	ck_assert_uint_eq(account_of(1)->used[QUOTA_WATCHES], 0);
	ck_assert_uint_eq(account_of(1)->used[QUOTA_TRANSACTIONS], 0);
	ck_assert_int_eq(mapped, 1);
	ck_assert_int_eq(call(1, XS_WATCH, "a\0t", 4, answer), XS_WATCH);
}
END_TEST

START_TEST(death_takes_everything_along)
{
	introduce(1);
	introduce(2);
	ck_assert_int_eq(call(2, XS_WATCH, "@releaseDomain\0t", 17, answer), XS_WATCH);
	call(1, XS_WATCH, "a\0t", 4, answer);
	states[1] = 0;
	domains_check();
	settle();
	ck_assert(!domains_introduced(1));
	ck_assert(domains_introduced(2));
	ck_assert_int_eq(mapped, 1);
	ck_assert_uint_eq(account_of(1)->used[QUOTA_WATCHES], 0);
	ck_assert_uint_eq(account_of(1)->used[QUOTA_NODES], 0);
	ck_assert_ptr_null(tree_find(store.root, "/local/domain/1"));
	/* A stray event of its old port means nothing. */
	event(1);
}
END_TEST

START_TEST(shutdown_is_told_once_until_resumed)
{
	struct perm perms[] = { { 0, PERM_NONE }, { 2, PERM_READ } };
	const struct access_id root = { .target = -1, .privileged = true };

	introduce(1);
	introduce(2);
	store_set_perms(&store, NULL, &root, "@releaseDomain", perms, 2);
	call(2, XS_WATCH, "@releaseDomain\0t", 17, answer);
	get_message(2, answer);
	states[1] |= HV_DOMAIN_SHUTDOWN;
	for (int i = 0; i < 2; i++) {
		domains_check();
		settle();
	}
	ck_assert_int_eq(get_message(2, answer), XS_WATCH_EVENT);
	ck_assert_str_eq(answer, "@releaseDomain");
	ck_assert_int_eq(get_message(2, answer), -1);
	ck_assert(domains_introduced(1));
	ck_assert_int_eq(domains_resume(1), 0);
	domains_check();
	settle();
	ck_assert_int_eq(get_message(2, answer), XS_WATCH_EVENT);
}
END_TEST

START_TEST(a_target_lends_its_rights_while_it_lives)
{
	introduce(1);
	introduce(2);
	ck_assert_int_eq(call(1, XS_READ, "/local/domain/2", 16, answer), XS_ERROR);
	ck_assert_int_eq(domains_set_target(1, 2), 0);
	ck_assert_int_eq(domains_set_target(1, 3), -ENOENT);
	ck_assert_int_eq(call(1, XS_READ, "/local/domain/2", 16, answer), XS_READ);
	states[2] = 0;
	domains_check();
	introduce(2);
	ck_assert_int_eq(call(1, XS_READ, "/local/domain/2", 16, answer), XS_ERROR);
}
END_TEST

START_TEST(random_bytes_from_a_guest_are_survived)
{
	unsigned int seed = 7;

	introduce(1);
	introduce(2);
	for (int round = 0; round < 20000; round++) {
		char bytes[64];
		struct xsd_sockmsg hdr;

		for (size_t i = 0; i < sizeof(bytes); i++) {
			seed = seed * 1103515245 + 12345;
			bytes[i] = (char)(seed >> 16);
		}
		hdr.type = (seed >> 8) % 26;
		hdr.req_id = seed;
		hdr.tx_id = (seed >> 4) % 3;
		hdr.len = (seed >> 12) % sizeof(bytes);
		/* Mostly printable, with separators. */
		for (size_t i = 0; i < hdr.len; i++)
			bytes[i] = "/ab@0T\0n5\0F"[(uint8_t)bytes[i] % 11];
		put_bytes(1, &hdr, sizeof(hdr));
		put_bytes(1, bytes, hdr.len);
		event(1);
		pages[1].rsp_cons = pages[1].rsp_prod;
		if (pages[1].error) {
			pages[1].connection = XENSTORE_RECONNECT;
			event(1);
		}
	}
	ck_assert_int_gt(store_check(&store), 0);
	ck_assert_int_eq(call(2, XS_MKDIR, "x", 2, answer), XS_MKDIR);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("guest");
	TCase *tcase = tcase_create("guest");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 120);
	TAP_ADD(tcase, a_guest_reads_and_writes_its_home);
	TAP_ADD(tcase, control_is_not_for_guests);
	TAP_ADD(tcase, requests_may_come_in_any_pieces);
	TAP_ADD(tcase, many_requests_are_answered_in_order);
	TAP_ADD(tcase, a_turn_given_within_a_turn_takes_nobodys);
	TAP_ADD(tcase, a_guest_that_does_not_read_stops_itself_only);
	TAP_ADD(tcase, a_broken_ring_hurts_its_owner_only);
	TAP_ADD(tcase, an_oversize_request_ends_the_connection);
	TAP_ADD(tcase, a_reconnect_drops_watches_and_transactions);
	TAP_ADD(tcase, identical_events_are_not_piled_up);
	TAP_ADD(tcase, reset_watches_also_ends_transactions);
	TAP_ADD(tcase, introduction_is_checked);
	TAP_ADD(tcase, a_successor_starts_anew);
	TAP_ADD(tcase, death_takes_everything_along);
	TAP_ADD(tcase, shutdown_is_told_once_until_resumed);
	TAP_ADD(tcase, a_target_lends_its_rights_while_it_lives);
	TAP_ADD(tcase, random_bytes_from_a_guest_are_survived);
	suite_add_tcase(suite, tcase);
	return tap_run(suite);
}
