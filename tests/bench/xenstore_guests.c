/* SPDX-License-Identifier: MIT */
/*
 * Rows with the store of many guests: rates, and how long clients are without a
 * daemon that is replaced or killed.
 */
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "xenstore_rows.h"

#define GUEST_NODES   50
#define GUEST_WATCHES 20

static int guests;

static void guest_path(char path[64], long guest, long node)
{
	snprintf(path, 64, "/local/domain/%ld/device/vbd/%ld/node-%ld", guest + 1, node / 10,
		 node % 10);
}

/* Sends what was put, and takes as many replies. */
static void settle(struct client *client, int count)
{
	struct message message;

	client_send(client);
	while (count--) {
		client_reply(client, &message);
		if (message.hdr.type == XS_ERROR)
			client_fail("a request failed");
	}
}

/* What so many guests keep in a store, and who watches it. */
static void make_guests(void)
{
	char path[64], token[16];

	for (int guest = 0; guest < guests; guest++) {
		struct client *client = &load.client[guest % load.clients];

		for (int node = 0; node < GUEST_NODES; node++) {
			guest_path(path, guest, node);
			client_put_node(client, XS_WRITE, 0, path, VALUE);
		}
		settle(client, GUEST_NODES);
		for (int n = 0; n < GUEST_WATCHES; n++) {
			guest_path(path, guest, n);
			snprintf(token, sizeof(token), "w%d", n);
			client_put_node(client, XS_WATCH, 0, path, token);
		}
		settle(client, GUEST_WATCHES);
	}
	for (int i = 0; i < load.clients; i++)
		client_await_events(&load.client[i], GUEST_WATCHES * (guests / load.clients));
}

/* Two reads, a write that somebody watches, a write that nobody does. */
static void guest_request(int client, long n)
{
	bool write = n % 4 >= 2;
	char path[64];

	guest_path(path, n * 7919 % guests,
		   n % 4 == 3 ? n % GUEST_WATCHES : GUEST_NODES - 1 - n % 10);
	client_put_node(&load.client[client], write ? XS_WRITE : XS_READ, 0, path,
			write ? VALUE : NULL);
	client_send(&load.client[client]);
}

static void with_guests(const char *name, int count)
{
	guests = count;
	measure_open(&load, 100);
	make_guests();
	at_once(name, 100, measure_ops(&load, 40000), guest_request);
}

void row_guests_10(void)
{
	with_guests("100 clients, 10 guests", 10);
}

void row_guests_1000(void)
{
	with_guests("100 clients, 1000 guests", 1000);
}

#define HAMMERS 4

static pid_t hammers[HAMMERS];

/* Processes that write without end, each on a connection of its own. */
static void start_hammers(void)
{
	static struct client client;
	char path[64];

	for (int i = 0; i < HAMMERS; i++) {
		hammers[i] = fork();
		if (hammers[i] < 0)
			client_fail("no more processes");
		if (hammers[i])
			continue;
		client_open(&client, load.socket_path);
		for (long n = 0;; n++) {
			client_put_node(&client, XS_WRITE, 0, small_path(path, n), VALUE);
			client_send(&client);
			if (!client_fill(&client))
				_exit(0);
			client.in_at = client.in_len;
		}
	}
}

static void stop_hammers(void)
{
	for (int i = 0; i < HAMMERS; i++) {
		kill(hammers[i], SIGKILL);
		waitpid(hammers[i], NULL, 0);
	}
}

void row_update(void)
{
	char file[64 + PATH_MAX] = "live-update\0-f", link[64];
	static const char start[] = "live-update\0-s";
	size_t at = sizeof("live-update\0-f");
	struct message message;
	ssize_t n;

	guests = 1000;
	measure_open(&load, 20);
	make_guests();
	client_call(load.client, XS_WRITE, 0, "/bench/near", VALUE, NULL);
	snprintf(link, sizeof(link), "/proc/%d/exe", (int)load.server);
	n = readlink(link, file + at, PATH_MAX - 1);
	if (n < 0)
		client_fail("the daemon's program cannot be found");
	start_hammers();
	client_put(load.client, XS_CONTROL, 0, file, at + (size_t)n + 1);
	client_send(load.client);
	client_reply(load.client, &message);
	measure_value("ms a read waits for a live update",
		      longest_wait(XS_CONTROL, start, sizeof(start)));
	stop_hammers();
}

void row_kill(void)
{
	struct client *client = load.client;
	uint64_t begin;

	guests = 1000;
	measure_open(&load, 20);
	make_guests();
	start_hammers();
	client_call(client, XS_WRITE, 0, "/bench/near", VALUE, NULL);
	begin = measure_now();
	kill(load.server, SIGKILL);
	for (;;) {
		struct message message;

		client_close(client);
		while (!client_try_open(client, load.socket_path))
			;
		client_put_node(client, XS_READ, 0, "/bench/near", NULL);
		if (!client_try_send(client) || !client_fill(client))
			continue;
		if (!client_take(client, &message) || message.hdr.type == XS_ERROR)
			client_fail("what was acknowledged is lost");
		break;
	}
	measure_value("ms a client is without a killed daemon",
		      (double)(measure_now() - begin) / 1e6);
	stop_hammers();
}
