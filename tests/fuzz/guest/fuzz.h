/* SPDX-License-Identifier: MIT */
/*
 * A guest that asks for anything, nearly all of which could be meant.
 *
 * Each vCPU draws operations from a table by a random number and keeps a model
 * of its own things: which frames it has, what each is made up to be, where
 * they are mapped, which ports, grants and handles there are.  The model makes
 * most operations get deep; it is never believed, and nothing is concluded
 * from a single answer.  After some thousand operations all is taken down
 * again (reset.c), and then it has to add up: each frame can be had writable,
 * the domain has the number of frames it began with.  If not, the hypervisor
 * kept something, and the run fails.
 *
 * What the model is for as well: the guest must not saw off its own branch.
 * Its text, stacks, first page tables and handlers are out of bounds; so are
 * the few operations that end a domain by right.
 */
#pragma once

#include "guest.h"

#define MAX_CPUS   8
#define CPU_SLOTS  64 /* frames of each vCPU; the last are for all to meddle with */
#define OWN_SLOTS  48
#define DATA_SLOTS 16 /* of the own ones, those that are mapped writable at many places */
#define MAX_SLOTS  (MAX_CPUS * CPU_SLOTS)
#define WINDOWS	   4 /* level-1 tables that can hang in a vCPU's part of the window */
#define PORTS	   16
#define HANDLES	   16
#define BATCH	   8 /* calls of a multicall */
#define CALL_BYTES 4096
#define GRANT_REFS 256 /* of each vCPU */

/* One vCPU's 1 GiB of addresses, in a slot of the top-level table that the builder leaves empty. */
#define WINDOW_SLOT	8
#define WINDOW_VA(c)	(((u64)WINDOW_SLOT << 39) + ((u64)(c)->id << 30))
#define USER_FUZZ_VA	0x410000UL /* user addresses whose entries are random */
#define USER_FUZZ_INDEX 16
#define SNIPPET_SIZE	64
#define PLAIN_FLAGS	(PTE_P | PTE_RW | PTE_US | PTE_A | PTE_D)

enum kind { PLAIN, L1, L2, L3, L4, SEGDESC };
enum map { NOT_MAPPED, MAPPED_RO, MAPPED_RW, MAPPED_OTHER };

struct slot {
	u64 mfn; /* 0: given back */
	u8 kind, map;
	bool pinned;
};

struct handle {
	bool used;
	u32 handle;
	u64 host, dev; /* as unmapping wants them */
	u64 mfn;
	u16 flags;
};

struct cpu;

/* A hypercall to be made, alone or in a batch. */
struct call {
	u64 nr, a[5];
	u8 *buf;	    /* CALL_BYTES of its own */
	unsigned int count; /* operations in it */
	void (*post)(struct cpu *c, struct call *k, long rc);
	u32 x, y; /* for post() */
	u64 z;
};

struct cpu {
	unsigned int id;
	u64 random;
	u64 ops, calls, traps, depth; /* depth: calls that succeeded */
	u64 upcalls, nmis, failsafes;
	u64 recover_rip, recover_rsp, recover_rbp;
	bool user_root; /* there is one to return to user mode with */
	u64 l2_mfn, l2_maddr, user_root_mfn, user_l1_maddr;
	u32 ports[PORTS];
	struct handle handles[HANDLES];
	u64 watchdog;
	volatile u32 phase; /* for the barrier */
	volatile bool alive;
	struct call call[BATCH];
	u8 *multi;
};

extern struct cpu cpus[MAX_CPUS];
extern unsigned int nr_cpus;
extern struct slot slots[MAX_SLOTS];
extern u8 arena[MAX_SLOTS][4096];
extern u64 root_mfn;

/* Operations on one's way: either makes a call, or does all itself. */
struct op {
	const char *name;
	unsigned int weight;
	void (*make)(struct cpu *c, struct call *k);
	void (*run)(struct cpu *c);
};
extern const struct op ops_paging[], ops_event[], ops_grant[], ops_memory[], ops_processor[],
	ops_other[], ops_domain[];

/* A vCPU's own sequence: xorshift. */
static inline u64 rnd(struct cpu *c)
{
	u64 s = c->random;

	s ^= s << 13;
	s ^= s >> 7;
	s ^= s << 17;
	c->random = s;
	return s * 0x2545f4914f6cdd1dULL;
}

static inline u32 below(struct cpu *c, u32 n)
{
	return (u32)(((rnd(c) >> 32) * n) >> 32);
}

static inline bool one_in(struct cpu *c, u32 n)
{
	return below(c, n) == 0;
}

/* A number that calls stumble over. */
u64 odd_word(struct cpu *c);

/* main.c: make one call; run with a way back from faults. */
/* Whose stack an address is in. */
struct cpu *this_cpu_of(const void *p);
long issue(struct cpu *c, struct call *k);
/* A call that the fuzzer needs itself, made at once; it counts as one. */
long call_now(struct cpu *c, u64 nr, u64 a1, u64 a2, u64 a3, u64 a4);
bool attempt(struct cpu *c, void (*fn)(void *arg), void *arg);
/* The run fails. */
void complain(const char *what) __attribute__((noreturn));

/* model.c: slots, entries. */
struct slot *slot_data(struct cpu *c);
struct slot *slot_any(struct cpu *c);
struct slot *slot_own(struct cpu *c);
/* One of @kind, or NULL. */
struct slot *slot_kind(struct cpu *c, enum kind kind);
static inline u32 slot_index(const struct slot *s)
{
	return (u32)(s - slots);
}
static inline u8 *slot_page(const struct slot *s)
{
	return arena[s - slots];
}
bool slot_private(const struct cpu *c, const struct slot *s);
/* What is no frame of the guest's own core. */
u64 odd_frame(struct cpu *c);
u64 entry_for(struct cpu *c, unsigned int level);
u32 index_for(struct cpu *c, unsigned int level);
long slot_map(struct cpu *c, struct slot *s, enum map map);
u64 window_va(struct cpu *c);

/* reset.c */
void reset_world(struct cpu *c);
void finish_check(struct cpu *c, u64 mfn);
/* A call on tables was given a bad place for its count: a check may be left unfinished. */
extern volatile bool calls_abandoned;
void barrier(struct cpu *c);

/* report.c */
/* A frame was given away; when all is back they are forgotten. */
void note_given(u64 mfn);
void forget_given(void);
long reservation(void); /* frames that the domain has */
/* On the console, before a complaint. */
void report(struct cpu *c);

/* cpu.c: the bodies of vCPUs. */
void cpu_prepare_user(struct cpu *c);
long cpu_start(struct cpu *c);
void cpu_main(struct cpu *c) __attribute__((noreturn));
extern u8 run_stack[MAX_CPUS][32768], trap_stack[MAX_CPUS][16384];

/* grant.c */
extern volatile grant_entry_v1_t *grant_table;
extern u64 grant_stuck;
void grant_init(void);
void grant_undo(struct cpu *c);

/* domain.c */
void domain_undo(struct cpu *c);

/* event.c */
void event_init(struct cpu *c);
void event_undo(struct cpu *c);
void event_handle(struct cpu *c);
