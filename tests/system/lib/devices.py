# SPDX-License-Identifier: MIT
"""Disks and network cards for the control domain, and data moved through them.

The data is a random file of the host: the control domain reads it from a disk
of its own, writes it to the others, and reads it back after it has dropped its
caches; the host looks into the files as well.  Network cards hang on QEMU's own
network, which is shut off from the host's but for one address that echoes.
"""

import hashlib
import os
import re
import shutil
import tempfile

import machine

MIB = 1 << 20

# Sizes in MiB beyond that of the data, by which the disks are told apart.
DISKS = {"source": 0, "virtio-blk": 1, "ahci": 2, "nvme": 3, "ide": 4}

NICS = {"virtio_net": "virtio-net-pci", "e1000": "e1000", "e1000e": "e1000e"}

# What /proc/interrupts calls a kind, and which device has it when messages are allowed.
# MSI is AHCI's alone: with e1000e.IntMode=1 QEMU's card fails the driver's test of its
# one message on bare Linux as well.
LINE, MSI, MSIX = "ioapic-level", "msi", "msi-x"
MESSAGES = {"virtio-blk": MSIX, "ahci": MSI, "nvme": MSIX, "virtio_net": MSIX, "e1000": LINE,
            "e1000e": MSIX}


class Devices:
    """The devices of one machine: type ("q35" or "pc") and MiB of data through each disk and card."""

    def __init__(self, s, machine_type, disk, net):
        self.s = s
        self.type = machine_type
        self.disk, self.net = disk, net
        self.dir = tempfile.mkdtemp(prefix="devices-", dir=machine.BUILD)
        self.names = [name for name in DISKS if name != "ide" or machine_type == "pc"]
        for name in self.names:
            with open(self._file(name), "wb") as out:
                out.truncate((disk + DISKS[name]) * MIB)
        self.digest = self._fill()

    def _net(self, driver):
        """MiB for a card; e1000e is there for its MSI-X, for which few will do."""
        return min(self.net, 10) if driver == "e1000e" else self.net

    def _file(self, name):
        return os.path.join(self.dir, name)

    def _fill(self):
        """Random data into the source; {MiB from the start: digest} of what will be moved."""
        digest = hashlib.md5()
        digests = {}
        with open(self._file("source"), "r+b") as out:
            for done in range(1, self.disk + 1):
                data = os.urandom(MIB)
                out.write(data)
                digest.update(data)
                if done in (self.disk, *map(self._net, NICS)):
                    digests[done] = digest.hexdigest()
        return digests

    def qemu(self):
        """QEMU's arguments."""
        argv = ["-M", self.type]
        for name in self.names:
            argv += ["-drive", f"if=none,id={name},file={self._file(name)},format=raw"]
        argv += ["-device", "virtio-blk-pci,drive=source", "-device", "virtio-blk-pci,drive=virtio-blk",
                 "-device", "nvme,drive=nvme,serial=lamina"]
        if self.type == "pc":
            argv += ["-device", "ich9-ahci,id=sata", "-device", "ide-hd,bus=sata.0,drive=ahci",
                     "-device", "ide-hd,bus=ide.0,drive=ide"]
        else:
            argv += ["-device", "ide-hd,bus=ide.0,drive=ahci"]
        for number, model in enumerate(NICS.values()):
            argv += ["-netdev", f"user,id=n{number},net=10.0.{number}.0/24,restrict=on,"
                     f"guestfwd=tcp:10.0.{number}.9:7-cmd:cat",
                     "-device", f"{model},netdev=n{number}"]
        return argv

    def move(self, dom0, kinds):
        """Move the data; kinds says which kind of interrupt each driver must have used."""
        before = dom0.output("cat /proc/interrupts")
        self._move_disks(dom0)
        self._move_net(dom0)
        after = dom0.output("cat /proc/interrupts")
        for device, kind in kinds.items():
            came = interrupts(after, self._irq_names(dom0, device), kind) - interrupts(
                before, self._irq_names(dom0, device), kind)
            self.s.check(came > 10, f"{device} used {kind}: {came} interrupts")
        log = dom0.output("dmesg")
        for bad in ("Call Trace", "I/O error", "swiotlb buffer is full", "DMA: Out of SW-IOMMU"):
            self.s.check(bad not in log, f"dom0's kernel says {bad!r}")

    def _blocks(self, dom0):
        """{our name: block device}, by size."""
        sizes = dom0.output("cd /sys/block; for b in vd* sd* nvme*; do "
                            "[ -e $b ] && echo $b $(cat $b/size); done; true")
        found = {int(sectors) // 2048: block for block, sectors in
                 (line.split() for line in sizes.splitlines())}
        return {name: found.get(self.disk + DISKS[name]) for name in self.names}

    def _move_disks(self, dom0):
        blocks = self._blocks(dom0)
        for name in self.names[1:]:
            if not blocks[name]:
                self.s.check(False, f"{name}: there is no such disk in {blocks}")
                continue
            dom0.shell(f"dd if=/dev/{blocks['source']} of=/dev/{blocks[name]} bs=1M "
                       f"count={self.disk} && sync && echo 3 > /proc/sys/vm/drop_caches", 300)
            read = dom0.output(f"dd if=/dev/{blocks[name]} bs=1M count={self.disk} | md5sum", 300)
            self.s.equal(read.split()[0], self.digest[self.disk], f"{name}: what is read back")
            with open(self._file(name), "rb") as disk:
                stored = hashlib.md5(disk.read(self.disk * MIB)).hexdigest()
            self.s.equal(stored, self.digest[self.disk], f"{name}: what the disk holds")

    def _nic(self, dom0, driver):
        """The interface that a driver has."""
        return dom0.output("cd /sys/class/net; for i in *; do [ \"$(basename $(readlink -f "
                           f"$i/device/driver))\" = {driver} ] && echo $i; done; true").strip()

    def _move_net(self, dom0):
        source = self._blocks(dom0)["source"]
        for number, driver in enumerate(NICS):
            nic = self._nic(dom0, driver)
            if not nic:
                self.s.check(False, f"{driver}: there is no such card")
                continue
            dom0.shell(f"ip addr add 10.0.{number}.15/24 dev {nic}; ip link set {nic} up")
            dom0.shell(f"until [ \"$(cat /sys/class/net/{nic}/carrier)\" = 1 ]; do sleep 0.2; done")
            net = self._net(driver)
            came = dom0.output(f"dd if=/dev/{source} bs=1M count={net} | "
                               f"nc 10.0.{number}.9 7 | md5sum", 600)
            self.s.equal(came.split()[0], self.digest[net], f"{driver}: what comes back")

    def _irq_names(self, dom0, device):
        """A regular expression for its lines in /proc/interrupts."""
        if device in NICS and device != "virtio_net":
            return re.escape(self._nic(dom0, device)) + r"\b"
        if device == "ahci":
            return r"ahci\["
        if device == "nvme":
            return r"nvme\d"
        nodes = dom0.output("cd /sys/bus/virtio/drivers; echo "
                            f"{'virtio_net' if device == 'virtio_net' else 'virtio_blk'}/virtio*")
        return "(" + "|".join(re.findall(r"(virtio\d+)", nodes)) + r")\b"

    def close(self):
        shutil.rmtree(self.dir, ignore_errors=True)


def interrupts(text, names, kind):
    """How many interrupts of a kind the lines that match names have counted."""
    total = 0
    for line in text.splitlines():
        if re.search(rf"-{kind}\s", line) and re.search(names, line):
            total += sum(int(word) for word in re.findall(r"\d+", line.split("xen-pirq")[0])[1:])
    return total


def run(s, machine_type, memory, messages, disk, net):
    """Boot a machine without dom0_mem= and move data; messages: MSI and MSI-X, else lines alone."""
    moved = Devices(s, machine_type, disk, net)
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
    """256 MiB through each disk and 100 through each card of several machines."""
    for machine_type, memory, messages in machines:
        before = len(s.failures)
        run(s, machine_type, memory, messages, disk=256, net=100)
        where = f"{machine_type}, {memory} MiB, {'messages' if messages else 'lines'}"
        s.failures[before:] = [f"{where}: {what}" for what in s.failures[before:]]
        s.note(where + ": " + ("failed" if len(s.failures) > before else "moved"))
