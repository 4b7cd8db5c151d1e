/* SPDX-License-Identifier: MIT */
/*
 * Recovery: from a journal to the state in which its writer ended.
 */
#pragma once

#include "daemon/hv.h"
#include "state/journal.h"
#include "store/store.h"

/*
 * Fills an empty store from the journal's snapshot, does again what its log
 * says, and connects the domains through @hv (NULL if there is none).  Local
 * clients are gone, and what they had open with them.  -ENODATA if the journal
 * is empty; -EINVAL if it is damaged; nothing can go on from that.
 */
int replay_journal(struct journal *journal, const struct hv *hv, struct store *store);
