/* SPDX-License-Identifier: MIT */
/*
 * An asynchronous XenStore client on a libuv loop: any number of requests on
 * their way, watches and answers as callbacks.  All from the loop's thread.
 *
 * While there is no connection requests wait.  A lost one is made anew, for as
 * long as it takes; watches are set anew, and each then gives one event with
 * its own path, as what changed meanwhile may have been missed.  What becomes
 * of requests without an answer is decided by redo.h.  A daemon that breaks the
 * protocol is left, and requests that it had not answered end with -EPROTO.
 *
 * Callbacks may call everything here, uvclient_close() too.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>
#include <uv.h>

struct uvclient;
struct uvclient_tx;
struct uvclient_watch;

/*
 * The answer: @status 0 and @len bytes with a NUL behind them, which belong to
 * the client; or a negative errno: the daemon's, -ECONNRESET (another daemon;
 * nobody knows), -EPROTO, -ECANCELED (closed).  Called once for each request,
 * never from within the function that made it.
 */
typedef void (*uvclient_done)(void *arg, int status, const char *data, size_t len);

/* Something changed at @path. */
typedef void (*uvclient_event)(void *arg, const char *path);

/* Makes the requests of a transaction; ends in uvclient_tx_end(), now or later. */
typedef void (*uvclient_body)(void *arg, struct uvclient_tx *tx);

/* Connects; @path as for xsc_open().  0 or a negative errno. */
int uvclient_open(uv_loop_t *loop, const char *path, struct uvclient **out);

/* Ends all: requests are answered with -ECANCELED, then nothing is called any more. */
void uvclient_close(struct uvclient *c);

/*
 * Makes a request of @type (XS_READ, ...) with a payload of @count pieces.
 * @done may be NULL.  0, -E2BIG or -ENOMEM; then @done is not called.
 */
int uvclient_call(struct uvclient *c, uint32_t type, const struct iovec *parts, size_t count,
		  uvclient_done done, void *arg);

/* The same with one string. */
int uvclient_path(struct uvclient *c, uint32_t type, const char *path, uvclient_done done, void *arg);

/*
 * Watches @path and all below.  An error of the daemon, such as a quota, gives
 * no event.  *out belongs to the client until uvclient_unwatch().
 */
int uvclient_watch(struct uvclient *c, const char *path, uvclient_event event, void *arg,
		   struct uvclient_watch **out);

/* Ends a watch; its callback is not called any more. */
void uvclient_unwatch(struct uvclient *c, struct uvclient_watch *watch);

/*
 * Runs @body in a transaction, and again if others were quicker or the
 * transaction was lost with its daemon; 100 times at most.  @done gets the
 * outcome.
 */
int uvclient_transaction(struct uvclient *c, uvclient_body body, uvclient_done done, void *arg);

/* A request in a transaction.  -EAGAIN as its answer: end the transaction, it will be repeated. */
int uvclient_tx_call(struct uvclient_tx *tx, uint32_t type, const struct iovec *parts, size_t count,
		     uvclient_done done, void *arg);

/*
 * Ends a transaction: commits it if @status is 0, else takes it back; -EAGAIN
 * repeats it, another status is its outcome.
 */
void uvclient_tx_end(struct uvclient_tx *tx, int status);
