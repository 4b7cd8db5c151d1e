/* SPDX-License-Identifier: MIT */
/*
 * Did you mean: the nearest known word to a mistyped one.  Pure.
 */
#pragma once

#include <stddef.h>

/*
 * guess_distance - edits that turn one word into the other.
 * Insertion, deletion, substitution and the swap of two neighbours count one
 * each; case is ignored.  Words longer than 63 bytes are cut there.
 */
unsigned int guess_distance(const char *a, const char *b);

/*
 * guess_nearest - the likeliest of a list.
 * @word: what was typed; @words: @count candidates, NULL entries are skipped.
 * Returns the index, or -1 when nothing is near enough to be worth saying: at
 * most a third of the longer word's letters, and at least one, may differ.
 * A candidate of which the word is a prefix (two letters or more) also counts.
 */
int guess_nearest(const char *word, const char *const *words, size_t count);
