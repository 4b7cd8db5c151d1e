/* SPDX-License-Identifier: MIT */
/* sources: platform/acpi_parse.c */
/* Tables of the firmware, of any content; the checksum is taken as good. */
#include "platform/acpi_parse.h"

#include "pure.h"

void fuzz(struct input *in)
{
	static struct acpi_madt madt;
	struct acpi_fadt fadt;
	struct acpi_mcfg mcfg;
	unsigned int what = (unsigned int)take(in, 1) % 8;
	size_t n = in->left;
	u8 *p = __builtin_memcpy(__builtin_malloc(n + 1), in->data, n);
	u64 a, b;
	u8 ta, tb;

	/* A table passes only with its own length in its header, and that is at hand. */
	if (what != 0 && n < ACPI_HEADER_SIZE)
		what = 8;
	switch (what) {
	case 0: (void)acpi_parse_rsdp(p, n, &a, &b); break;
	case 1:
		if (acpi_parse_madt(p, n, &madt))
			must(madt.nr_processors <= ACPI_MAX_PROCESSORS &&
			     madt.nr_ioapics <= ACPI_MAX_IOAPICS &&
			     madt.nr_overrides <= ACPI_MAX_OVERRIDES &&
			     madt.nr_nmis <= ACPI_MAX_NMIS);
		break;
	case 2: (void)acpi_parse_fadt(p, n, &fadt); break;
	case 3: (void)acpi_parse_hpet(p, n, &a); break;
	case 4:
		if (acpi_parse_mcfg(p, n, &mcfg))
			must(mcfg.n <= ACPI_MAX_MCFG);
		break;
	case 5: (void)acpi_parse_s5(p, n, &ta, &tb); break;
	case 6: (void)acpi_parse_valid(p, n, "APIC"); break;
	case 7:
		for (unsigned int i = 0; i < acpi_parse_sdt_count(n, true); i++)
			(void)acpi_parse_sdt_entry(p, true, i);
		for (unsigned int i = 0; i < acpi_parse_sdt_count(n, false); i++)
			(void)acpi_parse_sdt_entry(p, false, i);
		break;
	default: break;
	}
	__builtin_free(p);
}
