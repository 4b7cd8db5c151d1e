/* SPDX-License-Identifier: MIT */
/*
 * HYPERVISOR_platform_op: what the privileged domain asks of the machine
 * itself: the wall clock, firmware facts, processors, power-off.
 */
#include "console/log.h"
#include "domain/policy.h"
#include "frame/hostmap.h"
#include "hypercall/arg.h"
#include "hypercall/preempt.h"
#include "hypercall/table.h"
#include "lib/string.h"
#include "sched/hotplug.h"
#include "platform/efi.h"
#include "platform/reset.h"
#include "pv/pv.h"
#include "smp/cpus.h"
#include "time/clock.h"
#include "x86/bound.h"
#include "x86/features.h"

static long set_time(u64 sec, u32 nsec, u64 system_time)
{
	struct domain *d;

	if (!clock_set_wall(sec, nsec, system_time))
		return -EINVAL;
	for_each_domain (d, at)
		vcpu_time_update_wallclock(d);
	return 0;
}

#define MAX_VENDOR 64

static long efi_info(u32 index, union xenpf_efi_info *out)
{
	u16 name[MAX_VENDOR];
	struct efi_info info;
	u32 bytes;

	if (!efi_get_info(&info))
		return -EOPNOTSUPP;
	switch (index) {
	case XEN_FW_EFI_VERSION: out->version = info.revision; return 0;
	case XEN_FW_EFI_CONFIG_TABLE:
		out->cfg.addr = info.config_tables;
		out->cfg.nent = info.nr_config_tables;
		return 0;
	case XEN_FW_EFI_VENDOR:
		bytes = 2 * (efi_vendor(name, MAX_VENDOR) + 1);
		if (bytes == 2 || out->vendor.bufsz < 2)
			return -EOPNOTSUPP;
		if (bytes > out->vendor.bufsz)
			bytes = out->vendor.bufsz & ~1u;
		name[bytes / 2 - 1] = 0;
		out->vendor.revision = info.revision;
		return usercopy_to(gaddr(arg_handle(out->vendor.name)), name, bytes) ? -EFAULT : 0;
	case XEN_FW_EFI_RT_VERSION:
		/* Runtime services are not offered. */
		return -EOPNOTSUPP;
	}
	return -ENOENT;
}

/* BIOS data area: the keyboard's shift flags. */
#define BDA_KEYBOARD_FLAGS 0x417

static long firmware_info(struct xenpf_firmware_info *info)
{
	switch (info->type) {
	case XEN_FW_DISK_INFO:
	case XEN_FW_DISK_MBR_SIGNATURE:
	case XEN_FW_VBEDDC_INFO:
		/* The BIOS is not asked at boot: no disk has an entry, as on a machine without EDD. */
		return -ESRCH;
	case XEN_FW_KBD_SHIFT_FLAGS: {
		static const u8 *bda;

		if (!bda)
			bda = hostmap_device(0, PAGE_SIZE);
		if (!bda)
			return -ENOMEM;
		info->u.kbd_shift_flags = bda[BDA_KEYBOARD_FLAGS];
		return 0;
	}
	case XEN_FW_EFI_INFO: return efi_info(info->index, &info->u.efi_info);
	}
	return -EINVAL;
}

static long cpu_info_op(struct xenpf_pcpuinfo *info)
{
	u32 cpu = info->xen_cpuid;

	info->max_present = nr_cpus - 1;
	if (!bound_index(cpu, nr_cpus)) {
		info->flags = XEN_PCPU_FLAGS_INVALID;
		info->apic_id = info->acpi_id = 0;
		return 0;
	}
	info->flags = test_bit(cpu_online_map, cpu) ? XEN_PCPU_FLAGS_ONLINE : 0;
	info->apic_id = cpu_apic_id[cpu];
	info->acpi_id = cpu_acpi_id[cpu];
	return 0;
}

static long cpu_version(struct xenpf_pcpu_version *v)
{
	u32 a, b, c, d;

	v->max_present = nr_cpus - 1;
	if (v->xen_cpuid >= nr_cpus) {
		memset(v->vendor_id, 0, sizeof(v->vendor_id));
		v->family = v->model = v->stepping = 0;
		return 0;
	}
	/* All processors of one machine are alike. */
	insn_cpuid(0, 0, &a, &b, &c, &d);
	memcpy(v->vendor_id, &b, 4);
	memcpy(v->vendor_id + 4, &d, 4);
	memcpy(v->vendor_id + 8, &c, 4);
	v->family = cpu_features.family;
	v->model = cpu_features.model;
	v->stepping = cpu_features.stepping;
	return 0;
}

static long acpi_sleep(const struct xenpf_enter_acpi_sleep *s)
{
	if (s->flags & ~XENPF_ACPI_SLEEP_EXTENDED)
		return -EINVAL;
	/* Only soft off: no other state is left alive again by this hypervisor. */
	if (s->sleep_state != 5 || s->flags & XENPF_ACPI_SLEEP_EXTENDED)
		return -EOPNOTSUPP;
	log_info("power off, by the control domain\n");
	return reset_enter_s5(s->val_a, s->val_b);
}

static long run(struct xen_platform_op *op)
{
	switch (op->cmd) {
	case XENPF_settime32:
		return set_time(op->u.settime32.secs, op->u.settime32.nsecs,
				op->u.settime32.system_time);
	case XENPF_settime64:
		if (op->u.settime64.mbz)
			return -EINVAL;
		return set_time(op->u.settime64.secs, op->u.settime64.nsecs,
				op->u.settime64.system_time);
	case XENPF_firmware_info: return firmware_info(&op->u.firmware_info);
	case XENPF_get_cpuinfo: return cpu_info_op(&op->u.pcpu_info);
	case XENPF_get_cpu_version: return cpu_version(&op->u.pcpu_version);
	case XENPF_enter_acpi_sleep: return acpi_sleep(&op->u.enter_acpi_sleep);
	case XENPF_cpu_online: return hotplug_set(op->u.cpu_ol.cpuid, true);
	case XENPF_cpu_offline:
		return op->u.cpu_ol.cpuid ? hotplug_set(op->u.cpu_ol.cpuid, false) : -EOPNOTSUPP;
	}
	/* Power management data, EFI runtime calls, symbols and the rest: callers do without. */
	return -ENOSYS;
}

HYPERCALL(platform_op)
{
	struct xen_platform_op op;
	long result;

	if (!policy_allows(current->domain, NULL, POLICY_HARDWARE))
		return -EPERM;
	if (!arg_get(&op, a1))
		return -EFAULT;
	if (op.interface_version != XENPF_INTERFACE_VERSION)
		return -EACCES;
	result = run(&op);
	if (result == -ERESTART)
		return preempt_restart(a1, 0, 0, 0, 0);
	if (!result && !arg_put(a1, &op))
		result = -EFAULT;
	return result;
}
