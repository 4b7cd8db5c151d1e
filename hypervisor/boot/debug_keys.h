/* SPDX-License-Identifier: MIT */
/*
 * The debug keys that look at the machine as a whole.
 */
#pragma once

/* Register them; once, when there are domains to report on. */
void debug_keys_init(void);
