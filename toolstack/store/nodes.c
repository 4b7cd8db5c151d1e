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
#include <xen/io/xs_wire.h>

#include "store/burst.h"

/* As many conflicts as a start may lose against others before it gives up. */
#define TX_TRIES 64

/* A guest's nodes being put together. */
struct home {
	struct burst *b;
	uint32_t domid;
};

static void put(struct home *h, const char *path, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void put(struct home *h, const char *path, const char *fmt, ...)
{
	char value[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(value, sizeof(value), fmt, ap);
	va_end(ap);
	burst_write(h->b, path, value);
}

/* A node of the guest's home. */
#define PUT(h, node, ...)                                                                \
	do {                                                                             \
		char path_[NODES_PATH_MAX];                                              \
		snprintf(path_, sizeof(path_), "/local/domain/%u/%s", (h)->domid, node); \
		put(h, path_, __VA_ARGS__);                                              \
	} while (0)

/* Owned by the control domain, readable by the guest; children inherit it. */
static void make_home(struct home *h, const char *path)
{
	const struct perm perms[] = {
		{ .domid = 0, .access = PERM_NONE },
		{ .domid = (uint16_t)h->domid, .access = PERM_READ },
	};

	burst_text(h->b, XS_MKDIR, path);
	burst_perms(h->b, path, perms, 2);
}

/* Nodes the guest itself writes. */
static void give_nodes(struct home *h)
{
	static const char *const nodes[] = {
		"control/shutdown",
		"control/feature-poweroff",
		"control/feature-reboot",
		"control/feature-suspend",
		"control/sysrq",
		"data",
		"error",
		"device/suspend/event-channel",
	};
	const struct perm owner = { .domid = (uint16_t)h->domid, .access = PERM_NONE };

	for (size_t i = 0; i < sizeof(nodes) / sizeof(nodes[0]); i++) {
		char path[NODES_PATH_MAX];

		snprintf(path, sizeof(path), "/local/domain/%u/%s", h->domid, nodes[i]);
		burst_write(h->b, path, "");
		burst_perms(h->b, path, &owner, 1);
	}
}

static void put_cpus(struct home *h, const struct nodes_guest *g)
{
	for (uint32_t i = 0; i < g->maxvcpus; i++) {
		char node[64];

		snprintf(node, sizeof(node), "cpu/%u/availability", i);
		PUT(h, node, "%s", i < g->vcpus ? "online" : "offline");
	}
}

static void put_vm(struct home *h, const struct nodes_guest *g)
{
	char path[NODES_PATH_MAX];

	snprintf(path, sizeof(path), "/vm/%s", g->uuid);
	make_home(h, path);
	snprintf(path, sizeof(path), "/vm/%s/name", g->uuid);
	put(h, path, "%s", g->name);
	snprintf(path, sizeof(path), "/vm/%s/uuid", g->uuid);
	put(h, path, "%s", g->uuid);
	snprintf(path, sizeof(path), "/vm/%s/domid", g->uuid);
	put(h, path, "%u", g->domid);
	snprintf(path, sizeof(path), "/vm/%s/start_time", g->uuid);
	put(h, path, "%lld.00", (long long)time(NULL));
}

static void put_guest(struct home *h, const struct nodes_guest *g)
{
	char path[NODES_PATH_MAX];

	snprintf(path, sizeof(path), "/local/domain/%u", g->domid);
	make_home(h, path);
	put_vm(h, g);

	PUT(h, "name", "%s", g->name);
	PUT(h, "domid", "%u", g->domid);
	PUT(h, "vm", "/vm/%s", g->uuid);
	PUT(h, "memory/static-max", "%llu", (unsigned long long)g->maxmem_kib);
	PUT(h, "memory/target", "%llu", (unsigned long long)g->memory_kib);
	put_cpus(h, g);
	PUT(h, "control/platform-feature-multiprocessor-suspend", "1");
	PUT(h, "control/platform-feature-xs_reset_watches", "1");
	PUT(h, "console/type", "lamina-consoled");
	PUT(h, "console/log-kib", "%u", g->console_log_kib);
	PUT(h, "console/ring-ref", "%llu", (unsigned long long)g->console_frame);
	PUT(h, "console/port", "%u", g->console_port);
	PUT(h, "store/ring-ref", "%llu", (unsigned long long)g->store_frame);
	PUT(h, "store/port", "%u", g->store_port);
	give_nodes(h);
}

/* The first answer that is an error, or 0. */
static int first_error(const struct burst *b)
{
	for (size_t i = 0; i < b->count; i++)
		if (b->answers[i].rc)
			return b->answers[i].rc;
	return 0;
}

/*
 * Inside the transaction: what stands in the way of a guest.  -EEXIST if
 * another one has its name; what an earlier domain of its number left goes,
 * since it must not be inherited.
 */
static int clear_way(struct burst *b, const struct nodes_guest *g)
{
	char path[NODES_PATH_MAX];
	const char *id, *end;
	char *ids;
	size_t len;
	bool left = false;
	int rc;

	burst_begin(b, b->tx);
	burst_text(b, XS_DIRECTORY, "/local/domain");
	rc = burst_run(b);
	if (rc)
		return rc;
	rc = b->answers[0].rc;
	if (rc)
		return rc == -ENOENT ? 0 : rc;
	/* The answer goes with the next burst, so the list is taken out of it. */
	ids = b->answers[0].text;
	len = b->answers[0].len;
	b->answers[0].text = NULL;

	burst_begin(b, b->tx);
	for (id = ids, end = ids + len; id < end; id += strlen(id) + 1) {
		if (strtoul(id, NULL, 10) == g->domid) {
			left = true;
			continue;
		}
		snprintf(path, sizeof(path), "/local/domain/%.32s/name", id);
		burst_text(b, XS_READ, path);
	}
	free(ids);
	rc = burst_run(b);
	for (size_t i = 0; i < b->count && !rc; i++)
		if (b->answers[i].rc == 0 && strcmp(b->answers[i].text, g->name) == 0)
			rc = -EEXIST;
	burst_begin(b, b->tx);
	if (left && !rc) {
		snprintf(path, sizeof(path), "/local/domain/%u", g->domid);
		burst_text(b, XS_RM, path);
	}
	return rc;
}

/* One attempt; -EAGAIN if others came between. */
static int write_once(struct burst *b, const struct nodes_guest *g)
{
	struct home h = { .b = b, .domid = g->domid };
	int rc, rc2;

	burst_begin(b, XSC_NO_TX);
	burst_add(b, XS_TRANSACTION_START, "", 1);
	rc = burst_run(b);
	if (!rc)
		rc = b->answers[0].rc;
	if (rc)
		return rc;
	b->tx = (uint32_t)strtoul(b->answers[0].text, NULL, 10);

	rc = clear_way(b, g);
	if (!rc) {
		put_guest(&h, g);
		rc = burst_run(b);
		if (!rc)
			rc = first_error(b);
	}
	burst_begin(b, b->tx);
	burst_text(b, XS_TRANSACTION_END, rc ? "F" : "T");
	rc2 = burst_run(b);
	return rc ? rc : rc2 ? rc2 : b->answers[0].rc;
}

int nodes_write(const struct nodes_guest *g)
{
	struct burst b;
	int rc = burst_open(&b);

	if (rc)
		return rc;
	rc = -EAGAIN;
	for (int i = 0; i < TX_TRIES && rc == -EAGAIN; i++)
		rc = write_once(&b, g);
	burst_close(&b);
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

int nodes_ask_sysrq(struct xsc *xs, uint32_t domid, char key)
{
	char path[NODES_PATH_MAX];

	snprintf(path, sizeof(path), "/local/domain/%u/control/sysrq", domid);
	return xsc_write(xs, XSC_NO_TX, path, &key, 1);
}

static int read_number(struct xsc *xs, uint32_t domid, const char *node, uint64_t *value)
{
	char path[NODES_PATH_MAX], *text;
	int rc;

	snprintf(path, sizeof(path), "/local/domain/%u/%s", domid, node);
	rc = xsc_read(xs, XSC_NO_TX, path, &text, NULL);
	if (rc)
		return rc;
	*value = strtoull(text, NULL, 10);
	free(text);
	return 0;
}

int nodes_memory(struct xsc *xs, uint32_t domid, uint64_t *target, uint64_t *most)
{
	int rc = read_number(xs, domid, "memory/target", target);

	return rc ? rc : read_number(xs, domid, "memory/static-max", most);
}

int nodes_set_target(struct xsc *xs, uint32_t domid, uint64_t target)
{
	char path[NODES_PATH_MAX];

	snprintf(path, sizeof(path), "/local/domain/%u/memory/target", domid);
	return xsc_printf(xs, XSC_NO_TX, path, "%llu", (unsigned long long)target);
}

int nodes_set_vcpus(struct xsc *xs, uint32_t domid, uint32_t vcpus, uint32_t most)
{
	char path[NODES_PATH_MAX];
	int rc = 0;

	for (uint32_t i = 0; i < most && !rc; i++) {
		const char *word = i < vcpus ? "online" : "offline";

		snprintf(path, sizeof(path), "/local/domain/%u/cpu/%u/availability", domid, i);
		rc = xsc_write(xs, XSC_NO_TX, path, word, strlen(word));
	}
	return rc;
}

/* One node of the control domain, unless it says so already. */
static int put_missing(struct xsc *xs, uint32_t tx, const char *path, const char *text)
{
	char *old;

	if (xsc_read(xs, tx, path, &old, NULL) == 0) {
		bool same = strcmp(old, text) == 0;

		free(old);
		if (same)
			return 0;
	}
	return xsc_write(xs, tx, path, text, strlen(text));
}

static int put_dom0(struct xsc *xs, uint32_t tx, uint64_t memory_kib, uint32_t vcpus)
{
	char text[64], path[NODES_PATH_MAX];
	int rc;

	snprintf(text, sizeof(text), "%llu", (unsigned long long)memory_kib);
	rc = put_missing(xs, tx, "/local/domain/0/domid", "0");
	if (!rc)
		rc = put_missing(xs, tx, "/local/domain/0/name", "Domain-0");
	if (!rc)
		rc = put_missing(xs, tx, "/local/domain/0/memory/static-max", text);
	if (!rc)
		rc = put_missing(xs, tx, "/local/domain/0/memory/target", text);
	for (uint32_t cpu = 0; cpu < vcpus && !rc; cpu++) {
		snprintf(path, sizeof(path), "/local/domain/0/cpu/%u/availability", cpu);
		rc = put_missing(xs, tx, path, "online");
	}
	return rc ? rc : xsc_mkdir(xs, tx, "/vm");
}

int nodes_dom0(struct xsc *xs, uint64_t memory_kib, uint32_t vcpus)
{
	int rc = -EAGAIN;

	for (int i = 0; i < TX_TRIES && rc == -EAGAIN; i++) {
		uint32_t tx;
		int rc2;

		rc = xsc_transaction_start(xs, &tx);
		if (rc)
			return rc;
		rc = put_dom0(xs, tx, memory_kib, vcpus);
		rc2 = xsc_transaction_end(xs, tx, rc != 0);
		if (!rc)
			rc = rc2;
	}
	return rc;
}
