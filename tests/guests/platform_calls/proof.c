/* SPDX-License-Identifier: MIT */
/*
 * Claim: dom0 sets the clock, asks the firmware's facts and the processors'; nonsense is an error.
 * Attack: a time of too many nanoseconds, disks and processors that do not exist, other versions.
 * Proves: platform_op.XENPF_settime64 ok refused, platform_op.XENPF_settime32 ok refused
 * Proves: platform_op.XEN_FW_EFI_INFO refused, platform_op.XEN_FW_KBD_SHIFT_FLAGS ok
 * Proves: platform_op.XEN_FW_DISK_INFO refused, platform_op.XEN_FW_DISK_MBR_SIGNATURE refused
 * Proves: platform_op.XEN_FW_VBEDDC_INFO refused
 * Proves: platform_op.XENPF_get_cpuinfo ok refused, platform_op.XENPF_get_cpu_version ok refused
 * Proves: platform_op.XENPF_enter_acpi_sleep refused
 */
#include "guest.h"

static struct xen_platform_op op;

static long call(u32 cmd)
{
	op.cmd = cmd;
	op.interface_version = XENPF_INTERFACE_VERSION;
	return hypercall1(__HYPERVISOR_platform_op, &op);
}

/* How far the shared page's wall clock at system time @ns is from @sec, in seconds. */
static s64 off(u64 ns, s64 sec)
{
	s64 d = (s64)(shared_info->wc_sec + ns / 1000000000) - sec;

	return d < 0 ? -d : d;
}

static void clock_set(void)
{
	u64 now = now_ns();

	memset(&op, 0, sizeof(op));
	op.u.settime64.secs = 1700000000;
	op.u.settime64.nsecs = 5;
	op.u.settime64.system_time = now;
	check_is(call(XENPF_settime64), 0, "set the clock");
	check(off(now, 1700000000) < 3, "it is in the shared page");
	op.u.settime64.mbz = 1;
	check(call(XENPF_settime64) < 0 || !on_lamina(), "what must be zero");
	op.u.settime64.mbz = 0;
	op.u.settime64.nsecs = 2000000000;
	if (on_lamina()) /* Xen carries over */
		check(call(XENPF_settime64) == -GUEST_EINVAL, "two seconds of nanoseconds");
	memset(&op, 0, sizeof(op));
	op.u.settime32.secs = 1600000000;
	op.u.settime32.system_time = now_ns();
	check_is(call(XENPF_settime32), 0, "by the older call");
	check(off(now_ns(), 1600000000) < 60, "it is earlier now");
	op.u.settime32.nsecs = 4000000000;
	if (on_lamina())
		check(call(XENPF_settime32) == -GUEST_EINVAL, "four seconds of nanoseconds");
}

static long firmware(u32 type, u32 index)
{
	memset(&op, 0, sizeof(op));
	op.u.firmware_info.type = type;
	op.u.firmware_info.index = index;
	return call(XENPF_firmware_info);
}

void proof(void)
{
	clock_set();
	check_is(firmware(XEN_FW_KBD_SHIFT_FLAGS, 0), 0, "the keyboard's flags");
	check(firmware(XEN_FW_DISK_INFO, 99) < 0, "disk 99");
	check(firmware(XEN_FW_DISK_MBR_SIGNATURE, 99) < 0, "its signature");
	check(firmware(XEN_FW_VBEDDC_INFO, 0) < 0 || !on_lamina(), "the monitor");
	for (u32 i = 0; i < 8; i++)
		if (firmware(XEN_FW_EFI_INFO, i) >= 0)
			check(false, "EFI fact %u on a machine without EFI", i);
	check(firmware(XEN_FW_EFI_INFO, XEN_FW_EFI_VERSION) < 0, "no EFI on this machine");
	check(firmware(99, 0) < 0, "facts of no kind");

	memset(&op, 0, sizeof(op));
	check(call(XENPF_get_cpuinfo) == 0 && op.u.pcpu_info.max_present == 0 &&
		      op.u.pcpu_info.flags & XEN_PCPU_FLAGS_ONLINE,
	      "CPU 0 is online");
	op.u.pcpu_info.xen_cpuid = 4000;
	check(call(XENPF_get_cpuinfo) != 0 || !(op.u.pcpu_info.flags & XEN_PCPU_FLAGS_ONLINE),
	      "CPU 4000 is not");
	memset(&op, 0, sizeof(op));
	check(call(XENPF_get_cpu_version) == 0 && op.u.pcpu_version.vendor_id[0], "who made it");
	op.u.pcpu_version.xen_cpuid = 4000;
	check(call(XENPF_get_cpu_version) != 0 || op.u.pcpu_version.max_present == 0,
	      "nobody made CPU 4000");
	memset(&op, 0, sizeof(op));
	op.u.enter_acpi_sleep.sleep_state = 9;
	check(call(XENPF_enter_acpi_sleep) < 0, "a state of sleep that does not exist");
	check(call(999) == -GUEST_ENOSYS, "an operation that does not exist");
	op.cmd = XENPF_settime64;
	op.interface_version = 1;
	check(hypercall1(__HYPERVISOR_platform_op, &op) == -GUEST_EACCES, "another version");
	check(hypercall1(__HYPERVISOR_platform_op, 0xdead0000) == -GUEST_EFAULT,
	      "arguments nowhere");
}
