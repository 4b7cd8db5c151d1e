/* SPDX-License-Identifier: MIT */
/*
 * The daemon's log: lines on standard error, or a file once one is set.
 */
#pragma once

#include <stdbool.h>

/* Logs one line, without a newline in @fmt. */
void dlog(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Logs one line if requests are being traced. */
void dlog_trace(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Turns tracing on or off. */
void dlog_set_trace(bool on);

/* True while requests are traced. */
bool dlog_tracing(void);

/* Appends to a file from now on; 0 or a negative errno. */
int dlog_set_file(const char *path);
