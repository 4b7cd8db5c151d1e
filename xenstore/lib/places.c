/* SPDX-License-Identifier: MIT */
/*
 * The functions of <xenstore_lib.h>, which need no connection: where the
 * daemon is, paths, texts of permissions.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/export.h"

/* Longer names than a socket can have are cut off, and then not found. */
#define PLACE_MAX 256

const char *xs_daemon_rundir(void)
{
	const char *dir = getenv("XENSTORED_RUNDIR");

	return dir ? dir : "/var/run/xenstored";
}

const char *xs_daemon_socket(void)
{
	/* The same text for all threads, as the environment is the same. */
	static char place[PLACE_MAX];
	const char *path = getenv("XENSTORED_PATH");

	if (path)
		return path;
	snprintf(place, sizeof(place), "%s/socket", xs_daemon_rundir());
	return place;
}

const char *xs_daemon_socket_ro(void)
{
	/* There is one socket for all. */
	return xs_daemon_socket();
}

bool xs_write_all(int fd, const void *data, unsigned int len)
{
	const char *at = data;

	while (len) {
		ssize_t n = write(fd, at, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		at += n;
		len -= (unsigned int)n;
	}
	return true;
}

bool xs_path_is_subpath(const char *parent, const char *child)
{
	size_t len = strlen(parent);

	return !strncmp(parent, child, len) && (child[len] == '/' || child[len] == '\0');
}

bool xs_strings_to_perms(struct xs_permissions *perms, unsigned int num, const char *strings)
{
	for (unsigned int i = 0; i < num; i++) {
		char *end;

		switch (*strings) {
		case 'n': perms[i].perms = XS_PERM_NONE; break;
		case 'r': perms[i].perms = XS_PERM_READ; break;
		case 'w': perms[i].perms = XS_PERM_WRITE; break;
		case 'b': perms[i].perms = XS_PERM_READ | XS_PERM_WRITE; break;
		default: errno = EINVAL; return false;
		}
		perms[i].id = (unsigned int)strtol(strings + 1, &end, 10);
		if (end == strings + 1 || *end) {
			errno = EINVAL;
			return false;
		}
		strings = end + 1;
	}
	return true;
}
