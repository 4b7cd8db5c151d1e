/* SPDX-License-Identifier: MIT */
/*
 * Claim: a level line that nobody can make go away leaves its domain time to do something else; a
 * line that is served is never held back.
 * Attack: a device that is not served, an interrupt ended at once and ended again while the line rests.
 * Defence: a line that is back as soon as it is unmasked, thousands of times, rests for 10 ms.
 * DEVICE: ne2k_pci,addr=0x1e,romfile=
 * ICOUNT: shift=0: system time is exact
 * Proves: physdev_op.PHYSDEVOP_eoi ok
 */
#include "guest.h"

#define DEVFN	   (0x1e << 3)
#define REST_NS	   10000000
#define SERVED	   5000	 /* interrupts, more than a rest takes */
#define UNSERVED   25000 /* room for two rests on the peer, where QEMU makes one in 10,000 */
#define PACE_NS	   6000	 /* a quick device, but not at once */
#define PATIENT_NS 1000000000

/* NE2000: a remote read of no bytes is complete at once. */
#define REG_COMMAND  0x00
#define REG_ISR	     0x07
#define REG_IMR	     0x0f
#define COMMAND_READ 0x0a /* start, remote read */
#define ISR_DONE     0x40

static u16 base;
static u32 line, port;
static bool serve;
static volatile unsigned int came, rests;
static volatile u64 last, longest;

static void write_reg(u16 reg, u8 value)
{
	__asm__ volatile("outb %0, %1" ::"a"(value), "Nd"((u16)(base + reg)));
}

static u32 config(u32 reg)
{
	u32 value;

	__asm__ volatile("outl %0, %1" ::"a"(0x80000000 | DEVFN << 8 | reg), "Nd"((u16)0xcf8));
	__asm__ volatile("inl %1, %0" : "=a"(value) : "Nd"((u16)0xcfc));
	return value;
}

static long end_interrupt(void)
{
	struct physdev_eoi eoi = { .irq = line };

	return hypercall2(__HYPERVISOR_physdev_op, PHYSDEVOP_eoi, PTR(&eoi));
}

static void on_event(struct trap *t)
{
	u64 now = now_ns(), gap = now - last;

	(void)t;
	shared_info->vcpu_info[0].evtchn_upcall_pending = 0;
	shared_info->vcpu_info[0].evtchn_pending_sel = 0;
	if (!event_pending(port))
		return;
	event_clear(port);
	if (came && gap > longest)
		longest = gap;
	if (came && gap >= REST_NS)
		rests++;
	last = now;
	came++;
	if (serve)
		write_reg(REG_ISR, ISR_DONE);
	end_interrupt();
}

static void bind(void)
{
	evtchn_bind_pirq_t op = { .pirq = line };

	check_is(event_op(EVTCHNOP_bind_pirq, &op), 0, "bound");
	port = op.port;
	event_mask(port, false);
}

static void wait_until(unsigned int n, u64 ns)
{
	u64 end = now_ns() + ns;

	while (came < n && now_ns() < end)
		;
}

static void served(void)
{
	unsigned int late = 0;

	serve = true;
	for (unsigned int i = 0; i < SERVED; i++) {
		u64 next = now_ns() + PACE_NS;

		while (now_ns() < next)
			;
		write_reg(REG_COMMAND, COMMAND_READ);
		wait_until(i + 1, REST_NS / 2);
		late += came <= i;
	}
	check_is(came, SERVED, "interrupts of a device that is served");
	check_is(late, 0, "of them late");
	serve = false;
}

static void unserved(void)
{
	u64 end;

	came = rests = 0;
	longest = 0;
	write_reg(REG_COMMAND, COMMAND_READ);
	for (end = now_ns() + PATIENT_NS; came < UNSERVED && now_ns() < end;)
		end_interrupt(); /* again: must not cut a rest short */
	check(came >= UNSERVED, "%u interrupts of one that is not", came);
	check(rests >= 2 && rests <= 15, "with %u rests", rests);
	check(longest < REST_NS * 2, "of 10 ms: at most %lu us", longest / 1000);
}

/* Closed while it rests and bound again: it goes on as new. */
static void bound_again(void)
{
	u64 end = now_ns() + PATIENT_NS, bound;

	while (now_ns() - last < REST_NS / 10 && now_ns() < end)
		;
	check(now_ns() < end, "a rest");
	check_is(event_close(port), 0, "closed in it");
	came = 0;
	serve = true;
	bound = now_ns();
	bind();
	wait_until(1, PATIENT_NS);
	check(came && last - bound < REST_NS / 2, "the line is heard at once, after %lu us",
	      (last - bound) / 1000);
	came = 0;
	wait_until(1, 2 * REST_NS);
	check_is(came, 0, "and no more, as it is served");
}

void proof(void)
{
	struct physdev_set_iopl iopl = { .iopl = 1 };
	struct physdev_map_pirq map = { .domid = DOMID_SELF, .type = MAP_PIRQ_TYPE_GSI };

	hypercall2(__HYPERVISOR_physdev_op, PHYSDEVOP_set_iopl, PTR(&iopl));
	base = (u16)(config(0x10) & ~3u);
	line = config(0x3c) & 0xff;
	map.index = map.pirq = (int)line;
	check(hypercall2(__HYPERVISOR_physdev_op, PHYSDEVOP_map_pirq, PTR(&map)) == 0 && base,
	      "line %u, ports at %x", line, base);
	trap_set(TRAP_EVENT, on_event);
	bind();
	write_reg(REG_ISR, 0xff);
	write_reg(REG_IMR, ISR_DONE);
	events_enable(true);
	served();
	unserved();
	if (on_lamina())
		bound_again();
}
