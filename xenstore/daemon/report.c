/* SPDX-License-Identifier: MIT */
/*
 * What the daemon tells of itself.
 */
#include "daemon/report.h"

#include <errno.h>
#include <malloc.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <uv.h>

#include "daemon/conn.h"
#include "daemon/domains.h"
#include "daemon/sock.h"
#include "protocol/path.h"

/* The longest line of report_top(), and of those that close it. */
#define LINE_BYTES 192
#define MORE_BYTES 32

/* A connection and, for a local one, its descriptor. */
struct client {
	const struct conn *conn;
	int fd;
};

struct clients {
	struct client *list;
	size_t count;
	size_t capacity;
};

static int add_client(struct clients *clients, const struct conn *conn, int fd)
{
	struct client *grown;

	if (clients->count == clients->capacity) {
		size_t capacity = clients->capacity ? 2 * clients->capacity : 64;

		grown = realloc(clients->list, capacity * sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		clients->list = grown;
		clients->capacity = capacity;
	}
	clients->list[clients->count++] = (struct client){ .conn = conn, .fd = fd };
	return 0;
}

static int add_local(struct conn *conn, int fd, void *arg)
{
	return add_client(arg, conn, fd);
}

static int add_guest(const struct domain_facts *facts, void *arg)
{
	return add_client(arg, &facts->guest->conn, -1);
}

static int by_number(const void *a, const void *b)
{
	uint32_t left = ((const struct client *)a)->conn->number;
	uint32_t right = ((const struct client *)b)->conn->number;

	return left < right ? -1 : left > right;
}

/* All connections by number; 0 or -ENOMEM. */
static int list_clients(struct clients *clients)
{
	int rc = domains_each(add_guest, clients);

	if (!rc)
		rc = sock_each(add_local, clients);
	if (rc)
		free(clients->list);
	else if (clients->count)
		qsort(clients->list, clients->count, sizeof(*clients->list), by_number);
	return rc;
}

static int process_of(int fd)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);

	if (fd < 0 || getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len))
		return 0;
	return peer.pid;
}

static int format_client(const struct client *client, char line[LINE_BYTES])
{
	const struct conn *conn = client->conn;
	const struct traffic *traffic = &conn->traffic;
	const struct account *account = account_of(conn->id.domid);

	return snprintf(line, LINE_BYTES, "%u %u %d %llu %llu %llu %llu %u %zu %u %u %u\n",
			conn->number, conn->id.domid, process_of(client->fd),
			(unsigned long long)traffic->reads, (unsigned long long)traffic->writes,
			(unsigned long long)traffic->others, (unsigned long long)traffic->events,
			conn->out_replies, conn->out_bytes, account->used[QUOTA_NODES],
			account->used[QUOTA_WATCHES], account->used[QUOTA_TRANSACTIONS]);
}

int report_top(uint32_t from, char *out, size_t size)
{
	const struct traffic *past = traffic_retired();
	struct clients clients = { 0 };
	size_t at;
	int rc = list_clients(&clients);

	if (rc)
		return rc;
	at = (size_t)snprintf(out, size, "time %llu\npast %llu %llu %llu %llu\n",
			      (unsigned long long)(uv_hrtime() / 1000),
			      (unsigned long long)past->reads, (unsigned long long)past->writes,
			      (unsigned long long)past->others, (unsigned long long)past->events);
	for (size_t i = 0; i < clients.count; i++) {
		char line[LINE_BYTES];
		size_t len;

		if (clients.list[i].conn->number < from)
			continue;
		len = (size_t)format_client(&clients.list[i], line);
		if (at + len + MORE_BYTES > size) {
			snprintf(out + at, size - at, "more %u\n", clients.list[i].conn->number);
			break;
		}
		memcpy(out + at, line, len + 1);
		at += len;
	}
	free(clients.list);
	return 0;
}

/* Text that grows to the end of its room. */
struct text {
	char *out;
	size_t size;
	size_t at;
	long lines;
};

static void say(struct text *text, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void say(struct text *text, const char *fmt, ...)
{
	size_t room = text->size - text->at;
	va_list args;
	int n;

	text->lines++;
	va_start(args, fmt);
	n = vsnprintf(text->out + text->at, room, fmt, args);
	va_end(args);
	/* Whole lines only. */
	if (n > 0 && (size_t)n < room)
		text->at += (size_t)n;
	else
		text->out[text->at] = '\0';
}

struct sizes {
	unsigned long long nodes;
	unsigned long long values;
	unsigned long long bytes;
};

static int add_size(const struct node *node, const char *path, void *arg)
{
	struct sizes *sizes = arg;

	(void)path;
	sizes->nodes++;
	sizes->values += node->value_len > 0;
	sizes->bytes += tree_node_bytes(node);
	return 0;
}

static int count_watch(const struct watch_view *view, void *arg)
{
	(void)view;
	++*(uint32_t *)arg;
	return 0;
}

static int count_txn(uint32_t number, struct txn *txn, void *arg)
{
	(void)number;
	(void)txn;
	++*(uint32_t *)arg;
	return 0;
}

/* Pages of this process that are in memory, in bytes; 0 if nobody says. */
static unsigned long long resident(void)
{
	unsigned long long pages = 0;
	FILE *file = fopen("/proc/self/statm", "re");

	if (!file)
		return 0;
	if (fscanf(file, "%*u %llu", &pages) != 1)
		pages = 0;
	fclose(file);
	return pages * (unsigned long long)sysconf(_SC_PAGESIZE);
}

void report_memory(const struct store *store, char *out, size_t size)
{
	struct text text = { .out = out, .size = size };
	struct mallinfo2 heap = mallinfo2();
	struct clients clients = { 0 };
	struct sizes sizes = { 0 };
	uint32_t watches = 0, txns = 0;
	char path[PATH_BUF] = "/";
	size_t waiting = 0, input = 0;

	tree_walk(store->root, path, add_size, &sizes);
	if (!list_clients(&clients)) {
		for (size_t i = 0; i < clients.count; i++) {
			const struct conn *conn = clients.list[i].conn;

			watch_each(&conn->watcher, count_watch, &watches);
			conn_each_txn(conn, count_txn, &txns);
			waiting += conn->out_bytes;
			input += conn->in_capacity;
		}
		free(clients.list);
	}
	say(&text, "resident        : %12llu bytes of this process in memory\n", resident());
	say(&text, "heap            : %12zu bytes allocated\n", heap.uordblks + heap.hblkhd);
	say(&text, "heap-free       : %12zu bytes kept for later\n", heap.fordblks);
	say(&text, "nodes           : %12llu nodes of the store\n", sizes.nodes);
	say(&text, "values          : %12llu values that are not empty\n", sizes.values);
	say(&text, "node-bytes      : %12llu bytes of nodes, names and values\n", sizes.bytes);
	say(&text, "clients         : %12zu connections\n", clients.count);
	say(&text, "watches         : %12u watches\n", watches);
	say(&text, "transactions    : %12u open transactions\n", txns);
	say(&text, "input           : %12zu bytes of room for requests\n", input);
	say(&text, "waiting         : %12zu bytes of replies and events not taken\n", waiting);
}

/* What is there of each domain, to be held against its account. */
struct found {
	uint64_t used[QUOTA_COUNT];
};

static int find_owner(const struct node *node, const char *path, void *arg)
{
	struct found *owner = (struct found *)arg + permset_owner(node->perms);

	(void)path;
	owner->used[QUOTA_NODES]++;
	owner->used[QUOTA_MEMORY] += tree_node_bytes(node);
	return 0;
}

static int sum_output(const void *data, size_t len, void *arg)
{
	(void)data;
	*(size_t *)arg += len;
	return 0;
}

static int find_txn(uint32_t number, struct txn *txn, void *arg)
{
	struct found *owner = (struct found *)arg + txn->owner;

	(void)number;
	owner->used[QUOTA_TRANSACTIONS]++;
	owner->used[QUOTA_MEMORY] += txn->bytes;
	return 0;
}

static void check_client(const struct conn *conn, struct found *found, struct text *faults)
{
	struct found *mine = &found[conn->id.domid];
	uint32_t watches = 0;
	size_t unsent = 0;

	watch_each(&conn->watcher, count_watch, &watches);
	mine->used[QUOTA_WATCHES] += watches;
	mine->used[QUOTA_OUTSTANDING] += conn->out_replies;
	mine->used[QUOTA_MEMORY] += watch_bytes_of(&conn->watcher) + conn->out_bytes;
	conn_each_txn(conn, find_txn, found);
	/* Messages count as a whole until their last byte is sent. */
	conn_each_output(conn, sum_output, &unsent);
	if (unsent > conn->out_bytes || (!unsent && (conn->out_bytes || conn->out_replies)))
		say(faults, "client %u: %zu bytes and %u replies are counted, %zu bytes wait\n",
		    conn->number, conn->out_bytes, conn->out_replies, unsent);
}

static void check_accounts(const struct found *found, struct text *faults)
{
	for (uint32_t domid = 0; domid <= UINT16_MAX; domid++) {
		const struct account *account = account_of((uint16_t)domid);

		for (int i = 0; i < QUOTA_COUNT; i++) {
			if ((QUOTA_TOTALS & 1u << i) && account->used[i] != found[domid].used[i])
				say(faults, "domain %u: %s: %u are counted, %llu are there\n",
				    domid, account_quota_name(i), account->used[i],
				    (unsigned long long)found[domid].used[i]);
		}
	}
}

long report_check(const struct store *store, char *out, size_t size)
{
	struct text faults = { .out = out, .size = size };
	struct found *found = calloc(UINT16_MAX + 1, sizeof(*found));
	struct clients clients = { 0 };
	char path[PATH_BUF] = "/";

	if (!found)
		return -ENOMEM;
	if (list_clients(&clients)) {
		free(found);
		return -ENOMEM;
	}
	if (tree_check(store->root) < 0)
		say(&faults, "the tree of nodes is not in order\n");
	else
		tree_walk(store->root, path, find_owner, found);
	for (size_t i = 0; i < clients.count; i++)
		check_client(clients.list[i].conn, found, &faults);
	check_accounts(found, &faults);
	free(clients.list);
	free(found);
	if (!faults.lines)
		snprintf(out, size, "OK");
	return faults.lines;
}
