/* SPDX-License-Identifier: MIT */
/*
 * Guest configurations: lexer, parser, schema, and what is said about errors.
 */
#include "unit/suite.h"

#include <string.h>

#include "config/guest.h"
#include "config/parser.h"
#include "config/schema.h"

#define BASE "name = \"web\"\nkernel = \"/boot/vmlinuz\"\n"

static struct document doc;
static struct config_error err;
static struct schema_warnings warn;
static struct guest_config g;

/* Parses and reads a text; what was there before is dropped. */
static int read_text(const char *text)
{
	int rc;

	document_free(&doc);
	guest_free(&g);
	rc = document_add(&doc, "test.cfg", text, strlen(text), &err);
	return rc ? rc : schema_read(&doc, &g, &err, &warn);
}

static void expect_error(const char *text, unsigned int line, unsigned int column,
			 const char *message, const char *hint)
{
	ck_assert_int_eq(read_text(text), -1);
	ck_assert_msg(strstr(err.message, message), "%s: %s", text, err.message);
	ck_assert_msg(strstr(err.hint, hint), "%s: hint %s", text, err.hint);
	ck_assert_msg(err.place.line == line && err.place.column == column, "%s: at %u:%u", text,
		      err.place.line, err.place.column);
}

START_TEST(minimal_guest_gets_defaults)
{
	ck_assert_int_eq(read_text(BASE), 0);
	ck_assert_str_eq(g.name, "web");
	ck_assert_str_eq(g.kernel, "/boot/vmlinuz");
	ck_assert_int_eq(g.memory_mib, 128);
	ck_assert_int_eq(g.maxmem_mib, 128);
	ck_assert_int_eq(g.vcpus, 1);
	ck_assert_int_eq(g.maxvcpus, 1);
	ck_assert_int_eq(g.on_poweroff, GUEST_DESTROY);
	ck_assert_int_eq(g.on_reboot, GUEST_RESTART);
	ck_assert_int_eq(g.on_crash, GUEST_DESTROY);
	ck_assert_uint_eq(warn.count, 0);
}
END_TEST

START_TEST(every_kind_of_value_is_read)
{
	ck_assert_int_eq(read_text(BASE "memory = 0x100; vcpus = '2' # two\n"
					"maxmem=1024\ncpus = [\n \"0\",\n \"1-3,^2\",\n]\n"
					"cpus_soft = \"2\"\n"
					"extra = 'a \"b\" \\x41\\n'\ncpu_weight = 0512\ncap = 50\n"
					"on_crash = \"preserve\"\nconsole_log = 0\n"
					"uuid = \"00112233-4455-6677-8899-aabbccddeeff\"\n"),
			 0);
	ck_assert_int_eq(g.memory_mib, 256);
	ck_assert_int_eq(g.vcpus, 2);
	ck_assert_int_eq(g.maxmem_mib, 1024);
	ck_assert_uint_eq(g.cpus.count, 2);
	ck_assert_uint_eq(g.cpus.sets[1].bits[0], 0x0a);
	ck_assert_uint_eq(g.cpus_soft.count, 1);
	ck_assert_uint_eq(g.cpus_soft.sets[0].bits[0], 0x04);
	ck_assert_str_eq(g.extra, "a \"b\" A\n");
	ck_assert_int_eq(g.weight, 0512);
	ck_assert_int_eq(g.cap, 50);
	ck_assert_int_eq(g.on_crash, GUEST_PRESERVE);
	ck_assert_int_eq(g.console_log_kib, 0);
	ck_assert_uint_eq(g.uuid[1], 0x11);
	ck_assert_uint_eq(g.uuid[15], 0xff);
}
END_TEST

START_TEST(last_setting_wins_and_append_extends)
{
	ck_assert_int_eq(read_text(BASE "memory=64\nmemory=96\nextra=\"a\"\nextra+=\" b\"\n"
					"disk=[\"x\"]\ndisk+=[\"y\",\"z\"]\ndisk+=\"w\"\n"),
			 0);
	ck_assert_int_eq(g.memory_mib, 96);
	ck_assert_str_eq(g.extra, "a b");
	ck_assert_uint_eq(g.disks.count, 4);
	ck_assert_str_eq(g.disks.items[3], "w");
}
END_TEST

START_TEST(overrides_replace_the_file)
{
	ck_assert_int_eq(read_text(BASE "memory=64\n"), 0);
	guest_free(&g);
	ck_assert_int_eq(document_add(&doc, "command line", "memory=512", 10, &err), 0);
	ck_assert_int_eq(schema_read(&doc, &g, &err, &warn), 0);
	ck_assert_int_eq(g.memory_mib, 512);
}
END_TEST

START_TEST(command_line_is_put_together_like_xl)
{
	char *line;

	ck_assert_int_eq(read_text(BASE "root=\"/dev/xvda1 ro\"\nextra=\"quiet\"\n"), 0);
	line = guest_cmdline(&g);
	ck_assert_str_eq(line, "root=/dev/xvda1 ro quiet");
	free(line);
	ck_assert_int_eq(read_text(BASE "cmdline=\"only\"\nextra=\"quiet\"\n"), 0);
	line = guest_cmdline(&g);
	ck_assert_str_eq(line, "only");
	free(line);
	ck_assert_uint_eq(warn.count, 1);
}
END_TEST

START_TEST(unknown_key_is_an_error_with_a_suggestion)
{
	expect_error(BASE "memroy = 512\n", 3, 1, "unknown key `memroy'", "memory = ");
	expect_error(BASE "  vcpu = 2\n", 3, 3, "unknown key `vcpu'", "vcpus = ");
	expect_error(BASE "qqqqqq = 2\n", 3, 1, "unknown key", "lamina.cfg");
}
END_TEST

START_TEST(wrong_types_are_located)
{
	expect_error(BASE "memory = \"lots\"\n", 3, 10, "must be a number", "memory = N");
	expect_error(BASE "memory = [1]\n", 3, 10, "not a list", "memory = N");
	expect_error(BASE "extra = [ \"a\" ]\n", 3, 9, "must be text", "\"text\"");
	expect_error(BASE "on_crash = 3\n", 3, 12, "must be text", "restart");
	expect_error(BASE "disk = [ 5 ]\n", 3, 10, "list of texts", "[ \"text\"");
	expect_error(BASE "memory = 1\n", 3, 10, "out of range", "from 4");
	expect_error(BASE "vcpus = 1000\n", 3, 9, "out of range", "to 128");
	expect_error(BASE "vcpus = -1\n", 3, 9, "out of range", "from 1");
	expect_error(BASE "on_crash = \"restrat\"\n", 3, 12, "no action", "restart");
	expect_error(BASE "cpus = \"3-1\"\n", 3, 8, "upwards", "cpus");
	expect_error(BASE "uuid = \"12\"\n", 3, 8, "not a UUID", "random");
	expect_error(BASE "type = \"hvm\"\n", 3, 8, "only PV", "pv");
	expect_error(BASE "pci = [ \"00:1f.0\" ]\n", 3, 1, "not offered", "device");
	expect_error("kernel=\"k\"\n", 0, 0, "no name", "name = ");
	expect_error("name=\"5\"\nkernel=\"k\"\n", 1, 6, "must not be a number", "name");
	expect_error("name=\"a/b\"\nkernel=\"k\"\n", 1, 6, "letters, digits", "name");
	expect_error("name=\"a\"\n", 0, 0, "no kernel", "kernel = ");
	expect_error(BASE "maxmem = 64\n", 3, 10, "less than memory", "raise");
}
END_TEST

START_TEST(syntax_errors_are_located)
{
	expect_error(BASE "memory 512\n", 3, 8, "= is missing", "name = value");
	expect_error(BASE "memory = 512 513\n", 3, 14, "left over", "own line");
	expect_error(BASE "extra = \"open\n", 3, 9, "no closing quote", "");
	expect_error(BASE "disk = [ \"a\" \"b\" ]\n", 3, 14, "comma", "[ \"a\"");
	expect_error(BASE "disk = [ \"a\",\n\n", 3, 8, "closing bracket", "]");
	expect_error(BASE "extra = quiet\n", 3, 9, "quotes", "\"...\"");
	expect_error(BASE "= 5\n", 3, 1, "start with its name", "name = value");
	expect_error(BASE "memory = 99999999999999999999\n", 3, 10, "too large", "");
	expect_error(BASE "memory = 12abc\n", 3, 10, "not a number", "");
	expect_error(BASE "cap = 101\n", 3, 7, "more than its vCPUs", "raise maxvcpus");
	expect_error(BASE "extra = \"\\q\"\n", 3, 9, "escape", "");
	expect_error(BASE "memory = @\n", 3, 10, "no meaning", "");
	expect_error(BASE "disk = [[[[[[[[[[[1]]]]]]]]]]]\n", 3, 16, "nested", "flatten");
}
END_TEST

START_TEST(errors_quote_the_line_with_a_caret)
{
	char quote[400];

	ck_assert_int_eq(read_text(BASE "\tmemroy = 512 # lots\n"), -1);
	document_quote(&doc, err.source, err.place, quote, sizeof(quote));
	ck_assert_str_eq(quote, "    \tmemroy = 512 # lots\n    \t^~~~~~\n");
	document_quote(&doc, err.source, err.place, quote, 8);
	ck_assert_uint_lt(strlen(quote), 8);
	document_quote(&doc, 99, err.place, quote, sizeof(quote));
	ck_assert_str_eq(quote, "");
}
END_TEST

START_TEST(keys_of_xl_without_effect_only_warn)
{
	ck_assert_int_eq(read_text(BASE "vnc = 1\nlocaltime = 0\nvif = [ \"bridge=br0\" ]\n"), 0);
	ck_assert_uint_eq(warn.count, 3);
	ck_assert_uint_eq(warn.items[0].place.line, 3);
	ck_assert(strstr(warn.items[2].message, "network"));
}
END_TEST

START_TEST(too_long_a_command_line_is_refused)
{
	char text[2048];
	size_t n = (size_t)snprintf(text, sizeof(text), BASE "extra = \"");

	memset(text + n, 'x', 1024);
	snprintf(text + n + 1024, sizeof(text) - n - 1024, "\"\n");
	expect_error(text, 3, 9, "longer than 1023", "shorten");
}
END_TEST

START_TEST(written_configuration_reads_back_the_same)
{
	char *text = NULL, *again = NULL;
	size_t len = 0;
	FILE *f;

	ck_assert_int_eq(read_text(BASE
				   "extra=\"q \\\"x\\\" \\\\ "
				   "\\t\\0011\"\ncpus=[\"0\",\"1-2\"]\ncpus_soft=\"1\"\n"
				   "disk=[\"a,b\",\"c\"]\ncpu_weight=300\non_reboot=\"destroy\"\n"),
			 0);
	f = open_memstream(&text, &len);
	schema_write(&g, f);
	fclose(f);
	ck_assert_int_eq(read_text(text), 0);
	ck_assert_str_eq(g.extra, "q \"x\" \\ \t\0011");
	ck_assert_int_eq(g.on_reboot, GUEST_DESTROY);
	ck_assert_int_eq(g.weight, 300);
	f = open_memstream(&again, &len);
	schema_write(&g, f);
	fclose(f);
	ck_assert_str_eq(text, again);
	free(text);
	free(again);
}
END_TEST

START_TEST(json_has_the_same_fields)
{
	json_t *o;

	ck_assert_int_eq(read_text(BASE "memory=77\ndisk=[\"a\"]\n"), 0);
	o = schema_json(&g);
	ck_assert_str_eq(json_string_value(json_object_get(o, "name")), "web");
	ck_assert_int_eq(json_integer_value(json_object_get(o, "memory")), 77);
	ck_assert_uint_eq(json_array_size(json_object_get(o, "disk")), 1);
	ck_assert_uint_eq(strlen(json_string_value(json_object_get(o, "uuid"))), 36);
	json_decref(o);
}
END_TEST

START_TEST(cpu_sets_are_read_and_shown)
{
	struct guest_cpus set;
	char text[64];

	ck_assert_ptr_null(guest_cpus_parse("0-3,^2,7", &set));
	guest_cpus_format(&set, 8, text, sizeof(text));
	ck_assert_str_eq(text, "0-1,3,7");
	ck_assert_ptr_null(guest_cpus_parse("all", &set));
	guest_cpus_format(&set, 4, text, sizeof(text));
	ck_assert_str_eq(text, "all");
	ck_assert_ptr_nonnull(guest_cpus_parse("", &set));
	ck_assert_ptr_nonnull(guest_cpus_parse("1,", &set));
	ck_assert_ptr_nonnull(guest_cpus_parse("256", &set));
	ck_assert_ptr_nonnull(guest_cpus_parse("1,^1", &set));
	ck_assert_ptr_nonnull(guest_cpus_parse("nodes:0", &set));
}
END_TEST

START_TEST(random_uuids_have_their_version)
{
	uint8_t a[16], b[16];
	char text[GUEST_UUID_TEXT];

	ck_assert(guest_uuid_random(a));
	ck_assert_int_eq(a[6] >> 4, 4);
	guest_uuid_format(a, text);
	ck_assert(guest_uuid_parse(text, b));
	ck_assert_mem_eq(a, b, 16);
	ck_assert(!guest_uuid_parse("0011223344556677-8899-aabb-ccdd-eeff", b));
}
END_TEST

/* A small generator, so that every run tries the same texts. */
static uint32_t seed = 12345;

static uint32_t next(void)
{
	seed = seed * 1664525u + 1013904223u;
	return seed >> 8;
}

START_TEST(mangled_text_never_breaks_the_reader)
{
	static const char base[] =
		BASE "memory = 0x40\ncpus=[\"0-3\",\"1\"]\nextra='a\\x41'\n"
		     "disk += [ \"x\", [ 1 ], ]\nvif=[]\n#c\non_crash=\"destroy\"\n";
	static const char bytes[] = "=+[],;\"'\\#\n 09axX-\0\xff_";

	for (int round = 0; round < 20000; round++) {
		char text[sizeof(base)];
		size_t len = sizeof(base) - 1 - next() % 8;

		memcpy(text, base, sizeof(base));
		for (uint32_t i = next() % 6 + 1; i > 0; i--)
			text[next() % len] = bytes[next() % (sizeof(bytes) - 1)];
		document_free(&doc);
		guest_free(&g);
		if (document_add(&doc, "fuzz", text, len, &err) == 0 &&
		    schema_read(&doc, &g, &err, &warn) == 0)
			continue;
		ck_assert_msg(err.message[0], "an error without words");
		document_quote(&doc, err.source, err.place, text, sizeof(text));
	}
}
END_TEST

UNIT_MAIN("config", minimal_guest_gets_defaults, every_kind_of_value_is_read,
	  last_setting_wins_and_append_extends, overrides_replace_the_file,
	  command_line_is_put_together_like_xl, unknown_key_is_an_error_with_a_suggestion,
	  wrong_types_are_located, syntax_errors_are_located, errors_quote_the_line_with_a_caret,
	  keys_of_xl_without_effect_only_warn, too_long_a_command_line_is_refused,
	  written_configuration_reads_back_the_same, json_has_the_same_fields,
	  cpu_sets_are_read_and_shown, random_uuids_have_their_version,
	  mangled_text_never_breaks_the_reader)
