/* SPDX-License-Identifier: MIT */
/*
 * Claim: dom0 reaches its devices by ports, and none of those that the hypervisor keeps.
 * Attack: the interrupt controller, timer, reset and console ports; configuration space at odd sizes.
 * Defence: kept ports read as all ones and swallow writes; configuration goes through the hypervisor.
 * Proves: physdev_op.PHYSDEVOP_set_iopl ok refused
 * Proves: physdev_op.PHYSDEVOP_set_iobitmap ok refused
 */
#include "guest.h"

static u8 map[8192];

struct io {
	u16 port;
	u32 value;
};

static void do_in8(void *arg)
{
	struct io *io = arg;
	u8 v;

	__asm__ volatile("inb %%dx, %%al" : "=a"(v) : "d"(io->port));
	io->value = v;
}

static void do_in32(void *arg)
{
	struct io *io = arg;

	__asm__ volatile("inl %%dx, %%eax" : "=a"(io->value) : "d"(io->port));
}

static void do_out8(void *arg)
{
	struct io *io = arg;

	__asm__ volatile("outb %%al, %%dx" ::"a"((u8)io->value), "d"(io->port));
}

static void do_out32(void *arg)
{
	struct io *io = arg;

	__asm__ volatile("outl %%eax, %%dx" ::"a"(io->value), "d"(io->port));
}

static void kept(u16 port, const char *what)
{
	struct io io = { port, 0 };

	check(!try_call(do_in8, &io) || io.value == 0xff, "%s cannot be read", what);
	(void)try_call(do_out8, &io);
}

static u32 config(u32 address)
{
	struct io out = { 0xcf8, address }, in = { 0xcfc, 0 };

	try_call(do_out32, &out);
	try_call(do_in32, &in);
	return in.value;
}

void proof(void)
{
	struct physdev_set_iobitmap bitmap = { .nr_ports = 0 };
	struct physdev_set_iopl iopl = { .iopl = 1 };
	struct io io = { 0x71, 0 };

	check(hypercall2(__HYPERVISOR_physdev_op, PHYSDEVOP_set_iopl, &iopl) == 0, "iopl 1");
	iopl.iopl = 4;
	check(hypercall2(__HYPERVISOR_physdev_op, PHYSDEVOP_set_iopl, &iopl) == -GUEST_EINVAL,
	      "but not 4");
	check(try_call(do_in8, &io), "the clock's port can be read");
	kept(0x20, "the first interrupt controller");
	kept(0x21, "its mask");
	kept(0xa1, "the second one's mask");
	kept(0x40, "the timer");
	kept(0x3f8, "the console");
	if (on_lamina()) { /* Xen leaves the reset port to dom0 */
		io = (struct io){ 0xcf9, 6 };
		(void)try_call(do_out8, &io);
		check(true, "a write to the reset port resets nothing");
	}
	check((config(0x80000000) & 0xffff) == 0x8086, "the host bridge answers");
	check(config(0x80000000 | 31 << 11) == ~0U, "an empty slot reads as all ones");
	(void)config(0x80000000);
	io.port = 0xcfd;
	check(try_call(do_in8, &io) && io.value == 0x80, "a byte of configuration space");
	check(config(0x00000000) == ~0U, "without the enable bit nothing answers");
	io = (struct io){ 0xcf8, 0x80000000 };
	try_call(do_out8, &io);
	io.port = 0xcfe;
	check(try_call(do_in32, &io), "an access that crosses out of the window does no harm");
	io.port = 0xfffe;
	check(!try_call(do_in32, &io) || io.value, "nor one at the end of all ports");
	iopl.iopl = 0;
	hypercall2(__HYPERVISOR_physdev_op, PHYSDEVOP_set_iopl, &iopl);
	io.port = 0x71;
	check(!try_call(do_in8, &io) && fault.vector == 13, "without iopl a port is #GP");
	memset(map, 0xff, sizeof(map));
	map[0x71 / 8] = (u8) ~(1 << (0x71 & 7));
	set_xen_guest_handle(bitmap.bitmap, map);
	bitmap.nr_ports = 70000;
	check(hypercall2(__HYPERVISOR_physdev_op, PHYSDEVOP_set_iobitmap, &bitmap) == -GUEST_EINVAL,
	      "a bitmap of more ports than there are");
	bitmap.nr_ports = 0x100;
	check_is(hypercall2(__HYPERVISOR_physdev_op, PHYSDEVOP_set_iobitmap, &bitmap), 0,
		 "a bitmap with one port open");
	check(try_call(do_in8, &io), "which can be read");
	io.port = 0x70;
	check(!try_call(do_in8, &io) && fault.vector == 13, "its neighbour cannot");
}
