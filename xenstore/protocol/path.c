/* SPDX-License-Identifier: MIT */
/*
 * Node names.
 */
#include "protocol/path.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

/* The characters of names and the slash. */
static const bool valid_chars[UCHAR_MAX + 1] = {
	['a' ... 'z'] = true, ['A' ... 'Z'] = true, ['0' ... '9'] = true, ['-'] = true,
	['_'] = true,	      ['@'] = true,	    ['/'] = true,
};

/* The length of "/local/domain/<id>/" at the start of a path, or 0. */
static size_t home_length(const char *path)
{
	static const char prefix[] = "/local/domain/";
	size_t n = sizeof(prefix) - 1, digits = 0;

	if (strncmp(path, prefix, n))
		return 0;
	while (path[n] >= '0' && path[n] <= '9' && digits < 5) {
		n++;
		digits++;
	}
	return digits && path[n] == '/' ? n + 1 : 0;
}

static bool valid(const char *path, size_t len)
{
	char before = '\0';

	if (path[0] != '/' || len > XENSTORE_ABS_PATH_MAX)
		return false;
	if (len > XENSTORE_REL_PATH_MAX && len > home_length(path) + XENSTORE_REL_PATH_MAX)
		return false;
	if (len > 1 && path[len - 1] == '/')
		return false;
	for (size_t i = 0; i < len; i++) {
		if (!valid_chars[(unsigned char)path[i]] || (path[i] == '/' && before == '/'))
			return false;
		before = path[i];
	}
	return true;
}

bool path_valid(const char *path)
{
	return valid(path, strnlen(path, PATH_BUF));
}

bool path_special(const char *path)
{
	return path[0] == '@';
}

int path_canonical(const char *in, const char *home, char out[PATH_BUF])
{
	size_t len = strnlen(in, PATH_BUF);
	size_t at = 0;

	if (in[0] != '/') {
		at = strlen(home);
		if (at + 1 + len >= PATH_BUF)
			return -EINVAL;
		memcpy(out, home, at);
		out[at++] = '/';
	}
	if (at + len >= PATH_BUF)
		return -EINVAL;
	memcpy(out + at, in, len);
	out[at + len] = '\0';
	return valid(out, at + len) ? 0 : -EINVAL;
}

bool path_is_below(const char *child, const char *parent)
{
	size_t len = strlen(parent);

	if (len == 1 && parent[0] == '/')
		return child[0] == '/';
	return !strncmp(child, parent, len) && (child[len] == '\0' || child[len] == '/');
}

bool path_parent(const char *path, char out[PATH_BUF])
{
	const char *slash = strrchr(path, '/');
	size_t len;

	if (!slash || !path[1])
		return false;
	len = slash == path ? 1 : (size_t)(slash - path);
	if (len >= PATH_BUF)
		return false;
	memcpy(out, path, len);
	out[len] = '\0';
	return true;
}

size_t path_component(const char **at)
{
	while (**at == '/')
		(*at)++;
	return (size_t)(strchrnul(*at, '/') - *at);
}

size_t path_depth(const char *path)
{
	size_t depth = 0, n;

	while ((n = path_component(&path))) {
		path += n;
		depth++;
	}
	return depth;
}
