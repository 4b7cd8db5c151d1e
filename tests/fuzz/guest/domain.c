/* SPDX-License-Identifier: MIT */
/*
 * Another domain, as a toolstack makes it: made, filled, mapped, torn down.
 */
#include "fuzz.h"

void domain_undo(struct cpu *c)
{
	(void)c;
}

const struct op ops_domain[] = {
	{ NULL, 0, NULL, NULL },
};
