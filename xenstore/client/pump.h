/* SPDX-License-Identifier: MIT */
/*
 * The input of a session: bytes to replies and events.
 */
#pragma once

#include "client/state.h"

/* Timeouts beside those in milliseconds: for ever, and so without poll(). */
#define PUMP_FOR_EVER -1
#define PUMP_DIRECTLY -2

/*
 * Reads once and deals with it; by the reader only.  0, -EAGAIN if nothing
 * came in @timeout_ms, -ECANCELED if the session is closed, or what is wrong
 * with the stream.  A caller that waits for its own answer reads PUMP_DIRECTLY,
 * which saves a system call.
 */
int pump_once(struct session *s, int timeout_ms);
