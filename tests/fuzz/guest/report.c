/* SPDX-License-Identifier: MIT */
/*
 * What there is to say when it does not add up: it may tell who holds a frame.
 */
#include "fuzz.h"

#define GIVEN 256 /* that are remembered */

static u64 given[GIVEN];
static u32 given_count;

void note_given(u64 mfn)
{
	u32 i = __atomic_fetch_add(&given_count, 1, __ATOMIC_RELAXED);

	given[i % GIVEN] = mfn;
}

void forget_given(void)
{
	given_count = 0;
}

long reservation(void)
{
	struct xen_memory_domain md = { .domid = DOMID_SELF };

	return hypercall2(__HYPERVISOR_memory_op, XENMEM_current_reservation, &md);
}

/* What the hypervisor's log has got since the last time; or forget it. */
static void new_log(bool show)
{
	struct xen_sysctl_readconsole *r = &sysctl_op.u.readconsole;
	static char text[16384];

	memset(&sysctl_op, 0, sizeof(sysctl_op));
	r->clear = 1;
	r->count = sizeof(text);
	set_xen_guest_handle(r->buffer, text);
	if (!sysctl(XEN_SYSCTL_readconsole) && show)
		console_write(text, r->count);
}

/* Have it logged what frames count as, as of a bad request; twenty a second are. */
static void describe(struct cpu *c, const char *what, const u64 *mfns, u32 n)
{
	for (u32 i = 0; i < n; i += 16) {
		sched_poll_t poll = { .timeout = now_ns() + 3000000000ULL };

		hypercall2(__HYPERVISOR_sched_op, SCHEDOP_poll, &poll);
		say("# %s:\n", what);
		for (u32 j = i; j < n && j < i + 16; j++) {
			mmu_update_t u = { .ptr = mfns[j] << 12 | 4 };

			call_now(c, __HYPERVISOR_mmu_update, PTR(&u), 1, 0, DOMID_SELF);
		}
		new_log(true);
	}
}

static bool in_a_slot(u64 mfn)
{
	for (u32 i = 0; i < nr_cpus * CPU_SLOTS; i++)
		if (slots[i].mfn == mfn)
			return true;
	return false;
}

/* Frames that were given back, are in no slot, and can be mapped: the domain's still. */
static u32 still_ours(struct cpu *c, u64 *mfns)
{
	static u8 page[4096] __attribute__((aligned(4096)));
	u32 n = 0;

	for (u32 i = 0; i < given_count && i < GIVEN; i++) {
		u64 ro = pte_of(given[i], PLAIN_FLAGS & ~PTE_RW);

		if (in_a_slot(given[i]) ||
		    call_now(c, __HYPERVISOR_update_va_mapping, PTR(page), ro, UVMF_INVLPG, 0))
			continue;
		say("# still ours: mfn %lx\n", given[i]);
		mfns[n++] = given[i];
	}
	return n;
}

void report(struct cpu *c)
{
	static u64 held[MAX_SLOTS], ours[GIVEN];
	u32 n = 0;

	say("# %ld frames; %u given back or exchanged, %lu grants stuck, calls %sabandoned\n",
	    reservation(), given_count, grant_stuck, calls_abandoned ? "" : "not ");
	for (u32 i = 0; i < nr_cpus * CPU_SLOTS; i++) {
		struct slot *s = &slots[i];

		/* None, or one in use somewhere. */
		if (!slot_map(c, s, MAPPED_RW))
			continue;
		say("# slot %u: mfn %lx\n", i, s->mfn);
		if (s->mfn)
			held[n++] = s->mfn;
	}
	new_log(false);
	describe(c, "in use", held, n);
	describe(c, "given back and ours", ours, still_ours(c, ours));
}
