/* SPDX-License-Identifier: MIT */
/*
 * Transactions of an asynchronous client: begun, ended, and repeated if others
 * were quicker.
 */
#include <errno.h>
#include <stdlib.h>

#include "client/uvclient.h"
#include "client/uvstate.h"
#include "protocol/wire.h"

#define ATTEMPTS 100

static void tx_start(struct uvclient_tx *tx);

/* Tells a transaction's outcome and lets go of it. */
static void tx_outcome(struct uvclient_tx *tx, int status)
{
	if (tx->done)
		tx->done(tx->arg, status, NULL, 0);
	uvstate_put(tx);
}

static void tx_again(struct uvclient_tx *tx)
{
	if (tx->attempts >= ATTEMPTS)
		tx_outcome(tx, -EAGAIN);
	else
		tx_start(tx);
}

static void on_started(void *arg, int status, const char *data, size_t len)
{
	struct uvclient_tx *tx = arg;
	uint64_t wire;

	(void)len;
	if (!status && (!wire_number(data, UINT32_MAX, &wire) || !wire))
		status = -EPROTO;
	if (status) {
		tx_outcome(tx, status);
		return;
	}
	tx->wire = (uint32_t)wire;
	tx->body(tx->arg, tx);
}

/* Asks for a transaction on this connection. */
static void tx_start(struct uvclient_tx *tx)
{
	int rc;

	tx->attempts++;
	tx->lost = false;
	tx->wire = 0;
	rc = uvclient_path(tx->client, XS_TRANSACTION_START, "", on_started, tx);
	if (rc)
		tx_outcome(tx, rc);
}

int uvclient_transaction(struct uvclient *c, uvclient_body body, uvclient_done done, void *arg)
{
	struct uvclient_tx *tx = calloc(1, sizeof(*tx));
	int rc;

	if (!tx)
		return -ENOMEM;
	tx->client = c;
	tx->body = body;
	tx->done = done;
	tx->arg = arg;
	tx->users = 1;
	tx->attempts = 1;
	rc = uvclient_path(c, XS_TRANSACTION_START, "", on_started, tx);
	if (rc)
		free(tx);
	return rc;
}

int uvclient_tx_call(struct uvclient_tx *tx, uint32_t type, const struct iovec *parts, size_t count,
		     uvclient_done done, void *arg)
{
	return uvstate_submit(tx->client, tx, type, parts, count, done, arg);
}

static void on_ended(void *arg, int status, const char *data, size_t len)
{
	struct uvclient_tx *tx = arg;

	(void)data;
	(void)len;
	if (status == -EAGAIN)
		tx_again(tx);
	else
		tx_outcome(tx, status);
}

void uvclient_tx_end(struct uvclient_tx *tx, int status)
{
	char how[] = { status ? 'F' : 'T', '\0' };
	const struct iovec part = { how, sizeof(how) };
	int rc;

	if (tx->lost) {
		/* Nothing to end; its changes are nowhere. */
		on_ended(tx, status ? status : -EAGAIN, NULL, 0);
		return;
	}
	if (!status) {
		rc = uvstate_submit(tx->client, tx, XS_TRANSACTION_END, &part, 1, on_ended, tx);
		if (rc)
			tx_outcome(tx, rc);
		return;
	}
	uvstate_submit(tx->client, tx, XS_TRANSACTION_END, &part, 1, NULL, NULL);
	on_ended(tx, status, NULL, 0);
}
