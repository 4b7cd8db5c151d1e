/* SPDX-License-Identifier: MIT */
/*
 * What is done about faults of speculative execution (x86/speculation.h): the
 * administrator's options, and what the log says.
 */
#ifndef PLATFORM_MITIGATIONS_H
#define PLATFORM_MITIGATIONS_H

/* Ask this machine, decide, say so.  Once, after features_init() and the command line. */
void mitigations_init(void);

#endif
