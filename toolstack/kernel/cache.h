/* SPDX-License-Identifier: MIT */
/*
 * Unpacked kernels kept for the next start.  Only root may write the
 * directory, so what is found there is what was put there.
 */
#pragma once

#include <stddef.h>

#define CACHE_PATH_MAX 512

/*
 * cache_path - the name of the entry for an open file.
 * Made of device, inode, size and the two times that change when its bytes do.
 * Returns 0 or a negative errno.
 */
int cache_path(char path[CACHE_PATH_MAX], const char *dir, int fd);

/*
 * cache_lookup - open an entry.
 * Refused unless it is a regular file of our own user that nobody else may write.
 * Returns 0 and a descriptor that the caller closes, or a negative errno.
 */
int cache_lookup(const char *path, int *fd, size_t *size);

/*
 * cache_store - write an entry, whole or not at all.
 * Old entries go when there are more than a few.  Failure is silent: a cache
 * may always be empty.
 */
void cache_store(const char *path, const void *data, size_t size);
