#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/random.h>
#include <unistd.h>

#include "ledger_index.h"
#include "mem.h"

#define MAGIC "irindex1"
#define SMALL ((size_t)1024)     /* slots of a new one; a power of two */
#define MOST  ((size_t)64 << 20) /* slots at most */
#define PARTS ((size_t)4096)     /* changes beyond which all is written */
#define WIDE  2                  /* cells of a table for each slot */

struct head {
	char magic[8];
	uint64_t slot_size, cap, n, salt;
	struct index_bound bound;
};

struct index {
	struct head head;
	uint32_t *cells; /* two tables, by key and by id: a slot's number plus 1 */
	struct slot *slots;
	uint64_t *
	    changed; /* cells and slots that the file has not: 2 * number + is it a slot */
	size_t n, cap;
	bool whole; /* all of it has to be written */
};

/* --- tables --- */

static size_t
cell_count(const struct index *x)
{
	return (size_t)x->head.cap * WIDE;
}

static uint64_t
first(const uint8_t id[16])
{
	uint64_t v;

	memcpy(&v, id, sizeof(v));
	return v;
}

/* Where a search in the table starts; salted, as attackers choose what is done. */
static size_t
start(const struct index *x, const uint8_t id[16])
{
	uint64_t h = (first(id) ^ x->head.salt) * UINT64_C(0x9e3779b97f4a7c15);

	return (size_t)(h >> 20) & (cell_count(x) - 1);
}

static const uint8_t *
name(const struct index *x, uint32_t cell, bool by_id)
{
	const struct slot *s = &x->slots[cell - 1];

	return by_id ? s->id : s->key;
}

/* The cell of a name, or the free one where it belongs. */
static size_t
find(const struct index *x, const uint8_t id[16], bool by_id)
{
	size_t base = by_id ? cell_count(x) : 0, at = start(x, id), n = 0;

	/* a file that is not what it says may have no free one */
	while (n++ < cell_count(x) && x->cells[base + at] &&
	       x->cells[base + at] <= x->head.n &&
	       memcmp(name(x, x->cells[base + at], by_id), id, 16) != 0)
		at = (at + 1) & (cell_count(x) - 1);
	return base + at;
}

static size_t
get(const struct index *x, const uint8_t id[16], bool by_id)
{
	uint32_t cell = x->cells[find(x, id, by_id)];

	return cell && cell <= x->head.n && memcmp(name(x, cell, by_id), id, 16) == 0
		   ? cell - 1
		   : INDEX_NONE;
}

size_t
index_key(const struct index *x, const uint8_t key[16])
{
	return get(x, key, false);
}

size_t
index_id(const struct index *x, const uint8_t id[16])
{
	return get(x, id, true);
}

static void
note(struct index *x, size_t number, bool slot)
{
	if (x->whole)
		return;
	if (x->n == PARTS) {
		x->whole = true;
		return;
	}
	x->changed = mem_grow(x->changed, &x->cap, x->n + 1, sizeof(*x->changed));
	x->changed[x->n++] = (uint64_t)number * 2 + slot;
}

static void
put(struct index *x, const uint8_t id[16], bool by_id, size_t slot)
{
	size_t at = find(x, id, by_id);

	x->cells[at] = (uint32_t)slot + 1;
	note(x, at, false);
}

/* --- slots --- */

static struct index *
make(size_t cap)
{
	struct index *x = mem_new(1, sizeof(*x));

	*x = (struct index){
	    .head = {.cap = cap, .slot_size = sizeof(struct slot)}, .whole = true};
	memcpy(x->head.magic, MAGIC, sizeof(x->head.magic));
	if (getrandom(&x->head.salt, sizeof(x->head.salt), 0) < 0)
		x->head.salt = (uint64_t)getpid();
	x->cells = mem_new(2 * cell_count(x), sizeof(*x->cells));
	x->slots = mem_new(cap, sizeof(*x->slots));
	return x;
}

struct index *
index_new(void)
{
	return make(SMALL);
}

void
index_free(struct index *x)
{
	if (!x)
		return;
	mem_free(x->cells);
	mem_free(x->slots);
	mem_free(x->changed);
	mem_free(x);
}

size_t
index_count(const struct index *x)
{
	return (size_t)x->head.n;
}

struct slot *
index_at(const struct index *x, size_t i)
{
	return &x->slots[i];
}

void
index_touch(struct index *x, size_t i)
{
	note(x, i, true);
}

static void
grow(struct index *x)
{
	size_t cap = (size_t)x->head.cap, n = (size_t)x->head.n;

	x->slots = mem_grow(x->slots, &cap, 2 * cap, sizeof(*x->slots));
	x->head.cap *= 2;
	x->whole = true;
	mem_free(x->cells);
	x->cells = mem_new(2 * cell_count(x), sizeof(*x->cells));
	for (size_t i = 0; i < n; i++) {
		put(x, x->slots[i].key, false, i);
		put(x, x->slots[i].id, true, i);
	}
}

size_t
index_add(struct index *x, const struct slot *s)
{
	size_t i = (size_t)x->head.n, before = index_key(x, s->key);

	if (x->head.n == x->head.cap)
		grow(x);
	x->slots[i] = *s;
	x->slots[i].before = before == INDEX_NONE ? 0 : (uint32_t)before + 1;
	x->head.n++;
	put(x, s->key, false, i);
	put(x, s->id, true, i);
	note(x, i, true);
	return i;
}

/* --- the file --- */

static bool
power(uint64_t n)
{
	return n && (n & (n - 1)) == 0;
}

static uint64_t
cells_at(void)
{
	return sizeof(struct head);
}

static uint64_t
slots_at(const struct index *x)
{
	return cells_at() + 2 * cell_count(x) * sizeof(*x->cells);
}

static bool
get_at(int fd, void *p, size_t n, uint64_t at)
{
	char *to = p;

	while (n > 0) {
		ssize_t got = pread(fd, to, n, (off_t)at);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		to += got;
		at += (uint64_t)got;
		n -= (size_t)got;
	}
	return true;
}

static bool
put_at(int fd, const void *p, size_t n, uint64_t at)
{
	const char *from = p;

	while (n > 0) {
		ssize_t got = pwrite(fd, from, n, (off_t)at);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		from += got;
		at += (uint64_t)got;
		n -= (size_t)got;
	}
	return true;
}

void
index_bind(struct index_bound *b, const struct stat *st)
{
	b->dev = (uint64_t)st->st_dev;
	b->ino = (uint64_t)st->st_ino;
	b->changed_ns = (int64_t)st->st_ctim.tv_sec * 1000000000 + st->st_ctim.tv_nsec;
}

static bool
same_ledger(const struct index_bound *b, const struct stat *st)
{
	struct index_bound now = {0};

	index_bind(&now, st);
	return b->dev == now.dev && b->ino == now.ino &&
	       b->changed_ns == now.changed_ns && b->end == (uint64_t)st->st_size;
}

/* Why a header is not to be believed; NULL: it may be. */
static const char *
doubt(const struct head *h, const struct stat *file, const struct stat *ledger,
    const char *boot)
{
	uint64_t size = sizeof(*h) + h->cap * (2 * WIDE * sizeof(uint32_t)) +
			h->cap * sizeof(struct slot);

	if (memcmp(h->magic, MAGIC, sizeof(h->magic)) != 0 ||
	    h->slot_size != sizeof(struct slot) || !power(h->cap) || h->cap > MOST ||
	    h->n > h->cap || (uint64_t)file->st_size != size)
		return "it is no index, or cut short";
	if (!memchr(h->bound.boot, 0, sizeof(h->bound.boot)) ||
	    !memchr(h->bound.hash, 0, sizeof(h->bound.hash)) ||
	    strcmp(h->bound.boot, boot) != 0)
		return "it is of another boot";
	if (h->bound.end > (uint64_t)ledger->st_size)
		return "the ledger is shorter than it was";
	if (!same_ledger(&h->bound, ledger))
		return "the ledger was written since";
	return NULL;
}

static struct index *
read_it(int fd, const struct stat *ledger, const char *boot, const char **why)
{
	struct index *x;
	struct stat st;
	struct head h;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_uid != geteuid() ||
	    (st.st_mode & 077) || st.st_nlink != 1) {
		*why = "others may write it";
		return NULL;
	}
	*why = "it is no index, or cut short";
	if (!get_at(fd, &h, sizeof(h), 0) || (*why = doubt(&h, &st, ledger, boot)))
		return NULL;
	x = mem_new(1, sizeof(*x));
	*x = (struct index){.head = h};
	x->cells = mem_new(2 * cell_count(x), sizeof(*x->cells));
	x->slots = mem_new((size_t)h.cap, sizeof(*x->slots));
	if (get_at(fd, x->cells, 2 * cell_count(x) * sizeof(*x->cells), cells_at()) &&
	    get_at(fd, x->slots, (size_t)h.n * sizeof(*x->slots), slots_at(x)))
		return x;
	*why = "it cannot be read";
	index_free(x);
	return NULL;
}

struct index *
index_load(const char *path, const struct stat *ledger, const char *boot,
    struct index_bound *bound, const char **why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	struct index *x;

	if (fd < 0) {
		*why = errno == ENOENT ? "there is none" : "it cannot be opened";
		return NULL;
	}
	x = read_it(fd, ledger, boot, why);
	close(fd);
	if (x)
		*bound = x->head.bound;
	return x;
}

/* What was changed, and last the header, which makes it count. */
static bool
write_parts(const struct index *x, const char *path)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
	bool ok = fd >= 0;

	for (size_t i = 0; ok && i < x->n; i++) {
		size_t at = (size_t)(x->changed[i] / 2);

		if (x->changed[i] % 2)
			ok = put_at(fd, &x->slots[at], sizeof(*x->slots),
			    slots_at(x) + at * sizeof(*x->slots));
		else
			ok = put_at(fd, &x->cells[at], sizeof(*x->cells),
			    cells_at() + at * sizeof(*x->cells));
	}
	ok = ok && put_at(fd, &x->head, sizeof(x->head), 0);
	if (fd >= 0)
		close(fd);
	return ok;
}

static bool
write_whole(const struct index *x, const char *path)
{
	char tmp[4200];
	int n = snprintf(tmp, sizeof(tmp), "%s.new", path), fd;
	uint64_t end = slots_at(x) + x->head.cap * sizeof(*x->slots);
	bool ok;

	if (n < 0 || (size_t)n >= sizeof(tmp) || (unlink(tmp) < 0 && errno != ENOENT))
		return false;
	fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return false;
	ok = put_at(fd, &x->head, sizeof(x->head), 0) &&
	     put_at(fd, x->cells, 2 * cell_count(x) * sizeof(*x->cells), cells_at()) &&
	     put_at(fd, x->slots, (size_t)x->head.n * sizeof(*x->slots), slots_at(x)) &&
	     ftruncate(fd, (off_t)end) == 0;
	if (close(fd) < 0)
		ok = false;
	ok = ok && rename(tmp, path) == 0;
	if (!ok)
		unlink(tmp);
	return ok;
}

void
index_save(struct index *x, const char *path, const struct index_bound *bound)
{
	x->head.bound = *bound;
	if (!(x->whole ? write_whole(x, path) : write_parts(x, path)))
		unlink(path);
	x->n = 0;
	x->whole = false;
}

/* --- ids --- */

static int
digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool
index_hex(struct str hex, uint8_t out[16])
{
	if (hex.n != 32)
		return false;
	for (size_t i = 0; i < 16; i++) {
		int high = digit(hex.p[2 * i]), low = digit(hex.p[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		out[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

void
index_text(const uint8_t id[16], char out[33])
{
	for (size_t i = 0; i < 16; i++)
		snprintf(out + 2 * i, 3, "%02x", id[i]);
}
