/* SPDX-License-Identifier: MIT */
/*
 * Event channels made on behalf of a new domain, before it can do so itself.
 */
#pragma once

#include "hv/abi.h"
#include "hv/hv.h"

/*
 * event_alloc - a port in @domid which @remote may bind to.
 * @port: gets the number.
 */
int event_alloc(struct hv *hv, uint32_t domid, uint32_t remote, uint32_t *port);
