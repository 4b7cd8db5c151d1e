/* SPDX-License-Identifier: MIT */
/*
 * Values as text: escapes for terminals, unescaping of arguments, JSON.
 */
#pragma once

#include <stddef.h>
#include <stdio.h>

/*
 * A value with what is not printable as \t \n \r \\, \ooo below 8, or \xHH.
 * The caller frees it; NULL if memory is short.
 */
char *text_escaped(const char *value, size_t len);

/* Prints that. */
void text_print_escaped(FILE *out, const char *value, size_t len);

/*
 * Undoes the escapes above, and octal ones, in place.  Returns the length of
 * the result.
 */
size_t text_unescape(char *value);

/* Prints a JSON string; bytes that are not ASCII become \u00HH. */
void text_print_json(FILE *out, const char *value, size_t len);
