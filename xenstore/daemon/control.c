/* SPDX-License-Identifier: MIT */
/*
 * XS_CONTROL: one table of commands, which help prints.
 */
#include "daemon/control.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "daemon/dlog.h"
#include "daemon/domains.h"
#include "daemon/report.h"
#include "daemon/update.h"

#define WORDS_MAX 6

struct command {
	const char *name;
	const char *arguments;
	/* Writes its answer, a string, to @out; 0 or a negative errno. */
	int (*run)(struct conn *conn, const char *const *words, size_t count, char *out, size_t size);
};

static int run_check(struct conn *conn, const char *const *words, size_t count, char *out, size_t size)
{
	long faults;
	char *line;

	(void)words;
	if (count)
		return -EINVAL;
	faults = report_check(conn->store, out, size);
	if (faults < 0)
		return (int)faults;
	if (!faults) {
		dlog("check: all in order");
		return 0;
	}
	dlog("check: %ld faults", faults);
	for (line = out; *line; line += strcspn(line, "\n") + 1)
		dlog("check: %.*s", (int)strcspn(line, "\n"), line);
	return 0;
}

static int run_log(struct conn *conn, const char *const *words, size_t count, char *out, size_t size)
{
	(void)conn;
	if (count != 1)
		return -EINVAL;
	if (!strcmp(words[0], "on"))
		dlog_set_trace(true);
	else if (!strcmp(words[0], "off"))
		dlog_set_trace(false);
	else
		return -EINVAL;
	snprintf(out, size, "OK");
	return 0;
}

static int run_logfile(struct conn *conn, const char *const *words, size_t count, char *out,
		       size_t size)
{
	int rc;

	(void)conn;
	if (count != 1)
		return -EINVAL;
	rc = dlog_set_file(words[0]);
	if (!rc)
		snprintf(out, size, "OK");
	return rc;
}

static int run_print(struct conn *conn, const char *const *words, size_t count, char *out, size_t size)
{
	(void)conn;
	if (count != 1)
		return -EINVAL;
	dlog("%s", words[0]);
	snprintf(out, size, "OK");
	return 0;
}

static int run_top(struct conn *conn, const char *const *words, size_t count, char *out, size_t size)
{
	uint64_t from = 0;

	(void)conn;
	if (count > 1 || (count && !wire_number(words[0], UINT32_MAX, &from)))
		return -EINVAL;
	return report_top((uint32_t)from, out, size);
}

/* Writes a report to a file instead; made if need be, and emptied. */
static int write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");
	bool failed;

	if (!file)
		return -errno;
	failed = fputs(text, file) < 0;
	return fclose(file) || failed ? -EIO : 0;
}

static int run_memreport(struct conn *conn, const char *const *words, size_t count, char *out,
			 size_t size)
{
	int rc;

	if (count > 1)
		return -EINVAL;
	report_memory(conn->store, out, size);
	if (!count)
		return 0;
	rc = write_file(words[0], out);
	snprintf(out, size, "OK");
	return rc;
}

static size_t list_limits(char *out, size_t size)
{
	size_t at = 0;

	for (int i = 0; i < QUOTA_COUNT && at < size; i++)
		at += (size_t)snprintf(out + at, size - at, "%-17s: %10u\n", account_quota_name(i),
				       account_limit(i));
	return at;
}

/* "set <quota> <number> [<domid>]", without the first word. */
static int set_quota(const char *const *words, size_t count)
{
	uint64_t limit, domid;
	int quota;

	if (count < 2 || count > 3 || !wire_number(words[1], UINT32_MAX, &limit))
		return -EINVAL;
	quota = account_quota_find(words[0], strlen(words[0]));
	if (quota < 0)
		return quota;
	if (count == 2) {
		account_limit_all(quota, (uint32_t)limit);
		return 0;
	}
	if (!wire_number(words[2], UINT16_MAX, &domid))
		return -EINVAL;
	if (!domains_exists((uint16_t)domid))
		return -ENOENT;
	return account_limit_one((uint16_t)domid, quota, (uint32_t)limit);
}

/*
 * Without arguments, the limits; with a domain, what it uses of them; or sets
 * one, for all domains or for one.
 */
static int run_quota(struct conn *conn, const char *const *words, size_t count, char *out, size_t size)
{
	const struct account *account;
	uint64_t domid;
	size_t at = 0;

	(void)conn;
	if (!count) {
		list_limits(out, size);
		return 0;
	}
	if (!strcmp(words[0], "set")) {
		int rc = set_quota(words + 1, count - 1);

		if (!rc)
			snprintf(out, size, "OK");
		return rc;
	}
	if (count != 1 || !wire_number(words[0], UINT16_MAX, &domid))
		return -EINVAL;
	account = account_of((uint16_t)domid);
	for (int i = 0; i < QUOTA_COUNT && at < size; i++) {
		if (QUOTA_TOTALS & 1u << i)
			at += (size_t)snprintf(out + at, size - at, "%-17s: %10u of %10u\n",
					       account_quota_name(i), account->used[i],
					       account_limit_of((uint16_t)domid, i));
	}
	return 0;
}

static int run_live_update(struct conn *conn, const char *const *words, size_t count, char *out,
			   size_t size)
{
	(void)conn;
	return update_command(words, count, out, size);
}

static int run_help(struct conn *conn, const char *const *words, size_t count, char *out,
		    size_t size);

static const struct command commands[] = {
	{ "check", "", run_check },
	{ "help", "", run_help },
	{ "live-update", "-f <file>|-c <cmdline>|-s [-t <timeout>] [-F]|-a", run_live_update },
	{ "log", "on|off", run_log },
	{ "logfile", "<file>", run_logfile },
	{ "memreport", "[<file>]", run_memreport },
	{ "print", "<text>", run_print },
	{ "quota", "[<domid>]|set <name> <number> [<domid>]", run_quota },
	{ "top", "[<from>]", run_top },
};

#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

static int run_help(struct conn *conn, const char *const *words, size_t count, char *out, size_t size)
{
	size_t at = 0;

	(void)conn;
	(void)words;
	if (count)
		return -EINVAL;
	for (size_t i = 0; i < COMMAND_COUNT && at < size; i++)
		at += (size_t)snprintf(out + at, size - at, "%s\t%s\n", commands[i].name,
				       commands[i].arguments);
	return 0;
}

int control_handle(struct conn *conn, const struct conn_request *request)
{
	char answer[XENSTORE_PAYLOAD_MAX] = "";
	const char *words[WORDS_MAX];
	size_t len = request->hdr.len, count;
	int rc;

	if (!len || request->payload[len - 1])
		return -EINVAL;
	count = wire_split(request->payload, len, words, WORDS_MAX);
	if (count > WORDS_MAX)
		return -EINVAL;
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		if (strcmp(commands[i].name, words[0]))
			continue;
		rc = commands[i].run(conn, words + 1, count - 1, answer, sizeof(answer));
		if (rc == UPDATE_LATER) {
			update_asked_by(conn, request);
			return 0;
		}
		if (!rc)
			conn_reply(conn, request, answer, strlen(answer) + 1);
		return rc;
	}
	return -EINVAL;
}
