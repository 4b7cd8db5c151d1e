/* SPDX-License-Identifier: MIT */
/*
 * Filling boot_info.
 */
#include "boot/loader.h"
#include "boot/memmap.h"
#include "lib/string.h"
#include "x86/layout.h"

#define TEXT_POOL 8192
#define RSDP_MAX  36 /* ACPI 2.0 and later */

struct boot_info boot_info;

static struct boot_mem raw[MEMMAP_RAW_MAX] __initdata;
static unsigned int nr_raw __initdata;
static char text_pool[TEXT_POOL];
static size_t text_used;
static u8 rsdp_copy[RSDP_MAX] __aligned(16);

/*
 * GRUB 2 leaves the file's name out of the text; QEMU and older loaders begin
 * with it.
 */
static const char *__init without_name(const char *text, const char *loader_name)
{
	while (*text == ' ')
		text++;
	if (loader_name && !strncmp(loader_name, "GRUB ", 5) && loader_name[5] != '0')
		return text;
	while (*text && *text != ' ')
		text++;
	while (*text == ' ')
		text++;
	return text;
}

void __init loader_set_cmdline(const char *text, const char *loader_name)
{
	string_copy(boot_info.cmdline, without_name(text, loader_name), sizeof(boot_info.cmdline));
}

void __init loader_add_module(u64 start, u64 end, const char *text, const char *loader_name)
{
	struct boot_module *m = &boot_info.modules[boot_info.nr_modules];
	size_t room = TEXT_POOL - text_used;

	if (boot_info.nr_modules == BOOT_MAX_MODULES || end <= start)
		return;
	boot_info.nr_modules++;
	m->start = start;
	m->size = end - start;
	m->cmdline = "";
	if (room < 2)
		return;
	m->cmdline = text_pool + text_used;
	string_copy(text_pool + text_used, without_name(text, loader_name), room);
	text_used += strlen(m->cmdline) + 1;
}

void __init loader_add_memory(u64 start, u64 size, u32 type)
{
	if (nr_raw < MEMMAP_RAW_MAX && size)
		raw[nr_raw++] = (struct boot_mem){ .start = start, .size = size, .type = type };
}

void __init loader_set_rsdp(const void *rsdp, size_t size)
{
	memcpy(rsdp_copy, rsdp, MIN(size, sizeof(rsdp_copy)));
	boot_info.rsdp = (u64)rsdp_copy - IMAGE_START + IMAGE_PHYS;
}

bool __init loader_finish(void)
{
	return memmap_build(raw, nr_raw, boot_info.memmap, BOOT_MAX_MEMMAP, &boot_info.nr_memmap);
}
