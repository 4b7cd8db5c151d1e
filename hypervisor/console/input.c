/* SPDX-License-Identifier: MIT */
/*
 * The ring between the UART and the control domain.
 */
#include "console/input.h"
#include "console/keys.h"
#include "console/log.h"
#include "x86/spinlock.h"

#define RING_SIZE      1024u
#define SWITCH_CHAR    1 /* Ctrl-A */
#define SWITCH_PRESSES 3

static struct spinlock lock = SPINLOCK_INIT;
static char ring[RING_SIZE];
static u32 head, tail;
static void (*notify_hook)(void);
static unsigned int presses;
static bool to_keys;

void input_set_notify(void (*notify)(void))
{
	notify_hook = notify;
}

/* True if @c completed a switch. */
static bool switched(char c)
{
	presses = c == SWITCH_CHAR ? presses + 1 : 0;
	if (presses < SWITCH_PRESSES)
		return false;
	presses = 0;
	to_keys = !to_keys;
	log_err("Input goes to the %s; Ctrl-A three times to switch.\n",
		to_keys ? "hypervisor ('h' for help)" : "control domain");
	return true;
}

void input_receive(char c)
{
	u64 flags;

	if (switched(c))
		return;
	if (to_keys) {
		if (c != SWITCH_CHAR)
			keys_press(c);
		return;
	}
	flags = spin_lock_irqsave(&lock);
	if (head - tail < RING_SIZE) /* else nobody reads, and what comes is lost */
		ring[head++ % RING_SIZE] = c;
	spin_unlock_irqrestore(&lock, flags);
	if (notify_hook)
		notify_hook();
}

size_t input_read(char *buf, size_t size)
{
	SPIN_HOLD_IRQ(&lock);
	size_t n = 0;

	while (n < size && tail != head)
		buf[n++] = ring[tail++ % RING_SIZE];
	return n;
}
