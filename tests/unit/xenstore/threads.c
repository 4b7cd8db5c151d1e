/* SPDX-License-Identifier: MIT */
/*
 * Many threads on one handle of libxenstore, with watches, against a running
 * daemon (XENSTORED_RUNDIR), which may be killed and started anew meanwhile.
 * Silent if all is well.
 * usage: threads [--survive]   --survive: until standard input ends
 */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <xenstore.h>

#define THREADS	 8
#define ROUNDS	 60
#define CHILDREN 4

static struct xs_handle *h;
static atomic_bool stop, surviving, failed;
static atomic_uint rounds, events, retried, unknown;

#define CHECK(condition)                                                                         \
	do {                                                                                     \
		if (!(condition)) {                                                              \
			fprintf(stderr, "line %d: %s, errno %d\n", __LINE__, #condition, errno); \
			failed = true;                                                           \
		}                                                                                \
	} while (0)

/* A value of the thread's own must be what it wrote, unless the store was lost. */
static void own_value(int thread, unsigned int round)
{
	char path[64], value[32];
	unsigned int len;
	char *got;

	snprintf(path, sizeof(path), "/threads/%d/%u", thread, round % CHILDREN);
	snprintf(value, sizeof(value), "%d-%u", thread, round);
	CHECK(xs_write(h, XBT_NULL, path, value, (unsigned int)strlen(value)));
	got = xs_read(h, XBT_NULL, path, &len);
	if (got)
		CHECK(!strcmp(got, value) && len == strlen(value));
	else
		CHECK(surviving && errno == ENOENT);
	free(got);
}

/* Counts with others in a transaction; EAGAIN is no error. */
static void count_up(void)
{
	for (;;) {
		xs_transaction_t t = xs_transaction_start(h);
		unsigned int len;
		char text[16];
		char *got;

		CHECK(t);
		got = xs_read(h, t, "/threads/count", &len);
		snprintf(text, sizeof(text), "%d", got ? atoi(got) + 1 : 1);
		free(got);
		CHECK(xs_write(h, t, "/threads/count", text, (unsigned int)strlen(text)));
		if (xs_transaction_end(h, t, false))
			return;
		if (surviving && errno == ECONNRESET) {
			unknown++;
			return;
		}
		CHECK(errno == EAGAIN);
		if (failed)
			return;
		retried++;
	}
}

static void own_watch(int thread)
{
	char path[64], token[32];

	snprintf(path, sizeof(path), "/threads/watched/%d", thread);
	snprintf(token, sizeof(token), "token-%d", thread);
	CHECK(xs_watch(h, path, token));
	CHECK(xs_write(h, XBT_NULL, path, "", 0));
	CHECK(xs_unwatch(h, path, token));
}

static void *work(void *arg)
{
	int thread = (int)(intptr_t)arg;

	for (unsigned int i = 0; surviving ? !stop : i < ROUNDS; i++) {
		own_value(thread, i);
		count_up();
		own_watch(thread);
		rounds++;
		if (failed)
			break;
	}
	return NULL;
}

/* Takes events until the one that says it is over. */
static void *watch(void *arg)
{
	(void)arg;
	for (;;) {
		unsigned int num;
		char **event = xs_read_watch(h, &num);
		bool over;

		CHECK(event && num == 2);
		if (!event)
			return NULL;
		events++;
		over = !strcmp(event[XS_WATCH_TOKEN], "over");
		free(event);
		if (over)
			return NULL;
	}
}

static void check_count(void)
{
	unsigned int len;
	char *got = xs_read(h, XBT_NULL, "/threads/count", &len);

	CHECK(got && atoi(got) == THREADS * ROUNDS);
	free(got);
}

int main(int argc, char **argv)
{
	pthread_t threads[THREADS], watcher;
	char byte;

	surviving = argc > 1 && !strcmp(argv[1], "--survive");
	h = xs_open(0);
	CHECK(h);
	if (!h)
		return 1;
	CHECK(xs_watch(h, "/threads/count", "count"));
	/* Whoever wants to kill the daemon may. */
	puts("connected");
	fflush(stdout);
	pthread_create(&watcher, NULL, watch, NULL);
	for (int i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, work, (void *)(intptr_t)i);
	while (surviving && read(STDIN_FILENO, &byte, 1) > 0) {
	}
	stop = true;
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	if (!surviving)
		check_count();
	CHECK(xs_watch(h, "/threads/over", "over"));
	pthread_join(watcher, NULL);
	/* At least the first event, and one for each count. */
	CHECK(events >= (surviving ? 1 : THREADS * ROUNDS));
	CHECK(xs_rm(h, XBT_NULL, "/threads"));
	xs_close(h);
	printf("%u rounds, %u events, %u retries, %u commits unknown\n", rounds, events, retried,
	       unknown);
	return failed;
}
