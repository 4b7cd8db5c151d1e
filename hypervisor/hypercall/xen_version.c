/* SPDX-License-Identifier: MIT */
/*
 * HYPERVISOR_xen_version (17): what runs here and what it offers.
 *
 * a1: XENVER_*; a2: guest address of the answer.  Anyone may call; the command
 * line is for the control domain only.  With a2 zero, XENVER_version is
 * Linux's way to look for events on the way out, so it must stay short.
 *
 * Every buffer is filled whole, so that no stack byte leaks (XSA-122).
 */
#include "domain/policy.h"
#include "domain/vcpu.h"
#include "hypercall/arg.h"
#include "hypercall/table.h"
#include "lib/string.h"
#include "platform/cmdline.h"

/* The ABI spoken is that of Xen 4.17; tools and kernels compare this number. */
#define VERSION_MAJOR 4
#define VERSION_MINOR 17

static u32 version_features(const struct domain *d)
{
	u32 f = (1U << XENFEAT_mmu_pt_update_preserve_ad) | (1U << XENFEAT_gnttab_map_avail_bits) |
		(1U << XENFEAT_memory_op_vnode_supported);

	if (d->vm_assist & (1U << VMASST_TYPE_pae_extended_cr3))
		f |= 1U << XENFEAT_pae_pgdir_above_4gb;
	if (d->hardware)
		f |= 1U << XENFEAT_dom0;
	return f;
}

static long version_text(u64 to, const char *text, size_t size)
{
	char buf[1024];

	string_copy(buf, text, size);
	return usercopy_to(gaddr(to), buf, size) ? -EFAULT : 0;
}

static long version_compile_info(u64 to)
{
	struct xen_compile_info info;

	memset(&info, 0, sizeof(info));
	string_copy(info.compiler, "gcc " __VERSION__, sizeof(info.compiler));
	string_copy(info.compile_by, "lamina", sizeof(info.compile_by));
	string_copy(info.compile_domain, "lamina", sizeof(info.compile_domain));
	string_copy(info.compile_date, __DATE__, sizeof(info.compile_date));
	return arg_put(to, &info) ? 0 : -EFAULT;
}

static long version_get_features(u64 to)
{
	struct xen_feature_info fi;

	if (!arg_get(&fi, to))
		return -EFAULT;
	fi.submap = fi.submap_idx == 0 ? version_features(current->domain) : 0;
	if (fi.submap_idx >= XENFEAT_NR_SUBMAPS)
		return -EINVAL;
	return arg_put(to, &fi) ? 0 : -EFAULT;
}

HYPERCALL(xen_version)
{
	switch ((u32)a1) {
	case XENVER_version: return VERSION_MAJOR << 16 | VERSION_MINOR;
	case XENVER_extraversion: return version_text(a2, ".0-lamina", XEN_EXTRAVERSION_LEN);
	case XENVER_compile_info: return version_compile_info(a2);
	case XENVER_capabilities:
		return version_text(a2, "xen-3.0-x86_64 ", XEN_CAPABILITIES_INFO_LEN);
	case XENVER_changeset: return version_text(a2, "lamina", XEN_CHANGESET_INFO_LEN);
	case XENVER_platform_parameters: {
		struct xen_platform_parameters pp = { .virt_start = HV_VIRT_START };

		return arg_put(a2, &pp) ? 0 : -EFAULT;
	}
	case XENVER_get_features: return version_get_features(a2);
	case XENVER_pagesize: return a2 ? -EINVAL : (long)PAGE_SIZE;
	case XENVER_guest_handle:
		return usercopy_to(gaddr(a2), current->domain->uuid, 16) ? -EFAULT : 0;
	case XENVER_commandline:
		return version_text(a2,
				    policy_allows(current->domain, NULL, POLICY_CONTROL)
					    ? cmdline_text
					    : "<denied>",
				    sizeof(xen_commandline_t));
	case XENVER_build_id: return -ENODATA;
	}
	return -ENOSYS;
}
