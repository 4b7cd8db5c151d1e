/* SPDX-License-Identifier: MIT */
/*
 * Claim: what the hypervisor says of itself carries no byte of its stack (XSA-122).
 * Attack: ask everything into a poisoned buffer; ask into places that are not ours.
 * Defence: each answer is filled whole, none is longer than it should be.
 * Proves: xen_version.XENVER_version ok, xen_version.XENVER_extraversion ok refused
 * Proves: xen_version.XENVER_get_features ok refused, xen_version.XENVER_compile_info ok refused
 * Proves: xen_version.XENVER_capabilities ok refused, xen_version.XENVER_changeset ok refused
 * Proves: xen_version.XENVER_platform_parameters ok refused, xen_version.XENVER_pagesize ok refused
 * Proves: xen_version.XENVER_guest_handle ok refused, xen_version.XENVER_build_id refused
 * Proves: xen_version.XENVER_commandline ok refused, XSA-122
 */
#include "guest.h"

static u8 buffer[2048];

/* Ask twice with different poison: what is filled is equal, what is not shows the poison. */
static void fills(unsigned int cmd, size_t size, const char *what)
{
	size_t length[2] = { 0, 0 };

	for (int pass = 0; pass < 2; pass++) {
		u8 poison = pass ? 0x55 : 0xaa;

		memset(buffer, poison, sizeof(buffer));
		if (hypercall2(__HYPERVISOR_xen_version, cmd, buffer) < 0) {
			check(false, "%s", what);
			return;
		}
		for (size_t i = 0; i < sizeof(buffer); i++)
			if (buffer[i] != poison)
				length[pass] = i + 1;
	}
	check(length[0] == size && length[1] == size, "%s: %lu bytes (got %lu)", what, size,
	      length[0]);
}

static bool text_is_padded(unsigned int cmd, size_t size)
{
	size_t i = 0;

	hypercall2(__HYPERVISOR_xen_version, cmd, buffer);
	while (i < size && buffer[i])
		i++;
	while (i < size && !buffer[i])
		i++;
	return i == size;
}

void proof(void)
{
	struct xen_feature_info fi = { .submap_idx = 7 };

	if (on_lamina()) { /* Xen fills as much as its text has */
		fills(XENVER_extraversion, XEN_EXTRAVERSION_LEN, "extraversion");
		fills(XENVER_changeset, XEN_CHANGESET_INFO_LEN, "changeset");
		fills(XENVER_capabilities, XEN_CAPABILITIES_INFO_LEN, "capabilities");
		fills(XENVER_commandline, sizeof(xen_commandline_t), "command line");
	}
	fills(XENVER_compile_info, sizeof(struct xen_compile_info), "compile info");
	check(!on_lamina() || text_is_padded(XENVER_changeset, XEN_CHANGESET_INFO_LEN),
	      "a text is padded with zeros");
	fills(XENVER_platform_parameters, 8, "platform parameters");
	fills(XENVER_guest_handle, 16, "the guest's handle");
	check_is(hypercall2(__HYPERVISOR_xen_version, XENVER_pagesize, 0), 4096, "page size");
	check(hypercall2(__HYPERVISOR_xen_version, XENVER_pagesize, buffer) < 0,
	      "but not by pointer");
	check(hypercall2(__HYPERVISOR_xen_version, XENVER_version, 0) >> 16 == 4, "version 4");
	check(hypercall2(__HYPERVISOR_xen_version, XENVER_get_features, &fi) == -GUEST_EINVAL,
	      "features that do not exist");
	fi.submap_idx = 0;
	check(hypercall2(__HYPERVISOR_xen_version, XENVER_get_features, &fi) == 0 &&
		      fi.submap >> XENFEAT_mmu_pt_update_preserve_ad & 1 &&
		      fi.submap >> XENFEAT_gnttab_map_avail_bits & 1,
	      "those that Linux insists on are there");
	if (on_lamina()) /* Debian's Xen has one */
		check_is(hypercall2(__HYPERVISOR_xen_version, XENVER_build_id, 0), -GUEST_ENODATA,
			 "there is no build id");
	check(hypercall2(__HYPERVISOR_xen_version, 99, buffer) == -GUEST_ENOSYS,
	      "a question that does not exist");
	for (unsigned int cmd = XENVER_extraversion; cmd <= XENVER_commandline; cmd++) {
		if (cmd == XENVER_pagesize)
			continue;
		if (hypercall2(__HYPERVISOR_xen_version, cmd, 0xdead0000) != -GUEST_EFAULT ||
		    hypercall2(__HYPERVISOR_xen_version, cmd, HYPERVISOR_VIRT_START) != -GUEST_EFAULT ||
		    hypercall2(__HYPERVISOR_xen_version, cmd, HYPERVISOR_VIRT_START - 4) !=
			    -GUEST_EFAULT)
			check(false, "answer %u into nowhere", cmd);
	}
	check(true, "answers into nowhere are errors");
}
