/* SPDX-License-Identifier: MIT */
/*
 * Local clients whose sockets are closed.
 */
#include "daemon/ghost.h"

#include <stdlib.h>

struct ghost {
	struct conn conn;
	struct ghost *next;
};

static struct ghost *ghosts;

static void flush(struct conn *conn)
{
	(void)conn;
}

static const struct conn_transport transport = {
	.flush = flush,
	.free = flush,
};

struct conn *ghost_find(uint32_t number)
{
	for (struct ghost *ghost = ghosts; ghost; ghost = ghost->next) {
		if (ghost->conn.number == number)
			return &ghost->conn;
	}
	return NULL;
}

struct conn *ghost_new(struct store *store, uint32_t number)
{
	struct ghost *ghost = calloc(1, sizeof(*ghost));

	if (!ghost)
		return NULL;
	if (conn_init(&ghost->conn, &transport, store, 0, true, WIRE_MAX)) {
		free(ghost);
		return NULL;
	}
	conn_set_number(&ghost->conn, number);
	ghost->next = ghosts;
	ghosts = ghost;
	return &ghost->conn;
}

void ghost_end(uint32_t number)
{
	struct ghost **at = &ghosts;
	struct ghost *ghost;

	while (*at && (*at)->conn.number != number)
		at = &(*at)->next;
	ghost = *at;
	if (!ghost)
		return;
	*at = ghost->next;
	conn_fini(&ghost->conn);
	free(ghost);
}

void ghost_end_all(void)
{
	while (ghosts)
		ghost_end(ghosts->conn.number);
}
