#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include "apex.h"
#include "file.h"

#define LIST_MAX ((size_t)8 << 20)
#define FILE_MAX ((size_t)1 << 20)
#define SUFFIXES "/usr/share/publicsuffix/public_suffix_list.dat"
#define OWN_MAX  64

struct apex {
	struct str never, suffixes;
	struct str own[OWN_MAX], mirrors[OWN_MAX];
	size_t n_own, n_mirrors;
};

/* Is `name` the other one, or below it? */
static bool
within(struct str name, struct str of)
{
	return name.n >= of.n && of.n && str_ieq(str_from(name, name.n - of.n), of) &&
	       (name.n == of.n || name.p[name.n - of.n - 1] == '.');
}

/* --- what the system says --- */

static void
note(struct arena *a, struct str *list, size_t *n, struct str name)
{
	while (str_ends(name, STR(".")))
		name.n--;
	if (str_chr(name, '.') != STR_NPOS && *n < OWN_MAX && name.n < 254)
		list[(*n)++] = arena_copy(a, name);
}

static struct str
word(struct str *rest)
{
	*rest = str_trim(*rest);
	for (size_t i = 0; i < rest->n; i++)
		if (rest->p[i] == ' ' || rest->p[i] == '\t') {
			struct str w = str_sub(*rest, 0, i);

			*rest = str_from(*rest, i);
			return w;
		}
	return str_cut(rest, '\0');
}

/* "search example.com lan" of resolv.conf, and the domain of our own name. */
static void
own(struct arena *a, const struct rootfs *r, struct apex *x)
{
	struct err ignored = {0};
	struct str text = rootfs_read(r, a, "/etc/resolv.conf", FILE_MAX, NULL, &ignored);
	struct str host = str_trim(
	    rootfs_read(r, a, "/etc/hostname", FILE_MAX, NULL, &ignored));

	if (!text.p && r->machine)
		text = file_read(a, "/etc/resolv.conf", FILE_MAX, &ignored);
	while (text.n) {
		struct str line = str_cut(&text, '\n'), key = word(&line);

		if (!str_eq(key, STR("search")) && !str_eq(key, STR("domain")))
			continue;
		while (line.n)
			note(a, x->own, &x->n_own, word(&line));
	}
	if (str_chr(host, '.') < host.n)
		note(a, x->own, &x->n_own, str_from(host, str_chr(host, '.') + 1));
}

/* Every "://host/" of a file. */
static void
hosts_in(struct arena *a, struct str text, struct apex *x)
{
	size_t at;

	while ((at = str_find(text, STR("://"))) != STR_NPOS) {
		size_t n = 0;

		text = str_from(text, at + 3);
		while (n < text.n && !strchr("/: \t\r\n\"'[]@$", text.p[n]))
			n++;
		note(a, x->mirrors, &x->n_mirrors, str_sub(text, 0, n));
	}
}

static void
mirrors(struct arena *a, const struct rootfs *r, struct apex *x)
{
	static const char *const dirs[] = {
	    "/etc/apt/sources.list.d", "/etc/yum.repos.d", "/etc/zypp/repos.d"};
	static const char *const files[] = {
	    "/etc/apt/sources.list", "/etc/apk/repositories", "/etc/pacman.d/mirrorlist"};
	struct err e = {0};

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		hosts_in(a, rootfs_read(r, a, files[i], FILE_MAX, NULL, &e), x);
	for (size_t i = 0; i < sizeof(dirs) / sizeof(*dirs); i++) {
		int fd = rootfs_fd(r, dirs[i], O_RDONLY | O_DIRECTORY);
		DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
		struct dirent *entry;

		while (d && (entry = readdir(d)))
			if (entry->d_name[0] != '.')
				hosts_in(a,
				    rootfs_read(r, a,
					arena_fmt(a, "%s/%s", dirs[i], entry->d_name).p,
					FILE_MAX, NULL, &e),
				    x);
		if (d)
			closedir(d);
	}
}

struct apex *
apex_load(struct arena *a, const struct rootfs *r, struct err *e)
{
	struct apex *x = arena_zero(a, sizeof(*x));
	const char *dir = file_data(a, "domains");
	struct err ignored = {0};

	x->never = file_read(a, arena_fmt(a, "%s/never.txt", dir).p, LIST_MAX, e);
	if (!x->never.p) {
		e->kind = ERR_CONFIG;
		return NULL;
	}
	x->suffixes = file_read(a, SUFFIXES, LIST_MAX, &ignored);
	own(a, r, x);
	mirrors(a, r, x);
	return x;
}

/* --- asking --- */

/* A rule "name", "*.name" or "!name" of the list of public suffixes. */
static bool
is_suffix(const struct apex *x, struct str name)
{
	struct str rest = x->suffixes, above = name, line;
	bool hit = false;

	str_cut(&above, '.');
	while (rest.n) {
		line = str_trim(str_cut(&rest, '\n'));
		if (line.n == 0 || str_starts(line, STR("//")))
			continue;
		if (line.p[0] == '!' && str_eq(str_from(line, 1), name))
			return false;
		hit |= str_eq(line, name) ||
		       (str_starts(line, STR("*.")) && str_eq(str_from(line, 2), above));
	}
	return hit;
}

struct str
apex_why(struct arena *a, const struct apex *x, struct str name)
{
	struct str rest = x->never, line, of;

	while (rest.n) {
		line = str_trim(str_cut(&rest, '\n'));
		if (line.n == 0 || line.p[0] == '#')
			continue;
		of = str_from(line, line.p[0] == '+');
		if (within(of, name) || (line.p[0] == '+' && within(name, of)))
			return CAT(a, STR("many depend on "), of);
	}
	for (size_t i = 0; i < x->n_own; i++)
		if (within(x->own[i], name) || within(name, x->own[i]))
			return CAT(a, x->own[i], STR(" is a domain of this system"));
	for (size_t i = 0; i < x->n_mirrors; i++)
		if (within(x->mirrors[i], name))
			return CAT(a, STR("updates come from "), x->mirrors[i]);
	if (is_suffix(x, name))
		return CAT(a, name, STR(" is a public suffix"));
	return STR_NONE;
}
