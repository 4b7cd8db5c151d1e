/* SPDX-License-Identifier: MIT */
/*
 * The last so many bytes that a guest wrote.
 */
#include "console/scrollback.h"

#include <string.h>

#define MASK (SCROLLBACK_BYTES - 1)

void scrollback_add(struct scrollback *s, const char *buf, size_t len)
{
	if (len > SCROLLBACK_BYTES) {
		s->end += len - SCROLLBACK_BYTES;
		buf += len - SCROLLBACK_BYTES;
		len = SCROLLBACK_BYTES;
	}
	while (len > 0) {
		size_t at = s->end & MASK;
		size_t n = SCROLLBACK_BYTES - at;

		if (n > len)
			n = len;
		memcpy(s->bytes + at, buf, n);
		s->end += n;
		buf += n;
		len -= n;
	}
}

uint64_t scrollback_start(const struct scrollback *s)
{
	return s->end > SCROLLBACK_BYTES ? s->end - SCROLLBACK_BYTES : 0;
}

size_t scrollback_peek(const struct scrollback *s, uint64_t *pos, const char **data)
{
	size_t at, n;

	if (*pos < scrollback_start(s))
		*pos = scrollback_start(s);
	if (*pos >= s->end)
		return 0;
	at = *pos & MASK;
	n = SCROLLBACK_BYTES - at;
	if (n > s->end - *pos)
		n = (size_t)(s->end - *pos);
	*data = s->bytes + at;
	return n;
}
