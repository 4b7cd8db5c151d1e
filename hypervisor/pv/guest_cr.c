/* SPDX-License-Identifier: MIT */
/*
 * Control registers as a guest reads and writes them.
 *
 * TSD, DE and FSGSBASE are really switched: a kernel that has not set the last
 * relies on its users not changing bases behind its back.  OSXSAVE is on for
 * everybody; a guest that clears it sees it clear, but the processor does not.
 */
#include "pv/guest_cr.h"
#include "pv/xcr0.h"

#include "paging/paging.h"
#include "x86/features.h"
#include "x86/msr.h"

#define CR4_PER_VCPU (CR4_TSD | CR4_DE | CR4_FSGSBASE)
#define CR4_VISIBLE  (CR4_PAE | CR4_MCE | CR4_OSFXSR | CR4_OSXMMEXCPT)

static DEFINE_PERCPU(u64, guest_cr4_bits); /* CR4_PER_VCPU as loaded */

static u64 cr4_optional(void)
{
	return CR4_TSD | CR4_DE | (cpu_features.fsgsbase ? CR4_FSGSBASE : 0) |
	       (cpu_features.xsave ? CR4_OSXSAVE : 0);
}

u64 guest_cr4_fixed(void)
{
	return CR4_VISIBLE;
}

u64 guest_cr4_merge(u64 value)
{
	return CR4_VISIBLE | (value & cr4_optional());
}

void guest_cr4_load(const struct vcpu *v)
{
	u64 want = v->cr4_guest & CR4_PER_VCPU;

	if (want == this_cpu(guest_cr4_bits))
		return;
	this_cpu(guest_cr4_bits) = want;
	insn_write_cr4((insn_read_cr4() & ~CR4_PER_VCPU) | want);
}

void guest_cr_set_ts(struct vcpu *v, bool set)
{
	if (set) {
		v->cr0_ts = CR0_TS;
		insn_write_cr0(insn_read_cr0() | CR0_TS);
	} else {
		v->cr0_ts = 0;
		insn_clts();
	}
}

bool guest_cr_read(struct vcpu *v, unsigned int cr, u64 *value)
{
	switch (cr) {
	case 0: *value = (insn_read_cr0() & ~CR0_TS) | v->cr0_ts; return true;
	case 2: *value = v->info->arch.cr2; return true;
	case 3: *value = xen_pfn_to_cr3(v->root.v); return true;
	case 4: *value = v->cr4_guest; return true;
	default: return false;
	}
}

bool guest_cr_write(struct vcpu *v, unsigned int cr, u64 value)
{
	switch (cr) {
	case 0:
		if ((value ^ insn_read_cr0()) & ~CR0_TS)
			return false;
		guest_cr_set_ts(v, value & CR0_TS);
		return true;
	case 2: WRITE_ONCE(v->info->arch.cr2, value); return true;
	case 3: {
		int rc;

		do
			rc = paging_set_root(v, mfn(xen_cr3_to_pfn(value)));
		while (rc == -EINTR);
		return rc == 0;
	}
	case 4:
		v->cr4_guest = guest_cr4_merge(value);
		guest_cr4_load(v);
		return true;
	default: return false;
	}
}

bool guest_xcr_write(struct vcpu *v, u32 index, u64 value)
{
	if (!cpu_features.xsave || index || !xcr0_valid(value, cpu_features.xcr0))
		return false;
	v->xcr0 = value;
	/* SSE state is always saved: code may use it without asking. */
	insn_xsetbv(0, value | XCR0_X87 | XCR0_SSE);
	return true;
}
