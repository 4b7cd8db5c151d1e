# SPDX-License-Identifier: MIT
"""QEMU's gdb stub, by its remote protocol: stop a processor at one instruction.

One Gdb is one connection.  While it is open the machine runs only in go() and
step().  Processors are named by their index, as QEMU's monitor names them.
"""

import re
import socket
import struct

GENERAL = ("rax rbx rcx rdx rsi rdi rbp rsp r8 r9 r10 r11 r12 r13 r14 r15 rip"
           " eflags cs ss ds es fs gs").split()
LAYOUT = "<17Q7I"


class GdbError(Exception):
    """The stub refused, or the machine did not stop in time."""


class Gdb:
    """A connection; the machine stops as it is made."""

    def __init__(self, path, patience=1):
        self._patience = patience
        self._sock = socket.socket(socket.AF_UNIX)
        self._sock.settimeout(30 * patience)
        self._sock.connect(path)
        self._buffer = b""
        # QEMU may tell by itself that the machine has stopped: not an answer to anything.
        self._send("Hg1")
        while self._receive() != "OK":
            pass
        # Only who has asked for the description of the registers may change one.
        self._ask("qXfer:features:read:target.xml:0,ffb")

    def close(self):
        """Let go: breakpoints vanish and the machine runs."""
        try:
            self._ask("D")
        finally:
            self._sock.close()

    def _byte(self):
        if not self._buffer:
            self._buffer = self._sock.recv(65536)
            if not self._buffer:
                raise GdbError("QEMU has closed the connection")
        first, self._buffer = self._buffer[:1], self._buffer[1:]
        return first

    def _send(self, text):
        data = text.encode()
        self._sock.sendall(b"$" + data + b"#%02x" % (sum(data) & 255))

    def _receive(self):
        while self._byte() != b"$":
            pass
        data = b""
        while True:
            byte = self._byte()
            if byte == b"#":
                break
            data += byte
        self._byte()
        self._byte()
        self._sock.sendall(b"+")
        return data.decode()

    def _ask(self, text):
        self._send(text)
        return self._receive()

    def _command(self, text):
        answer = self._ask(text)
        if answer != "OK":
            raise GdbError(f"{text}: {answer!r}")

    def regs(self, cpu=0):
        """All general registers, by name."""
        self._ask(f"Hg{cpu + 1:x}")
        raw = bytes.fromhex(self._ask("g")[:2 * struct.calcsize(LAYOUT)])
        return dict(zip(GENERAL, struct.unpack(LAYOUT, raw)))

    def set(self, name, value, cpu=0):
        """Change one register."""
        self._ask(f"Hg{cpu + 1:x}")
        at = GENERAL.index(name)
        self._command(f"P{at:x}={value.to_bytes(8 if at < 17 else 4, 'little').hex()}")

    def read(self, address, size, cpu=0):
        """Memory, by the page tables that @cpu uses now."""
        self._ask(f"Hg{cpu + 1:x}")
        answer = self._ask(f"m{address:x},{size:x}")
        if answer.startswith("E"):
            raise GdbError(f"cannot read {address:x}")
        return bytes.fromhex(answer)

    def word(self, address, cpu=0):
        """Eight bytes of memory."""
        return int.from_bytes(self.read(address, 8, cpu), "little")

    def write(self, address, data, cpu=0):
        """Change memory, even what is mapped read-only."""
        self._ask(f"Hg{cpu + 1:x}")
        self._command(f"M{address:x},{len(data):x}:{data.hex()}")

    def stop_at(self, address):
        """Set a breakpoint."""
        self._command(f"Z1,{address:x},1")

    def pass_by(self, address):
        """Remove it."""
        self._command(f"z1,{address:x},1")

    def _stopped(self, seconds):
        self._sock.settimeout(seconds * self._patience)
        try:
            answer = self._receive()
        except socket.timeout:
            raise GdbError(f"the machine does not stop within {seconds} s") from None
        finally:
            self._sock.settimeout(30 * self._patience)
        thread = re.search(r"thread:(?:p[0-9a-f]+\.)?([0-9a-f]+);", answer)
        return int(thread.group(1), 16) - 1 if thread else 0

    def go(self, seconds=20):
        """Run until a breakpoint; the processor that met it."""
        self._send("c")
        return self._stopped(seconds)

    def run(self):
        """Run, and do not wait: halt() or wait() comes next."""
        self._send("c")

    def wait(self, seconds=20):
        """After run(): wait for a breakpoint."""
        return self._stopped(seconds)

    def halt(self):
        """After run(): stop wherever it is."""
        self._sock.sendall(b"\x03")
        return self._stopped(20)

    def step(self, cpu=0):
        """One instruction of one processor, without interrupts."""
        self._send(f"vCont;s:{cpu + 1:x}")
        return self._stopped(20)

    def go_to(self, address, seconds=20):
        """Run to an address; the processor that got there."""
        self.stop_at(address)
        cpu = self.go(seconds)
        self.pass_by(address)
        return cpu
