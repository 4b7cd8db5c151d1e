/* SPDX-License-Identifier: MIT */
/*
 * The byte stream to a XenStore daemon: finding it, bytes out and in.
 */
#include "client/link.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static int open_socket(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd, rc;

	if (strlen(path) >= sizeof(addr.sun_path))
		return -ENAMETOOLONG;
	strcpy(addr.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr))) {
		rc = -errno;
		close(fd);
		return rc;
	}
	return fd;
}

int link_again(const struct link_address *where)
{
	int fd;

	if (where->socket)
		return open_socket(where->path);
	fd = open(where->path, O_RDWR | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int open_at(const char *path, struct link_address *where)
{
	struct stat st;

	if (strlen(path) >= sizeof(where->path))
		return -ENAMETOOLONG;
	if (stat(path, &st))
		return -errno;
	strcpy(where->path, path);
	where->socket = S_ISSOCK(st.st_mode);
	return link_again(where);
}

int link_open(const char *path, struct link_address *where)
{
	const char *rundir = getenv("XENSTORED_RUNDIR");
	char sock[LINK_PATH_MAX];
	int fd, n;

	if (!path)
		path = getenv("XENSTORED_PATH");
	if (path)
		return open_at(path, where);

	n = snprintf(sock, sizeof(sock), "%s/socket", rundir ? rundir : "/run/xenstored");
	if (n < 0 || (size_t)n >= sizeof(sock))
		return -ENAMETOOLONG;
	fd = open_at(sock, where);
	/* A chosen run directory is meant: never talk to another daemon. */
	if (fd >= 0 || rundir)
		return fd;
	fd = open_at("/dev/xen/xenbus", where);
	if (fd == -ENOENT)
		fd = open_at("/proc/xen/xenbus", where);
	return fd;
}

int link_write(int fd, const void *data, size_t len, bool *begun)
{
	const char *at = data;

	*begun = false;
	while (len) {
		ssize_t n = send(fd, at, len, MSG_NOSIGNAL);

		if (n < 0 && errno == ENOTSOCK)
			n = write(fd, at, len);
		if (n < 0) {
			if (errno == EINTR)
				continue;
			return -errno;
		}
		*begun = true;
		at += n;
		len -= (size_t)n;
	}
	return 0;
}

ssize_t link_read(int fd, void *out, size_t len)
{
	ssize_t n;

	do {
		n = read(fd, out, len);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}
