/* SPDX-License-Identifier: MIT */
/*
 * Reading ACPI tables: from bytes to plain structures.
 *
 * Every function takes a table as bytes with the length that is really
 * mapped, believes no length inside it, and touches nothing else, so it runs
 * as well on the host under a sanitizer.  Layouts: ACPI 6.4, chapter 5.
 */
#pragma once

#include "lib/types.h"

#define ACPI_HEADER_SIZE 36 /* of every table but the RSDP */
#define ACPI_RSDP_SIZE	 36

#define ACPI_MAX_PROCESSORS 256
#define ACPI_MAX_IOAPICS    16
#define ACPI_MAX_OVERRIDES  32
#define ACPI_MAX_NMIS	    16
#define ACPI_MAX_MCFG	    16

#define ACPI_ALL_PROCESSORS 0xffffffffu

struct acpi_processor {
	u32 apic_id, acpi_id;
};

struct acpi_ioapic {
	u64 address;
	u32 id, gsi_base;
};

/* An ISA interrupt that is not simply the GSI of its number, edge, active high. */
struct acpi_override {
	u32 source, gsi;
	bool level, active_low;
};

/* A local interrupt pin that signals NMI; @acpi_id may be ACPI_ALL_PROCESSORS. */
struct acpi_lapic_nmi {
	u32 acpi_id;
	u8 lint;
};

struct acpi_madt {
	u64 lapic_address;
	bool has_8259;
	unsigned int nr_processors, nr_disabled, nr_ioapics, nr_overrides, nr_nmis;
	struct acpi_processor processors[ACPI_MAX_PROCESSORS]; /* enabled ones, table order */
	struct acpi_ioapic ioapics[ACPI_MAX_IOAPICS];
	struct acpi_override overrides[ACPI_MAX_OVERRIDES];
	struct acpi_lapic_nmi nmis[ACPI_MAX_NMIS];
};

enum acpi_space { ACPI_SPACE_MEMORY = 0, ACPI_SPACE_IO = 1, ACPI_SPACE_PCI = 2 };

/* A register: generic address structure.  address 0: there is none. */
struct acpi_register {
	u8 space, width; /* enum acpi_space; width in bits */
	u64 address;
};

struct acpi_fadt {
	u64 dsdt;
	u16 sci;
	u32 smi_cmd;
	u8 enable_value; /* written to smi_cmd, makes the firmware give ACPI to the OS */
	struct acpi_register pm1a_control, pm1b_control, pm_timer;
	bool pm_timer_32bit;
	struct acpi_register reset;
	u8 reset_value;
};

struct acpi_mcfg_segment {
	u64 base;
	u16 segment;
	u8 first_bus, last_bus;
};

struct acpi_mcfg {
	unsigned int n;
	struct acpi_mcfg_segment segments[ACPI_MAX_MCFG];
};

/* Physical addresses of RSDT and XSDT (0: none); false if @p is no RSDP. */
bool acpi_parse_rsdp(const u8 *p, size_t len, u64 *rsdt, u64 *xsdt);

/* Length a table claims in its header (at least ACPI_HEADER_SIZE bytes are at @p). */
u32 acpi_parse_length(const u8 *p);

/* Whether a whole table with @signature (4 characters) and a good checksum is at @p. */
bool acpi_parse_valid(const u8 *p, size_t len, const char *signature);

/* Number of addresses in an RSDT (or XSDT) of @len bytes, and the @i-th. */
unsigned int acpi_parse_sdt_count(size_t len, bool xsdt);
u64 acpi_parse_sdt_entry(const u8 *p, bool xsdt, unsigned int i);

/* The tables proper: @p has passed acpi_parse_valid() with @len its length. False if malformed. */
bool acpi_parse_madt(const u8 *p, size_t len, struct acpi_madt *madt);
bool acpi_parse_fadt(const u8 *p, size_t len, struct acpi_fadt *fadt);
bool acpi_parse_hpet(const u8 *p, size_t len, u64 *address);
bool acpi_parse_mcfg(const u8 *p, size_t len, struct acpi_mcfg *mcfg);

/* Sleep types of the soft-off state, from the object \_S5 in a DSDT. False if it is not there. */
bool acpi_parse_s5(const u8 *p, size_t len, u8 *type_a, u8 *type_b);
