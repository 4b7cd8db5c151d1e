/* SPDX-License-Identifier: MIT */
/*
 * The daemon's log.
 */
#include "daemon/dlog.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LINE_MAX_BYTES 512

static bool tracing;
static int log_fd = STDERR_FILENO;

static void write_line(const char *fmt, va_list args)
{
	static const char prefix[] = "xenstored: ";
	char line[LINE_MAX_BYTES];
	size_t at = sizeof(prefix) - 1;
	int n;

	memcpy(line, prefix, at);
	n = vsnprintf(line + at, sizeof(line) - at - 1, fmt, args);
	if (n > 0)
		at += (size_t)n;
	if (at > sizeof(line) - 2)
		at = sizeof(line) - 2;
	/* Guests choose paths and words: keep terminals safe from them. */
	for (size_t i = 0; i < at; i++) {
		if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
			line[i] = '?';
	}
	line[at++] = '\n';
	/* There is nobody to tell if the log itself cannot be written. */
	if (write(log_fd, line, at) < 0)
		return;
}

void dlog(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	write_line(fmt, args);
	va_end(args);
}

void dlog_trace(const char *fmt, ...)
{
	va_list args;

	if (!tracing)
		return;
	va_start(args, fmt);
	write_line(fmt, args);
	va_end(args);
}

void dlog_set_trace(bool on)
{
	tracing = on;
}

bool dlog_tracing(void)
{
	return tracing;
}

int dlog_set_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	if (fd < 0)
		return -errno;
	if (log_fd != STDERR_FILENO)
		close(log_fd);
	log_fd = fd;
	return 0;
}
