/* SPDX-License-Identifier: MIT */
/*
 * The debug keys that look at the machine as a whole.
 */
#ifndef BOOT_DEBUG_KEYS_H
#define BOOT_DEBUG_KEYS_H

/* Register them; once, when there are domains to report on. */
void debug_keys_init(void);

#endif
