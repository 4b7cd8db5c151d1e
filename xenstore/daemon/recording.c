/* SPDX-License-Identifier: MIT */
/*
 * Keeps the journal in order.
 */
#include "daemon/recording.h"

#include "daemon/dlog.h"
#include "daemon/record.h"
#include "daemon/save.h"

static struct journal *used;

static int snapshot(struct store *store)
{
	int rc = journal_snapshot_begin(used);

	if (!rc)
		rc = save_state(store, journal_snapshot_sink, used);
	return rc ? rc : journal_snapshot_end(used);
}

static void give_up(void)
{
	dlog("no memory for the journal: if this process is killed the store is lost");
	record_to(NULL);
	/* What it holds would be older than what clients were told. */
	journal_void(used);
	used = NULL;
}

void recording_start(struct journal *journal, struct store *store)
{
	used = journal;
	if (snapshot(store))
		give_up();
	else
		record_to(journal);
}

void recording_turn(struct store *store)
{
	if (!used)
		return;
	if (journal_failed(used) || (journal_is_long(used) && snapshot(store)))
		give_up();
}
