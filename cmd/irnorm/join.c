#include "join.h"
#include "audit.h"
#include "mem.h"

#define GROUPS  64
#define LONGEST ((size_t)256 * 1024)
#define WAIT_S  2

struct join {
	struct joined v[GROUPS]; /* in order of their first records */
	size_t n;
	void (*emit)(void *ctx, const struct joined *);
	void *ctx;
};

struct join *
join_new(void (*emit)(void *ctx, const struct joined *), void *ctx)
{
	struct join *j = mem_new(1, sizeof(*j));

	j->emit = emit;
	j->ctx = ctx;
	return j;
}

void
join_free(struct join *j)
{
	if (!j)
		return;
	for (size_t i = 0; i < j->n; i++)
		buf_free(&j->v[i].text);
	mem_free(j);
}

/* "[node=N ]type=T msg=audit(sec.ms:serial):" */
static bool
read_head(struct str line, struct str *type, struct str *key)
{
	struct str s = line;
	size_t end;

	if (str_starts(s, STR("node=")))
		s = str_from(s, str_chr(s, ' ') + 1);
	if (!str_starts(s, STR("type=")))
		return false;
	s = str_from(s, 5);
	*type = str_sub(s, 0, str_chr(s, ' '));
	s = str_from(s, type->n);
	end = str_chr(s, ')');
	if (!str_starts(s, STR(" msg=audit(")) || end == STR_NPOS || end > 64)
		return false;
	*key = (struct str){line.p, (size_t)(s.p + end - line.p)};
	return true;
}

/* Records of the kernel may have fellows; those of programs have none. */
static bool
is_kernels(struct str type)
{
	unsigned number = audit_number(type);

	return number >= 1300 && number < 1900;
}

static void
leave(struct join *j, size_t i)
{
	j->emit(j->ctx, &j->v[i]);
	buf_free(&j->v[i].text);
	memmove(&j->v[i], &j->v[i + 1], (j->n - i - 1) * sizeof(j->v[0]));
	j->n--;
}

/* Node and serial: the same event, whatever the record. */
static bool
make_key(struct str line, struct str key, char out[96], int64_t *sec)
{
	size_t at = str_find(key, STR("msg=audit("));
	struct str serial = str_from(key, at + 10), node = STR("");
	uint64_t v = 0;

	if (str_starts(line, STR("node=")))
		node = str_sub(line, 0, str_chr(line, ' '));
	if (node.n + serial.n + 1 >= 96)
		return false;
	memcpy(out, node.p, node.n);
	memcpy(out + node.n, serial.p, serial.n);
	out[node.n + serial.n] = '\0';
	str_u64(str_sub(serial, 0, str_chr(serial, '.')), &v);
	*sec = (int64_t)v;
	return true;
}

static struct joined *
group(struct join *j, size_t input, const char key[96])
{
	for (size_t i = j->n; i-- > 0;)
		if (j->v[i].input == input && strcmp(j->v[i].key, key) == 0)
			return &j->v[i];
	return NULL;
}

bool
join_add(
    struct join *j, size_t input, const char *source, uint64_t offset, struct str line)
{
	struct str type, head;
	struct joined *g;
	char key[96];
	int64_t sec;

	if (!read_head(line, &type, &head) || !is_kernels(type) ||
	    !make_key(line, head, key, &sec))
		return false;
	for (size_t i = 0; i < j->n;)
		if (j->v[i].input == input && j->v[i].sec + WAIT_S < sec)
			leave(j, i);
		else
			i++;
	g = group(j, input, key);
	if (!g && j->n == GROUPS)
		leave(j, 0);
	if (!g) {
		g = &j->v[j->n++];
		*g = (struct joined){.input = input, .offset = offset, .sec = sec};
		memcpy(g->source, source, sizeof(g->source));
		memcpy(g->key, key, sizeof(g->key));
		g->text = buf_make(LONGEST);
	} else {
		buf_ch(&g->text, '\n');
	}
	buf_add(&g->text, line);
	if (str_eq(type, STR("PROCTITLE")) || str_eq(type, STR("EOE")))
		leave(j, (size_t)(g - j->v));
	return true;
}

void
join_end(struct join *j)
{
	while (j->n)
		leave(j, 0);
}
