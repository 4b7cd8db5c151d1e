/* SPDX-License-Identifier: MIT */
/*
 * The viewer's side of a console.
 */
#include "console/attach.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "domain/host.h"
#include "store/nodes.h"

#define ESCAPE 0x1d /* ^] */

/* How long a guest that went away may take to come back under its name. */
#define RETURN_MS 4000

/* How often the connection is tried while the daemon starts. */
#define CONNECT_TRIES 20

enum passed { PASSED_LEFT, PASSED_ENDED, PASSED_ERROR };

struct terminal {
	bool raw;
	bool input; /* standard input has not ended */
	struct termios saved;
};

static void terminal_raw(struct terminal *t)
{
	struct termios raw;

	t->input = true;
	t->raw = isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &t->saved) == 0;
	if (!t->raw)
		return;
	raw = t->saved;
	cfmakeraw(&raw);
	tcsetattr(STDIN_FILENO, TCSANOW, &raw);
}

static void terminal_restore(struct terminal *t)
{
	if (t->raw)
		tcsetattr(STDIN_FILENO, TCSANOW, &t->saved);
	t->raw = false;
}

static bool write_all(int fd, const char *p, size_t left)
{
	while (left > 0) {
		ssize_t n = write(fd, p, left);

		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n <= 0)
			return false;
		p += n;
		left -= (size_t)n;
	}
	return true;
}

static int connect_daemon(struct diag *d)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX, .sun_path = HOST_CONSOLE };
	const struct timespec pause = { .tv_nsec = 50000000 };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int err = errno;

	for (int i = 0; fd >= 0 && i < CONNECT_TRIES; i++) {
		if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) == 0)
			return fd;
		err = errno;
		if (err != ENOENT && err != ECONNREFUSED && err != EAGAIN)
			break;
		nanosleep(&pause, NULL);
	}
	if (fd >= 0)
		close(fd);
	diag_fail(d, DIAG_NO_HOST, "cannot reach the console daemon");
	diag_why(d, HOST_CONSOLE ": %s", strerror(err));
	diag_hint(d, "lamina-consoled   starts it; then lamina console GUEST");
	return -1;
}

/* Asks for a domain's console; the answer is one line, "ok" or a reason. */
static int request(int fd, const char *name, uint32_t domid, struct diag *d)
{
	char line[200];
	size_t n = 0;
	int len = snprintf(line, sizeof(line), "attach %u\n", domid);

	if (!write_all(fd, line, (size_t)len))
		len = 0;
	while (len && n < sizeof(line) - 1) {
		if (read(fd, line + n, 1) != 1 || line[n] == '\n')
			break;
		n++;
	}
	line[n] = '\0';
	if (strcmp(line, "ok") == 0)
		return 0;
	diag_fail(d, DIAG_FAILED, "cannot attach to the console of guest %s", name);
	diag_why(d, "%s", n ? line : "the console daemon closed the connection");
	return diag_hint(d, "lamina list   shows whether the guest still runs");
}

/* Passes what was typed, up to the escape character.  False to leave. */
static bool pass_input(int fd, struct terminal *t)
{
	char buf[512];
	ssize_t n = read(STDIN_FILENO, buf, sizeof(buf));
	char *esc;

	if (n <= 0) {
		t->input = false;
		return true;
	}
	esc = memchr(buf, ESCAPE, (size_t)n);
	if (esc)
		n = esc - buf;
	return write_all(fd, buf, (size_t)n) && !esc;
}

static enum passed pass(int fd, struct terminal *t)
{
	for (;;) {
		struct pollfd p[2] = {
			{ .fd = fd, .events = POLLIN },
			{ .fd = t->input ? STDIN_FILENO : -1, .events = POLLIN },
		};
		char buf[4096];
		ssize_t n;

		if (poll(p, 2, -1) < 0) {
			if (errno == EINTR)
				continue;
			return PASSED_ERROR;
		}
		if (p[0].revents) {
			n = read(fd, buf, sizeof(buf));
			if (n <= 0)
				return PASSED_ENDED;
			if (!write_all(STDOUT_FILENO, buf, (size_t)n))
				return PASSED_LEFT;
		}
		if ((p[1].revents & (POLLIN | POLLHUP)) && !pass_input(fd, t))
			return PASSED_LEFT;
	}
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Whether ^] was typed meanwhile. */
static bool wants_to_leave(struct terminal *t)
{
	char buf[64];
	ssize_t n = read(STDIN_FILENO, buf, sizeof(buf));

	if (n <= 0)
		t->input = false;
	return n > 0 && memchr(buf, ESCAPE, (size_t)n);
}

/*
 * Waits for another domain of the same name, as a reboot makes one.  Its
 * introduction wakes us.  Returns whether there is one.
 */
static bool wait_return(const char *name, uint32_t *domid, struct terminal *t)
{
	int64_t until = now_ms() + RETURN_MS;
	struct xsc *xs;
	bool back = false;

	if (xsc_open(NULL, &xs))
		return false;
	xsc_watch(xs, "@introduceDomain", "attach");
	while (!back) {
		struct pollfd p[2] = {
			{ .fd = xsc_fileno(xs), .events = POLLIN },
			{ .fd = t->input ? STDIN_FILENO : -1, .events = POLLIN },
		};
		int64_t left = until - now_ms();
		struct xsc_event ev;
		uint32_t id;

		if (nodes_find(xs, XSC_NO_TX, name, &id) == 0 && id != *domid) {
			*domid = id;
			back = true;
		}
		if (back || left <= 0 || poll(p, 2, (int)left) <= 0)
			break;
		if (p[1].revents && wants_to_leave(t))
			break;
		while (xsc_read_watch(xs, 0, &ev) == 0)
			xsc_event_clear(&ev);
	}
	xsc_close(xs);
	return back;
}

int attach_guest(const char *name, uint32_t domid, struct diag *d)
{
	struct terminal t = { 0 };
	enum passed how = PASSED_ENDED;

	signal(SIGPIPE, SIG_IGN);
	do {
		int fd = connect_daemon(d);

		if (fd < 0)
			return -1;
		if (request(fd, name, domid, d)) {
			close(fd);
			return -1;
		}
		if (isatty(STDERR_FILENO))
			fprintf(stderr, "[console of %s (id %u); ^] leaves]\r\n", name, domid);
		terminal_raw(&t);
		how = pass(fd, &t);
		close(fd);
		if (how == PASSED_ENDED)
			how = wait_return(name, &domid, &t) ? PASSED_ENDED : PASSED_LEFT;
		terminal_restore(&t);
	} while (how == PASSED_ENDED);
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\r\n[left the console of %s]\n", name);
	return 0;
}
