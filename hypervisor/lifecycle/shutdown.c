/* SPDX-License-Identifier: MIT */
/*
 * A domain that stops by its own will, or is reported as crashed.
 *
 * A crash is found in any place, with any locks held, so the change of state
 * is one atomic exchange and what follows takes none of a domain's locks.
 */
#include "lifecycle/shutdown.h"

#include "console/panic.h"
#include "domain/crash.h"
#include "evtchn/evtchn.h"
#include "platform/reset.h"
#include "sched/pause.h"
#include "smp/cpus.h"

/* What the machine does when dom0 stops. */
static void __noreturn stop_machine(u32 code)
{
	switch (code) {
	case SHUTDOWN_poweroff:
		log_info("dom0 has shut down: powering off\n");
		cpus_stop_others();
		reset_power_off();
	case SHUTDOWN_reboot: log_info("dom0 has shut down: rebooting\n"); break;
	default:
		log_err("dom0 has stopped (code %u)%s\n", code,
			panic_noreboot() ? "; 'noreboot' given, halted" : ": rebooting");
		cpus_stop_others();
		while (panic_noreboot())
			insn_hlt();
		reset_machine();
	}
	cpus_stop_others();
	reset_machine();
}

void shutdown_domain(struct domain *d, u32 code)
{
	if (d->hardware)
		stop_machine(code);
	if (atomic_xchg(&d->is_shutting_down, true))
		return;
	if (d->shutdown_preset)
		code = d->shutdown_preset - 1;
	d->shutdown_code = code;
	pause_domain_nosync(d);
	atomic_store(&d->is_shut_down, true);
	if (code == SHUTDOWN_suspend && d->suspend_evtchn)
		(void)evtchn_send(d, d->suspend_evtchn);
	evtchn_send_global_virq(VIRQ_DOM_EXC);
}

int shutdown_resume(struct domain *d)
{
	if (READ_ONCE(d->is_shut_down) && d->shutdown_code != SHUTDOWN_suspend)
		return -EINVAL;
	if (!atomic_xchg(&d->is_shut_down, false))
		return 0; /* it is on its feet */
	d->shutdown_code = 0;
	atomic_store(&d->is_shutting_down, false);
	pause_domain_undo(d);
	return 0;
}

void domain_crash_stop(struct domain *d)
{
	shutdown_domain(d, SHUTDOWN_crash);
}
