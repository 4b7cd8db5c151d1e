/* SPDX-License-Identifier: MIT */
/*
 * What the commands of the xenstore tool have in common: their options, their
 * connection, and the transaction that makes several requests one.
 *
 * Options, output, messages and exit statuses are those of Debian's
 * xenstore-utils; a message of ours goes on with the reason where theirs ends.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "client/xs.h"

struct applet_run;

struct applet {
	/* As in "xenstore read" and "xenstore-read". */
	const char *name;
	/* As the usage shows them, "-h" and "-s" among them. */
	const char *arguments;
	const char *summary;
	/*
	 * Letters of the options that it takes besides -h, -s and --json; a
	 * colon follows one that takes a number.
	 */
	const char *options;
	int min_arguments;
	/*
	 * Does the work within @run->tx.  0, a negative errno (-EAGAIN: do it
	 * again), or a positive exit status.
	 */
	int (*run)(const struct applet_run *run);
	/* All requests belong to one transaction. */
	bool in_transaction;
	/* Options end at the first word; a link to it takes long ones only. */
	bool words_follow;
	/* What to say, before the reason, if there is no daemon. */
	const char *unreachable;
};

struct applet_run {
	const struct applet *applet;
	struct xsc *xs;
	uint32_t tx;
	bool json;
	/* The option letters given; see applet_has(). */
	char options[16];
	/* The value of -n, or -1. */
	long number;
	/* The value of -d, or -1. */
	double seconds;
	int argc;
	char **argv;
};

/* How messages begin: "xenstore", or the name of a link such as "xenstore-read". */
extern const char *applet_program;

/* True if the option @letter was given. */
bool applet_has(const struct applet_run *run, char letter);

/* Says "@what @path", and the reason @rc, a negative errno, which it passes on. */
int applet_fail(const char *what, const char *path, int rc);

/* Says how the command is used; the exit status for that. */
int applet_wrong_usage(const struct applet *applet);

/* Parses options, connects, runs; the exit status. */
int applet_main(const struct applet *applet, int argc, char **argv);

extern const struct applet applet_chmod;
extern const struct applet applet_control;
extern const struct applet applet_exists;
extern const struct applet applet_list;
extern const struct applet applet_ls;
extern const struct applet applet_read;
extern const struct applet applet_rm;
extern const struct applet applet_top;
extern const struct applet applet_watch;
extern const struct applet applet_write;
