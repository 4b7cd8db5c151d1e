/* SPDX-License-Identifier: MIT */
/*
 * Model-specific registers as current's kernel reads and writes them.
 *
 * The list is short on purpose.  A register that is not on it faults, and a
 * kernel that probes gets its answer; nothing of the host shows through but
 * what the list names.
 */
#include "pv/guest_msr.h"

#include "x86/extable.h"
#include "x86/features.h"
#include "x86/msr.h"
#include "x86/pte.h"

#define MSR_PATCH_LEVEL	  0x8b
#define MSR_PLATFORM_INFO 0xce
#define MSR_MCG_CAP	  0x179
#define MSR_MCG_STATUS	  0x17a
#define MSR_AMD_HWCR	  0xc0010015

#define APIC_BASE_ADDRESS 0xfee00000UL
#define APIC_BASE_BSP	  (1UL << 8)
#define APIC_BASE_ENABLE  (1UL << 11)
#define HWCR_TSC_FREQ_SEL (1UL << 24)
/* Of MISC_ENABLE: fast strings, branch trace and PEBS unavailable. */
#define MISC_ENABLE_SHOWN ((1UL << 0) | (1UL << 11) | (1UL << 12))

static DEFINE_PERCPU(u32, loaded_tsc_aux);

void guest_msr_load_tsc_aux(const struct vcpu *v)
{
	if (v->tsc_aux == this_cpu(loaded_tsc_aux))
		return;
	this_cpu(loaded_tsc_aux) = v->tsc_aux;
	insn_wrmsr(MSR_TSC_AUX, v->tsc_aux);
}

bool guest_msr_read(struct vcpu *v, u32 msr, u64 *value)
{
	switch (msr) {
	case MSR_FS_BASE:
	case MSR_GS_BASE:
	case MSR_KERNEL_GS_BASE: *value = insn_rdmsr(msr); return true;
	case MSR_TSC: *value = insn_rdtsc(); return true;
	case MSR_TSC_AUX: *value = v->tsc_aux; return cpu_features.rdtscp;
	case MSR_EFER:
		*value = insn_rdmsr(msr) & (EFER_SCE | EFER_LME | EFER_LMA | EFER_NX);
		return true;
	case MSR_PAT: *value = PAT_VALUE; return true;
	case MSR_APIC_BASE:
		*value = APIC_BASE_ADDRESS | APIC_BASE_ENABLE | (v->id ? 0 : APIC_BASE_BSP);
		return true;
	case MSR_MCG_CAP:
	case MSR_MCG_STATUS:
	case MSR_PLATFORM_INFO: *value = 0; return true;
	case MSR_PATCH_LEVEL: return extable_rdmsr(msr, value);
	case MSR_MISC_ENABLE:
		if (!cpu_features.intel || !extable_rdmsr(msr, value))
			return false;
		*value &= MISC_ENABLE_SHOWN;
		*value |= (1UL << 11) | (1UL << 12);
		return true;
	case MSR_AMD_HWCR: *value = HWCR_TSC_FREQ_SEL; return cpu_features.amd;
	case MSR_AMD_DE_CFG: *value = DE_CFG_LFENCE; return cpu_features.amd;
	default: return false;
	}
}

bool guest_msr_write(struct vcpu *v, u32 msr, u64 value)
{
	u64 now;

	switch (msr) {
	case MSR_FS_BASE:
	case MSR_GS_BASE:
	case MSR_KERNEL_GS_BASE:
		if (!va_canonical(value))
			return false;
		insn_wrmsr(msr, value);
		return true;
	case MSR_TSC_AUX:
		if (!cpu_features.rdtscp || (value >> 32))
			return false;
		v->tsc_aux = (u32)value;
		guest_msr_load_tsc_aux(v);
		return true;
	case MSR_MCG_STATUS:
	case MSR_PATCH_LEVEL: return value == 0;
	case MSR_AMD_DE_CFG:
	case MSR_AMD_HWCR: return cpu_features.amd;
	default:
		/* Writing back what was read is harmless. */
		return guest_msr_read(v, msr, &now) && now == value;
	}
}
