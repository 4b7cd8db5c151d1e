/* SPDX-License-Identifier: MIT */
/*
 * The journal: what was committed is read by a successor, in order, and nothing
 * else.
 */
#include "state/journal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tap.h"

static struct journal journal;
static int fd;

static void setup(void)
{
	fd = journal_file();
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(journal_open(&journal, fd), 0);
}

static void teardown(void)
{
	close(fd);
}

static void snapshot(const char *text)
{
	ck_assert_int_eq(journal_snapshot_begin(&journal), 0);
	ck_assert_int_eq(journal_snapshot_sink(&journal, text, strlen(text)), 0);
	ck_assert_int_eq(journal_snapshot_end(&journal), 0);
}

static void append(uint32_t number, const char *text)
{
	journal_append(&journal, 7, 9, number, text, strlen(text), "!", 1);
}

/* A successor's view; the numbers of its records must be @first to @last. */
static int read_back(const char *snapshot_text, uint32_t first, uint32_t last)
{
	struct journal_content content;
	struct journal_record record;
	struct journal successor;
	size_t at = 0;
	int rc;

	ck_assert_int_eq(journal_open(&successor, fd), 0);
	rc = journal_load(&successor, &content);
	if (rc)
		return rc;
	ck_assert_uint_eq(content.snapshot_len, strlen(snapshot_text));
	ck_assert_mem_eq(content.snapshot, snapshot_text, content.snapshot_len);
	for (uint32_t i = first; i <= last; i++) {
		ck_assert_int_eq(journal_next(&content, &at, &record), 1);
		ck_assert_uint_eq(record.type, 7);
		ck_assert_uint_eq(record.flags, 9);
		ck_assert_uint_eq(record.number, i);
		ck_assert_int_eq(((const char *)record.data)[record.len - 1], '!');
	}
	rc = journal_next(&content, &at, &record);
	journal_unload(&content);
	return rc;
}

START_TEST(only_what_is_committed_counts)
{
	ck_assert_int_eq(read_back("", 1, 0), -ENODATA);
	snapshot("first");
	ck_assert_int_eq(read_back("first", 1, 0), 0);
	append(1, "a");
	append(2, "bb");
	ck_assert_int_eq(read_back("first", 1, 0), 0);
	journal_commit(&journal);
	append(3, "never");
	ck_assert_int_eq(read_back("first", 1, 2), 0);
}
END_TEST

START_TEST(a_new_snapshot_takes_the_logs_place)
{
	struct stat before, after;

	snapshot("first");
	for (uint32_t i = 1; i <= 200000; i++)
		append(i, "some text that stands for a request");
	journal_commit(&journal);
	ck_assert(journal_is_long(&journal));
	ck_assert_int_eq(read_back("first", 1, 200000), 0);
	fstat(fd, &before);
	/* Not committed, but not overwritten either before the switch. */
	append(200001, "tail");
	ck_assert_int_eq(journal_snapshot_begin(&journal), 0);
	ck_assert_int_eq(journal_snapshot_sink(&journal, "second", 6), 0);
	ck_assert_int_eq(read_back("first", 1, 200000), 0);
	ck_assert_int_eq(journal_snapshot_end(&journal), 0);
	ck_assert_int_eq(read_back("second", 1, 0), 0);
	ck_assert(!journal_is_long(&journal));
	fstat(fd, &after);
	/* The memory of the old one is given back. */
	ck_assert_int_lt(after.st_blocks, before.st_blocks / 4);
	append(1, "on");
	journal_commit(&journal);
	ck_assert_int_eq(read_back("second", 1, 1), 0);
}
END_TEST

START_TEST(records_of_any_length)
{
	static char text[JOURNAL_RECORD_MAX];

	snapshot("s");
	for (uint32_t i = 1; i <= 300; i++) {
		size_t len = i * 211 % (JOURNAL_RECORD_MAX - 1);

		memset(text, 'x', len);
		journal_append(&journal, 7, 9, i, text, len, "!", 1);
	}
	journal_commit(&journal);
	ck_assert_int_eq(read_back("s", 1, 300), 0);
	journal_append(&journal, 7, 9, 301, text, JOURNAL_RECORD_MAX, "!", 1);
	ck_assert(journal_failed(&journal));
	ck_assert_int_eq(read_back("s", 1, 0), -ENODATA);
}
END_TEST

START_TEST(a_changed_byte_is_noticed)
{
	struct journal_content content;
	char byte;

	snapshot("s");
	append(1, "abcdefgh");
	append(2, "abcdefgh");
	journal_commit(&journal);
	ck_assert_int_eq(journal_load(&journal, &content), 0);
	/* The log begins a page after the snapshot; behind the header. */
	ck_assert_int_eq(pread(fd, &byte, 1, 4096 + 4096 + 20), 1);
	byte ^= 4;
	ck_assert_int_eq(pwrite(fd, &byte, 1, 4096 + 4096 + 20), 1);
	journal_unload(&content);
	ck_assert_int_eq(read_back("s", 1, 0), -EINVAL);
}
END_TEST

START_TEST(damaged_journals_are_survived)
{
	struct journal_content content;
	struct journal_record record;
	struct journal successor;
	unsigned int seed = 11;
	char saved[4096];

	snapshot("some snapshot");
	for (uint32_t i = 1; i <= 50; i++)
		append(i, "text");
	journal_commit(&journal);
	ck_assert_int_eq(pread(fd, saved, sizeof(saved), 0), sizeof(saved));
	for (int round = 0; round < 5000; round++) {
		size_t at = 0;
		char byte;

		ck_assert_int_eq(pwrite(fd, saved, sizeof(saved), 0), sizeof(saved));
		seed = seed * 1103515245 + 12345;
		byte = (char)(seed >> 24);
		/* Its header, or its first records. */
		ck_assert_int_eq(pwrite(fd, &byte, 1,
					seed & 1 ? 8 + (seed >> 8) % 120 : 8192 + (seed >> 8) % 1000),
				 1);
		if (journal_open(&successor, fd))
			continue;
		if (!journal_load(&successor, &content)) {
			for (size_t i = 0; i < content.snapshot_len; i++)
				seed += ((const unsigned char *)content.snapshot)[i];
			while (journal_next(&content, &at, &record) > 0)
				;
			journal_unload(&content);
		}
		munmap(successor.header, 4096);
	}
}
END_TEST

START_TEST(who_was_busy_is_blamed)
{
	uint32_t times;

	ck_assert_uint_eq(journal_blame(&journal, &times), 0);
	for (uint32_t i = 1; i <= 3; i++) {
		journal_set_busy(&journal, 5);
		ck_assert_uint_eq(journal_blame(&journal, &times), 5);
		ck_assert_uint_eq(times, i);
	}
	journal_set_busy(&journal, 6);
	journal_blame(&journal, &times);
	ck_assert_uint_eq(times, 1);
	journal_set_busy(&journal, 0);
	ck_assert_uint_eq(journal_blame(&journal, &times), 0);
}
END_TEST

int main(void)
{
	TCase *tcase = tcase_create("journal");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 120);
	TAP_ADD(tcase, only_what_is_committed_counts);
	TAP_ADD(tcase, a_new_snapshot_takes_the_logs_place);
	TAP_ADD(tcase, records_of_any_length);
	TAP_ADD(tcase, a_changed_byte_is_noticed);
	TAP_ADD(tcase, damaged_journals_are_survived);
	TAP_ADD(tcase, who_was_busy_is_blamed);
	return tap_run_case("journal", tcase);
}
