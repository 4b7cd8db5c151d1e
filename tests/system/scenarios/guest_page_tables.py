# SPDX-License-Identifier: MIT
"""A guest that changes its page tables in every way Linux knows stays sound."""

# Forks share and unshare memory, pipes map and unmap it, md5sum checks that
# no page was lost or mixed up on the way.
WORK = r"""
n=0
while [ $n -lt 12 ]; do
	dd if=/dev/urandom of=/tmp/file bs=64k count=16 2>/dev/null
	want=$(md5sum < /tmp/file)
	(cat /tmp/file | gzip -1 | gzip -d | md5sum > /tmp/sum1) &
	(cp /tmp/file /tmp/copy; sort /tmp/copy > /dev/null; md5sum < /tmp/copy > /tmp/sum2) &
	wait
	[ "$(cat /tmp/sum1)" = "$want" ] && [ "$(cat /tmp/sum2)" = "$want" ] || echo damaged-$n
	n=$((n + 1))
done
echo page-tables-held-$n
"""


def run(s):
    dom0 = s.dom0()
    dom0.tools.create(dom0.guest_config("alpha", memory=96, vcpus=s.combo.smp,
                                        files={"/root/work": WORK}))
    dom0.tools.console("alpha")
    dom0.send("\n")
    dom0.expect(r"guest:\S*# ", 120)
    dom0.send("sh /root/work\n")
    start = len(dom0.text)
    dom0.expect("page-tables-held-12", 400)
    s.check("damaged-" not in dom0.text[start:], "memory held")
    dom0.send("dmesg | grep -c 'Call Trace'\n")
    s.equal(dom0.expect(r"^(\d+)$", 30).group(1), "0", "complaints of the guest's kernel")
    dom0.send("\x1d")
    dom0.expect(r"dom0:\S*# ", 30)
