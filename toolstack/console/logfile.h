/* SPDX-License-Identifier: MIT */
/*
 * A guest's console on disk, kept within a limit: NAME.log and, before it,
 * NAME.log.1, half of the limit each.
 */
#pragma once

#include <stddef.h>

struct logfile {
	int fd; /* -1: not open */
	size_t size;
	size_t limit; /* of one file, in bytes; 0: no log at all */
	char path[256];
};

/*
 * logfile_open - append to a guest's log.
 * @dir: exists; @name: checked before it becomes part of a path, since it comes
 * from the store; @limit: bytes on disk, both files together.
 */
void logfile_open(struct logfile *l, const char *dir, const char *name, size_t limit);

/* logfile_write - append; starts a new file when this one is full. */
void logfile_write(struct logfile *l, const char *buf, size_t len);

void logfile_close(struct logfile *l);
