/* SPDX-License-Identifier: MIT */
/*
 * The state stream: what is written is read, and no stream, however damaged,
 * leads outside its own bytes.
 */
#include "state/stream.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "bytes.h"
#include "tap.h"

static struct stream_writer writer;
static struct bytes written;

static void setup(void)
{
	memset(&written, 0, sizeof(written));
	stream_begin(&writer, bytes_append, &written);
}

static void teardown(void)
{
	bytes_free(&written);
}

/* One of each kind. */
static void put_all(void)
{
	static const uint32_t limits[] = { 1000, 128 };
	static const char *const names[] = { "nodes", "watches" };
	static struct stream_node node;
	static struct stream_change change;

	stream_put_global(&writer, &(struct stream_global){ .socket = 5, .evtchn = -1 });
	stream_put_store(&writer, &(struct stream_store){ .generation = 77 });
	stream_put_quota(&writer, limits, names, 2);
	stream_put_domain(&writer, 9, 3, limits, names, 1);
	node = (struct stream_node){ .path = "/a/b",
				     .value = "v\0w",
				     .value_len = 3,
				     .perm_count = 2,
				     .perms = { { 3, PERM_NONE }, { 4, PERM_BOTH | PERM_IGNORE } } };
	stream_put_node(&writer, &node);
	stream_put_connection(&writer, &(struct stream_connection){ .id = 1,
								    .domid = 3,
								    .target = STREAM_NO_TARGET,
								    .evtchn = 12,
								    .in = "half",
								    .in_len = 4,
								    .partial_len = 2,
								    .out_len = 5 });
	stream_put_bytes(&writer, "pa", 2);
	stream_put_bytes(&writer, "whl", 3);
	stream_put_connection(&writer,
			      &(struct stream_connection){ .id = 2, .socket = true, .fd = 17 });
	stream_put_client(&writer, &(struct stream_client){ .connection = 1,
							    .last_txn = 8,
							    .mfn = 0x123456789abc,
							    .flags = STREAM_CLIENT_USED,
							    .req_cons = 0xfffffff0,
							    .rsp_prod = 4 });
	stream_put_watch(&writer, &(struct stream_watch){ 1, STREAM_DEPTH_ANY, "/a", "token" });
	stream_put_watch(&writer, &(struct stream_watch){ 2, 1, "@releaseDomain", "" });
	stream_put_transaction(&writer, &(struct stream_transaction){ 1, 8, true });
	node.connection = 1;
	node.number = 8;
	node.access = STREAM_ACCESS_READ;
	node.perm_count = 0;
	node.value_len = 0;
	stream_put_node(&writer, &node);
	change = (struct stream_change){ .connection = 1,
					 .number = 8,
					 .kind = 1,
					 .quiet = true,
					 .path = "/a/c",
					 .value = "x",
					 .value_len = 1,
					 .perm_count = 1,
					 .perms = { { 3, PERM_READ } } };
	stream_put_change(&writer, &change);
	ck_assert_int_eq(stream_finish(&writer), 0);
}

static struct stream_reader reader;
static struct stream_record record;

static void expect(uint32_t type)
{
	ck_assert_int_eq(stream_next(&reader, &record), 1);
	ck_assert_uint_eq(record.type, type);
}

static void read_connections(void)
{
	struct stream_connection connection;
	struct stream_client client;

	expect(STREAM_CONNECTION);
	ck_assert_int_eq(stream_get_connection(&record, &connection), 0);
	ck_assert_uint_eq(connection.id, 1);
	ck_assert(!connection.socket);
	ck_assert_uint_eq(connection.domid, 3);
	ck_assert_uint_eq(connection.target, STREAM_NO_TARGET);
	ck_assert_uint_eq(connection.evtchn, 12);
	ck_assert_uint_eq(connection.in_len, 4);
	ck_assert_mem_eq(connection.in, "half", 4);
	ck_assert_uint_eq(connection.partial_len, 2);
	ck_assert_uint_eq(connection.out_len, 5);
	ck_assert_mem_eq(connection.out, "pawhl", 5);
	expect(STREAM_CONNECTION);
	ck_assert_int_eq(stream_get_connection(&record, &connection), 0);
	ck_assert(connection.socket);
	ck_assert_int_eq(connection.fd, 17);
	expect(STREAM_CLIENT);
	ck_assert_int_eq(stream_get_client(&record, &client), 0);
	ck_assert_uint_eq(client.mfn, 0x123456789abc);
	ck_assert_uint_eq(client.req_cons, 0xfffffff0);
}

static void read_watches(void)
{
	struct stream_watch watch;

	expect(STREAM_WATCH);
	ck_assert_int_eq(stream_get_watch(&record, &watch), 0);
	ck_assert_str_eq(watch.path, "/a");
	ck_assert_str_eq(watch.token, "token");
	ck_assert_uint_eq(watch.depth, STREAM_DEPTH_ANY);
	expect(STREAM_WATCH_EXT);
	ck_assert_int_eq(stream_get_watch(&record, &watch), 0);
	ck_assert_uint_eq(watch.depth, 1);
	ck_assert_str_eq(watch.path, "@releaseDomain");
	ck_assert_str_eq(watch.token, "");
}

static void read_transaction(void)
{
	struct stream_transaction txn;
	struct stream_change change;
	struct stream_node node;

	expect(STREAM_TRANSACTION);
	ck_assert_int_eq(stream_get_transaction(&record, &txn), 0);
	ck_assert_uint_eq(txn.number, 8);
	ck_assert(txn.doomed);
	expect(STREAM_NODE);
	ck_assert_int_eq(stream_get_node(&record, &node), 0);
	ck_assert_uint_eq(node.connection, 1);
	ck_assert_uint_eq(node.number, 8);
	ck_assert_uint_eq(node.access, STREAM_ACCESS_READ);
	ck_assert_uint_eq(node.perm_count, 0);
	expect(STREAM_CHANGE);
	ck_assert_int_eq(stream_get_change(&record, &change), 0);
	ck_assert_uint_eq(change.kind, 1);
	ck_assert(change.quiet);
	ck_assert_str_eq(change.path, "/a/c");
	ck_assert_uint_eq(change.perms[0].domid, 3);
}

START_TEST(what_is_written_is_read)
{
	struct stream_global global;
	struct stream_store store;
	struct stream_quota quota;
	struct stream_node node;
	const char *name;
	uint32_t value;

	put_all();
	ck_assert_int_eq(stream_open(&reader, written.data, written.len), 0);
	expect(STREAM_GLOBAL);
	ck_assert_int_eq(stream_get_global(&record, &global), 0);
	ck_assert_int_eq(global.socket, 5);
	ck_assert_int_eq(global.evtchn, -1);
	expect(STREAM_STORE);
	ck_assert_int_eq(stream_get_store(&record, &store), 0);
	ck_assert_uint_eq(store.generation, 77);
	expect(STREAM_QUOTA);
	ck_assert_int_eq(stream_get_quota(&record, &quota), 0);
	ck_assert(stream_next_quota(&quota, &name, &value));
	ck_assert_str_eq(name, "nodes");
	ck_assert_uint_eq(value, 1000);
	ck_assert(stream_next_quota(&quota, &name, &value));
	ck_assert_str_eq(name, "watches");
	ck_assert(!stream_next_quota(&quota, &name, &value));
	expect(STREAM_DOMAIN);
	ck_assert_int_eq(stream_get_quota(&record, &quota), 0);
	ck_assert_uint_eq(quota.domid, 9);
	ck_assert_uint_eq(quota.features, 3);
	ck_assert_uint_eq(quota.count, 1);
	expect(STREAM_NODE);
	ck_assert_int_eq(stream_get_node(&record, &node), 0);
	ck_assert_str_eq(node.path, "/a/b");
	ck_assert_uint_eq(node.value_len, 3);
	ck_assert_mem_eq(node.value, "v\0w", 3);
	ck_assert_uint_eq(node.perm_count, 2);
	ck_assert_uint_eq(node.perms[1].domid, 4);
	ck_assert_uint_eq(node.perms[1].access, PERM_BOTH | PERM_IGNORE);
	read_connections();
	read_watches();
	read_transaction();
	ck_assert_int_eq(stream_next(&reader, &record), 0);
	ck_assert_uint_eq(reader.left, 0);
}
END_TEST

START_TEST(records_are_aligned_and_padded_with_zeroes)
{
	static const char watch[] = {
		3,   0,	  0, 0,	  14,  0, 0, 0, /* type, length */
		7,   0,	  0, 0,	  3,   0, 3, 0, /* connection, lengths */
		'/', 'a', 0, 't', 'k', 0, 0, 0, /* strings, padding */
	};
	static const char head[] = { 'x', 'e', 'n', 's', 't', 'o', 'r', 'e', 0, 0, 0, 2, 0, 0, 0, 0 };

	stream_put_watch(&writer, &(struct stream_watch){ 7, STREAM_DEPTH_ANY, "/a", "tk" });
	ck_assert_int_eq(stream_finish(&writer), 0);
	ck_assert_uint_eq(written.len, 16 + sizeof(watch) + 8);
	ck_assert_mem_eq(written.data, head, 16);
	ck_assert_mem_eq(written.data + 16, watch, sizeof(watch));
}
END_TEST

START_TEST(output_longer_than_the_writers_buffer)
{
	struct stream_connection connection = { .id = 1, .out_len = 5 * STREAM_BUFFER };
	static char piece[STREAM_BUFFER];

	stream_put_connection(&writer, &connection);
	for (char i = 0; i < 5; i++) {
		memset(piece, 'a' + i, sizeof(piece));
		stream_put_bytes(&writer, piece, sizeof(piece));
	}
	ck_assert_int_eq(stream_finish(&writer), 0);
	ck_assert_int_eq(stream_open(&reader, written.data, written.len), 0);
	expect(STREAM_CONNECTION);
	ck_assert_int_eq(stream_get_connection(&record, &connection), 0);
	ck_assert_int_eq(connection.out[0], 'a');
	ck_assert_int_eq(connection.out[5 * STREAM_BUFFER - 1], 'e');
}
END_TEST

START_TEST(a_record_cut_short_by_its_writer_is_an_error)
{
	stream_put_connection(&writer, &(struct stream_connection){ .id = 1, .out_len = 5 });
	stream_put_bytes(&writer, "four", 4);
	ck_assert_int_lt(stream_finish(&writer), 0);
}
END_TEST

/* Reads all that can be read, and touches every byte of it. */
static long digest(const void *data, size_t len)
{
	static union {
		struct stream_global global;
		struct stream_connection connection;
		struct stream_watch watch;
		struct stream_transaction txn;
		struct stream_node node;
		struct stream_store store;
		struct stream_client client;
		struct stream_change change;
		struct stream_quota quota;
	} u;
	const char *name;
	uint32_t value;
	long sum = 0;

	if (stream_open(&reader, data, len))
		return -1;
	while (stream_next(&reader, &record) > 0) {
		if (!stream_get_global(&record, &u.global))
			sum += u.global.socket;
		if (!stream_get_connection(&record, &u.connection)) {
			for (size_t i = 0; i < u.connection.in_len; i++)
				sum += u.connection.in[i];
			for (size_t i = 0; i < u.connection.out_len; i++)
				sum += u.connection.out[i];
		}
		if (!stream_get_watch(&record, &u.watch))
			sum += (long)(strlen(u.watch.path) + strlen(u.watch.token));
		if (!stream_get_transaction(&record, &u.txn))
			sum += u.txn.number;
		if (!stream_get_node(&record, &u.node)) {
			sum += (long)strlen(u.node.path);
			for (size_t i = 0; i < u.node.value_len; i++)
				sum += u.node.value[i];
			for (size_t i = 0; i < u.node.perm_count; i++)
				sum += u.node.perms[i].domid;
		}
		if (!stream_get_store(&record, &u.store))
			sum += (long)(u.store.generation & 1);
		if (!stream_get_client(&record, &u.client))
			sum += u.client.flags;
		if (!stream_get_change(&record, &u.change)) {
			sum += (long)strlen(u.change.path);
			for (size_t i = 0; i < u.change.value_len; i++)
				sum += u.change.value[i];
		}
		if (!stream_get_quota(&record, &u.quota)) {
			while (stream_next_quota(&u.quota, &name, &value))
				sum += (long)strlen(name) + value;
		}
	}
	return sum;
}

START_TEST(every_prefix_is_refused_without_harm)
{
	put_all();
	for (size_t len = 0; len < written.len; len++) {
		char *copy = malloc(len ? len : 1);
		int rc;

		memcpy(copy, written.data, len);
		digest(copy, len);
		rc = stream_open(&reader, copy, len);
		while (!rc && (rc = stream_next(&reader, &record)) > 0)
			rc = 0;
		ck_assert_int_lt(rc, 0);
		free(copy);
	}
}
END_TEST

START_TEST(damaged_streams_are_survived)
{
	unsigned int seed = 3;

	put_all();
	for (int round = 0; round < 50000; round++) {
		char *copy = malloc(written.len);

		memcpy(copy, written.data, written.len);
		for (int i = 0; i < 3; i++) {
			seed = seed * 1103515245 + 12345;
			copy[(seed >> 8) % written.len] = (char)(seed >> 24);
		}
		digest(copy, written.len);
		free(copy);
	}
}
END_TEST

START_TEST(what_cannot_be_read_is_refused)
{
	char header[24] = "xenstore\0\0\0\1";

	ck_assert_int_eq(stream_open(&reader, header, 16), 0);
	header[11] = 3;
	ck_assert_int_eq(stream_open(&reader, header, 16), -EINVAL);
	header[11] = 0;
	ck_assert_int_eq(stream_open(&reader, header, 16), -EINVAL);
	header[11] = 1;
	/* The big-endian flag. */
	header[15] = 1;
	ck_assert_int_eq(stream_open(&reader, header, 16), -EINVAL);
	header[15] = 0;
	header[0] = 'X';
	ck_assert_int_eq(stream_open(&reader, header, 16), -EINVAL);
}
END_TEST

int main(void)
{
	TCase *tcase = tcase_create("stream");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 120);
	TAP_ADD(tcase, what_is_written_is_read);
	TAP_ADD(tcase, records_are_aligned_and_padded_with_zeroes);
	TAP_ADD(tcase, output_longer_than_the_writers_buffer);
	TAP_ADD(tcase, a_record_cut_short_by_its_writer_is_an_error);
	TAP_ADD(tcase, every_prefix_is_refused_without_harm);
	TAP_ADD(tcase, damaged_streams_are_survived);
	TAP_ADD(tcase, what_cannot_be_read_is_refused);
	return tap_run_case("stream", tcase);
}
