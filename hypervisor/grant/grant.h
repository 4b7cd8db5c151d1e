/* SPDX-License-Identifier: MIT */
/*
 * Grant tables: what other layers ask of grant/.
 */
#pragma once

#include "domain/domain.h"

int grant_create_domain(struct domain *d) __must_check;
/*
 * Give the table's frames back, @n at a time; true when none is left.  Other
 * domains may still hold handles that name it, and with them references on @d;
 * the empty table stays for them until grant_free_domain(), when the structure
 * itself goes; grant_free_some() before that saves it from being long.
 */
bool grant_destroy_domain(struct domain *d, unsigned int n);
bool grant_free_some(struct domain *d, unsigned int n);
void grant_free_domain(struct domain *d);
/* Force-release what @d has mapped from others, up to @n handles; true when none is left. */
bool grant_release_mappings(struct domain *d, unsigned int n);
/* Frame @index of the shared table, growing it as needed; for acquire_resource. -errno, -ERESTART. */
int grant_get_frame(struct domain *d, unsigned int index, mfn_t *m);
/* Log grant @item - 1 if it is in use, or for 0 the whole; false if there is no such grant. */
bool grant_dump(struct domain *d, u32 item);
