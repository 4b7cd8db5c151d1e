/* SPDX-License-Identifier: MIT */
/*
 * Command-line options of the log, which lies below the command line:
 * loglvl= and guest_loglvl= (none, error, warning, info, debug, all), noreboot.
 */
#include "console/log.h"
#include "console/panic.h"
#include "lib/string.h"
#include "platform/cmdline.h"

static bool parse_level(const char *value, int *level)
{
	static const struct {
		const char *name;
		int level;
	} levels[] = {
		{ "none", LOG_NONE }, { "error", LOG_ERR },   { "warning", LOG_WARN },
		{ "info", LOG_INFO }, { "debug", LOG_DEBUG }, { "all", LOG_DEBUG },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(levels); i++) {
		size_t len = strlen(levels[i].name);

		/* A second level behind a slash was the rate-limited one; we limit by rate alone. */
		if (!strncmp(value, levels[i].name, len) && (!value[len] || value[len] == '/')) {
			*level = levels[i].level;
			return true;
		}
	}
	return false;
}

static bool parse_loglvl(const char *value)
{
	int level;

	if (!parse_level(value, &level))
		return false;
	log_set_level(level);
	return true;
}
CMDLINE_OPTION("loglvl", parse_loglvl);

static bool parse_guest_loglvl(const char *value)
{
	int level;

	if (!parse_level(value, &level))
		return false;
	log_set_guest_level(level);
	return true;
}
CMDLINE_OPTION("guest_loglvl", parse_guest_loglvl);

static bool parse_noreboot(const char *value)
{
	bool stay;

	if (!cmdline_bool(value, &stay))
		return false;
	panic_set_noreboot(stay);
	return true;
}
CMDLINE_OPTION("noreboot", parse_noreboot);
