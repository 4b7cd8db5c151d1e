/* SPDX-License-Identifier: MIT */
/*
 * The names of a node's children, however many.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "client/session.h"

/*
 * Asks for the children of @path.  *names is one allocation, pointers and
 * text, with a NULL behind the last of *count.  0 or a negative errno.
 */
int listing_get(struct session *s, uint32_t tx, const char *path, char ***names, size_t *count);

/*
 * Turns strings laid end to end, @len bytes, into pointers and text in one
 * allocation.
 */
int listing_vector(const char *data, size_t len, char ***names, size_t *count);
