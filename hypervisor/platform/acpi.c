/* SPDX-License-Identifier: MIT */
/*
 * ACPI: finding the tables in physical memory and having them parsed.
 */
#include "platform/acpi.h"

#include "console/log.h"
#include "lib/string.h"
#include "platform/boot_info.h"
#include "platform/efi.h"
#include "platform/mmio.h"

struct acpi_madt acpi_madt;
struct acpi_fadt acpi_fadt;
u64 acpi_hpet_address;
struct acpi_mcfg acpi_mcfg;
u64 acpi_rsdp;
bool acpi_has_s5;
u8 acpi_s5_type_a, acpi_s5_type_b;

/* Where a PC's BIOS keeps the RSDP, on a 16-byte boundary (ACPI 6.4, 5.2.5.1). */
#define BDA_EBDA_SEGMENT 0x40e
#define EBDA_SEARCH	 1024
#define BIOS_START	 0xe0000
#define BIOS_SIZE	 0x20000

/* No table is larger; a length beyond it is garbage. */
#define MAX_TABLE (16UL << 20)

/* Map the table at @phys whole and check it; NULL if it is none. */
static const u8 *map_table(u64 phys, const char *signature, size_t *len)
{
	size_t in_page = PAGE_SIZE - (phys & (PAGE_SIZE - 1));
	const u8 *p;

	if (in_page < ACPI_HEADER_SIZE)
		in_page += PAGE_SIZE;
	p = phys ? mmio_map(phys, in_page) : NULL;
	if (!p || (signature && memcmp(p, signature, 4)))
		return NULL;
	*len = acpi_parse_length(p);
	if (*len < ACPI_HEADER_SIZE || *len > MAX_TABLE)
		return NULL;
	if (*len > in_page)
		p = mmio_map(phys, *len);
	if (!p || !acpi_parse_valid(p, *len, signature ? signature : (const char *)p)) {
		log_warn("acpi: bad table at %#lx\n", phys);
		return NULL;
	}
	return p;
}

static u64 search(u64 phys, size_t len)
{
	const u8 *p = mmio_map(phys, len);
	u64 rsdt, xsdt;

	for (size_t i = 0; p && i + ACPI_RSDP_SIZE <= len; i += 16)
		if (acpi_parse_rsdp(p + i, len - i, &rsdt, &xsdt))
			return phys + i;
	return 0;
}

static u64 find_rsdp(void)
{
	/* EFI_ACPI_20_TABLE_GUID 8868e871-e4f1-11d3-bc22-0080c73c8881 */
	static const u8 acpi20[16] = { 0x71, 0xe8, 0x68, 0x88, 0xf1, 0xe4, 0xd3, 0x11,
				       0xbc, 0x22, 0x00, 0x80, 0xc7, 0x3c, 0x88, 0x81 };
	u64 rsdp = boot_info.rsdp;
	const u8 *bda;

	if (!rsdp)
		rsdp = efi_find_config_table(acpi20);
	if (!rsdp) {
		bda = mmio_map(BDA_EBDA_SEGMENT, 2);
		if (bda && (bda[0] | bda[1]))
			rsdp = search((u64)(bda[0] | bda[1] << 8) << 4, EBDA_SEARCH);
	}
	if (!rsdp)
		rsdp = search(BIOS_START, BIOS_SIZE);
	return rsdp;
}

static void use_fadt(const u8 *p, size_t len)
{
	const u8 *dsdt;
	size_t dsdt_len;

	if (!acpi_parse_fadt(p, len, &acpi_fadt)) {
		log_warn("acpi: FADT malformed\n");
		return;
	}
	dsdt = map_table(acpi_fadt.dsdt, "DSDT", &dsdt_len);
	if (dsdt)
		acpi_has_s5 = acpi_parse_s5(dsdt, dsdt_len, &acpi_s5_type_a, &acpi_s5_type_b);
}

static void use_table(u64 phys)
{
	size_t len;
	const u8 *p = map_table(phys, NULL, &len);

	if (!p)
		return;
	if (!memcmp(p, "APIC", 4)) {
		if (!acpi_parse_madt(p, len, &acpi_madt))
			log_warn("acpi: MADT malformed; using what was readable\n");
	} else if (!memcmp(p, "FACP", 4)) {
		use_fadt(p, len);
	} else if (!memcmp(p, "HPET", 4)) {
		if (!acpi_parse_hpet(p, len, &acpi_hpet_address))
			acpi_hpet_address = 0;
	} else if (!memcmp(p, "MCFG", 4)) {
		if (!acpi_parse_mcfg(p, len, &acpi_mcfg))
			acpi_mcfg.n = 0;
	}
}

void acpi_init(void)
{
	u64 rsdt = 0, xsdt = 0;
	const u8 *p, *root = NULL;
	bool is_xsdt = true;
	size_t len;

	acpi_rsdp = find_rsdp();
	p = acpi_rsdp ? mmio_map(acpi_rsdp, ACPI_RSDP_SIZE) : NULL;
	if (!p || !acpi_parse_rsdp(p, ACPI_RSDP_SIZE, &rsdt, &xsdt)) {
		log_warn("acpi: no tables found; running on one processor without devices\n");
		return;
	}
	if (xsdt)
		root = map_table(xsdt, "XSDT", &len);
	if (!root) {
		is_xsdt = false;
		root = map_table(rsdt, "RSDT", &len);
	}
	if (!root)
		return;
	for (unsigned int i = 0; i < acpi_parse_sdt_count(len, is_xsdt); i++)
		use_table(acpi_parse_sdt_entry(root, is_xsdt, i));
	log_info("acpi: %u processors, %u IO-APICs, %u overrides, PM timer %#lx, HPET %#lx\n",
		 acpi_madt.nr_processors, acpi_madt.nr_ioapics, acpi_madt.nr_overrides,
		 acpi_fadt.pm_timer.address, acpi_hpet_address);
}

struct acpi_override acpi_isa_irq(u32 source)
{
	for (unsigned int i = 0; i < acpi_madt.nr_overrides; i++)
		if (acpi_madt.overrides[i].source == source)
			return acpi_madt.overrides[i];
	return (struct acpi_override){ .source = source, .gsi = source };
}
