/* SPDX-License-Identifier: MIT */
/*
 * Unpacked kernels kept for the next start.
 */
#include "kernel/cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* The control domain's root may be in memory, so a few kernels are enough. */
#define CACHE_ENTRIES 4

int cache_path(char path[CACHE_PATH_MAX], const char *dir, int fd)
{
	struct stat st;
	int n;

	if (fstat(fd, &st) < 0)
		return -errno;
	n = snprintf(path, CACHE_PATH_MAX, "%s/%lx-%lx-%lx-%lx.%lx-%lx.%lx.elf", dir,
		     (unsigned long)st.st_dev, (unsigned long)st.st_ino, (unsigned long)st.st_size,
		     (unsigned long)st.st_mtim.tv_sec, (unsigned long)st.st_mtim.tv_nsec,
		     (unsigned long)st.st_ctim.tv_sec, (unsigned long)st.st_ctim.tv_nsec);
	return n > 0 && n < CACHE_PATH_MAX ? 0 : -ENAMETOOLONG;
}

int cache_lookup(const char *path, int *fd, size_t *size)
{
	struct stat st;
	int f = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	if (f < 0)
		return -errno;
	if (fstat(f, &st) < 0 || !S_ISREG(st.st_mode) || st.st_uid != geteuid() ||
	    (st.st_mode & 022) || st.st_size == 0) {
		close(f);
		return -EINVAL;
	}
	*fd = f;
	*size = (size_t)st.st_size;
	return 0;
}

/* Whether the directory exists (made if need be) and only its owner writes it. */
static bool private_directory(const char *dir)
{
	char copy[CACHE_PATH_MAX];
	struct stat st;

	snprintf(copy, sizeof(copy), "%s", dir);
	mkdir(dirname(copy), 0755);
	if (mkdir(dir, 0700) < 0 && errno != EEXIST)
		return false;
	return lstat(dir, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid == geteuid() &&
	       !(st.st_mode & 022);
}

/* Removes the oldest entries until there is room for one more. */
static void make_room(const char *dir)
{
	for (;;) {
		char oldest[CACHE_PATH_MAX] = "";
		struct timespec when = { 0 };
		struct dirent *e;
		int count = 0;
		DIR *handle = opendir(dir);

		if (!handle)
			return;
		while ((e = readdir(handle))) {
			struct stat st;

			if (e->d_name[0] == '.' || fstatat(dirfd(handle), e->d_name, &st, 0) < 0)
				continue;
			if (count++ == 0 || st.st_mtim.tv_sec < when.tv_sec) {
				when = st.st_mtim;
				snprintf(oldest, sizeof(oldest), "%s/%s", dir, e->d_name);
			}
		}
		closedir(handle);
		if (count < CACHE_ENTRIES || unlink(oldest) < 0)
			return;
	}
}

static bool write_all(int fd, const char *p, size_t left)
{
	while (left > 0) {
		ssize_t n = write(fd, p, left);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		p += n;
		left -= (size_t)n;
	}
	return true;
}

void cache_store(const char *path, const void *data, size_t size)
{
	char copy[CACHE_PATH_MAX], tmp[CACHE_PATH_MAX + 8];
	struct statvfs fs;
	const char *dir;
	int fd;

	snprintf(copy, sizeof(copy), "%s", path);
	dir = dirname(copy);
	if (!private_directory(dir))
		return;
	make_room(dir);
	/* Leave most of the space to others. */
	if (statvfs(dir, &fs) < 0 || fs.f_bavail * fs.f_frsize / 4 < size)
		return;
	snprintf(tmp, sizeof(tmp), "%s.XXXXXX", path);
	fd = mkstemp(tmp);
	if (fd < 0)
		return;
	if (!write_all(fd, data, size) || rename(tmp, path) < 0)
		unlink(tmp);
	close(fd);
}
