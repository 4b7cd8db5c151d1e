/* SPDX-License-Identifier: MIT */
/*
 * Live update.
 */
#include "daemon/update.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/dlog.h"
#include "daemon/domains.h"
#include "daemon/restore.h"
#include "daemon/save.h"
#include "daemon/sock.h"

/* What C xenstored waits for transactions if nobody says how long, in s. */
#define TIMEOUT_MAX 86400

static char **own_argv;
static int own_journal = -1;

/* The session, from -f to -s or -a. */
static char *binary;
static char *cmdline;
static bool wanted;
/* Who said -s. */
static uint32_t asker;
static struct conn_request question;

void update_init(char **argv, int journal_fd)
{
	own_journal = journal_fd;
	own_argv = argv;
}

static void end_session(void)
{
	free(binary);
	free(cmdline);
	binary = NULL;
	cmdline = NULL;
	wanted = false;
}

static int answer(char *out, size_t size, const char *text)
{
	snprintf(out, size, "%s", text);
	return 0;
}

static int set_binary(const char *file, char *out, size_t size)
{
	if (binary)
		return answer(out, size, "live-update session already active.");
	if (access(file, X_OK))
		return answer(out, size, "File not accessible.");
	binary = strdup(file);
	return binary ? answer(out, size, "OK") : -ENOMEM;
}

static int set_cmdline(const char *text, char *out, size_t size)
{
	char *copy;

	if (!binary)
		return answer(out, size, "Not in live-update session.");
	copy = strdup(text);
	if (!copy)
		return -ENOMEM;
	free(cmdline);
	cmdline = copy;
	return answer(out, size, "OK");
}

/*
 * Open transactions go along, so nobody has to be waited for or forced: the
 * time and -F are taken, as callers give them, and change nothing.
 */
static int start(const char *const *words, size_t count, char *out, size_t size)
{
	uint64_t seconds;

	if (!binary)
		return answer(out, size, "Not in live-update session.");
	for (size_t i = 0; i < count; i++) {
		if (!strcmp(words[i], "-F"))
			continue;
		if (strcmp(words[i], "-t") || ++i == count ||
		    !wire_number(words[i], TIMEOUT_MAX, &seconds))
			return -EINVAL;
	}
	wanted = true;
	return UPDATE_LATER;
}

int update_command(const char *const *words, size_t count, char *out, size_t size)
{
	if (!count)
		return -EINVAL;
	if (!strcmp(words[0], "-s"))
		return start(words + 1, count - 1, out, size);
	if (!strcmp(words[0], "-a") && count == 1) {
		if (!binary)
			return answer(out, size, "No live-update session active.");
		end_session();
		return answer(out, size, "OK");
	}
	if (count != 2)
		return -EINVAL;
	if (!strcmp(words[0], "-f"))
		return set_binary(words[1], out, size);
	if (!strcmp(words[0], "-c"))
		return set_cmdline(words[1], out, size);
	return -EINVAL;
}

void update_asked_by(struct conn *conn, const struct conn_request *request)
{
	asker = conn->number;
	question = *request;
	conn->held = true;
}

bool update_wanted(void)
{
	return wanted;
}

/* Finds the connection of a number. */
struct search {
	uint32_t number;
	struct conn *found;
};

static int match_client(struct conn *conn, int fd, void *arg)
{
	struct search *search = arg;

	(void)fd;
	if (conn->number != search->number || conn->dead)
		return 0;
	search->found = conn;
	return 1;
}

static int match_domain(const struct domain_facts *facts, void *arg)
{
	return match_client(&facts->guest->conn, -1, arg);
}

static struct conn *find_asker(void)
{
	struct search search = { .number = asker };

	if (!sock_each(match_client, &search))
		domains_each(match_domain, &search);
	return search.found;
}

static int write_all(void *arg, const void *data, size_t len)
{
	const char *at = data;

	while (len) {
		ssize_t n = write(*(int *)arg, at, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		at += n;
		len -= (size_t)n;
	}
	return 0;
}

static int set_cloexec(struct conn *conn, int fd, void *arg)
{
	(void)conn;
	return fcntl(fd, F_SETFD, *(int *)arg) ? -errno : 0;
}

/* Sockets stay open over exec, or not. */
static int keep_sockets(bool keep)
{
	int flags = keep ? 0 : FD_CLOEXEC, fd = sock_listener();

	if (fd >= 0 && fcntl(fd, F_SETFD, flags))
		return -errno;
	return sock_each(set_cloexec, &flags);
}

/* True for an option that only a predecessor gives. */
static bool is_ours(const char *word)
{
	return !strncmp(word, "--" UPDATE_OPTION, strlen("--" UPDATE_OPTION)) ||
	       !strncmp(word, "--" JOURNAL_OPTION, strlen("--" JOURNAL_OPTION));
}

/* The words of a command line given by -c, or our own, with two of ours. */
static char **make_argv(char *state_option, char *journal_option)
{
	size_t count = 0, n = 0;
	char **argv, *word;

	while (own_argv[count])
		count++;
	if (cmdline)
		count = strlen(cmdline) + 1;
	argv = calloc(count + 4, sizeof(*argv));
	if (!argv)
		return NULL;
	argv[n++] = binary;
	if (cmdline) {
		for (word = strtok(cmdline, " "); word; word = strtok(NULL, " "))
			argv[n++] = word;
	} else {
		for (size_t i = 1; i < count; i++) {
			if (!is_ours(own_argv[i]))
				argv[n++] = own_argv[i];
		}
	}
	argv[n++] = state_option;
	if (own_journal >= 0)
		argv[n++] = journal_option;
	return argv;
}

static int hand_over(struct store *store)
{
	char option[sizeof("--" UPDATE_OPTION "=") + 11];
	char journal_option[sizeof("--" JOURNAL_OPTION "=") + 11];
	char **argv;
	int fd, rc;

	fd = memfd_create("xenstored-state", 0);
	if (fd < 0)
		return -errno;
	rc = save_state(store, write_all, &fd);
	if (!rc)
		rc = keep_sockets(true);
	if (rc)
		goto out;
	snprintf(option, sizeof(option), "--%s=%d", UPDATE_OPTION, fd);
	snprintf(journal_option, sizeof(journal_option), "--%s=%d", JOURNAL_OPTION, own_journal);
	argv = make_argv(option, journal_option);
	if (!argv) {
		rc = -ENOMEM;
		goto out;
	}
	dlog("live update: %s goes on", binary);
	execv(binary, argv);
	rc = -errno;
	free(argv);
out:
	keep_sockets(false);
	close(fd);
	return rc;
}

void update_run(struct store *store)
{
	struct conn *conn = find_asker();
	const char *why;
	int rc;

	if (conn) {
		conn->held = false;
		conn_ack(conn, &question);
	}
	rc = hand_over(store);
	why = strerror(-rc);
	dlog("live update: %s cannot go on: %s", binary, why);
	if (conn) {
		conn_take_back(conn);
		conn_reply(conn, &question, why, strlen(why) + 1);
	}
	end_session();
	update_catch_up();
}

int update_take_over(struct store *store, int fd, int *listener)
{
	struct stat stat;
	void *data;
	int rc;

	*listener = -1;
	if (fstat(fd, &stat))
		return -errno;
	data = mmap(NULL, (size_t)stat.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (data == MAP_FAILED)
		return -errno;
	rc = restore_state(store, data, (size_t)stat.st_size, listener, false);
	munmap(data, (size_t)stat.st_size);
	close(fd);
	return rc;
}

static int resume_client(struct conn *conn, int fd, void *arg)
{
	(void)fd;
	(void)arg;
	conn_input(conn, 0);
	return 0;
}

void update_catch_up(void)
{
	sock_each(resume_client, NULL);
	domains_service_all();
}
