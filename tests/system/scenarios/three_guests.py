# SPDX-License-Identifier: MIT
"""Three guests run at once, all make progress, and end one by one."""

NAMES = ("alpha", "beta", "gamma")


def run(s):
    dom0 = s.dom0()
    before = dom0.tools.free_kib()
    for name in NAMES:
        dom0.tools.create(dom0.guest_config(name, memory=64))
    domains = dom0.tools.domains()
    s.equal(len({domains[name]["domid"] for name in NAMES}), 3, "three identities")

    for name in NAMES:
        dom0.tools.console(name)
        # A guest that was up before we attached shows its prompt to a return.
        dom0.send("\n")
        dom0.expect(r"guest:\S*# ", 120)
        dom0.send(f"echo this-''is-{name}\n")
        dom0.expect(f"this-is-{name}", 60)
        dom0.send("\x1d")
        dom0.expect(r"dom0:\S*# ", 30)

    dom0.tools.shutdown("beta")
    s.wait("beta is gone", lambda: "beta" not in dom0.tools.domains(), 120)
    domains = dom0.tools.domains()
    s.check("alpha" in domains and "gamma" in domains, "the other two still run")
    dom0.tools.destroy("alpha")
    dom0.tools.shutdown("gamma")
    s.wait("all are gone", lambda: list(dom0.tools.domains()) == ["Domain-0"], 120)
    s.wait("memory is back", lambda: dom0.tools.free_kib() >= before - 64, 30)
