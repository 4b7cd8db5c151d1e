/* SPDX-License-Identifier: MIT */
/*
 * How many bytes are allocated now, as the address sanitizer knows; its header
 * is not everywhere.
 */
#pragma once

#include <stddef.h>

size_t __sanitizer_get_current_allocated_bytes(void);
