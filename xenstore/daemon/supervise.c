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
#include <time.h>
#include <unistd.h>

#include <uv.h>

#include "daemon/dlog.h"

/* Ends in sequence before a daemon serves: it never will. */
#define TRIES_MAX 5
/* An end so soon after the beginning is a quick one; the pauses that follow. */
#define QUICK_NS      1000000000u
#define PAUSE_STEP_NS 100000000

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

/* Signals that end us wait while @hold, so that none falls between two daemons. */
static void hold_signals(bool hold)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(hold ? SIG_BLOCK : SIG_UNBLOCK, &set, NULL);
}

/* 0 in a new process, else its number, or -1; signals are held before. */
static pid_t split(void)
{
	pid_t self = getpid(), pid = fork();

	if (!pid) {
		/* No daemon without the one who would start the next. */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != self)
			_exit(1);
		catch_signals(SIG_DFL);
	} else if (pid > 0) {
		daemon_pid = pid;
	}
	hold_signals(false);
	return pid;
}

/*
 * Ends that follow each other at once must not take the whole machine: waits
 * the longer the more there are.  A signal ends the waiting.
 */
static void pause_between(uint64_t started)
{
	static int quick;
	struct timespec pause;

	quick = uv_hrtime() - started < QUICK_NS ? quick + 1 : 0;
	if (quick < 2)
		return;
	pause.tv_sec = quick > 10 ? 1 : 0;
	pause.tv_nsec = pause.tv_sec ? 0 : (quick - 1) * PAUSE_STEP_NS;
	nanosleep(&pause, NULL);
}

/*
 * True if nothing is to go on after an end with @status.  A daemon that leaves
 * in order makes its journal void.  One that has not, and served, was changed
 * by a live update to what cannot go on, or is no daemon at all.
 */
static bool is_the_end(const struct journal *journal, int status)
{
	if (told_to_leave)
		return true;
	if (status < 0)
		return false;
	if (journal_is_void(journal) || !journal_ready_count(journal))
		return true;
	dlog("the daemon left with status %d, without being told to", status);
	return false;
}

int supervise(struct journal *journal, char **argv, bool *recovering)
{
	uint32_t served = journal_ready_count(journal);
	int tries = 0;

	*recovering = false;
	catch_signals(pass_on);
	while (true) {
		uint64_t started = uv_hrtime();
		int status;
		pid_t pid;

		hold_signals(true);
		if (told_to_leave)
			_exit(0);
		pid = split();
		if (pid < 0)
			return -errno;
		if (!pid) {
			if (*recovering)
				become_updated(journal, argv);
			return 0;
		}
		status = wait_for_daemon();
		if (is_the_end(journal, status))
			_exit(status >= 0 ? status : 1);
		tries = journal_ready_count(journal) == served ? tries + 1 : 0;
		served = journal_ready_count(journal);
		if (tries == TRIES_MAX) {
			dlog("%d daemons in sequence were ended before they served; giving up",
			     TRIES_MAX);
			_exit(1);
		}
		*recovering = true;
		pause_between(started);
	}
}
