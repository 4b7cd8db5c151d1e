/* SPDX-License-Identifier: MIT */
/*
 * A new connection for a session whose daemon is gone.
 */
#pragma once

#include "client/state.h"

/* How long a session that was just opened will look for a lost daemon, in ms. */
int revive_time(const struct link_address *where);

/*
 * Connects anew after the stream failed with @rc; by the reader.  0, or why
 * the session has to end.
 */
int revive_session(struct session *s, int rc);
