/* SPDX-License-Identifier: MIT */
/*
 * Claim: iret gives a guest no flag that is not its to have, and takes none from the host (XSA-202).
 * Attack: return with IF clear, IOPL 3, VM, VIF; with selectors of every kind.
 * Defence: flags are sanitised; IF is the event mask; a bad selector is a fault or the failsafe callback.
 * Proves: iret ok, XSA-202
 */
#include "guest.h"

struct iret_frame {
	u64 rax, r11, rcx, flags, rip, cs, rflags, rsp, ss;
};

static struct iret_frame frame;
static u64 flags_after;

static void do_iret(void *arg)
{
	(void)arg;
	frame.rsp = (u64)__builtin_frame_address(0) - 4096;
	__asm__ volatile("lea 1f(%%rip), %%rax\n\t"
			 "mov %%rax, %[rip]\n\t"
			 "lea %[frame], %%rsp\n\t"
			 "mov $23, %%eax\n\t"
			 "syscall\n"
			 "1: pushfq\n\t"
			 "pop %[after]\n\t"
			 "ud2"
			 : [rip] "=m"(frame.rip), [after] "=m"(flags_after)
			 : [frame] "m"(frame));
	__builtin_unreachable();
}

/* The flags seen after a return with @flags; the ud2 brings us back. */
static u64 with_flags(u64 flags)
{
	frame.cs = FLAT_KERNEL_CS & ~3;
	frame.ss = FLAT_KERNEL_SS;
	frame.rflags = flags;
	flags_after = 0;
	try_call(do_iret, NULL);
	return flags_after;
}

static void with_selectors(u64 cs, u64 ss, const char *what)
{
	frame.cs = cs;
	frame.ss = ss;
	frame.rflags = 0x202;
	try_call(do_iret, NULL);
	check(fault.taken, "%s: trap %u, cs %lx", what, fault.vector, fault.regs.cs);
}

void proof(void)
{
	volatile vcpu_info_t *info = &shared_info->vcpu_info[0];
	u64 flags;

	flags = with_flags(0x2);
	check(flags & 0x200, "IF stays set in the processor");
	check(info->evtchn_upcall_mask == 1, "its absence masks events");
	flags = with_flags(0x202 | 3 << 12);
	check((flags >> 12 & 3) == 0, "IOPL stays 0");
	check(info->evtchn_upcall_mask == 0, "IF unmasks events");
	check(!(with_flags(0x202 | 1 << 17) & 1 << 17), "no VM");
	check(!(with_flags(0x202 | 3 << 19) & 3 << 19), "no VIF, VIP");
	flags = with_flags(0x202 | 0x8d5 | 1 << 10);
	check((flags & 0xcd5) == 0xcd5, "the arithmetic flags and DF are the guest's");
	with_flags(0x302);
	check(fault.vector == 1, "TF steps");
	with_selectors(0, FLAT_KERNEL_SS, "a null code selector");
	with_selectors(0x8, 0x10, "selectors of nothing");
	with_selectors(0xe008, 0xe010, "the hypervisor's selectors");
	with_selectors(0xe030, 0xffff, "a stack selector beyond the table");
	with_selectors(0xe02a, FLAT_KERNEL_SS, "a data segment as code");
}
