#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "arena.h"
#include "file.h"
#include "json.h"
#include "map.h"
#include "mem.h"
#include "model.h"
#include "sha256.h"

#define MODEL_MAX ((size_t)16 * 1024 * 1024)

struct model {
	struct arena *a;
	struct model_head head;
	struct weight *weights;
	size_t n, cap;
	struct map *by_token; /* to its struct weight */
	char id[17];
};

void
model_free(struct model *m)
{
	if (!m)
		return;
	map_free(m->by_token);
	mem_free(m->weights);
	arena_free(m->a);
	mem_free(m);
}

/* --- reading --- */

static bool
number(struct arena *a, struct str object, const char *name, double *v)
{
	return json_num(json_get(a, object, str_of(name)), v) && isfinite(*v);
}

static bool
count(struct arena *a, struct str object, const char *name, uint64_t *v)
{
	int64_t i;

	if (!json_i64(json_get(a, object, str_of(name)), &i) || i < 0)
		return false;
	*v = (uint64_t)i;
	return true;
}

static bool
read_head(struct model *m, struct str line, const char *name, struct err *e)
{
	struct model_head *h = &m->head;
	uint64_t version = 0, features = 0;
	struct str made;

	if (!json_valid(line, NULL) ||
	    !str_eq(json_text(m->a, json_get(m->a, line, STR("format"))),
		STR(MODEL_FORMAT))) {
		err_set(e, ERR_CONFIG, "%s:1: this is no model of irscore", name);
		return false;
	}
	if (!count(m->a, line, "version", &version) || version != MODEL_VERSION ||
	    !count(m->a, line, "features", &features) || features != MODEL_FEATURES) {
		err_set(e, ERR_CONFIG,
		    "%s:1: a model of another version (%u.%u is wanted); train it anew",
		    name, MODEL_VERSION, MODEL_FEATURES);
		return false;
	}
	made = json_text(m->a, json_get(m->a, line, STR("made_of")));
	h->note = json_text(m->a, json_get(m->a, line, STR("note")));
	if (made.n != 64 || !count(m->a, line, "rows", &h->rows) ||
	    !count(m->a, line, "positive", &h->positive) ||
	    !number(m->a, line, "cost", &h->cost) ||
	    !number(m->a, line, "bias", &h->bias) ||
	    !number(m->a, line, "scale", &h->scale) || !(h->scale > 0) ||
	    !number(m->a, line, "shift", &h->shift) ||
	    !count(m->a, line, "first_day", &h->first_day) ||
	    !count(m->a, line, "last_day", &h->last_day) ||
	    !count(m->a, line, "tested", &h->tested) ||
	    !number(m->a, line, "ap", &h->ap) || !number(m->a, line, "ece", &h->ece)) {
		err_set(e, ERR_CONFIG, "%s:1: the header is not whole", name);
		return false;
	}
	memcpy(h->made_of, made.p, made.n);
	return true;
}

static bool
read_weight(struct model *m, struct str line, struct weight *w)
{
	return json_valid(line, NULL) &&
	       (w->token = json_text(m->a, json_get(m->a, line, STR("token")))).n > 0 &&
	       number(m->a, line, "weight", &w->w);
}

static bool
read_all(struct model *m, struct str text, const char *name, struct err *e)
{
	if (!read_head(m, str_cut(&text, '\n'), name, e))
		return false;
	for (unsigned n = 2; text.n; n++) {
		struct weight w;

		if (!read_weight(m, str_cut(&text, '\n'), &w) ||
		    (m->n && str_cmp(m->weights[m->n - 1].token, w.token) >= 0)) {
			err_set(e, ERR_CONFIG,
			    "%s:%u: a token and its weight were expected, in order", name,
			    n);
			return false;
		}
		m->weights = mem_grow(m->weights, &m->cap, m->n + 1, sizeof(*m->weights));
		m->weights[m->n++] = w;
	}
	for (size_t i = 0; i < m->n; i++)
		*map_put(m->by_token, m->weights[i].token) = &m->weights[i];
	return true;
}

struct model *
model_parse(struct str text, const char *name, struct err *e)
{
	struct model *m = mem_new(1, sizeof(*m));
	uint8_t hash[SHA256_SIZE];
	struct sha256 sha;
	char *copy;

	m->a = arena_new();
	m->by_token = map_new();
	copy = arena_alloc(m->a, text.n + JSON_PAD);
	memcpy(copy, text.p, text.n);
	memset(copy + text.n, 0, JSON_PAD);
	sha256_init(&sha);
	sha256_add(&sha, text);
	sha256_end(&sha, hash);
	sha256_hex(hash, m->id, 16);
	if (read_all(m, (struct str){copy, text.n}, name, e))
		return m;
	model_free(m);
	return NULL;
}

struct model *
model_load(const char *path, struct err *e)
{
	struct arena *a = arena_new();
	struct str text = {0};
	struct model *m = NULL;

	if (file_trusted(path, e))
		text = file_read(a, path, MODEL_MAX, e);
	if (text.p)
		m = model_parse(text, path, e);
	arena_free(a);
	return m;
}

const struct model_head *
model_head(const struct model *m)
{
	return &m->head;
}

const char *
model_id(const struct model *m)
{
	return m->id;
}

const struct weight *
model_weights(const struct model *m, size_t *n)
{
	*n = m->n;
	return m->weights;
}

/* --- asking --- */

double
model_weight(const struct model *m, struct str token)
{
	const struct weight *w = map_get(m->by_token, token);

	return w ? w->w : 0;
}

double
model_says(const struct model *m, double sum)
{
	return 1 / (1 + exp(-(m->head.scale * sum + m->head.shift)));
}

double
model_p(const struct model *m, const struct moment *o)
{
	double sum = m->head.bias;

	for (size_t i = 0; i < o->tokens; i++)
		sum += model_weight(m, o->token[i]);
	return floor(1e4 * model_says(m, sum) + 0.5) / 1e4;
}

/* --- writing --- */

void
model_write(const struct model_head *h, const struct weight *w, size_t n, struct buf *b)
{
	buf_fmt(b,
	    "{\"format\":\"%s\",\"version\":%d,\"features\":%d,\"rows\":%llu,"
	    "\"positive\":%llu,",
	    MODEL_FORMAT, MODEL_VERSION, MODEL_FEATURES, (unsigned long long)h->rows,
	    (unsigned long long)h->positive);
	buf_fmt(b, "\"made_of\":\"%s\",\"cost\":%.9g,\"bias\":%.9g,", h->made_of, h->cost,
	    h->bias);
	buf_fmt(b, "\"scale\":%.9g,\"shift\":%.9g,", h->scale, h->shift);
	buf_fmt(b, "\"first_day\":%llu,\"last_day\":%llu,\"tested\":%llu,",
	    (unsigned long long)h->first_day, (unsigned long long)h->last_day,
	    (unsigned long long)h->tested);
	buf_fmt(b, "\"ap\":%.4f,\"ece\":%.4f,\"note\":", h->ap, h->ece);
	buf_json(b, h->note.p ? h->note : STR(""));
	buf_add(b, STR("}\n"));
	for (size_t i = 0; i < n; i++) {
		buf_add(b, STR("{\"token\":"));
		buf_json(b, w[i].token);
		buf_fmt(b, ",\"weight\":%.9g}\n", w[i].w);
	}
}
