/* SPDX-License-Identifier: MIT */
/*
 * A guest as its owner wants it: the settings of a configuration, checked and
 * typed.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GUEST_VCPUS_MAX	     128
#define GUEST_CPUS_MAX	     256
#define GUEST_NAME_MAX	     64
#define GUEST_MEMORY_MAX_MIB (4UL << 20) /* 4 TiB */

/* What to do when a guest ends; the order is that of guest_action_names. */
enum guest_action {
	GUEST_DESTROY,
	GUEST_RESTART,
	GUEST_RENAME_RESTART,
	GUEST_PRESERVE,
	GUEST_COREDUMP_DESTROY,
	GUEST_COREDUMP_RESTART,
	GUEST_SOFT_RESET,
	GUEST_ACTIONS,
};
extern const char *const guest_action_names[GUEST_ACTIONS + 1];

/* Physical CPUs a vCPU may run on. */
struct guest_cpus {
	uint8_t bits[GUEST_CPUS_MAX / 8];
};

struct guest_strings {
	char **items;
	size_t count;
};

/* Where vCPUs run: one set for all, or one each; none: anywhere. */
struct guest_affinity {
	struct guest_cpus *sets;
	size_t count;
	char *text; /* as written */
};

struct guest_config {
	char *name;
	char *kernel;
	char *ramdisk;
	char *cmdline;
	char *root;
	char *extra;
	char *uuid_text;
	char *type;
	char *builder;
	int64_t memory_mib;
	int64_t maxmem_mib;
	int64_t vcpus;
	int64_t maxvcpus;
	int64_t weight; /* 0: the scheduler's default */
	int64_t cap;
	int64_t console_log_kib;
	int64_t on_poweroff, on_reboot, on_crash, on_watchdog; /* enum guest_action */
	struct guest_strings disks;
	struct guest_strings vifs;
	struct guest_affinity cpus, cpus_soft; /* where it may run, and had better */
	uint8_t uuid[16];
};

/* guest_defaults - what holds when a configuration is silent. */
void guest_defaults(struct guest_config *g);

/* guest_free - release everything; the struct is zero afterwards. */
void guest_free(struct guest_config *g);

/*
 * guest_cmdline - the kernel's command line.
 * cmdline= alone, or root= and extra= put together as xl does.
 * Returns a string that the caller frees, or NULL without memory.
 */
char *guest_cmdline(const struct guest_config *g);

/* guest_uuid_parse - "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx" to 16 bytes. */
bool guest_uuid_parse(const char *text, uint8_t uuid[16]);

#define GUEST_UUID_TEXT 37
void guest_uuid_format(const uint8_t uuid[16], char text[GUEST_UUID_TEXT]);

/* guest_uuid_random - a fresh random one (version 4).  False without entropy. */
bool guest_uuid_random(uint8_t uuid[16]);

/*
 * guest_cpus_parse - "all", or numbers and ranges with ',' between, '^' before
 * what to leave out: "0-3,^2".
 * Returns NULL, or a sentence on what is wrong.
 */
const char *guest_cpus_parse(const char *text, struct guest_cpus *set);

/* guest_cpus_format - the set as ranges, "all" if @limit CPUs are in it. */
void guest_cpus_format(const struct guest_cpus *set, unsigned int limit, char *out, size_t room);

/*
 * guest_name_check - whether a name can be one.
 * Letters, digits and "-_.+@" only, not a number, at most 64 bytes: it becomes
 * part of file names and is typed where ids are.  Returns NULL or a sentence.
 */
const char *guest_name_check(const char *name);
