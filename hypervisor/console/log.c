/* SPDX-License-Identifier: MIT */
/*
 * The ring, its lock and the way of a message into ring and sinks.
 *
 * The lock is taken with interrupts off.  An NMI or a panic may find it held
 * by its own CPU: it then goes on without; the text may be mixed, but nothing
 * is out of bounds, since positions are masked at each use.
 */
#include "console/log.h"
#include "lib/format.h"
#include "lib/string.h"
#include "x86/spinlock.h"

#define RING_SIZE 65536u /* a power of two */
#define LINE_MAX  512

/*
 * Turns to wait for the lock: many seconds.  Its holder may be a CPU that a
 * panic has stopped, or what this NMI interrupted in the middle of taking it.
 */
#define PATIENCE 100000000u

/* What guests may cause: a burst of lines, refilled by the passing of cycles (about a second). */
#define GUEST_BURST	   20
#define GUEST_REFILL_SHIFT 31

static struct spinlock lock = SPINLOCK_INIT;
static char ring[RING_SIZE];
static u32 head;   /* byte counter of the next byte */
static u32 oldest; /* counter of the first byte not cleared or overwritten */
static struct log_sink *sinks;
static int level_max = LOG_INFO, guest_level_max = LOG_WARN;
static bool at_line_start = true;
static bool sink_in_line; /* the control domain has begun a line on the sinks */

static u64 guest_refill;
static u32 guest_budget = GUEST_BURST, guest_dropped;

static bool take(u64 *flags)
{
	*flags = insn_irq_save();
	for (u32 turns = 0; turns < PATIENCE; turns++) {
		if (spin_trylock(&lock))
			return true;
		if (spin_held(&lock))
			return false;
		insn_pause();
	}
	return false;
}

static void release(bool taken, u64 flags)
{
	if (taken)
		spin_unlock(&lock);
	insn_irq_restore(flags);
}

static void to_sinks(const char *text, size_t len)
{
	for (struct log_sink *s = sinks; s; s = s->next)
		s->write(text, len);
}

static void to_ring(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		ring[head++ % RING_SIZE] = text[i];
	if (head - oldest > RING_SIZE)
		oldest = head - RING_SIZE;
}

static void emit(const char *text, size_t len, bool sink)
{
	if (!len)
		return;
	to_ring(text, len);
	if (sink)
		to_sinks(text, len);
	at_line_start = text[len - 1] == '\n';
}

static u64 guest_period(void)
{
	return insn_rdtsc() >> GUEST_REFILL_SHIFT;
}

/* Whether a guest's message may go out now; says how many did not since the last that did. */
static bool guest_allowed(void)
{
	u64 period = guest_period();
	char note[64];

	if (period != guest_refill) {
		guest_refill = period;
		guest_budget = GUEST_BURST;
		if (guest_dropped) {
			int n = snprintf(note, sizeof(note), "(%u guest messages suppressed)\n",
					 guest_dropped);

			emit(note, n, true);
			guest_dropped = 0;
		}
	}
	if (!guest_budget) {
		guest_dropped++;
		return false;
	}
	guest_budget--;
	return true;
}

void log_vprint(enum log_level level, bool guest, const char *fmt, va_list ap)
{
	bool sink = (int)level <= (guest ? guest_level_max : level_max), taken;
	char line[LINE_MAX];
	u64 flags;
	int n;

	/* Known beforehand to be dropped: not worth the formatting. */
	if (guest && !READ_ONCE(guest_budget) && guest_refill == guest_period()) {
		guest_dropped++;
		return;
	}
	n = vsnprintf(line, sizeof(line), fmt, ap);
	if (n >= (int)sizeof(line)) {
		n = sizeof(line) - 1;
		line[n - 1] = '\n';
	}
	taken = take(&flags);
	if (!guest || guest_allowed()) {
		if (sink && sink_in_line) {
			to_sinks("\n", 1);
			sink_in_line = false;
		}
		if (at_line_start)
			emit("(lamina) ", 9, sink);
		emit(line, n, sink);
	}
	release(taken, flags);
}

void log_print(enum log_level level, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_vprint(level, false, fmt, ap);
	va_end(ap);
}

void log_guest(enum log_level level, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_vprint(level, true, fmt, ap);
	va_end(ap);
}

void log_write(const char *text, size_t len)
{
	u64 flags;
	bool taken = take(&flags);

	if (len) {
		to_sinks(text, len);
		sink_in_line = text[len - 1] != '\n';
	}
	release(taken, flags);
}

bool log_busy(void)
{
	struct log_sink *s = READ_ONCE(sinks);

	while (s && !(s->busy && s->busy()))
		s = s->next;
	return s;
}

void log_set_level(int level)
{
	level_max = level;
}

void log_set_guest_level(int level)
{
	guest_level_max = level;
}

void log_register_sink(struct log_sink *sink)
{
	u64 flags;
	bool taken = take(&flags);

	for (u32 at = oldest; at != head;) {
		u32 from = at % RING_SIZE, n = MIN(head - at, RING_SIZE - from);

		sink->write(ring + from, n);
		at += n;
	}
	sink->next = sinks;
	sinks = sink;
	release(taken, flags);
}

size_t log_read(u32 *index, char *buf, size_t size)
{
	u64 flags;
	bool taken = take(&flags);
	size_t done = 0;

	/* A counter from before the oldest byte kept, or from nowhere, starts there. */
	if (head - *index > head - oldest)
		*index = oldest;
	while (done < size && *index != head) {
		u32 from = *index % RING_SIZE;
		size_t n = MIN(head - *index, RING_SIZE - from);

		n = MIN(n, size - done);
		memcpy(buf + done, ring + from, n);
		done += n;
		*index += n;
	}
	release(taken, flags);
	return done;
}

void log_clear(void)
{
	u64 flags;
	bool taken = take(&flags);

	oldest = head;
	release(taken, flags);
}
