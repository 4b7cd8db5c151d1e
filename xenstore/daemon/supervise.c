/* SPDX-License-Identifier: MIT */
/*
 * The process that outlives the daemon.
 */
#include "daemon/supervise.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/dlog.h"

/* Ends in sequence before a daemon serves: it never will. */
#define TRIES_MAX 5

static volatile sig_atomic_t daemon_pid;
static volatile sig_atomic_t told_to_leave;

static void pass_on(int number)
{
	told_to_leave = 1;
	if (daemon_pid > 0)
		kill((pid_t)daemon_pid, number);
}

static void catch_signals(void (*handler)(int number))
{
	struct sigaction action = { .sa_handler = handler };

	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
}

/* The daemon's end: its exit status, or -1 if it was killed. */
static int wait_for_daemon(void)
{
	int status;

	while (waitpid((pid_t)daemon_pid, &status, 0) < 0) {
		if (errno != EINTR)
			return 1;
	}
	daemon_pid = 0;
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	dlog("the daemon was ended by signal %d (%s)", WTERMSIG(status), strsignal(WTERMSIG(status)));
	return -1;
}

/* Becomes the binary that a live update brought, if there was one. */
static void become_updated(const struct journal *journal, char **argv)
{
	char option[sizeof("--journal-fd=") + 11];
	size_t count = 0;
	char **words;

	if (!journal_binary(journal)[0])
		return;
	while (argv[count])
		count++;
	words = calloc(count + 2, sizeof(*words));
	if (!words)
		return;
	memcpy(words, argv, count * sizeof(*words));
	snprintf(option, sizeof(option), "--journal-fd=%d", journal->fd);
	words[count] = option;
	execv(journal_binary(journal), words);
	dlog("cannot run %s: %s; going on with the older binary", journal_binary(journal),
	     strerror(errno));
	free(words);
}

int supervise(struct journal *journal, char **argv, bool *recovering)
{
	uint32_t served = journal_ready_count(journal);
	int tries = 0;

	*recovering = false;
	catch_signals(pass_on);
	while (true) {
		pid_t pid = fork();
		int status;

		if (pid < 0)
			return -errno;
		if (!pid) {
			/* No daemon without the one who would start the next. */
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			catch_signals(SIG_DFL);
			if (*recovering)
				become_updated(journal, argv);
			return 0;
		}
		daemon_pid = pid;
		status = wait_for_daemon();
		if (status >= 0 || told_to_leave)
			_exit(status >= 0 ? status : 1);
		tries = journal_ready_count(journal) == served ? tries + 1 : 0;
		served = journal_ready_count(journal);
		if (tries == TRIES_MAX) {
			dlog("%d daemons in sequence were ended before they served; giving up",
			     TRIES_MAX);
			_exit(1);
		}
		*recovering = true;
	}
}
