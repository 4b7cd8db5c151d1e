/* SPDX-License-Identifier: MIT */
/*
 * The watches that a client has set.
 */
#include "client/registry.h"

#include <stdlib.h>
#include <string.h>

void registry_init(struct registry *registry)
{
	registry->first = NULL;
	registry->end = &registry->first;
}

void registry_clear(struct registry *registry)
{
	while (registry->first) {
		struct registry_watch *watch = registry->first;

		registry->first = watch->next;
		free(watch);
	}
	registry->end = &registry->first;
}

struct registry_watch *registry_new(const char *path, const char *token, uint32_t depth)
{
	size_t path_size = strlen(path) + 1;
	size_t token_size = strlen(token) + 1;
	struct registry_watch *watch = malloc(sizeof(*watch) + path_size + token_size);

	if (!watch)
		return NULL;
	watch->next = NULL;
	watch->depth = depth;
	memcpy(watch->path, path, path_size);
	watch->token = memcpy(watch->path + path_size, token, token_size);
	return watch;
}

void registry_add(struct registry *registry, struct registry_watch *watch)
{
	watch->next = NULL;
	*registry->end = watch;
	registry->end = &watch->next;
}

void registry_remove(struct registry *registry, const char *path, const char *token)
{
	struct registry_watch **at = &registry->first;

	for (; *at; at = &(*at)->next) {
		struct registry_watch *watch = *at;

		if (strcmp(watch->path, path) || strcmp(watch->token, token))
			continue;
		*at = watch->next;
		if (!watch->next)
			registry->end = at;
		free(watch);
		return;
	}
}
