/* SPDX-License-Identifier: MIT */
/*
 * Who may do what: a client's identity held against a permission list.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "store/permset.h"

/* No target domain: SET_TARGET was never used. */
#define ACCESS_NO_TARGET (-1)

struct access_id {
	uint16_t domid;
	/* The domain whose rights this one borrows, or ACCESS_NO_TARGET. */
	int32_t target;
	/* dom0 and local clients: everything is allowed. */
	bool privileged;
};

/*
 * The rights (PERM_READ, PERM_WRITE, PERM_OWNER) that the list gives @id.
 */
unsigned int access_rights(const struct access_id *id, const struct permset *set);
