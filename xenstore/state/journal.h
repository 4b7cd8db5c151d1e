/* SPDX-License-Identifier: MIT */
/*
 * The journal: a memory file that outlives the process which writes it, so that
 * a successor can go on after a crash.
 *
 * It holds a snapshot (a state stream) and, behind it, a log of what happened
 * since.  Appending a record is a copy into mapped memory; what is appended
 * counts from journal_commit() on, so several records become valid at once.  No
 * barrier is needed: the one who reads comes after the writer's end.  When the
 * log has become long a new snapshot is written behind it, the header is
 * switched over, and the old part is given back to the system; so offsets only
 * grow, and the file is mostly a hole.
 *
 * Only a window of the log is mapped.  Its memory is allocated before it is
 * touched: a system without memory makes the journal fail (journal_failed()),
 * never the writer.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The longest record's payload. */
#define JOURNAL_RECORD_MAX 65536
/* Room for the path of the binary that wrote the journal. */
#define JOURNAL_BINARY_MAX 1024

struct journal_header;

struct journal {
	int fd;
	struct journal_header *header;
	/* The mapped part of the log. */
	char *window;
	uint64_t window_at;
	/* Where the next record goes. */
	uint64_t at;
	/* Lengths that decide when to write a new snapshot. */
	uint64_t log_at;
	uint64_t snapshot_len;
	/* The snapshot that is being written. */
	uint64_t new_at;
	uint64_t new_len;
	bool failed;
};

/* One record of a log. */
struct journal_record {
	uint16_t type;
	uint16_t flags;
	uint32_t number;
	uint32_t len;
	const void *data;
};

/* What a journal holds, mapped for reading. */
struct journal_content {
	void *map;
	size_t map_len;
	const void *snapshot;
	size_t snapshot_len;
	const char *log;
	size_t log_len;
};

/* Makes an empty memory file for a journal; the descriptor or -errno. */
int journal_file(void);

/*
 * Begins to use a journal, empty or not.  Nothing can be appended before the
 * first snapshot.  0 or a negative errno.
 */
int journal_open(struct journal *journal, int fd);

/* Maps what is in it.  -ENODATA if there is no snapshot, -EINVAL if it is broken. */
int journal_load(const struct journal *journal, struct journal_content *content);
void journal_unload(struct journal_content *content);

/*
 * Steps through the log.  *at begins at 0.  1 with a record; 0 at the end;
 * -EINVAL if a record's checksum is wrong.
 */
int journal_next(const struct journal_content *content, size_t *at, struct journal_record *record);

/* Appends a record whose payload is in two parts; either may be empty. */
void journal_append(struct journal *journal, uint16_t type, uint16_t flags, uint32_t number,
		    const void *first, size_t first_len, const void *second, size_t second_len);

/* Makes all that was appended count. */
void journal_commit(struct journal *journal);

/* True once the log is so long that a snapshot pays. */
bool journal_is_long(const struct journal *journal);

/*
 * A new snapshot: begin, then journal_snapshot_sink() as the sink of a state
 * stream, then end, from which on it and an empty log are the content.
 */
int journal_snapshot_begin(struct journal *journal);
int journal_snapshot_sink(void *arg, const void *data, size_t len);
int journal_snapshot_end(struct journal *journal);

/*
 * Makes the content void for good: nothing is recorded any more, and nobody may
 * go on from what was.
 */
void journal_void(struct journal *journal);

/* True if there is nothing to go on from. */
bool journal_is_void(const struct journal *journal);

/* True if memory ran out, or journal_void() was called; the content is void then. */
static inline bool journal_failed(const struct journal *journal)
{
	return journal->failed;
}

/* Notes of the writer in the header, for who restarts it. */

/* The binary to run, "" for the same as before. */
void journal_set_binary(struct journal *journal, const char *path);
const char *journal_binary(const struct journal *journal);

/* A number that the writer changes when it serves. */
void journal_set_ready(struct journal *journal);
uint32_t journal_ready_count(const struct journal *journal);

/*
 * Whose request is being handled, 0 for nobody; and how often in sequence the
 * writer ended while it was the same.
 */
void journal_set_busy(struct journal *journal, uint32_t who);
uint32_t journal_blame(struct journal *journal, uint32_t *times);
