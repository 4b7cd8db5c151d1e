/* SPDX-License-Identifier: MIT */
/*
 * A viewer of a console: what it typed arrives, however it leaves.
 */
#include "unit/suite.h"

#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "console/viewer.h"

static uv_loop_t loop;
static uv_pipe_t server;
static struct viewer_source source;
static char typed[4096];
static size_t typed_len;

static void take(struct viewer_source *s, const char *buf, size_t len)
{
	(void)s;
	ck_assert_uint_le(typed_len + len, sizeof(typed));
	memcpy(typed + typed_len, buf, len);
	typed_len += len;
}

static struct viewer_source *find(struct viewer_hub *hub, uint32_t domid)
{
	(void)hub;
	return domid == 1 ? &source : NULL;
}

static struct viewer_hub hub = { .loop = &loop, .find = find };

static void on_connection(uv_stream_t *s, int status)
{
	ck_assert_int_eq(status, 0);
	viewer_accept(s, &hub);
}

static void turn(void)
{
	uv_run(&loop, UV_RUN_NOWAIT);
}

static void say(const char *text)
{
	scrollback_add(&source.scrollback, text, strlen(text));
	viewer_feed_all(&source);
}

static void hear(int fd, const char *want)
{
	char buf[256] = "";
	size_t n = 0;

	for (int i = 0; i < 100 && n < strlen(want); i++) {
		ssize_t got = recv(fd, buf + n, sizeof(buf) - 1 - n, MSG_DONTWAIT);

		if (got > 0)
			n += (size_t)got;
		turn();
	}
	ck_assert_str_eq(buf, want);
}

/* A viewer of guest 1. */
static int attached(void)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(addr.sun_path, sizeof(addr.sun_path), "/tmp/test_viewer.%d", getpid());
	unlink(addr.sun_path);
	signal(SIGPIPE, SIG_IGN);
	memset(&source, 0, sizeof(source));
	source.input = take;
	typed_len = 0;
	ck_assert_int_eq(uv_loop_init(&loop), 0);
	ck_assert_int_eq(uv_pipe_init(&loop, &server, 0), 0);
	ck_assert_int_eq(uv_pipe_bind(&server, addr.sun_path), 0);
	ck_assert_int_eq(uv_listen((uv_stream_t *)&server, 4, on_connection), 0);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	unlink(addr.sun_path);
	ck_assert_int_eq(send(fd, "attach 1\n", 9, 0), 9);
	hear(fd, "ok\n");
	return fd;
}

/* All handles go once the viewer has: what is left would keep the loop. */
static void all_gone(void)
{
	for (int i = 0; i < 10; i++)
		turn();
	ck_assert_ptr_null(source.viewers);
	uv_close((uv_handle_t *)&server, NULL);
	for (int i = 0; i < 10; i++)
		turn();
	ck_assert_int_eq(uv_loop_close(&loop), 0);
}

START_TEST(both_ways)
{
	int fd = attached();

	say("hello");
	hear(fd, "hello");
	ck_assert_int_eq(send(fd, "typed", 5, 0), 5);
	turn();
	ck_assert_uint_eq(typed_len, 5);
	close(fd);
	turn();
	say("nobody hears");
	all_gone();
}
END_TEST

START_TEST(typed_and_left_while_output_comes)
{
	int fd = attached();

	ck_assert_int_eq(send(fd, "a line\n", 7, 0), 7);
	close(fd);
	/* Its echo meets a closed door before the line is read. */
	say("echo");
	turn();
	turn();
	ck_assert_uint_eq(typed_len, 7);
	ck_assert_mem_eq(typed, "a line\n", 7);
	all_gone();
}
END_TEST

START_TEST(left_with_output_unread)
{
	int fd = attached();

	say("unread");
	turn();
	ck_assert_int_eq(send(fd, "a line\n", 7, 0), 7);
	close(fd);
	say("more");
	turn();
	turn();
	ck_assert_uint_eq(typed_len, 7);
	all_gone();
}
END_TEST

START_TEST(no_more_to_say_and_still_listening)
{
	int fd = attached();

	ck_assert_int_eq(send(fd, "x", 1, 0), 1);
	ck_assert_int_eq(shutdown(fd, SHUT_WR), 0);
	turn();
	turn();
	ck_assert_uint_eq(typed_len, 1);
	say("hello");
	hear(fd, "hello");
	close(fd);
	say("nobody hears");
	all_gone();
}
END_TEST

UNIT_MAIN("viewer", both_ways, typed_and_left_while_output_comes, left_with_output_unread,
	  no_more_to_say_and_still_listening)
