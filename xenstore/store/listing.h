/* SPDX-License-Identifier: MIT */
/*
 * The names of a node's children as a client gets them.  The longer ones of the
 * last few are kept, so that who lists a large directory again and again does not
 * cost a walk over all of it each time.
 */
#pragma once

#include <stddef.h>

#include "store/node.h"

/*
 * The names, each with its NUL, in order: *len bytes at *names, valid until the
 * next call.  0, or -E2BIG if they are more than a message holds.
 */
int listing_get(struct node *node, const char **names, size_t *len);
