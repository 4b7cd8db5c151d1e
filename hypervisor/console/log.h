/* SPDX-License-Identifier: MIT */
/*
 * The log: levels, a ring that survives for `lamina dmesg`, and sinks.
 *
 * Lines go to the ring always and to the registered sinks (the UART) when
 * their level is within `loglvl=` (or `guest_loglvl=` for what a guest caused,
 * which is also rate-limited).  Callable from any context, NMI included.
 */
#pragma once

#include "lib/types.h"
#include <stdarg.h>

enum log_level { LOG_ERR, LOG_WARN, LOG_INFO, LOG_DEBUG };

void log_print(enum log_level level, const char *fmt, ...) __printf(2, 3);
void log_vprint(enum log_level level, bool guest, const char *fmt, va_list ap) __printf(3, 0);
void log_guest(enum log_level level, const char *fmt, ...) __printf(2, 3);

#define log_err(...)   log_print(LOG_ERR, __VA_ARGS__)
#define log_warn(...)  log_print(LOG_WARN, __VA_ARGS__)
#define log_info(...)  log_print(LOG_INFO, __VA_ARGS__)
#define log_debug(...) log_print(LOG_DEBUG, __VA_ARGS__)

/* Raw bytes to the sinks alone: the control domain's console (console_io) is not the hypervisor's log. */
void log_write(const char *text, size_t len);

/* Whether a sink has much to write still; who can come again later with more should. */
bool log_busy(void);

struct log_sink {
	void (*write)(const char *text, size_t len);
	bool (*busy)(void); /* or NULL; not called under the log's lock */
	struct log_sink *next;
};

/*
 * Threshold for sinks: messages above @level go to the ring only.  LOG_NONE
 * silences them all (`loglvl=none`).
 */
#define LOG_NONE (-1)
void log_set_level(int level);
void log_set_guest_level(int level);

/* Add a sink; what is in the ring so far is played to it. */
void log_register_sink(struct log_sink *sink);

/*
 * Copy out of the ring from byte counter *@index (0: the oldest kept) at most
 * @size bytes; returns how many and advances *@index (sysctl readconsole).
 */
size_t log_read(u32 *index, char *buf, size_t size);
void log_clear(void);

/* Stop the machine: message, registers if any, backtrace with symbols; reboot unless `noreboot`. */
void __noreturn panic(const char *fmt, ...) __printf(1, 2);
