/* SPDX-License-Identifier: MIT */
/*
 * A machine of plain memory with three guests, for tests of a daemon that ends
 * and goes on: pages stay when machine_end() has taken the daemon away.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <xen/io/xs_wire.h>

#include "daemon/hv.h"
#include "store/store.h"

/* Domain 0, which has no ring, and three guests. */
#define GUESTS 4

extern struct store store;
extern struct xenstore_domain_interface pages[GUESTS];
/* A domain that is no more; -1 if all are there. */
extern int gone;
/* The payload of the last message. */
extern char answer[XENSTORE_PAYLOAD_MAX + 1];
extern const struct hv machine_hv;
extern const struct access_id root;

/* A new machine with homes for the guests, and all of them introduced. */
void machine_setup(void);

/* A daemon with an empty store begins, or ends. */
void machine_start(void);
void machine_end(void);

/* Lets the daemon do all that it can. */
void settle(void);

/* A guest's end of its ring. */
void put_bytes(uint16_t domid, const void *data, size_t len);
size_t get_bytes(uint16_t domid, void *out, size_t len);

/* Takes a message into @answer; its type, or -1 if there is none. */
int get_message(uint16_t domid);

/* A request, and the type of the first message that comes. */
int call(uint16_t domid, uint32_t type, uint32_t txn, const char *payload, size_t len);

#define CALL(domid, type, txn, text) call(domid, type, txn, text, sizeof(text))
/* Without the NUL behind it. */
#define WRITE(domid, txn, text) call(domid, XS_WRITE, txn, text, sizeof(text) - 1)

/* A request that must be refused with the error @name. */
void refused(uint16_t domid, uint32_t type, uint32_t txn, const char *payload, size_t len,
	     const char *name);

#define REFUSED(domid, type, txn, text, name) refused(domid, type, txn, text, sizeof(text), name)

/* The same domain dies and is noticed; another comes to its number and is introduced. */
void machine_kill(uint16_t domid);
void machine_reborn(uint16_t domid);

/* Begins a transaction; its number. */
uint32_t begin_txn(uint16_t domid);

/* Checks a node of the store. */
void expect_value(const char *path, const char *value);
