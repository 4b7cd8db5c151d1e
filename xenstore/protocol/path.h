/* SPDX-License-Identifier: MIT */
/*
 * Node names: what is valid, what a relative one means, and how one lies
 * below another.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <xen/io/xs_wire.h>

/* Room for any valid absolute path and its NUL. */
#define PATH_BUF (XENSTORE_ABS_PATH_MAX + 1)

/*
 * True for an absolute node name: characters [A-Za-z0-9-/_@], no empty
 * component, no slash at the end but for "/" itself, and at most
 * XENSTORE_REL_PATH_MAX bytes, or that many below "/local/domain/<id>/".
 */
bool path_valid(const char *path);

/* True for the names that stand for events, not nodes: "@something". */
bool path_special(const char *path);

/*
 * Makes @in absolute: a relative name is one below @home ("/local/domain/5",
 * or "" for clients without one).  Returns 0, or -EINVAL if the result is no
 * valid node name.
 */
int path_canonical(const char *in, const char *home, char out[PATH_BUF]);

/* True if @child is @parent itself or lies below it. */
bool path_is_below(const char *child, const char *parent);

/*
 * Copies the parent's name to @out; false for "/", which has none.
 */
bool path_parent(const char *path, char out[PATH_BUF]);

/*
 * Steps through the components of an absolute path.  Start with *at at the
 * path; each call points *at at a component and returns its length, 0 at
 * the end.  Call again with *at advanced by that length.
 */
size_t path_component(const char **at);

/* The number of components of a path, or of what is left of one. */
size_t path_depth(const char *path);
