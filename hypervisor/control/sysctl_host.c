/* SPDX-License-Identifier: MIT */
/*
 * sysctl: processors, memory, log.
 */
#include "console/keys.h"
#include "console/log.h"
#include "control/sysctl.h"
#include "domain/memory_claim.h"
#include "frame/alloc.h"
#include "hypercall/arg.h"
#include "hypercall/preempt.h"
#include "lib/string.h"
#include "platform/pci_config.h"
#include "sched/hotplug.h"
#include "sched/sched.h"
#include "smp/cpus.h"
#include "time/clock.h"

SYSCTL(physinfo)
{
	struct xen_sysctl_physinfo *p = &op->u.physinfo;
	unsigned int cpu;

	memset(p, 0, sizeof(*p));
	p->threads_per_core = 1;
	p->cores_per_socket = nr_cpus;
	p->nr_cpus = 0;
	for_each_online_cpu (cpu)
		p->nr_cpus++;
	p->max_cpu_id = nr_cpus - 1;
	p->nr_nodes = 1;
	p->cpu_khz = (u32)clock_tsc_khz;
	p->capabilities = XEN_SYSCTL_PHYSCAP_pv | XEN_SYSCTL_PHYSCAP_gnttab_v1;
	p->total_pages = alloc_total_count();
	p->free_pages = alloc_free_count();
	p->outstanding_pages = memory_claim_total();
	p->max_mfn = alloc_max_mfn().v;
	for (u32 i = 0; i < ARRAY_SIZE(p->hw_cap); i++)
		p->hw_cap[i] = cpu_policy_word(true, i);
	return 0;
}

SYSCTL(cputopoinfo)
{
	struct xen_sysctl_cputopoinfo *t = &op->u.cputopoinfo;
	u32 n = MIN(t->num_cpus, nr_cpus);

	if (arg_handle(t->cputopo))
		for (u32 i = 0; i < n; i++) {
			struct xen_sysctl_cputopo topo = { .core = i, .socket = 0, .node = 0 };

			if (!test_bit(cpu_online_map, i))
				topo.core = topo.socket = topo.node = XEN_INVALID_CORE_ID;

			if (!arg_put_at(arg_handle(t->cputopo), i, &topo))
				return -EFAULT;
		}
	else
		n = nr_cpus;
	t->num_cpus = n;
	return 0;
}

SYSCTL(numainfo)
{
	struct xen_sysctl_numainfo *n = &op->u.numainfo;
	struct xen_sysctl_meminfo mem = {
		.memsize = alloc_total_count() << PAGE_SHIFT,
		.memfree = alloc_free_count() << PAGE_SHIFT,
	};
	u32 distance = 10; /* of a node to itself, by ACPI's convention */

	if (n->num_nodes) {
		if (arg_handle(n->meminfo) && !arg_put(arg_handle(n->meminfo), &mem))
			return -EFAULT;
		if (arg_handle(n->distance) && !arg_put(arg_handle(n->distance), &distance))
			return -EFAULT;
	}
	n->num_nodes = 1;
	return 0;
}

/* No device is nearer to a node than another; one that does not answer is not there. */
SYSCTL(pcitopoinfo)
{
	struct xen_sysctl_pcitopoinfo *t = &op->u.pcitopoinfo;
	u32 i;

	if (!arg_handle(t->devs) || !arg_handle(t->nodes))
		return -EINVAL;
	for (i = 0; i < t->num_devs; i++) {
		physdev_pci_device_t dev;
		u32 node = XEN_INVALID_NODE_ID;

		if (preempt_needed())
			break; /* the tools ask again for the rest */
		if (!arg_get_at(&dev, arg_handle(t->devs), i))
			return -EFAULT;
		if (dev.seg || pci_config_read(PCI_SBDF(0, dev.bus, dev.devfn), 0, 2) == 0xffff)
			node = XEN_INVALID_DEV;
		if (!arg_put_at(arg_handle(t->nodes), i, &node))
			return -EFAULT;
	}
	t->num_devs = i;
	return 0;
}

SYSCTL(availheap)
{
	/* All of it is in node 0; -1 means any. */
	op->u.availheap.avail_bytes = op->u.availheap.node > 0 ? 0 : alloc_free_count() << PAGE_SHIFT;
	return 0;
}

SYSCTL(getcpuinfo)
{
	struct xen_sysctl_getcpuinfo *g = &op->u.getcpuinfo;
	u32 n = MIN(g->max_cpus, nr_cpus);

	for (u32 i = 0; i < n; i++) {
		struct xen_sysctl_cpuinfo info = { .idletime = sched_idle_time(i) };

		if (!arg_put_at(arg_handle(g->info), i, &info))
			return -EFAULT;
	}
	g->nr_cpus = n;
	return 0;
}

SYSCTL(readconsole)
{
	struct xen_sysctl_readconsole *r = &op->u.readconsole;
	u64 to = arg_handle(r->buffer);
	u32 index = r->incremental ? r->index : 0, done = 0;
	char buf[256];
	size_t n;

	while (done < r->count) {
		n = log_read(&index, buf, MIN(sizeof(buf), r->count - done));
		if (!n)
			break;
		if (usercopy_to(gaddr(to + done), buf, n))
			return -EFAULT;
		done += (u32)n;
	}
	if (r->clear)
		log_clear();
	r->count = done;
	r->index = index;
	return 0;
}

SYSCTL(debug_keys)
{
	for (u32 i = 0; i < MIN(op->u.debug_keys.nr_keys, 16U); i++) {
		char c;

		if (!arg_get_at(&c, arg_handle(op->u.debug_keys.keys), i))
			return -EFAULT;
		keys_press(c);
	}
	return 0;
}

SYSCTL(cpu_hotplug)
{
	u32 action = op->u.cpu_hotplug.op, cpu = op->u.cpu_hotplug.cpu;

	/* Threads of a core are taken offline one by one: which there are, the tools can tell. */
	if (action != XEN_SYSCTL_CPU_HOTPLUG_ONLINE && action != XEN_SYSCTL_CPU_HOTPLUG_OFFLINE)
		return -EOPNOTSUPP;
	return hotplug_set(cpu, action == XEN_SYSCTL_CPU_HOTPLUG_ONLINE);
}
