# SPDX-License-Identifier: MIT
"""Disks and network cards for the control domain, and data moved through them.

The data is a random file of the host, a disk of the control domain.  That copies it from
disk to disk: it reads past its caches into a program's pages, and writes through its
caches.  Then it sends it through each card to itself, by way of the far end
(mirror.py), and stores what came on a disk.  The host compares all the disks with its
file, byte by byte.
"""

import base64
import os
import re
import resource
import shutil
import tempfile
import time

import machine
from mirror import Mirror

MIB = 1 << 20

# In the order of the copies.  Size in MiB beyond that of the data, by which they are told
# apart; whether it is a disk of virtio.
DISKS = {"source": (0, True), "ahci": (1, False), "nvme": (2, False), "ide": (3, False),
         "virtio-blk": (4, True), "sink": (5, True)}
# A disk for what comes through the cards, beyond room for that.
RECEIVED = 6

NICS = {"virtio_net": "virtio-net-pci", "e1000": "e1000", "e1000e": "e1000e"}

# What /proc/interrupts calls a kind, and which device has it when messages are allowed:
# all that QEMU's devices offer and Linux takes.  e1000e could use MSI (IntMode=1), but
# QEMU's card fails the driver's test of its one message, on bare Linux as well.
LINE, MSI, MSIX = "ioapic-level", "msi", "msi-x"
MESSAGES = {"virtio_blk": MSIX, "ahci": MSI, "nvme": MSIX, "virtio_net": MSIX, "e1000": LINE,
            "e1000e": MSIX}


# A device's driver on the PCI bus, and the class of the device.
PCI = {"virtio_blk": ("virtio-pci", 1), "ahci": ("ahci", 1), "nvme": ("nvme", 1),
       "virtio_net": ("virtio-pci", 2), "e1000": ("e1000", 2), "e1000e": ("e1000e", 2)}

# What the kernel must not say.
BAD = "Call Trace|I/O error|swiotlb buffer is full|DMA: Out of SW-IOMMU|nobody cared"


class Devices:
    """The devices of one machine: type ("q35" or "pc"), MiB of data through each disk, and
    through each card in frames up to mtu."""

    def __init__(self, s, machine_type, disk, net, mtu):
        self.s = s
        self.type = machine_type
        self.disk, self.net, self.mtu = disk, net, mtu
        self.dir = tempfile.mkdtemp(prefix="devices-", dir=machine.BUILD)
        self.names = [name for name in DISKS if name != "ide" or machine_type == "pc"]
        for name in self.names:
            self._empty(name, disk + DISKS[name][0])
        self.received = disk + net * len(NICS) + RECEIVED
        self._empty("received", self.received)
        with open(self._file("source"), "r+b") as out:
            for _ in range(disk):
                out.write(os.urandom(MIB))
        self.mirrors = [Mirror() for _ in NICS]

    def _file(self, name):
        return os.path.join(self.dir, name)

    def _empty(self, name, size):
        with open(self._file(name), "wb") as out:
            out.truncate(size * MIB)

    def qemu(self):
        """QEMU's arguments."""
        argv = ["-M", self.type]
        for name in (*self.names, "received"):
            argv += ["-drive", f"if=none,id={name},file={self._file(name)},format=raw"]
            if name == "received" or DISKS[name][1]:
                argv += ["-device", f"virtio-blk-pci,drive={name}"]
        argv += ["-device", "nvme,drive=nvme,serial=lamina"]
        if self.type == "pc":
            argv += ["-device", "ich9-ahci,id=sata", "-device", "ide-hd,bus=sata.0,drive=ahci",
                     "-device", "ide-hd,bus=ide.0,drive=ide"]
        else:
            argv += ["-device", "ide-hd,bus=ide.0,drive=ahci"]
        for number, model in enumerate(NICS.values()):
            argv += ["-netdev", self.mirrors[number].netdev(f"n{number}"),
                     "-device", f"{model},netdev=n{number}"]
        return argv

    def move(self, dom0, kinds):
        """Move the data; kinds says which kind of interrupt each driver must have used."""
        before = dom0.output("grep pirq /proc/interrupts")
        blocks = self._blocks(dom0)
        self._move_disks(dom0, blocks)
        self._move_net(dom0, blocks)
        after = dom0.output("grep pirq /proc/interrupts")
        enabled = self._enabled(dom0)
        for device, kind in kinds.items():
            names = self._irq_names(dom0, device)
            came = {k: interrupts(after, names, k) - interrupts(before, names, k)
                    for k in (LINE, MSI, MSIX)}
            self.s.check(came[kind] > 10 and came[kind] == sum(came.values()),
                         f"{device} uses {kind}: its interrupts are {came}")
            self.s.check(enabled.get(device) == {kind},
                         f"{device} uses {kind}: the card has {enabled.get(device)} on")
        bad = dom0.output(f"dmesg | grep -E '{BAD}'; true")
        self.s.check(not bad, f"dom0's kernel says {bad!r}")

    def _blocks(self, dom0):
        """{our name: block device}, by size."""
        sizes = dom0.output("cd /sys/block; for b in vd* sd* nvme*; do "
                            "[ -e $b ] && echo $b $(cat $b/size); done; true")
        found = {int(sectors) // 2048: block for block, sectors in
                 (line.split() for line in sizes.splitlines())}
        blocks = {name: found.get(self.disk + DISKS[name][0]) for name in self.names}
        blocks["received"] = found.get(self.received)
        return blocks

    def _move_disks(self, dom0, blocks):
        """From each disk to the next: all are written, and all but the last read again."""
        for name, after in zip(self.names, self.names[1:]):
            dom0.shell(f"dd if=/dev/{blocks[name]} of=/dev/{blocks[after]} bs=1M "
                       f"count={self.disk} iflag=direct conv=fsync", 300)
            self._compare(after, 0, self.disk, f"{name} to {after}")

    def _compare(self, name, at, size, what):
        """Whether a disk holds, at MiB from its start, the first MiB of the source."""
        want, got = bytearray(MIB), bytearray(MIB)
        wrong = []
        with open(self._file("source"), "rb", 0) as source, open(self._file(name), "rb", 0) as disk:
            disk.seek(at * MIB)
            for number in range(size):
                if disk.readinto(got) != MIB or source.readinto(want) != MIB or got != want:
                    wrong.append(number)
        self.s.check(not wrong, f"{what}: {len(wrong)} of {size} MiB are wrong: {wrong[:8]}")

    def _nic(self, dom0, driver):
        """The interface that a driver has."""
        return dom0.output("cd /sys/class/net; for i in *; do [ \"$(basename $(readlink -f "
                           f"$i/device/driver))\" = {driver} ] && echo $i; done; true").strip()

    def _move_net(self, dom0, blocks):
        for number, driver in enumerate(NICS):
            nic, at = self._nic(dom0, driver), number * self.net
            dom0.shell(f"ip addr add 10.0.{number}.15/24 dev {nic}; "
                       f"ip link set {nic} mtu {self.mtu}; ip link set {nic} arp off up")
            dom0.shell(f"until [ \"$(cat /sys/class/net/{nic}/carrier)\" = 1 ]; do sleep 0.2; done")
            # The sockets are dd's own: what hands on a KiB at a time takes ten times as long.
            # Port 0x1000 and up; state 0A in the list of sockets is that it listens.
            dom0.shell(f"nc -l -p {4096 + number} -e dd of=/dev/{blocks['received']} seek={at} "
                       "bs=1M iflag=fullblock conv=fsync & "
                       f"until grep -q ':100{number} .* 0A ' /proc/net/tcp*; do sleep 0.2; done; "
                       f"nc 10.0.{number}.9 {4096 + number} -e dd if=/dev/{blocks['source']} "
                       f"bs=1M count={self.net} iflag=direct; wait", 240)
            self._compare("received", at, self.net, driver)
            mirror = self.mirrors[number]
            self.s.check(mirror.bytes > self.net * MIB,
                         f"{driver}: {mirror.bytes} bytes in {mirror.frames} frames came out")

    def _irq_names(self, dom0, device):
        """A regular expression for its lines in /proc/interrupts."""
        if device in NICS and device != "virtio_net":
            return re.escape(self._nic(dom0, device)) + r"\b"
        if device == "ahci":
            return r"ahci\["
        if device == "nvme":
            return r"nvme\d"
        nodes = dom0.output(f"cd /sys/bus/virtio/drivers; echo {device}/virtio*")
        return "(" + "|".join(re.findall(r"/(virtio\d+)", nodes)) + r")\b"

    @staticmethod
    def _enabled(dom0):
        """{device: kinds of interrupts that are on in the configuration space of its cards}."""
        text = dom0.output("for d in /sys/bus/pci/devices/*/; do [ -e $d/driver ] && echo "
                           "$(basename $(readlink $d/driver)) $(head -c 256 $d/config | "
                           "base64 -w 0); done; true")
        enabled = {}
        for driver, config in (line.split() for line in text.splitlines()):
            config = base64.b64decode(config)
            for device, card in PCI.items():
                if card == (driver, config[0x0b]):
                    enabled.setdefault(device, set()).add(enabled_kind(config))
        return enabled

    def close(self):
        for mirror in self.mirrors:
            mirror.close()
        shutil.rmtree(self.dir, ignore_errors=True)


def enabled_kind(config):
    """What a PCI configuration space says of the kind of interrupt that is on."""
    at = config[0x34] & ~3
    while at:
        if config[at] == 0x05 and config[at + 2] & 1:
            return MSI
        if config[at] == 0x11 and config[at + 3] & 0x80:
            return MSIX
        at = config[at + 1] & ~3
    return LINE if not config[5] & 4 else "none"


def interrupts(text, names, kind):
    """How many interrupts of a kind the lines that match names have counted."""
    total = 0
    for line in text.splitlines():
        if re.search(rf"-{kind}\s", line) and re.search(names, line):
            total += sum(int(word) for word in re.findall(r"\d+", line.split("xen-pirq")[0])[1:])
    return total


def run(s, machine_type, memory, messages, disk, net, mtu=1500):
    """Boot a machine without dom0_mem= and move data; messages: MSI and MSI-X, else lines alone."""
    moved = Devices(s, machine_type, disk, net, mtu)
    try:
        options = "" if messages else "pci=nomsi"
        kinds = MESSAGES if messages else dict.fromkeys(MESSAGES, LINE)
        dom0 = s.dom0(memory=memory, dom0_memory=None, kernel_options=options, extra=moved.qemu())
        moved.move(dom0, kinds)
        dom0.send("poweroff\n")
        dom0.wait_exit(90)
    finally:
        moved.close()


def matrix(s, machines):
    """256 MiB through each disk and 100 through each card of several machines.

    DEVICES="pc-6144-lines ..." in the environment leaves out the machines that it does not name.
    """
    named = {f"{machine_type}-{memory}-{'messages' if messages else 'lines'}":
             (machine_type, memory, messages) for machine_type, memory, messages in machines}
    only = os.environ.get("DEVICES", "").split() or named
    if not named.keys() & set(only):
        s.skip("none of its machines is in DEVICES")
    for where, (machine_type, memory, messages) in named.items():
        if where not in only:
            continue
        before, start, used = len(s.failures), time.monotonic(), processor_time()
        run(s, machine_type, memory, messages, disk=256, net=100, mtu=9000)
        s.failures[before:] = [f"{where}: {what}" for what in s.failures[before:]]
        s.note(f"{where}: {'failed' if len(s.failures) > before else 'moved'}, "
               f"{time.monotonic() - start:.0f} s, {processor_time() - used:.0f} s of a processor")


def processor_time():
    """Seconds that the machines that have ended took on the host's processors."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
