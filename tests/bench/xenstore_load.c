/* SPDX-License-Identifier: MIT */
/*
 * Work for a XenStore daemon, a row of the benchmark at a time, on a daemon that
 * was just started:
 *
 *	xenstore_load [--handshake] [--scale PERCENT] SOCKET ROW
 *	xenstore_load --list
 *
 * Prints "figure NAME ops N wall_ns N cpu_ns N [p50_ns N p99_ns N max_ns N]" and
 * "value NAME N".
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xenstore_rows.h"

/* Requests on their way at once where a row pipelines. */
#define WINDOW 64
/* Nodes that small rows read and write. */
#define NODES 100

struct load load;

const char *small_path(char path[64], long n)
{
	snprintf(path, 64, "/bench/small/%ld/node", n % NODES);
	return path;
}

static void make_small(void)
{
	char path[64];

	for (long n = 0; n < NODES; n++)
		client_call(load.client, XS_WRITE, 0, small_path(path, n), VALUE, NULL);
}

/* One client, one request after the other. */
static void one_at_a_time(const char *name, uint32_t type, long ops)
{
	const char *value = type == XS_WRITE ? VALUE : NULL;
	char path[64];

	measure_begin(&load, name);
	for (long n = 0; n < ops; n++) {
		uint64_t begin = measure_now();

		client_call(load.client, type, 0, small_path(path, n), value, NULL);
		measure_wait(measure_now() - begin);
	}
	measure_end(&load, ops);
}

static void row_read(void)
{
	make_small();
	one_at_a_time("read", XS_READ, measure_ops(&load, 20000));
}

static void row_write(void)
{
	make_small();
	one_at_a_time("write", XS_WRITE, measure_ops(&load, 20000));
}

/*
 * A window of requests on their way: a new half is sent when half is answered.
 * @path makes the path of the n-th.
 */
static void pipelined(const char *name, uint32_t type, long ops,
		      const char *(*path)(char out[64], long n))
{
	const char *value = type == XS_WRITE ? VALUE : NULL;
	struct client *client = load.client;
	long sent = 0, done = 0;
	struct message message;
	char text[64];

	measure_begin(&load, name);
	while (done < ops) {
		for (; sent < ops && sent - done < WINDOW; sent++)
			client_put_node(client, type, 0, path(text, sent), value);
		client_send(client);
		for (long until = sent - (sent < ops ? WINDOW / 2 : 0); done < until; done++) {
			client_reply(client, &message);
			if (message.hdr.type == XS_ERROR)
				client_fail("a pipelined request failed");
		}
	}
	measure_end(&load, ops);
}

static void row_pipelined(void)
{
	make_small();
	pipelined("pipelined read", XS_READ, measure_ops(&load, 100000), small_path);
	pipelined("pipelined write", XS_WRITE, measure_ops(&load, 100000), small_path);
}

static const char *wide_path(char path[64], long n)
{
	(void)n;
	strcpy(path, "/bench/wide");
	return path;
}

/* As many as fit into one reply: their names are three digits at most. */
static void row_directory(void)
{
	char path[64];

	for (int n = 0; n < 1000; n++) {
		snprintf(path, sizeof(path), "/bench/wide/%d", n);
		client_call(load.client, XS_WRITE, 0, path, "", NULL);
	}
	pipelined("directory of 1000", XS_DIRECTORY, measure_ops(&load, 10000), wide_path);
}

static void row_transaction(void)
{
	long ops = measure_ops(&load, 2000);
	char path[64];

	make_small();
	measure_begin(&load, "transaction of 10 writes");
	for (long n = 0; n < ops; n++) {
		uint32_t txn = client_begin(load.client);

		for (int i = 0; i < 10; i++)
			client_call(load.client, XS_WRITE, txn, small_path(path, n + i), VALUE, NULL);
		if (!client_commit(load.client, txn))
			client_fail("a transaction alone conflicts");
	}
	measure_end(&load, ops);
}

/* Reads and writes a node in a transaction, while another client writes @other. */
static bool transact(const char *path, const char *other)
{
	uint32_t txn = client_begin(&load.client[0]);

	client_call(&load.client[0], XS_READ, txn, path, NULL, NULL);
	client_call(&load.client[0], XS_WRITE, txn, path, VALUE, NULL);
	if (other)
		client_call(&load.client[1], XS_WRITE, 0, other, VALUE, NULL);
	return client_commit(&load.client[0], txn);
}

/* Each is refused once and succeeds when it is repeated. */
static void row_conflict(void)
{
	long ops = measure_ops(&load, 3000), refused = 0;
	char path[64];

	measure_open(&load, 2);
	make_small();
	measure_begin(&load, "transaction that conflicts");
	for (long n = 0; n < ops; n++) {
		const char *other = small_path(path, n);

		for (; !transact(path, other); other = NULL)
			refused++;
	}
	measure_end(&load, ops);
	measure_value("conflicts a transaction that conflicts", (double)refused / (double)ops);
}

/* Another client makes a node beside the one that the transaction makes. */
static void row_apart(void)
{
	long ops = measure_ops(&load, 3000), refused = 0;
	char path[64], other[64];

	measure_open(&load, 2);
	client_call(load.client, XS_WRITE, 0, "/bench/apart", "", NULL);
	measure_begin(&load, "transaction beside others");
	for (long n = 0; n < ops; n++) {
		bool again = false, done;

		snprintf(path, sizeof(path), "/bench/apart/%ld", 2 * n);
		snprintf(other, sizeof(other), "/bench/apart/%ld", 2 * n + 1);
		do {
			uint32_t txn = client_begin(&load.client[0]);

			client_call(&load.client[0], XS_WRITE, txn, path, VALUE, NULL);
			if (!again)
				client_call(&load.client[1], XS_WRITE, 0, other, VALUE, NULL);
			done = client_commit(&load.client[0], txn);
			refused += !done;
			again = true;
		} while (!done);
	}
	measure_end(&load, ops);
	measure_value("conflicts a transaction beside others", (double)refused / (double)ops);
}

/* @count watches of the second client that nothing touches. */
static void register_watches(long count)
{
	struct client *client = &load.client[1];
	struct message message;
	char path[64];

	for (long n = 0; n < count; n++) {
		snprintf(path, sizeof(path), "/bench/idle/%ld/state", n);
		client_put_node(client, XS_WATCH, 0, path, "token");
		if (n % WINDOW != WINDOW - 1 && n != count - 1)
			continue;
		client_send(client);
		for (long i = 0; i <= n % WINDOW; i++)
			client_reply(client, &message);
	}
	client_await_events(client, count);
}

static void watch_events(const char *name, long registered)
{
	long ops = measure_ops(&load, 10000), before;
	char path[64];

	measure_open(&load, 2);
	make_small();
	register_watches(registered - 1);
	client_call(&load.client[1], XS_WATCH, 0, "/bench/small", "seen", NULL);
	client_await_events(&load.client[1], registered);
	before = load.client[1].events;
	measure_begin(&load, name);
	for (long n = 0; n < ops; n++) {
		uint64_t begin = measure_now();

		client_call(&load.client[0], XS_WRITE, 0, small_path(path, n), VALUE, NULL);
		client_await_events(&load.client[1], before + n + 1);
		measure_wait(measure_now() - begin);
	}
	measure_end(&load, ops);
}

static void row_event(void)
{
	watch_events("write and event, 1 watch", 1);
}

static void row_event_1000(void)
{
	watch_events("write and event, 1000 watches", 1000);
}

static void row_event_10000(void)
{
	watch_events("write and event, 10000 watches", 10000);
}

/* One write that a thousand watches hear of; an operation is one event. */
static void row_fan(void)
{
	long ops = measure_ops(&load, 100), before;
	char token[16], path[64];

	measure_open(&load, 2);
	make_small();
	for (int n = 0; n < 1000; n++) {
		snprintf(token, sizeof(token), "%d", n);
		client_call(&load.client[1], XS_WATCH, 0, "/bench/small", token, NULL);
	}
	client_await_events(&load.client[1], 1000);
	before = load.client[1].events;
	measure_begin(&load, "event to 1000 watches");
	for (long n = 0; n < ops; n++) {
		client_call(&load.client[0], XS_WRITE, 0, small_path(path, n), VALUE, NULL);
		client_await_events(&load.client[1], before + (n + 1) * 1000);
	}
	measure_end(&load, ops * 1000);
}

/* Waits for the next reply of whichever of the clients has one; its number. */
static int next_reply(struct pollfd *fds, int clients)
{
	static int at;
	struct message message;

	for (;;) {
		for (int i = 0; i < clients; i++) {
			struct client *client;

			at = (at + 1) % clients;
			client = &load.client[at];
			if (fds[at].revents && !client_fill(client))
				client_fail("the daemon hung up");
			fds[at].revents = 0;
			while (client_take(client, &message)) {
				if (message.hdr.type == XS_ERROR)
					client_fail("a request failed");
				if (message.hdr.type != XS_WATCH_EVENT)
					return at;
				client->events++;
			}
		}
		poll(fds, (nfds_t)clients, -1);
	}
}

void at_once(const char *name, int clients, long ops, void (*request)(int client, long n))
{
	uint64_t begun[CLIENTS_MAX];
	struct pollfd fds[CLIENTS_MAX];
	long sent;

	for (int i = 0; i < clients; i++)
		fds[i] = (struct pollfd){ .fd = load.client[i].fd, .events = POLLIN };
	measure_begin(&load, name);
	for (sent = 0; sent < clients; sent++) {
		begun[sent] = measure_now();
		request((int)sent, sent);
	}
	for (long done = 0; done < ops; done++) {
		int i = next_reply(fds, clients);
		uint64_t now = measure_now();

		measure_wait(now - begun[i]);
		if (sent >= ops)
			continue;
		begun[i] = now;
		request(i, sent++);
	}
	measure_end(&load, ops);
}

/* Three reads, one write. */
static void small_request(int client, long n)
{
	bool write = n % 4 == 3;
	char path[64];

	client_put_node(&load.client[client], write ? XS_WRITE : XS_READ, 0, small_path(path, n),
			write ? VALUE : NULL);
	client_send(&load.client[client]);
}

static void row_clients_16(void)
{
	measure_open(&load, 16);
	make_small();
	at_once("16 clients", 16, measure_ops(&load, 40000), small_request);
}

static void row_clients_50(void)
{
	measure_open(&load, 50);
	make_small();
	at_once("50 clients", 50, measure_ops(&load, 40000), small_request);
}

#define LARGE 100000

static const char *large_path(char path[64], long n)
{
	snprintf(path, 64, "/bench/large/%ld/%ld", n / 1000, n % 1000);
	return path;
}

/* In no order, and each once. */
static const char *scattered_path(char path[64], long n)
{
	return large_path(path, n * 7919 % LARGE);
}

double longest_wait(uint32_t type, const void *payload, size_t len)
{
	struct client *other = &load.client[1];
	struct pollfd fd = { .fd = other->fd, .events = POLLIN };
	uint64_t longest = 0;
	struct message message;

	client_put(other, type, 0, payload, len);
	client_send(other);
	do {
		uint64_t begin = measure_now(), wait;

		client_call(load.client, XS_READ, 0, "/bench/near", NULL, NULL);
		wait = measure_now() - begin;
		if (wait > longest)
			longest = wait;
	} while (!poll(&fd, 1, 0));
	client_reply(other, &message);
	if (message.hdr.type == XS_ERROR)
		client_fail("what others were to wait for failed");
	return (double)longest / 1e6;
}

static void row_large(void)
{
	long before;

	measure_open(&load, 2);
	client_call(load.client, XS_WRITE, 0, "/bench/near", VALUE, NULL);
	before = measure_memory(&load, "Rss");
	pipelined("create, of 100000", XS_WRITE, LARGE, large_path);
	measure_value("MiB with 100000 nodes", (double)measure_memory(&load, "Rss") / 1024);
	measure_value("MiB of these private", (double)measure_memory(&load, "Private_Dirty") / 1024);
	measure_value("bytes a node", (double)(measure_memory(&load, "Rss") - before) * 1024 / LARGE);
	pipelined("read, of 100000", XS_READ, LARGE, scattered_path);
	pipelined("write, of 100000", XS_WRITE, LARGE, scattered_path);
	measure_begin(&load, "delete 100000");
	measure_value("ms a read waits for a delete",
		      longest_wait(XS_RM, "/bench/large", sizeof("/bench/large")));
	measure_end(&load, LARGE);
}

static const struct row {
	const char *name;
	void (*run)(void);
} rows[] = {
	{ "read", row_read },
	{ "write", row_write },
	{ "pipelined", row_pipelined },
	{ "directory", row_directory },
	{ "transaction", row_transaction },
	{ "conflict", row_conflict },
	{ "apart", row_apart },
	{ "event", row_event },
	{ "event-1000", row_event_1000 },
	{ "event-10000", row_event_10000 },
	{ "fan", row_fan },
	{ "clients-16", row_clients_16 },
	{ "clients-50", row_clients_50 },
	{ "large", row_large },
	{ "guests-10", row_guests_10 },
	{ "guests-1000", row_guests_1000 },
	{ "update", row_update },
	{ "kill", row_kill },
};

#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]))

static void list_rows(void)
{
	for (size_t i = 0; i < ROW_COUNT; i++)
		printf("%s\n", rows[i].name);
	exit(0);
}

int main(int argc, char **argv)
{
	load.scale = 100;
	for (argv++; argc > 1 && !strncmp(*argv, "--", 2); argv++, argc--) {
		if (!strcmp(*argv, "--list"))
			list_rows();
		if (!strcmp(*argv, "--handshake"))
			load.handshake = true;
		if (!strcmp(*argv, "--scale") && argc > 2) {
			load.scale = atol(*++argv);
			argc--;
		}
	}
	if (argc != 3)
		client_fail("give a socket and a row");
	load.socket_path = argv[0];
	measure_open(&load, 1);
	for (size_t i = 0; i < ROW_COUNT; i++) {
		if (!strcmp(rows[i].name, argv[1])) {
			rows[i].run();
			return 0;
		}
	}
	client_fail("there is no such row");
}
