#include "audit.h"
#include "ip.h"

/* A name that starts with a NUL is an abstract one. */
static struct str
path_of(struct arena *a, struct str b)
{
	struct str path = b.p[0] ? b : CAT(a, STR("@"), str_from(b, 1));

	return str_sub(path, 0, str_chr(path, '\0'));
}

static void
set_address(struct arena *a, struct str b, const struct ip *ip, struct audit_socket *s)
{
	unsigned port = (unsigned)(unsigned char)b.p[2] << 8 | (unsigned char)b.p[3];
	char text[IP_MAX];

	s->ip = arena_copy(a, (struct str){text, ip_text(text, ip)});
	s->port = arena_fmt(a, "%u", port);
}

bool
audit_socket(struct arena *a, struct str hex, struct audit_socket *s)
{
	struct str b;
	struct ip ip = {0};

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
		ip.v = 4;
		if (b.n < 8)
			break;
		memcpy(ip.b, b.p + 4, 4);
		set_address(a, b, &ip, s);
		break;
	case 10:
		s->family = STR("inet6");
		ip.v = 6;
		if (b.n < 24)
			break;
		memcpy(ip.b, b.p + 8, 16);
		set_address(a, b, &ip, s);
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
