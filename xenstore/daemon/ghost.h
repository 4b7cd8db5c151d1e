/* SPDX-License-Identifier: MIT */
/*
 * Local clients whose sockets are closed: what they had open lives on for as
 * long as a journal is done again.
 */
#pragma once

#include "daemon/conn.h"

/* The ghost of a connection's number, or NULL. */
struct conn *ghost_find(uint32_t number);

/* Makes one; NULL if memory is short. */
struct conn *ghost_new(struct store *store, uint32_t number);

/* Ends one, if it is there, or all, with their transactions. */
void ghost_end(uint32_t number);
void ghost_end_all(void);
