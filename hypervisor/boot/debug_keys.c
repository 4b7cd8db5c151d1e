/* SPDX-License-Identifier: MIT */
/*
 * Reports on memory and domains, and the way out.
 *
 * A key may come in an interrupt that hit a holder of the very locks a report
 * needs, so reports are made later, and a few lines at a time: others go first,
 * and so does what the serial line has to send already.
 */
#include "boot/debug_keys.h"
#include "console/keys.h"
#include "console/log.h"
#include "evtchn/evtchn.h"
#include "frame/alloc.h"
#include "grant/grant.h"
#include "platform/reset.h"
#include "smp/cpus.h"
#include "time/clock.h"

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

/* Item 0 is the domain, item n is vCPU n - 1; as evtchn_dump() and grant_dump(). */
static bool print_domain(struct domain *d, u32 item)
{
	if (!item)
		log_err("domain %u: %lu frames of %lu, pause count %u%s%s\n", d->id, d->pool.count,
			d->pool.max, d->pause_count, d->is_shut_down ? ", shut down" : "",
			d->death != DOMAIN_ALIVE ? ", dying" : "");
	else if (domain_vcpu(d, item - 1))
		print_vcpu(domain_vcpu(d, item - 1));
	return item < d->max_vcpus;
}

static bool print_memory(struct domain *d, u32 item)
{
	if (d == domain_dom0)
		log_err("memory: %lu KiB, %lu KiB free\n", alloc_total_count() * 4,
			alloc_free_count() * 4);
	return false;
}

static bool print_help(struct domain *d, u32 item)
{
	return d == domain_dom0 && keys_describe(item);
}

#define REPORT_ITEMS 4	   /* at once */
#define REPORT_PAUSE 50000 /* ns from one round to the next */

static struct report {
	char key;
	bool (*print)(struct domain *d, u32 item); /* false: that was the domain's last item */
	const char *what;
	u16 domid; /* the next to be printed */
	u32 item;
	struct timer timer;
} reports[] = {
	{ .key = 'q', .print = print_domain, .what = "domains and their vCPUs" },
	{ .key = 'e', .print = evtchn_dump, .what = "event channels" },
	{ .key = 'g', .print = grant_dump, .what = "grants in use" },
	{ .key = 'm', .print = print_memory, .what = "memory in use" },
	{ .key = 'h', .print = print_help, .what = "this list of keys" },
};

static void report_some(void *arg)
{
	struct report *r = arg;

	for (unsigned int i = 0; i < REPORT_ITEMS && !log_busy(); i++) {
		struct domain *d = domain_next(r->domid);

		if (!d)
			return;
		if (d->id != r->domid)
			r->item = 0;
		r->domid = d->id;
		if (!r->print(d, r->item++)) {
			r->domid++;
			r->item = 0;
		}
		domain_put(d);
	}
	timer_set(&r->timer, clock_now() + REPORT_PAUSE);
}

static void key_report(char key)
{
	struct report *r = reports;

	while (r->key != key)
		r++;
	r->domid = 0;
	r->item = 0;
	timer_set(&r->timer, 0);
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
	for (struct report *r = reports; r < reports + ARRAY_SIZE(reports); r++) {
		timer_init(&r->timer, report_some, r, 0);
		keys_register(r->key, key_report, r->what);
	}
	keys_register('R', key_reboot, "reboot now");
	keys_register('C', key_crash, "panic, with a backtrace");
}
