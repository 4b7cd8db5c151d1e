# SPDX-License-Identifier: MIT
"""The control domain as a scenario sees it: a shell, and the toolstack's verbs."""

import base64
import hashlib
import itertools
import json
import re
import time

import machine
from qemu import PATIENCE, Machine

PROMPT = r"(dom0|native|guest):\S*# "

# The same for ours and for the peer: what a scenario's guest is made of.
GUEST_KERNEL = "/usr/lib/lamina/guest/vmlinuz"
GUEST_RAMDISK = "/usr/lib/lamina/guest/initrd.img"


class CommandFailed(Exception):
    """A command in the control domain ended with a status other than 0."""


def without_echo(output, line):
    """A line typed ahead leaves an echo of what of it came after the command had begun."""
    for start in range(len(line) - 1):
        if output.startswith(line[start:]):
            return output[len(line) - start:]
    return output


class Dom0(Machine):
    """A booted machine whose serial line ends in the control domain's shell."""

    def __init__(self, combo, log, image=None, kernel_options="", reboots=False, argv=None,
                 **kwargs):
        """argv: QEMU's arguments, if the machine finds all that it boots by itself."""
        self.combo = combo
        if combo.tools == "xl":
            kernel_options = f"lamina_peer=xenstored {kernel_options}"
            image = image or machine.built("image", "peer.img")
        super().__init__(argv or machine.qemu_arguments(combo.hv, smp=combo.smp, cpu=combo.cpu,
                                                        initrd=image,
                                                        kernel_options=kernel_options, **kwargs),
                         log, reboots=reboots)
        self.tools = Xl(self) if combo.tools == "xl" else Lamina(self)
        self._count = itertools.count()

    def boot(self, timeout=240):
        """Wait for the shell; returns self."""
        self.expect(r"dom0: up after", timeout)
        self.expect(PROMPT, 60)
        self.shell("stty cols 200")
        return self

    def shell(self, command, timeout=60, check=True):
        """Run a command line; its output, and with check=False (status, output)."""
        mark = f"@{next(self._count)}@"
        # The echo of what is typed must not look like what it prints.
        self.send(f"echo '{mark[:-1]}'@; {command}")
        time.sleep(0.02 * PATIENCE)
        # In one piece: what came while the command ran would be echoed amid its output.
        second = f"echo \"{mark[:-1]}\"\"@rc=$?\"\n"
        self.send("\n" + second)
        self.expect(re.escape(mark) + r"\n", timeout)
        start = self._pos
        match = self.expect(re.escape(mark) + r"rc=(\d+)\n", timeout)
        output = self.text[start:match.start()]
        output = without_echo(output, second)
        # The second line typed shows up behind the prompt.
        output = re.sub(PROMPT + r"(\x1b\[6n)?echo \"@.*$", "", output, flags=re.S)
        self.expect(PROMPT, timeout)
        status = int(match.group(1))
        if not check:
            return status, output
        if status:
            raise CommandFailed(f"{command!r} ended with {status}: {output.strip()}")
        return output

    def output(self, command, timeout=60):
        """Standard output of a command, safe from log lines in between."""
        for _ in range(3):
            self.shell(f"({command}) > /tmp/output", timeout)
            text = self.shell("base64 -w 120 /tmp/output; md5sum < /tmp/output")
            lines = [line for line in text.split("\n") if re.fullmatch(r"[A-Za-z0-9+/=]+", line)]
            digest = re.search(r"^([0-9a-f]{32})  -", text, re.M)
            try:
                data = base64.b64decode("".join(lines), validate=True)
            except ValueError:
                continue
            if digest and hashlib.md5(data).hexdigest() == digest.group(1):
                return data.decode("utf-8", "replace")
        raise CommandFailed(f"{command!r}: output was garbled three times")

    def write(self, path, text):
        """Put a text file into the control domain."""
        data = base64.b64encode(text.encode()).decode()
        digest = hashlib.md5(text.encode()).hexdigest()
        for _ in range(3):
            self.shell(f": > {path}.b64")
            for at in range(0, len(data), 240):
                self.shell(f"echo '{data[at:at + 240]}' >> {path}.b64")
            self.shell(f"base64 -d {path}.b64 > {path}; rm {path}.b64")
            if digest in self.shell(f"md5sum < {path}"):
                return
        raise CommandFailed(f"{path}: typing it in failed three times")

    def guest_config(self, name, files=None, **keys):
        """Write a config for the small Linux guest; its path.

        files maps paths inside the guest to texts, which are added to its
        ramdisk as a second archive.
        """
        values = {"name": name, "kernel": GUEST_KERNEL, "ramdisk": GUEST_RAMDISK,
                  "extra": "console=hvc0", "memory": 64, "vcpus": 1}
        if files:
            values["ramdisk"] = self._ramdisk(name, files)
        values.update(keys)
        path = f"/tmp/{name}.cfg"
        self.write(path, "".join(f"{key} = {json.dumps(value)}\n" for key, value in values.items()))
        return path

    def _ramdisk(self, name, files):
        stage, image = f"/tmp/{name}.root", f"/tmp/{name}.img"
        for path, text in files.items():
            self.shell(f"mkdir -p $(dirname {stage}{path})")
            self.write(stage + path, text)
        self.shell(f"cp {GUEST_RAMDISK} {image}; cd {stage}; "
                   f"find . | cpio -o -H newc 2>/dev/null >> {image}; cd")
        return image


class Lamina:
    """Our toolstack."""

    def __init__(self, dom0):
        self.dom0 = dom0

    def _json(self, line):
        return json.loads(self.dom0.output(f"lamina {line} --json"))

    def create(self, path, timeout=120):
        self.dom0.shell(f"lamina create {path}", timeout)

    def domains(self):
        """{name: {"domid", "state" (a word), "cpu_time_s", ...}} of all domains, dom0 too."""
        return {entry["name"]: entry for entry in self._json("list")}

    def destroy(self, name):
        self.dom0.shell(f"lamina destroy {name}")

    def shutdown(self, name):
        self.dom0.shell(f"lamina shutdown {name}")

    def reboot(self, name):
        self.dom0.shell(f"lamina reboot {name}")

    def console(self, name):
        self.dom0.send(f"lamina console {name}\n")

    def cpu_seconds(self, name):
        return float(self.domains()[name]["cpu_time_s"])

    def free_kib(self):
        return int(self._json("info")["free_memory"]) * 1024


class Xl:
    """The peer's toolstack, to prove the scenarios themselves."""

    # The strongest first: a crashed domain is shut down, too.
    STATES = ("dying", "crashed", "shutdown", "paused", "running", "blocked")

    def __init__(self, dom0):
        self.dom0 = dom0

    def create(self, path, timeout=120):
        self.dom0.shell(f"xl create {path}", timeout)

    def domains(self):
        rows = {}
        for line in self.dom0.output("xl list").splitlines()[1:]:
            name, domid, _, _, state, seconds = line.split()
            words = [word for word in self.STATES if word[0] in state]
            rows[name] = {"name": name, "domid": int(domid), "state": (words or ["blocked"])[0],
                          "cpu_time_s": float(seconds)}
        return rows

    def destroy(self, name):
        self.dom0.shell(f"xl destroy {name}")

    def shutdown(self, name):
        self.dom0.shell(f"xl shutdown {name}")

    def reboot(self, name):
        self.dom0.shell(f"xl reboot {name}")

    def console(self, name):
        self.dom0.send(f"xl console {name}\n")

    def cpu_seconds(self, name):
        return self.domains()[name]["cpu_time_s"]

    def free_kib(self):
        match = re.search(r"free_memory\s*:\s*(\d+)", self.dom0.output("xl info"))
        return int(match.group(1)) * 1024
