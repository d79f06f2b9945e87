#include "buf.h"
#include "mem.h"
#include "sha256.h"
#include "template_inside.h"

/* A hole and a hole behind it that only a joint is between are one. */
static bool
joins(const struct template *p, size_t i)
{
	return i + 2 < p->n && p->v[i + 1].kind == LEX_MARK && !p->v[i + 1].blank &&
	       !p->v[i + 2].blank && p->hash[i + 2] == TEMPLATE_HOLE &&
	       p->v[i + 1].text.n == 1 && memchr(":/.@#-", p->v[i + 1].text.p[0], 6);
}

static void
tell(struct template *p)
{
	struct buf b = buf_make((size_t)1024 * 1024);

	for (size_t i = 0; i < p->n; i++) {
		if (i && p->v[i].blank)
			buf_ch(&b, ' ');
		if (p->hash[i] != TEMPLATE_HOLE) {
			buf_add(&b, p->v[i].text);
			continue;
		}
		while (joins(p, i))
			i += 2;
		if (i + 1 < p->n && p->v[i + 1].kind == LEX_UNIT &&
		    p->hash[i + 1] == TEMPLATE_HOLE)
			i++;
		while (
		    i + 1 < p->n && p->hash[i + 1] == TEMPLATE_HOLE && !p->v[i + 1].blank)
			i++;
		buf_add(&b, STR("<*>"));
	}
	mem_free(p->told);
	p->told = mem_text(buf_str(&b));
	sha256_id(p->id, 1, (struct str[]){buf_str(&b)});
	p->stale = false;
	buf_free(&b);
}

struct str
template_text(const struct template *p)
{
	if (p->stale)
		tell((struct template *)(uintptr_t)p);
	return str_of(p->told);
}

struct str
template_id(const struct template *p)
{
	if (p->stale)
		tell((struct template *)(uintptr_t)p);
	return (struct str){p->id, 32};
}

uint64_t
template_count(const struct template *p)
{
	return p->count;
}

size_t
template_words(const struct template *p, const struct lexeme **v)
{
	*v = p->v;
	return p->n;
}
