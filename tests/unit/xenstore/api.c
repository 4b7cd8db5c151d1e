/* SPDX-License-Identifier: MIT */
/*
 * Calls every function of <xenstore.h> and prints what comes back, so that two
 * libraries can be compared by their output.  Needs a daemon
 * (XENSTORED_RUNDIR); works below /api, which it removes.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <xenstore.h>
#include <xentoolcore.h>

#define CHILDREN 1500

/* Prints a call and whether it succeeded, and errno if not. */
#define SAY(call)                                                   \
	do {                                                        \
		errno = 0;                                          \
		if ((call) != 0)                                    \
			printf("%s: yes\n", #call);                 \
		else                                                \
			printf("%s: no, errno %d\n", #call, errno); \
	} while (0)

static struct xs_handle *h;

static void say_value(const char *path)
{
	unsigned int len = 0;
	char *value = xs_read(h, XBT_NULL, path, &len);

	printf("%s: %u bytes, %s\n", path, value ? len : 0, value ? value : "none");
	free(value);
}

static void places(void)
{
	static const char *const texts[] = { "n0",  "r5",   "w65535", "b7",  "x5", "n",
					     "w5x", "r 12", "b-1",    "r+5", "",   "70" };
	static const char *const pairs[][2] = { { "/", "/a" },	     { "/a", "/a" },
						{ "/a", "/a/b" },    { "/a", "/ab" },
						{ "/a/b", "/a" },    { "", "/a" },
						{ "a/", "a/b" },     { "/", "/" },
						{ "@rel", "@rel/1" } };
	const char *rundir = getenv("XENSTORED_RUNDIR");

	printf("rundir %d\n", !strcmp(xs_daemon_rundir(), rundir));
	printf("socket %s\n", xs_daemon_socket() + strlen(rundir));
	printf("socket_ro %s\n", xs_daemon_socket_ro() + strlen(rundir));
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct xs_permissions perms = { 77, 77 };
		bool ok;

		errno = 0;
		ok = xs_strings_to_perms(&perms, 1, texts[i]);
		printf("perms '%s': %d errno %d id %u perms %u\n", texts[i], ok, errno, perms.id,
		       perms.perms);
	}
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		printf("'%s' below '%s': %d\n", pairs[i][1], pairs[i][0],
		       xs_path_is_subpath(pairs[i][0], pairs[i][1]));
	SAY(xs_write_all(STDOUT_FILENO, "", 0));
	SAY(xs_write_all(-1, "x", 1));
	SAY(xs_restrict(h, 1));
}

static void values(void)
{
	static char big[5000];

	SAY(xs_write(h, XBT_NULL, "/api/v", "a\0b", 3));
	say_value("/api/v");
	SAY(xs_write(h, XBT_NULL, "/api/v", "", 0));
	say_value("/api/v");
	say_value("/api/none");
	SAY(xs_read(h, XBT_NULL, "/api/none", NULL));
	SAY(xs_read(h, XBT_NULL, "/bad path", NULL));
	SAY(xs_write(h, XBT_NULL, "/api/big", big, sizeof(big)));
	SAY(xs_write(h, XBT_NULL, "/api/big", big, 4000));
	SAY(xs_mkdir(h, XBT_NULL, "/api/dir"));
	SAY(xs_mkdir(h, XBT_NULL, "/api/dir"));
	SAY(xs_rm(h, XBT_NULL, "/api/dir"));
	SAY(xs_rm(h, XBT_NULL, "/api/dir"));
	SAY(xs_rm(h, XBT_NULL, "/api/dir/below/it"));
	SAY(xs_write(h, XBT_NULL, "api-relative", "", 0));
	SAY(xs_rm(h, XBT_NULL, "api-relative"));
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void listings(void)
{
	unsigned int num = 77;
	char **names;

	SAY(names = xs_directory(h, XBT_NULL, "/api/v", &num));
	printf("%u children\n", num);
	free(names);
	SAY(names = xs_directory(h, XBT_NULL, "/api/none", &num));
	for (int i = 0; i < CHILDREN; i++) {
		char path[64];

		snprintf(path, sizeof(path), "/api/many/child-%04d", i);
		if (!xs_write(h, XBT_NULL, path, "", 0))
			printf("%s: errno %d\n", path, errno);
	}
	SAY(names = xs_directory(h, XBT_NULL, "/api/many", &num));
	if (names) {
		qsort(names, num, sizeof(*names), by_name);
		printf("%u children, %s to %s\n", num, names[0], names[num - 1]);
	}
	free(names);
}

static void permissions(void)
{
	struct xs_permissions set[] = { { 0, XS_PERM_NONE },
					{ 7, XS_PERM_READ | XS_PERM_WRITE },
					{ 8, XS_PERM_READ } };
	struct xs_permissions *got;
	unsigned int num = 0;

	SAY(xs_set_permissions(h, XBT_NULL, "/api/v", set, 3));
	SAY(got = xs_get_permissions(h, XBT_NULL, "/api/v", &num));
	for (unsigned int i = 0; i < num; i++)
		printf("%u: %u\n", got[i].id, got[i].perms);
	free(got);
	set[1].perms = XS_PERM_OWNER;
	SAY(xs_set_permissions(h, XBT_NULL, "/api/v", set, 3));
	set[1].perms = XS_PERM_READ | XS_PERM_IGNORE;
	SAY(xs_set_permissions(h, XBT_NULL, "/api/v", set, 2));
	SAY(xs_set_permissions(h, XBT_NULL, "/api/v", set, 0));
	SAY(xs_get_permissions(h, XBT_NULL, "/api/none", &num));
}

static void transactions(void)
{
	struct xs_handle *other = xs_open(0);
	xs_transaction_t t;
	unsigned int len;

	SAY(t = xs_transaction_start(h));
	SAY(xs_write(h, t, "/api/tx", "1", 1));
	say_value("/api/tx");
	SAY(xs_transaction_end(h, t, false));
	say_value("/api/tx");
	SAY(xs_transaction_end(h, t, false));
	SAY(xs_write(h, t, "/api/tx", "1", 1));
	SAY(t = xs_transaction_start(h));
	SAY(xs_rm(h, t, "/api/tx"));
	SAY(xs_transaction_end(h, t, true));
	say_value("/api/tx");
	SAY(t = xs_transaction_start(h));
	free(xs_read(h, t, "/api/tx", &len));
	SAY(xs_write(other, XBT_NULL, "/api/tx", "2", 1));
	SAY(xs_write(h, t, "/api/tx", "3", 1));
	SAY(xs_transaction_end(h, t, false));
	say_value("/api/tx");
	xs_close(other);
}

static void say_event(char **event)
{
	if (event)
		printf("event %s, %s\n", event[XS_WATCH_PATH], event[XS_WATCH_TOKEN]);
	else
		printf("no event, errno %d\n", errno);
	free(event);
}

/* Waits for an event as programs with a loop do. */
static void poll_event(void)
{
	struct pollfd pfd = { .fd = xs_fileno(h), .events = POLLIN };

	printf("poll %d\n", poll(&pfd, 1, 60000));
	say_event(xs_check_watch(h));
}

static void watches(void)
{
	unsigned int num = 0;
	struct pollfd pfd;

	say_event(xs_check_watch(h));
	SAY(xs_fileno(h) >= 0);
	SAY(xs_watch(h, "/api/w", "token"));
	SAY(xs_watch(h, "/api/w", "token"));
	SAY(xs_watch(h, "/bad path", "token"));
	poll_event();
	say_event(xs_check_watch(h));
	SAY(xs_write(h, XBT_NULL, "/api/w/x", "1", 1));
	say_event(xs_read_watch(h, &num));
	printf("%u strings\n", num);
	pfd = (struct pollfd){ .fd = xs_fileno(h), .events = POLLIN };
	printf("poll %d\n", poll(&pfd, 1, 0));
	SAY(xs_rm(h, XBT_NULL, "/api/w"));
	poll_event();
	SAY(xs_watch(h, "api-relative", "other"));
	poll_event();
	SAY(xs_watch(h, "@releaseDomain", "special"));
	poll_event();
	SAY(xs_unwatch(h, "@releaseDomain", "special"));
	SAY(xs_unwatch(h, "api-relative", "other"));
	SAY(xs_unwatch(h, "/api/w", "token"));
	SAY(xs_unwatch(h, "/api/w", "token"));
}

/* With XS_UNWATCH_FILTER no event is left behind by a watch. */
static void filtered(void)
{
	struct xs_handle *plain = h;

	h = xs_open(XS_UNWATCH_FILTER);
	SAY(xs_watch(h, "/api/f", "f"));
	SAY(xs_write(h, XBT_NULL, "/api/f/x", "", 0));
	SAY(xs_watch(h, "/api/g", "g"));
	SAY(xs_unwatch(h, "/api/f", "f"));
	poll_event();
	say_event(xs_check_watch(h));
	xs_close(h);
	h = plain;
	SAY(xs_watch(h, "/api/f", "f"));
	SAY(xs_write(h, XBT_NULL, "/api/f/x", "", 0));
	SAY(xs_unwatch(h, "/api/f", "f"));
	poll_event();
	poll_event();
}

static void domains(void)
{
	char *text;

	SAY(text = xs_get_domain_path(h, 9));
	printf("%s\n", text ? text : "none");
	free(text);
	SAY(xs_is_domain_introduced(h, 9));
	SAY(xs_release_domain(h, 9));
	SAY(xs_resume_domain(h, 9));
	SAY(xs_set_target(h, 9, 8));
	SAY(xs_introduce_domain(h, 9, 0, 0));
	printf("port %d\n", xs_suspend_evtchn_port(9));
	SAY(xs_write(h, XBT_NULL, "/local/domain/9/device/suspend/event-channel", "12", 2));
	printf("port %d\n", xs_suspend_evtchn_port(9));
	SAY(xs_rm(h, XBT_NULL, "/local/domain/9"));
	SAY(text = xs_control_command(h, "check", NULL, 0));
	free(text);
	SAY(xs_control_command(h, "nonsense", (char[]){ "x" }, 2));
	SAY(text = xs_debug_command(h, "print", (char[]){ "api" }, 4));
	free(text);
}

/* In a child the handle can only be thrown away; the parent's goes on. */
static void after_fork(void)
{
	fflush(stdout);
	if (fork() == 0) {
		xs_daemon_destroy_postfork(h);
		_exit(0);
	}
	SAY(xs_write(h, XBT_NULL, "/api/fork", "1", 1));
}

static void restricted(void)
{
	struct xs_handle *handles[] = { xs_daemon_open(), xs_daemon_open_readonly(),
					xs_domain_open() };

	SAY(xs_rm(handles[0], XBT_NULL, "/api"));
	SAY(handles[1] && handles[2]);
	SAY(xentoolcore_restrict_all(5) == 0);
	SAY(xs_write(handles[0], XBT_NULL, "/api/restricted", "1", 1));
	SAY(xs_write(handles[0], XBT_NULL, "/api/restricted", "1", 1));
	for (int i = 0; i < 3; i++)
		xs_daemon_close(handles[i]);
}

int main(void)
{
	h = xs_open(0);
	SAY(h);
	if (!h)
		return 1;
	places();
	values();
	listings();
	permissions();
	transactions();
	watches();
	filtered();
	domains();
	after_fork();
	restricted();
	xs_close(h);
	xs_close(NULL);
	return 0;
}
