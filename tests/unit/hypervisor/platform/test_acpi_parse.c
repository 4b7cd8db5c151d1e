/* SPDX-License-Identifier: MIT */
/* sources: platform/acpi_parse.c */
/*
 * ACPI tables: good ones are understood, and damaged ones are never read
 * beyond their end (each buffer is exactly as long as it claims).
 */
#include "platform/acpi_parse.h"

#include <string.h>

#include "suite.h"

static void put(u8 *p, u64 v, unsigned int n)
{
	while (n--) {
		*p++ = (u8)v;
		v >>= 8;
	}
}

/* A table of @len bytes with its header; free()d by the caller. */
static u8 *table(const char *signature, size_t len)
{
	u8 *p = calloc(1, len);

	memcpy(p, signature, 4);
	put(p + 4, len, 4);
	return p;
}

static u8 *seal(u8 *p, size_t len, size_t at)
{
	u8 sum = 0;

	p[at] = 0;
	for (size_t i = 0; i < len; i++)
		sum = (u8)(sum + p[i]);
	p[at] = (u8)-sum;
	return p;
}

START_TEST(rsdp_of_both_revisions)
{
	u8 p[36] = "RSD PTR ";
	u64 rsdt, xsdt;

	put(p + 16, 0x1234, 4);
	seal(p, 20, 8);
	ck_assert(acpi_parse_rsdp(p, 20, &rsdt, &xsdt));
	ck_assert_uint_eq(rsdt, 0x1234);
	ck_assert_uint_eq(xsdt, 0);

	p[15] = 2;
	put(p + 20, 36, 4);
	put(p + 24, 0x123456789aULL, 8);
	seal(p, 20, 8);
	seal(p, 36, 32);
	ck_assert(acpi_parse_rsdp(p, 36, &rsdt, &xsdt));
	ck_assert_uint_eq(xsdt, 0x123456789aULL);
	/* A bad extended checksum leaves the old address. */
	p[33]++;
	ck_assert(acpi_parse_rsdp(p, 36, &rsdt, &xsdt));
	ck_assert_uint_eq(xsdt, 0);
	p[3]++;
	ck_assert(!acpi_parse_rsdp(p, 36, &rsdt, &xsdt));
	ck_assert(!acpi_parse_rsdp(p, 19, &rsdt, &xsdt));
}
END_TEST

START_TEST(validity_is_signature_length_and_checksum)
{
	u8 *p = seal(table("HPET", 56), 56, 9);

	ck_assert(acpi_parse_valid(p, 56, "HPET"));
	ck_assert(!acpi_parse_valid(p, 55, "HPET"));
	ck_assert(!acpi_parse_valid(p, 56, "APIC"));
	p[50] ^= 1;
	ck_assert(!acpi_parse_valid(p, 56, "HPET"));
	free(p);
}
END_TEST

START_TEST(root_table_entries)
{
	u8 p[36 + 16] = { 0 };

	put(p + 36, 0x11223344, 4);
	put(p + 40, 0x55667788, 4);
	ck_assert_uint_eq(acpi_parse_sdt_count(sizeof(p), false), 4);
	ck_assert_uint_eq(acpi_parse_sdt_count(sizeof(p), true), 2);
	ck_assert_uint_eq(acpi_parse_sdt_count(35, true), 0);
	ck_assert_uint_eq(acpi_parse_sdt_entry(p, false, 1), 0x55667788);
	ck_assert_uint_eq(acpi_parse_sdt_entry(p, true, 0), 0x5566778811223344ULL);
}
END_TEST

#define MADT_LEN (44 + 8 + 8 + 12 + 10 + 10 + 6 + 12 + 16 + 16 + 3)

static u8 *madt(void)
{
	u8 *p = table("APIC", MADT_LEN), *e = p + 44;

	put(p + 36, 0xfee00000, 4);
	put(p + 40, 1, 4);
	memcpy(e, (u8[]){ 0, 8, 5, 7, 1, 0, 0, 0 }, 8), e += 8; /* enabled */
	memcpy(e, (u8[]){ 0, 8, 6, 8, 2, 0, 0, 0 }, 8), e += 8; /* can be plugged in */
	memcpy(e, (u8[]){ 1, 12, 3, 0 }, 4), put(e + 4, 0xfec00000, 4), put(e + 8, 24, 4), e += 12;
	memcpy(e, (u8[]){ 2, 10, 0, 9 }, 4), put(e + 4, 9, 4), put(e + 8, 0xd, 2), e += 10;
	memcpy(e, (u8[]){ 2, 10, 0, 0 }, 4), put(e + 4, 2, 4), put(e + 8, 0, 2), e += 10;
	memcpy(e, (u8[]){ 4, 6, 0xff, 0, 0, 1 }, 6), e += 6;
	memcpy(e, (u8[]){ 5, 12 }, 2), put(e + 4, 0x1fee00000ULL, 8), e += 12;
	memcpy(e, (u8[]){ 9, 16 }, 2), put(e + 4, 300, 4), put(e + 8, 1, 4), put(e + 12, 42, 4),
		e += 16;
	/* The first processor once more. */
	memcpy(e, (u8[]){ 9, 16 }, 2), put(e + 4, 7, 4), put(e + 8, 1, 4), put(e + 12, 5, 4), e += 16;
	memcpy(e, (u8[]){ 0x7f, 3, 0 }, 3);
	return p;
}

START_TEST(madt_all_entries)
{
	static struct acpi_madt m;
	u8 *p = madt();

	ck_assert(acpi_parse_madt(p, MADT_LEN, &m));
	ck_assert_uint_eq(m.lapic_address, 0x1fee00000ULL);
	ck_assert(m.has_8259);
	ck_assert_uint_eq(m.nr_processors, 2);
	ck_assert_uint_eq(m.nr_disabled, 1);
	ck_assert_uint_eq(m.processors[0].apic_id, 7);
	ck_assert_uint_eq(m.processors[0].acpi_id, 5);
	ck_assert_uint_eq(m.processors[1].apic_id, 300);
	ck_assert_uint_eq(m.processors[1].acpi_id, 42);
	ck_assert_uint_eq(m.nr_ioapics, 1);
	ck_assert_uint_eq(m.ioapics[0].gsi_base, 24);
	ck_assert_uint_eq(m.nr_overrides, 2);
	ck_assert(m.overrides[0].level && !m.overrides[0].active_low);
	ck_assert_uint_eq(m.overrides[1].gsi, 2);
	ck_assert(!m.overrides[1].level && !m.overrides[1].active_low);
	ck_assert_uint_eq(m.nr_nmis, 1);
	ck_assert_uint_eq(m.nmis[0].acpi_id, ACPI_ALL_PROCESSORS);
	ck_assert_uint_eq(m.nmis[0].lint, 1);
	free(p);
}
END_TEST

START_TEST(madt_with_more_processors_than_fit)
{
	static struct acpi_madt m;
	size_t len = 44 + 400 * 16;
	u8 *p = table("APIC", len);

	for (unsigned int i = 0; i < 400; i++) {
		u8 *e = p + 44 + i * 16;

		e[0] = 9, e[1] = 16, put(e + 4, i, 4), put(e + 8, 1, 4);
	}
	ck_assert(acpi_parse_madt(p, len, &m));
	ck_assert_uint_eq(m.nr_processors, ACPI_MAX_PROCESSORS);
	free(p);
}
END_TEST

START_TEST(fadt_old_and_new)
{
	struct acpi_fadt f;
	u8 *p = table("FACP", 268);

	put(p + 40, 0x1000, 4);
	put(p + 46, 9, 2);
	put(p + 64, 0x604, 4);
	put(p + 76, 0x608, 4);
	put(p + 112, 1u << 10 | 1u << 8, 4);
	p[116] = 1, p[117] = 8, put(p + 120, 0xcf9, 8), p[128] = 0x0f;
	ck_assert(acpi_parse_fadt(p, 268, &f));
	ck_assert_uint_eq(f.dsdt, 0x1000);
	ck_assert_uint_eq(f.sci, 9);
	ck_assert_uint_eq(f.pm1a_control.address, 0x604);
	ck_assert_uint_eq(f.pm1a_control.space, ACPI_SPACE_IO);
	ck_assert_uint_eq(f.pm1b_control.address, 0);
	ck_assert_uint_eq(f.pm_timer.address, 0x608);
	ck_assert(f.pm_timer_32bit);
	ck_assert_uint_eq(f.reset.address, 0xcf9);
	ck_assert_uint_eq(f.reset_value, 0x0f);

	put(p + 140, 0x123456789ULL, 8);
	p[172] = 1, p[173] = 16, put(p + 176, 0xb004, 8);
	ck_assert(acpi_parse_fadt(p, 268, &f));
	ck_assert_uint_eq(f.dsdt, 0x123456789ULL);
	ck_assert_uint_eq(f.pm1a_control.address, 0xb004);

	/* Of ACPI 1.0's length: neither reset register nor extended fields. */
	ck_assert(acpi_parse_fadt(p, 116, &f));
	ck_assert_uint_eq(f.pm1a_control.address, 0x604);
	ck_assert_uint_eq(f.reset.address, 0);
	ck_assert(!acpi_parse_fadt(p, 115, &f));
	free(p);
}
END_TEST

START_TEST(hpet_and_mcfg)
{
	struct acpi_mcfg mcfg;
	u8 *p = table("HPET", 56);
	u64 address;

	put(p + 44, 0xfed00000, 8);
	ck_assert(acpi_parse_hpet(p, 56, &address));
	ck_assert_uint_eq(address, 0xfed00000);
	p[40] = 1;
	ck_assert(!acpi_parse_hpet(p, 56, &address));
	free(p);

	p = table("MCFG", 44 + 32);
	put(p + 44, 0xb0000000, 8), put(p + 52, 0, 2), p[54] = 0, p[55] = 0xff;
	put(p + 60, 0x1c0000000ULL, 8), put(p + 68, 1, 2), p[70] = 16, p[71] = 31;
	ck_assert(acpi_parse_mcfg(p, 44 + 32, &mcfg));
	ck_assert_uint_eq(mcfg.n, 2);
	ck_assert_uint_eq(mcfg.segments[1].base, 0x1c0000000ULL);
	ck_assert_uint_eq(mcfg.segments[1].last_bus, 31);
	p[70] = 32;
	ck_assert(!acpi_parse_mcfg(p, 44 + 32, &mcfg));
	free(p);
}
END_TEST

START_TEST(soft_off_from_the_dsdt)
{
	/* Name (_S5, Package (4) { 5, 7, 0, 0 }), with a decoy before it. */
	static const u8 aml[] = { '_',	'S',  '5',  '_',  0x00, 0x08, '_', 'S',	 '5', '_',
				  0x12, 0x08, 0x04, 0x0a, 5,	0x0a, 7,   0x00, 0x00 };
	static const u8 root[] = { 0x08, '\\', '_', 'S', '5', '_', 0x12, 0x05, 0x02, 0x00, 0x01 };
	u8 a, b, *p = table("DSDT", 40 + sizeof(aml));

	memcpy(p + 40, aml, sizeof(aml));
	ck_assert(acpi_parse_s5(p, 40 + sizeof(aml), &a, &b));
	ck_assert_uint_eq(a, 5);
	ck_assert_uint_eq(b, 7);
	free(p);
	p = table("DSDT", 40 + sizeof(root));
	memcpy(p + 40, root, sizeof(root));
	ck_assert(acpi_parse_s5(p, 40 + sizeof(root), &a, &b));
	ck_assert_uint_eq(a, 0);
	ck_assert_uint_eq(b, 1);
	free(p);
	p = table("DSDT", 100);
	ck_assert(!acpi_parse_s5(p, 100, &a, &b));
	free(p);
}
END_TEST

/* Whatever the bytes are, no parser may leave the buffer (ASan watches). */
START_TEST(garbage_is_survived)
{
	static struct acpi_madt m;
	struct acpi_mcfg mcfg;
	struct acpi_fadt f;
	u64 x, y;
	u8 a, b;

	srandom(1);
	for (unsigned int round = 0; round < 20000; round++) {
		size_t len = (size_t)random() % 300;
		u8 *p = malloc(len ? len : 1), *base = madt();

		for (size_t i = 0; i < len; i++)
			p[i] = random() % 4 || i >= MADT_LEN ? (u8)random() : base[i];
		if (round & 1 && len)
			memcpy(p, base, len < MADT_LEN ? len : MADT_LEN);
		if (round % 3 == 0 && len > 60)
			memcpy(p + len - 1 - (size_t)random() % 12 - 4, "_S5_\x12", 5);
		acpi_parse_rsdp(p, len, &x, &y);
		acpi_parse_valid(p, len, "APIC");
		acpi_parse_madt(p, len, &m);
		acpi_parse_fadt(p, len, &f);
		acpi_parse_hpet(p, len, &x);
		acpi_parse_mcfg(p, len, &mcfg);
		acpi_parse_s5(p, len, &a, &b);
		free(base);
		free(p);
	}
}
END_TEST

UNIT_MAIN("platform/acpi_parse", rsdp_of_both_revisions, validity_is_signature_length_and_checksum,
	  root_table_entries, madt_all_entries, madt_with_more_processors_than_fit,
	  fadt_old_and_new, hpet_and_mcfg, soft_off_from_the_dsdt, garbage_is_survived)
