# SPDX-License-Identifier: MIT
"""`lamina` answers mistakes with the place, the reason and what to do."""


def run(s):
    if s.combo.tools != "lamina":
        s.skip("about our own command line")
    dom0 = s.dom0()

    status, text = dom0.shell("lamina lsit", check=False)
    s.check(status != 0 and "list" in text, "a mistyped verb is answered with the likely one")

    dom0.write("/tmp/typo.cfg", 'name = "a"\nkernel = "/usr/lib/lamina/guest/vmlinuz"\n'
                                "memroy = 64\n")
    status, text = dom0.shell("lamina create /tmp/typo.cfg", check=False)
    s.check(status != 0, "an unknown key is an error")
    s.check("typo.cfg:3:1" in text, "the error names line and column")
    s.check("memory" in text, "the error names the likely key")

    dom0.write("/tmp/type.cfg", 'name = "a"\nkernel = "/usr/lib/lamina/guest/vmlinuz"\n'
                                'memory = "lots"\n')
    status, text = dom0.shell("lamina create /tmp/type.cfg", check=False)
    s.check(status != 0 and "type.cfg:3:" in text, "a value of the wrong type is an error")

    dom0.write("/tmp/gone.cfg", 'name = "a"\nkernel = "/nowhere/vmlinuz"\nmemory = 64\n')
    status, text = dom0.shell("lamina create /tmp/gone.cfg", check=False)
    s.check(status != 0 and "/nowhere/vmlinuz" in text, "a missing file is named")

    status, text = dom0.shell("lamina destroy nobody", check=False)
    s.check(status != 0 and "nobody" in text, "a guest that is not there is named")

    config = dom0.guest_config("alpha")
    dom0.shell(f"lamina create --dry-run {config}")
    s.equal(list(dom0.tools.domains()), ["Domain-0"], "domains after all that")

    dom0.shell(f"lamina create {config}", 120)
    status, text = dom0.shell(f"lamina create {config}", 120, check=False)
    s.check(status != 0 and "alpha" in text, "a name that is taken is refused")
    dom0.shell("lamina pause alpha")
    dom0.shell("lamina unpause alpha")
    for verb in ("list", "info", "vcpu-list"):
        dom0.shell(f"lamina {verb}")
        dom0.shell(f"lamina {verb} --json | head -c 1 | grep -q '[[{{]'")
    dom0.shell("lamina destroy alpha")
