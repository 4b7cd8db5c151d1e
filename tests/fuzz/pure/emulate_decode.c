/* SPDX-License-Identifier: MIT */
/* sources: pv/emulate_decode.c */
/* Instructions that fault at privilege level 3. */
#include "pv/emulate_decode.h"
#include "x86/insn_bytes.h"

#include "pure.h"

void fuzz(struct input *in)
{
	bool long_mode = take(in, 1) & 1;
	unsigned int n = (unsigned int)MIN(in->left, (size_t)INSN_BYTES_MAX);
	u8 *code = __builtin_memcpy(__builtin_malloc(n + !n), in->data, n);
	struct decoded d;

	__builtin_memset(&d, 0, sizeof(d));
	if (emulate_decode(code, n, long_mode, &d)) {
		must(d.length >= 1 && d.length <= n);
		must(d.op <= DECODE_OUTS && d.reg < 16 && d.special < 16);
		if (d.op >= DECODE_IN)
			must(d.size == 1 || d.size == 2 || d.size == 4);
	}
	__builtin_free(code);
}
