/* SPDX-License-Identifier: MIT */
/*
 * The remaining calls, and calls that mean nothing at all.
 */
#include "fuzz.h"

extern const u64 trap_entries[][2];
extern char guest_event_entry[], guest_failsafe_entry[], guest_syscall_entry[];

static void make_version(struct cpu *c, struct call *k)
{
	k->nr = __HYPERVISOR_xen_version;
	k->a[0] = below(c, one_in(c, 8) ? 20 : 11);
	k->a[1] = one_in(c, 6) ? odd_word(c) : PTR(k->buf);
	if (k->a[0] == XENVER_get_features)
		((u32 *)k->buf)[0] = below(c, 3);
	if (k->a[0] == XENVER_build_id)
		((u32 *)k->buf)[0] = below(c, 64);
}

/* The same handlers again, or some of them. */
static void make_traps(struct cpu *c, struct call *k)
{
	struct trap_info *t = (void *)k->buf;
	u32 i;

	for (i = 0; trap_entries[i][1]; i++)
		t[i] = (struct trap_info){
			.vector = (u8)trap_entries[i][0],
			.flags = (u8)(trap_entries[i][0] == 3 || trap_entries[i][0] == 128
					      ? 3
					      : below(c, 2) * 4),
			.cs = (u16)(one_in(c, 4) ? rnd(c) : FLAT_KERNEL_CS),
			.address = trap_entries[i][1],
		};
	t[one_in(c, 8) ? below(c, i) : i].address = 0;
	if (one_in(c, 10))
		t[below(c, i)].address = 0x800000000000ULL << below(c, 16);
	k->nr = __HYPERVISOR_set_trap_table;
	k->a[0] = PTR(t);
}

static void make_callbacks(struct cpu *c, struct call *k)
{
	static const char *const entries[] = { guest_event_entry, guest_failsafe_entry,
					       guest_syscall_entry };

	if (one_in(c, 2)) {
		k->nr = __HYPERVISOR_set_callbacks;
		for (int i = 0; i < 3; i++)
			k->a[i] = PTR(entries[i]);
		if (one_in(c, 8))
			k->a[below(c, 3)] = 1ULL << (48 + below(c, 15));
	} else {
		struct callback_register *r = (void *)k->buf;

		memset(r, 0, sizeof(*r));
		k->nr = __HYPERVISOR_callback_op;
		k->a[0] = one_in(c, 10) ? odd_word(c) : CALLBACKOP_register;
		k->a[1] = PTR(r);
		r->type = (u16)below(c, 9);
		r->flags = (u16)below(c, 2);
		/* The place of NMIs takes an entry of a trap; all others the system call's. */
		r->address = r->type == CALLBACKTYPE_event	? PTR(guest_event_entry)
			     : r->type == CALLBACKTYPE_failsafe ? PTR(guest_failsafe_entry)
			     : r->type == CALLBACKTYPE_nmi	? trap_entries[2][1]
								: PTR(guest_syscall_entry);
		if (r->type == CALLBACKTYPE_nmi && one_in(c, 4))
			k->a[0] = CALLBACKOP_unregister;
	}
}

static void after_watchdog(struct cpu *c, struct call *k, long rc)
{
	sched_watchdog_t w = { .id = (u32)rc };

	(void)k;
	/* Nobody would feed it. */
	if (rc > 0)
		call_now(c, __HYPERVISOR_sched_op, SCHEDOP_watchdog, PTR(&w), 0, 0);
}

static void make_sched(struct cpu *c, struct call *k)
{
	k->nr = __HYPERVISOR_sched_op;
	k->a[1] = PTR(k->buf);
	memset(k->buf, 0, 64);
	switch (below(c, 5)) {
	case 0: k->a[0] = SCHEDOP_yield; break;
	case 1: {
		sched_watchdog_t *w = (void *)k->buf;

		k->a[0] = SCHEDOP_watchdog;
		w->timeout = 100000 + below(c, 1000);
		w->id = one_in(c, 4) ? below(c, 5) : 0;
		if (w->id)
			w->timeout = 0;
		else
			k->post = after_watchdog;
		break;
	}
	case 2:
		k->a[0] = SCHEDOP_shutdown_code;
		((sched_shutdown_t *)k->buf)->reason = 99;
		break;
	case 3: {
		sched_remote_shutdown_t *r = (void *)k->buf;

		k->a[0] = SCHEDOP_remote_shutdown;
		r->domain_id = (domid_t)(1 + below(c, 8));
		r->reason = below(c, 8);
		break;
	}
	default:
		k->a[0] = SCHEDOP_pin_override;
		((struct sched_pin_override *)k->buf)->pcpu = one_in(c, 3) ? (int)below(c, 5) : -1;
	}
}

/* Areas that are written behind our back: only where the arena may be. */
static u64 area(struct cpu *c)
{
	return one_in(c, 3) ? 0 : one_in(c, 4) ? odd_word(c) : window_va(c) + below(c, 4096);
}

static void make_vcpu(struct cpu *c, struct call *k)
{
	u64 *w = (u64 *)k->buf;

	k->nr = __HYPERVISOR_vcpu_op;
	k->a[1] = below(c, nr_cpus + one_in(c, 8));
	k->a[2] = PTR(k->buf);
	memset(k->buf, 0, 64);
	switch (below(c, 12)) {
	case 0: k->a[0] = VCPUOP_is_up; break;
	case 1: k->a[0] = VCPUOP_up; break;
	case 2: k->a[0] = VCPUOP_get_runstate_info; break;
	case 3:
		k->a[0] = VCPUOP_register_runstate_memory_area;
		w[0] = area(c);
		break;
	case 4:
		k->a[0] = VCPUOP_register_vcpu_time_memory_area;
		w[0] = area(c);
		break;
	case 5:
		k->a[0] = VCPUOP_set_periodic_timer;
		w[0] = one_in(c, 2) ? odd_word(c) : 1000000 + below(c, 1000000);
		break;
	case 6: k->a[0] = VCPUOP_stop_periodic_timer; break;
	case 7:
	case 8:
		k->a[0] = VCPUOP_set_singleshot_timer;
		k->a[1] = one_in(c, 8) ? k->a[1] : c->id;
		w[0] = one_in(c, 4) ? odd_word(c) : now_ns() + below(c, 200000);
		w[1] = below(c, 2);
		break;
	case 9:
		k->a[0] = VCPUOP_stop_singleshot_timer;
		k->a[1] = c->id;
		break;
	case 10: k->a[0] = VCPUOP_send_nmi; break;
	default:
		k->a[0] = 4 + below(c, 12);
		if (k->a[0] == VCPUOP_register_vcpu_info || k->a[0] == VCPUOP_send_nmi)
			k->a[0] = VCPUOP_get_physid;
	}
}

/* A context for a vCPU that runs already, or does not exist. */
static void make_initialise(struct cpu *c, struct call *k)
{
	k->nr = __HYPERVISOR_vcpu_op;
	k->a[0] = VCPUOP_initialise;
	k->a[1] = below(c, nr_cpus) + (one_in(c, 4) ? 64 : 0);
	k->a[2] = one_in(c, 4) ? odd_word(c) : PTR(arena);
}

/* vCPU 0 stops another for a while. */
static void run_down_up(struct cpu *c)
{
	u32 other;

	if (c->id || nr_cpus < 2)
		return;
	other = 1 + below(c, nr_cpus - 1);
	call_now(c, __HYPERVISOR_vcpu_op, VCPUOP_down, other, 0, 0);
	for (u32 i = below(c, 4); i; i--)
		call_now(c, __HYPERVISOR_sched_op, SCHEDOP_yield, 0, 0, 0);
	call_now(c, __HYPERVISOR_vcpu_op, VCPUOP_up, other, 0, 0);
}

static void make_physdev(struct cpu *c, struct call *k)
{
	u32 *w = (u32 *)k->buf;

	k->nr = __HYPERVISOR_physdev_op;
	k->a[1] = PTR(k->buf);
	memset(k->buf, 0, 64);
	switch (below(c, 8)) {
	case 0:
		k->a[0] = PHYSDEVOP_set_iopl;
		w[0] = below(c, 5);
		break;
	case 1:
		k->a[0] = PHYSDEVOP_set_iobitmap;
		*(u64 *)w = one_in(c, 3) ? odd_word(c) : window_va(c);
		w[2] = below(c, 70000);
		break;
	case 2:
		k->a[0] = PHYSDEVOP_irq_status_query;
		w[0] = below(c, 40);
		break;
	case 3:
		k->a[0] = PHYSDEVOP_eoi;
		w[0] = below(c, 40);
		break;
	case 4: {
		struct physdev_map_pirq *p = (void *)k->buf;

		k->a[0] = PHYSDEVOP_map_pirq;
		p->domid = DOMID_SELF;
		p->type = (int)below(c, 5);
		p->index = (int)below(c, 30);
		p->pirq = one_in(c, 2) ? -1 : (int)below(c, 40);
		p->bus = (int)below(c, 2);
		p->devfn = (int)below(c, 64);
		p->entry_nr = (int)below(c, 3);
		p->table_base = one_in(c, 4) ? odd_word(c) : 0;
		break;
	}
	case 5: {
		struct physdev_unmap_pirq *p = (void *)k->buf;

		k->a[0] = PHYSDEVOP_unmap_pirq;
		p->domid = DOMID_SELF;
		p->pirq = (int)below(c, 40);
		break;
	}
	case 6:
		k->a[0] = PHYSDEVOP_apic_read;
		*(u64 *)w = 0xfec00000;
		w[2] = below(c, 64);
		break;
	default:
		k->a[0] = below(c, 34);
		if (k->a[0] == PHYSDEVOP_apic_write)
			k->a[0] = PHYSDEVOP_get_free_pirq;
		for (int i = 0; i < 8; i++)
			w[i] = one_in(c, 3) ? (u32)odd_word(c) : below(c, 8);
	}
}

/* Numbers that no call has, and calls with no sense in them. */
static void make_nonsense(struct cpu *c, struct call *k)
{
	static const u8 numbers[] = { 6,  11, 16, 19, 27, 28, 31, 34, 37, 38, 39, 40,
				      41, 42, 49, 55, 63, 64, 17, 32, 20, 1,  33, 18 };

	k->nr = numbers[below(c, sizeof(numbers))];
	if (one_in(c, 8))
		k->nr = rnd(c) | 1ULL << 32 | 1U << 20;
	for (int i = 0; i < 5; i++)
		k->a[i] = odd_word(c);
	switch (k->nr) {
	case __HYPERVISOR_event_channel_op:
		if ((u32)k->a[0] == EVTCHNOP_reset)
			k->a[0] = EVTCHNOP_status;
		break;
	case __HYPERVISOR_grant_table_op: k->a[0] |= 4; break;
	case __HYPERVISOR_console_io: k->a[0] |= 2; break;
	case __HYPERVISOR_mmu_update: k->a[1] &= 0xff; break;
	}
}

const struct op ops_other[] = {
	{ "version", 30, make_version, NULL },	   { "traps", 8, make_traps, NULL },
	{ "callbacks", 10, make_callbacks, NULL }, { "sched", 25, make_sched, NULL },
	{ "vcpu", 50, make_vcpu, NULL },	   { "initialise", 2, make_initialise, NULL },
	{ "down_up", 3, NULL, run_down_up },	   { "physdev", 15, make_physdev, NULL },
	{ "nonsense", 30, make_nonsense, NULL },   { NULL, 0, NULL, NULL },
};
