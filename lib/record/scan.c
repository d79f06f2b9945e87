#include "leap.h"
#include "mem.h"
#include "scan.h"

struct name {
	struct str text;
	struct str key; /* `"text":` */
	const struct trie *at;
};

struct paths {
	struct trie *root;
	struct name *names;
	size_t n, cap;
};

struct paths *
paths_new(void)
{
	struct paths *p = mem_new(1, sizeof(*p));

	p->root = trie_new();
	return p;
}

void
paths_free(struct paths *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->n; i++) {
		mem_free((char *)(uintptr_t)p->names[i].text.p);
		mem_free((char *)(uintptr_t)p->names[i].key.p);
	}
	mem_free(p->names);
	trie_free(p->root);
	mem_free(p);
}

int
paths_add(struct paths *p, struct str name)
{
	const struct trie *at = trie_add(p->root, name, (int)p->n);
	struct buf key;

	if (at->slot < (int)p->n)
		return at->slot;
	key = buf_make(SIZE_MAX);
	buf_json(&key, name);
	buf_ch(&key, ':');
	p->names = mem_grow(p->names, &p->cap, p->n + 1, sizeof(*p->names));
	p->names[p->n] = (struct name){.key = buf_str(&key), .at = at};
	p->names[p->n].text = (struct str){mem_text(name), name.n};
	return (int)p->n++;
}

size_t
paths_count(const struct paths *p)
{
	return p->n;
}

struct str
paths_name(const struct paths *p, int slot)
{
	return p->names[slot].text;
}

struct str
paths_key(const struct paths *p, int slot)
{
	return p->names[slot].key;
}

const struct trie *
paths_trie(const struct paths *p, int slot)
{
	return p->names[slot].at;
}

bool
scan_record(const struct paths *p, struct str line, struct finds *finds,
    struct scanned *got, struct json_fault *fault)
{
	struct walk w = {.text = line, .record = true, .root = p->root, .finds = finds};
	bool ok = leap(&w);

	*got = (struct scanned){
	    w.open, w.close, w.members, w.empty, finds->twice, w.ascii, w.literal};
	if (fault)
		*fault = w.fault;
	return ok;
}

const char *
scan_variant_name(void)
{
	return leap_variant_name();
}

bool
scan_variant(const char *name)
{
	return leap_variant(name);
}
