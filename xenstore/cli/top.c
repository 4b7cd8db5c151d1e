/* SPDX-License-Identifier: MIT */
/*
 * xenstore top: who uses what of the daemon, and how many operations a second
 * each domain asks for.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/applet.h"
#include "cli/text.h"

/* Lines of local clients begin here; see daemon/report.h. */
#define FIRST_LOCAL    0x10000u
#define SECONDS_LONG   2.0
#define NAME_MAX_BYTES 24

/* What is counted of one client, in the daemon's order. */
enum count {
	READS,
	WRITES,
	OTHERS,
	EVENTS,
	REPLIES,
	BYTES,
	NODES,
	WATCHES,
	TRANSACTIONS,
	COUNTS,
};

/* Those that only grow, and of which the rate is shown. */
#define RATES (EVENTS + 1)

struct line {
	unsigned int number;
	unsigned int domid;
	int pid;
	unsigned long long count[COUNTS];
};

/* All lines of one moment, by number. */
struct sample {
	struct line *lines;
	size_t used;
	size_t capacity;
	/* The daemon's clock, in microseconds. */
	unsigned long long time;
	/* Local clients that have left. */
	unsigned long long past[RATES];
};

/* A row on the screen. */
struct row {
	const struct line *line;
	double rate[RATES];
};

static struct line *new_line(struct sample *sample)
{
	struct line *grown;

	if (sample->used == sample->capacity) {
		size_t capacity = sample->capacity ? 2 * sample->capacity : 64;

		grown = realloc(sample->lines, capacity * sizeof(*grown));
		if (!grown)
			return NULL;
		sample->lines = grown;
		sample->capacity = capacity;
	}
	return &sample->lines[sample->used++];
}

static bool read_line(struct line *line, const char *text)
{
	unsigned long long *count = line->count;

	return sscanf(text, "%u %u %d %llu %llu %llu %llu %llu %llu %llu %llu %llu", &line->number,
		      &line->domid, &line->pid, &count[READS], &count[WRITES], &count[OTHERS],
		      &count[EVENTS], &count[REPLIES], &count[BYTES], &count[NODES],
		      &count[WATCHES], &count[TRANSACTIONS]) == COUNTS + 3;
}

/* One answer of the daemon; *from is where the next one begins, 0 at the end. */
static int read_answer(struct sample *sample, char *answer, unsigned int *from)
{
	char *save, *text = strtok_r(answer, "\n", &save);

	*from = 0;
	for (; text; text = strtok_r(NULL, "\n", &save)) {
		struct line *line;

		if (sscanf(text, "time %llu", &sample->time) == 1 ||
		    sscanf(text, "more %u", from) == 1 ||
		    sscanf(text, "past %llu %llu %llu %llu", &sample->past[READS],
			   &sample->past[WRITES], &sample->past[OTHERS],
			   &sample->past[EVENTS]) == RATES)
			continue;
		line = new_line(sample);
		if (!line)
			return -ENOMEM;
		if (!read_line(line, text))
			return -EPROTO;
	}
	return 0;
}

static int take_sample(const struct applet_run *run, struct sample *sample)
{
	unsigned int from = 0;

	memset(sample, 0, sizeof(*sample));
	do {
		char text[16];
		const char *const words[] = { "top", text };
		char *answer;
		int rc;

		snprintf(text, sizeof(text), "%u", from);
		rc = xsc_control(run->xs, words, 2, &answer);
		if (!rc) {
			rc = read_answer(sample, answer, &from);
			free(answer);
		}
		if (rc)
			return rc;
	} while (from);
	return 0;
}

static const struct line *find_line(const struct sample *sample, unsigned int number)
{
	for (size_t i = 0; i < sample->used; i++) {
		if (sample->lines[i].number == number)
			return &sample->lines[i];
	}
	return NULL;
}

/* Rates since @before; a counter that fell began anew with another daemon. */
static void rates(const unsigned long long *now, const unsigned long long *before, double seconds,
		  double *rate)
{
	for (int i = 0; i < RATES; i++) {
		unsigned long long base = before && before[i] <= now[i] ? before[i] : 0;

		rate[i] = seconds > 0 ? (double)(now[i] - base) / seconds : 0;
	}
}

static double asked(const struct row *row)
{
	return row->rate[READS] + row->rate[WRITES] + row->rate[OTHERS];
}

static int by_rate(const void *a, const void *b)
{
	const struct row *left = a, *right = b;
	double difference = asked(right) - asked(left);

	if (difference > 0 || difference < 0)
		return difference > 0 ? 1 : -1;
	return left->line->number < right->line->number ? -1 : 1;
}

/* The name of a process, or of a guest. */
static void name_of(const struct applet_run *run, const struct line *line, char name[NAME_MAX_BYTES])
{
	char path[64], *value = NULL, *escaped;
	size_t len;
	FILE *file;

	name[0] = '\0';
	if (line->number >= FIRST_LOCAL) {
		snprintf(path, sizeof(path), "/proc/%d/comm", line->pid);
		file = fopen(path, "re");
		if (file && fgets(name, NAME_MAX_BYTES, file))
			name[strcspn(name, "\n")] = '\0';
		if (file)
			fclose(file);
		return;
	}
	snprintf(path, sizeof(path), "/local/domain/%u/name", line->domid);
	if (xsc_read(run->xs, XSC_NO_TX, path, &value, &len))
		return;
	escaped = text_escaped(value, len);
	snprintf(name, NAME_MAX_BYTES, "%s", escaped ? escaped : "");
	free(escaped);
	free(value);
}

static void print_text(const struct applet_run *run, const struct row *rows, size_t count,
		       const double *past)
{
	printf("%-9s %-16s %9s %9s %9s %9s %7s %7s %5s %7s %9s\n", "WHO", "NAME", "READ/s",
	       "WRITE/s", "OTHER/s", "EVENT/s", "NODES", "WATCHES", "TXNS", "WAITING", "BYTES");
	for (size_t i = 0; i < count; i++) {
		const struct line *line = rows[i].line;
		bool local = line->number >= FIRST_LOCAL;
		char name[NAME_MAX_BYTES], who[24];

		name_of(run, line, name);
		snprintf(who, sizeof(who), local ? "pid %d" : "dom %d",
			 local ? line->pid : (int)line->domid);
		printf("%-9s %-16.16s %9.1f %9.1f %9.1f %9.1f", who, name, rows[i].rate[READS],
		       rows[i].rate[WRITES], rows[i].rate[OTHERS], rows[i].rate[EVENTS]);
		/* What dom0's programs own is on dom0's account. */
		if (local)
			printf(" %7s %7s %5s", "", "", "");
		else
			printf(" %7llu %7llu %5llu", line->count[NODES], line->count[WATCHES],
			       line->count[TRANSACTIONS]);
		printf(" %7llu %9llu\n", line->count[REPLIES], line->count[BYTES]);
	}
	printf("%-9s %-16s %9.1f %9.1f %9.1f %9.1f\n", "left", "", past[READS], past[WRITES],
	       past[OTHERS], past[EVENTS]);
}

static void print_json(const struct applet_run *run, const struct row *rows, size_t count,
		       const double *past)
{
	static const char *const names[COUNTS] = {
		"reads", "writes", "others",  "events",	      "waiting",
		"bytes", "nodes",  "watches", "transactions",
	};

	fputs("{\"clients\": [", stdout);
	for (size_t i = 0; i < count; i++) {
		const struct line *line = rows[i].line;
		bool local = line->number >= FIRST_LOCAL;
		char name[NAME_MAX_BYTES];

		name_of(run, line, name);
		printf("%s{\"domain\": %u, \"pid\": ", i ? ",\n " : "", line->domid);
		printf(local ? "%d" : "null", line->pid);
		fputs(", \"name\": ", stdout);
		text_print_json(stdout, name, strlen(name));
		for (int c = 0; c < (local ? NODES : COUNTS); c++)
			printf(", \"%s\": %llu", names[c], line->count[c]);
		for (int c = 0; c < RATES; c++)
			printf(", \"%s/s\": %.1f", names[c], rows[i].rate[c]);
		putchar('}');
	}
	fputs("], \"left\": {", stdout);
	for (int c = 0; c < RATES; c++)
		printf("%s\"%s/s\": %.1f", c ? ", " : "", names[c], past[c]);
	puts("}}");
}

static int print_sample(const struct applet_run *run, const struct sample *now,
			const struct sample *before)
{
	double seconds = (double)(now->time - before->time) / 1e6, past[RATES];
	struct row *rows = calloc(now->used + 1, sizeof(*rows));

	if (!rows)
		return -ENOMEM;
	for (size_t i = 0; i < now->used; i++) {
		const struct line *line = find_line(before, now->lines[i].number);

		rows[i].line = &now->lines[i];
		rates(now->lines[i].count, line ? line->count : NULL, seconds, rows[i].rate);
	}
	rates(now->past, before->past, seconds, past);
	qsort(rows, now->used, sizeof(*rows), by_rate);
	if (run->json)
		print_json(run, rows, now->used, past);
	else
		print_text(run, rows, now->used, past);
	free(rows);
	return fflush(stdout) ? -EIO : 0;
}

static void wait_for(double seconds)
{
	struct timespec time = { .tv_sec = (time_t)seconds };

	time.tv_nsec = (long)((seconds - (double)time.tv_sec) * 1e9);
	nanosleep(&time, NULL);
}

static int run_top(const struct applet_run *run)
{
	double seconds = run->seconds < 0 ? SECONDS_LONG : run->seconds;
	bool screen = isatty(STDOUT_FILENO) && !run->json;
	long times = run->number < 0 && !screen ? 1 : run->number;
	struct sample before, now;
	int rc = take_sample(run, &before);

	for (long n = 0; !rc && (times < 0 || n < times); n++) {
		wait_for(seconds);
		rc = take_sample(run, &now);
		/* Home, and nothing left of what was there. */
		if (screen)
			fputs("\033[H\033[J", stdout);
		if (!rc)
			rc = print_sample(run, &now, &before);
		free(before.lines);
		before = now;
	}
	free(before.lines);
	return rc ? applet_fail("couldn't ask", "the daemon", rc) : 0;
}

const struct applet applet_top = {
	.name = "top",
	.arguments = "[-h] [-s] [-n NR] [-d SECONDS]",
	.summary = "show who asks how much, and uses what (-n: so often, -d: pause, --json)",
	.options = "n:d:",
	.run = run_top,
};
