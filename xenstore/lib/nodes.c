/* SPDX-License-Identifier: MIT */
/*
 * Nodes, their permissions, transactions.
 */
#include <errno.h>
#include <stdlib.h>

#include "lib/handle.h"

char **xs_directory(struct xs_handle *h, xs_transaction_t t, const char *path, unsigned int *num)
{
	char **names;
	size_t count;

	if (!handle_result(xsc_directory(h->xs, t, path, &names, &count)))
		return NULL;
	*num = (unsigned int)count;
	return names;
}

void *xs_read(struct xs_handle *h, xs_transaction_t t, const char *path, unsigned int *len)
{
	char *value;
	size_t size;

	if (!handle_result(xsc_read(h->xs, t, path, &value, &size)))
		return NULL;
	if (len)
		*len = (unsigned int)size;
	return value;
}

bool xs_write(struct xs_handle *h, xs_transaction_t t, const char *path, const void *data,
	      unsigned int len)
{
	return handle_result(xsc_write(h->xs, t, path, data, len));
}

bool xs_mkdir(struct xs_handle *h, xs_transaction_t t, const char *path)
{
	return handle_result(xsc_mkdir(h->xs, t, path));
}

bool xs_rm(struct xs_handle *h, xs_transaction_t t, const char *path)
{
	return handle_result(xsc_rm(h->xs, t, path));
}

struct xs_permissions *xs_get_permissions(struct xs_handle *h, xs_transaction_t t, const char *path,
					  unsigned int *num)
{
	struct xs_permissions *perms;
	struct perm *list;
	size_t count;

	if (!handle_result(xsc_get_perms(h->xs, t, path, &list, &count)))
		return NULL;
	perms = calloc(count + 1, sizeof(*perms));
	if (perms) {
		for (size_t i = 0; i < count; i++)
			perms[i] = (struct xs_permissions){ list[i].domid, list[i].access };
		*num = (unsigned int)count;
	}
	free(list);
	return perms;
}

bool xs_set_permissions(struct xs_handle *h, xs_transaction_t t, const char *path,
			struct xs_permissions *perms, unsigned int num_perms)
{
	struct perm *list = calloc((size_t)num_perms + 1, sizeof(*list));
	int rc = 0;

	if (!list)
		return false;
	for (unsigned int i = 0; i < num_perms; i++) {
		unsigned int access = perms[i].perms & ~(unsigned int)XS_PERM_IGNORE;

		if (perms[i].id > UINT16_MAX || access > (XS_PERM_READ | XS_PERM_WRITE))
			rc = -EINVAL;
		list[i] = (struct perm){ (uint16_t)perms[i].id, (uint8_t)access };
	}
	if (!rc)
		rc = xsc_set_perms(h->xs, t, path, list, num_perms);
	free(list);
	return handle_result(rc);
}

xs_transaction_t xs_transaction_start(struct xs_handle *h)
{
	uint32_t tx;

	return handle_result(xsc_transaction_start(h->xs, &tx)) ? tx : XBT_NULL;
}

bool xs_transaction_end(struct xs_handle *h, xs_transaction_t t, bool abort)
{
	return handle_result(xsc_transaction_end(h->xs, t, abort));
}
