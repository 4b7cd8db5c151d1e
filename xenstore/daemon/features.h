/* SPDX-License-Identifier: MIT */
/*
 * Which features of the protocol each domain is offered: all of ours, unless
 * the toolstack withheld some before the domain was introduced.
 */
#pragma once

#include <stdint.h>

/* Newer than Debian's <xen/io/xs_wire.h>: WATCH takes a depth. */
#define FEATURE_WATCH_DEPTH 4

/* All that this daemon has, as XENSTORE_SERVER_FEATURE_* bits. */
uint32_t features_all(void);

/* What a domain is offered. */
uint32_t features_of(uint16_t domid);

/* Sets it; -EINVAL if it has a bit that this daemon does not know. */
int features_set(uint16_t domid, uint32_t features);

/* The domain is no more. */
void features_forget(uint16_t domid);

/* Sets the bit (LSB first) of every domain that is not offered all. */
void features_collect_domids(uint8_t bits[(UINT16_MAX + 1) / 8]);
