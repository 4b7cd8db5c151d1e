/* SPDX-License-Identifier: MIT */
/* sources: paging/decode_write.c */
/* Instructions of a guest that stores to its page tables. */
#include "paging/decode_write.h"
#include "x86/insn_bytes.h"

#include "pure.h"
#include <string.h>

void fuzz(struct input *in)
{
	struct regs regs;
	struct write_insn insn;
	u64 old = take(in, 8), value;
	unsigned int n = (unsigned int)MIN(in->left, (size_t)INSN_BYTES_MAX);
	/* Of exactly that size, so that a look beyond is seen. */
	u8 *code = __builtin_memcpy(__builtin_malloc(n + !n), in->data, n);

	memset(&regs, (int)old, sizeof(regs));
	memset(&insn, 0xff, sizeof(insn));
	if (write_decode(code, n, &insn)) {
		must(insn.length >= 1 && insn.length <= n);
		must(insn.size == 1 || insn.size == 2 || insn.size == 4 || insn.size == 8);
		must(insn.reg < 16 && insn.op <= WRITE_XADD);
		if (insn.size < 8)
			old &= (1ULL << (8 * insn.size)) - 1;
		value = write_execute(&insn, old, &regs);
		(void)value;
	}
	__builtin_free(code);
}
