/* SPDX-License-Identifier: MIT */
/*
 * Values as text: escapes for terminals, unescaping of arguments, JSON.
 */
#pragma once

#include <stddef.h>
#include <stdio.h>

/* Prints a value with what is not printable as \t \n \r \\ or \xHH. */
void text_print_escaped(FILE *out, const char *value, size_t len);

/*
 * Undoes the escapes above, and octal ones, in place.  Returns the length of
 * the result.
 */
size_t text_unescape(char *value);

/* Prints a JSON string; bytes that are not ASCII become \u00HH. */
void text_print_json(FILE *out, const char *value, size_t len);
