/* SPDX-License-Identifier: MIT */
/*
 * Asking a guest to end: what `shutdown` and `reboot` have in common.
 */
#pragma once

#include "cli/verb.h"

/* Seconds to wait when the user names none. */
#define ASK_TIMEOUT "60"

/* ask_timeout - milliseconds from @text in seconds; -1 with cli->diag set if it is none. */
int ask_timeout(struct cli *cli, const char *text, int *ms);

/*
 * ask_guest - ask, and wait if told to.
 * @how: "poweroff" or "reboot"; @timeout: seconds in text.
 */
int ask_guest(struct cli *cli, const char *how, bool wait, const char *timeout);
