/* SPDX-License-Identifier: MIT */
/*
 * What rows of the benchmark share, and those rows that lie in files of their own.
 */
#pragma once

#include "xenstore_measure.h"

#define VALUE "0123456789"

/* The one daemon that is measured, and its clients. */
extern struct load load;

/* The path of one of a hundred nodes. */
const char *small_path(char path[64], long n);

/*
 * A figure of @clients at once, each with one request on its way, made and sent by
 * @request.
 */
void at_once(const char *name, int clients, long ops, void (*request)(int client, long n));

/*
 * Sends a request by the second client and goes on reading "/bench/near" by the
 * first until it is answered: the longest wait of a read, in ms.
 */
double longest_wait(uint32_t type, const void *payload, size_t len);

/* 50 nodes and 20 watches for each guest, 100 clients. */
void row_guests_10(void);
void row_guests_1000(void);

/* The daemon is replaced by itself, with the store of 1000 guests and under load. */
void row_update(void);

/* It is killed in the same conditions; a client is back when it reads what it wrote. */
void row_kill(void);
