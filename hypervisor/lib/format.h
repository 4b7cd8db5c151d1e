/* SPDX-License-Identifier: MIT */
/*
 * printf-style formatting, as much of it as the log needs: %c %s %d %u %x %p
 * %%, flags 0 - #, a width, lengths l ll z.  Anything else is shown as it is.
 */
#pragma once

#include "lib/types.h"
#include <stdarg.h>

/* As ISO C: returns the length the whole text would have had. */
int vsnprintf(char *buf, size_t size, const char *fmt, va_list ap) __printf(3, 0);
int snprintf(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);
