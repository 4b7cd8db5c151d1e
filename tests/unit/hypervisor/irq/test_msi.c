/* SPDX-License-Identifier: MIT */
/* sources: irq/msi.c */
/*
 * MSI and MSI-X: the message, and what is written where, on a pretended device.
 */
#include "irq/msi.h"

#include <string.h>

#include "abi/error.h"
#include "irq/msi_table.h"
#include "platform/mmio.h"
#include "platform/pci_config.h"
#include "suite.h"

static u8 config[256];
static u8 bar_page[4096] __aligned(4096);
static u64 bar_phys;

u32 pci_config_read(u32 sbdf, u32 reg, u32 size)
{
	u32 v = 0;

	(void)sbdf;
	memcpy(&v, config + reg, size);
	return v;
}

void pci_config_write(u32 sbdf, u32 reg, u32 size, u32 value)
{
	(void)sbdf;
	memcpy(config + reg, &value, size);
}

u32 pci_config_find_capability(u32 sbdf, u8 id)
{
	(void)sbdf;
	return config[0x50] == id ? 0x50 : 0;
}

u8 *msi_table_map(u64 phys)
{
	ck_assert_uint_eq(phys, bar_phys & ~0xfffULL);
	return bar_page;
}

bool mmio_is_ram(mfn_t m)
{
	return m.v < 0x100;
}

static u32 get(u32 reg, u32 size)
{
	return pci_config_read(0, reg, size);
}

static void device(u8 capability, u16 control)
{
	memset(config, 0, sizeof(config));
	memset(bar_page, 0, sizeof(bar_page));
	config[0x50] = capability;
	pci_config_write(0, 0x52, 2, control);
}

START_TEST(message)
{
	struct msi_message m = msi_compose(0x41, 3);

	ck_assert_uint_eq(m.address, 0xfee03000);
	ck_assert_uint_eq(m.data, 0x41);
}
END_TEST

START_TEST(narrow_msi)
{
	struct msi_message message = msi_compose(0x52, 0);
	struct msi m;

	device(5, 0x0000);
	ck_assert_int_eq(msi_find(&m, 8, false, 0, 0), 0);
	ck_assert(!m.wide && !m.maskable);
	ck_assert_uint_eq(msi_capacity(&m), 1);
	msi_write(&m, &message);
	ck_assert_uint_eq(get(0x54, 4), 0xfee00000);
	ck_assert_uint_eq(get(0x58, 2), 0x52);
	msi_set_masked(&m, true);
	ck_assert_uint_eq(get(0x5c, 4), 0);
}
END_TEST

START_TEST(wide_maskable_block)
{
	struct msi_message message = msi_compose(0x60, 1);
	struct msi m;

	device(5, 0x0100 | 0x0080 | 3 << 1);
	ck_assert_int_eq(msi_find(&m, 8, false, 0, 0), 0);
	ck_assert_uint_eq(msi_capacity(&m), 8);
	msi_write(&m, &message);
	ck_assert_uint_eq(get(0x54, 4), 0xfee01000);
	ck_assert_uint_eq(get(0x58, 4), 0);
	ck_assert_uint_eq(get(0x5c, 2), 0x60);
	msi_set_block(&m, 2);
	ck_assert_uint_eq(get(0x52, 2), 0x0180 | 3 << 1 | 2 << 4);
	m.entry = 2;
	msi_set_masked(&m, true);
	ck_assert_uint_eq(get(0x60, 4), 4);
	/* The message belongs to the first member. */
	message.data = 0x99;
	msi_write(&m, &message);
	ck_assert_uint_eq(get(0x5c, 2), 0x60);
	msi_set_masked(&m, false);
	ck_assert_uint_eq(get(0x60, 4), 0);
	msi_enable(&m);
	ck_assert_uint_eq(get(0x52, 2) & 1, 1);
}
END_TEST

START_TEST(msix_table_entry)
{
	struct msi_message message = msi_compose(0x70, 2);
	u32 *entry = (u32 *)(bar_page + 0x800 + 3 * 16);
	struct msi m;

	device(17, 0x0007); /* eight entries */
	bar_phys = 0x2fe000000ULL;
	pci_config_write(0, 0x18, 4, (u32)bar_phys | 0x0c); /* BAR 2, 64 bits wide */
	pci_config_write(0, 0x1c, 4, (u32)(bar_phys >> 32));
	pci_config_write(0, 0x54, 4, 0x800 | 2);
	ck_assert_int_eq(msi_find(&m, 8, true, 8, 1), -EINVAL);
	ck_assert_int_eq(msi_find(&m, 8, true, 3, 1), 0);
	msi_set_masked(&m, true);
	ck_assert_uint_eq(entry[3], 1);
	msi_write(&m, &message);
	ck_assert_uint_eq(entry[0], 0xfee02000);
	ck_assert_uint_eq(entry[1], 0);
	ck_assert_uint_eq(entry[2], 0x70);
	ck_assert_uint_eq(entry[3], 1);
	msi_set_masked(&m, false);
	ck_assert_uint_eq(entry[3], 0);
	msi_enable(&m);
	ck_assert_uint_eq(get(0x52, 2), 0x8007);
}
END_TEST

START_TEST(a_table_in_ram_is_refused)
{
	struct msi m;

	device(17, 0x0000);
	pci_config_write(0, 0x10, 4, 0x1000);
	ck_assert_int_eq(msi_find(&m, 8, true, 0, 1), -EINVAL);
	ck_assert_int_eq(msi_find(&m, 8, false, 0, 0), -ENODEV);
}
END_TEST

UNIT_MAIN("irq/msi", message, narrow_msi, wide_maskable_block, msix_table_entry,
	  a_table_in_ram_is_refused)
