/* SPDX-License-Identifier: MIT */
/*
 * The ISO C memory and string functions that the hypervisor uses.
 */
#pragma once

#include "lib/types.h"

void *memcpy(void *dst, const void *src, size_t n);
void *memmove(void *dst, const void *src, size_t n);
void *memset(void *dst, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *s);
size_t strnlen(const char *s, size_t max);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);
char *strchr(const char *s, int c);

/*
 * Copy @src into the @size bytes at @dst, always NUL-terminated and with the
 * rest of @dst zeroed (so that nothing stale leaks when @dst is copied to a
 * guest).  Returns false if @src was cut.
 */
bool string_copy(char *dst, const char *src, size_t size);

/*
 * Parse an unsigned number (decimal, 0x hexadecimal, 0 octal) at @s into
 * @value; @end, if not NULL, is set behind it.  Returns false without digits
 * or on overflow.
 */
bool string_to_u64(const char *s, const char **end, u64 *value);
