/* SPDX-License-Identifier: MIT */
/*
 * printf-style formatting into a buffer, without allocation or locale.
 */
#include "lib/format.h"
#include "lib/string.h"

struct out {
	char *buf;
	size_t size, len; /* len counts what did not fit, too */
};

struct spec {
	bool left, zero, alt, is64;
	int width;
};

static void put(struct out *o, char c)
{
	if (o->len < o->size)
		o->buf[o->len] = c;
	o->len++;
}

static void pad(struct out *o, char c, int n)
{
	for (; n > 0; n--)
		put(o, c);
}

static void put_text(struct out *o, const char *text, size_t n)
{
	while (n--)
		put(o, *text++);
}

/* @prefix and @text, with blanks before or behind, or zeroes between the two. */
static void put_field(struct out *o, const struct spec *s, const char *prefix, const char *text,
		      size_t n)
{
	int fill = s->width - (int)(strlen(prefix) + n);

	if (!s->left && !s->zero)
		pad(o, ' ', fill);
	put_text(o, prefix, strlen(prefix));
	if (!s->left && s->zero)
		pad(o, '0', fill);
	put_text(o, text, n);
	if (s->left)
		pad(o, ' ', fill);
}

static void put_number(struct out *o, const struct spec *s, u64 v, unsigned int base, bool negative)
{
	const char *prefix = negative ? "-" : s->alt && v && base == 16 ? "0x" : "";
	char text[20], *at = text + sizeof(text);

	do
		*--at = "0123456789abcdef"[v % base];
	while (v /= base);
	put_field(o, s, prefix, at, (size_t)(text + sizeof(text) - at));
}

/* Flags, width and length behind a '%'; where the conversion is. */
static const char *parse_spec(const char *f, struct spec *s)
{
	for (;; f++) {
		if (*f == '-')
			s->left = true;
		else if (*f == '0')
			s->zero = true;
		else if (*f == '#')
			s->alt = true;
		else
			break;
	}
	for (; *f >= '0' && *f <= '9'; f++)
		s->width = s->width * 10 + (*f - '0');
	for (; *f == 'l' || *f == 'z'; f++)
		s->is64 = true;
	return f;
}

int vsnprintf(char *buf, size_t size, const char *fmt, va_list ap)
{
	struct out o = { .buf = buf, .size = size };

	for (; *fmt; fmt++) {
		struct spec s = { 0 };
		const char *text;
		char c;
		s64 n;

		if (*fmt != '%') {
			put(&o, *fmt);
			continue;
		}
		fmt = parse_spec(fmt + 1, &s);
		switch (*fmt) {
		case 'c':
			c = (char)va_arg(ap, int);
			put_field(&o, &s, "", &c, 1);
			break;
		case 's':
			text = va_arg(ap, const char *);
			text = text ? text : "(null)";
			put_field(&o, &s, "", text, strlen(text));
			break;
		case 'p':
			s = (struct spec){ .zero = true, .width = 16 };
			put_number(&o, &s, (u64)va_arg(ap, void *), 16, false);
			break;
		case 'd':
			n = s.is64 ? va_arg(ap, s64) : va_arg(ap, int);
			put_number(&o, &s, n < 0 ? -(u64)n : (u64)n, 10, n < 0);
			break;
		case 'u':
		case 'x':
			put_number(&o, &s, s.is64 ? va_arg(ap, u64) : va_arg(ap, unsigned int),
				   *fmt == 'u' ? 10 : 16, false);
			break;
		case '%': put(&o, '%'); break;
		case 0: fmt--; break; /* the text ends within a conversion */
		default:	      /* unknown: show it, so that the mistake is seen */
			put(&o, '%');
			put(&o, *fmt);
		}
	}
	if (size)
		buf[MIN(o.len, size - 1)] = 0;
	return o.len;
}

int snprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(buf, size, fmt, ap);
	va_end(ap);
	return n;
}
