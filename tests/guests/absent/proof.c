/* SPDX-License-Identifier: MIT */
/*
 * Claim: what docs/abi/hypercalls.md says is refused is refused, so that kernels and tools fall back.
 * Attack: each of those calls; frames that a transfer or a swap of grants would let slip by
 * (XSA-214, XSA-217), the versions whose tables have two kinds of frames (XSA-255, XSA-379, XSA-382).
 * Defence: there is no such call.
 * (Xen 4.17 has most of them.)
 * Proves: XSA-214, XSA-217, XSA-255, XSA-379, XSA-382, XSA-384, XSA-486, XSA-501
 */
#include "guest.h"

#include <xen/arch-x86/xen-mca.h>

static u8 zeros[4096];

static void call(u64 nr, u64 a1, u64 a2, const char *what)
{
	long rc;

	memset(zeros, 0, sizeof(zeros));
	rc = hypercall(nr, a1, a2, 1, 0, 0);
	check(!on_lamina() || rc == -GUEST_ENOSYS, "%s: %ld", what, rc);
}

static void grant(unsigned int cmd, const char *what)
{
	call(__HYPERVISOR_grant_table_op, cmd, PTR(zeros), what);
}

void proof(void)
{
	/* cppcheck-suppress legacyUninitvar */
	gnttab_set_version_t version = { .version = 2 };
	gnttab_query_size_t size = { .dom = DOMID_SELF };
	long rc;

	call(__HYPERVISOR_nmi_op, 0, PTR(zeros), "nmi_op");
	call(__HYPERVISOR_xsm_op, PTR(zeros), 0, "xsm_op");
	call(__HYPERVISOR_xenoprof_op, 0, PTR(zeros), "xenoprof_op");
	call(__HYPERVISOR_hvm_op, 0, PTR(zeros), "hvm_op");
	call(__HYPERVISOR_kexec_op, 0, PTR(zeros), "kexec_op");
	call(__HYPERVISOR_argo_op, 0, PTR(zeros), "argo_op");
	call(__HYPERVISOR_dm_op, 0, 0, "dm_op");
	call(__HYPERVISOR_hypfs_op, 0, 0, "hypfs_op");
	for (unsigned int cmd = 0; cmd < 10; cmd++)
		call(__HYPERVISOR_xenpmu_op, cmd, PTR(zeros), "xenpmu_op");
	grant(GNTTABOP_transfer, "a transfer");
	grant(GNTTABOP_swap_grant_ref, "a swap");
	grant(GNTTABOP_cache_flush, "a cache flush");
	grant(GNTTABOP_unmap_and_replace, "unmap and replace");
	grant(GNTTABOP_dump_table, "a dump");
	grant(GNTTABOP_get_status_frames, "frames of status words");
	rc = grant_op(GNTTABOP_set_version, &version, 1);
	check(!on_lamina() || (rc == -GUEST_ENOSYS && version.version == 1), "version 2: %ld", rc);
	check(grant_op(GNTTABOP_query_size, &size, 1) == 0 && size.status == 0,
	      "the table is as it was");
}
