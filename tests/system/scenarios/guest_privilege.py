# SPDX-License-Identifier: MIT
"""A guest that is not dom0 is refused everything that controls more than itself."""

import os
import subprocess

import dom0 as dom0_module
import machine

RUN = os.path.join(os.path.dirname(machine.BUILD), "tests", "guests", "run")


def run(s):
    built = subprocess.run([RUN, "--build", "privilege"], check=True, text=True,
                           stdout=subprocess.PIPE).stdout.strip()
    dom0 = s.dom0(image=image_with(s.combo.tools, built))
    dom0.write("/tmp/proof.cfg", 'name = "proof"\nkernel = "/proof/privilege"\n'
                                 "memory = 32\nvcpus = 1\n")
    dom0.tools.create("/tmp/proof.cfg")
    dom0.tools.console("proof")
    dom0.send("\n")
    dom0.expect(r"^1\.\.\d+$", 120)
    dom0.expect(dom0_module.PROMPT, 60)
    lines = dom0.text.split("\n")
    for line in lines:
        s.check(not line.startswith("not ok "), line)
    s.check(sum(line.startswith("ok ") for line in lines) > 10, "the guest said what it found")
    s.wait("it has powered off", lambda: "proof" not in dom0.tools.domains(), 60)


@machine.making
def image_with(tools, proof):
    """The control domain's image with a second archive behind it: the proof."""
    base = machine.built("image", "peer.img" if tools == "xl" else "dom0.img")
    path = machine.built("image", "proof-" + os.path.basename(base))
    stage = machine.built("guests", "root")
    os.makedirs(os.path.join(stage, "proof"), exist_ok=True)
    subprocess.run(["strip", "-o", os.path.join(stage, "proof", "privilege"), proof], check=True)
    archive = subprocess.run(["cpio", "-o", "-H", "newc", "-R", "0:0", "--quiet"], cwd=stage,
                             input=b"proof\nproof/privilege\n", check=True,
                             stdout=subprocess.PIPE).stdout
    with open(base, "rb") as first, open(path + ".new", "wb") as out:
        out.write(first.read())
        out.write(archive)
    os.rename(path + ".new", path)
    return path
