/* SPDX-License-Identifier: MIT */
/*
 * A guest's nodes in the store.
 */
#include "store/nodes.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* As many conflicts as a start may lose against others before it gives up. */
#define TX_TRIES 64

/* A transaction with the first error in it; later steps then do nothing. */
struct batch {
	struct xsc *xs;
	uint32_t tx;
	uint32_t domid;
	int rc;
};

static void put(struct batch *b, const char *path, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void put(struct batch *b, const char *path, const char *fmt, ...)
{
	char value[512];
	va_list ap;
	int n;

	if (b->rc)
		return;
	va_start(ap, fmt);
	n = vsnprintf(value, sizeof(value), fmt, ap);
	va_end(ap);
	b->rc = xsc_write(b->xs, b->tx, path, value, (size_t)n);
}

/* A node of the guest's home. */
#define PUT(b, node, ...)                                                                     \
	do {                                                                                  \
		char path_[NODES_PATH_MAX];                                                   \
		snprintf(path_, sizeof(path_), "/local/domain/%u/%s", (b)->domid, node);      \
		put(b, path_, __VA_ARGS__);                                                   \
	} while (0)

static void chown_node(struct batch *b, const char *path, const struct perm *perms, size_t n)
{
	if (!b->rc)
		b->rc = xsc_set_perms(b->xs, b->tx, path, perms, n);
}

/* Owned by the control domain, readable by the guest; children inherit it. */
static void make_home(struct batch *b, const char *path)
{
	const struct perm perms[] = {
		{ .domid = 0, .access = PERM_NONE },
		{ .domid = (uint16_t)b->domid, .access = PERM_READ },
	};

	if (!b->rc)
		b->rc = xsc_mkdir(b->xs, b->tx, path);
	chown_node(b, path, perms, 2);
}

/* Nodes the guest itself writes. */
static void give_nodes(struct batch *b)
{
	static const char *const nodes[] = {
		"control/shutdown", "control/feature-poweroff", "control/feature-reboot",
		"control/feature-suspend", "control/sysrq", "data", "drivers", "feature",
		"attr", "error", "device/suspend/event-channel",
	};
	const struct perm owner = { .domid = (uint16_t)b->domid, .access = PERM_NONE };

	for (size_t i = 0; i < sizeof(nodes) / sizeof(nodes[0]); i++) {
		char path[NODES_PATH_MAX];

		snprintf(path, sizeof(path), "/local/domain/%u/%s", b->domid, nodes[i]);
		put(b, path, "%s", "");
		chown_node(b, path, &owner, 1);
	}
}

static void put_cpus(struct batch *b, const struct nodes_guest *g)
{
	for (uint32_t i = 0; i < g->maxvcpus; i++) {
		char node[64];

		snprintf(node, sizeof(node), "cpu/%u/availability", i);
		PUT(b, node, "%s", i < g->vcpus ? "online" : "offline");
	}
}

static void put_vm(struct batch *b, const struct nodes_guest *g)
{
	char path[NODES_PATH_MAX];

	snprintf(path, sizeof(path), "/vm/%s", g->uuid);
	make_home(b, path);
	snprintf(path, sizeof(path), "/vm/%s/name", g->uuid);
	put(b, path, "%s", g->name);
	snprintf(path, sizeof(path), "/vm/%s/uuid", g->uuid);
	put(b, path, "%s", g->uuid);
	snprintf(path, sizeof(path), "/vm/%s/domid", g->uuid);
	put(b, path, "%u", g->domid);
	snprintf(path, sizeof(path), "/vm/%s/start_time", g->uuid);
	put(b, path, "%lld.00", (long long)time(NULL));
}

static void put_guest(struct batch *b, const struct nodes_guest *g)
{
	char home[NODES_PATH_MAX];

	snprintf(home, sizeof(home), "/local/domain/%u", g->domid);
	/* What an earlier domain of this number left must not be inherited. */
	if (!b->rc)
		b->rc = xsc_rm(b->xs, b->tx, home);
	if (b->rc == -ENOENT)
		b->rc = 0;
	make_home(b, home);
	put_vm(b, g);

	PUT(b, "name", "%s", g->name);
	PUT(b, "domid", "%u", g->domid);
	PUT(b, "vm", "/vm/%s", g->uuid);
	PUT(b, "memory/static-max", "%llu", (unsigned long long)g->maxmem_kib);
	PUT(b, "memory/target", "%llu", (unsigned long long)g->memory_kib);
	PUT(b, "memory/videoram", "0");
	put_cpus(b, g);
	PUT(b, "control/platform-feature-multiprocessor-suspend", "1");
	PUT(b, "control/platform-feature-xs_reset_watches", "1");
	PUT(b, "console/type", "lamina-consoled");
	PUT(b, "console/output", "pty");
	PUT(b, "console/limit", "65536");
	PUT(b, "console/log-kib", "%u", g->console_log_kib);
	PUT(b, "console/ring-ref", "%llu", (unsigned long long)g->console_frame);
	PUT(b, "console/port", "%u", g->console_port);
	PUT(b, "store/ring-ref", "%llu", (unsigned long long)g->store_frame);
	PUT(b, "store/port", "%u", g->store_port);
	give_nodes(b);
}

int nodes_write(struct xsc *xs, const struct nodes_guest *g)
{
	int rc = -EAGAIN;

	for (int i = 0; i < TX_TRIES && rc == -EAGAIN; i++) {
		struct batch b = { .xs = xs, .domid = g->domid };
		uint32_t other;

		rc = xsc_transaction_start(xs, &b.tx);
		if (rc)
			return rc;
		if (nodes_find(xs, b.tx, g->name, &other) == 0 && other != g->domid)
			b.rc = -EEXIST;
		put_guest(&b, g);
		rc = xsc_transaction_end(xs, b.tx, b.rc != 0);
		if (b.rc)
			rc = b.rc;
	}
	return rc;
}

/* Whether /vm/UUID still stands for this domain; its successor shares the UUID. */
static bool owns_vm(struct xsc *xs, uint32_t domid, const char *uuid)
{
	char path[NODES_PATH_MAX];
	bool owns;
	char *value;

	snprintf(path, sizeof(path), "/vm/%s/domid", uuid);
	if (xsc_read(xs, XSC_NO_TX, path, &value, NULL))
		return true;
	owns = strtoul(value, NULL, 10) == domid;
	free(value);
	return owns;
}

int nodes_remove(struct xsc *xs, uint32_t domid, const char *uuid)
{
	char path[NODES_PATH_MAX];
	int rc, rc2;

	snprintf(path, sizeof(path), "/local/domain/%u", domid);
	rc = xsc_rm(xs, XSC_NO_TX, path);
	if (rc == -ENOENT)
		rc = 0;
	if (!uuid || !owns_vm(xs, domid, uuid))
		return rc;
	snprintf(path, sizeof(path), "/vm/%s", uuid);
	rc2 = xsc_rm(xs, XSC_NO_TX, path);
	return rc || rc2 == -ENOENT ? rc : rc2;
}

int nodes_name(struct xsc *xs, uint32_t domid, char name[NODES_NAME_MAX])
{
	char path[NODES_PATH_MAX];
	char *value;
	int rc;

	name[0] = '\0';
	snprintf(path, sizeof(path), "/local/domain/%u/name", domid);
	rc = xsc_read(xs, XSC_NO_TX, path, &value, NULL);
	if (rc)
		return rc == -ENOENT ? 0 : rc;
	snprintf(name, NODES_NAME_MAX, "%s", value);
	free(value);
	return 0;
}

int nodes_rename(struct xsc *xs, uint32_t domid, const char *uuid, const char *name)
{
	char path[NODES_PATH_MAX];
	int rc;

	snprintf(path, sizeof(path), "/vm/%s/name", uuid);
	rc = xsc_printf(xs, XSC_NO_TX, path, "%s", name);
	if (rc)
		return rc;
	snprintf(path, sizeof(path), "/local/domain/%u/name", domid);
	return xsc_printf(xs, XSC_NO_TX, path, "%s", name);
}

int nodes_find(struct xsc *xs, uint32_t tx, const char *name, uint32_t *domid)
{
	char **ids;
	size_t count;
	int rc = xsc_directory(xs, tx, "/local/domain", &ids, &count);
	int found = -ENOENT;

	if (rc)
		return rc;
	for (size_t i = 0; i < count && found; i++) {
		char path[NODES_PATH_MAX];
		char *value;

		snprintf(path, sizeof(path), "/local/domain/%.32s/name", ids[i]);
		if (xsc_read(xs, tx, path, &value, NULL))
			continue;
		if (strcmp(value, name) == 0) {
			*domid = (uint32_t)strtoul(ids[i], NULL, 10);
			found = 0;
		}
		free(value);
	}
	free(ids);
	return found;
}

int nodes_ask_shutdown(struct xsc *xs, uint32_t domid, const char *how)
{
	char path[NODES_PATH_MAX];

	snprintf(path, sizeof(path), "/local/domain/%u/control/shutdown", domid);
	return xsc_write(xs, XSC_NO_TX, path, how, strlen(how));
}

static void put_missing(struct batch *b, const char *path, const char *text)
{
	char *old;

	if (b->rc)
		return;
	if (xsc_read(b->xs, b->tx, path, &old, NULL) == 0) {
		bool same = strcmp(old, text) == 0;

		free(old);
		if (same)
			return;
	}
	put(b, path, "%s", text);
}

int nodes_dom0(struct xsc *xs, uint64_t memory_kib, uint32_t vcpus)
{
	int rc = -EAGAIN;

	for (int i = 0; i < TX_TRIES && rc == -EAGAIN; i++) {
		struct batch b = { .xs = xs };
		char text[64], path[NODES_PATH_MAX];

		rc = xsc_transaction_start(xs, &b.tx);
		if (rc)
			return rc;
		put_missing(&b, "/local/domain/0/domid", "0");
		put_missing(&b, "/local/domain/0/name", "Domain-0");
		snprintf(text, sizeof(text), "%llu", (unsigned long long)memory_kib);
		put_missing(&b, "/local/domain/0/memory/static-max", text);
		put_missing(&b, "/local/domain/0/memory/target", text);
		for (uint32_t cpu = 0; cpu < vcpus; cpu++) {
			snprintf(path, sizeof(path), "/local/domain/0/cpu/%u/availability", cpu);
			put_missing(&b, path, "online");
		}
		if (!b.rc)
			b.rc = xsc_mkdir(xs, b.tx, "/vm");
		rc = xsc_transaction_end(xs, b.tx, b.rc != 0);
		if (b.rc)
			rc = b.rc;
	}
	return rc;
}
