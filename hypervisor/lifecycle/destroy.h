/* SPDX-License-Identifier: MIT */
/*
 * Taking a domain apart: the creation table backwards, preemptible.
 */
#ifndef LIFECYCLE_DESTROY_H
#define LIFECYCLE_DESTROY_H

#include "domain/domain.h"

/* Kill @d; -ERESTART to be called again until 0. When its last frame goes, VIRQ_DOM_EXC tells dom0. */
int destroy_domain(struct domain *d);

#endif
