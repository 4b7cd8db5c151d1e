/* SPDX-License-Identifier: MIT */
/*
 * The boot, as an ordered list of calls.
 */
#include "boot/main.h"
#include "boot/debug_keys.h"
#include "boot/loader.h"
#include "console/input.h"
#include "console/panic.h"
#include "dom0/build.h"
#include "evtchn/evtchn.h"
#include "frame/alloc.h"
#include "frame/hostmap.h"
#include "irq/irq.h"
#include "platform/acpi.h"
#include "platform/acpi_mode.h"
#include "platform/cmdline.h"
#include "platform/ioapic.h"
#include "platform/lapic.h"
#include "platform/mitigations.h"
#include "platform/mmio.h"
#include "platform/pic.h"
#include "platform/refclock.h"
#include "platform/reset.h"
#include "platform/uart.h"
#include "sched/pause.h"
#include "smp/cpus.h"
#include "time/clock.h"
#include "time/watchdog.h"
#include "x86/desc.h"
#include "x86/extable.h"
#include "x86/features.h"

#define MULTIBOOT1_MAGIC 0x2badb002
#define MULTIBOOT2_MAGIC 0x36d76289

/* boot/head.S keeps 256 bytes above the early stack for it. */
_Static_assert(sizeof(struct cpu_info) <= 256, "cpu_info fits above the early stack");

static void __init read_loader(u32 magic, u32 info)
{
	if (magic == MULTIBOOT2_MAGIC)
		multiboot2_parse(info, DIRECTMAP_START);
	else if (magic == MULTIBOOT1_MAGIC)
		multiboot1_parse(info, DIRECTMAP_START);
	else
		panic("Not started by a Multiboot loader (magic %#x).\n", magic);
	if (!loader_finish())
		log_warn("The memory map has too many entries; its end is ignored.\n");
}

static void __init print_memmap(void)
{
	static const char *const names[] = { "?", "RAM", "reserved", "ACPI", "ACPI NVS", "bad" };

	for (unsigned int i = 0; i < boot_info.nr_memmap; i++) {
		const struct boot_mem *m = &boot_info.memmap[i];

		log_info("  %016lx - %016lx  %s\n", m->start, m->start + m->size,
			 m->type < ARRAY_SIZE(names) ? names[m->type] : "reserved");
	}
}

static void console_notify(void)
{
	evtchn_send_global_virq(VIRQ_CONSOLE);
}

/* A line was logged, in any context: dom0 hears of it (VIRQ_CON_RING) on the way out. */
static void log_raise(const char *text, size_t len)
{
	softirq_raise(SOFTIRQ_LOG);
}

static void log_notify(void)
{
	evtchn_send_global_virq(VIRQ_CON_RING);
}

static struct log_sink log_notifier = { .write = log_raise };

/*
 * With memory and on CPU 0's own stack; at the end nothing of the init
 * sections is in use any more.
 */
static void __noreturn boot_continue(void)
{
	desc_init_idt();
	desc_init_cpu(0);
	features_init_fence();
	panic_set_hooks(cpus_stop_others, reset_machine);

	mmio_register(hostmap_device, hostmap_is_ram);
	acpi_init();
	refclock_init();
	acpi_mode_enter();
	pic_disable();
	lapic_init();
	ioapic_init();
	clock_init();
	lapic_timer_calibrate();
	irq_init();
	timer_init_cpu();
	sched_init();
	insn_sti();

	cpus_start(sched_idle_loop);
	debug_keys_init();
	input_set_notify(console_notify);
	softirq_register(SOFTIRQ_LOG, log_notify);
	log_register_sink(&log_notifier);
	uart_set_input(input_receive);
	uart_enable_interrupts();
	dom0_build();
	hostmap_free_init();
	(void)pause_undo_by_controller(domain_dom0);
	for (unsigned int cpu = 0; cpu < nr_cpus; cpu++)
		watchdog_start(cpu);
	sched_idle_loop();
}

void __noreturn __init boot_main(u32 magic, u32 info)
{
	read_loader(magic, info);
	cmdline_parse(boot_info.cmdline);
	uart_init();
	log_info("Lamina, started by %s: %s\n", boot_info.loader, boot_info.cmdline);
	print_memmap();

	extable_init();
	features_init();
	if (features_missing)
		panic("This processor lacks %s.\n", features_missing);
	mitigations_init();
	features_patch();
	features_init_cpu();
	hostmap_init();
	log_info("alloc: %lu free frames of %lu\n", alloc_free_count(), alloc_total_count());

	if (percpu_init_cpu(0))
		panic("No memory for the boot processor.\n");
	boot_switch_stack((u64)cpu_info_of(0), boot_continue);
}
