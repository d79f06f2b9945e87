#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "dpkg.h"

#define INFO       "/var/lib/dpkg/info"
#define STATUS_MAX ((size_t)256 << 20)
#define LIST_MAX   ((size_t)64 << 20)

bool
dpkg_there(const struct rootfs *r)
{
	int fd = rootfs_fd(r, DPKG_STATUS, O_PATH);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* --- versions --- */

/* '~' before the end, the end before letters, letters before all else. */
static int
weight(struct str s, size_t i)
{
	unsigned char c = i < s.n ? (unsigned char)s.p[i] : 0;

	if (c == '~')
		return -1;
	if (c == 0 || (c >= '0' && c <= '9'))
		return 0;
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z' ? c : c + 256;
}

static bool
digit(struct str s, size_t i)
{
	return i < s.n && s.p[i] >= '0' && s.p[i] <= '9';
}

/* A run of digits at *i of each, by its value however long. */
static int
compare_digits(struct str a, size_t *i, struct str b, size_t *k)
{
	int first = 0;

	while (*i < a.n && a.p[*i] == '0')
		++*i;
	while (*k < b.n && b.p[*k] == '0')
		++*k;
	for (; digit(a, *i) && digit(b, *k); ++*i, ++*k)
		if (first == 0)
			first = a.p[*i] - b.p[*k];
	if (digit(a, *i))
		return 1;
	return digit(b, *k) ? -1 : first;
}

/* Runs of anything but digits and runs of digits, in turn. */
static int
compare_part(struct str a, struct str b)
{
	size_t i = 0, k = 0;
	int d;

	while (i < a.n || k < b.n) {
		while ((i < a.n && !digit(a, i)) || (k < b.n && !digit(b, k))) {
			if ((d = weight(a, i) - weight(b, k)) != 0)
				return d;
			i++;
			k++;
		}
		if ((d = compare_digits(a, &i, b, &k)) != 0)
			return d;
	}
	return 0;
}

/* "1:2.3-4" is epoch 1, upstream 2.3, revision 4; both of these may miss. */
static void
split(struct str v, struct str part[3])
{
	size_t colon = str_chr(v, ':'), dash;

	part[0] = colon < v.n ? str_sub(v, 0, colon) : STR("0");
	v = colon < v.n ? str_from(v, colon + 1) : v;
	dash = str_rchr(v, '-');
	part[1] = dash < v.n ? str_sub(v, 0, dash) : v;
	part[2] = dash < v.n ? str_from(v, dash + 1) : STR("0");
}

int
dpkg_compare(struct str a, struct str b)
{
	struct str x[3], y[3];
	int d = 0;

	split(a, x);
	split(b, y);
	for (size_t i = 0; i < 3 && d == 0; i++)
		d = compare_part(x[i], y[i]);
	return d;
}

/* --- status --- */

/* The value of a field in a stanza. */
static struct str
value(struct str stanza, struct str name)
{
	struct str line;

	while (stanza.n) {
		line = str_cut(&stanza, '\n');
		if (str_starts(line, name) && line.n > name.n && line.p[name.n] == ':')
			return str_trim(str_from(line, name.n + 1));
	}
	return STR_NONE;
}

/* The next stanza; they have an empty line between. */
static struct str
stanza(struct str *rest)
{
	const char *end = rest->n ? memmem(rest->p, rest->n, "\n\n", 2) : NULL;
	struct str s = *rest;

	if (end)
		s.n = (size_t)(end - rest->p) + 1;
	*rest = end ? str_from(*rest, s.n + 1) : STR("");
	return s;
}

struct str
dpkg_version(const struct rootfs *r, struct arena *a, struct str package, struct err *e)
{
	struct str rest = rootfs_read(r, a, DPKG_STATUS, STATUS_MAX, NULL, e), s;
	struct str name = package, arch;
	size_t colon = str_chr(package, ':');

	if (colon < package.n)
		name = str_sub(package, 0, colon);
	arch = str_from(package, colon < package.n ? colon + 1 : package.n);
	while (rest.n) {
		s = stanza(&rest);
		if (str_eq(value(s, STR("Package")), name) &&
		    (arch.n == 0 || str_eq(value(s, STR("Architecture")), arch)) &&
		    str_ends(value(s, STR("Status")), STR(" installed")))
			return value(s, STR("Version"));
	}
	return STR_NONE;
}

/* --- owners --- */

/* Directories that are one since /usr was merged. */
static struct str
other_name(struct arena *a, struct str path)
{
	static const struct str merged[] = {
	    {"/bin/", 5}, {"/sbin/", 6}, {"/lib/", 5}, {"/lib64/", 7}, {"/lib32/", 7}};

	for (size_t i = 0; i < sizeof(merged) / sizeof(*merged); i++) {
		if (str_starts(path, merged[i]))
			return arena_fmt(a, "/usr" STR_FMT, STR_ARG(path));
		if (str_starts(path, STR("/usr")) &&
		    str_starts(str_from(path, 4), merged[i]))
			return str_from(path, 4);
	}
	return path;
}

static bool
has_line(struct str text, struct str line)
{
	while (text.n)
		if (str_eq(str_cut(&text, '\n'), line))
			return true;
	return false;
}

/* Does "NAME.list" have the path?  A list that vanished has not. */
static bool
listed(const struct rootfs *r, const char *file, struct str path, struct str other)
{
	struct arena *a = arena_new();
	struct err ignored = {0};
	struct str text = rootfs_read(
	    r, a, arena_fmt(a, INFO "/%s", file).p, LIST_MAX, NULL, &ignored);
	bool found = text.n && memmem(text.p, text.n, path.p, path.n) &&
		     has_line(text, path);

	if (!found && text.n && !str_eq(path, other))
		found = has_line(text, other);
	arena_free(a);
	return found;
}

struct str
dpkg_owner(const struct rootfs *r, struct arena *a, struct str path, struct err *e)
{
	struct str other = other_name(a, path), name, owner = STR_NONE;
	int fd = rootfs_fd(r, INFO, O_RDONLY | O_DIRECTORY);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *d;

	if (!dir) {
		if (errno != ENOENT && errno != ENOTDIR)
			err_sys(e, ERR_SYS, "cannot read '%s'", INFO);
		if (fd >= 0)
			close(fd);
		return STR_NONE;
	}
	while (!owner.p && (d = readdir(dir))) {
		name = str_of(d->d_name);
		if (str_ends(name, STR(".list")) && listed(r, d->d_name, path, other))
			owner = arena_copy(a, str_sub(name, 0, name.n - 5));
	}
	closedir(dir);
	return owner;
}
