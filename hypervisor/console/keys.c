/* SPDX-License-Identifier: MIT */
/*
 * The table of debug keys.
 */
#include "console/keys.h"
#include "console/log.h"

#define KEYS 128

static struct {
	void (*fn)(char key);
	const char *text;
} keys[KEYS];

void keys_register(char key, void (*fn)(char key), const char *text)
{
	u8 k = key;

	if (k >= KEYS)
		return;
	keys[k].text = text;
	keys[k].fn = fn;
}

bool keys_describe(u32 key)
{
	if (key < KEYS && keys[key].fn)
		log_err("  %c  %s\n", (int)key, keys[key].text);
	return key < KEYS;
}

void keys_press(char key)
{
	u8 k = key;

	if (k < KEYS && keys[k].fn)
		keys[k].fn(key);
	else if (k > ' ' && k < 127)
		log_err("Key '%c' has no meaning; 'h' lists those that do.\n", key);
}
