/* SPDX-License-Identifier: MIT */
/*
 * Claim: a domain that is not dom0 controls nothing but itself (XSA-87).
 * Attack: every number that a control call can have, for itself and for dom0; every other call that can
 * name another domain, with dom0's name; hardware; other domains' memory, channels and grants.
 * Defence: refused; control calls say so with EPERM before they look at anything else.
 * (Xen finds other faults first with some, and does not know of numbers that are free.)
 * DOMAIN: guest
 * Proves: XSA-77, XSA-87, memory_op.XENMEM_memory_map ok, sched_op.SCHEDOP_remote_shutdown refused
 * Proves: sched_op.SCHEDOP_pin_override refused, console_io.CONSOLEIO_read refused
 * Proves: console_io.CONSOLEIO_write refused, mmuext_op.MMUEXT_FLUSH_CACHE refused
 * Proves: mmuext_op.MMUEXT_FLUSH_CACHE_GLOBAL refused, memory_op.XENMEM_machine_memory_map refused
 * Proves: memory_op.XENMEM_set_memory_map refused, memory_op.XENMEM_claim_pages refused
 * Proves: memory_op.XENMEM_acquire_resource refused, memory_op.XENMEM_machphys_mfn_list refused
 * Proves: physdev_op.PHYSDEVOP_pci_mmcfg_reserved refused, physdev_op.PHYSDEVOP_dbgp_op refused
 * Proves: physdev_op.PHYSDEVOP_pci_device_remove refused, physdev_op.PHYSDEVOP_manage_pci_remove refused
 * Proves: physdev_op.PHYSDEVOP_get_free_pirq refused, event_channel_op.EVTCHNOP_alloc_unbound refused
 * Proves: vcpu_op.VCPUOP_get_physid refused, xen_version.XENVER_commandline refused
 */
#include "guest.h"

static u32 words[1024];

static bool refused(long rc)
{
	return on_lamina() ? rc == -GUEST_EPERM : rc < 0;
}

/*
 * Of the numbers 0 to @last of a control call, each with the right version, with a wrong one, and with
 * arguments nowhere, for ourselves (whose number nobody knows) and for dom0: how many were not refused.
 */
static unsigned int control(u64 call, u32 last, u32 version)
{
	static const u32 domains[] = { 0, DOMID_SELF, 1, 0x7ff1 };
	unsigned int n = 0;

	for (u32 cmd = 0; cmd <= last; cmd++)
		for (unsigned int i = 0; i < 4; i++) {
			long rc;

			memset(words, 0, 256);
			words[0] = cmd;
			words[1] = i == 3 ? ~version : version;
			words[2] = domains[i];
			rc = hypercall1(call, words);
			if (!refused(rc)) {
				say("# call %lu command %u: %ld\n", call, cmd, rc);
				n++;
			}
		}
	if (on_lamina() && hypercall1(call, 0xdead0000) != -GUEST_EPERM)
		n++;
	return n;
}

/*
 * Every number of physdev_op but those that concern the domain itself. Some mean nothing;
 * all that are dom0's are named below.
 */
static unsigned int physdev(void)
{
	static const u8 own[] = {
		PHYSDEVOP_eoi,		 PHYSDEVOP_irq_status_query, PHYSDEVOP_set_iopl,
		PHYSDEVOP_set_iobitmap,	 PHYSDEVOP_map_pirq,	     PHYSDEVOP_unmap_pirq,
		PHYSDEVOP_get_free_pirq, PHYSDEVOP_pirq_eoi_gmfn_v1, PHYSDEVOP_pirq_eoi_gmfn_v2
	};
	static const u8 dom0s[] = { PHYSDEVOP_apic_read,	PHYSDEVOP_apic_write,
				    PHYSDEVOP_alloc_irq_vector, PHYSDEVOP_setup_gsi,
				    PHYSDEVOP_pci_device_add,	PHYSDEVOP_prepare_msix,
				    PHYSDEVOP_release_msix,	PHYSDEVOP_restore_msi_ext,
				    PHYSDEVOP_manage_pci_add,	PHYSDEVOP_manage_pci_add_ext,
				    PHYSDEVOP_restore_msi,	PHYSDEVOP_pci_mmcfg_reserved,
				    PHYSDEVOP_dbgp_op,		PHYSDEVOP_pci_device_remove,
				    PHYSDEVOP_manage_pci_remove };
	unsigned int n = 0;

	for (unsigned int cmd = 0; cmd < 64; cmd++) {
		bool mine = false;
		long rc;

		for (unsigned int i = 0; i < sizeof(own); i++)
			mine = mine || cmd == own[i];
		memset(words, 0, 256);
		rc = hypercall2(__HYPERVISOR_physdev_op, cmd, words);
		if (!mine && !refused(rc) && rc != -GUEST_ENOSYS) {
			say("# physdev %u: %ld\n", cmd, rc);
			n++;
		}
	}
	for (unsigned int i = 0; i < sizeof(dom0s); i++)
		n += !refused(hypercall2(__HYPERVISOR_physdev_op, dom0s[i], words));
	return n;
}

/* What of a device or of dom0 may be asked for by calls that are our own. */
static void pirqs(void)
{
	struct physdev_map_pirq map = { .domid = 0, .type = MAP_PIRQ_TYPE_GSI, .index = 9, .pirq = 9 };
	struct physdev_unmap_pirq unmap = { .domid = 0, .pirq = 9 };
	evtchn_bind_pirq_t bind = { 9, 0, 0 };

	check(refused(hypercall2(__HYPERVISOR_physdev_op, PHYSDEVOP_map_pirq, &map)),
	      "dom0's line");
	check(refused(hypercall2(__HYPERVISOR_physdev_op, PHYSDEVOP_unmap_pirq, &unmap)),
	      "to take it away");
	map.domid = DOMID_SELF;
	check(hypercall2(__HYPERVISOR_physdev_op, PHYSDEVOP_map_pirq, &map) < 0,
	      "a line of our own");
	for (int type = MAP_PIRQ_TYPE_MSI; type < 8; type++) {
		map.type = type;
		map.entry_nr = 1;
		if (hypercall2(__HYPERVISOR_physdev_op, PHYSDEVOP_map_pirq, &map) >= 0)
			check(false, "a message of kind %u", (unsigned int)type);
	}
	check(event_op(EVTCHNOP_bind_pirq, &bind) < 0, "an interrupt line");
	check(hypercall2(__HYPERVISOR_physdev_op, PHYSDEVOP_get_free_pirq, 0xdead0000) < 0,
	      "a number for nobody");
}

/* Every number of memory_op with dom0 as its domain: how many did something. */
static unsigned int memory(void)
{
	static const u8 facts[] = { XENMEM_maximum_ram_page, XENMEM_machphys_mapping,
				    XENMEM_memory_map };
	static const u8 control_ops[] = { XENMEM_machine_memory_map, XENMEM_set_memory_map,
					  XENMEM_claim_pages, XENMEM_acquire_resource,
					  XENMEM_machphys_mfn_list };
	unsigned int n = 0;
	u64 mfn;

	for (unsigned int cmd = 0; cmd < 64; cmd++) {
		bool fact = false;
		long rc;

		for (unsigned int i = 0; i < sizeof(facts); i++)
			fact = fact || cmd == facts[i];
		/* The domain's number is in a place of its own in each structure: all zeros. */
		memset(words, 0, 256);
		mfn = 0x400;
		if (cmd == XENMEM_increase_reservation || cmd == XENMEM_decrease_reservation ||
		    cmd == XENMEM_populate_physmap) {
			struct xen_memory_reservation *r = (void *)words;

			r->nr_extents = 1;
			set_xen_guest_handle(r->extent_start, &mfn);
		}
		rc = hypercall2(__HYPERVISOR_memory_op, cmd, words);
		if (!fact && rc > 0) {
			say("# memory_op %u: %ld\n", cmd, rc);
			n++;
		}
		if (on_lamina() && !fact && rc && rc != -GUEST_EPERM && rc != -GUEST_ENOSYS) {
			say("# memory_op %u: %ld\n", cmd, rc);
			n++;
		}
	}
	for (unsigned int i = 0; i < sizeof(control_ops); i++) {
		memset(words, 0, 256);
		n += !refused(hypercall2(__HYPERVISOR_memory_op, control_ops[i], words));
	}
	return n;
}

static void own_map(void)
{
	static u8 entries[20 * 32];
	struct xen_memory_map m = { .nr_entries = 32 };

	m.buffer.p = entries;
	check(hypercall2(__HYPERVISOR_memory_op, XENMEM_memory_map, &m) == 0 && m.nr_entries > 0,
	      "our own memory has a map of %u areas", m.nr_entries);
}

static void channels(void)
{
	evtchn_alloc_unbound_t channel = { 0, 0, 0 };
	evtchn_bind_interdomain_t bind = { .remote_dom = 0 };
	evtchn_status_t status = { .dom = 0, .port = 1 };
	evtchn_reset_t reset = { .dom = 0 };
	unsigned int bound = 0;

	check(event_op(EVTCHNOP_alloc_unbound, &channel) == -GUEST_EPERM, "a channel of dom0's");
	check(event_op(EVTCHNOP_status, &status) == -GUEST_EPERM, "its status");
	check(event_op(EVTCHNOP_reset, &reset) == -GUEST_EPERM, "its reset");
	for (u32 port = 1; port < 300; port++) {
		bind.remote_port = port;
		bound += event_op(EVTCHNOP_bind_interdomain, &bind) == 0;
	}
	check_is(bound, 0, "channels to ports of dom0's that are not for us");
}

static void grants(void)
{
	gnttab_setup_table_t table = { .dom = 0, .nr_frames = 1 };
	gnttab_query_size_t size = { .dom = 0 };
	gnttab_get_version_t version = { .dom = 0 };
	xen_pfn_t frame;
	unsigned int mapped = 0;

	set_xen_guest_handle(table.frame_list, &frame);
	check(grant_op(GNTTABOP_setup_table, &table, 1) < 0 || table.status < 0,
	      "dom0's grant table");
	check(grant_op(GNTTABOP_query_size, &size, 1) < 0 || size.status < 0, "its size");
	check(grant_op(GNTTABOP_get_version, &version, 1) < 0, "its version");
	for (u32 ref = 0; ref < 600; ref++) {
		gnttab_map_grant_ref_t map = { .flags = GNTMAP_device_map, .ref = ref, .dom = 0 };

		mapped += grant_op(GNTTABOP_map_grant_ref, &map, 1) == 0 && map.status == 0;
	}
	check_is(mapped, 0, "grants of dom0's that are not for us");
}

static void out(void *arg)
{
	(void)arg;
	__asm__ volatile("outb %%al, %%dx" ::"a"(0), "d"(0x80));
}

static void tables(void)
{
	static const u8 cache[] = { MMUEXT_FLUSH_CACHE, MMUEXT_FLUSH_CACHE_GLOBAL };
	void *page = page_alloc();
	u64 rw = PTE_P | PTE_RW | PTE_US;
	mmu_update_t update = { pte_maddr(PTR(page), 1), 0 };
	unsigned int mapped = 0;
	struct mmuext_op op;

	for (unsigned int cmd = 0; cmd < 24; cmd++) {
		memset(&op, 0, sizeof(op));
		op.cmd = cmd;
		if (hypercall4(__HYPERVISOR_mmuext_op, &op, 1, 0, 0) >= 0)
			check(false, "mmuext_op %u for dom0", cmd);
	}
	check(hypercall4(__HYPERVISOR_mmu_update, &update, 1, 0, 0) < 0 &&
		      hypercall4(__HYPERVISOR_mmu_update, &update, 1, 0, 1ULL << 16) < 0 &&
		      hypercall4(__HYPERVISOR_mmu_update, &update, 1, 0, DOMID_XEN) < 0,
	      "dom0's page tables, dom0's frames, the hypervisor's");
	for (unsigned int i = 0; i < sizeof(cache); i++)
		if (on_lamina()) /* Xen does nothing, and says so */
			check(mmuext(cache[i], 0) == -GUEST_EPERM, "the machine's caches");
	check(hypercall4(__HYPERVISOR_update_va_mapping_otherdomain, page, pte_of(0x400, rw), 0, 0) <
		      0,
	      "a mapping of dom0's memory");
	for (u64 mfn = 0; mfn < 0x20000; mfn += 61)
		if (((u64 *)HYPERVISOR_VIRT_START)[mfn] >= start_info->nr_pages ||
		    pfn_to_mfn(((u64 *)HYPERVISOR_VIRT_START)[mfn]) != mfn)
			mapped += update_va(page, pte_of(mfn, rw), 0) == 0;
	mapped += update_va(page, pte_of(0xfee00, rw), 0) == 0;
	mapped += update_va(page, pte_of(0xfec00, rw), 0) == 0;
	check_is(mapped, 0, "frames of others mapped");
}

void proof(void)
{
	struct sched_remote_shutdown stop = { .domain_id = 0, .reason = SHUTDOWN_crash };
	struct sched_pin_override pin = { .pcpu = 0 };
	static char text[1024];
	u64 id;

	check_is(control(__HYPERVISOR_domctl, XEN_DOMCTL_gdbsx_domstatus + 8,
			 XEN_DOMCTL_INTERFACE_VERSION),
		 0, "domctl");
	check_is(control(__HYPERVISOR_sysctl, 100, XEN_SYSCTL_INTERFACE_VERSION), 0, "sysctl");
	check_is(control(__HYPERVISOR_platform_op, 127, XENPF_INTERFACE_VERSION), 0, "platform_op");
	check_is(physdev(), 0, "physdev_op");
	pirqs();
	check(refused(hypercall3(__HYPERVISOR_console_io, CONSOLEIO_read, 1, text)) &&
		      refused(hypercall3(__HYPERVISOR_console_io, CONSOLEIO_write, 1, text)),
	      "the machine's console");
	check(hypercall2(__HYPERVISOR_sched_op, SCHEDOP_remote_shutdown, &stop) == -GUEST_EPERM,
	      "dom0's end");
	check(refused(hypercall2(__HYPERVISOR_sched_op, SCHEDOP_pin_override, &pin)),
	      "a CPU of one's own");
	check(hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_get_physid, 0, &id) < 0, "or its name");
	check(hypercall2(__HYPERVISOR_xen_version, XENVER_commandline, text) == 0 && text[0] == '<',
	      "the command line is %s", text);
	check_is(memory(), 0, "memory_op");
	own_map();
	channels();
	grants();
	tables();
	check(!try_call(out, NULL) && fault.vector == 13, "a port");
}
