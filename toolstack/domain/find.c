/* SPDX-License-Identifier: MIT */
/*
 * Guests by name or id, and all of them.
 */
#include "domain/find.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config/guest.h"
#include "diag/guess.h"
#include "hv/domctl.h"
#include "hv/sysctl.h"

/* Asked for at a time: fewer come back only at the end. */
#define CHUNK 128
_Static_assert(CHUNK * sizeof(struct xen_domctl_getdomaininfo) <= HV_ARRAY_BYTES, "fits");

static int failed(struct diag *d, int rc)
{
	diag_fail(d, DIAG_FAILED, "cannot list the guests");
	diag_why(d, "%s", diag_errno_text(-rc));
	return diag_hint(d, "run as root in the control domain");
}

int find_all(struct host *h, struct found_guest **list, size_t *count, struct diag *d)
{
	struct xen_domctl_getdomaininfo *infos = malloc(CHUNK * sizeof(*infos));
	struct found_guest *all = NULL;
	uint32_t next = 0;
	size_t n = 0;
	int got = CHUNK;

	while (infos && got == CHUNK) {
		struct found_guest *more;

		got = sysctl_list(&h->hv, next, infos, CHUNK);
		if (got < 0)
			goto fail;
		more = realloc(all, (n + (size_t)got + 1) * sizeof(*all));
		if (!more) {
			got = -ENOMEM;
			goto fail;
		}
		all = more;
		for (int i = 0; i < got; i++) {
			all[n].domid = infos[i].domain;
			all[n].info = infos[i];
			all[n].name[0] = '\0';
			if (h->xs)
				nodes_name(h->xs, all[n].domid, all[n].name);
			next = all[n++].domid + 1;
		}
	}
	if (!infos) {
		got = -ENOMEM;
		goto fail;
	}
	free(infos);
	*list = all;
	*count = n;
	return 0;

fail:
	free(infos);
	free(all);
	return failed(d, got);
}

/* Names the guest that was probably meant. */
static int missed(struct host *h, const char *word, struct diag *d)
{
	struct found_guest *all;
	const char **names;
	size_t count;
	int at;

	if (find_all(h, &all, &count, d))
		return -1;
	names = calloc(count + 1, sizeof(*names));
	for (size_t i = 0; names && i < count; i++)
		names[i] = all[i].name;
	at = names ? guess_nearest(word, names, count) : -1;
	diag_fail(d, DIAG_NO_GUEST, "no guest is called `%.100s'", word);
	if (at >= 0)
		diag_hint(d, "%s   (did you mean that one?)", names[at]);
	else
		diag_hint(d, "lamina list   shows the guests there are");
	free(names);
	free(all);
	return -1;
}

static int find_id(struct host *h, uint32_t domid, struct found_guest *g, struct diag *d)
{
	int rc = domctl_info(&h->hv, domid, &g->info);

	if (rc == -ESRCH || rc == -EINVAL) {
		diag_fail(d, DIAG_NO_GUEST, "no guest has the id %u", domid);
		return diag_hint(d, "lamina list   shows the guests there are");
	}
	if (rc)
		return failed(d, rc);
	g->domid = domid;
	g->name[0] = '\0';
	if (h->xs)
		nodes_name(h->xs, domid, g->name);
	return 0;
}

int find_guest(struct host *h, const char *word, struct found_guest *g, struct diag *d)
{
	uint32_t domid;
	char *end;

	if (isdigit((unsigned char)word[0])) {
		unsigned long v = strtoul(word, &end, 10);

		if (*end == '\0' && v < DOMID_FIRST_RESERVED)
			return find_id(h, (uint32_t)v, g, d);
	}
	if (!h->xs) {
		diag_fail(d, DIAG_NO_HOST, "cannot look up the name `%.100s'", word);
		diag_why(d, "xenstored does not answer");
		return diag_hint(d, "start xenstored, or use the guest's id");
	}
	if (nodes_find(h->xs, XSC_NO_TX, word, &domid))
		return missed(h, word, d);
	/* The store may remember a domain that has just gone. */
	if (find_id(h, domid, g, d))
		return d->code == DIAG_NO_GUEST ? missed(h, word, d) : -1;
	return 0;
}

void find_uuid(const struct found_guest *g, char *text)
{
	guest_uuid_format(g->info.handle, text);
}
