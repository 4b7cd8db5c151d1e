/* SPDX-License-Identifier: MIT */
/*
 * What the daemon does, as records of the journal.
 */
#include "daemon/record.h"

#include <string.h>

#include "protocol/wire.h"

static struct journal *to;
/* The request that is handled asked the hypervisor. */
static bool asked;

void record_to(struct journal *journal)
{
	to = journal;
}

bool record_on(void)
{
	return to && !journal_failed(to);
}

void record_commit(void)
{
	if (to)
		journal_commit(to);
}

void record_fact(enum record_type type, uint16_t flags, uint32_t number)
{
	if (!to)
		return;
	asked |= type == RECORD_EXISTS;
	journal_append(to, (uint16_t)type, flags, number, NULL, 0, NULL, 0);
}

void record_data(enum record_type type, uint16_t flags, uint32_t number, const void *data, size_t len)
{
	if (to)
		journal_append(to, (uint16_t)type, flags, number, data, len, NULL, 0);
}

void record_input(uint32_t number, const void *data, size_t len, uint32_t index)
{
	struct record_ring ring = { (uint32_t)len, index };

	if (to)
		journal_append(to, RECORD_INPUT, 0, number, &ring, sizeof(ring), data, len);
}

void record_sent(uint32_t number, size_t len, uint32_t index)
{
	struct record_ring ring = { (uint32_t)len, index };

	record_data(RECORD_SENT, 0, number, &ring, sizeof(ring));
}

/*
 * Whether a request that succeeded must be executed again.  What is done to
 * domains is recorded where it is done.
 */
static bool changes_state(const struct xsd_sockmsg *hdr, const char *payload, bool is_local)
{
	switch (hdr->type) {
	case XS_DIRECTORY:
	case XS_DIRECTORY_PART:
	case XS_READ:
	case XS_GET_PERMS:
	case WIRE_GET_FEATURE:
	case WIRE_GET_QUOTA: return false;
	case XS_INTRODUCE:
	case XS_RELEASE:
	case XS_RESUME:
	case XS_SET_TARGET:
	case XS_GET_DOMAIN_PATH:
	case XS_IS_DOMAIN_INTRODUCED: return false;
	case XS_CONTROL:
		/* Of what can be controlled only limits are state. */
		return hdr->len > 5 && !strncmp(payload, "quota", 5);
	case XS_WATCH:
	case XS_UNWATCH: return !is_local;
	default: return true;
	}
}

static enum record_mode mode_of(const struct xsd_sockmsg *hdr, const char *payload, bool is_local,
				int rc, bool spoilt)
{
	if (hdr->type == XS_TRANSACTION_END)
		return rc ? RECORD_ABORT : RECORD_RUN;
	/* Nothing is refused when it is done again. */
	if (hdr->tx_id && (rc == -ENOSPC || rc == -EIO || rc == -ENOMEM))
		return spoilt ? RECORD_SPOIL : RECORD_SKIP;
	/* Within a transaction even a failed one leaves notes of what it saw. */
	if (hdr->tx_id)
		return RECORD_RUN;
	return !rc && changes_state(hdr, payload, is_local) ? RECORD_RUN : RECORD_SKIP;
}

void record_begin(uint32_t number, bool is_local, const struct xsd_sockmsg *hdr)
{
	struct record_count count = { (uint32_t)sizeof(*hdr) + hdr->len };

	if (!to)
		return;
	journal_set_busy(to, number + 1);
	if (!is_local)
		record_data(RECORD_BEGIN, 0, number, &count, sizeof(count));
}

bool record_end(uint32_t number, bool is_local, const struct xsd_sockmsg *hdr, const char *payload,
		int rc, bool spoilt)
{
	enum record_mode mode;

	if (!to)
		return false;
	mode = mode_of(hdr, payload, is_local, rc, spoilt);
	if (!is_local)
		record_fact(RECORD_END, (uint16_t)mode, number);
	else if (mode != RECORD_SKIP)
		journal_append(to, RECORD_REQUEST, (uint16_t)mode, number, hdr, sizeof(*hdr),
			       payload, hdr->len);
	else if (asked)
		record_fact(RECORD_REQUEST, RECORD_SKIP, number);
	asked = false;
	journal_set_busy(to, 0);
	return !is_local || mode != RECORD_SKIP;
}
