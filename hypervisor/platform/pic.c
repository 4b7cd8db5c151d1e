/* SPDX-License-Identifier: MIT */
/*
 * The two 8259 interrupt controllers.  Even masked, they can raise a spurious
 * interrupt, which must not look like an exception; hence the new base.
 */
#include "platform/pic.h"

#include "x86/insn.h"

#define PIC1_COMMAND 0x20
#define PIC1_DATA    0x21
#define PIC2_COMMAND 0xa0
#define PIC2_DATA    0xa1

#define ICW1_INIT_ICW4 0x11
#define ICW4_8086      0x01
#define VECTOR_BASE    0x20

void pic_disable(void)
{
	insn_outb(PIC1_COMMAND, ICW1_INIT_ICW4);
	insn_outb(PIC2_COMMAND, ICW1_INIT_ICW4);
	insn_outb(PIC1_DATA, VECTOR_BASE);
	insn_outb(PIC2_DATA, VECTOR_BASE + 8);
	insn_outb(PIC1_DATA, 1 << 2); /* the slave hangs on line 2 */
	insn_outb(PIC2_DATA, 2);
	insn_outb(PIC1_DATA, ICW4_8086);
	insn_outb(PIC2_DATA, ICW4_8086);
	insn_outb(PIC1_DATA, 0xff);
	insn_outb(PIC2_DATA, 0xff);
}
