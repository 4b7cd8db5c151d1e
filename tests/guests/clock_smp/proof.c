/* SPDX-License-Identifier: MIT */
/*
 * Claim: system time never goes back, whichever of four vCPUs reads it, on whichever processor.
 * Method: each vCPU reads what any has read before, then its own time page or the copy at an address of
 *	its own, and publishes that, ordered by a locked exchange; meanwhile they are moved between
 *	processors, of which there are fewer.
 * SMP: 2
 * OPTIONS: dom0_max_vcpus=4
 * LIMIT: 90
 * Proves: vcpu_op.VCPUOP_register_vcpu_time_memory_area ok
 */
#include "guest.h"

#define VCPUS 4
#define MOVES 200
#define READS 100000

static vcpu_time_info_t copies[VCPUS] __attribute__((aligned(64)));
static volatile u64 latest, back, worst;
static volatile u64 reads[VCPUS];
static volatile bool stop;
static volatile unsigned int ids;

static u64 time_of(volatile vcpu_time_info_t *t)
{
	u32 version, lo, hi;
	u64 ns, delta;

	do {
		version = t->version;
		__asm__ volatile("lfence; rdtsc" : "=a"(lo), "=d"(hi)::"memory");
		delta = ((u64)hi << 32 | lo) - t->tsc_timestamp;
		delta = t->tsc_shift < 0 ? delta >> -t->tsc_shift : delta << t->tsc_shift;
		ns = t->system_time + (u64)((unsigned __int128)delta * t->tsc_to_system_mul >> 32);
		__asm__ volatile("" ::: "memory");
	} while (version & 1 || version != t->version);
	return ns;
}

static void read_once(unsigned int vcpu)
{
	bool own = reads[vcpu]++ & 1;
	u64 before = latest, now;

	now = time_of(own ? &copies[vcpu] : &shared_info->vcpu_info[vcpu].time);
	if (now < before) {
		__sync_fetch_and_add(&back, 1);
		worst = before - now;
	} else {
		__sync_val_compare_and_swap(&latest, before, now);
	}
}

static long register_copy(unsigned int vcpu)
{
	struct vcpu_register_time_memory_area a = { 0 };

	a.addr.v = (void *)&copies[vcpu];
	return hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_register_vcpu_time_memory_area, vcpu, &a);
}

static void reader(void)
{
	unsigned int vcpu = __sync_add_and_fetch(&ids, 1);

	while (!stop)
		read_once(vcpu);
	for (;;)
		hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_down, vcpu, 0);
}

static long move(u32 vcpu, u64 cpus)
{
	static u64 map;
	struct xen_domctl_vcpuaffinity *a = &domctl_op.u.vcpuaffinity;

	map = cpus;
	memset(&domctl_op, 0, sizeof(domctl_op));
	a->vcpu = vcpu;
	a->flags = XEN_VCPUAFFINITY_HARD;
	a->cpumap_hard.nr_bits = 64;
	set_xen_guest_handle(a->cpumap_hard.bitmap, (u8 *)&map);
	return domctl(XEN_DOMCTL_setvcpuaffinity, 0);
}

static u32 cpu_of(u32 vcpu)
{
	domctl_op.u.getvcpuinfo.vcpu = vcpu;
	return domctl(XEN_DOMCTL_getvcpuinfo, 0) ? ~0U : domctl_op.u.getvcpuinfo.cpu;
}

void proof(void)
{
	u64 start = now_ns();
	unsigned int moved = 0;
	long rc = register_copy(0);

	/* One after the other: each takes the next number. */
	for (unsigned int i = 1; i < VCPUS; i++) {
		rc = rc ? rc : register_copy(i);
		rc = rc ? rc : smp_start_on(i, reader);
		wait_change(&ids, i - 1, 10000);
	}
	check_is(rc, 0, "four vCPUs, each with a copy of its time");
	for (unsigned int i = 0; i < MOVES; i++) {
		u32 vcpu = i % VCPUS, was = cpu_of(vcpu);

		move(vcpu, 1UL << (i / VCPUS & 1));
		for (unsigned int n = 0; n < READS / MOVES; n++)
			read_once(0);
		moved += cpu_of(vcpu) != was;
	}
	check(moved > MOVES / 8, "moved %u times to another processor", moved);
	for (unsigned int i = 0; i < VCPUS; i++)
		move(i, ~0UL);
	while ((reads[1] < READS || reads[2] < READS || reads[3] < READS) &&
	       now_ns() - start < 60000000000)
		read_once(0);
	stop = true;
	check(reads[0] >= READS && reads[1] >= READS && reads[2] >= READS && reads[3] >= READS,
	      "read %lu, %lu, %lu and %lu times", reads[0], reads[1], reads[2], reads[3]);
	check(!back, "it went back %lu times, once by %lu ns", back, worst);
	check(latest > start, "and it went on");
	check(copies[1].flags == shared_info->vcpu_info[0].time.flags, "flags %x", copies[1].flags);
}
