/* SPDX-License-Identifier: MIT */
/*
 * Diagnostics: what failed, why, and what to type.  One struct diag travels
 * down through a verb and comes back filled in by whoever met the problem.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

/* Exit codes of `lamina`, documented in lamina(1).  0, 1 and 2 are xl's. */
enum diag_code {
	DIAG_OK = 0,
	DIAG_FAILED = 1,    /* the operation was tried and failed */
	DIAG_USAGE = 2,	    /* the command line makes no sense */
	DIAG_NO_GUEST = 3,  /* no guest has that name or id */
	DIAG_CONFIG = 4,    /* the configuration, kernel or ramdisk is bad */
	DIAG_RESOURCES = 5, /* memory, CPUs or names are exhausted or taken */
	DIAG_TIMEOUT = 6,   /* a wait ran out of time */
	DIAG_NO_HOST = 7,   /* no hypervisor or no store to talk to */
};

struct diag {
	enum diag_code code;
	char what[320];
	char why[512];
	char hint[320];
	char context[640]; /* quoted source lines, printed between why and hint */
};

/*
 * diag_fail - record what failed, dropping what an earlier call recorded.
 * @d: the record; @code: the exit code the verb should end with.
 * Returns -1 always, so that `return diag_fail(...)` reads well.
 */
int diag_fail(struct diag *d, enum diag_code code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* diag_why - add the reason to a recorded failure.  Returns -1. */
int diag_why(struct diag *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* diag_hint - add what the user can type or do.  Returns -1. */
int diag_hint(struct diag *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* diag_context - add quoted source text (may hold newlines).  Returns -1. */
int diag_context(struct diag *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * diag_errno_text - a sentence for an errno value in plain words.
 * @err: positive errno.  Returns a static string, valid until the next call.
 */
const char *diag_errno_text(int err);

/*
 * diag_print - the record as three lines of text.
 * @prog: the name to lead with.  Empty parts print nothing.
 */
void diag_print(const struct diag *d, const char *prog, FILE *out);
