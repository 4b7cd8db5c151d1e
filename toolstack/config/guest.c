/* SPDX-License-Identifier: MIT */
/*
 * A guest as its owner wants it.
 */
#include "config/guest.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

const char *const guest_action_names[GUEST_ACTIONS + 1] = {
	[GUEST_DESTROY] = "destroy",
	[GUEST_RESTART] = "restart",
	[GUEST_RENAME_RESTART] = "rename-restart",
	[GUEST_PRESERVE] = "preserve",
	[GUEST_COREDUMP_DESTROY] = "coredump-destroy",
	[GUEST_COREDUMP_RESTART] = "coredump-restart",
	[GUEST_SOFT_RESET] = "soft-reset",
};

void guest_defaults(struct guest_config *g)
{
	memset(g, 0, sizeof(*g));
	g->memory_mib = 128;
	g->vcpus = 1;
	g->console_log_kib = 1024;
	g->on_poweroff = GUEST_DESTROY;
	g->on_reboot = GUEST_RESTART;
	g->on_crash = GUEST_DESTROY;
	g->on_watchdog = GUEST_DESTROY;
}

static void strings_free(struct guest_strings *s)
{
	for (size_t i = 0; i < s->count; i++)
		free(s->items[i]);
	free(s->items);
}

void guest_free(struct guest_config *g)
{
	free(g->name);
	free(g->kernel);
	free(g->ramdisk);
	free(g->cmdline);
	free(g->root);
	free(g->extra);
	free(g->uuid_text);
	free(g->type);
	free(g->builder);
	free(g->cpus.sets);
	free(g->cpus.text);
	free(g->cpus_soft.sets);
	free(g->cpus_soft.text);
	strings_free(&g->disks);
	strings_free(&g->vifs);
	memset(g, 0, sizeof(*g));
}

char *guest_cmdline(const struct guest_config *g)
{
	const char *extra = g->extra ? g->extra : "";
	char *out = NULL;

	if (g->cmdline)
		return strdup(g->cmdline);
	if (g->root) {
		if (asprintf(&out, "root=%s%s%s", g->root, *extra ? " " : "", extra) < 0)
			return NULL;
		return out;
	}
	return strdup(extra);
}

bool guest_uuid_parse(const char *text, uint8_t uuid[16])
{
	size_t n = 0;

	for (const char *p = text; *p; p++) {
		unsigned int v;

		if (*p == '-') {
			size_t at = (size_t)(p - text);

			if (at != 8 && at != 13 && at != 18 && at != 23)
				return false;
			continue;
		}
		if (n == 16 || !isxdigit((unsigned char)p[0]) || !isxdigit((unsigned char)p[1]))
			return false;
		if (sscanf(p, "%2x", &v) != 1)
			return false;
		uuid[n++] = (uint8_t)v;
		p++;
	}
	return n == 16 && strlen(text) == GUEST_UUID_TEXT - 1;
}

void guest_uuid_format(const uint8_t u[16], char text[GUEST_UUID_TEXT])
{
	snprintf(text, GUEST_UUID_TEXT,
		 "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", u[0], u[1],
		 u[2], u[3], u[4], u[5], u[6], u[7], u[8], u[9], u[10], u[11], u[12], u[13], u[14],
		 u[15]);
}

bool guest_uuid_random(uint8_t uuid[16])
{
	if (getrandom(uuid, 16, 0) != 16)
		return false;
	uuid[6] = (uint8_t)((uuid[6] & 0x0f) | 0x40);
	uuid[8] = (uint8_t)((uuid[8] & 0x3f) | 0x80);
	return true;
}

static const char *cpu_number(const char **p, unsigned int *out)
{
	unsigned int v = 0;

	if (!isdigit((unsigned char)**p))
		return "a CPU number is expected, or \"all\"";
	while (isdigit((unsigned char)**p)) {
		v = v * 10 + (unsigned int)(*(*p)++ - '0');
		if (v >= GUEST_CPUS_MAX)
			return "CPU numbers go up to 255";
	}
	*out = v;
	return NULL;
}

const char *guest_cpus_parse(const char *text, struct guest_cpus *set)
{
	const char *p = text;

	memset(set, 0, sizeof(*set));
	if (strcmp(text, "all") == 0) {
		memset(set, 0xff, sizeof(*set));
		return NULL;
	}
	for (;;) {
		unsigned int from, to;
		bool without = *p == '^';
		const char *why;

		if (without)
			p++;
		why = cpu_number(&p, &from);
		if (why)
			return why;
		to = from;
		if (*p == '-') {
			p++;
			why = cpu_number(&p, &to);
			if (why)
				return why;
		}
		if (to < from)
			return "a range of CPUs must go upwards";
		for (unsigned int i = from; i <= to; i++) {
			uint8_t bit = (uint8_t)(1u << (i % 8));

			if (without)
				set->bits[i / 8] &= (uint8_t)~bit;
			else
				set->bits[i / 8] |= bit;
		}
		if (*p == '\0')
			break;
		if (*p++ != ',')
			return "CPUs are written like 0-3,5,^1";
	}
	for (size_t i = 0; i < sizeof(set->bits); i++)
		if (set->bits[i])
			return NULL;
	return "no CPU is left in this set";
}

static bool has_cpu(const struct guest_cpus *set, unsigned int cpu)
{
	return set->bits[cpu / 8] & (1u << (cpu % 8));
}

void guest_cpus_format(const struct guest_cpus *set, unsigned int limit, char *out, size_t room)
{
	unsigned int in = 0;
	size_t used = 0;

	if (limit > GUEST_CPUS_MAX)
		limit = GUEST_CPUS_MAX;
	for (unsigned int i = 0; i < limit; i++)
		in += has_cpu(set, i);
	if (in == limit) {
		snprintf(out, room, "all");
		return;
	}
	out[0] = '\0';
	for (unsigned int i = 0; i < limit && used < room; i++) {
		unsigned int from = i;

		if (!has_cpu(set, i))
			continue;
		while (i + 1 < limit && has_cpu(set, i + 1))
			i++;
		if (i == from)
			used += (size_t)snprintf(out + used, room - used, "%s%u", used ? "," : "",
						 from);
		else
			used += (size_t)snprintf(out + used, room - used, "%s%u-%u",
						 used ? "," : "", from, i);
	}
}

const char *guest_name_check(const char *name)
{
	bool number = true;
	size_t len = strlen(name);

	if (len == 0)
		return "a guest needs a name";
	if (len > GUEST_NAME_MAX)
		return "a name has 64 characters at most";
	if (name[0] == '-' || name[0] == '.')
		return "a name starts with a letter or digit";
	for (const char *p = name; *p; p++) {
		if (!isalnum((unsigned char)*p) && !strchr("-_.+@", *p))
			return "a name is made of letters, digits and - _ . + @";
		number = number && isdigit((unsigned char)*p);
	}
	return number ? "a name must not be a number: that would be an id" : NULL;
}
