#include "audit.h"
#include "ip.h"

/* A name that starts with a NUL is an abstract one. */
static struct str
path_of(struct arena *a, struct str b)
{
	struct str path = b.p[0] ? b : CAT(a, STR("@"), str_from(b, 1));

	return str_sub(path, 0, str_chr(path, '\0'));
}

/* The address of version `v` that stands at `at`, and the port at 2. */
static void
set_address(struct arena *a, struct str b, uint8_t v, size_t at, struct audit_socket *s)
{
	size_t n = v == 4 ? 4 : 16;
	struct ip ip = {.v = v};
	char text[IP_MAX];

	if (b.n < at + n)
		return;
	memcpy(ip.b, b.p + at, n);
	s->ip = arena_copy(a, (struct str){text, ip_text(text, &ip)});
	s->port = arena_fmt(
	    a, "%u", (unsigned)(unsigned char)b.p[2] << 8 | (unsigned char)b.p[3]);
}

bool
audit_socket(struct arena *a, struct str hex, struct audit_socket *s)
{
	struct str b;

	*s = (struct audit_socket){.family = STR("other")};
	if (!audit_is_hex(hex) || hex.n < 8 || hex.n > 512)
		return false;
	b = audit_unhex(a, hex);
	switch ((unsigned char)b.p[0] | (unsigned char)b.p[1] << 8) {
	case 1:
		s->family = STR("unix");
		s->path = path_of(a, str_from(b, 2));
		break;
	case 2:
		s->family = STR("inet");
		set_address(a, b, 4, 4, s);
		break;
	case 10:
		s->family = STR("inet6");
		set_address(a, b, 6, 8, s);
		break;
	case 16:
		s->family = STR("netlink");
		break;
	case 17:
		s->family = STR("packet");
		break;
	}
	return true;
}
