# SPDX-License-Identifier: MIT
"""Guests that spin on every processor starve neither dom0 nor another guest."""

SPIN = 'console=hvc0 lamina_run="for i in 1 2 3 4; do while :; do :; done & done"'


def run(s):
    dom0 = s.dom0()
    for name in ("spin1", "spin2"):
        dom0.tools.create(dom0.guest_config(name, extra=SPIN, vcpus=s.combo.smp))
    dom0.tools.create(dom0.guest_config("alpha"))
    dom0.tools.console("alpha")
    dom0.send("\n")
    dom0.expect(r"guest:\S*# ", 240)
    dom0.send("i=0; while [ $i -lt 2000 ]; do i=$((i + 1)); done; echo counted-''all\n")
    dom0.expect("counted-all", 120)
    dom0.send("\x1d")
    dom0.expect(r"dom0:\S*# ", 60)

    # Two equal guests want all they can get: neither may have far more.
    first = [dom0.tools.cpu_seconds(name) for name in ("spin1", "spin2")]
    dom0.shell("sleep 5")
    second = [dom0.tools.cpu_seconds(name) for name in ("spin1", "spin2")]
    used = [after - before for before, after in zip(first, second)]
    s.note(f"processor seconds of the two spinning guests: {used[0]:.1f} and {used[1]:.1f}")
    s.check(min(used) > 0.25 * max(used), f"equal guests got unequal shares: {used}")
    for name in ("spin1", "spin2"):
        dom0.tools.destroy(name)
