/* SPDX-License-Identifier: MIT */
/*
 * The 16550 serial port (National PC16550D data sheet).
 *
 * A byte takes 87 us at 115200 baud, so output is buffered and the transmit
 * interrupt drains the buffer, sixteen bytes at a time.  Who can wait does so
 * while the line is busy, without holding up others (log_busy()), and leaves
 * half of the buffer to those who cannot.  What they write to a full buffer is
 * lost on the line, which says so; the log's ring has it.
 */
#include "platform/uart.h"

#include "console/log.h"
#include "lib/string.h"
#include "platform/cmdline.h"
#include "x86/spinlock.h"

#define REG_DATA 0 /* divisor low with DLAB */
#define REG_IER	 1 /* divisor high with DLAB */
#define REG_FCR	 2 /* read: IIR */
#define REG_LCR	 3
#define REG_MCR	 4
#define REG_LSR	 5
#define REG_SCR	 7

#define IER_RX	     0x01
#define IER_TX	     0x02
#define IIR_NONE     0x01
#define FCR_ENABLE   0x87 /* FIFOs on and cleared, interrupt at 8 bytes */
#define LCR_DLAB     0x80
#define MCR_READY    0x0b /* DTR, RTS, OUT2 (the interrupt gate) */
#define LSR_RX	     0x01
#define LSR_TX_EMPTY 0x20
#define FIFO_SIZE    16
#define BASE_CLOCK   115200

#define BUFFER_SIZE 16384
/* A line that stays busy this long is not there; do not hang the machine on it. */
#define MAX_POLLS 1000000

static struct {
	bool wanted, present, interrupts, lost;
	u32 baud;
	u8 lcr;
	u16 port;
	u32 irq;
	void (*input)(char c);
	struct spinlock lock; /* protects: what follows, IER */
	u32 polls;	      /* looks at the transmitter since it was last empty */
	u32 head, tail;	      /* bytes put in, bytes taken out */
	char buffer[BUFFER_SIZE];
} uart = { .wanted = true, .baud = 115200, .lcr = 0x03, .port = 0x3f8, .irq = 4 };

/* "8n1": data bits 5 to 8, parity n, o, e, m or s, stop bits 1 or 2. */
static bool parse_format(const char *s, u8 *lcr)
{
	static const char parities[] = "no e m s"; /* index: LCR bits 3 to 5 */
	static const u8 bits[] = { 0x00, 0x08, 0, 0x18, 0, 0x28, 0, 0x38 };
	const char *parity;

	if (s[0] < '5' || s[0] > '8' || !s[1] || s[1] == ' ' || (s[2] != '1' && s[2] != '2'))
		return false;
	parity = strchr(parities, s[1]);
	if (!parity)
		return false;
	*lcr = (u8)((s[0] - '5') | bits[parity - parities] | (s[2] == '2' ? 0x04 : 0));
	return true;
}

static bool parse_com1(const char *value)
{
	const char *s = value;
	u64 n;

	if (!strncmp(s, "auto", 4)) {
		s += 4;
	} else if (*s && *s != ',') {
		if (!string_to_u64(s, &s, &n) || n == 0 || n > BASE_CLOCK || BASE_CLOCK % n)
			return false;
		uart.baud = (u32)n;
	}
	if (*s == ',' && *++s && *s != ',') {
		if (!parse_format(s, &uart.lcr))
			return false;
		s += 3;
	}
	if (*s == ',' && *++s && *s != ',') {
		if (!string_to_u64(s, &s, &n) || n == 0 || n > 0xfff8)
			return false;
		uart.port = (u16)n;
	}
	if (*s == ',' && *++s) {
		if (!string_to_u64(s, &s, &n) || n > 15)
			return false;
		uart.irq = (u32)n;
	}
	return *s == '\0';
}
CMDLINE_OPTION("com1", parse_com1);

static bool parse_console(const char *value)
{
	bool good = true;

	uart.wanted = false;
	while (*value) {
		const char *end = strchr(value, ',');
		size_t len = end ? (size_t)(end - value) : strlen(value);

		if (len == 4 && !strncmp(value, "com1", 4))
			uart.wanted = true;
		else if (!(len == 3 && !strncmp(value, "vga", 3)) &&
			 !(len == 4 && !strncmp(value, "none", 4)))
			good = false;
		value += len + (end != NULL);
	}
	return good;
}
CMDLINE_OPTION("console", parse_console);

static u8 in(u16 reg)
{
	return insn_inb((u16)(uart.port + reg));
}

static void out(u16 reg, u8 value)
{
	insn_outb((u16)(uart.port + reg), value);
}

/* Move up to a FIFO of bytes from the buffer, if the transmitter is empty. */
static void transmit(void)
{
	if (in(REG_LSR)&LSR_TX_EMPTY) {
		uart.polls = 0;
		for (unsigned int i = 0; i < FIFO_SIZE && uart.tail != uart.head; i++)
			out(REG_DATA, (u8)uart.buffer[uart.tail++ % BUFFER_SIZE]);
	} else if (++uart.polls == MAX_POLLS) {
		uart.polls = 0;
		uart.tail = uart.head;
	}
}

static void drain(u32 keep)
{
	while (uart.head - uart.tail > keep) {
		transmit();
		insn_pause();
	}
}

static void put(char c)
{
	if (uart.head - uart.tail == BUFFER_SIZE) {
		uart.lost = uart.interrupts;
		if (uart.lost)
			return;
		drain(BUFFER_SIZE - FIFO_SIZE);
	}
	uart.buffer[uart.head++ % BUFFER_SIZE] = c;
}

static void put_text(const char *text, size_t len)
{
	while (len--) {
		if (*text == '\n')
			put('\r');
		put(*text++);
	}
}

/* A machine check or double fault may have struck this CPU's own writing: it goes on without the lock. */
static void uart_write(const char *text, size_t len)
{
	static const char note[] = "\n(some lines were lost here)\n";
	u64 flags = insn_irq_save();
	bool held = spin_held(&uart.lock);

	if (!held)
		spin_lock(&uart.lock);
	if (uart.lost && uart.head - uart.tail <= BUFFER_SIZE / 2) {
		uart.lost = false;
		put_text(note, sizeof(note) - 1);
	}
	put_text(text, len);
	if (uart.interrupts) {
		transmit();
		out(REG_IER, uart.head == uart.tail ? IER_RX : IER_RX | IER_TX);
	} else {
		drain(0);
	}
	if (!held)
		spin_unlock(&uart.lock);
	insn_irq_restore(flags);
}

/* Also a transmitter that never gets empty is given up here, some time. */
static bool uart_busy(void)
{
	SPIN_HOLD_IRQ(&uart.lock);
	bool busy = uart.interrupts && uart.head - uart.tail > BUFFER_SIZE / 2;

	if (busy)
		transmit();
	return busy;
}

void uart_init(void)
{
	static struct log_sink sink = { .write = uart_write, .busy = uart_busy };
	u16 divisor = (u16)(BASE_CLOCK / uart.baud);

	if (!uart.wanted)
		return;
	/* The scratch register remembers if somebody is at home. */
	out(REG_SCR, 0x5a);
	if (in(REG_SCR) != 0x5a)
		return;
	out(REG_IER, 0);
	out(REG_LCR, LCR_DLAB);
	out(REG_DATA, (u8)divisor);
	out(REG_IER, (u8)(divisor >> 8));
	out(REG_LCR, uart.lcr);
	out(REG_FCR, FCR_ENABLE);
	out(REG_MCR, MCR_READY);
	uart.present = true;
	log_register_sink(&sink);
}

bool uart_present(void)
{
	return uart.present;
}

u16 uart_port(void)
{
	return uart.port;
}

unsigned int uart_irq(void)
{
	return uart.irq;
}

void uart_enable_interrupts(void)
{
	if (!uart.present)
		return;
	SPIN_HOLD_IRQ(&uart.lock);
	uart.interrupts = true;
	out(REG_IER, uart.head == uart.tail ? IER_RX : IER_RX | IER_TX);
}

static void receive(void)
{
	/* Bounded, so that a port that reads as all ones cannot hold us here. */
	for (unsigned int i = 0; i < 4 * FIFO_SIZE && in(REG_LSR)&LSR_RX; i++) {
		char c = (char)in(REG_DATA);
		void (*input)(char) = READ_ONCE(uart.input);

		if (input)
			input(c);
	}
}

void uart_interrupt(void)
{
	for (unsigned int i = 0; i < 8 && !(in(REG_FCR)&IIR_NONE); i++) {
		receive();
		spin_lock(&uart.lock);
		transmit();
		if (uart.head == uart.tail)
			out(REG_IER, IER_RX);
		spin_unlock(&uart.lock);
	}
	/*
	 * The line is edge-triggered: if it stayed up, as with more to do than
	 * one call should, no interrupt would ever come again.  Down and up.
	 */
	if (!(in(REG_FCR)&IIR_NONE)) {
		spin_lock(&uart.lock);
		out(REG_IER, 0);
		out(REG_IER, uart.head == uart.tail ? IER_RX : IER_RX | IER_TX);
		spin_unlock(&uart.lock);
	}
}

void uart_set_polled(void)
{
	if (!uart.present)
		return;
	uart.interrupts = false;
	spin_init(&uart.lock);
	out(REG_IER, 0);
	drain(0);
}

void uart_set_input(void (*fn)(char c))
{
	WRITE_ONCE(uart.input, fn);
}
