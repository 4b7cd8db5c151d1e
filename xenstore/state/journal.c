/* SPDX-License-Identifier: MIT */
/*
 * The journal in a memory file.
 */
#include "state/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGE	   4096u
#define MAGIC	   0x316c6e726a786d6cull
#define WINDOW	   (1024u * 1024)
#define ALIGN	   8u
#define LENGTH_MIN (4u * 1024 * 1024)

/* A content: a snapshot, and the log behind it. */
struct content {
	uint64_t snapshot_at;
	uint64_t snapshot_len;
	uint64_t log_at;
	/* The end of what counts. */
	uint64_t committed;
};

struct journal_header {
	uint64_t magic;
	/* Which content is valid: 1 or 2, 0 if none is. */
	uint32_t valid;
	uint32_t ready_count;
	struct content content[2];
	uint32_t busy;
	uint32_t blamed;
	uint32_t blamed_times;
	char binary[JOURNAL_BINARY_MAX];
};

struct entry {
	uint32_t len;
	uint16_t type;
	uint16_t flags;
	uint32_t number;
	uint32_t sum;
};

static uint64_t page_down(uint64_t offset)
{
	return offset & ~(uint64_t)(PAGE - 1);
}

static uint64_t page_up(uint64_t offset)
{
	return page_down(offset + PAGE - 1);
}

static size_t padded(size_t len)
{
	return (len + ALIGN - 1) & ~(size_t)(ALIGN - 1);
}

/* Over whole words; records are padded with zeroes. */
static uint32_t checksum(const struct entry *entry, const char *data)
{
	uint64_t sum = (uint64_t)entry->len << 32 ^ (uint64_t)entry->type << 16 ^ entry->flags ^
		       (uint64_t)entry->number << 24;
	uint64_t word;

	for (size_t i = 0; i < padded(entry->len); i += sizeof(word)) {
		memcpy(&word, data + i, sizeof(word));
		sum = (sum ^ word) * 0x9e3779b97f4a7c15ull;
		sum ^= sum >> 32;
	}
	return (uint32_t)(sum ^ sum >> 32);
}

int journal_file(void)
{
	int fd = memfd_create("xenstored-journal", 0);

	return fd < 0 ? -errno : fd;
}

int journal_open(struct journal *journal, int fd)
{
	struct journal_header *header;
	struct stat stat;

	memset(journal, 0, sizeof(*journal));
	if (fstat(fd, &stat))
		return -errno;
	if (stat.st_size < (off_t)PAGE && posix_fallocate(fd, 0, PAGE))
		return -ENOSPC;
	header = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (header == MAP_FAILED)
		return -errno;
	if (!header->magic)
		header->magic = MAGIC;
	if (header->magic != MAGIC || header->valid > 2) {
		munmap(header, PAGE);
		return -EINVAL;
	}
	journal->fd = fd;
	journal->header = header;
	return 0;
}

static const struct content *valid_content(const struct journal *journal)
{
	uint32_t valid = journal->header->valid;

	return valid ? &journal->header->content[valid - 1] : NULL;
}

int journal_load(const struct journal *journal, struct journal_content *out)
{
	const struct content *content = valid_content(journal);
	struct stat stat;
	char *map;

	if (!content)
		return -ENODATA;
	if (fstat(journal->fd, &stat))
		return -errno;
	if (content->snapshot_at % PAGE || content->snapshot_at > content->log_at ||
	    content->snapshot_len > content->log_at - content->snapshot_at ||
	    content->log_at > content->committed || content->committed > (uint64_t)stat.st_size)
		return -EINVAL;
	out->map_len = (size_t)(content->committed - content->snapshot_at);
	map = mmap(NULL, out->map_len, PROT_READ, MAP_SHARED, journal->fd,
		   (off_t)content->snapshot_at);
	if (map == MAP_FAILED)
		return -errno;
	out->map = map;
	out->snapshot = map;
	out->snapshot_len = (size_t)content->snapshot_len;
	out->log = map + (content->log_at - content->snapshot_at);
	out->log_len = (size_t)(content->committed - content->log_at);
	return 0;
}

void journal_unload(struct journal_content *content)
{
	munmap(content->map, content->map_len);
}

int journal_next(const struct journal_content *content, size_t *at, struct journal_record *record)
{
	size_t left = content->log_len - *at;
	struct entry entry;

	if (!left)
		return 0;
	if (left < sizeof(entry))
		return -EINVAL;
	memcpy(&entry, content->log + *at, sizeof(entry));
	if (entry.len > JOURNAL_RECORD_MAX || padded(entry.len) > left - sizeof(entry))
		return -EINVAL;
	record->type = entry.type;
	record->flags = entry.flags;
	record->number = entry.number;
	record->len = entry.len;
	record->data = content->log + *at + sizeof(entry);
	if (entry.sum != checksum(&entry, record->data))
		return -EINVAL;
	*at += sizeof(entry) + padded(entry.len);
	return 1;
}

void journal_void(struct journal *journal)
{
	journal->failed = true;
	journal->header->valid = 0;
}

bool journal_is_void(const struct journal *journal)
{
	return !journal->header->valid;
}

/* Maps the part of the log that begins at the page of @offset. */
static bool move_window(struct journal *journal, uint64_t offset)
{
	uint64_t at = page_down(offset);
	void *window;

	if (posix_fallocate(journal->fd, (off_t)at, WINDOW))
		return false;
	if (journal->window)
		munmap(journal->window, WINDOW);
	journal->window = NULL;
	/* All pages at once: a fault for each costs more than what is written to it. */
	window = mmap(NULL, WINDOW, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, journal->fd,
		      (off_t)at);
	if (window == MAP_FAILED)
		return false;
	journal->window = window;
	journal->window_at = at;
	return true;
}

void journal_append(struct journal *journal, uint16_t type, uint16_t flags, uint32_t number,
		    const void *first, size_t first_len, const void *second, size_t second_len)
{
	size_t len = first_len + second_len, size = sizeof(struct entry) + padded(len);
	struct entry entry = { (uint32_t)len, type, flags, number, 0 };
	char *to;

	if (journal->failed)
		return;
	if (len > JOURNAL_RECORD_MAX || (journal->at + size > journal->window_at + WINDOW &&
					 !move_window(journal, journal->at))) {
		journal_void(journal);
		return;
	}
	to = journal->window + (journal->at - journal->window_at);
	memset(to + size - ALIGN, 0, ALIGN);
	if (first_len)
		memcpy(to + sizeof(entry), first, first_len);
	if (second_len)
		memcpy(to + sizeof(entry) + first_len, second, second_len);
	entry.sum = checksum(&entry, to + sizeof(entry));
	memcpy(to, &entry, sizeof(entry));
	journal->at += size;
}

void journal_commit(struct journal *journal)
{
	struct journal_header *header = journal->header;

	if (!journal->failed)
		__atomic_store_n(&header->content[header->valid - 1].committed, journal->at,
				 __ATOMIC_RELEASE);
}

bool journal_is_long(const struct journal *journal)
{
	uint64_t log_len = journal->at - journal->log_at;

	return !journal->failed && log_len > LENGTH_MIN && log_len > 2 * journal->snapshot_len;
}

int journal_snapshot_begin(struct journal *journal)
{
	const struct content *content = valid_content(journal);

	journal->new_at = PAGE;
	if (content)
		journal->new_at = page_up(content->committed);
	/* Behind what was appended, committed or not. */
	if (page_up(journal->at) > journal->new_at)
		journal->new_at = page_up(journal->at);
	journal->new_len = 0;
	return journal->failed ? -ENOSPC : 0;
}

int journal_snapshot_sink(void *arg, const void *data, size_t len)
{
	struct journal *journal = arg;
	const char *from = data;

	while (len) {
		ssize_t n =
			pwrite(journal->fd, from, len, (off_t)(journal->new_at + journal->new_len));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		from += n;
		len -= (size_t)n;
		journal->new_len += (uint64_t)n;
	}
	return 0;
}

int journal_snapshot_end(struct journal *journal)
{
	struct journal_header *header = journal->header;
	uint32_t next = header->valid == 1 ? 2 : 1;
	uint64_t log_at = page_up(journal->new_at + journal->new_len);

	if (!move_window(journal, log_at))
		return -ENOSPC;
	header->content[next - 1] = (struct content){
		.snapshot_at = journal->new_at,
		.snapshot_len = journal->new_len,
		.log_at = log_at,
		.committed = log_at,
	};
	__atomic_store_n(&header->valid, next, __ATOMIC_RELEASE);
	journal->at = log_at;
	journal->log_at = log_at;
	journal->snapshot_len = journal->new_len;
	/* What came before is not needed; if it stays, memory is all that it costs. */
	if (journal->new_at > PAGE &&
	    fallocate(journal->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, PAGE,
		      (off_t)(journal->new_at - PAGE)))
		return 0;
	return 0;
}

void journal_set_binary(struct journal *journal, const char *path)
{
	strncpy(journal->header->binary, path, JOURNAL_BINARY_MAX - 1);
}

const char *journal_binary(const struct journal *journal)
{
	return journal->header->binary;
}

void journal_set_ready(struct journal *journal)
{
	journal->header->ready_count++;
}

uint32_t journal_ready_count(const struct journal *journal)
{
	return journal->header->ready_count;
}

void journal_set_busy(struct journal *journal, uint32_t who)
{
	__atomic_store_n(&journal->header->busy, who, __ATOMIC_RELEASE);
}

uint32_t journal_blame(struct journal *journal, uint32_t *times)
{
	struct journal_header *header = journal->header;

	if (header->busy && header->busy == header->blamed)
		header->blamed_times++;
	else
		header->blamed_times = header->busy ? 1 : 0;
	header->blamed = header->busy;
	header->busy = 0;
	*times = header->blamed_times;
	return header->blamed;
}
