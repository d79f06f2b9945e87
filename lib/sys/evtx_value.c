/* The values of binary event logs, as Windows writes them in XML. */
#include <stdio.h>

#include "evtx_xml.h"
#include "when.h"

static uint64_t
number(struct str s)
{
	uint64_t v = 0;

	for (size_t i = s.n < 8 ? s.n : 8; i-- > 0;)
		v = v << 8 | (unsigned char)s.p[i];
	return v;
}

static void
put_char(struct buf *out, uint32_t c)
{
	char text[16];

	switch (c) {
	case '<':
		buf_add(out, STR("&lt;"));
		return;
	case '>':
		buf_add(out, STR("&gt;"));
		return;
	case '&':
		buf_add(out, STR("&amp;"));
		return;
	case '"':
		buf_add(out, STR("&quot;"));
		return;
	}
	if (c < 0x20) {
		snprintf(text, sizeof(text), "&#%u;", (unsigned)c);
		buf_add(out, str_of(text));
	} else if (c < 0x80) {
		buf_ch(out, (char)c);
	} else if (c < 0x800) {
		buf_ch(out, (char)(0xc0 | c >> 6));
		buf_ch(out, (char)(0x80 | (c & 63)));
	} else {
		if (c < 0x10000) {
			buf_ch(out, (char)(0xe0 | c >> 12));
		} else {
			buf_ch(out, (char)(0xf0 | c >> 18));
			buf_ch(out, (char)(0x80 | (c >> 12 & 63)));
		}
		buf_ch(out, (char)(0x80 | (c >> 6 & 63)));
		buf_ch(out, (char)(0x80 | (c & 63)));
	}
}

/* UTF-16; a NUL ends it. */
static void
put_wide(struct buf *out, struct str s)
{
	for (size_t i = 0; i + 1 < s.n; i += 2) {
		uint32_t c = (uint32_t)number(str_sub(s, i, 2)), low;

		if (c == 0)
			return;
		if (c >= 0xd800 && c < 0xdc00 && i + 3 < s.n) {
			low = (uint32_t)number(str_sub(s, i + 2, 2));
			if (low >= 0xdc00 && low < 0xe000) {
				c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
				i += 2;
			}
		}
		put_char(out, c >= 0xd800 && c < 0xe000 ? 0xfffd : c);
	}
}

static void
put_narrow(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.n && s.p[i]; i++)
		put_char(out, (unsigned char)s.p[i]);
}

static bool
put_signed(struct buf *out, struct str s, size_t size)
{
	uint64_t v, sign = (uint64_t)1 << (8 * size - 1);
	char text[24];

	if (s.n < size)
		return false;
	v = number(str_sub(s, 0, size));
	if (v & sign)
		v |= ~(sign - 1);
	snprintf(text, sizeof(text), "%lld", (long long)v);
	buf_add(out, str_of(text));
	return true;
}

static bool
put_format(struct buf *out, struct str s, size_t size, bool hex)
{
	char text[24];

	if (s.n < size)
		return false;
	if (hex)
		snprintf(text, sizeof(text), "0x%llx",
		    (unsigned long long)number(str_sub(s, 0, size)));
	else
		snprintf(text, sizeof(text), "%llu",
		    (unsigned long long)number(str_sub(s, 0, size)));
	buf_add(out, str_of(text));
	return true;
}

static bool
put_float(struct buf *out, struct str s, size_t size)
{
	char text[40];
	float f = 0;
	double d = 0;

	if (s.n < size)
		return false;
	if (size == sizeof(f)) {
		memcpy(&f, s.p, sizeof(f));
		d = (double)f;
	} else {
		memcpy(&d, s.p, sizeof(d));
	}
	snprintf(text, sizeof(text), "%.17g", d);
	buf_add(out, str_of(text));
	return true;
}

static void
put_hex(struct buf *out, struct str s)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < s.n; i++) {
		buf_ch(out, digits[(unsigned char)s.p[i] >> 4]);
		buf_ch(out, digits[(unsigned char)s.p[i] & 15]);
	}
}

static bool
put_guid(struct buf *out, struct str s)
{
	const unsigned char *u = (const unsigned char *)s.p;
	char text[48];

	if (s.n < 16)
		return false;
	snprintf(text, sizeof(text),
	    "{%08llx-%04llx-%04llx-%02x%02x-%02x%02x%02x%02x%02x%02x}",
	    (unsigned long long)number(str_sub(s, 0, 4)),
	    (unsigned long long)number(str_sub(s, 4, 2)),
	    (unsigned long long)number(str_sub(s, 6, 2)), u[8], u[9], u[10], u[11], u[12],
	    u[13], u[14], u[15]);
	buf_add(out, str_of(text));
	return true;
}

static bool
put_sid(struct buf *out, struct str s)
{
	const unsigned char *u = (const unsigned char *)s.p;
	uint64_t authority = 0;
	char text[32];

	if (s.n < 8 || s.n < 8 + 4 * (size_t)u[1])
		return false;
	for (size_t i = 2; i < 8; i++)
		authority = authority << 8 | u[i];
	snprintf(text, sizeof(text), "S-%u-%llu", u[0], (unsigned long long)authority);
	buf_add(out, str_of(text));
	for (size_t i = 0; i < u[1]; i++) {
		snprintf(text, sizeof(text), "-%llu",
		    (unsigned long long)number(str_sub(s, 8 + 4 * i, 4)));
		buf_add(out, str_of(text));
	}
	return true;
}

/* Tenths of a microsecond since 1601. */
static bool
put_filetime(struct buf *out, struct str s)
{
	const uint64_t epoch = 116444736000000000;
	char text[WHEN_MAX];
	uint64_t v;

	if (s.n < 8)
		return false;
	v = number(s);
	if (v < epoch || v - epoch > INT64_MAX / 100)
		return put_format(out, s, 8, false);
	buf_add(out, (struct str){text, when_text(text, (int64_t)((v - epoch) * 100))});
	return true;
}

static bool
put_systemtime(struct buf *out, struct str s)
{
	char text[64];
	unsigned v[8];

	if (s.n < 16)
		return false;
	for (size_t i = 0; i < 8; i++)
		v[i] = (unsigned)number(str_sub(s, 2 * i, 2));
	snprintf(text, sizeof(text), "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ", v[0], v[1],
	    v[3], v[4], v[5], v[6], v[7]);
	buf_add(out, str_of(text));
	return true;
}

bool
evtx_value(struct str s, unsigned type, struct buf *out)
{
	switch (type) {
	case 0x01:
		return put_wide(out, s), true;
	case 0x02:
		return put_narrow(out, s), true;
	case 0x03:
	case 0x05:
	case 0x07:
	case 0x09:
		return put_signed(out, s, (size_t)1 << (type - 3) / 2);
	case 0x04:
	case 0x06:
	case 0x08:
	case 0x0a:
		return put_format(out, s, (size_t)1 << (type - 4) / 2, false);
	case 0x0b:
		return put_float(out, s, 4);
	case 0x0c:
		return put_float(out, s, 8);
	case 0x0d:
		buf_add(out, number(s) ? STR("true") : STR("false"));
		return true;
	case 0x0e:
		return put_hex(out, s), true;
	case 0x0f:
		return put_guid(out, s);
	case 0x10:
		return put_format(out, s, s.n < 8 ? 4 : 8, true);
	case 0x11:
		return put_filetime(out, s);
	case 0x12:
		return put_systemtime(out, s);
	case 0x13:
		return put_sid(out, s);
	case 0x14:
		return put_format(out, s, 4, true);
	case 0x15:
		return put_format(out, s, 8, true);
	default:
		return false;
	}
}
