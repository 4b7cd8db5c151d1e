/* SPDX-License-Identifier: MIT */
/*
 * What the rows of the benchmark have in common: clients on one daemon, and
 * figures, that is, a stretch of work with its wall time, the processor time that the
 * daemon took for it, and how long each answer was waited for.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "xenstore_client.h"

#define CLIENTS_MAX 100

struct load {
	const char *socket_path;
	/* Say "begin" and "end" on standard output and wait for a line each time. */
	bool handshake;
	/* Multiplies the operations of every figure, in percent. */
	long scale;
	struct client client[CLIENTS_MAX];
	int clients;
	pid_t server;
};

/* A monotonic clock, in ns. */
uint64_t measure_now(void);

/* Opens @count clients. */
void measure_open(struct load *load, int count);

/* As many operations as asked for on the command line. */
long measure_ops(const struct load *load, long ops);

/* Begins a figure; @name is the row's in the table. */
void measure_begin(struct load *load, const char *name);

/* Notes how long one answer of the present figure took. */
void measure_wait(uint64_t ns);

/* Ends it, after @ops operations, and prints it. */
void measure_end(struct load *load, long ops);

/* Prints a value that is no rate. */
void measure_value(const char *name, double value);

/* Memory of the daemon that is in use, in KiB; @what is a field of smaps_rollup. */
long measure_memory(const struct load *load, const char *what);
