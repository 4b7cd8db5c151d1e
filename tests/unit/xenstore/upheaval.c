/* SPDX-License-Identifier: MIT */
/*
 * Guests under load while the daemon below them is replaced, or killed.
 *
 *   upheaval update|kill TIMES DAEMON RUNDIR PID_FILE
 *
 * Each guest counts in its own nodes, in transactions and by watches, and
 * checks each answer against what it knows; no error may come, no event may be
 * missing or come twice, and at the end every number must be in the store.
 * dom0's kernel is one of the guests; a local client makes events for all.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "fakexen.h"
#include "ringclient.h"

#define GUESTS 3
/* Rounds that every guest makes between two upheavals. */
#define ROUNDS 20
#define NAME   64

static const char *rundir;
static const char *pid_file;
static bool killing;
static atomic_bool stopping;

struct guest {
	struct ringclient ring;
	pthread_t thread;
	/* Rounds done. */
	atomic_uint rounds;
	char home[NAME];
};

static struct guest guests[GUESTS];

#define CHECK(guest, condition)                                                             \
	do {                                                                                \
		if (!(condition)) {                                                         \
			fprintf(stderr, "domain %u, round %u, line %d: %s; answer '%s'\n",  \
				(guest)->ring.domid, (guest)->rounds, __LINE__, #condition, \
				(guest)->ring.answer);                                      \
			exit(1);                                                            \
		}                                                                           \
	} while (0)

static uint32_t call(struct guest *guest, uint32_t type, uint32_t txn, const char *payload)
{
	return ringclient_call(&guest->ring, type, txn, payload, strlen(payload) + 1);
}

/* Writes a number; what XS_WRITE wants is a path, a NUL, and the value. */
static size_t write_payload(const struct guest *guest, char *out, size_t size, const char *name,
			    unsigned int number)
{
	int path = snprintf(out, size, "%s/%s", guest->home, name) + 1;

	return (size_t)(path + snprintf(out + path, size - (size_t)path, "%u", number));
}

static void write_number(struct guest *guest, uint32_t txn, const char *name, unsigned int number)
{
	char payload[2 * NAME];
	size_t len = write_payload(guest, payload, sizeof(payload), name, number);

	CHECK(guest, ringclient_call(&guest->ring, XS_WRITE, txn, payload, len) == XS_WRITE);
}

static unsigned int read_number(struct guest *guest, uint32_t txn, const char *name)
{
	char path[2 * NAME];

	snprintf(path, sizeof(path), "%s/%s", guest->home, name);
	CHECK(guest, call(guest, XS_READ, txn, path) == XS_READ);
	return (unsigned int)strtoul(guest->ring.answer, NULL, 10);
}

static void watch(struct guest *guest, const char *path, const char *token)
{
	char payload[3 * NAME];
	int len = snprintf(payload, sizeof(payload), "%s%c%s", path, 0, token) + 1;
	const char *event;

	CHECK(guest, ringclient_call(&guest->ring, XS_WATCH, 0, payload, (size_t)len) == XS_WATCH);
	event = ringclient_event(&guest->ring);
	CHECK(guest, !strcmp(event, path));
}

/* One number written and its one event. */
static void count_by_watch(struct guest *guest, unsigned int round)
{
	char path[2 * NAME];
	const char *event;

	snprintf(path, sizeof(path), "%s/watched", guest->home);
	write_number(guest, 0, "watched", round);
	event = ringclient_event(&guest->ring);
	CHECK(guest, !strcmp(event, path));
	CHECK(guest, !strcmp(event + strlen(event) + 1, "token"));
	CHECK(guest, read_number(guest, 0, "watched") == round);
	CHECK(guest, guest->ring.event_count == 0);
}

/* A transaction that adds one, over as many requests as there may be updates. */
static void count_by_transaction(struct guest *guest, unsigned int round)
{
	unsigned int before;
	uint32_t txn;

	CHECK(guest, call(guest, XS_TRANSACTION_START, 0, "") == XS_TRANSACTION_START);
	txn = (uint32_t)strtoul(guest->ring.answer, NULL, 10);
	before = read_number(guest, txn, "counted");
	CHECK(guest, before == round - 1);
	write_number(guest, txn, "counted", before + 1);
	CHECK(guest, read_number(guest, txn, "counted") == round);
	write_number(guest, txn, "beside", round);
	CHECK(guest, call(guest, XS_TRANSACTION_END, txn, "T") == XS_TRANSACTION_END);
	CHECK(guest, read_number(guest, 0, "counted") == round);
}

/* Requests at once, each longer than what fits beside it on the ring. */
static void count_by_bulk(struct guest *guest, unsigned int round)
{
	static const char *const names[] = { "bulk1", "bulk2", "bulk3" };
	char payload[1500], path[2 * NAME];
	uint32_t ids[3];

	for (int i = 0; i < 3; i++) {
		size_t len = write_payload(guest, payload, sizeof(payload), names[i], round);

		payload[len++] = ' ';
		memset(payload + len, 'a' + i, sizeof(payload) - len);
		ids[i] = ringclient_send(&guest->ring, XS_WRITE, 0, payload, sizeof(payload));
	}
	for (int i = 0; i < 3; i++)
		CHECK(guest, ringclient_answer(&guest->ring, ids[i]) == XS_WRITE);
	for (int i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s/%s", guest->home, names[i]);
		CHECK(guest, call(guest, XS_READ, 0, path) == XS_READ);
		CHECK(guest, strtoul(guest->ring.answer, NULL, 10) == round);
		CHECK(guest, guest->ring.answer[guest->ring.answer_len - 1] == 'a' + i);
	}
}

static void *run_guest(void *arg)
{
	struct guest *guest = arg;
	char path[2 * NAME];

	write_number(guest, 0, "watched", 0);
	write_number(guest, 0, "counted", 0);
	snprintf(path, sizeof(path), "%s/watched", guest->home);
	watch(guest, path, "token");
	while (!stopping) {
		unsigned int round = guest->rounds + 1;

		count_by_watch(guest, round);
		count_by_transaction(guest, round);
		count_by_bulk(guest, round);
		guest->rounds = round;
	}
	return NULL;
}

/* One who only listens: the events that a local client makes, in their order. */
static struct guest listener;
static atomic_uint heard;

static void *run_listener(void *arg)
{
	(void)arg;
	while (true) {
		const char *event = ringclient_event(&listener.ring);
		unsigned int number;

		if (sscanf(event, "/shared/%u", &number) != 1) {
			CHECK(&listener, !strcmp(event, "/shared/end"));
			return NULL;
		}
		if (number != heard + 1) {
			fprintf(stderr, "event %u came after %u\n", number, heard);
			exit(1);
		}
		heard = number;
	}
}

/* Local clients. */
static int connect_local(void)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	struct timespec pause = { .tv_nsec = 5000000 };
	int fd = -1;

	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/socket", rundir);
	/* The daemon may be on its way back; forever means that it is not. */
	for (int i = 0; i < 20000; i++) {
		fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (!connect(fd, (struct sockaddr *)&addr, sizeof(addr)))
			return fd;
		close(fd);
		nanosleep(&pause, NULL);
	}
	fprintf(stderr, "no daemon listens on %s: %s\n", addr.sun_path, strerror(errno));
	exit(1);
}

static bool move_all(int fd, void *data, size_t len, bool out)
{
	char *at = data;

	while (len) {
		ssize_t n = out ? send(fd, at, len, MSG_NOSIGNAL) : recv(fd, at, len, 0);

		if (n <= 0)
			return false;
		at += n;
		len -= (size_t)n;
	}
	return true;
}

struct local {
	int fd;
	char answer[XENSTORE_PAYLOAD_MAX + 1];
};

/* The type of the answer, or -1 if the connection broke. */
static int local_call(struct local *local, uint32_t type, const char *payload, size_t len)
{
	struct xsd_sockmsg hdr = { .type = type, .len = (uint32_t)len };
	char copy[256];

	memcpy(copy, payload, len);
	if (!move_all(local->fd, &hdr, sizeof(hdr), true) || !move_all(local->fd, copy, len, true) ||
	    !move_all(local->fd, &hdr, sizeof(hdr), false) ||
	    !move_all(local->fd, local->answer, hdr.len, false))
		return -1;
	local->answer[hdr.len] = '\0';
	return (int)hdr.type;
}

/* Repeats a request over a new connection if a killed daemon broke the old. */
static int local_insist(struct local *local, uint32_t type, const char *payload, size_t len)
{
	int rc = local_call(local, type, payload, len);

	while (rc < 0 && killing) {
		close(local->fd);
		local->fd = connect_local();
		rc = local_call(local, type, payload, len);
	}
	return rc;
}

static void local_must(struct local *local, uint32_t type, const char *payload, size_t len)
{
	int rc = local_insist(local, type, payload, len);

	if (rc == (int)type)
		return;
	fprintf(stderr, "local client: request %u '%s' got %d '%s'\n", type, payload, rc,
		local->answer);
	exit(1);
}

/* Makes /shared/1, /shared/2 and so on, each once. */
static void *run_maker(void *arg)
{
	struct local local = { .fd = connect_local() };
	struct timespec pause = { .tv_nsec = 1000000 };
	unsigned int *made = arg;
	char path[NAME];

	while (!stopping) {
		size_t len = (size_t)snprintf(path, sizeof(path), "/shared/%u", *made + 1) + 1;
		/* MKDIR of what is there changes nothing and tells nobody. */
		local_must(&local, XS_MKDIR, path, len);
		++*made;
		nanosleep(&pause, NULL);
	}
	local_must(&local, XS_MKDIR, "/shared/end", sizeof("/shared/end"));
	close(local.fd);
	return NULL;
}

static void introduce(struct local *local, unsigned int domid)
{
	char text[2 * NAME];
	int len = snprintf(text, sizeof(text), "/local/domain/%u", domid) + 1;

	local_must(local, XS_MKDIR, text, (size_t)len);
	len += snprintf(text + len, sizeof(text) - (size_t)len, "n%u", domid) + 1;
	local_must(local, XS_SET_PERMS, text, (size_t)len);
	len = snprintf(text, sizeof(text), "%u%c%u%c%u", domid, 0, 1000 + domid, 0,
		       FAKEXEN_REMOTE(domid)) +
	      1;
	local_must(local, XS_INTRODUCE, text, (size_t)len);
}

static pid_t daemon_pid(void)
{
	FILE *file = fopen(pid_file, "re");
	long pid = 0;

	if (file && fscanf(file, "%ld", &pid) != 1)
		pid = 0;
	if (file)
		fclose(file);
	return (pid_t)pid;
}

static void kill_daemon(void)
{
	pid_t pid = daemon_pid();

	if (pid <= 1 || kill(pid, SIGKILL)) {
		fprintf(stderr, "cannot kill process %ld\n", (long)pid);
		exit(1);
	}
}

static void update_daemon(struct local *local, const char *binary)
{
	char text[512] = "live-update\0-f";
	size_t len = sizeof("live-update\0-f");

	len += (size_t)snprintf(text + len, sizeof(text) - len, "%s", binary) + 1;
	local_must(local, XS_CONTROL, text, len);
	if (strcmp(local->answer, "OK"))
		goto fail;
	local_must(local, XS_CONTROL, "live-update\0-s", sizeof("live-update\0-s"));
	if (!strcmp(local->answer, "OK"))
		return;
fail:
	fprintf(stderr, "live update: %s\n", local->answer);
	exit(1);
}

/* Waits until every guest has made some rounds more. */
static void let_them_work(void)
{
	struct timespec pause = { .tv_nsec = 1000000 };

	for (int i = 0; i < GUESTS; i++) {
		unsigned int goal = guests[i].rounds + ROUNDS;

		while (guests[i].rounds < goal)
			nanosleep(&pause, NULL);
	}
}

/* A pause that falls anywhere in a round; up to 20 ms. */
static void hesitate(void)
{
	struct timespec pause = { .tv_nsec = rand() % 20000000 };

	nanosleep(&pause, NULL);
}

static void check_end(struct local *local, unsigned int made)
{
	char path[2 * NAME];

	for (int i = 0; i < GUESTS; i++) {
		size_t len = (size_t)snprintf(path, sizeof(path), "%s/counted", guests[i].home) + 1;

		local_must(local, XS_READ, path, len);
		CHECK(&guests[i], strtoul(local->answer, NULL, 10) == guests[i].rounds);
		CHECK(&guests[i], ringclient_poll(&guests[i].ring) == 0);
	}
	for (unsigned int i = 1; i <= made; i++)
		local_must(local, XS_READ, path,
			   (size_t)snprintf(path, sizeof(path), "/shared/%u", i) + 1);
	if (heard != made) {
		fprintf(stderr, "%u nodes were made, %u events came\n", made, heard);
		exit(1);
	}
	local_must(local, XS_CONTROL, "check", sizeof("check"));
	if (strcmp(local->answer, "OK")) {
		fprintf(stderr, "check: %s", local->answer);
		exit(1);
	}
}

static void start_guests(struct local *local)
{
	/* Domain 0, then guests; the last one listens. */
	for (unsigned int i = 0; i < GUESTS; i++) {
		ringclient_open(&guests[i].ring, i);
		snprintf(guests[i].home, sizeof(guests[i].home), "/local/domain/%u", i);
		if (i)
			introduce(local, i);
	}
	local_must(local, XS_MKDIR, "/shared", sizeof("/shared"));
	local_must(local, XS_SET_PERMS, "/shared\0r0", sizeof("/shared\0r0"));
	ringclient_open(&listener.ring, GUESTS);
	introduce(local, GUESTS);
	watch(&listener, "/shared", "listener");
}

int main(int argc, char **argv)
{
	struct local local;
	pthread_t maker, hearer;
	unsigned int made = 0;
	int times;

	if (argc != 6)
		return 2;
	killing = !strcmp(argv[1], "kill");
	times = atoi(argv[2]);
	rundir = argv[4];
	pid_file = argv[5];
	srand((unsigned int)getpid());
	local.fd = connect_local();
	start_guests(&local);
	for (int i = 0; i < GUESTS; i++)
		pthread_create(&guests[i].thread, NULL, run_guest, &guests[i]);
	pthread_create(&hearer, NULL, run_listener, NULL);
	pthread_create(&maker, NULL, run_maker, &made);
	for (int i = 0; i < times; i++) {
		let_them_work();
		hesitate();
		if (killing)
			kill_daemon();
		else
			update_daemon(&local, argv[3]);
	}
	let_them_work();
	stopping = true;
	for (int i = 0; i < GUESTS; i++)
		pthread_join(guests[i].thread, NULL);
	pthread_join(maker, NULL);
	pthread_join(hearer, NULL);
	check_end(&local, made);
	printf("%d times; rounds %u %u %u, events %u\n", times, guests[0].rounds, guests[1].rounds,
	       guests[2].rounds, heard);
	return 0;
}
