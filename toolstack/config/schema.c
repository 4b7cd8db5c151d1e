/* SPDX-License-Identifier: MIT */
/*
 * What each key of a guest configuration means.
 */
#include "config/schema.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "diag/guess.h"

#define FIELD(f) offsetof(struct guest_config, f)

#define TEXT(key, field, help)                             \
	{                                                  \
		key, SCHEMA_TEXT, FIELD(field), 0, 0, help \
	}
#define NUMBER(key, field, min, max, help)                       \
	{                                                        \
		key, SCHEMA_NUMBER, FIELD(field), min, max, help \
	}
#define ACTION(key, field, help)                             \
	{                                                    \
		key, SCHEMA_ACTION, FIELD(field), 0, 0, help \
	}
#define TEXTS(key, field, help)                             \
	{                                                   \
		key, SCHEMA_TEXTS, FIELD(field), 0, 0, help \
	}
#define CPUS(key, field, help)                             \
	{                                                  \
		key, SCHEMA_CPUS, FIELD(field), 0, 0, help \
	}
#define IGNORED(key)                               \
	{                                          \
		key, SCHEMA_IGNORED, 0, 0, 0, NULL \
	}
#define REFUSED(key, help)                         \
	{                                          \
		key, SCHEMA_REFUSED, 0, 0, 0, help \
	}

const struct schema_entry schema_table[] = {
	TEXT("name", name, "the guest's name"),
	TEXT("type", type, "\"pv\", the only kind there is"),
	TEXT("builder", builder, "old spelling of type: \"generic\" or \"linux\""),
	TEXT("uuid", uuid_text, "identity that survives a restart; random if absent"),
	TEXT("kernel", kernel, "ELF or bzImage kernel with CONFIG_XEN_PV"),
	TEXT("ramdisk", ramdisk, "initial ramdisk"),
	TEXT("cmdline", cmdline, "the whole kernel command line"),
	TEXT("root", root, "root= of the command line"),
	TEXT("extra", extra, "rest of the command line, after root="),
	NUMBER("memory", memory_mib, 4, GUEST_MEMORY_MAX_MIB, "memory at start, in MiB"),
	NUMBER("maxmem", maxmem_mib, 4, GUEST_MEMORY_MAX_MIB, "memory it may grow to, in MiB"),
	NUMBER("vcpus", vcpus, 1, GUEST_VCPUS_MAX, "virtual CPUs at start"),
	NUMBER("maxvcpus", maxvcpus, 1, GUEST_VCPUS_MAX, "virtual CPUs it may have"),
	CPUS("cpus", cpus, "CPUs it may run on: \"0-3,^2\", or a list, one a vCPU"),
	CPUS("cpus_soft", cpus_soft, "CPUs it had better run on, in the same form"),
	NUMBER("cpu_weight", weight, 1, 65535, "share of CPU time; 256 is the default"),
	NUMBER("cap", cap, 0, 65535, "most CPU time, in percent of one CPU; 0 for no limit"),
	ACTION("on_poweroff", on_poweroff, "when it powers off (destroy)"),
	ACTION("on_reboot", on_reboot, "when it reboots (restart)"),
	ACTION("on_crash", on_crash, "when it crashes (destroy)"),
	ACTION("on_watchdog", on_watchdog, "when its watchdog fires (destroy)"),
	NUMBER("console_log", console_log_kib, 0, 1048576,
	       "KiB of console output to keep on disk; 0 for none"),
	TEXTS("disk", disks, "disks, in xl's syntax; accepted, no backend in this version"),
	TEXTS("vif", vifs, "network interfaces, in xl's syntax; accepted, no backend yet"),

	REFUSED("bootloader", "name the kernel file with kernel="),
	REFUSED("pci", "device assignment is not offered to guests"),
	REFUSED("ioports", "device assignment is not offered to guests"),
	REFUSED("iomem", "device assignment is not offered to guests"),
	REFUSED("irqs", "device assignment is not offered to guests"),

	IGNORED("acpi"),
	IGNORED("apic"),
	IGNORED("bios"),
	IGNORED("boot"),
	IGNORED("bootloader_args"),
	IGNORED("channel"),
	IGNORED("claim_mode"),
	IGNORED("cpuid"),
	IGNORED("cpu_period"),
	IGNORED("device_model_args"),
	IGNORED("device_model_override"),
	IGNORED("device_model_version"),
	IGNORED("device_tree"),
	IGNORED("driver_domain"),
	IGNORED("e820_host"),
	IGNORED("extratime"),
	IGNORED("hap"),
	IGNORED("hpet"),
	IGNORED("init_seclabel"),
	IGNORED("keymap"),
	IGNORED("latency"),
	IGNORED("localtime"),
	IGNORED("max_event_channels"),
	IGNORED("max_grant_frames"),
	IGNORED("max_grant_version"),
	IGNORED("max_maptrack_frames"),
	IGNORED("nestedhvm"),
	IGNORED("nographic"),
	IGNORED("nomigrate"),
	IGNORED("nx"),
	IGNORED("on_soft_reset"),
	IGNORED("pae"),
	IGNORED("passthrough"),
	IGNORED("pci_msitranslate"),
	IGNORED("pci_permissive"),
	IGNORED("pci_power_mgmt"),
	IGNORED("pci_seize"),
	IGNORED("period"),
	IGNORED("pool"),
	IGNORED("pvh"),
	IGNORED("rtc_timeoffset"),
	IGNORED("sdl"),
	IGNORED("seclabel"),
	IGNORED("serial"),
	IGNORED("shadow_memory"),
	IGNORED("slice"),
	IGNORED("soundhw"),
	IGNORED("spice"),
	IGNORED("stdvga"),
	IGNORED("timer_mode"),
	IGNORED("tsc_mode"),
	IGNORED("usb"),
	IGNORED("usbdevice"),
	IGNORED("vfb"),
	IGNORED("vga"),
	IGNORED("videoram"),
	IGNORED("viridian"),
	IGNORED("vkb"),
	IGNORED("vnc"),
	IGNORED("vncdisplay"),
	IGNORED("vnclisten"),
	IGNORED("vncpasswd"),
	IGNORED("vncunused"),
	IGNORED("vpt_align"),
	IGNORED("vtpm"),
	IGNORED("vuart"),
	IGNORED("xen_platform_pci"),
};
const size_t schema_count = sizeof(schema_table) / sizeof(schema_table[0]);

static int bad(struct config_error *err, const struct setting *s, struct place at, const char *hint,
	       const char *fmt, ...) __attribute__((format(printf, 5, 6)));

static int bad(struct config_error *err, const struct setting *s, struct place at, const char *hint,
	       const char *fmt, ...)
{
	va_list ap;

	err->source = s->source;
	err->place = at;
	va_start(ap, fmt);
	vsnprintf(err->message, sizeof(err->message), fmt, ap);
	va_end(ap);
	snprintf(err->hint, sizeof(err->hint), "%s", hint ? hint : "");
	return -1;
}

static void warning(struct schema_warnings *w, const struct setting *s, const char *fmt,
		    const char *arg)
{
	struct schema_warning *i;

	if (w->count == SCHEMA_WARNINGS)
		return;
	i = &w->items[w->count++];
	i->source = s->source;
	i->place = s->place;
	snprintf(i->message, sizeof(i->message), fmt, arg);
}

static const char *kind_name(const struct value *v)
{
	switch (v->kind) {
	case VALUE_NUMBER: return "a number";
	case VALUE_STRING: return "text";
	default: return "a list";
	}
}

/* Unknown: name the likeliest key that means something, else any known one. */
static int unknown_key(struct config_error *err, const struct setting *s)
{
	const char *keys[sizeof(schema_table) / sizeof(schema_table[0])];
	char hint[128];
	int at;

	for (size_t i = 0; i < schema_count; i++)
		keys[i] = schema_table[i].kind < SCHEMA_IGNORED ? schema_table[i].key : NULL;
	at = guess_nearest(s->key, keys, schema_count);
	if (at >= 0)
		snprintf(hint, sizeof(hint), "%s = ...   (%s)", schema_table[at].key,
			 schema_table[at].help);
	else
		snprintf(hint, sizeof(hint), "remove the line; `man lamina.cfg` lists all keys");
	return bad(err, s, s->place, hint, "unknown key `%.60s'", s->key);
}

static int read_text(const struct schema_entry *e, const struct setting *s, struct guest_config *g,
		     struct config_error *err)
{
	char **field = (char **)(void *)((char *)g + e->offset);

	/* xl takes a bare number for text, as in extra = 3. */
	if (s->value.kind == VALUE_LIST)
		return bad(err, s, s->value.place, "write it as \"text\"",
			   "%s must be text, not a list", s->key);
	*field = strdup(s->value.text);
	return *field ? 0 : -ENOMEM;
}

/* A quoted number is a number too, as in xl. */
static bool number_of(const struct value *v, int64_t *out)
{
	char *end;

	if (v->kind == VALUE_NUMBER) {
		*out = v->number;
		return true;
	}
	if (v->kind != VALUE_STRING || v->text[0] == '\0')
		return false;
	errno = 0;
	*out = strtoll(v->text, &end, 0);
	return *end == '\0' && errno == 0;
}

static int read_number(const struct schema_entry *e, const struct setting *s,
		       struct guest_config *g, struct config_error *err)
{
	int64_t *field = (int64_t *)(void *)((char *)g + e->offset);
	char hint[160];

	snprintf(hint, sizeof(hint), "%s = N with N from %lld to %lld   (%s)", e->key,
		 (long long)e->min, (long long)e->max, e->help);
	if (!number_of(&s->value, field))
		return bad(err, s, s->value.place, hint, "%s must be a number, not %s", s->key,
			   kind_name(&s->value));
	if (*field < e->min || *field > e->max)
		return bad(err, s, s->value.place, hint, "%s = %lld is out of range", s->key,
			   (long long)*field);
	return 0;
}

static int read_action(const struct schema_entry *e, const struct setting *s,
		       struct guest_config *g, struct config_error *err)
{
	int64_t *field = (int64_t *)(void *)((char *)g + e->offset);
	char hint[128];
	int at;

	if (s->value.kind != VALUE_STRING)
		return bad(err, s, s->value.place, "write it as \"restart\"",
			   "%s must be text, not %s", s->key, kind_name(&s->value));
	for (int i = 0; i < GUEST_ACTIONS; i++) {
		if (strcmp(s->value.text, guest_action_names[i]) == 0) {
			*field = i;
			return 0;
		}
	}
	at = guess_nearest(s->value.text, guest_action_names, GUEST_ACTIONS);
	snprintf(hint, sizeof(hint), "%s = \"%s\"", e->key, guest_action_names[at < 0 ? 0 : at]);
	return bad(err, s, s->value.place, hint, "%s has no action `%.60s'", s->key, s->value.text);
}

static int read_texts(const struct schema_entry *e, const struct setting *s, struct guest_config *g,
		      struct config_error *err)
{
	struct guest_strings *field = (struct guest_strings *)(void *)((char *)g + e->offset);
	const struct value *items = &s->value;
	size_t count = 1;

	if (s->value.kind == VALUE_LIST) {
		items = s->value.items;
		count = s->value.nr_items;
	}
	field->items = calloc(count ? count : 1, sizeof(*field->items));
	if (!field->items)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		if (items[i].kind != VALUE_STRING)
			return bad(err, s, items[i].place, "write [ \"text\", \"text\" ]",
				   "%s must be a list of texts, and here is %s", s->key,
				   kind_name(&items[i]));
		field->items[i] = strdup(items[i].text);
		if (!field->items[i])
			return -ENOMEM;
		field->count = i + 1;
	}
	return 0;
}

/* One set of CPUs, as text or a single number. */
static int read_cpu_set(const struct setting *s, const struct value *v, struct guest_affinity *a,
			struct config_error *err)
{
	struct guest_cpus *sets = realloc(a->sets, (a->count + 1) * sizeof(*sets));
	const char *why;

	if (!sets)
		return -ENOMEM;
	a->sets = sets;
	if (v->kind == VALUE_LIST)
		return bad(err, s, v->place, "cpus = [ \"0\", \"1-3\" ]", "%s takes no inner lists",
			   s->key);
	why = guest_cpus_parse(v->text, &sets[a->count]);
	if (why)
		return bad(err, s, v->place, "cpus = \"0-3,^2\"", "%s", why);
	a->count++;
	return 0;
}

static int read_cpus(const struct schema_entry *e, const struct setting *s, struct guest_config *g,
		     struct config_error *err)
{
	struct guest_affinity *a = (void *)((char *)g + e->offset);
	char *text = NULL;
	size_t len = 0;
	FILE *f;
	int rc = 0;

	f = open_memstream(&text, &len);
	if (!f)
		return -ENOMEM;
	if (s->value.kind != VALUE_LIST) {
		rc = read_cpu_set(s, &s->value, a, err);
		fprintf(f, "\"%s\"", s->value.text);
	} else {
		if (s->value.nr_items > GUEST_VCPUS_MAX)
			rc = bad(err, s, s->value.place, "one entry for each vCPU",
				 "%s has more entries than a guest can have vCPUs", s->key);
		fprintf(f, "[");
		for (size_t i = 0; i < s->value.nr_items && !rc; i++) {
			rc = read_cpu_set(s, &s->value.items[i], a, err);
			if (!rc)
				fprintf(f, "%s\"%s\"", i ? ", " : "", s->value.items[i].text);
		}
		fprintf(f, "]");
	}
	fclose(f);
	a->text = text;
	return rc;
}

static int read_one(const struct setting *s, struct guest_config *g, struct config_error *err,
		    struct schema_warnings *w)
{
	const struct schema_entry *e = NULL;

	for (size_t i = 0; i < schema_count && !e; i++)
		if (strcmp(schema_table[i].key, s->key) == 0)
			e = &schema_table[i];
	if (!e)
		return unknown_key(err, s);
	switch (e->kind) {
	case SCHEMA_TEXT: return read_text(e, s, g, err);
	case SCHEMA_NUMBER: return read_number(e, s, g, err);
	case SCHEMA_ACTION: return read_action(e, s, g, err);
	case SCHEMA_TEXTS: return read_texts(e, s, g, err);
	case SCHEMA_CPUS: return read_cpus(e, s, g, err);
	case SCHEMA_REFUSED:
		return bad(err, s, s->place, e->help, "%s is not offered by this version", s->key);
	case SCHEMA_IGNORED: warning(w, s, "%s has no effect on a PV guest here", s->key); return 0;
	}
	return 0;
}

/* Blames a key if it was set, else the document's beginning. */
static int bad_key(const struct document *doc, struct config_error *err, const char *key,
		   const char *hint, const char *message)
{
	const struct setting *s = document_find(doc, key);
	struct setting nowhere = { .source = 0 };
	struct place none = { 0 };

	return bad(err, s ? s : &nowhere, s ? s->value.place : none, hint, "%s", message);
}

static int check_kind(const struct document *doc, const struct guest_config *g,
		      struct config_error *err)
{
	static const char hint[] = "type = \"pv\"   (and a kernel with CONFIG_XEN_PV)";

	if (g->type && strcmp(g->type, "pv") != 0)
		return bad_key(doc, err, "type", hint, "only PV guests exist here");
	if (g->builder && strcmp(g->builder, "generic") != 0 && strcmp(g->builder, "linux") != 0)
		return bad_key(doc, err, "builder", hint, "only PV guests exist here");
	return 0;
}

/* What no single key can know. */
static int check_whole(const struct document *doc, struct guest_config *g, struct config_error *err,
		       struct schema_warnings *w)
{
	const char *why;

	if (!g->name)
		return bad_key(doc, err, "name", "name = \"web\"", "the guest has no name");
	why = guest_name_check(g->name);
	if (why)
		return bad_key(doc, err, "name", "name = \"web-1\"", why);
	if (check_kind(doc, g, err))
		return -1;
	if (!g->kernel)
		return bad_key(doc, err, "kernel", "kernel = \"/boot/vmlinuz\"",
			       "the guest has no kernel");
	if (g->maxmem_mib == 0)
		g->maxmem_mib = g->memory_mib;
	if (g->maxmem_mib < g->memory_mib)
		return bad_key(doc, err, "maxmem", "raise maxmem or lower memory",
			       "maxmem is less than memory");
	if (g->maxvcpus == 0)
		g->maxvcpus = g->vcpus;
	if (g->maxvcpus < g->vcpus)
		return bad_key(doc, err, "maxvcpus", "raise maxvcpus or lower vcpus",
			       "maxvcpus is less than vcpus");
	if (g->cap > 100 * g->maxvcpus)
		return bad_key(doc, err, "cap", "lower cap or raise maxvcpus",
			       "cap is more than its vCPUs can use, 100 each");
	if (g->uuid_text && !guest_uuid_parse(g->uuid_text, g->uuid))
		return bad_key(doc, err, "uuid", "remove it, and a random one is made",
			       "this is not a UUID");
	if (!g->uuid_text && !guest_uuid_random(g->uuid))
		return bad_key(doc, err, "uuid", "set uuid=", "no randomness for a UUID");
	if (g->cmdline && (g->root || g->extra))
		warning(w, document_find(doc, "cmdline"),
			"cmdline is used; root and extra have no effect%s", "");
	if (g->disks.count)
		warning(w, document_find(doc, "disk"),
			"the guest starts without its disks: this version has no disk backend%s", "");
	if (g->vifs.count)
		warning(w, document_find(doc, "vif"),
			"the guest starts without network: this version has no network backend%s",
			"");
	return 0;
}

/* The kernel's own limit: start_info has 1024 bytes for it. */
static int check_cmdline(const struct document *doc, const struct guest_config *g,
			 struct config_error *err)
{
	char *line = guest_cmdline(g);
	size_t len;

	if (!line)
		return -ENOMEM;
	len = strlen(line);
	free(line);
	if (len < 1024)
		return 0;
	return bad_key(doc, err, g->cmdline ? "cmdline" : "extra", "shorten it",
		       "the kernel command line is longer than 1023 bytes");
}

int schema_read(const struct document *doc, struct guest_config *g, struct config_error *err,
		struct schema_warnings *warn)
{
	int rc;

	memset(err, 0, sizeof(*err));
	memset(warn, 0, sizeof(*warn));
	guest_defaults(g);
	for (size_t i = 0; i < doc->nr_settings; i++) {
		rc = read_one(&doc->settings[i], g, err, warn);
		if (rc)
			return rc;
	}
	rc = check_whole(doc, g, err, warn);
	return rc ? rc : check_cmdline(doc, g, err);
}

/* Text in quotes, so that the lexer gives it back byte for byte. */
static void write_text(const char *text, FILE *out)
{
	fputc('"', out);
	for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
		if (*p == '"' || *p == '\\')
			fprintf(out, "\\%c", *p);
		else if (*p < ' ' || *p == 127)
			fprintf(out, "\\%03o", *p);
		else
			fputc(*p, out);
	}
	fputc('"', out);
}

void schema_write(const struct guest_config *g, FILE *out)
{
	char uuid[GUEST_UUID_TEXT];

	for (size_t i = 0; i < schema_count; i++) {
		const struct schema_entry *e = &schema_table[i];
		const void *field = (const char *)g + e->offset;
		const struct guest_strings *list = field;
		const struct guest_affinity *cpus = field;
		const char *text = e->kind == SCHEMA_TEXT ? *(char *const *)field : NULL;
		int64_t number = 0;

		if (e->kind == SCHEMA_NUMBER || e->kind == SCHEMA_ACTION)
			number = *(const int64_t *)field;
		if (text && e->offset != FIELD(uuid_text)) {
			fprintf(out, "%s = ", e->key);
			write_text(text, out);
			fprintf(out, "\n");
		} else if (e->kind == SCHEMA_NUMBER && (number || e->min == 0)) {
			fprintf(out, "%s = %lld\n", e->key, (long long)number);
		} else if (e->kind == SCHEMA_ACTION) {
			fprintf(out, "%s = \"%s\"\n", e->key, guest_action_names[number]);
		} else if (e->kind == SCHEMA_TEXTS && list->count) {
			fprintf(out, "%s = [", e->key);
			for (size_t k = 0; k < list->count; k++) {
				fprintf(out, k ? ", " : " ");
				write_text(list->items[k], out);
			}
			fprintf(out, " ]\n");
		} else if (e->kind == SCHEMA_CPUS && cpus->count) {
			fprintf(out, "%s = %s\n", e->key, cpus->text);
		}
	}
	guest_uuid_format(g->uuid, uuid);
	fprintf(out, "uuid = \"%s\"\n", uuid);
}

static json_t *json_texts(const struct guest_strings *list)
{
	json_t *a = json_array();

	for (size_t i = 0; i < list->count; i++)
		json_array_append_new(a, json_string(list->items[i]));
	return a;
}

json_t *schema_json(const struct guest_config *g)
{
	json_t *o = json_object();
	char uuid[GUEST_UUID_TEXT];

	for (size_t i = 0; o && i < schema_count; i++) {
		const struct schema_entry *e = &schema_table[i];
		const void *field = (const char *)g + e->offset;
		const struct guest_affinity *cpus = field;
		json_t *v = NULL;

		if (e->kind == SCHEMA_TEXT && *(char *const *)field)
			v = json_string(*(char *const *)field);
		else if (e->kind == SCHEMA_NUMBER && (*(const int64_t *)field || e->min == 0))
			v = json_integer(*(const int64_t *)field);
		else if (e->kind == SCHEMA_ACTION)
			v = json_string(guest_action_names[*(const int64_t *)field]);
		else if (e->kind == SCHEMA_TEXTS && ((const struct guest_strings *)field)->count)
			v = json_texts(field);
		else if (e->kind == SCHEMA_CPUS && cpus->count)
			v = json_string(cpus->text);
		if (v)
			json_object_set_new(o, e->key, v);
	}
	guest_uuid_format(g->uuid, uuid);
	if (o)
		json_object_set_new(o, "uuid", json_string(uuid));
	return o;
}
