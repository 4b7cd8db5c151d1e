/* SPDX-License-Identifier: MIT */
/*
 * Reports on memory and domains, and the way out.
 *
 * A key may come in an interrupt that hit a holder of the very locks a report
 * needs, so reports are made in a tasklet.
 */
#include "boot/debug_keys.h"
#include "console/keys.h"
#include "console/log.h"
#include "evtchn/evtchn.h"
#include "frame/alloc.h"
#include "grant/grant.h"
#include "platform/reset.h"
#include "smp/cpus.h"

static void print_vcpu(const struct vcpu *v)
{
	log_err("  vcpu %u: cpu %u%s, pause flags %#x, upcall %s%s\n", v->id, v->processor,
		v->running ? " running" : "", v->pause_flags,
		v->info->evtchn_upcall_pending ? "pending" : "none",
		v->info->evtchn_upcall_mask ? " masked" : "");
	if (!v->running)
		log_err("    rip %016lx rsp %016lx, in %s\n", v->regs.rip, v->regs.rsp,
			v->in_kernel ? "kernel" : "user mode");
}

static void print_domain(struct domain *d)
{
	struct vcpu *v;
	unsigned int i;

	log_err("domain %u: %lu frames of %lu, pause count %u%s%s\n", d->id, d->pool.count,
		d->pool.max, d->pause_count, d->is_shut_down ? ", shut down" : "",
		d->death != DOMAIN_ALIVE ? ", dying" : "");
	for_each_vcpu (d, v, i)
		print_vcpu(v);
}

struct report {
	char key;
	void (*print)(struct domain *d);
	const char *what;
	struct tasklet task;
};

static void report_domains(void *arg)
{
	struct report *report = arg;
	struct domain *d;
	u32 from = 0;

	while (from <= DOMID_IDLE_ && (d = domain_next((u16)from))) {
		report->print(d);
		from = d->id + 1U;
		domain_put(d);
	}
}

static struct report reports[] = {
	{ 'q', print_domain, "domains and their vCPUs", { .fn = report_domains } },
	{ 'e', evtchn_dump, "event channels", { .fn = report_domains } },
	{ 'g', grant_dump, "grants in use", { .fn = report_domains } },
};

static void report_memory(void *arg)
{
	log_err("memory: %lu KiB, %lu KiB free\n", alloc_total_count() * 4, alloc_free_count() * 4);
}

static void key_domains(char key)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(reports); i++)
		if (reports[i].key == key) {
			reports[i].task.arg = &reports[i];
			tasklet_schedule(&reports[i].task);
		}
}

static void key_memory(char key)
{
	static struct tasklet task = { .fn = report_memory };

	tasklet_schedule(&task);
}

static void key_reboot(char key)
{
	log_err("Rebooting at the operator's wish.\n");
	cpus_stop_others();
	reset_machine();
}

static void key_crash(char key)
{
	panic("debug key '%c'\n", key);
}

void debug_keys_init(void)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(reports); i++)
		keys_register(reports[i].key, key_domains, reports[i].what);
	keys_register('m', key_memory, "memory in use");
	keys_register('R', key_reboot, "reboot now");
	keys_register('C', key_crash, "panic, with a backtrace");
}
