/* SPDX-License-Identifier: MIT */
/*
 * Claim: dom0 builds a domain: memory, tables, a vCPU's context, what it may touch; it runs and is inspected.
 * Attack: frames of others, vCPUs that are not there, contexts and ranges that are not valid.
 * Defence: each argument is checked against the domain named, and errors are those of Xen 4.17.
 *
 * Proves: domctl.XEN_DOMCTL_max_mem ok refused
 * Proves: domctl.XEN_DOMCTL_getpageframeinfo3 ok refused
 * Proves: domctl.XEN_DOMCTL_hypercall_init ok refused
 * Proves: domctl.XEN_DOMCTL_set_address_size ok refused
 * Proves: domctl.XEN_DOMCTL_get_address_size ok refused
 * Proves: domctl.XEN_DOMCTL_settscinfo ok refused
 * Proves: domctl.XEN_DOMCTL_gettscinfo ok refused
 * Proves: domctl.XEN_DOMCTL_settimeoffset ok refused
 * Proves: domctl.XEN_DOMCTL_sendtrigger ok refused
 * Proves: domctl.XEN_DOMCTL_getvcpuinfo ok refused
 * Proves: domctl.XEN_DOMCTL_setvcpucontext ok refused
 * Proves: domctl.XEN_DOMCTL_getvcpucontext ok refused
 * Proves: domctl.XEN_DOMCTL_ioport_permission ok refused
 * Proves: domctl.XEN_DOMCTL_iomem_permission ok refused
 * Proves: domctl.XEN_DOMCTL_irq_permission ok refused
 * Proves: domctl.XEN_DOMCTL_setnodeaffinity ok refused
 * Proves: domctl.XEN_DOMCTL_getnodeaffinity ok refused
 */
#include "guest.h"

#define NOWHERE ((void *)0xdead0000)
#define PAGES	16
#define U	domctl_op.u

/* Run an operation on @dom with the fields assigned in the last argument. */
#define with(op, dom, ...)                                \
	({                                                \
		memset(&domctl_op, 0, sizeof(domctl_op)); \
		__VA_ARGS__;                              \
		domctl(op, dom);                          \
	})

static long d;
static xen_pfn_t frames[PAGES];
static vcpu_guest_context_t context;

static void memory(void)
{
	struct xen_memory_reservation r = { .nr_extents = PAGES, .domid = (domid_t)d };
	static xen_pfn_t list[4];

	check_is(with(XEN_DOMCTL_max_mem, d, U.max_mem.max_memkb = 4 * PAGES), 0, "max_mem");
	domctl_zero(XEN_DOMCTL_getdomaininfo, d);
	check_is(U.getdomaininfo.max_pages, PAGES, "the limit");
	check_is(with(XEN_DOMCTL_max_mem, 999, U.max_mem.max_memkb = 4), -GUEST_ESRCH,
		 "of no domain");
	for (int i = 0; i < PAGES; i++)
		frames[i] = i;
	set_xen_guest_handle(r.extent_start, frames);
	check_is(hypercall2(__HYPERVISOR_memory_op, XENMEM_populate_physmap, &r), PAGES,
		 "memory for it");
	set_xen_guest_handle(r.extent_start, list);
	r.nr_extents = 1;
	check_is(hypercall2(__HYPERVISOR_memory_op, XENMEM_populate_physmap, &r), 0,
		 "not beyond the limit");

	list[0] = frames[0];
	list[1] = ~0UL;
	list[2] = virt_to_mfn(start_info);
	check_is(with(XEN_DOMCTL_getpageframeinfo3, d, U.getpageframeinfo3.num = 3;
		      set_xen_guest_handle(U.getpageframeinfo3.array, list)),
		 0, "getpageframeinfo3");
	check_is(list[0], XEN_DOMCTL_PFINFO_NOTAB, "a page");
	check_is(list[1], XEN_DOMCTL_PFINFO_XTAB, "no page");
	check_is(list[2], XEN_DOMCTL_PFINFO_XTAB, "another domain's");
	check_is(with(XEN_DOMCTL_getpageframeinfo3, d, U.getpageframeinfo3.num = 1025),
		 -GUEST_E2BIG, "1025 frames");
	check_is(with(XEN_DOMCTL_getpageframeinfo3, d, U.getpageframeinfo3.num = 1;
		      set_xen_guest_handle(U.getpageframeinfo3.array, NOWHERE)),
		 -GUEST_EFAULT, "from nowhere");
	check_is(with(XEN_DOMCTL_hypercall_init, d, U.hypercall_init.gmfn = frames[1]), 0,
		 "hypercall_init");
	check_is(with(XEN_DOMCTL_hypercall_init, d, U.hypercall_init.gmfn = list[2]), -GUEST_EINVAL,
		 "in another domain's frame");
	check_is(with(XEN_DOMCTL_hypercall_init, d, U.hypercall_init.gmfn = ~0UL), -GUEST_EINVAL,
		 "in no frame");
}

static void properties(void)
{
	check_is(with(XEN_DOMCTL_set_address_size, d, U.address_size.size = 64), 0, "64 bits");
	check_is(with(XEN_DOMCTL_set_address_size, d, U.address_size.size = 32), -GUEST_EOPNOTSUPP,
		 "32 bits");
	check_is(with(XEN_DOMCTL_set_address_size, d, U.address_size.size = 16), -GUEST_EINVAL,
		 "16 bits");
	check(domctl_zero(XEN_DOMCTL_get_address_size, d) == 0 && U.address_size.size == 64,
	      "it has 64");
	check_is(domctl_zero(XEN_DOMCTL_get_address_size, 999), -GUEST_ESRCH, "of no domain");

	check_is(with(XEN_DOMCTL_settscinfo, d, U.tsc_info.tsc_mode = 3), -GUEST_EINVAL,
		 "a TSC mode that does not exist");
	check_is(with(XEN_DOMCTL_settscinfo, 0, U.tsc_info.tsc_mode = 0), -GUEST_EINVAL, "one's own");
	if (on_lamina())
		check_is(with(XEN_DOMCTL_settscinfo, d, U.tsc_info.tsc_mode = 1), -GUEST_EOPNOTSUPP,
			 "an emulated TSC");
	check_is(with(XEN_DOMCTL_settscinfo, d, U.tsc_info.tsc_mode = 2), 0, "settscinfo");
	check(domctl_zero(XEN_DOMCTL_gettscinfo, d) == 0 && U.tsc_info.tsc_mode == 2, "gettscinfo");
	check_is(domctl_zero(XEN_DOMCTL_gettscinfo, 999), -GUEST_ESRCH, "of no domain");

	check_is(with(XEN_DOMCTL_settimeoffset, d, U.settimeoffset.time_offset_seconds = -3600), 0,
		 "settimeoffset");
	check_is(domctl_zero(XEN_DOMCTL_settimeoffset, 999), -GUEST_ESRCH, "of no domain");
}

static void touch(void)
{
	struct xen_domctl_ioport_permission *io = &U.ioport_permission;
	struct xen_domctl_iomem_permission *mem = &U.iomem_permission;

	check_is(with(XEN_DOMCTL_ioport_permission, d, io->first_port = 0x80; io->nr_ports = 1;
		      io->allow_access = 1),
		 0, "ioport_permission");
	check_is(with(XEN_DOMCTL_ioport_permission, d, io->first_port = 0x80; io->nr_ports = 1), 0,
		 "taken back");
	check_is(with(XEN_DOMCTL_ioport_permission, d, io->first_port = 0x20; io->nr_ports = 1;
		      io->allow_access = 1),
		 -GUEST_EPERM, "the interrupt controller's, which dom0 has not");
	check_is(with(XEN_DOMCTL_ioport_permission, d, io->first_port = 0xfff0; io->nr_ports = 100),
		 -GUEST_EINVAL, "ports beyond the last");
	check_is(with(XEN_DOMCTL_ioport_permission, d, io->first_port = 0x80), -GUEST_EINVAL,
		 "no port");
	check_is(with(XEN_DOMCTL_iomem_permission, d, mem->first_mfn = 0xfd000; mem->nr_mfns = 1;
		      mem->allow_access = 1),
		 0, "iomem_permission");
	check_is(with(XEN_DOMCTL_iomem_permission, d, mem->first_mfn = 0xfee00; mem->nr_mfns = 1;
		      mem->allow_access = 1),
		 -GUEST_EPERM, "the local APIC, which dom0 has not");
	check_is(with(XEN_DOMCTL_iomem_permission, d, mem->first_mfn = ~0UL; mem->nr_mfns = 2),
		 -GUEST_EINVAL, "frames around the end");
	check_is(with(XEN_DOMCTL_iomem_permission, d, mem->first_mfn = 0xfd000), -GUEST_EINVAL,
		 "no frame");
	/* Xen lets dom0 pass on what it has mapped; Lamina what it may map. */
	if (on_lamina())
		check_is(with(XEN_DOMCTL_irq_permission, d, U.irq_permission.pirq = 9;
			      U.irq_permission.allow_access = 1),
			 0, "irq_permission");
	check_is(with(XEN_DOMCTL_irq_permission, d, U.irq_permission.pirq = 0;
		      U.irq_permission.allow_access = 1),
		 -GUEST_EPERM, "the timer's line, which dom0 has not");
}

static void vcpu(void)
{
	struct xen_domctl_vcpucontext *c = &U.vcpucontext;

	check(with(XEN_DOMCTL_getvcpuinfo, d, U.getvcpuinfo.vcpu = 0) == 0 &&
		      !U.getvcpuinfo.online && !U.getvcpuinfo.running && !U.getvcpuinfo.cpu_time,
	      "getvcpuinfo");
	check_is(with(XEN_DOMCTL_getvcpuinfo, d, U.getvcpuinfo.vcpu = 5), -GUEST_EINVAL,
		 "of a vCPU it cannot have");
	check(with(XEN_DOMCTL_getvcpuinfo, 0, U.getvcpuinfo.vcpu = 0) == 0 &&
		      U.getvcpuinfo.online && U.getvcpuinfo.running && U.getvcpuinfo.cpu_time,
	      "dom0's runs");

	check_is(with(XEN_DOMCTL_getvcpucontext, d, set_xen_guest_handle(c->ctxt, &context)),
		 -GUEST_ENODATA, "a context that was never set");
	check_is(with(XEN_DOMCTL_getvcpucontext, d, c->vcpu = 5), -GUEST_EINVAL, "of no vCPU");
	check_is(domctl_zero(XEN_DOMCTL_getvcpucontext, 0), -GUEST_EINVAL, "one's own");
	check_is(with(XEN_DOMCTL_setvcpucontext, d, c->vcpu = 5), -GUEST_EINVAL, "of no vCPU");
	check_is(with(XEN_DOMCTL_setvcpucontext, d, set_xen_guest_handle(c->ctxt, NOWHERE)),
		 -GUEST_EFAULT, "from nowhere");
	check_is(domctl_zero(XEN_DOMCTL_setvcpucontext, 0), -GUEST_EINVAL, "one's own");
	memset(&context, 0, sizeof(context));
	context.ctrlreg[3] = virt_to_mfn(start_info) << 12;
	check_is(with(XEN_DOMCTL_setvcpucontext, d, set_xen_guest_handle(c->ctxt, &context)),
		 -GUEST_EINVAL, "with a table that is not its own");

	/* An empty table of its own serves; it never runs. */
	context.flags = VGCF_in_kernel;
	context.ctrlreg[3] = frames[2] << 12;
	context.user_regs.rip = 0x1234567;
	context.user_regs.rax = 0xabcdef;
	check_is(with(XEN_DOMCTL_setvcpucontext, d, set_xen_guest_handle(c->ctxt, &context)), 0,
		 "setvcpucontext");
	memset(&context, 0xaa, sizeof(context));
	check_is(with(XEN_DOMCTL_getvcpucontext, d, set_xen_guest_handle(c->ctxt, &context)), 0,
		 "getvcpucontext");
	check(context.user_regs.rip == 0x1234567 && context.user_regs.rax == 0xabcdef &&
		      context.ctrlreg[3] == frames[2] << 12,
	      "it is what was set");
	check(!context.user_regs._pad0[0] && !context.user_regs._pad1[2] && !context.debugreg[1] &&
		      !context.ctrlreg[6],
	      "no byte of it is left as it was");

	check_is(with(XEN_DOMCTL_sendtrigger, d, U.sendtrigger.trigger = XEN_DOMCTL_SENDTRIGGER_NMI),
		 0, "sendtrigger: an NMI");
	check_is(with(XEN_DOMCTL_sendtrigger, d, U.sendtrigger.trigger = XEN_DOMCTL_SENDTRIGGER_RESET),
		 -GUEST_ENOSYS, "a reset");
	check_is(with(XEN_DOMCTL_sendtrigger, d, U.sendtrigger.trigger = XEN_DOMCTL_SENDTRIGGER_SLEEP),
		 -GUEST_EINVAL, "sleep");
	check_is(with(XEN_DOMCTL_sendtrigger, d, U.sendtrigger.vcpu = 5), -GUEST_ESRCH,
		 "for no vCPU");
}

static void nodes(void)
{
	struct xenctl_bitmap *map = &U.nodeaffinity.nodemap;
	static u8 bits[8];

	check_is(with(XEN_DOMCTL_getnodeaffinity, d, map->nr_bits = 64;
		      set_xen_guest_handle(map->bitmap, bits)),
		 0, "getnodeaffinity");
	check(bits[0] == 1 && bits[7] == 0, "node 0");
	check_is(with(XEN_DOMCTL_getnodeaffinity, d, map->nr_bits = 64;
		      set_xen_guest_handle(map->bitmap, NOWHERE)),
		 -GUEST_EFAULT, "to nowhere");
	bits[0] = 3;
	check_is(with(XEN_DOMCTL_setnodeaffinity, d, map->nr_bits = 64;
		      set_xen_guest_handle(map->bitmap, bits)),
		 0, "setnodeaffinity: nodes 0 and 1");
	bits[0] = 2;
	check_is(with(XEN_DOMCTL_setnodeaffinity, d, map->nr_bits = 64;
		      set_xen_guest_handle(map->bitmap, bits)),
		 -GUEST_EINVAL, "node 1 alone");
}

void proof(void)
{
	d = control_create(1);
	check_is(with(XEN_DOMCTL_max_vcpus, d, U.max_vcpus.max = 1), 0, "a domain with a vCPU");
	memory();
	properties();
	touch();
	vcpu();
	nodes();
	check_is(control_destroy(d), 0, "it is destroyed");
	check_is(domctl_zero(XEN_DOMCTL_getdomaininfo, d), -GUEST_ESRCH, "nothing is left of it");
}
