/* SPDX-License-Identifier: MIT */
/*
 * How the records of the state stream lie in memory.  Sources: the design
 * document of Xen, and what Xen's own daemon writes.
 */
#pragma once

#include <stdint.h>

/* 'xenstore', read as a big-endian number. */
#define STREAM_IDENT	"xenstore"
#define STREAM_ALIGN	8
#define STREAM_BIG_FLAG 1u

struct layout_header {
	char ident[8];
	/* Big-endian. */
	uint32_t version;
	uint32_t flags;
};

struct layout_record {
	uint32_t type;
	uint32_t len;
};

struct layout_global {
	int32_t socket;
	int32_t evtchn;
};

#define LAYOUT_RING   0
#define LAYOUT_SOCKET 1
/* Of a connection. */
#define LAYOUT_READ_ONLY 1

struct layout_connection {
	uint32_t id;
	uint16_t type;
	uint16_t flags;
	union {
		struct {
			uint16_t domid;
			uint16_t target;
			uint32_t evtchn;
		} ring;
		struct {
			int32_t fd;
			uint32_t pad;
		} socket;
	};
	uint16_t in_len;
	uint16_t partial_len;
	uint32_t out_len;
};

struct layout_watch {
	uint32_t connection;
	uint16_t path_len;
	uint16_t token_len;
};

/* Follows a layout_watch in the extended record. */
struct layout_depth {
	uint16_t depth;
	uint16_t pad;
};

struct layout_transaction {
	uint32_t connection;
	uint32_t number;
};

struct layout_node {
	uint32_t connection;
	uint32_t number;
	uint16_t path_len;
	uint16_t value_len;
	uint16_t access;
	uint16_t perm_count;
};

/* The domain of the entry was gone: it grants nothing. */
#define LAYOUT_PERM_IGNORE 1

struct layout_perm {
	char access;
	uint8_t flags;
	uint16_t domid;
};

struct layout_quota {
	uint16_t domain_count;
	uint16_t global_count;
};

struct layout_domain {
	uint16_t domid;
	uint16_t count;
	uint32_t features;
};

struct layout_change {
	uint32_t connection;
	uint32_t number;
	uint16_t kind;
	uint16_t quiet;
	uint16_t path_len;
	uint16_t value_len;
	uint16_t perm_count;
	uint16_t pad;
};
