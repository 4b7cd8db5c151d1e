/* SPDX-License-Identifier: MIT */
/*
 * Claim: a domain has up to 64 vCPUs, and each of them runs, sleeps, is woken and is flushed.
 * Attack: vCPU 64 and beyond; those that the shared page has no place for, before they have one.
 * Method: a token goes round by events between sleeping vCPUs; then a page changes under all of them,
 *	with a flush by a mask of 64; then they go down.
 * SMP: 4
 * OPTIONS: dom0_max_vcpus=64
 * LIMIT: 90
 * Proves: vcpu_op.VCPUOP_initialise ok refused
 * Proves: vcpu_op.VCPUOP_register_vcpu_info ok
 * Proves: vcpu_op.VCPUOP_down ok
 * Proves: mmuext_op.MMUEXT_TLB_FLUSH_MULTI ok
 */
#include "guest.h"

#define VCPUS  64
#define ROUNDS 5
#define SLOTS  8 /* vcpu_info to a page */

static u8 stacks[VCPUS][2048] __attribute__((aligned(16)));
static u32 ports[VCPUS];
static volatile u32 turns[VCPUS], wrong[VCPUS];
static volatile u32 looking, seen_old, round_nr, gone;
static volatile bool stop;
static void *pages[VCPUS / SLOTS];
static volatile u64 *window;

static long vcpu(unsigned int cmd, u32 id, void *arg)
{
	return hypercall3(__HYPERVISOR_vcpu_op, cmd, id, PTR(arg));
}

/* Sleep until the port is pending, and clear it. */
static void take(u32 id)
{
	struct sched_poll p = { .nr_ports = 1 };

	set_xen_guest_handle(p.ports, &ports[id]);
	while (!event_pending(ports[id]))
		hypercall2(__HYPERVISOR_sched_op, SCHEDOP_poll, &p);
	event_clear(ports[id]);
}

static void pass(u32 id)
{
	event_send(ports[(id + 1) % VCPUS]);
}

static __attribute__((noreturn)) void live(u32 id)
{
	evtchn_status_t st = { .dom = DOMID_SELF, .port = ports[id] };

	while (turns[id] < ROUNDS) {
		take(id);
		wrong[id] += event_op(EVTCHNOP_status, &st) || st.vcpu != id;
		turns[id]++;
		pass(id);
	}
	for (u32 round = 0; !stop;) {
		/* Whoever keeps an old translation reads an old number. */
		u32 now = round_nr;

		if (now != round) {
			if (*window != now)
				__sync_fetch_and_add(&seen_old, 1);
			round = now;
			__sync_fetch_and_add(&looking, 1);
		}
		hypercall2(__HYPERVISOR_sched_op, SCHEDOP_yield, 0);
	}
	__sync_fetch_and_add(&gone, 1);
	for (;;)
		vcpu(VCPUOP_down, id, NULL);
}

static long start(u32 id)
{
	static vcpu_guest_context_t c;
	struct vcpu_register_vcpu_info info = { .mfn = virt_to_mfn(pages[id / SLOTS]),
						.offset = id % SLOTS * 64 };
	long rc;

	memset(&c, 0, sizeof(c));
	c.flags = VGCF_in_kernel;
	c.user_regs.rip = PTR(live);
	c.user_regs.rdi = id;
	c.user_regs.rsp = PTR(stacks[id]) + sizeof(stacks[id]) - 8;
	c.user_regs.cs = FLAT_KERNEL_CS;
	c.user_regs.ss = FLAT_KERNEL_SS;
	c.user_regs.rflags = 0x202;
	c.kernel_ss = FLAT_KERNEL_SS;
	c.kernel_sp = c.user_regs.rsp;
	c.ctrlreg[3] = xen_pfn_to_cr3(virt_to_mfn((void *)start_info->pt_base));
	if (id == VCPUS - 1)
		check_is(vcpu(VCPUOP_initialise, id, &c), -GUEST_EINVAL,
			 "vCPU 63 needs a place for its vcpu_info");
	rc = vcpu(VCPUOP_register_vcpu_info, id, &info);
	/* Nothing is delivered to it: it polls. */
	((vcpu_info_t *)((u8 *)pages[id / SLOTS] + info.offset))->evtchn_upcall_mask = 1;
	rc = rc ? rc : vcpu(VCPUOP_initialise, id, &c);
	return rc ? rc : vcpu(VCPUOP_up, id, NULL);
}

static void token(void)
{
	bool good = true;

	pass(0);
	for (u32 round = 0; round < ROUNDS; round++) {
		take(0);
		turns[0]++;
		if (round < ROUNDS - 1)
			pass(0);
	}
	for (u32 id = 0; id < VCPUS; id++)
		good &= turns[id] == ROUNDS && !wrong[id];
	check(good, "a token has gone round %u times", ROUNDS);
}

/* The window shows one page and another in turns. */
static void flushes(void)
{
	u64 mask = ~0ULL;
	struct mmuext_op op = { .cmd = MMUEXT_TLB_FLUSH_MULTI };
	volatile u64 *page[2];

	set_xen_guest_handle(op.arg2.vcpumask, (void *)&mask);
	for (int i = 0; i < 2; i++)
		page[i] = page_alloc();
	for (u32 round = 1; round <= 20; round++) {
		u64 end = now_ns() + 20000000000;

		*page[round & 1] = round;
		looking = 0;
		update_va((void *)window, pte_of(virt_to_mfn((void *)page[round & 1]), 0x67), 0);
		if (hypercall4(__HYPERVISOR_mmuext_op, &op, 1, 0, DOMID_SELF))
			break;
		round_nr = round;
		while (looking < VCPUS - 1 && now_ns() < end)
			hypercall2(__HYPERVISOR_sched_op, SCHEDOP_yield, 0);
	}
	check(round_nr == 20 && looking == VCPUS - 1 && !seen_old,
	      "20 flushes of all: %u of %u looked, %u saw what had been", looking, VCPUS - 1,
	      seen_old);
}

void proof(void)
{
	static vcpu_guest_context_t none;
	long rc = 0;
	u32 up = 0;

	window = page_alloc();
	for (u32 i = 0; i < VCPUS / SLOTS; i++)
		pages[i] = page_alloc();
	check(vcpu(VCPUOP_initialise, 64, &none) == -GUEST_ENOENT &&
		      vcpu(VCPUOP_up, 64, NULL) == -GUEST_ENOENT,
	      "vCPU 64 does not exist");
	for (u32 id = 0; !rc && id < VCPUS; id++) {
		evtchn_bind_ipi_t b = { .vcpu = id };

		rc = event_op(EVTCHNOP_bind_ipi, &b);
		ports[id] = b.port;
		event_mask(b.port, true);
		if (id)
			rc = rc ? rc : start(id);
	}
	check_is(rc, 0, "64 vCPUs with an event of their own");
	for (u32 id = 0; id < VCPUS; id++)
		up += vcpu(VCPUOP_is_up, id, NULL) == 1;
	check(up == VCPUS, "%u are up", up);
	check(!domctl(XEN_DOMCTL_getdomaininfo, 0) &&
		      domctl_op.u.getdomaininfo.nr_online_vcpus == VCPUS &&
		      domctl_op.u.getdomaininfo.max_vcpu_id == VCPUS - 1,
	      "which the tools see");
	token();
	flushes();
	stop = true;
	for (u64 end = now_ns() + 30000000000; now_ns() < end && up > 1;) {
		up = 0;
		for (u32 id = 0; id < VCPUS; id++)
			up += vcpu(VCPUOP_is_up, id, NULL) == 1;
		hypercall2(__HYPERVISOR_sched_op, SCHEDOP_yield, 0);
	}
	check(up == 1 && gone == VCPUS - 1, "all but one go down");
}
