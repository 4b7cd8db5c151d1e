/* SPDX-License-Identifier: MIT */
/*
 * The serial console: a 16550 at com1, sink of the log and source of keys.
 *
 * Options: console=com1 | none (a list; vga is accepted and ignored), and
 * com1=<baud>[,<format>[,<port>[,<irq>]]], e.g. com1=115200,8n1,0x3f8,4.
 */
#pragma once

#include "lib/types.h"

/* After cmdline_parse(): start it, if it is there and wanted, and register it with the log. */
void uart_init(void);

bool uart_present(void);
u16 uart_port(void);	     /* its eight I/O ports, which dom0 must not touch */
unsigned int uart_irq(void); /* ISA interrupt number */

/*
 * Output is polled until uart_enable_interrupts(), then buffered and moved by
 * uart_interrupt(), to be called for its interrupt (interrupts off).
 */
void uart_enable_interrupts(void);
void uart_interrupt(void);

/* Write out what is buffered and go back to polling, lock or no lock: panic and reset. */
void uart_set_polled(void);

/* @fn gets each received byte, in interrupt context. */
void uart_set_input(void (*fn)(char c));
