/* SPDX-License-Identifier: MIT */
/*
 * Claim: dom0 learns of the machine what the tools print, no byte more, and what cannot be told is an error.
 * Attack: bad versions, addresses and counts; answers into poisoned memory (XSA-132).
 * Defence: arguments are checked, structures of an answer are cleared before they are filled.
 * SMP: 2
 *
 * Proves: sysctl.XEN_SYSCTL_physinfo ok refused
 * Proves: sysctl.XEN_SYSCTL_cputopoinfo ok refused
 * Proves: sysctl.XEN_SYSCTL_numainfo ok refused
 * Proves: sysctl.XEN_SYSCTL_pcitopoinfo ok refused
 * Proves: sysctl.XEN_SYSCTL_sched_id ok
 * Proves: sysctl.XEN_SYSCTL_availheap ok refused
 * Proves: sysctl.XEN_SYSCTL_getcpuinfo ok refused
 * Proves: sysctl.XEN_SYSCTL_readconsole ok refused
 * Proves: sysctl.XEN_SYSCTL_debug_keys ok refused
 * Proves: sysctl.XEN_SYSCTL_getdomaininfolist ok refused
 * Proves: sysctl.XEN_SYSCTL_get_cpu_levelling_caps ok refused
 * Proves: XSA-132
 */
#include "guest.h"

#define NOWHERE ((void *)0xdead0000)
#define POISON	0xaa

static u8 buffer[4096];

/* How many bytes of the buffer were written; those behind must be untouched. */
static size_t written(void)
{
	size_t n = sizeof(buffer);

	while (n && buffer[n - 1] == POISON)
		n--;
	return n;
}

static void fresh(void)
{
	memset(buffer, POISON, sizeof(buffer));
	memset(&sysctl_op, 0, sizeof(sysctl_op));
}

static void versions(u32 cmd, const char *name)
{
	long rc[3];

	for (int i = 0; i < 3; i++) {
		memset(&sysctl_op, 0, sizeof(sysctl_op));
		sysctl_op.cmd = cmd;
		sysctl_op.interface_version = i == 0 ? 0 : i == 1 ? 0x14 : 0x99;
		rc[i] = hypercall1(__HYPERVISOR_sysctl, &sysctl_op);
	}
	check(rc[0] == -GUEST_EACCES && rc[1] == rc[0] && rc[2] == rc[0], "%s of another version",
	      name);
}

static void physinfo(void)
{
	struct xen_sysctl_physinfo *p = &sysctl_op.u.physinfo;

	memset(&sysctl_op, POISON, sizeof(sysctl_op));
	check_is(sysctl(XEN_SYSCTL_physinfo), 0, "physinfo");
	check(p->nr_cpus == 2 && p->max_cpu_id == 1 && p->nr_nodes == 1 && p->threads_per_core == 1,
	      "two processors, one node");
	check(p->total_pages > 60000 && p->total_pages <= 65536 && p->free_pages &&
		      p->free_pages < p->total_pages,
	      "memory: %lu of %lu pages are free", p->free_pages, p->total_pages);
	check(p->capabilities & XEN_SYSCTL_PHYSCAP_pv, "PV guests can be had");
	check(!p->arch_capabilities && !p->outstanding_pages, "no word of it is left as it was");
	check(p->hw_cap[0] >> 26 & 1 && p->hw_cap[2] >> 29 & 1, "features: SSE2, long mode");
	versions(XEN_SYSCTL_physinfo, "physinfo");
}

static void topology(void)
{
	struct xen_sysctl_cputopoinfo *t = &sysctl_op.u.cputopoinfo;
	struct xen_sysctl_numainfo *n = &sysctl_op.u.numainfo;
	xen_sysctl_meminfo_t *mem = (void *)buffer;

	fresh();
	check(sysctl(XEN_SYSCTL_cputopoinfo) == 0 && t->num_cpus == 2, "cputopoinfo: how many");
	t->num_cpus = 9;
	set_xen_guest_handle(t->cputopo, (void *)buffer);
	check(sysctl(XEN_SYSCTL_cputopoinfo) == 0 && t->num_cpus == 2, "cputopoinfo: all");
	check_is(written(), 2 * sizeof(xen_sysctl_cputopo_t), "bytes of two processors");
	t->num_cpus = 1;
	check(sysctl(XEN_SYSCTL_cputopoinfo) == 0 && t->num_cpus == 1, "cputopoinfo: one");
	t->num_cpus = 2;
	set_xen_guest_handle(t->cputopo, NOWHERE);
	check_is(sysctl(XEN_SYSCTL_cputopoinfo), -GUEST_EFAULT, "cputopoinfo to nowhere");

	fresh();
	check(sysctl(XEN_SYSCTL_numainfo) == 0 && n->num_nodes == 1, "numainfo: how many");
	n->num_nodes = 7;
	set_xen_guest_handle(n->meminfo, mem);
	set_xen_guest_handle(n->distance, (void *)(buffer + 1024));
	check(sysctl(XEN_SYSCTL_numainfo) == 0 && n->num_nodes == 1, "numainfo: all");
	check(mem->memfree && mem->memfree < mem->memsize && mem->memsize <= 256 << 20,
	      "memory of node 0: %lu of %lu", mem->memfree, mem->memsize);
	check(buffer[1024] == 10 && written() == 1028 && buffer[16] == POISON, "its distance: 10");
	set_xen_guest_handle(n->meminfo, NOWHERE);
	check_is(sysctl(XEN_SYSCTL_numainfo), -GUEST_EFAULT, "numainfo to nowhere");
}

static void devices(void)
{
	static physdev_pci_device_t devs[2] = { { 0, 0, 0 }, { 0, 0, 0x50 } };
	struct xen_sysctl_pcitopoinfo *t = &sysctl_op.u.pcitopoinfo;
	u32 *nodes = (void *)buffer;
	long rc = 0;

	fresh();
	check_is(sysctl(XEN_SYSCTL_pcitopoinfo), -GUEST_EINVAL, "pcitopoinfo without a list");
	set_xen_guest_handle(t->devs, devs);
	set_xen_guest_handle(t->nodes, nodes);
	do {
		t->num_devs = 2;
		rc = sysctl(XEN_SYSCTL_pcitopoinfo);
	} while (!rc && t->num_devs < 2);
	check(rc == 0 && written() == 8, "pcitopoinfo of two devices");
	/* Xen knows those that dom0 has told it of: none here. */
	check(nodes[0] == (on_lamina() ? XEN_INVALID_NODE_ID : XEN_INVALID_DEV), "a bridge: %x",
	      nodes[0]);
	check(nodes[1] == XEN_INVALID_DEV, "an empty place: %x", nodes[1]);
	t->num_devs = 2;
	set_xen_guest_handle(t->devs, NOWHERE);
	check_is(sysctl(XEN_SYSCTL_pcitopoinfo), -GUEST_EFAULT, "pcitopoinfo from nowhere");
}

static void heap_and_time(void)
{
	struct xen_sysctl_availheap *h = &sysctl_op.u.availheap;
	struct xen_sysctl_getcpuinfo *g = &sysctl_op.u.getcpuinfo;
	u64 free;

	fresh();
	h->node = -1;
	check(sysctl(XEN_SYSCTL_availheap) == 0 && h->avail_bytes > 1 << 20, "availheap");
	free = h->avail_bytes;
	h->node = 5;
	check(sysctl(XEN_SYSCTL_availheap) == 0 && h->avail_bytes == 0, "node 5 has none");
	sysctl_zero(XEN_SYSCTL_physinfo);
	check((s64)(sysctl_op.u.physinfo.free_pages - (free >> 12)) < 256, "as physinfo says");
	versions(XEN_SYSCTL_availheap, "availheap");

	fresh();
	g->max_cpus = 8;
	set_xen_guest_handle(g->info, (void *)buffer);
	check(sysctl(XEN_SYSCTL_getcpuinfo) == 0 && g->nr_cpus == 2, "getcpuinfo");
	check_is(written() <= 16 && written() > 8, true, "two idle times");
	check(*(u64 *)(buffer + 8) > 0, "the second processor was idle: %lu ns",
	      *(u64 *)(buffer + 8));
	set_xen_guest_handle(g->info, NOWHERE);
	check_is(sysctl(XEN_SYSCTL_getcpuinfo), -GUEST_EFAULT, "getcpuinfo to nowhere");
	check(sysctl_zero(XEN_SYSCTL_sched_id) == 0 &&
		      sysctl_op.u.sched_id.sched_id == XEN_SCHEDULER_CREDIT2,
	      "sched_id: credit2");
	check(sysctl_zero(XEN_SYSCTL_get_cpu_levelling_caps) == 0, "get_cpu_levelling_caps");
	check(!on_lamina() || !sysctl_op.u.cpu_levelling_caps.caps, "no levelling");
	versions(XEN_SYSCTL_get_cpu_levelling_caps, "get_cpu_levelling_caps");
}

/* Whether @text is in what the log has gained since *@index. */
static bool logged(const char *text, u32 *index)
{
	struct xen_sysctl_readconsole *r = &sysctl_op.u.readconsole;
	size_t n = 0;

	while (text[n])
		n++;
	fresh();
	r->incremental = 1;
	r->index = *index;
	r->count = sizeof(buffer);
	set_xen_guest_handle(r->buffer, (void *)buffer);
	if (sysctl(XEN_SYSCTL_readconsole) || r->count > sizeof(buffer))
		return false;
	*index = r->index;
	for (u32 i = 0; i + n <= r->count; i++) {
		size_t j = 0;

		while (j < n && buffer[i + j] == (u8)text[j])
			j++;
		if (j == n)
			return true;
	}
	return false;
}

static void console(void)
{
	static const char help[] = "h";
	u32 index = 0, end;
	bool listed = false;
	u64 before;

	check(logged("RAM", &index), "readconsole: the log from its start");
	/* To the end. */
	do {
		end = index;
		logged("", &index);
	} while (index != end);
	fresh();
	set_xen_guest_handle(sysctl_op.u.debug_keys.keys, help);
	sysctl_op.u.debug_keys.nr_keys = 1;
	check_is(sysctl(XEN_SYSCTL_debug_keys), 0, "debug_keys: h");
	/* It comes in rounds. */
	for (before = now_ns(); !listed && now_ns() < before + 1000000000;)
		listed = logged("key", &index);
	check(listed, "it prints the list of keys");
	set_xen_guest_handle(sysctl_op.u.debug_keys.keys, NOWHERE);
	check_is(sysctl(XEN_SYSCTL_debug_keys), -GUEST_EFAULT, "keys from nowhere");
	fresh();
	sysctl_op.u.readconsole.count = 100;
	set_xen_guest_handle(sysctl_op.u.readconsole.buffer, NOWHERE);
	check_is(sysctl(XEN_SYSCTL_readconsole), -GUEST_EFAULT, "readconsole to nowhere");
}

static void domains(void)
{
	struct xen_sysctl_getdomaininfolist *l = &sysctl_op.u.getdomaininfolist;
	xen_domctl_getdomaininfo_t *info = (void *)buffer;
	long d = control_create(1);

	fresh();
	l->max_domains = 5;
	set_xen_guest_handle(l->buffer, info);
	check(sysctl(XEN_SYSCTL_getdomaininfolist) == 0 && l->num_domains == 2,
	      "getdomaininfolist: two");
	check(info[0].domain == 0 && info[1].domain == d, "dom0 and number %ld", d);
	/* Padding and what does not apply is zero, not what a stack held. */
	check(!info[1].pad1 && !info[1].pad2[0] && !info[1].pad2[6] && !info[1].shr_pages &&
		      !info[1].cpu_time,
	      "no byte of it is left as it was");
	check_is(info[1].max_vcpu_id, XEN_INVALID_MAX_VCPU_ID, "it has no vCPU");
	check(written() <= 2 * sizeof(*info), "nothing behind it");
	l->first_domain = 1;
	l->max_domains = 1;
	check(sysctl(XEN_SYSCTL_getdomaininfolist) == 0 && l->num_domains == 1 && info[0].domain == d,
	      "from 1 on");
	l->first_domain = d + 1;
	check(sysctl(XEN_SYSCTL_getdomaininfolist) == 0 && l->num_domains == 0, "behind the last");
	l->first_domain = 0;
	set_xen_guest_handle(l->buffer, NOWHERE);
	check_is(sysctl(XEN_SYSCTL_getdomaininfolist), -GUEST_EFAULT, "a list to nowhere");
	control_destroy(d);
}

void proof(void)
{
	physinfo();
	topology();
	devices();
	heap_and_time();
	console();
	domains();
	check_is(hypercall1(__HYPERVISOR_sysctl, NOWHERE), -GUEST_EFAULT, "a call from nowhere");
	check_is(sysctl_zero(99), -GUEST_ENOSYS, "an operation that does not exist");
}
