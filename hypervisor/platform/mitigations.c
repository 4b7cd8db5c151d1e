/* SPDX-License-Identifier: MIT */
/*
 * The options xpti= and l1tf=, and what the log says of the processor's faults.
 */
#include "platform/mitigations.h"

#include "console/log.h"
#include "lib/string.h"
#include "platform/cmdline.h"
#include "x86/extable.h"
#include "x86/features.h"
#include "x86/insn.h"
#include "x86/msr.h"
#include "x86/speculation.h"

static bool parse_choice(const char *value, u8 *choice)
{
	bool on;

	if (cmdline_bool(value, &on))
		*choice = on ? SPEC_ON : SPEC_OFF;
	else if (!strcmp(value, "auto"))
		*choice = SPEC_AUTO;
	else
		return false;
	return true;
}

static bool parse_xpti(const char *value)
{
	return parse_choice(value, &speculation_options.xpti);
}
CMDLINE_OPTION("xpti", parse_xpti);

static bool parse_l1tf(const char *value)
{
	return parse_choice(value, &speculation_options.l1tf);
}
CMDLINE_OPTION("l1tf", parse_l1tf);

static void read_cpu(struct speculation_cpu *cpu)
{
	const struct cpu_features *f = &cpu_features;
	u32 a, b, c;

	*cpu = (struct speculation_cpu){
		.intel = f->intel,
		.amd = f->amd,
		.family = f->family,
		.model = f->model,
		.phys_bits = f->phys_bits,
	};
	if (f->max_leaf >= 7)
		insn_cpuid(7, 0, &a, &b, &c, &cpu->leaf7_d);
	if (!(cpu->leaf7_d & CPUID_ARCH_CAPABILITIES) ||
	    !extable_rdmsr(MSR_ARCH_CAPABILITIES, &cpu->arch_cap))
		cpu->arch_cap = 0;
}

void __init mitigations_init(void)
{
	const struct speculation *s = &speculation;
	struct speculation_cpu cpu;

	read_cpu(&cpu);
	speculation = speculation_decide(&cpu, &speculation_options);
	log_info("speculation: this processor has%s%s%s%s\n", s->meltdown ? " Meltdown" : "",
		 s->l1tf ? " L1TF" : "", s->mds ? " MDS" : "",
		 s->meltdown || s->l1tf || s->mds ? "" : " none of Meltdown, L1TF, MDS");
	log_info("speculation: Meltdown: %s\n",
		 s->xpti ? "guests run without the hypervisor's memory mapped (xpti)"
			 : "the hypervisor's memory is mapped in guests' tables");
	log_info("speculation: L1TF: %s\n", s->l1tf_check ? "unsafe page-table entries are refused"
							  : "entries are not checked");
}
