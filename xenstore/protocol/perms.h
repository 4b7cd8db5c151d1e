/* SPDX-License-Identifier: MIT */
/*
 * Permission lists: who may do what to a node, and their text form on the
 * wire ("n0", "r5", "w7", "b9": access letter and domain id).
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define PERM_NONE  0
#define PERM_READ  1
#define PERM_WRITE 2
#define PERM_BOTH  (PERM_READ | PERM_WRITE)
/* The right to change permissions; never on the wire, only computed. */
#define PERM_OWNER 4
/* The domain did not exist when the entry was made: it grants nothing. */
#define PERM_IGNORE 8

/* Longest text of one entry with its NUL: a letter and a 16-bit number. */
#define PERM_TEXT_MAX 7

/*
 * One entry.  The first entry of a list names the owner, who may do
 * everything, and its access is what domains get that are not in the list.
 */
struct perm {
	uint16_t domid;
	uint8_t access;
};

/* The PERM_* of a letter, or -EINVAL if there is no such letter. */
int perms_access(char letter);

/*
 * Reads one entry from its text.  Returns 0, or -EINVAL if the letter or the
 * number is wrong (the number must be decimal and at most 65535).
 */
int perms_parse_one(const char *text, struct perm *out);

/*
 * Reads @count entries from NUL-terminated strings laid end to end in
 * @text, @len bytes in all.  Returns 0 or -EINVAL.
 */
int perms_parse(const char *text, size_t len, struct perm *out, size_t count);

/* Writes one entry with its NUL; returns the bytes written, NUL included. */
size_t perms_format_one(const struct perm *perm, char out[PERM_TEXT_MAX]);

/*
 * Writes @count entries end to end.  Returns the bytes used, or 0 if @size is
 * too small.
 */
size_t perms_format(const struct perm *perms, size_t count, char *out, size_t size);
