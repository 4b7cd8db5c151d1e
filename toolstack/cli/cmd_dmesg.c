/* SPDX-License-Identifier: MIT */
/*
 * lamina dmesg: the hypervisor's log.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/output.h"
#include "domain/host.h"
#include "hv/sysctl.h"

#define CHUNK 16384

static bool opt_clear;

/* Log lines as an array; they may hold any byte, JSON only text. */
static json_t *lines_json(char *text)
{
	json_t *a = json_array();
	char *save = NULL;

	for (char *l = strtok_r(text, "\n", &save); l; l = strtok_r(NULL, "\n", &save)) {
		size_t len = strcspn(l, "\r");
		json_t *s;

		l[len] = '\0';
		for (unsigned char *p = (unsigned char *)l; *p; p++)
			if (*p >= 127)
				*p = '?';
		s = json_string(l);
		json_array_append_new(a, s);
	}
	return json_pack("{s:o}", "lines", a);
}

static int read_all(struct host *h, FILE *out)
{
	uint32_t index = 0;
	char *buf = malloc(CHUNK);
	int n;

	if (!buf)
		return -1;
	do {
		n = sysctl_readconsole(&h->hv, buf, CHUNK, false, &index);
		for (int i = 0; i < n; i++)
			if (buf[i])
				fputc(buf[i], out);
	} while (n > 0);
	if (n == 0 && opt_clear)
		n = sysctl_readconsole(&h->hv, buf, CHUNK, true, &index);
	free(buf);
	return n < 0 ? n : 0;
}

static int dmesg_run(struct cli *cli)
{
	char *text = NULL;
	size_t len = 0;
	struct host h;
	FILE *out;
	int rc;

	if (host_open_hv(&h, &cli->diag))
		return -1;
	out = open_memstream(&text, &len);
	rc = out ? read_all(&h, out) : -1;
	if (out)
		fclose(out);
	host_close(&h);
	if (rc) {
		diag_fail(&cli->diag, DIAG_FAILED, "cannot read the hypervisor's log");
		diag_why(&cli->diag, "%s", diag_errno_text(-rc));
	} else if (cli->json) {
		output_json(lines_json(text));
	} else {
		fwrite(text, 1, len, stdout);
	}
	free(text);
	return rc ? -1 : 0;
}

static const struct verb_option dmesg_options[] = {
	{ 'c', "clear", NULL, "empty the log after reading it", &opt_clear, NULL },
	{ 0, NULL, NULL, NULL, NULL, NULL },
};

const struct verb verb_dmesg = {
	.name = "dmesg",
	.args = "[-c]",
	.summary = "show the hypervisor's log",
	.options = dmesg_options,
	.run = dmesg_run,
};
