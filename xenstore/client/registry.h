/* SPDX-License-Identifier: MIT */
/*
 * The watches that a client has set: what must be set again on a new
 * connection to the daemon.
 */
#pragma once

#include <stdint.h>

/* A watch that covers all below its path. */
#define REGISTRY_DEEP UINT32_MAX

struct registry_watch {
	struct registry_watch *next;
	/* Levels below the path that count, or REGISTRY_DEEP. */
	uint32_t depth;
	/* Behind the path, in the same allocation. */
	const char *token;
	char path[];
};

struct registry {
	struct registry_watch *first;
	struct registry_watch **end;
};

void registry_init(struct registry *registry);

/* Frees all entries. */
void registry_clear(struct registry *registry);

/* An entry that is in no registry yet; NULL without memory.  free() it or add it. */
struct registry_watch *registry_new(const char *path, const char *token, uint32_t depth);

/* Takes an entry over. */
void registry_add(struct registry *registry, struct registry_watch *watch);

/* Frees the entry of a path and token, if there is one. */
void registry_remove(struct registry *registry, const char *path, const char *token);
