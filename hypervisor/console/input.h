/* SPDX-License-Identifier: MIT */
/*
 * What is typed on the serial line: to the control domain, or, after Ctrl-A
 * three times, to the hypervisor's debug keys (and back likewise).
 */
#pragma once

#include "lib/types.h"

/* From the UART, in interrupt context. */
void input_receive(char c);

/* Take at most @size bytes for the control domain; returns how many (console_io). */
size_t input_read(char *buf, size_t size);

/* Call @notify (any context, no locks held) when there is something to read: VIRQ_CONSOLE. */
void input_set_notify(void (*notify)(void));
