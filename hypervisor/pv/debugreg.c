/* SPDX-License-Identifier: MIT */
/*
 * The guest's debug registers.  No breakpoint can lie in the hypervisor's
 * range, and the registers are in the processor only while some are enabled.
 */
#include "pv/debugreg.h"
#include "pv/pv.h"

#include "x86/msr.h"
#include "x86/usercopy.h"

#define DR7_ENABLE   0xffUL
#define DR7_GD	     (1UL << 13)
#define DR7_FIXED    (1UL << 10)
#define DR7_RESERVED 0xd800UL /* bits 11, 12, 14, 15 */
#define DR7_TYPE_IO  2

u64 debugreg_take_dr6(void)
{
	u64 dr6 = insn_read_dr6();

	insn_write_dr6(DR6_RESERVED);
	return dr6 & DR6_REPORT;
}

/* Whether @value may be loaded into DR7, given the guest's CR4.DE. */
static bool dr7_valid(u64 value, bool io_allowed)
{
	if ((value >> 32) || (value & DR7_GD))
		return false;
	for (unsigned int shift = 16; shift < 32; shift += 4)
		if (((value >> shift) & 3) == DR7_TYPE_IO && !io_allowed)
			return false;
	return true;
}

static void load_all(const struct vcpu *v)
{
	insn_write_dr0(v->dr[0]);
	insn_write_dr1(v->dr[1]);
	insn_write_dr2(v->dr[2]);
	insn_write_dr3(v->dr[3]);
	insn_write_dr7(v->dr[7] | DR7_FIXED);
}

void debugreg_switch(const struct vcpu *prev, const struct vcpu *next)
{
	if (next->dr[7] & DR7_ENABLE)
		load_all(next);
	else if (prev->dr[7] & DR7_ENABLE)
		insn_write_dr7(DR7_FIXED);
}

static int set_dr7(struct vcpu *v, u64 value)
{
	u64 old = v->dr[7];

	value &= ~DR7_RESERVED;
	if (!dr7_valid(value, v->cr4_guest & CR4_DE))
		return -EPERM;
	v->dr[7] = value;
	if (v == current) {
		if (value & DR7_ENABLE)
			load_all(v);
		else if (old & DR7_ENABLE)
			insn_write_dr7(DR7_FIXED);
	}
	return 0;
}

int debugreg_set(struct vcpu *v, unsigned int reg, u64 value)
{
	switch (reg) {
	case 0 ... 3:
		if (!usercopy_ok(gaddr(value), 1))
			return -EPERM;
		v->dr[reg] = value;
		if (v == current && (v->dr[7] & DR7_ENABLE))
			load_all(v);
		return 0;
	case 4:
	case 6: v->dr[6] = value & DR6_REPORT; return 0;
	case 5:
	case 7: return set_dr7(v, value);
	default: return -ENODEV;
	}
}

u64 debugreg_get(struct vcpu *v, unsigned int reg)
{
	switch (reg) {
	case 0 ... 3: return v->dr[reg];
	case 4:
	case 6: return v->dr[6] | DR6_RESERVED;
	case 5:
	case 7: return v->dr[7] | DR7_FIXED;
	default: return (u64)-EINVAL;
	}
}
