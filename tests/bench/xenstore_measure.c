/* SPDX-License-Identifier: MIT */
/*
 * Figures.
 */
#include "xenstore_measure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Waits of one figure that are kept; more do not count for its percentiles. */
#define WAITS_MAX 200000

static uint32_t waits[WAITS_MAX];
static size_t wait_count;
static const char *figure;
static uint64_t wall, cpu;

uint64_t measure_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* Processor time of the daemon so far, in the kernel for it too, in ns. */
static uint64_t server_cpu(const struct load *load)
{
	unsigned long long ns = 0;
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/schedstat", (int)load->server);
	file = fopen(path, "re");
	if (!file || fscanf(file, "%llu", &ns) != 1)
		client_fail("the daemon's processor time cannot be read");
	fclose(file);
	return ns;
}

void measure_open(struct load *load, int count)
{
	for (; load->clients < count; load->clients++)
		client_open(&load->client[load->clients], load->socket_path);
	load->server = client_server(&load->client[0]);
}

long measure_ops(const struct load *load, long ops)
{
	ops = ops * load->scale / 100;
	return ops ? ops : 1;
}

/* Lets whoever counts instructions set its counter. */
static void shake_hands(const struct load *load, const char *word)
{
	char line[16];

	if (!load->handshake)
		return;
	printf("%s %s %d\n", word, figure, (int)load->server);
	fflush(stdout);
	if (!fgets(line, sizeof(line), stdin))
		client_fail("nobody counts");
}

void measure_begin(struct load *load, const char *name)
{
	figure = name;
	wait_count = 0;
	shake_hands(load, "begin");
	cpu = server_cpu(load);
	wall = measure_now();
}

void measure_wait(uint64_t ns)
{
	if (wait_count < WAITS_MAX)
		waits[wait_count++] = ns > UINT32_MAX ? UINT32_MAX : (uint32_t)ns;
}

static int by_length(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

void measure_end(struct load *load, long ops)
{
	uint64_t end = measure_now();

	wall = end - wall;
	cpu = server_cpu(load) - cpu;
	shake_hands(load, "end");
	printf("figure %s ops %ld wall_ns %llu cpu_ns %llu", figure, ops, (unsigned long long)wall,
	       (unsigned long long)cpu);
	if (wait_count) {
		qsort(waits, wait_count, sizeof(*waits), by_length);
		printf(" p50_ns %u p99_ns %u max_ns %u", waits[wait_count / 2],
		       waits[wait_count * 99 / 100], waits[wait_count - 1]);
	}
	printf("\n");
}

void measure_value(const char *name, double value)
{
	printf("value %s %.3f\n", name, value);
}

long measure_memory(const struct load *load, const char *what)
{
	size_t len = strlen(what);
	char path[64], line[256];
	long kib = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", (int)load->server);
	file = fopen(path, "re");
	if (!file)
		client_fail("the daemon's memory cannot be read");
	while (fgets(line, sizeof(line), file)) {
		if (!strncmp(line, what, len) && line[len] == ':')
			kib = strtol(line + len + 1, NULL, 10);
	}
	fclose(file);
	return kib;
}
