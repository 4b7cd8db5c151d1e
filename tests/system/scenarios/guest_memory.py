# SPDX-License-Identifier: MIT
"""A guest shrinks and grows within its limits; what cannot be is said at once.

Proves: domctl.XEN_DOMCTL_max_mem ok
Proves: memory_op.XENMEM_claim_pages ok refused
Proves: memory_op.XENMEM_decrease_reservation ok
"""

import json


def memory_mib(dom0, name):
    return next(entry["memory_kib"] // 1024
                for entry in json.loads(dom0.output("lamina list --json")) if entry["name"] == name)


def refused(s, dom0, command, *words):
    """A command fails and its text holds all of these words."""
    status, text = dom0.shell(command, check=False)
    s.check(status != 0, f"{command!r} is refused")
    for word in words:
        s.check(word in text, f"{command!r} says {word!r}: {text.strip()!r}")


def run(s):
    dom0 = s.dom0()
    dom0.tools.create(dom0.guest_config("balloon", memory=96, maxmem=128))
    s.wait("it boots", lambda: dom0.shell("grep 'guest: up' /var/log/lamina/console/balloon.log",
                                          check=False)[0] == 0, 120)
    free = dom0.tools.free_kib()

    dom0.shell("lamina mem-set -w balloon 64", 120)
    s.check(63 <= memory_mib(dom0, "balloon") <= 65, "it has shrunk to 64 MiB")
    s.check(dom0.tools.free_kib() >= free + 31 * 1024, "what it gave back is free")
    dom0.shell("lamina mem-set -w balloon 98304k", 120)
    s.check(95 <= memory_mib(dom0, "balloon") <= 97, "it has grown to 96 MiB again")

    refused(s, dom0, "lamina mem-set balloon 256", "128 MiB", "maxmem = 256")
    refused(s, dom0, "lamina mem-set balloon 1", "out of memory")
    refused(s, dom0, "lamina mem-set balloon 12x", "not a size")
    refused(s, dom0, "lamina mem-set nobody 64", "nobody")
    refused(s, dom0, "lamina mem-max balloon 32", "was told to have")
    dom0.shell("lamina mem-max balloon 100")

    dom0.shell("lamina pause balloon")
    refused(s, dom0, "lamina mem-set -w -t 1 balloon 80", "paused")
    dom0.shell("lamina unpause balloon")
    s.wait("and does it after all", lambda: memory_mib(dom0, "balloon") <= 81, 60)

    # A claim keeps two guests that do not both fit from half starting.
    big = dom0.tools.free_kib() // 1024 - 24
    refused(s, dom0, f"lamina create {dom0.guest_config('big', memory=big + 64)}", "are free")
    dom0.tools.destroy("balloon")
