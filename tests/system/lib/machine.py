# SPDX-License-Identifier: MIT
"""Which files make up a machine: hypervisor, kernel, image, and their options."""

import functools
import gzip
import os
import threading

TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", ".."))
BUILD = os.path.join(TOP, "build")
PEER_ARCHIVE = "/boot/xen-4.17-amd64.gz"

making_lock = threading.RLock()


def making(function):
    """A function that makes a file which machines share, unless it is there: one at a time."""
    @functools.wraps(function)
    def locked(*args):
        with making_lock:
            return function(*args)
    return locked



def built(*parts):
    """A path below build/."""
    return os.path.join(BUILD, *parts)


@making
def peer_hypervisor():
    """Debian's Xen 4.17, unpacked once: QEMU loads no compressed Multiboot image."""
    path = built("peer", "xen")
    if not os.path.exists(path):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with gzip.open(PEER_ARCHIVE, "rb") as archive, open(path + ".new", "wb") as out:
            out.write(archive.read())
        os.rename(path + ".new", path)
    return path


def hypervisor(name):
    """The Multiboot image for "lamina" or "xen"."""
    return peer_hypervisor() if name == "xen" else built("hypervisor", "lamina")


def module(path, options=""):
    """One entry of QEMU's -initrd list, in which a comma ends a module unless doubled."""
    return f"{path} {options}".strip().replace(",", ",,")


def qemu_arguments(hv, smp=1, cpu="qemu64", memory=1024, dom0_memory=512, kernel=None, initrd=None,
                   hv_options="", kernel_options="", extra=()):
    """QEMU arguments that boot hv ("lamina", "xen", or "" for the bare kernel).

    The same command line drives both hypervisors: modules by -initrd, the
    kernel's own arguments behind its name.  dom0_memory=None leaves it to the
    hypervisor.
    """
    kernel = kernel or built("kernel", "vmlinux" if hv else "bzImage")
    initrd = initrd or built("image", "dom0.img")
    argv = ["-m", str(memory), "-smp", str(smp), "-cpu", cpu]
    if hv:
        options = "console=com1 com1=115200,8n1 loglvl=all guest_loglvl=all"
        if dom0_memory:
            options += f" dom0_mem={dom0_memory}M"
        argv += ["-kernel", hypervisor(hv), "-append", f"{options} {hv_options}".strip(),
                 "-initrd", module(kernel, f"console=hvc0 {kernel_options}") + "," + module(initrd)]
    else:
        argv += ["-kernel", kernel, "-append", f"console=ttyS0 {kernel_options}".strip(),
                 "-initrd", initrd]
    return argv + list(extra)
