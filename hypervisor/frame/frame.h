/* SPDX-License-Identifier: MIT */
/*
 * One descriptor for each frame of RAM: who owns it and what it is used as.
 *
 * Two counts.  `ref` counts reasons for the frame to exist for its owner: one
 * while it is allocated to a domain, one for each mapping of it in a validated
 * page table, one for each use by the hypervisor or a grant.  The frame is
 * freed when ref reaches zero.  `type` counts uses of one kind, and a frame
 * has one kind at a time: writable by a guest, page table of level 1..4,
 * segment descriptors.  A frame can change kind only while its type count is
 * zero.  So no guest can write to a table that a processor walks or to a
 * descriptor that a processor loads; everything else rests on this.
 *
 * A table kind also says whether the content has been validated.  Validation
 * survives the count's fall to zero (the content cannot have changed: nobody
 * could write) until the frame takes another kind; it is then undone, which
 * drops the references the entries held.  Whether that undoing happens at
 * count zero or lazily at the change of kind is frame/type.c's business.
 *
 * A frame whose last writable mapping goes may still be in a TLB: its stamp
 * holds the flush clock of that moment (smp/tlb.h), and a change of kind first
 * flushes those CPUs that ran its owner and have not flushed since.
 *
 * `ref`, `type` are changed by compare-and-swap only; no lock is needed to
 * take or drop either.  Table content is written under the owner's mm_lock.
 */
#pragma once

#include "lib/types.h"
#include "x86/layout.h"

/* What a frame is in use as. */
enum frame_type {
	FRAME_NONE,
	FRAME_L1,
	FRAME_L2,
	FRAME_L3,
	FRAME_L4,
	FRAME_SEGDESC,
	FRAME_WRITABLE,
};

struct frame {
	u64 ref;   /* FRAME_ALLOCATED | FRAME_HV_PAGE | count */
	u64 type;  /* see frame/type.h */
	u16 owner; /* domid, or FRAME_OWNER_* */
	union {
		u16 flags; /* FRAME_MAPPED_ABROAD; kept by frame/owner.c */
		u16 buddy; /* while free: order + 1 and BUDDY_DIRTY of the block that starts here */
	};
	u32 stamp;	/* flush clock of the last loss of a mapping; order while free */
	u32 next, prev; /* owner's list of frames, or free list; mfn of neighbour, 0 ends */
};

_Static_assert(sizeof(struct frame) == 32, "32 bytes a frame is the budget");

#define FRAME_ALLOCATED (1ULL << 63) /* belongs to its owner; holds one count */
#define FRAME_HV_PAGE \
	(1ULL << 62) /* a hypervisor page shared with its owner: not in tot_pages, freed by us */
#define FRAME_COUNT 0x00ffffffffffffffULL

/* Another domain has (had) it in its tables: any CPU may hold a translation, not only the owner's. */
#define FRAME_MAPPED_ABROAD \
	0x8000 /* never a value of buddy: the allocator asks allocated neighbours too */

/* Owners beyond domids: free or hypervisor memory (nobody's), MMIO and the like (DOMID_IO). */
#define FRAME_OWNER_NONE 0x7ff9
#define FRAME_OWNER_IO	 0x7ff1 /* DOMID_IO */
#define FRAME_OWNER_XEN \
	0x7ff2 /* DOMID_XEN: pages dom0 may map read-only (M2P, trace, shared hypervisor data) */

#define frame_table ((struct frame *)FRAME_TABLE_START)

/* Number of frame-table entries; frames beyond, or with owner NONE, are not RAM of a guest. */
extern u64 frame_table_size;

static inline bool frame_valid(mfn_t m)
{
	return m.v < frame_table_size;
}

/*
 * 32 bits are more than there are frames, and lead nowhere but to places of the
 * frame table's own slot, however wrong a number the processor guesses with.
 */
static inline struct frame *frame_of(mfn_t m)
{
	return &frame_table[(u32)m.v];
}

static inline mfn_t frame_mfn(const struct frame *f)
{
	return mfn((u64)(f - frame_table));
}
