# SPDX-License-Identifier: MIT
# Turns `nm -n` of a linked image into the assembly of console/symbols.c's
# table.  The table goes behind the text, so that the second link moves none.
BEGIN {
	n = 0
	print "\t.section .symbols, \"a\"\n\t.globl symbols_count, symbols_offset, symbols_name, symbols_text"
}
$2 ~ /^[tT]$/ && $3 !~ /^\./ && $1 != last {
	last = $1
	addr[n] = substr($1, length($1) - 7)
	name[n++] = $3
}
END {
	print "\t.balign 4\nsymbols_count:\n\t.long " n + 0 "\nsymbols_offset:"
	for (i = 0; i < n; i++)
		print "\t.long 0x" addr[i]
	print "symbols_name:"
	for (i = 0; i < n; i++) {
		print "\t.long " at + 0
		at += length(name[i]) + 1
	}
	print "symbols_text:"
	for (i = 0; i < n; i++)
		print "\t.asciz \"" name[i] "\""
	print "\t.section .note.GNU-stack, \"\", @progbits"
}
