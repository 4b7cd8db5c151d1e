/* SPDX-License-Identifier: MIT */
/*
 * Command-line options of the log, which lies below the command line:
 * loglvl= and guest_loglvl= (none, error, warning, info, debug, all), noreboot.
 */
#include "console/panic.h"
#include "lib/string.h"
#include "platform/cmdline.h"

/* Hand the level that @value names to @set. */
static bool parse_level(const char *value, void (*set)(int level))
{
	static const char *const names[] = { "none", "error", "warning", "info", "debug", "all" };
	static const int levels[] = { LOG_NONE, LOG_ERR, LOG_WARN, LOG_INFO, LOG_DEBUG, LOG_DEBUG };

	for (unsigned int i = 0; i < ARRAY_SIZE(names); i++) {
		size_t len = strlen(names[i]);

		/* A second level behind a slash was the rate-limited one; we limit by rate alone. */
		if (!strncmp(value, names[i], len) && (!value[len] || value[len] == '/')) {
			set(levels[i]);
			return true;
		}
	}
	return false;
}

static bool parse_loglvl(const char *value)
{
	return parse_level(value, log_set_level);
}
CMDLINE_OPTION("loglvl", parse_loglvl);

static bool parse_guest_loglvl(const char *value)
{
	return parse_level(value, log_set_guest_level);
}
CMDLINE_OPTION("guest_loglvl", parse_guest_loglvl);

static bool parse_noreboot(const char *value)
{
	bool stay, good = cmdline_bool(value, &stay);

	if (good)
		panic_set_noreboot(stay);
	return good;
}
CMDLINE_OPTION("noreboot", parse_noreboot);
