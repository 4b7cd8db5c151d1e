/* SPDX-License-Identifier: MIT */
/*
 * Claim: the kernel's entry points are those it has registered, and only such as it may have.
 * Attack: addresses that are not canonical, of the hypervisor, kinds and operations that do not exist.
 * Defence: refused; then each registered one is called.
 * Proves: callback_op.CALLBACKTYPE_event ok refused, callback_op.CALLBACKTYPE_failsafe ok refused
 * Proves: callback_op.CALLBACKTYPE_syscall ok refused, callback_op.CALLBACKTYPE_sysenter ok refused
 * Proves: callback_op.CALLBACKTYPE_syscall32 ok refused, callback_op.CALLBACKTYPE_nmi ok refused
 * Proves: callback_op.CALLBACKOP_unregister ok refused, set_callbacks ok refused
 * Proves: vcpu_op.VCPUOP_send_nmi ok refused
 */
#include "guest.h"

#define BAD 0x800000000000ULL

extern const u64 trap_entries[][2];
extern char guest_event_entry[], guest_failsafe_entry[], guest_syscall_entry[];
extern const char call[], call_end[];
__asm__(".pushsection .rodata; call: mov $7, %eax; syscall; ud2; call_end: .popsection");

static volatile unsigned int events, failsafes, nmis;

static void on_event(struct trap *t)
{
	(void)t;
	events++;
	shared_info->vcpu_info[0].evtchn_upcall_pending = 0;
	shared_info->vcpu_info[0].evtchn_pending_sel = 0;
}

static void on_failsafe(struct trap *t)
{
	(void)t;
	failsafes++;
	__asm__ volatile("mov %0, %%ds" ::"r"(0));
}

static void on_nmi(struct trap *t)
{
	nmis++;
	check((t->cs & 3) == 0, "an NMI in the kernel");
}

static long set(unsigned int type, u64 address)
{
	struct callback_register reg = { .type = (u16)type, .address = address };

	return hypercall2(__HYPERVISOR_callback_op, CALLBACKOP_register, &reg);
}

static long unset(unsigned int type)
{
	struct callback_unregister reg = { .type = (u16)type };

	return hypercall2(__HYPERVISOR_callback_op, CALLBACKOP_unregister, &reg);
}

/*
 * A data selector of a descriptor that goes while the vCPU is away: on the way
 * back it cannot be loaded.
 */
static void lose_selector(void)
{
	struct mmuext_op op = { .cmd = MMUEXT_SET_LDT };
	struct sched_poll poll = { .nr_ports = 0 };
	u64 *ldt = page_alloc();

	ldt[1] = 0x00cff2000000ffffULL; /* data, DPL 3 */
	set_readonly(ldt);
	op.arg1.linear_addr = PTR(ldt);
	op.arg2.nr_ents = 2;
	hypercall4(__HYPERVISOR_mmuext_op, &op, 1, 0, DOMID_SELF);
	__asm__ volatile("mov %0, %%ds" ::"r"(8 | 4 | 3));
	op.arg2.nr_ents = 0;
	hypercall4(__HYPERVISOR_mmuext_op, &op, 1, 0, DOMID_SELF);
	/* On a machine held up the time may be over before the call: then it did not go away. */
	for (int i = 0; i < 20 && !failsafes; i++) {
		poll.timeout = now_ns() + 2000000;
		hypercall2(__HYPERVISOR_sched_op, SCHEDOP_poll, &poll);
	}
}

static u64 entry_of(unsigned int vector)
{
	for (unsigned int i = 0; trap_entries[i][1]; i++)
		if (trap_entries[i][0] == vector)
			return trap_entries[i][1];
	return 0;
}

static void refusals(void)
{
	static const u8 types[] = { CALLBACKTYPE_event,	   CALLBACKTYPE_failsafe,
				    CALLBACKTYPE_syscall,  CALLBACKTYPE_syscall32,
				    CALLBACKTYPE_sysenter, CALLBACKTYPE_nmi };

	for (unsigned int i = 0; i < sizeof(types); i++)
		check(set(types[i], BAD) == -GUEST_EINVAL, "callback %u at a bad address", types[i]);
	check(set(6, PTR(guest_event_entry)) == -GUEST_ENOSYS &&
		      set(99, PTR(guest_event_entry)) == -GUEST_ENOSYS,
	      "kinds that do not exist");
	check(hypercall2(__HYPERVISOR_callback_op, CALLBACKOP_register, 0xdead0000) == -GUEST_EFAULT &&
		      hypercall2(__HYPERVISOR_callback_op, CALLBACKOP_unregister, 0xdead0000) ==
			      -GUEST_EFAULT,
	      "arguments nowhere");
	check(hypercall2(__HYPERVISOR_callback_op, 9, 0) == -GUEST_ENOSYS,
	      "an operation that does not exist");
	check(unset(CALLBACKTYPE_event) == -GUEST_EINVAL &&
		      unset(CALLBACKTYPE_failsafe) == -GUEST_EINVAL &&
		      unset(CALLBACKTYPE_syscall) == -GUEST_EINVAL,
	      "what the kernel cannot do without stays");
	check(unset(99) == -GUEST_ENOSYS, "what does not exist cannot go");
	if (on_lamina()) /* Xen takes them, and crashes the guest when they are used */
		check(hypercall3(__HYPERVISOR_set_callbacks, PTR(guest_event_entry), BAD, 0) ==
				      -GUEST_EINVAL &&
			      hypercall3(__HYPERVISOR_set_callbacks, PTR(guest_event_entry), 0,
					 BAD) == -GUEST_EINVAL,
		      "the older call refuses as well");
}

void proof(void)
{
	u32 far = 0, near = (u32)event_pair(&far);

	trap_set(TRAP_EVENT, on_event);
	trap_set(TRAP_FAILSAFE, on_failsafe);
	refusals();
	/* By the newer calls, each at the stub that the older one gave. */
	check(set(CALLBACKTYPE_event, PTR(guest_event_entry)) == 0 &&
		      set(CALLBACKTYPE_failsafe, PTR(guest_failsafe_entry)) == 0 &&
		      set(CALLBACKTYPE_syscall, PTR(guest_syscall_entry)) == 0,
	      "three that every kernel registers");
	check(set(CALLBACKTYPE_syscall32, PTR(guest_syscall_entry)) == 0 &&
		      set(CALLBACKTYPE_sysenter, PTR(guest_syscall_entry)) == 0,
	      "two for 32-bit processes");
	event_clear(near);
	event_mask(near, false);
	shared_info->vcpu_info[0].evtchn_upcall_pending = 0;
	shared_info->vcpu_info[0].evtchn_pending_sel = 0;
	events_enable(true);
	event_send(far);
	check_is(events, 1, "an event calls");
	lose_selector();
	/* Xen leaves the register as it is while nothing else runs. */
	check(failsafes == 1 || (!on_lamina() && !failsafes), "a selector that is lost calls");
	user_build(call, call_end);
	user_run();
	check(fault.vector == TRAP_SYSCALL && fault.regs.rax == 7, "a system call calls");
	/* At another stub. */
	check_is(hypercall3(__HYPERVISOR_set_callbacks, guest_event_entry, guest_failsafe_entry,
			    entry_of(6)),
		 0, "the older call");
	user_run();
	check(fault.vector == 6 && fault.regs.rax == 7, "moves the entry of system calls");
	check_is(set(CALLBACKTYPE_syscall, PTR(guest_syscall_entry)), 0, "and back");

	trap_set(2, on_nmi);
	check_is(set(CALLBACKTYPE_nmi, entry_of(2)), 0, "a handler for NMIs");
	check_is(hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_send_nmi, 0, 0), 0, "one to oneself");
	check_is(nmis, 1, "comes");
	check(hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_send_nmi, 7, 0) == -GUEST_ENOENT,
	      "not to a vCPU that does not exist");
	check_is(unset(CALLBACKTYPE_nmi), 0, "no handler any more");
	hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_send_nmi, 0, 0);
	check_is(nmis, 1, "nor an NMI");
}
