/* SPDX-License-Identifier: MIT */
/*
 * The monitor: one small process a guest, which waits for the guest's end and
 * does what its configuration says about it.
 *
 * It is started by `lamina create` and holds no state but the guest's
 * configuration in HOST_GUEST_DIR/ID.cfg and the guest's id, so one that died
 * can be started again by hand: lamina monitor ID.
 */
#pragma once

#include <stdint.h>

#include "config/guest.h"
#include "domain/host.h"

/*
 * monitor_save - write the configuration where the monitor looks for it.
 * Returns 0 or a negative errno.
 */
int monitor_save(const struct guest_config *g, uint32_t domid);

/* monitor_forget - remove it again. */
void monitor_forget(uint32_t domid);

/*
 * monitor_spawn - start the monitor of a guest in the background.
 * Its remarks go to HOST_LOG_DIR/NAME.log.  Returns 0 or a negative errno.
 */
int monitor_spawn(const struct guest_config *g, uint32_t domid);

/*
 * monitor_run - be the monitor of a guest until there is nothing left to do.
 * Returns 0 or -1 with @d set.
 */
int monitor_run(struct host *h, const struct guest_config *g, uint32_t domid, struct diag *d);

/* monitor_config_path - the path of the saved configuration. */
void monitor_config_path(uint32_t domid, char *path, size_t room);
