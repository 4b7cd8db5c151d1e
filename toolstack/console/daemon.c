/* SPDX-License-Identifier: MIT */
/*
 * lamina-consoled: finds guests, serves their consoles, keeps their logs.
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <fcntl.h>
#include <unistd.h>
#include <uv.h>

#include "console/guest.h"
#include "console/viewer.h"
#include "domain/find.h"
#include "domain/host.h"

#define PID_FILE   HOST_RUN_DIR "/consoled.pid"
#define DAEMON_LOG HOST_LOG_DIR "/consoled.log"

/*
 * News of a domain is acted on a moment later: whoever made it is still busy
 * starting it, on a machine that may have one CPU for all of us, and its first
 * output waits in its ring.
 */
#define RESCAN_DELAY_MS 20

struct daemon {
	uv_loop_t loop;
	uv_pipe_t listener;
	uv_poll_t store_poll;
	uv_poll_t evtchn_poll;
	uv_timer_t rescan_timer;
	uv_signal_t sigterm;
	uv_signal_t sigint;
	struct host host;
	struct consoles consoles;
	const char *socket;
};

/* Makes our consoles match the domains there are. */
static void rescan(struct daemon *d)
{
	struct consoles *all = &d->consoles;
	struct console *c, *next;
	struct found_guest *list;
	struct diag diag;
	size_t count;

	if (find_all(&d->host, &list, &count, &diag))
		return;
	for (c = all->first; c; c = next) {
		bool alive = false;

		next = c->next;
		for (size_t i = 0; i < count && !alive; i++)
			alive = list[i].domid == c->domid &&
				!(list[i].info.flags & XEN_DOMINF_dying) &&
				memcmp(list[i].info.handle, c->uuid, 16) == 0;
		if (!alive)
			console_remove(c);
	}
	for (size_t i = 0; i < count; i++) {
		if (list[i].domid == 0 || (list[i].info.flags & XEN_DOMINF_dying))
			continue;
		if (!console_find(all, list[i].domid))
			console_add(all, list[i].domid, list[i].info.handle);
	}
	free(list);
}

static void on_rescan(uv_timer_t *t)
{
	rescan(t->data);
}

static void on_store(uv_poll_t *poll, int status, int events)
{
	struct daemon *d = poll->data;
	struct xsc_event ev;
	bool any = false;
	int rc = 0;

	(void)events;
	while (status >= 0 && (rc = xsc_read_watch(d->host.xs, 0, &ev)) == 0) {
		xsc_event_clear(&ev);
		any = true;
	}
	if (status < 0 || (rc && rc != -EAGAIN)) {
		fprintf(stderr, "lamina-consoled: xenstored closed the connection\n");
		uv_stop(&d->loop);
		return;
	}
	if (any && !uv_is_active((uv_handle_t *)&d->rescan_timer))
		uv_timer_start(&d->rescan_timer, on_rescan, RESCAN_DELAY_MS, 0);
}

static void on_evtchn(uv_poll_t *poll, int status, int events)
{
	struct daemon *d = poll->data;
	xenevtchn_port_or_error_t port;

	(void)events;
	if (status < 0)
		return;
	port = xenevtchn_pending(d->consoles.evtchn);
	if (port >= 0)
		console_event(&d->consoles, (evtchn_port_t)port);
}

static void on_connection(uv_stream_t *server, int status)
{
	struct daemon *d = server->data;

	if (status == 0)
		viewer_accept(server, &d->consoles.hub);
}

static void on_signal(uv_signal_t *s, int signum)
{
	(void)signum;
	uv_stop(s->loop);
}

static int fail(const char *what, int err)
{
	fprintf(stderr, "lamina-consoled: cannot %s\n  because: %s\n", what, strerror(err));
	return -1;
}

/* Holds a lock for as long as it runs, so that there is one daemon only. */
static int lock_single(void)
{
	int fd = open(PID_FILE, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	char pid[32];
	int n;

	if (fd < 0)
		return fail("open " PID_FILE, errno);
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		fail("start twice", errno);
		close(fd);
		return -1;
	}
	n = snprintf(pid, sizeof(pid), "%d\n", (int)getpid());
	if (ftruncate(fd, 0) < 0 || write(fd, pid, (size_t)n) != n)
		return fail("write " PID_FILE, errno);
	return 0; /* the descriptor stays open, and with it the lock */
}

static int open_machine(struct daemon *d)
{
	struct diag diag = { 0 };

	if (host_open(&d->host, &diag)) {
		diag_print(&diag, "lamina-consoled", stderr);
		return -1;
	}
	d->consoles.hub.loop = &d->loop;
	d->consoles.hub.find = console_source;
	d->consoles.hv = &d->host.hv;
	d->consoles.xs = d->host.xs;
	d->consoles.evtchn = xenevtchn_open(NULL, 0);
	if (!d->consoles.evtchn)
		return fail("open /dev/xen/evtchn", errno);
	/* Without it rings are mapped as foreign memory. */
	d->consoles.gnttab = xengnttab_open(NULL, 0);
	return 0;
}

static int listen_on(struct daemon *d)
{
	mode_t old = umask(0177);
	int r;

	unlink(d->socket);
	uv_pipe_init(&d->loop, &d->listener, 0);
	d->listener.data = d;
	r = uv_pipe_bind(&d->listener, d->socket);
	umask(old);
	if (!r)
		r = uv_listen((uv_stream_t *)&d->listener, 16, on_connection);
	return r ? fail("listen on " HOST_CONSOLE, -r) : 0;
}

static int watch_machine(struct daemon *d)
{
	int rc;

	uv_poll_init(&d->loop, &d->store_poll, xsc_fileno(d->host.xs));
	uv_poll_init(&d->loop, &d->evtchn_poll, xenevtchn_fd(d->consoles.evtchn));
	d->store_poll.data = d;
	d->evtchn_poll.data = d;
	uv_poll_start(&d->store_poll, UV_READABLE, on_store);
	uv_poll_start(&d->evtchn_poll, UV_READABLE, on_evtchn);
	rc = xsc_watch(d->host.xs, "@introduceDomain", "intro");
	if (!rc)
		rc = xsc_watch(d->host.xs, "@releaseDomain", "release");
	return rc ? fail("watch the store", -rc) : 0;
}

/* In the background: complaints go to a file, and whoever waits is told. */
static void detach(int ready)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	int log = open(DAEMON_LOG, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);

	if (ready < 0)
		return;
	if (write(ready, "", 1) != 1)
		fprintf(stderr, "lamina-consoled: nobody waits for its start\n");
	close(ready);
	if (null < 0)
		return;
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(log < 0 ? null : log, STDERR_FILENO);
}

/* @ready: where to write once connections are taken, or -1. */
static int serve(struct daemon *d, int ready)
{
	signal(SIGPIPE, SIG_IGN);
	uv_loop_init(&d->loop);
	uv_timer_init(&d->loop, &d->rescan_timer);
	d->rescan_timer.data = d;
	if (lock_single() || open_machine(d) || listen_on(d) || watch_machine(d))
		return 1;
	uv_signal_init(&d->loop, &d->sigterm);
	uv_signal_init(&d->loop, &d->sigint);
	uv_signal_start(&d->sigterm, on_signal, SIGTERM);
	uv_signal_start(&d->sigint, on_signal, SIGINT);
	rescan(d);
	detach(ready);
	uv_run(&d->loop, UV_RUN_DEFAULT);
	while (d->consoles.first)
		console_remove(d->consoles.first);
	uv_run(&d->loop, UV_RUN_NOWAIT);
	unlink(d->socket);
	unlink(PID_FILE);
	return 0;
}

/* The parent ends when the child serves, so that what comes next can rely on it. */
static int background(struct daemon *d)
{
	int ready[2];
	char byte;
	pid_t pid;

	if (pipe2(ready, O_CLOEXEC) < 0) {
		fail("make a pipe", errno);
		return 1;
	}
	pid = fork();
	if (pid < 0) {
		fail("go into the background", errno);
		return 1;
	}
	if (pid == 0) {
		setsid();
		close(ready[0]);
		return serve(d, ready[1]);
	}
	close(ready[1]);
	return read(ready[0], &byte, 1) == 1 ? 0 : 1;
}

static void usage(FILE *out)
{
	fprintf(out, "Usage: lamina-consoled [-f]\n\n"
		     "Serves the guests' consoles on " HOST_CONSOLE "\n"
		     "and logs them below " HOST_CONSOLE_LOG ".\n\n"
		     "  -f, --foreground   stay in the foreground\n"
		     "  -h, --help         show this\n");
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "foreground", no_argument, NULL, 'f' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	static struct daemon d = { .socket = HOST_CONSOLE };
	bool foreground = false;
	int o;

	while ((o = getopt_long(argc, argv, "fh", options, NULL)) != -1) {
		if (o == 'h') {
			usage(stdout);
			return 0;
		}
		if (o != 'f') {
			usage(stderr);
			return 2;
		}
		foreground = true;
	}
	mkdir(HOST_RUN_DIR, 0755);
	mkdir(HOST_LOG_DIR, 0755);
	mkdir(HOST_CONSOLE_LOG, 0750);
	return foreground ? serve(&d, -1) : background(&d);
}
