/* SPDX-License-Identifier: MIT */
/*
 * Reading the battery-backed clock.
 */
#include "time/rtc.h"

#include "lib/string.h"
#include "x86/insn.h"

#define PORT_INDEX 0x70
#define PORT_DATA  0x71
#define REG_A	   0x0a
#define REG_B	   0x0b
#define UPDATING   0x80

static u8 reg(u8 index)
{
	insn_outb(PORT_INDEX, index);
	return insn_inb(PORT_DATA);
}

static void snapshot(u8 raw[6])
{
	static const u8 index[6] = { 0, 2, 4, 7, 8, 9 };

	/* An update takes 2 ms at most; a stuck flag must not hold us. */
	for (unsigned int i = 0; i < 100000 && reg(REG_A) & UPDATING; i++)
		insn_pause();
	for (unsigned int i = 0; i < 6; i++)
		raw[i] = reg(index[i]);
}

u64 rtc_read(void)
{
	u8 first[6], second[6];
	struct rtc_time t;

	/* Two equal snapshots are not torn by an update. */
	snapshot(first);
	for (unsigned int tries = 0; tries < 10; tries++) {
		snapshot(second);
		if (!memcmp(first, second, sizeof(first)))
			return rtc_decode(first, reg(REG_B), &t) ? rtc_to_epoch(&t) : 0;
		memcpy(first, second, sizeof(first));
	}
	return 0;
}
