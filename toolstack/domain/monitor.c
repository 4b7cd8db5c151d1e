/* SPDX-License-Identifier: MIT */
/*
 * The monitor: one small process a guest.
 */
#include "domain/monitor.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "config/schema.h"
#include "domain/create.h"
#include "domain/dump.h"
#include "domain/end.h"
#include "hv/domctl.h"
#include "store/nodes.h"

extern char **environ;

/* A guest that ends sooner than this after its start is held up a little. */
#define QUICK_END_S 2
#define HOLD_UP_S   1

/* How often a restart is tried while the dead guest's memory comes back. */
#define RESTART_TRIES 20

/* What a monitor is to do once a guest has stopped. */
struct verdict {
	bool restart;
	bool keep;   /* leave the stopped domain for inspection */
	bool rename; /* and free its name */
	bool dump;   /* write a core dump first */
};

void monitor_config_path(uint32_t domid, char *path, size_t room)
{
	snprintf(path, room, HOST_GUEST_DIR "/%u.cfg", domid);
}

int monitor_save(const struct guest_config *g, uint32_t domid)
{
	char path[128];
	FILE *f;
	int fd;

	mkdir(HOST_RUN_DIR, 0755);
	mkdir(HOST_GUEST_DIR, 0700);
	monitor_config_path(domid, path, sizeof(path));
	/* Command lines may hold secrets. */
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	f = fdopen(fd, "w");
	if (!f) {
		close(fd);
		return -ENOMEM;
	}
	schema_write(g, f);
	return fclose(f) ? -errno : 0;
}

void monitor_forget(uint32_t domid)
{
	char path[128];

	monitor_config_path(domid, path, sizeof(path));
	unlink(path);
}

int monitor_spawn(const struct guest_config *g, uint32_t domid)
{
	char log[256], id[16];
	char self[] = "/proc/self/exe", name[] = "lamina", verb[] = "monitor";
	char *argv[] = { name, verb, id, NULL };
	posix_spawn_file_actions_t fa;
	posix_spawnattr_t attr;
	pid_t pid;
	int rc;

	mkdir(HOST_LOG_DIR, 0755);
	snprintf(log, sizeof(log), HOST_LOG_DIR "/%s.log", g->name);
	snprintf(id, sizeof(id), "%u", domid);
	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_addopen(&fa, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&fa, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0640);
	posix_spawn_file_actions_adddup2(&fa, 1, 2);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSID);
	rc = posix_spawn(&pid, self, &fa, &attr, argv, environ);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&fa);
	return -rc;
}

/* A dated line; standard output is the guest's log. */
static void remark(const char *name, uint32_t domid, const char *text)
{
	char when[32];
	time_t t = time(NULL);
	struct tm tm;

	strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&t, &tm));
	printf("%s guest %s (id %u) %s\n", when, name, domid, text);
	fflush(stdout);
}

static struct verdict judge(const struct guest_config *g, enum end_reason r, uint32_t domid)
{
	struct verdict v = { 0 };
	int64_t action = GUEST_DESTROY;

	switch (r) {
	case END_POWEROFF: action = g->on_poweroff; break;
	case END_REBOOT: action = g->on_reboot; break;
	case END_CRASH: action = g->on_crash; break;
	case END_WATCHDOG: action = g->on_watchdog; break;
	case END_SOFT_RESET: action = GUEST_SOFT_RESET; break;
	case END_SUSPEND: action = GUEST_PRESERVE; break;
	default: break;
	}
	v.dump = action == GUEST_COREDUMP_DESTROY || action == GUEST_COREDUMP_RESTART;
	if (action == GUEST_SOFT_RESET)
		remark(g->name, domid, "is restarted in full: this version has no soft reset");
	v.restart = action == GUEST_RESTART || action == GUEST_RENAME_RESTART ||
		    action == GUEST_COREDUMP_RESTART || action == GUEST_SOFT_RESET;
	v.keep = action == GUEST_PRESERVE || action == GUEST_RENAME_RESTART;
	v.rename = action == GUEST_RENAME_RESTART;
	return v;
}

/* Writes a core dump of the stopped domain beside its log. */
static void dump(struct host *h, const struct guest_config *g, uint32_t domid)
{
	struct found_guest found = { .domid = domid };
	char path[PATH_MAX], text[PATH_MAX + 32];
	struct diag d = { 0 };

	snprintf(found.name, sizeof(found.name), "%s", g->name);
	snprintf(path, sizeof(path), HOST_DUMP_DIR "/%.80s-%u.core", g->name, domid);
	mkdir(HOST_DUMP_DIR, 0700);
	if (domctl_info(&h->hv, domid, &found.info) || dump_guest(h, &found, path, false, NULL, &d)) {
		snprintf(text, sizeof(text), "leaves no core dump: %s",
			 d.why[0] ? d.why : "it is gone");
		remark(g->name, domid, text);
		return;
	}
	snprintf(text, sizeof(text), "is dumped to %s", path);
	remark(g->name, domid, text);
}

/* Puts the stopped domain aside under another name. */
static void put_aside(struct host *h, const struct guest_config *g, uint32_t domid)
{
	char uuid[GUEST_UUID_TEXT], name[NODES_NAME_MAX];

	guest_uuid_format(g->uuid, uuid);
	snprintf(name, sizeof(name), "%.80s-%u", g->name, domid);
	nodes_rename(h->xs, domid, uuid, name);
	remark(name, domid, "is kept for inspection");
}

/* Starts the guest anew; its memory may take a moment to come back. */
static int restart(struct host *h, const struct guest_config *g, uint32_t *domid, struct diag *d)
{
	const struct timespec pause = { .tv_nsec = 250000000 };
	struct create_result res;
	int rc = -1;

	for (int i = 0; i < RESTART_TRIES && rc; i++) {
		if (i)
			nanosleep(&pause, NULL);
		rc = create_guest(h, g, &res, d);
		if (rc && d->code != DIAG_RESOURCES)
			return -1;
	}
	if (rc)
		return -1;
	monitor_save(g, res.domid);
	rc = domctl_unpause(&h->hv, res.domid);
	if (rc) {
		create_undo(h, g, res.domid);
		diag_fail(d, DIAG_FAILED, "cannot start guest %s again", g->name);
		return diag_why(d, "%s", diag_errno_text(-rc));
	}
	*domid = res.domid;
	remark(g->name, *domid, "is started again");
	return 0;
}

/* A guest that ends at once would keep the machine busy with restarting it. */
static void hold_up(time_t started)
{
	if (time(NULL) - started < QUICK_END_S)
		sleep(HOLD_UP_S);
}

int monitor_run(struct host *h, const struct guest_config *g, uint32_t domid, struct diag *d)
{
	char uuid[GUEST_UUID_TEXT];

	guest_uuid_format(g->uuid, uuid);
	for (;;) {
		time_t started = time(NULL);
		enum end_reason r = end_wait(h, domid, g->uuid, -1);
		struct verdict v;

		if (r == END_RUNNING) {
			diag_fail(d, DIAG_NO_HOST, "lost sight of guest %s", g->name);
			diag_why(d, "xenstored closed the connection");
			return diag_hint(d, "lamina monitor %u", domid);
		}
		if (r == END_GONE) {
			/* Somebody destroyed it; its nodes may be left to us. */
			nodes_remove(h->xs, domid, uuid);
			monitor_forget(domid);
			return 0;
		}
		remark(g->name, domid, end_reason_name(r));
		v = judge(g, r, domid);
		if (v.dump)
			dump(h, g, domid);
		if (v.rename)
			put_aside(h, g, domid);
		if (!v.keep) {
			domctl_destroy(&h->hv, domid);
			nodes_remove(h->xs, domid, uuid);
		}
		monitor_forget(domid);
		if (!v.restart)
			return 0;
		hold_up(started);
		if (restart(h, g, &domid, d))
			return -1;
	}
}
