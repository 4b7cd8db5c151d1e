/* SPDX-License-Identifier: MIT */
/*
 * Copying between granted frames without mapping them.
 */
#pragma once

#include "domain/vcpu.h"

/* GNTTABOP_copy for the current domain; status in @op. */
void copy_grant(gnttab_copy_t *op);
