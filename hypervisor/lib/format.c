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
	bool left, zero, alt, plus, upper, has_prec;
	int width, prec;
	int length; /* 8, 16, 32 or 64 bits */
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

static void put_string(struct out *o, const struct spec *s, const char *text)
{
	size_t n;

	if (!text)
		text = "(null)";
	n = s->has_prec ? strnlen(text, s->prec) : strlen(text);
	if (!s->left)
		pad(o, ' ', s->width - (int)n);
	for (size_t i = 0; i < n; i++)
		put(o, text[i]);
	if (s->left)
		pad(o, ' ', s->width - (int)n);
}

static void put_number(struct out *o, const struct spec *s, u64 v, unsigned int base, char sign)
{
	const char *digits = s->upper ? "0123456789ABCDEF" : "0123456789abcdef";
	char text[24], prefix[3];
	int n = 0, np = 0, zeros, spaces;
	bool nonzero = v != 0;

	for (; v; v /= base)
		text[n++] = digits[v % base];
	if (!n && !(s->has_prec && !s->prec))
		text[n++] = '0';
	if (sign)
		prefix[np++] = sign;
	if (s->alt && base == 16 && nonzero) {
		prefix[np++] = '0';
		prefix[np++] = s->upper ? 'X' : 'x';
	}
	zeros = s->has_prec ? s->prec - n : 0;
	if (!s->has_prec && s->zero && !s->left)
		zeros = s->width - n - np;
	if (s->alt && base == 8 && zeros < 1 && (nonzero || !n))
		zeros = 1;
	zeros = MAX(zeros, 0);
	spaces = s->width - n - np - zeros;
	if (!s->left)
		pad(o, ' ', spaces);
	for (int i = 0; i < np; i++)
		put(o, prefix[i]);
	pad(o, '0', zeros);
	while (n)
		put(o, text[--n]);
	if (s->left)
		pad(o, ' ', spaces);
}

static const char *parse_flags(const char *f, struct spec *s)
{
	for (;; f++) {
		switch (*f) {
		case '-': s->left = true; break;
		case '0': s->zero = true; break;
		case '#': s->alt = true; break;
		case '+': s->plus = true; break;
		default: return f;
		}
	}
}

static const char *parse_int(const char *f, int *n)
{
	for (*n = 0; *f >= '0' && *f <= '9'; f++)
		*n = *n * 10 + (*f - '0');
	return f;
}

static const char *parse_length(const char *f, struct spec *s)
{
	s->length = 32;
	if (*f == 'h') {
		s->length = 16;
		if (*++f == 'h') {
			s->length = 8;
			f++;
		}
	} else if (*f == 'l' || *f == 'z') {
		s->length = 64;
		if (*f++ == 'l' && *f == 'l')
			f++;
	}
	return f;
}

static s64 sign_extend(u64 v, int bits)
{
	return (s64)(v << (64 - bits)) >> (64 - bits);
}

static u64 truncate(u64 v, int bits)
{
	return bits == 64 ? v : v & ((1ULL << bits) - 1);
}

int vsnprintf(char *buf, size_t size, const char *fmt, va_list ap)
{
	struct out o = { .buf = buf, .size = size };

	for (; *fmt; fmt++) {
		struct spec s = { 0 };
		u64 v;

		if (*fmt != '%') {
			put(&o, *fmt);
			continue;
		}
		fmt = parse_flags(fmt + 1, &s);
		if (*fmt == '*') {
			s.width = va_arg(ap, int);
			if (s.width < 0) {
				s.left = true;
				s.width = -s.width;
			}
			fmt++;
		} else {
			fmt = parse_int(fmt, &s.width);
		}
		if (*fmt == '.') {
			s.has_prec = true;
			if (*++fmt == '*') {
				s.prec = va_arg(ap, int);
				s.has_prec = s.prec >= 0;
				fmt++;
			} else {
				fmt = parse_int(fmt, &s.prec);
			}
		}
		fmt = parse_length(fmt, &s);
		switch (*fmt) {
		case 'c': {
			char c[2] = { (char)va_arg(ap, int), 0 };

			if (!c[0])
				put(&o, 0);
			else
				put_string(&o, &s, c);
			break;
		}
		case 's': put_string(&o, &s, va_arg(ap, const char *)); break;
		case 'p':
			s.has_prec = true;
			s.prec = 16;
			put_number(&o, &s, (u64)va_arg(ap, void *), 16, 0);
			break;
		case 'd':
		case 'i': {
			s64 n = s.length == 64 ? va_arg(ap, s64) : va_arg(ap, int);

			n = sign_extend(n, s.length);
			put_number(&o, &s, n < 0 ? -(u64)n : (u64)n, 10,
				   n < 0    ? '-'
				   : s.plus ? '+'
					    : 0);
			break;
		}
		case 'u':
		case 'x':
		case 'X':
		case 'o':
			v = s.length == 64 ? va_arg(ap, u64) : va_arg(ap, unsigned int);
			s.upper = *fmt == 'X';
			put_number(&o, &s, truncate(v, s.length),
				   *fmt == 'u'	 ? 10
				   : *fmt == 'o' ? 8
						 : 16,
				   0);
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
