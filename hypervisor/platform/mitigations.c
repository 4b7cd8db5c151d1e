/* SPDX-License-Identifier: MIT */
/*
 * Option spec-ctrl=, and what the log says of the
 * processor's faults.
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

static struct speculation_options options;

/* By number of bit: SPEC_* and FAULT_*. */
static const char *const measures[] = { "xpti", "l1tf",	      "ibrs", "stibp", "ssbd",
					"ibpb", "ibpb-entry", "rsb",  "verw",  "retpoline" };
static const char *const faults[] = { "Meltdown", "L1TF", "MDS", "Spectre" };

/* "auto", or a boolean, for @bits. */
static bool choose(u32 bits, const char *value)
{
	bool on, given = cmdline_bool(value, &on);

	if (!given && strcmp(value, "auto"))
		return false;
	options.on = (options.on & ~bits) | (given && on ? bits : 0);
	options.off = (options.off & ~bits) | (given && !on ? bits : 0);
	return true;
}

/* One word of the list: a measure and "=" and a choice; or a choice for all of them. */
static bool parse_one(const char *text)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(measures); i++) {
		size_t len = strlen(measures[i]);

		if (!strncmp(text, measures[i], len) && text[len] == '=')
			return choose(1u << i, text + len + 1);
	}
	return choose((1u << ARRAY_SIZE(measures)) - 1, text);
}

static bool parse_spec_ctrl(const char *value)
{
	char list[128], *text = list, *comma;

	if (!string_copy(list, value, sizeof(list)))
		return false;
	for (; (comma = strchr(text, ',')); text = comma + 1) {
		*comma = '\0';
		if (!parse_one(text))
			return false;
	}
	return parse_one(text);
}
CMDLINE_OPTION("spec-ctrl", parse_spec_ctrl);

static void log_words(const char *what, const char *const *words, unsigned int n, u32 bits)
{
	log_info("speculation: %s:", what);
	for (unsigned int i = 0; i < n; i++)
		if (bits & 1u << i)
			log_info(" %s", words[i]);
	log_info("\n");
}

void __init mitigations_init(void)
{
	const struct cpu_features *f = &cpu_features;
	struct speculation_cpu cpu = {
		.intel = f->intel,
		.amd = f->amd,
		.smep = f->smep,
		.family = f->family,
		.model = f->model,
		.phys_bits = f->phys_bits,
	};
	u32 a, c, d;
	u64 cap;

	if (f->max_leaf >= 7)
		insn_cpuid(7, 0, &a, &cpu.leaf7_b, &c, &cpu.leaf7_d);
	if (f->max_ext_leaf >= 0x80000008)
		insn_cpuid(0x80000008, 0, &a, &cpu.ext8_b, &c, &d);
	cpu.readable = extable_rdmsr(MSR_SPEC_CTRL, &cap);
	cpu.arch_cap = extable_rdmsr(MSR_ARCH_CAPABILITIES, &cap) ? cap : 0;
	speculation = speculation_decide(&cpu, &options);
	log_words("faults of this processor", faults, ARRAY_SIZE(faults), speculation.faults);
	log_words("what is done (spec-ctrl=)", measures, ARRAY_SIZE(measures), speculation.measures);
}
