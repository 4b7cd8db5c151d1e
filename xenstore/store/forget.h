/* SPDX-License-Identifier: MIT */
/*
 * The end of a domain, as far as the store is concerned.
 */
#pragma once

#include <stdint.h>

#include "store/store.h"

/*
 * Takes all rights from a domain that is no more: what it owned is removed,
 * with watches told, and no list names it any longer.  0, or -ENOMEM with
 * nothing changed but perhaps who may hear of special events.
 */
int forget_domain(struct store *store, uint16_t domid);
