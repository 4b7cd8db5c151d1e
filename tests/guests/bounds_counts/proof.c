/* SPDX-License-Identifier: MIT */
/*
 * Claim: a count is bounded, or its list worked off in rounds, in each of dom0's calls that has one.
 * Attack: counts of 2^32 - 1 and more, lists behind which there is nothing, masks without end, ranges
 *   in as many pieces as can be had.
 * Defence: counts are clamped or refused; what is left is short.
 * MEMORY: 512
 *
 * tests/bounds measures how long each takes.
 *
 * Proves: memory_op.XENMEM_set_memory_map refused
 * Proves: memory_op.XENMEM_exchange refused
 * Proves: memory_op.XENMEM_acquire_resource refused
 * Proves: sched_op.SCHEDOP_poll refused
 * Proves: set_gdt refused
 * Proves: mmuext_op.MMUEXT_SET_LDT refused
 * Proves: domctl.XEN_DOMCTL_max_vcpus refused
 * Proves: domctl.XEN_DOMCTL_ioport_permission refused
 * Proves: domctl.XEN_DOMCTL_iomem_permission ok refused
 * Proves: domctl.XEN_DOMCTL_set_cpu_policy refused
 * Proves: sysctl.XEN_SYSCTL_cputopoinfo ok
 * Proves: sysctl.XEN_SYSCTL_getcpuinfo ok
 */
#include "guest.h"

#define MANY 0xffffffffU

static u8 *page; /* behind it there is nothing */
static u16 id;

#define LIST(h) set_xen_guest_handle(h, (void *)page)

static long memory(unsigned int op, void *arg)
{
	return hypercall2(__HYPERVISOR_memory_op, op, arg);
}

static void memory_calls(void)
{
	struct xen_foreign_memory_map set = { .domid = id, .map.nr_entries = MANY };
	struct xen_machphys_mfn_list list = { .max_extents = MANY };
	struct xen_memory_map map = { .nr_entries = MANY };
	struct xen_mem_acquire_resource r = { .domid = id,
					      .nr_frames = MANY,
					      .type = XENMEM_resource_grant_table };
	struct xen_memory_exchange x = { .in = { .nr_extents = 1UL << 48, .domid = DOMID_SELF },
					 .out = { .nr_extents = 1UL << 48, .domid = DOMID_SELF } };

	long rc;

	LIST(set.map.buffer);
	LIST(list.extent_start);
	LIST(map.buffer);
	LIST(r.frame_list);
	LIST(x.in.extent_start);
	LIST(x.out.extent_start);
	check(memory(XENMEM_set_memory_map, &set) < 0, "a map of too many entries");
	rc = memory(XENMEM_machine_memory_map, &map);
	check(!rc && map.nr_entries < 64, "the machine's: %u", map.nr_entries);
	rc = memory(XENMEM_machphys_mfn_list, &list);
	check(!rc && list.nr_extents < 512, "the M2P: %u", list.nr_extents);
	check(memory(XENMEM_acquire_resource, &r) < 0, "too many frames of a table");
	check(memory(XENMEM_exchange, &x) < 0, "an exchange of 2^48 pages");
	x.in.nr_extents = x.out.nr_extents = ~0UL;
	check(memory(XENMEM_exchange, &x) < 0, "of 2^64 - 1");
	x.in.nr_extents = x.out.nr_extents = x.nr_exchanged = 1UL << 40;
	check(memory(XENMEM_exchange, &x) <= 0, "of as many as are done");
}

static void vcpu_calls(void)
{
	struct sched_poll poll = { .nr_ports = MANY };
	struct physdev_set_iobitmap bitmap = { .nr_ports = MANY };
	struct mmuext_op op = { .cmd = MMUEXT_SET_LDT,
				.arg1.linear_addr = PTR(page),
				.arg2.nr_ents = MANY };
	evtchn_port_t *ports = (void *)page;

	LIST(poll.ports);
	check(hypercall2(__HYPERVISOR_sched_op, SCHEDOP_poll, &poll) < 0, "ports to poll");
	for (unsigned int i = 0; i < 128; i++)
		ports[i] = ticks_port();
	poll.nr_ports = 128;
	check(hypercall2(__HYPERVISOR_sched_op, SCHEDOP_poll, &poll) <= 0, "as many as one can");
	check(hypercall2(__HYPERVISOR_set_gdt, page, MANY) < 0, "a GDT");
	check(hypercall4(__HYPERVISOR_mmuext_op, &op, 1, 0, DOMID_SELF) < 0, "an LDT");
	op = (struct mmuext_op){ .cmd = MMUEXT_TLB_FLUSH_MULTI };
	memset(page, 0xff, 4096);
	set_xen_guest_handle(op.arg2.vcpumask, (void *)page);
	check(hypercall4(__HYPERVISOR_mmuext_op, &op, 1, 0, DOMID_SELF) <= 0,
	      "a mask of all vCPUs");
	check(hypercall2(__HYPERVISOR_physdev_op, PHYSDEVOP_set_iobitmap, &bitmap) < 0,
	      "a bitmap of ports");
}

static struct xen_domctl op;

static long domain_call(u32 cmd)
{
	return other_op(cmd, id, &op);
}

static void domain_calls(void)
{
	struct xenctl_bitmap *maps[] = { &op.u.vcpuaffinity.cpumap_hard,
					 &op.u.vcpuaffinity.cpumap_soft };
	unsigned int n = 0;
	long rc = 0;

	op.u.max_vcpus.max = MANY;
	check(domain_call(XEN_DOMCTL_max_vcpus) < 0, "vCPUs");
	op.u.ioport_permission.first_port = 1;
	op.u.ioport_permission.nr_ports = MANY;
	check(domain_call(XEN_DOMCTL_ioport_permission) < 0, "ports");
	op.u.iomem_permission =
		(struct xen_domctl_iomem_permission){ .first_mfn = 1, .nr_mfns = ~0UL };
	check(domain_call(XEN_DOMCTL_iomem_permission) < 0, "frames of devices");
	memset(&op, 0, sizeof(op));
	for (unsigned int i = 0; i < 2; i++) {
		maps[i]->nr_bits = MANY;
		LIST(maps[i]->bitmap);
	}
	op.u.vcpuaffinity.flags = XEN_VCPUAFFINITY_HARD | XEN_VCPUAFFINITY_SOFT;
	check(domain_call(XEN_DOMCTL_setvcpuaffinity) <= 0, "CPUs to run on");
	check(domain_call(XEN_DOMCTL_getvcpuaffinity) <= 0, "and which they are");
	memset(&op, 0, sizeof(op));
	op.u.nodeaffinity.nodemap.nr_bits = MANY;
	LIST(op.u.nodeaffinity.nodemap.bitmap);
	check(domain_call(XEN_DOMCTL_setnodeaffinity) <= 0, "nodes");
	memset(&op, 0, sizeof(op));
	op.u.cpu_policy.nr_leaves = op.u.cpu_policy.nr_msrs = MANY;
	LIST(op.u.cpu_policy.leaves);
	LIST(op.u.cpu_policy.msrs);
	check(domain_call(XEN_DOMCTL_set_cpu_policy) < 0, "leaves");
	check(domain_call(XEN_DOMCTL_get_cpu_policy) <= 0, "and what they are");
	/* Every other frame: each is a range. */
	for (; n < 20000 && !rc; n++) {
		op.u.iomem_permission = (struct xen_domctl_iomem_permission){
			.first_mfn = 0xf0000 + 2 * n,
			.nr_mfns = 1,
			.allow_access = 1,
		};
		rc = domain_call(XEN_DOMCTL_iomem_permission);
	}
	check(n > 1000 && (rc == -GUEST_ENOMEM || !on_lamina()),
	      "ranges until there are no more: %u", n);
	op.u.iomem_permission.first_mfn = 0xf0000;
	op.u.iomem_permission.nr_mfns = 1;
	op.u.iomem_permission.allow_access = 0;
	check_is(domain_call(XEN_DOMCTL_iomem_permission), 0, "the first of them taken away");
}

static void machine_calls(void)
{
	struct xen_sysctl *s = &sysctl_op;

	memset(s, 0, sizeof(*s));
	s->u.cputopoinfo.num_cpus = MANY;
	LIST(s->u.cputopoinfo.cputopo);
	check(!sysctl(XEN_SYSCTL_cputopoinfo) && s->u.cputopoinfo.num_cpus == 1, "CPUs' places");
	s->u.getcpuinfo.max_cpus = MANY;
	LIST(s->u.getcpuinfo.info);
	check(!sysctl(XEN_SYSCTL_getcpuinfo) && s->u.getcpuinfo.nr_cpus == 1, "CPUs' times");
	memset(s, 0, sizeof(*s));
	s->u.numainfo.num_nodes = MANY;
	LIST(s->u.numainfo.meminfo);
	LIST(s->u.numainfo.distance);
	check_is(sysctl(XEN_SYSCTL_numainfo), 0, "nodes");
	memset(s, 0, sizeof(*s));
	memset(page, 0, 4096);
	s->u.pcitopoinfo.num_devs = MANY;
	LIST(s->u.pcitopoinfo.devs);
	LIST(s->u.pcitopoinfo.nodes);
	check(sysctl(XEN_SYSCTL_pcitopoinfo) <= 0, "devices");
	memset(s, 0, sizeof(*s));
	s->u.cpu_featureset.nr_features = MANY;
	LIST(s->u.cpu_featureset.features);
	check(sysctl(XEN_SYSCTL_get_cpu_featureset) <= 0, "features");
	memset(s, 0, sizeof(*s));
	s->u.cpu_policy.nr_leaves = s->u.cpu_policy.nr_msrs = MANY;
	LIST(s->u.cpu_policy.leaves);
	LIST(s->u.cpu_policy.msrs);
	check(sysctl(XEN_SYSCTL_get_cpu_policy) <= 0, "leaves of the machine");
	memset(s, 0, sizeof(*s));
	s->u.debug_keys.nr_keys = MANY;
	memset(page, '?', 4096);
	set_xen_guest_handle(s->u.debug_keys.keys, (char *)page);
	check(sysctl(XEN_SYSCTL_debug_keys) <= 0, "keys");
}

void proof(void)
{
	page = page_alloc();
	update_va(page_alloc(), 0, UVMF_INVLPG);
	id = (u16)other_create(1, 4096);
	ticks_start(30000);
	memory_calls();
	vcpu_calls();
	domain_calls();
	machine_calls();
	check_is(other_destroy(id), 0, "it goes");
	check(ticks > 20, "%u ticks", ticks);
	ticks_stop();
}
