/* SPDX-License-Identifier: MIT */
/*
 * Claim: a domain that is not dom0 controls nothing but itself (XSA-87).
 * Attack: every control operation, hardware, other domains' memory, channels and grants.
 * Defence: refused; control calls say so with EPERM before they look at anything else.
 * DOMAIN: guest
 */
#include "guest.h"

static u32 words[512];

/* Of the commands 0 to @last with the right version and as if for dom0, how many were not refused. */
static unsigned int accepted(u64 call, u32 last, u32 version)
{
	unsigned int n = 0;

	for (u32 cmd = 0; cmd <= last; cmd++) {
		long rc;

		memset(words, 0, sizeof(words));
		words[0] = cmd;
		words[1] = version;
		rc = hypercall1(call, words);
		/* Xen finds other faults first with some. */
		if (on_lamina() ? rc != -GUEST_EPERM && rc != -GUEST_ENOSYS : rc >= 0) {
			say("# call %lu command %u: %ld\n", call, cmd, rc);
			n++;
		}
	}
	return n;
}

static unsigned int physdev(void)
{
	static const u8 dom0s[] = {
		PHYSDEVOP_setup_gsi,	  PHYSDEVOP_map_pirq,	       PHYSDEVOP_unmap_pirq,
		PHYSDEVOP_apic_read,	  PHYSDEVOP_apic_write,	       PHYSDEVOP_manage_pci_add,
		PHYSDEVOP_pci_device_add, PHYSDEVOP_pci_device_remove, PHYSDEVOP_pci_mmcfg_reserved,
		PHYSDEVOP_restore_msi,	  PHYSDEVOP_dbgp_op,	       PHYSDEVOP_alloc_irq_vector
	};
	unsigned int n = 0;

	for (unsigned int i = 0; i < sizeof(dom0s); i++) {
		memset(words, 0, sizeof(words));
		if (hypercall2(__HYPERVISOR_physdev_op, dom0s[i], words) >= 0) {
			say("# physdev %u\n", dom0s[i]);
			n++;
		}
	}
	return n;
}

static long memory(unsigned int cmd, domid_t dom)
{
	static xen_pfn_t list[1] = { 0x400 };
	struct xen_memory_reservation r = { .nr_extents = 1, .domid = dom };

	set_xen_guest_handle(r.extent_start, list);
	return hypercall2(__HYPERVISOR_memory_op, cmd, &r);
}

static void out(void *arg)
{
	(void)arg;
	__asm__ volatile("outb %%al, %%dx" ::"a"(0), "d"(0x80));
}

void proof(void)
{
	struct sched_remote_shutdown stop = { .domain_id = 0, .reason = SHUTDOWN_crash };
	evtchn_alloc_unbound_t channel = { 0, 0, 0 };
	evtchn_status_t status = { .dom = 0, .port = 1 };
	evtchn_bind_pirq_t line = { 9, 0, 0 };
	evtchn_reset_t reset = { .dom = 0 };
	gnttab_setup_table_t table = { .dom = 0, .nr_frames = 1 };
	xen_pfn_t frame;
	void *page = page_alloc();
	u64 rw = PTE_P | PTE_RW | PTE_US;
	unsigned int mapped = 0;

	check_is(accepted(__HYPERVISOR_domctl, 90, XEN_DOMCTL_INTERFACE_VERSION), 0, "domctl");
	check_is(accepted(__HYPERVISOR_sysctl, 32, XEN_SYSCTL_INTERFACE_VERSION), 0, "sysctl");
	check_is(accepted(__HYPERVISOR_platform_op, 70, XENPF_INTERFACE_VERSION), 0, "platform_op");
	check_is(physdev(), 0, "physdev_op");
	check(hypercall3(__HYPERVISOR_console_io, CONSOLEIO_read, 1, page) == -GUEST_EPERM,
	      "the machine's console");
	check(hypercall2(__HYPERVISOR_sched_op, SCHEDOP_remote_shutdown, &stop) == -GUEST_EPERM,
	      "dom0's end");
	check(hypercall2(__HYPERVISOR_memory_op, XENMEM_machine_memory_map, words) == -GUEST_EPERM,
	      "the machine's memory map");
	check(hypercall2(__HYPERVISOR_memory_op, XENMEM_set_memory_map, words) < 0,
	      "a memory map for dom0");
	check(memory(XENMEM_decrease_reservation, 0) <= 0 &&
		      memory(XENMEM_populate_physmap, 0) <= 0 && memory(XENMEM_claim_pages, 0) < 0,
	      "dom0's memory");
	check(event_op(EVTCHNOP_alloc_unbound, &channel) == -GUEST_EPERM, "a channel of dom0's");
	check(event_op(EVTCHNOP_status, &status) == -GUEST_EPERM, "its status");
	check(event_op(EVTCHNOP_reset, &reset) == -GUEST_EPERM, "its reset");
	check(event_op(EVTCHNOP_bind_pirq, &line) < 0, "an interrupt line");
	set_xen_guest_handle(table.frame_list, &frame);
	check(grant_op(GNTTABOP_setup_table, &table, 1) < 0 || table.status < 0,
	      "dom0's grant table");
	check(hypercall4(__HYPERVISOR_mmuext_op, words, 1, 0, 0) < 0, "dom0's page tables");
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
	check(!try_call(out, NULL) && fault.vector == 13, "a port");
}
