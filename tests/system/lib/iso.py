# SPDX-License-Identifier: MIT
"""The ISO image in a drive of a machine, with either firmware."""

import os
import shutil
import subprocess

import machine

OVMF = "/usr/share/OVMF"


@machine.making
def image():
    """The image, built anew if something in it is newer."""
    path = machine.built("image", "lamina.iso")
    image_dir = os.path.join(machine.TOP, "toolstack", "image")
    parts = [machine.built("hypervisor", "lamina"), machine.built("kernel", "vmlinux"),
             machine.built("image", "dom0.img"), os.path.join(image_dir, "iso", "grub.cfg")]
    if not os.path.exists(path) or os.path.getmtime(path) < max(map(os.path.getmtime, parts)):
        subprocess.run([os.path.join(image_dir, "build-iso"), path], check=True)
    return path


def argv(s, machine_type, uefi):
    """QEMU's arguments; under UEFI with variables of the machine's own."""
    firmware = []
    if uefi:
        variables = s.log.replace(".log", ".vars")
        os.makedirs(os.path.dirname(variables), exist_ok=True)
        shutil.copy(f"{OVMF}/OVMF_VARS_4M.fd", variables)
        for file, more in ((f"{OVMF}/OVMF_CODE_4M.fd", ",readonly=on"), (variables, "")):
            firmware += ["-drive", f"if=pflash,format=raw,file={file}{more}"]
    return firmware + ["-M", machine_type, "-m", "1024", "-smp", str(s.combo.smp),
                       "-cpu", s.combo.cpu, "-cdrom", image()]


def run(s, machine_type, uefi):
    """Boot from the image, reboot, power off; the machine itself must do both."""
    if s.combo.hv != "lamina":
        s.skip("the image holds Lamina")
    dom0 = s.dom0(reboots=True, argv=argv(s, machine_type, uefi))
    s.check("multiboot2" in dom0.text, "GRUB loads it by Multiboot 2")
    s.equal(dom0.shell("[ -d /sys/firmware/efi ]; echo $?").strip(), "0" if uefi else "1",
            "whether dom0 knows that there is UEFI (0: yes)")
    s.check("ACPI: Interpreter enabled" in dom0.output("dmesg"), "dom0 found the ACPI tables")
    s.equal(dom0.shell("nproc").strip(), str(s.combo.smp), "processors in dom0")
    s.check(dom0.output("cat /sys/class/rtc/rtc0/time 2>&1").count(":") == 2, "the clock of the board")
    dom0.mark()
    dom0.send("reboot\n")
    dom0.boot()
    dom0.send("poweroff\n")
    dom0.wait_exit(90)
