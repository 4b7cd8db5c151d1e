/* SPDX-License-Identifier: MIT */
/*
 * Mapping granted frames into the caller's tables, and unmapping them.
 *
 * Who holds what: the page-table entry holds a reference on the frame (and a
 * writable use), just as any entry does, so tearing a table down releases it;
 * a device mapping holds a reference of its own; the grant's use count lasts
 * until the handle's part is unmapped.  An unmap first clears entries, then
 * flushes once for the batch, then drops references and use counts: the
 * granter must not see the grant as free while a TLB still reaches the frame.
 */
#pragma once

#include "domain/vcpu.h"

/* GNTTABOP_map_grant_ref for the current vCPU; results in @op. */
void map_grant(gnttab_map_grant_ref_t *op);

#define UNMAP_BATCH 32

/* GNTTABOP_unmap_grant_ref of @n <= UNMAP_BATCH operations; results in @ops. */
void map_ungrant(gnttab_unmap_grant_ref_t *ops, unsigned int n);
