/* SPDX-License-Identifier: MIT */
/*
 * Taking a domain apart: the creation table backwards, preemptible.
 */
#pragma once

#include "domain/domain.h"

/* Kill @d; -ERESTART to be called again until 0. When its last frame goes, VIRQ_DOM_EXC tells dom0. */
int destroy_domain(struct domain *d);
