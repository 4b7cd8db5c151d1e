/* SPDX-License-Identifier: MIT */
/*
 * Taking everything down, and whether it adds up then.
 *
 * First each vCPU lets go of what only it can, then the first one does the
 * rest while the others wait.  After that no frame of the arena has a use that
 * we know of: each must be to be had writable, and the domain must have as
 * many frames as ever.  What does not is a count that the hypervisor lost.
 */
#include "fuzz.h"

#define ROUNDS 5 /* an unfinished table of level 4 may hold others down to level 1 */

static long frames_at_start = -1;

static void fail(struct cpu *c, const char *what)
{
	say("# %ld frames at the start\n", frames_at_start);
	report(c);
	complain(what);
}

static void reset_own(struct cpu *c)
{
	struct mmuext_op op[4] = {
		{ .cmd = MMUEXT_NEW_BASEPTR, .arg1.mfn = root_mfn },
		{ .cmd = MMUEXT_NEW_USER_BASEPTR, .arg1.mfn = c->user_root_mfn },
		{ .cmd = MMUEXT_SET_LDT },
		{ .cmd = MMUEXT_TLB_FLUSH_LOCAL },
	};

	if (call_now(c, __HYPERVISOR_mmuext_op, PTR(op), 4, 0, DOMID_SELF))
		complain("the first root cannot be had again");
	c->user_root = true;
	if (call_now(c, __HYPERVISOR_set_gdt, PTR(op), 0, 0, 0))
		complain("no descriptor table is refused");
	call_now(c, __HYPERVISOR_set_debugreg, 7, 0, 0, 0);
	call_now(c, __HYPERVISOR_set_debugreg, 6, 0, 0, 0);
	call_now(c, __HYPERVISOR_fpu_taskswitch, 0, 0, 0, 0);
	call_now(c, __HYPERVISOR_set_timer_op, 0, 0, 0, 0);
	call_now(c, __HYPERVISOR_vcpu_op, VCPUOP_stop_periodic_timer, c->id, 0, 0);
}

static void clear_entries(struct cpu *c, u64 maddr, unsigned int from, unsigned int to)
{
	mmu_update_t u[64];
	unsigned int n = 0;

	for (unsigned int i = from; i < to; i++) {
		u[n++] = (mmu_update_t){ .ptr = maddr + i * 8, .val = 0 };
		if (n == 64 || i == to - 1) {
			if (call_now(c, __HYPERVISOR_mmu_update, PTR(u), n, 0, DOMID_SELF))
				complain("an entry cannot be cleared");
			n = 0;
		}
	}
}

/* Pins and mappings of the arena; what a mapping of another frame hides is found by all. */
static void release_slots(struct cpu *c)
{
	for (u32 i = 0; i < nr_cpus * CPU_SLOTS; i++) {
		struct slot *s = &slots[i];

		if (s->mfn) {
			struct mmuext_op op = { .cmd = MMUEXT_UNPIN_TABLE, .arg1.mfn = s->mfn };

			call_now(c, __HYPERVISOR_mmuext_op, PTR(&op), 1, 0, DOMID_SELF);
		}
		if (call_now(c, __HYPERVISOR_update_va_mapping, PTR(slot_page(s)), 0, UVMF_INVLPG, 0))
			complain("a page cannot be unmapped");
		s->pinned = false;
		s->kind = PLAIN;
		s->map = NOT_MAPPED;
	}
}

/* For each frame that was given back, have another. */
static bool refill(struct cpu *c)
{
	struct xen_memory_reservation r = { .nr_extents = 1, .domid = DOMID_SELF };

	for (u32 i = 0; i < nr_cpus * CPU_SLOTS; i++) {
		xen_pfn_t m = 0;

		if (slots[i].mfn)
			continue;
		set_xen_guest_handle(r.extent_start, &m);
		if (call_now(c, __HYPERVISOR_memory_op, XENMEM_populate_physmap, PTR(&r), 0, 0) != 1)
			return false;
		slots[i].mfn = m;
	}
	return true;
}

/*
 * A check that was interrupted, and whose call then ended because its answer
 * could not be written, is finished by asking for the same again.
 */
void finish_check(struct cpu *c, u64 mfn)
{
	struct mmuext_op op[2] = { { .arg1.mfn = mfn },
				   { .cmd = MMUEXT_UNPIN_TABLE, .arg1.mfn = mfn } };

	for (u32 cmd = MMUEXT_PIN_L1_TABLE; cmd <= MMUEXT_PIN_L4_TABLE; cmd++) {
		op[0].cmd = cmd;
		call_now(c, __HYPERVISOR_mmuext_op, PTR(op), 2, 0, DOMID_SELF);
	}
}

/* Whether every slot has a frame that is mapped writable. */
static bool all_back(struct cpu *c)
{
	bool all = true;

	for (u32 i = 0; i < nr_cpus * CPU_SLOTS; i++)
		if (slots[i].map != MAPPED_RW && slot_map(c, &slots[i], MAPPED_RW)) {
			finish_check(c, slots[i].mfn);
			all = false;
		}
	return all;
}

/* What an unfinished check has looked at it holds: tables, and frames given back since. */
static void finish_checks(struct cpu *c)
{
	for (u32 i = 0; i < nr_cpus * CPU_SLOTS; i++)
		if (slots[i].mfn)
			finish_check(c, slots[i].mfn);
}

static void take_back(struct cpu *c)
{
	bool full = refill(c);

	for (int round = 0; round < ROUNDS && !full; round++) {
		finish_checks(c);
		full = refill(c);
	}
	if (!full)
		fail(c, "no frame for one that was given back");
	for (int round = 0; round < ROUNDS; round++)
		if (all_back(c))
			return;
	fail(c, "a frame with no use left cannot be written to");
}

static void reset_all(struct cpu *c)
{
	struct xen_memory_reservation claim = { .domid = 0 };
	long frames;

	call_now(c, __HYPERVISOR_memory_op, XENMEM_claim_pages, PTR(&claim), 0, 0);
	event_undo(c);
	domain_undo(c);
	for (unsigned int i = 0; i < nr_cpus; i++) {
		clear_entries(c, cpus[i].l2_maddr, 0, 512);
		clear_entries(c, cpus[i].user_l1_maddr, 2, 512);
	}
	release_slots(c);
	for (unsigned int i = 0; i < nr_cpus; i++)
		grant_undo(&cpus[i]);
	take_back(c);
	frames = reservation();
	if (frames_at_start < 0)
		frames_at_start = frames;
	if (frames != frames_at_start)
		fail(c, "the domain has another number of frames");
	calls_abandoned = false;
	forget_given();
	for (u32 i = 0; i < nr_cpus * CPU_SLOTS; i++) {
		u64 *p = (u64 *)slot_page(&slots[i]), n = 512;

		__asm__ volatile("rep stosq" : "+D"(p), "+c"(n) : "a"(0UL) : "memory");
	}
}

void reset_world(struct cpu *c)
{
	barrier(c);
	reset_own(c);
	barrier(c);
	if (!c->id)
		reset_all(c);
	barrier(c);
	event_init(c);
}
