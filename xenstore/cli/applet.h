/* SPDX-License-Identifier: MIT */
/*
 * What the commands of the xenstore tool have in common: their options, their
 * connection, and the transaction that makes several requests one.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "client/xs.h"

struct applet_run;

struct applet {
	/* As in "xenstore read" and "xenstore-read". */
	const char *name;
	const char *arguments;
	const char *summary;
	/* Letters of the options that it takes besides -h, -s and --json. */
	const char *options;
	int min_arguments;
	/*
	 * Does the work within @run->tx.  0, a negative errno (-EAGAIN: do it
	 * again), or a positive exit status.
	 */
	int (*run)(const struct applet_run *run);
	/* All requests belong to one transaction. */
	bool in_transaction;
};

struct applet_run {
	struct xsc *xs;
	uint32_t tx;
	bool json;
	/* The option letters given; see applet_has(). */
	char options[16];
	/* The value of -n, or -1. */
	long number;
	int argc;
	char **argv;
};

/* True if the option @letter was given. */
bool applet_has(const struct applet_run *run, char letter);

/* Says what failed on which path; passes @rc on. */
int applet_fail(const char *what, const char *path, int rc);

/* Parses options, connects, runs; the exit status. */
int applet_main(const struct applet *applet, int argc, char **argv);

/* The usage line of a command. */
void applet_usage(const struct applet *applet, bool to_stderr);

extern const struct applet applet_chmod;
extern const struct applet applet_control;
extern const struct applet applet_exists;
extern const struct applet applet_list;
extern const struct applet applet_ls;
extern const struct applet applet_read;
extern const struct applet applet_rm;
extern const struct applet applet_watch;
extern const struct applet applet_write;
