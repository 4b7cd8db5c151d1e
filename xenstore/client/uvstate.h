/* SPDX-License-Identifier: MIT */
/*
 * What an asynchronous client and its transactions know of each other; for the
 * files that make them.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/uio.h>

struct uvclient;

struct uvclient_tx {
	struct uvclient *client;
	void (*body)(void *arg, struct uvclient_tx *tx);
	void (*done)(void *arg, int status, const char *data, size_t len);
	void *arg;
	uint32_t wire;
	unsigned int attempts;
	/* Requests that name it, and one for whoever has to end it. */
	unsigned int users;
	bool lost;
};

/* Lets go of a transaction; @tx may be NULL. */
static inline void uvstate_put(struct uvclient_tx *tx)
{
	if (tx && !--tx->users)
		free(tx);
}

/* As uvclient_call(), in a transaction if @tx is not NULL. */
int uvstate_submit(struct uvclient *c, struct uvclient_tx *tx, uint32_t type,
		   const struct iovec *parts, size_t count,
		   void (*done)(void *arg, int status, const char *data, size_t len), void *arg);
