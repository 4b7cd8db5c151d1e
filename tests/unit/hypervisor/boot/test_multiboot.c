/* SPDX-License-Identifier: MIT */
/* sources: boot/loader.c boot/memmap.c boot/multiboot1.c boot/multiboot2.c lib/string.c */
/*
 * Both Multiboot parsers, on information blocks laid out in an array that
 * stands for physical memory.
 */
#include "boot/loader.h"
#include "lib/string.h"

#include "suite.h"

static u8 memory[8192] __aligned(8);
#define BASE ((u64)memory)

static void put32(u32 at, u32 v)
{
	memcpy(memory + at, &v, 4);
}

static void put64(u32 at, u64 v)
{
	memcpy(memory + at, &v, 8);
}

static void put_text(u32 at, const char *text)
{
	memcpy(memory + at, text, strlen(text) + 1);
}

static void mb1(const char *name, const char *cmdline, const char *module)
{
	put32(0x100, 1 << 2 | 1 << 3 | 1 << 6 | (name ? 1 << 9 : 0));
	put32(0x110, 0x200);
	put_text(0x200, cmdline);
	put32(0x114, 2);
	put32(0x118, 0x300);
	put32(0x300, 0x1000000);
	put32(0x304, 0x1800000);
	put32(0x308, 0x400);
	put_text(0x400, module);
	put32(0x310, 0x2000000);
	put32(0x314, 0x2000100);
	put32(0x12c, 2 * 24);
	put32(0x130, 0x500);
	put32(0x500, 20);
	put64(0x504, 0x100000);
	put64(0x50c, 0x3ff00000);
	put32(0x514, 1);
	put32(0x518, 20);
	put64(0x51c, 0);
	put64(0x524, 0x9fc00);
	put32(0x52c, 1);
	put32(0x140, 0x600);
	put_text(0x600, name ? name : "");
	multiboot1_parse(0x100, BASE);
}

START_TEST(qemu_names_the_image_first)
{
	mb1("qemu", "lamina console=com1 x", "/boot/vmlinuz console=hvc0  a b");
	ck_assert(loader_finish());
	ck_assert_str_eq(boot_info.loader, "multiboot1");
	ck_assert_str_eq(boot_info.cmdline, "console=com1 x");
	ck_assert_uint_eq(boot_info.nr_modules, 2);
	ck_assert_uint_eq(boot_info.modules[0].start, 0x1000000);
	ck_assert_uint_eq(boot_info.modules[0].size, 0x800000);
	ck_assert_str_eq(boot_info.modules[0].cmdline, "console=hvc0  a b");
	ck_assert_str_eq(boot_info.modules[1].cmdline, "");
	ck_assert_uint_eq(boot_info.nr_memmap, 2);
	ck_assert_uint_eq(boot_info.memmap[0].size, 0x9fc00);
	ck_assert_uint_eq(boot_info.memmap[1].start, 0x100000);
}
END_TEST

START_TEST(grub_does_not)
{
	mb1("GRUB 2.06", "console=com1", "root=/dev/sda1");
	ck_assert_str_eq(boot_info.cmdline, "console=com1");
	ck_assert_str_eq(boot_info.modules[0].cmdline, "root=/dev/sda1");
}
END_TEST

START_TEST(a_loader_without_name_is_an_old_one)
{
	mb1(NULL, "/lamina", "/vmlinuz");
	ck_assert_str_eq(boot_info.cmdline, "");
	ck_assert_str_eq(boot_info.modules[0].cmdline, "");
}
END_TEST

START_TEST(text_is_copied)
{
	mb1("qemu", "lamina one", "kernel two");
	memset(memory, 'z', sizeof(memory));
	ck_assert_str_eq(boot_info.cmdline, "one");
	ck_assert_str_eq(boot_info.modules[0].cmdline, "two");
}
END_TEST

static u32 tag(u32 at, u32 type, const void *payload, u32 size)
{
	put32(at, type);
	put32(at + 4, 8 + size);
	memcpy(memory + at + 8, payload, size);
	return ROUND_UP(at + 8 + size, 8u);
}

START_TEST(multiboot2_tags)
{
	struct {
		u32 start, end;
		char text[16];
	} module = { 0x1000, 0x3000, "root=/dev/vda" };
	struct {
		u32 entry_size, version;
		struct {
			u64 start, size;
			u32 type, zero;
		} e[2];
	} map = { 24, 0, { { 0x100000, 0x100000, 1, 0 }, { 0x180000, 0x1000, 4, 0 } } };
	u64 systab = 0x7ff00018;
	char rsdp[36] = "RSD PTR 0123456789012345678901234567";
	u32 at = 0x108;

	at = tag(at, 1, "console=com1", 13);
	at = tag(at, 3, &module, sizeof(module));
	at = tag(at, 6, &map, sizeof(map));
	at = tag(at, 12, &systab, 8);
	at = tag(at, 14, "RSD PTR old         ", 20);
	at = tag(at, 15, rsdp, sizeof(rsdp));
	at = tag(at, 99, "unknown", 7);
	at = tag(at, 0, "", 0);
	put32(0x100, at - 0x100);
	multiboot2_parse(0x100, BASE);
	ck_assert(loader_finish());
	ck_assert_str_eq(boot_info.loader, "multiboot2");
	ck_assert_str_eq(boot_info.cmdline, "console=com1");
	ck_assert_uint_eq(boot_info.nr_modules, 1);
	ck_assert_uint_eq(boot_info.modules[0].size, 0x2000);
	ck_assert_str_eq(boot_info.modules[0].cmdline, "root=/dev/vda");
	ck_assert_uint_eq(boot_info.nr_memmap, 3);
	ck_assert_uint_eq(boot_info.memmap[1].type, BOOT_MEM_NVS);
	ck_assert_uint_eq(boot_info.efi_systab, systab);
	ck_assert_uint_ne(boot_info.rsdp, 0);
}
END_TEST

START_TEST(a_tag_of_no_size_ends_the_walk)
{
	put32(0x100, 0x100);
	put32(0x108, 1);
	put32(0x10c, 0);
	multiboot2_parse(0x100, BASE);
	put32(0x10c, 0x1000);
	multiboot2_parse(0x100, BASE);
	ck_assert_uint_eq(boot_info.nr_modules, 0);
}
END_TEST

START_TEST(excess_modules_are_dropped)
{
	char text[3000];

	memset(text, 'a', sizeof(text));
	text[sizeof(text) - 1] = 0;
	for (unsigned int i = 0; i < BOOT_MAX_MODULES + 3; i++)
		loader_add_module(0x1000 * i, 0x1000 * (i + 1), text, "GRUB 2");
	ck_assert_uint_eq(boot_info.nr_modules, BOOT_MAX_MODULES);
	for (unsigned int i = 0; i < BOOT_MAX_MODULES; i++)
		ck_assert_uint_lt(strlen(boot_info.modules[i].cmdline), sizeof(text));
}
END_TEST

UNIT_MAIN("boot/multiboot", qemu_names_the_image_first, grub_does_not,
	  a_loader_without_name_is_an_old_one, text_is_copied, multiboot2_tags,
	  a_tag_of_no_size_ends_the_walk, excess_modules_are_dropped)
