/* SPDX-License-Identifier: MIT */
/*
 * Debug keys: one character from the serial line or the toolstack, one report.
 */
#pragma once

#include "lib/types.h"

/* Run @fn when @key is pressed; @text says what it does in one line.  A later registration wins. */
void keys_register(char key, void (*fn)(char key), const char *text);

/* Log what @key is for, if it is for anything; false beyond the last that can be. */
bool keys_describe(u32 key);

/* A key was pressed; runs its function here. */
void keys_press(char key);
