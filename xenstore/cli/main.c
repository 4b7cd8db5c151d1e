/* SPDX-License-Identifier: MIT */
/*
 * xenstore: one program, one command a file; "xenstore read" and a link named
 * "xenstore-read" are the same.
 */
#include <stdio.h>
#include <string.h>

#include "cli/applet.h"

static const struct applet *const applets[] = {
	&applet_chmod, &applet_control, &applet_exists, &applet_list,  &applet_ls,
	&applet_read,  &applet_rm,	&applet_top,	&applet_watch, &applet_write,
};

#define APPLET_COUNT (sizeof(applets) / sizeof(applets[0]))

static const struct applet *find(const char *name)
{
	for (size_t i = 0; i < APPLET_COUNT; i++) {
		if (!strcmp(applets[i]->name, name))
			return applets[i];
	}
	return NULL;
}

static void usage(FILE *out)
{
	fprintf(out, "%sUsage: xenstore <mode> [-h] [...]\n", out == stderr ? "xenstore: " : "");
	for (size_t i = 0; i < APPLET_COUNT; i++)
		fprintf(out, "  %-8s %s\n", applets[i]->name, applets[i]->summary);
}

int main(int argc, char **argv)
{
	static const char prefix[] = "xenstore-";
	const char *slash = argc ? strrchr(argv[0], '/') : NULL;
	const char *name = slash ? slash + 1 : argc ? argv[0] : "";
	const struct applet *applet;

	if (!strncmp(name, prefix, sizeof(prefix) - 1)) {
		applet_program = name;
		name += sizeof(prefix) - 1;
	} else {
		if (argc < 2) {
			usage(stderr);
			return 1;
		}
		name = argv[1];
		argc--;
		argv++;
	}
	if (!strcmp(name, "help") || !strcmp(name, "--help")) {
		usage(stdout);
		return 0;
	}
	applet = find(name);
	if (!applet) {
		fprintf(stderr, "xenstore: unknown mode %s\n", name);
		usage(stderr);
		return 1;
	}
	return applet_main(applet, argc, argv);
}
