/* SPDX-License-Identifier: MIT */
/*
 * The UEFI system table (UEFI 2.9, 4.3 and 4.6; 64-bit layout).
 */
#include "platform/efi.h"

#include "lib/string.h"
#include "platform/boot_info.h"
#include "platform/mmio.h"

#define SYSTAB_SIZE	120
#define SYSTAB_REVISION 8
#define SYSTAB_VENDOR	24
#define SYSTAB_NENTRIES 104
#define SYSTAB_TABLES	112
#define ENTRY_SIZE	24
#define MAX_ENTRIES	256

bool efi_get_info(struct efi_info *info)
{
	static struct efi_info known;
	static bool tried;
	const u8 *p;
	u64 n;

	if (!tried && boot_info.efi_systab) {
		p = mmio_map(boot_info.efi_systab, SYSTAB_SIZE);
		if (p && !memcmp(p, "IBI SYST", 8)) {
			memcpy(&known.revision, p + SYSTAB_REVISION, 4);
			memcpy(&known.vendor, p + SYSTAB_VENDOR, 8);
			memcpy(&n, p + SYSTAB_NENTRIES, 8);
			memcpy(&known.config_tables, p + SYSTAB_TABLES, 8);
			known.nr_config_tables = (u32)MIN(n, (u64)MAX_ENTRIES);
		}
	}
	tried = true;
	*info = known;
	return known.config_tables != 0;
}

u64 efi_find_config_table(const u8 guid[16])
{
	struct efi_info info;
	const u8 *e;
	u64 address;

	if (!efi_get_info(&info))
		return 0;
	e = mmio_map(info.config_tables, (size_t)info.nr_config_tables * ENTRY_SIZE);
	for (u32 i = 0; e && i < info.nr_config_tables; i++, e += ENTRY_SIZE)
		if (!memcmp(e, guid, 16)) {
			memcpy(&address, e + 16, 8);
			return address;
		}
	return 0;
}

unsigned int efi_vendor(u16 *name, unsigned int max)
{
	struct efi_info info;
	unsigned int n = 0;
	const u8 *p;

	if (!max || !efi_get_info(&info) || !info.vendor)
		return 0;
	p = mmio_map(info.vendor, (size_t)max * 2);
	for (; p && n < max - 1 && (p[2 * n] | p[2 * n + 1]); n++)
		name[n] = (u16)(p[2 * n] | p[2 * n + 1] << 8);
	name[n] = 0;
	return n;
}
