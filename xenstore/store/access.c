/* SPDX-License-Identifier: MIT */
/*
 * Who may do what.
 */
#include "store/access.h"

static bool speaks_for(const struct access_id *id, const struct perm *perm)
{
	if (perm->access & PERM_IGNORE)
		return false;
	return perm->domid == id->domid || perm->domid == id->target;
}

unsigned int access_rights(const struct access_id *id, const struct permset *set)
{
	if (id->privileged || speaks_for(id, &set->perms[0]))
		return PERM_READ | PERM_WRITE | PERM_OWNER;
	for (uint32_t i = 1; i < set->count; i++) {
		if (speaks_for(id, &set->perms[i]))
			return set->perms[i].access & PERM_BOTH;
	}
	return set->perms[0].access & PERM_BOTH;
}
