/* SPDX-License-Identifier: MIT */
/*
 * Our client library against a running daemon (XENSTORED_RUNDIR).  Silent if
 * all is well.
 */
#include "client/xs.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition)                                                        \
	do {                                                                    \
		if (!(condition)) {                                             \
			fprintf(stderr, "line %d: %s\n", __LINE__, #condition); \
			exit(1);                                                \
		}                                                               \
	} while (0)

#define CHILDREN 1500

static struct xsc *xs, *other;

static bool readable(void)
{
	struct pollfd pfd = { .fd = xsc_fileno(xs), .events = POLLIN };

	return poll(&pfd, 1, 0) == 1;
}

static void values(void)
{
	char *value;
	size_t len;

	CHECK(!xsc_write(xs, XSC_NO_TX, "/client/bin", "a\0b", 3));
	CHECK(!xsc_read(xs, XSC_NO_TX, "/client/bin", &value, &len));
	CHECK(len == 3 && !memcmp(value, "a\0b", 4));
	free(value);
	CHECK(!xsc_printf(xs, XSC_NO_TX, "/client/n", "%d", 42));
	CHECK(!xsc_read(xs, XSC_NO_TX, "/client/n", &value, NULL));
	CHECK(!strcmp(value, "42"));
	free(value);
	CHECK(xsc_read(xs, XSC_NO_TX, "/client/none", &value, &len) == -ENOENT);
	CHECK(xsc_read(xs, XSC_NO_TX, "/bad path", &value, &len) == -EINVAL);
	CHECK(!xsc_mkdir(xs, XSC_NO_TX, "/client/dir"));
	CHECK(!xsc_rm(xs, XSC_NO_TX, "/client/dir"));
	CHECK(xsc_rm(xs, XSC_NO_TX, "/no/such/place") == -ENOENT);
}

static void too_long(void)
{
	static char big[5000];

	/* Refused here; the connection is as good as before. */
	CHECK(xsc_write(xs, XSC_NO_TX, "/client/big", big, sizeof(big)) == -E2BIG);
	CHECK(!xsc_write(xs, XSC_NO_TX, "/client/big", big, 4000));
}

static void long_listings(void)
{
	char **names;
	size_t count;
	uint32_t tx;

	CHECK(!xsc_directory(xs, XSC_NO_TX, "/client/n", &names, &count));
	CHECK(!count && !names[0]);
	free(names);
	CHECK(!xsc_transaction_start(xs, &tx));
	for (int i = 0; i < CHILDREN; i++) {
		char path[64];

		snprintf(path, sizeof(path), "/client/many/child-%d", i);
		CHECK(!xsc_write(xs, tx, path, "", 0));
	}
	CHECK(!xsc_transaction_end(xs, tx, false));
	CHECK(!xsc_directory(xs, XSC_NO_TX, "/client/many", &names, &count));
	CHECK(count == CHILDREN && !names[CHILDREN]);
	CHECK(!strcmp(names[0], "child-0"));
	CHECK(!strcmp(names[CHILDREN - 1], "child-1499"));
	free(names);
	CHECK(!xsc_rm(xs, XSC_NO_TX, "/client/many"));
}

static void permissions(void)
{
	struct perm set[] = { { 0, PERM_NONE }, { 7, PERM_BOTH } };
	struct perm *got;
	size_t count;

	CHECK(!xsc_set_perms(xs, XSC_NO_TX, "/client/n", set, 2));
	CHECK(!xsc_get_perms(xs, XSC_NO_TX, "/client/n", &got, &count));
	CHECK(count == 2 && got[1].domid == 7 && got[1].access == PERM_BOTH);
	free(got);
	CHECK(xsc_set_perms(xs, XSC_NO_TX, "/client/n", set, 0) == -EINVAL);
}

static void expect(const char *path, const char *token)
{
	struct xsc_event event;

	CHECK(readable());
	CHECK(!xsc_read_watch(xs, 5000, &event));
	CHECK(!strcmp(event.path, path) && !strcmp(event.token, token));
	xsc_event_clear(&event);
}

static void watches(void)
{
	struct xsc_event event;
	char *value;

	CHECK(!xsc_watch(xs, "/client/w", "tok"));
	CHECK(xsc_watch(xs, "/client/w", "tok") == -EEXIST);
	CHECK(!xsc_printf(other, XSC_NO_TX, "/client/w/x", "1"));
	/* The reply passes the events; they are queued and still pollable. */
	CHECK(!xsc_read(xs, XSC_NO_TX, "/client/w/x", &value, NULL));
	free(value);
	expect("/client/w", "tok");
	expect("/client/w/x", "tok");
	CHECK(!readable());
	CHECK(xsc_read_watch(xs, 0, &event) == -EAGAIN);
	CHECK(!xsc_printf(other, XSC_NO_TX, "/client/w/x", "2"));
	CHECK(!xsc_unwatch(xs, "/client/w", "tok"));
	CHECK(!readable());
	CHECK(xsc_unwatch(xs, "/client/w", "tok") == -ENOENT);
}

static void conflicts(void)
{
	uint32_t tx;
	char *value;

	CHECK(!xsc_transaction_start(xs, &tx));
	CHECK(!xsc_read(xs, tx, "/client/n", &value, NULL));
	free(value);
	CHECK(!xsc_printf(xs, tx, "/client/sum", "1"));
	CHECK(!xsc_printf(other, XSC_NO_TX, "/client/n", "43"));
	CHECK(xsc_transaction_end(xs, tx, false) == -EAGAIN);
	CHECK(xsc_transaction_end(xs, tx, false) == -ENOENT);
	CHECK(!xsc_transaction_start(xs, &tx));
	CHECK(!xsc_transaction_end(xs, tx, true));
}

static void domains(void)
{
	static const char *const words[] = { "print", "client test" };
	char *text;

	CHECK(!xsc_domain_path(xs, 9, &text));
	CHECK(!strcmp(text, "/local/domain/9"));
	free(text);
	CHECK(xsc_is_introduced(xs, 9) == 0);
	CHECK(xsc_introduce(xs, 9, 1, 1) < 0);
	CHECK(xsc_release(xs, 9) == -ENOENT);
	CHECK(xsc_resume(xs, 9) == -ENOENT);
	CHECK(xsc_set_target(xs, 9, 8) == -ENOENT);
	CHECK(!xsc_control(xs, words, 2, &text));
	free(text);
}

int main(void)
{
	CHECK(xsc_open("/nonexistent/socket", &xs) == -ENOENT);
	CHECK(!xsc_open(NULL, &xs));
	CHECK(!xsc_open(NULL, &other));
	values();
	too_long();
	long_listings();
	permissions();
	watches();
	conflicts();
	domains();
	CHECK(!xsc_rm(xs, XSC_NO_TX, "/client"));
	xsc_close(other);
	xsc_close(xs);
	xsc_close(NULL);
	return 0;
}
