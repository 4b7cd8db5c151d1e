# SPDX-License-Identifier: MIT
"""The far end of a network card: each IPv4 packet comes back with its addresses swapped.

So a machine that sends to any address of its network speaks with itself, through the
card in both directions; checksums stay right, since they do not depend on the order of
the addresses.  There is no answer to ARP: the card is used with it off, which makes its
own address that of all neighbours.
"""

import os
import shutil
import socket
import tempfile
import threading

# A frame on QEMU's stream: its length in four bytes, then from the Ethernet header on.
TYPE, SOURCE, TARGET, END = 12, 26, 30, 34
IPV4 = b"\x08\x00"


class Mirror:
    """One card's far end, from when QEMU connects until it hangs up."""

    def __init__(self):
        self._dir = tempfile.mkdtemp(prefix="lamina-mirror-")
        self._path = os.path.join(self._dir, "socket")
        self.frames = self.bytes = 0
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(self._path)
        self._listener.listen(1)
        threading.Thread(target=self._run, daemon=True).start()

    def netdev(self, name):
        """QEMU's -netdev that leads here."""
        return f"stream,id={name},server=off,addr.type=unix,addr.path={self._path}"

    def _run(self):
        try:
            conn, _ = self._listener.accept()
            with conn, conn.makefile("rb", 1 << 20) as stream:
                while head := stream.read(4):
                    frame = stream.read(int.from_bytes(head, "big"))
                    if frame[TYPE:TYPE + 2] == IPV4:
                        self.frames += 1
                        self.bytes += len(frame)
                        conn.sendall(b"".join((head, frame[:SOURCE], frame[TARGET:END],
                                               frame[SOURCE:TARGET], frame[END:])))
        except OSError:
            pass  # QEMU has ended, or close() was first.

    def close(self):
        """Wait for nobody any more."""
        self._listener.close()
        shutil.rmtree(self._dir, ignore_errors=True)
