/* SPDX-License-Identifier: MIT */
/*
 * A guest's console on disk, kept within a limit.
 */
#include "console/logfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/guest.h"

static void reopen(struct logfile *l, int flags)
{
	struct stat st;

	l->fd = open(l->path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | flags, 0640);
	l->size = 0;
	if (l->fd >= 0 && fstat(l->fd, &st) == 0)
		l->size = (size_t)st.st_size;
}

void logfile_open(struct logfile *l, const char *dir, const char *name, size_t limit)
{
	memset(l, 0, sizeof(*l));
	l->fd = -1;
	l->limit = limit / 2;
	if (!l->limit || guest_name_check(name))
		return;
	snprintf(l->path, sizeof(l->path), "%s/%s.log", dir, name);
	reopen(l, 0);
}

static void rotate(struct logfile *l)
{
	char old[sizeof(l->path) + 2];

	close(l->fd);
	snprintf(old, sizeof(old), "%s.1", l->path);
	rename(l->path, old);
	reopen(l, O_TRUNC);
}

void logfile_write(struct logfile *l, const char *buf, size_t len)
{
	if (l->fd < 0)
		return;
	if (l->size + len > l->limit)
		rotate(l);
	while (l->fd >= 0 && len > 0) {
		ssize_t n = write(l->fd, buf, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return; /* a full disk costs the log, not the console */
		l->size += (size_t)n;
		buf += n;
		len -= (size_t)n;
	}
}

void logfile_close(struct logfile *l)
{
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
}
