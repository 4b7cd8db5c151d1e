/* SPDX-License-Identifier: MIT */
/*
 * Reading ACPI tables: pure decoders over bytes that firmware wrote, and that
 * may be wrong in any way.
 */
#include "platform/acpi_parse.h"

#include "lib/string.h"

static u16 get16(const u8 *p)
{
	return (u16)(p[0] | p[1] << 8);
}

static u32 get32(const u8 *p)
{
	return get16(p) | (u32)get16(p + 2) << 16;
}

static u64 get64(const u8 *p)
{
	return get32(p) | (u64)get32(p + 4) << 32;
}

/* Whether the @len bytes add up to zero. */
static bool checksum_ok(const u8 *p, size_t len)
{
	u8 sum = 0;

	while (len--)
		sum = (u8)(sum + *p++);
	return sum == 0;
}

#define RSDP_V1_SIZE 20

bool acpi_parse_rsdp(const u8 *p, size_t len, u64 *rsdt, u64 *xsdt)
{
	*rsdt = *xsdt = 0;
	if (len < RSDP_V1_SIZE || memcmp(p, "RSD PTR ", 8) || !checksum_ok(p, RSDP_V1_SIZE))
		return false;
	*rsdt = get32(p + 16);
	if (p[15] >= 2 && len >= ACPI_RSDP_SIZE && get32(p + 20) >= ACPI_RSDP_SIZE &&
	    get32(p + 20) <= len && checksum_ok(p, get32(p + 20)))
		*xsdt = get64(p + 24);
	return *rsdt || *xsdt;
}

u32 acpi_parse_length(const u8 *p)
{
	return get32(p + 4);
}

bool acpi_parse_valid(const u8 *p, size_t len, const char *signature)
{
	return len >= ACPI_HEADER_SIZE && !memcmp(p, signature, 4) &&
	       get32(p + 4) >= ACPI_HEADER_SIZE && get32(p + 4) <= len &&
	       checksum_ok(p, get32(p + 4));
}

unsigned int acpi_parse_sdt_count(size_t len, bool xsdt)
{
	return len < ACPI_HEADER_SIZE ? 0 : (unsigned int)((len - ACPI_HEADER_SIZE) / (xsdt ? 8 : 4));
}

u64 acpi_parse_sdt_entry(const u8 *p, bool xsdt, unsigned int i)
{
	p += ACPI_HEADER_SIZE;
	return xsdt ? get64(p + (size_t)i * 8) : get32(p + (size_t)i * 4);
}

/* MADT entry types. */
enum {
	MADT_LAPIC = 0,
	MADT_IOAPIC = 1,
	MADT_OVERRIDE = 2,
	MADT_LAPIC_NMI = 4,
	MADT_LAPIC_ADDRESS = 5,
	MADT_X2APIC = 9,
	MADT_X2APIC_NMI = 10
};

#define MADT_ENABLED	  1
#define MADT_FIRST_ENTRY  44
#define MPS_POLARITY	  0x3
#define MPS_POLARITY_LOW  0x3
#define MPS_TRIGGER	  0xc
#define MPS_TRIGGER_LEVEL 0xc

static void add_processor(struct acpi_madt *m, u32 apic_id, u32 acpi_id, u32 flags)
{
	if (!(flags & MADT_ENABLED)) {
		m->nr_disabled++;
		return;
	}
	/* Firmware may list a processor in both forms. */
	for (unsigned int i = 0; i < m->nr_processors; i++)
		if (m->processors[i].apic_id == apic_id)
			return;
	if (m->nr_processors < ACPI_MAX_PROCESSORS)
		m->processors[m->nr_processors++] =
			(struct acpi_processor){ .apic_id = apic_id, .acpi_id = acpi_id };
}

static void add_nmi(struct acpi_madt *m, u32 acpi_id, u8 lint)
{
	if (m->nr_nmis < ACPI_MAX_NMIS && lint < 2)
		m->nmis[m->nr_nmis++] = (struct acpi_lapic_nmi){ .acpi_id = acpi_id, .lint = lint };
}

static void add_override(struct acpi_madt *m, const u8 *e)
{
	u16 flags = get16(e + 8);

	if (e[2] != 0 || m->nr_overrides == ACPI_MAX_OVERRIDES) /* bus 0: ISA */
		return;
	m->overrides[m->nr_overrides++] = (struct acpi_override){
		.source = e[3],
		.gsi = get32(e + 4),
		.level = (flags & MPS_TRIGGER) == MPS_TRIGGER_LEVEL,
		.active_low = (flags & MPS_POLARITY) == MPS_POLARITY_LOW,
	};
}

static bool madt_entry(struct acpi_madt *m, const u8 *e, u8 len)
{
	static const u8 min_len[] = {
		[MADT_LAPIC] = 8,      [MADT_IOAPIC] = 12,	  [MADT_OVERRIDE] = 10,
		[MADT_LAPIC_NMI] = 6,  [MADT_LAPIC_ADDRESS] = 12, [MADT_X2APIC] = 16,
		[MADT_X2APIC_NMI] = 12
	};
	u8 type = e[0];

	if (type < ARRAY_SIZE(min_len) && len < min_len[type])
		return false;
	switch (type) {
	case MADT_LAPIC:
		if (e[3] != 0xff)
			add_processor(m, e[3], e[2], get32(e + 4));
		break;
	case MADT_X2APIC: add_processor(m, get32(e + 4), get32(e + 12), get32(e + 8)); break;
	case MADT_IOAPIC:
		if (m->nr_ioapics < ACPI_MAX_IOAPICS)
			m->ioapics[m->nr_ioapics++] = (struct acpi_ioapic){
				.id = e[2], .address = get32(e + 4), .gsi_base = get32(e + 8)
			};
		break;
	case MADT_OVERRIDE: add_override(m, e); break;
	case MADT_LAPIC_NMI: add_nmi(m, e[2] == 0xff ? ACPI_ALL_PROCESSORS : e[2], e[5]); break;
	case MADT_X2APIC_NMI: add_nmi(m, get32(e + 4), e[8]); break;
	case MADT_LAPIC_ADDRESS: m->lapic_address = get64(e + 4); break;
	}
	return true;
}

bool acpi_parse_madt(const u8 *p, size_t len, struct acpi_madt *m)
{
	size_t pos = MADT_FIRST_ENTRY;

	memset(m, 0, sizeof(*m));
	if (len < MADT_FIRST_ENTRY)
		return false;
	m->lapic_address = get32(p + 36);
	m->has_8259 = get32(p + 40) & 1;
	while (pos + 2 <= len) {
		u8 entry_len = p[pos + 1];

		if (entry_len < 2 || entry_len > len - pos || !madt_entry(m, p + pos, entry_len))
			return false;
		pos += entry_len;
	}
	return true;
}

static struct acpi_register get_register(const u8 *p)
{
	return (struct acpi_register){ .space = p[0], .width = p[1], .address = get64(p + 4) };
}

/* The extended field at @x if the table has it and it is filled, else the old I/O port at @old. */
static struct acpi_register pick_register(const u8 *p, size_t len, size_t old, size_t x, u8 width)
{
	struct acpi_register r = { 0 };

	if (len >= x + 12)
		r = get_register(p + x);
	if (!r.address && len >= old + 4)
		r = (struct acpi_register){ ACPI_SPACE_IO, width, get32(p + old) };
	return r;
}

#define FADT_MIN_LEN	   116 /* ACPI 1.0 */
#define FADT_TIMER_32BIT   (1u << 8)
#define FADT_RESET_SUPPORT (1u << 10)

bool acpi_parse_fadt(const u8 *p, size_t len, struct acpi_fadt *f)
{
	u32 flags;

	memset(f, 0, sizeof(*f));
	if (len < FADT_MIN_LEN)
		return false;
	flags = get32(p + 112);
	f->dsdt = get32(p + 40);
	if (len >= 148 && get64(p + 140))
		f->dsdt = get64(p + 140);
	f->sci = get16(p + 46);
	f->smi_cmd = get32(p + 48);
	f->enable_value = p[52];
	f->pm1a_control = pick_register(p, len, 64, 172, 16);
	f->pm1b_control = pick_register(p, len, 68, 184, 16);
	f->pm_timer = pick_register(p, len, 76, 208, 32);
	f->pm_timer_32bit = flags & FADT_TIMER_32BIT;
	if (flags & FADT_RESET_SUPPORT && len >= 129) {
		f->reset = get_register(p + 116);
		f->reset_value = p[128];
	}
	return true;
}

bool acpi_parse_hpet(const u8 *p, size_t len, u64 *address)
{
	struct acpi_register r;

	if (len < 56)
		return false;
	r = get_register(p + 40);
	*address = r.address;
	return r.space == ACPI_SPACE_MEMORY && r.address;
}

bool acpi_parse_mcfg(const u8 *p, size_t len, struct acpi_mcfg *mcfg)
{
	mcfg->n = 0;
	if (len < ACPI_HEADER_SIZE + 8)
		return false;
	for (size_t pos = ACPI_HEADER_SIZE + 8; pos + 16 <= len && mcfg->n < ACPI_MAX_MCFG;
	     pos += 16) {
		struct acpi_mcfg_segment s = { .base = get64(p + pos),
					       .segment = get16(p + pos + 8),
					       .first_bus = p[pos + 10],
					       .last_bus = p[pos + 11] };

		if (s.first_bus > s.last_bus)
			return false;
		mcfg->segments[mcfg->n++] = s;
	}
	return true;
}

/* AML opcodes, ACPI 6.4 chapter 20. */
enum { AML_ZERO = 0x00, AML_ONE = 0x01, AML_NAME = 0x08, AML_BYTE = 0x0a, AML_PACKAGE = 0x12 };

/* One small integer at *@pos; false if it is anything else. */
static bool aml_integer(const u8 *p, size_t len, size_t *pos, u8 *value)
{
	if (*pos >= len)
		return false;
	switch (p[(*pos)++]) {
	case AML_ZERO: *value = 0; return true;
	case AML_ONE: *value = 1; return true;
	case AML_BYTE:
		if (*pos >= len)
			return false;
		*value = p[(*pos)++];
		return true;
	}
	return false;
}

bool acpi_parse_s5(const u8 *p, size_t len, u8 *type_a, u8 *type_b)
{
	for (size_t i = ACPI_HEADER_SIZE + 2; i + 7 < len; i++) {
		size_t pos = i + 4;

		if (memcmp(p + i, "_S5_", 4) || p[pos++] != AML_PACKAGE)
			continue;
		if (p[i - 1] != AML_NAME && !(p[i - 1] == '\\' && p[i - 2] == AML_NAME))
			continue;
		pos += 1 + (p[pos] >> 6); /* package length: lead byte and 0 to 3 more */
		pos += 1;		  /* number of elements */
		if (!aml_integer(p, len, &pos, type_a))
			continue;
		if (!aml_integer(p, len, &pos, type_b))
			*type_b = 0;
		return true;
	}
	return false;
}
