# SPDX-License-Identifier: MIT
"""Debian's stock kernel: where it is, and how it gets into a machine."""

import glob
import os
import subprocess

import machine


def files(s):
    """(kernel, initramfs) of the newest installed linux-image, or skip."""
    kernels = sorted(glob.glob("/boot/vmlinuz-6.1.*-amd64"))
    if not kernels:
        s.skip("no linux-image-amd64 is installed")
    kernel = kernels[-1]
    initrd = kernel.replace("vmlinuz", "initrd.img")
    if not os.path.exists(initrd):
        s.skip(f"{initrd} is missing: update-initramfs -c -k all")
    return kernel, initrd


@machine.making
def elf(kernel):
    """The ELF inside a bzImage, unpacked once."""
    path = machine.built("stock", os.path.basename(kernel) + ".elf")
    if not os.path.exists(path) or os.path.getmtime(path) < os.path.getmtime(kernel):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        subprocess.run([machine.built("toolstack", "unpack", "lamina-unpack"), kernel, path],
                       check=True)
    return path


@machine.making
def image_with_stock_guest(tools, kernel, initrd):
    """The control domain's image with a second archive behind it: /stock/*."""
    base = machine.built("image", "peer.img" if tools == "xl" else "dom0.img")
    path = machine.built("image", "stock-" + os.path.basename(base))
    newest = max(os.path.getmtime(name) for name in (base, kernel, initrd))
    if not os.path.exists(path) or os.path.getmtime(path) < newest:
        stage = machine.built("stock", "root")
        os.makedirs(os.path.join(stage, "stock"), exist_ok=True)
        for name, source in (("vmlinuz", kernel), ("initrd", initrd)):
            subprocess.run(["cp", source, os.path.join(stage, "stock", name)], check=True)
        archive = subprocess.run(["cpio", "-o", "-H", "newc", "-R", "0:0", "--quiet"], cwd=stage,
                                 input=b"stock\nstock/vmlinuz\nstock/initrd\n", check=True,
                                 stdout=subprocess.PIPE).stdout
        with open(base, "rb") as first, open(path + ".new", "wb") as out:
            out.write(first.read())
            out.write(archive)
        os.rename(path + ".new", path)
    return path
