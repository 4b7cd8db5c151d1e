# SPDX-License-Identifier: MIT
"""A guest's console takes input, is left with ^], attached again, and logged."""


def run(s):
    dom0 = s.dom0()
    dom0.tools.create(dom0.guest_config("alpha"))
    for turn in (1, 2):
        dom0.tools.console("alpha")
        if turn == 1:
            dom0.expect(r"guest:\S*# ", 120)
        dom0.send(f"\necho $(({turn} + 1000)) is the answer\n")
        dom0.expect(f"{turn + 1000} is the answer", 60)
        # Ten kilobytes: several times what the ring holds.
        dom0.send("seq 1 2000 | tail -n 2000; echo the-''end\n")
        for number in (1, 1000, 1999, 2000):
            dom0.expect(rf"^{number}$", 60)
        dom0.expect("the-end", 30)
        dom0.expect(r"guest:\S*# ", 30)
        dom0.send("\x1d")
        dom0.expect(r"dom0:\S*# ", 30)
    if s.combo.tools == "lamina":
        log = dom0.output("cat /var/log/lamina/console/alpha.log")
        s.check("guest: up after" in log, "the console's log has the guest's start")
        s.check("1002 is the answer" in log, "the console's log has what was typed for")
