/* SPDX-License-Identifier: MIT */
/*
 * What is done about faults of speculative execution (x86/speculation.h): the
 * administrator's options, and what the log says.
 */
#pragma once

/* Ask this machine, decide, say so.  Once, after features_init() and the command line. */
void mitigations_init(void);
