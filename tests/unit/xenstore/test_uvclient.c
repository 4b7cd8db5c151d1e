/* SPDX-License-Identifier: MIT */
/*
 * The asynchronous client, against our daemon (started here, killed too) and
 * against servers that break the rules.
 */
#include "client/uvclient.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "protocol/wire.h"
#include "tap.h"

#define SECONDS	 240
#define REQUESTS 500

static char dir[] = "/tmp/uvclient.XXXXXX";
static char socket_path[sizeof(((struct sockaddr_un *)0)->sun_path)];
static char daemon_path[PATH_MAX];
static uv_loop_t loop;
static struct uvclient *client;
static pid_t daemon_pid;

static void make_dir(void)
{
	strcpy(dir, "/tmp/uvclient.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(socket_path, sizeof(socket_path), "%s/socket", dir);
	uv_loop_init(&loop);
}

static void start_daemon(void)
{
	unlink(socket_path);
	daemon_pid = fork();
	if (!daemon_pid) {
		/* What it says would break the TAP stream. */
		if (!freopen("/dev/null", "w", stdout) || !freopen("/dev/null", "w", stderr))
			_exit(1);
		execl(daemon_path, daemon_path, "-N", "-D", "--rundir", dir, NULL);
		_exit(1);
	}
	for (int i = 0; i < SECONDS * 20 && access(socket_path, F_OK); i++)
		usleep(50000);
}

static void kill_daemon(void)
{
	kill(daemon_pid, SIGKILL);
	waitpid(daemon_pid, NULL, 0);
}

static void connect_client(void)
{
	ck_assert_int_eq(uvclient_open(&loop, socket_path, &client), 0);
}

static void with_daemon(void)
{
	make_dir();
	start_daemon();
	connect_client();
}

static void finish(void)
{
	uvclient_close(client);
	uv_run(&loop, UV_RUN_DEFAULT);
	/* Nothing of the client is left in the loop. */
	ck_assert_int_eq(uv_loop_close(&loop), 0);
	if (daemon_pid)
		kill_daemon();
	unlink(socket_path);
	rmdir(dir);
}

/* Runs the loop until a counter reaches a number. */
static void run_until(const int *counter, int number)
{
	while (*counter < number)
		uv_run(&loop, UV_RUN_ONCE);
}

struct answer {
	int count;
	int status;
	char text[64];
};

static void note(void *arg, int status, const char *data, size_t len)
{
	struct answer *answer = arg;

	answer->count++;
	answer->status = status;
	snprintf(answer->text, sizeof(answer->text), "%.*s", (int)len, data ? data : "");
}

static void write_node(const char *path, const char *value, struct answer *answer)
{
	struct iovec parts[] = {
		{ (void *)(uintptr_t)path, strlen(path) + 1 },
		{ (void *)(uintptr_t)value, strlen(value) },
	};

	ck_assert_int_eq(uvclient_call(client, XS_WRITE, parts, 2, note, answer), 0);
}

START_TEST(many_requests_are_under_way)
{
	static char big[XENSTORE_PAYLOAD_MAX + 1];
	const struct iovec part = { big, sizeof(big) };
	struct answer written = { 0 }, got = { 0 }, none = { 0 };
	char path[32];

	with_daemon();
	for (int i = 0; i < REQUESTS; i++) {
		snprintf(path, sizeof(path), "/uv/%d", i);
		write_node(path, path, &written);
		ck_assert_int_eq(uvclient_path(client, XS_READ, path, note, &got), 0);
	}
	ck_assert_int_eq(uvclient_path(client, XS_READ, "/uv/none", note, &none), 0);
	ck_assert_int_eq(uvclient_call(client, XS_WRITE, &part, 1, note, &none), -E2BIG);
	ck_assert_int_eq(written.count, 0);
	run_until(&none.count, 1);
	ck_assert_int_eq(written.count, REQUESTS);
	ck_assert_int_eq(got.count, REQUESTS);
	ck_assert_int_eq(none.status, -ENOENT);
	ck_assert_str_eq(got.text, "/uv/499");
	finish();
}
END_TEST

struct seen {
	int count;
	char path[64];
};

static void see(void *arg, const char *path)
{
	struct seen *seen = arg;

	seen->count++;
	snprintf(seen->path, sizeof(seen->path), "%s", path);
}

START_TEST(watches_call_back)
{
	struct seen first = { 0 }, second = { 0 };
	struct uvclient_watch *watches[2];
	struct answer written = { 0 };

	with_daemon();
	ck_assert_int_eq(uvclient_watch(client, "/uv", see, &first, &watches[0]), 0);
	ck_assert_int_eq(uvclient_watch(client, "/uv", see, &second, &watches[1]), 0);
	run_until(&second.count, 1);
	write_node("/uv/x", "1", &written);
	run_until(&first.count, 2);
	run_until(&second.count, 2);
	ck_assert_str_eq(first.path, "/uv/x");
	uvclient_unwatch(client, watches[0]);
	write_node("/uv/y", "1", &written);
	run_until(&second.count, 3);
	ck_assert_int_eq(first.count, 2);
	finish();
}
END_TEST

struct counter {
	struct uvclient_tx *tx;
	int bodies;
	int disturb;
	struct answer outcome;
	struct answer ignored;
};

static void add_one(void *arg, int status, const char *data, size_t len)
{
	struct counter *counter = arg;
	char text[16];
	struct iovec parts[] = { { (char[]){ "/uv/count" }, 10 }, { text, 0 } };

	(void)len;
	if (status && status != -ENOENT) {
		uvclient_tx_end(counter->tx, status);
		return;
	}
	parts[1].iov_len = (size_t)snprintf(text, sizeof(text), "%d", data ? atoi(data) + 1 : 1);
	uvclient_tx_call(counter->tx, XS_WRITE, parts, 2, NULL, NULL);
	if (counter->disturb-- > 0)
		write_node("/uv/count", "10", &counter->ignored);
	uvclient_tx_end(counter->tx, 0);
}

static void count_up(void *arg, struct uvclient_tx *tx)
{
	struct counter *counter = arg;
	const struct iovec part = { (char[]){ "/uv/count" }, 10 };

	counter->bodies++;
	counter->tx = tx;
	uvclient_tx_call(tx, XS_READ, &part, 1, add_one, counter);
}

static void count_done(void *arg, int status, const char *data, size_t len)
{
	struct counter *counter = arg;

	note(&counter->outcome, status, data, len);
}

START_TEST(transactions_are_repeated)
{
	struct counter counter = { .disturb = 2 };
	struct answer got = { 0 };

	with_daemon();
	ck_assert_int_eq(uvclient_transaction(client, count_up, count_done, &counter), 0);
	run_until(&counter.outcome.count, 1);
	ck_assert_int_eq(counter.outcome.status, 0);
	ck_assert_int_eq(counter.bodies, 3);
	uvclient_path(client, XS_READ, "/uv/count", note, &got);
	run_until(&got.count, 1);
	ck_assert_str_eq(got.text, "11");
	finish();
}
END_TEST

static void take_back(void *arg, struct uvclient_tx *tx)
{
	const struct iovec parts[] = { { (char[]){ "/uv/back" }, 9 }, { (char[]){ "1" }, 1 } };

	(void)arg;
	uvclient_tx_call(tx, XS_WRITE, parts, 2, NULL, NULL);
	uvclient_tx_end(tx, -EDOM);
}

START_TEST(a_transaction_can_be_taken_back)
{
	struct answer outcome = { 0 }, got = { 0 };

	with_daemon();
	ck_assert_int_eq(uvclient_transaction(client, take_back, note, &outcome), 0);
	run_until(&outcome.count, 1);
	ck_assert_int_eq(outcome.status, -EDOM);
	uvclient_path(client, XS_READ, "/uv/back", note, &got);
	run_until(&got.count, 1);
	ck_assert_int_eq(got.status, -ENOENT);
	finish();
}
END_TEST

/* Its daemon is killed between the read and the commit. */
static void kill_then_write(void *arg, struct uvclient_tx *tx)
{
	struct counter *counter = arg;

	if (!counter->bodies) {
		kill_daemon();
		start_daemon();
	}
	count_up(arg, tx);
}

START_TEST(the_daemon_is_started_anew)
{
	struct counter counter = { 0 };
	struct answer written = { 0 };
	struct uvclient_watch *watch;
	struct seen seen = { 0 };

	with_daemon();
	ck_assert_int_eq(uvclient_watch(client, "/uv", see, &seen, &watch), 0);
	run_until(&seen.count, 1);
	kill_daemon();
	/* Waits until there is somebody to answer. */
	write_node("/uv/x", "1", &written);
	start_daemon();
	run_until(&written.count, 1);
	ck_assert_int_eq(written.status, 0);
	/* The watch again, and the write. */
	run_until(&seen.count, 3);
	ck_assert_int_eq(uvclient_transaction(client, kill_then_write, count_done, &counter), 0);
	run_until(&counter.outcome.count, 1);
	ck_assert_int_eq(counter.outcome.status, 0);
	ck_assert_int_eq(counter.bodies, 2);
	finish();
}
END_TEST

/* A server that is told what to do with each connection's first request. */
typedef void (*server_play)(int fd, struct xsd_sockmsg hdr, const char *payload);

struct server {
	int listener;
	server_play play[3];
	pthread_t thread;
};

static void say(int fd, struct xsd_sockmsg hdr, uint32_t len, const char *data)
{
	hdr.len = len;
	if (send(fd, &hdr, sizeof(hdr), MSG_NOSIGNAL) < 0 || send(fd, data, len, MSG_NOSIGNAL) < 0)
		return;
}

static void *serve(void *arg)
{
	struct server *server = arg;

	for (int i = 0; i < 3 && server->play[i]; i++) {
		int fd = accept(server->listener, NULL, NULL);
		char payload[XENSTORE_PAYLOAD_MAX];
		struct xsd_sockmsg hdr;
		char byte;

		if (fd < 0)
			break;
		if (recv(fd, &hdr, sizeof(hdr), MSG_WAITALL) == sizeof(hdr) &&
		    recv(fd, payload, hdr.len, MSG_WAITALL) == (ssize_t)hdr.len)
			server->play[i](fd, hdr, payload);
		/* Until the client is through with it. */
		while (server->play[i + 1] == NULL && read(fd, &byte, 1) > 0) {
		}
		close(fd);
	}
	return NULL;
}

static void with_server(struct server *server)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };

	make_dir();
	memcpy(addr.sun_path, socket_path, sizeof(addr.sun_path));
	server->listener = socket(AF_UNIX, SOCK_STREAM, 0);
	ck_assert_int_eq(bind(server->listener, (struct sockaddr *)&addr, sizeof(addr)), 0);
	ck_assert_int_eq(listen(server->listener, 8), 0);
	pthread_create(&server->thread, NULL, serve, server);
	connect_client();
}

static void end_server(struct server *server)
{
	finish();
	/* It may be waiting for a connection that nobody needed. */
	shutdown(server->listener, SHUT_RDWR);
	pthread_join(server->thread, NULL);
	close(server->listener);
}

static void good(int fd, struct xsd_sockmsg hdr, const char *payload)
{
	(void)payload;
	say(fd, hdr, 5, "value");
}

static void in_pieces(int fd, struct xsd_sockmsg hdr, const char *payload)
{
	char message[sizeof(hdr) + 5];

	(void)payload;
	hdr.len = 5;
	memcpy(message, &hdr, sizeof(hdr));
	memcpy(message + sizeof(hdr), "value", 5);
	for (size_t i = 0; i < sizeof(message); i++) {
		if (send(fd, message + i, 1, MSG_NOSIGNAL) != 1)
			return;
		usleep(1000);
	}
}

static void wrong_id(int fd, struct xsd_sockmsg hdr, const char *payload)
{
	hdr.req_id += 7;
	good(fd, hdr, payload);
}

static void wrong_type(int fd, struct xsd_sockmsg hdr, const char *payload)
{
	hdr.type = XS_WRITE;
	good(fd, hdr, payload);
}

static void oversize(int fd, struct xsd_sockmsg hdr, const char *payload)
{
	(void)payload;
	hdr.len = XENSTORE_PAYLOAD_MAX + 1;
	if (send(fd, &hdr, sizeof(hdr), MSG_NOSIGNAL) < 0)
		return;
}

static void bad_event(int fd, struct xsd_sockmsg hdr, const char *payload)
{
	(void)payload;
	hdr.type = XS_WATCH_EVENT;
	say(fd, hdr, 5, "/path");
}

static void half_an_answer(int fd, struct xsd_sockmsg hdr, const char *payload)
{
	(void)payload;
	hdr.len = 100;
	if (send(fd, &hdr, sizeof(hdr), MSG_NOSIGNAL) < 0)
		return;
}

static void nothing(int fd, struct xsd_sockmsg hdr, const char *payload)
{
	(void)fd;
	(void)hdr;
	(void)payload;
}

static void gone(int fd, struct xsd_sockmsg hdr, const char *payload)
{
	(void)payload;
	hdr.type = XS_ERROR;
	say(fd, hdr, 7, "ENOENT");
}

/* One request of @type against a server that plays so; the answer. */
static struct answer ask(uint32_t type, server_play first, server_play second)
{
	struct server server = { .play = { first, second } };
	struct answer got = { 0 };

	with_server(&server);
	ck_assert_int_eq(uvclient_path(client, type, "/path", note, &got), 0);
	run_until(&got.count, 1);
	end_server(&server);
	ck_assert_int_eq(got.count, 1);
	return got;
}

START_TEST(replies_in_pieces)
{
	ck_assert_str_eq(ask(XS_READ, in_pieces, NULL).text, "value");
}
END_TEST

START_TEST(servers_that_break_the_protocol)
{
	static const server_play plays[] = { wrong_id, wrong_type, oversize, bad_event };

	for (size_t i = 0; i < sizeof(plays) / sizeof(plays[0]); i++)
		ck_assert_int_eq(ask(XS_READ, plays[i], NULL).status, -EPROTO);
}
END_TEST

START_TEST(servers_that_close)
{
	/* What can be repeated is, what cannot is not. */
	ck_assert_str_eq(ask(XS_READ, nothing, good).text, "value");
	ck_assert_str_eq(ask(XS_READ, half_an_answer, good).text, "value");
	ck_assert_int_eq(ask(XS_RM, nothing, gone).status, 0);
	ck_assert_int_eq(ask(XS_RM, gone, NULL).status, -ENOENT);
	ck_assert_int_eq(ask(XS_RELEASE, half_an_answer, good).status, -ECONNRESET);
	ck_assert_int_eq(ask(XS_CONTROL, nothing, good).status, -ECONNRESET);
}
END_TEST

START_TEST(closing_answers_all)
{
	struct server server = { .play = { nothing } };
	struct answer got = { 0 };

	with_server(&server);
	for (int i = 0; i < REQUESTS; i++)
		ck_assert_int_eq(uvclient_path(client, XS_READ, "/path", note, &got), 0);
	uv_run(&loop, UV_RUN_NOWAIT);
	end_server(&server);
	ck_assert_int_eq(got.count, REQUESTS);
	ck_assert_int_eq(got.status, -ECANCELED);
}
END_TEST

int main(int argc, char **argv)
{
	TCase *tcase = tcase_create("uvclient");
	char self[PATH_MAX];

	(void)argc;
	/* build/xenstore/tests/test_uvclient: the daemon is in ../asan. */
	if (!realpath(argv[0], self))
		return 1;
	snprintf(daemon_path, sizeof(daemon_path), "%.4000s/../asan/xenstored", dirname(self));
	tcase_set_timeout(tcase, SECONDS);
	TAP_ADD(tcase, many_requests_are_under_way);
	TAP_ADD(tcase, watches_call_back);
	TAP_ADD(tcase, transactions_are_repeated);
	TAP_ADD(tcase, a_transaction_can_be_taken_back);
	TAP_ADD(tcase, the_daemon_is_started_anew);
	TAP_ADD(tcase, replies_in_pieces);
	TAP_ADD(tcase, servers_that_break_the_protocol);
	TAP_ADD(tcase, servers_that_close);
	TAP_ADD(tcase, closing_answers_all);
	return tap_run_case("uvclient", tcase);
}
