#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base64.h"
#include "proc.h"
#include "test.h"
#include "vault.h"

static char top[] = "/tmp/vault.XXXXXX";
static struct rootfs root;
#define ID "0123456789abcdef0123456789abcdef"

static const char *
in_root(struct arena *a, const char *path)
{
	return arena_fmt(a, "%s/root%s", top, path).p;
}

static void
put(struct arena *a, const char *path, const char *text, mode_t mode)
{
	FILE *f = fopen(in_root(a, path), "w");

	fputs(text, f);
	fclose(f);
	chmod(in_root(a, path), mode);
}

static void
links_lead_nowhere(void)
{
	struct arena *a = arena_new();
	struct err e;

	put(a, "/etc/secret", "x\n", 0600);
	T(symlink("/etc", in_root(a, "/away")) == 0);
	T(symlink("secret", in_root(a, "/etc/link")) == 0);
	T(!rootfs_read(&root, a, "/away/secret", 100, NULL, &e).p && e.kind == ERR_SYS);
	T(!rootfs_read(&root, a, "/etc/link", 100, NULL, &e).p && e.kind == ERR_SYS);
	T(!rootfs_read(&root, a, "/etc/none", 100, NULL, &e).p && e.kind == ERR_NONE);
	T(!rootfs_read(&root, a, "/etc/secret", 1, NULL, &e).p && e.kind == ERR_SYS);
	T(str_eq(rootfs_read(&root, a, "/../etc/secret", 100, NULL, &e), STR("x\n")));
	T(!rootfs_replace(&root, "/away/secret", STR("y"), 0600, NULL, &e));
	T(!rootfs_replace(&root, "/etc/link", STR("y"), 0600, NULL, &e));
	mkfifo(in_root(a, "/etc/fifo"), 0600);
	T(!rootfs_read(&root, a, "/etc/fifo", 100, NULL, &e).p && e.kind == ERR_SYS);
	arena_free(a);
}

static void
only_plain_paths_are_acted_on(void)
{
	static const char *const bad[] = {"", "/", "etc/x", "/etc/../x", "/etc//x",
	    "/etc/./x", "/etc/x/", "/etc/\n", "/x\177"};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		T(!rootfs_path(str_of(bad[i])));
	T(rootfs_path(STR("/etc/-rf $(x);`y`")));
}

static void
a_replaced_file_keeps_what_it_was(void)
{
	struct timespec was[2] = {{1000000000, 5}, {1100000000, 7}};
	struct arena *a = arena_new();
	const char *path = in_root(a, "/etc/conf");
	struct stat st, dir;
	struct err e;
	char x[8] = "";

	put(a, "/etc/conf", "old", 0640);
	(void)!setxattr(path, "user.note", "n", 1, 0);
	if (geteuid() == 0)
		T(chown(path, 12, 34) == 0);
	utimensat(AT_FDCWD, in_root(a, "/etc"), was, 0);
	T(rootfs_replace(&root, "/etc/conf", STR("new"), 0600, &was[0], &e));
	T(stat(path, &st) == 0 && (st.st_mode & 07777) == 0640);
	T(geteuid() != 0 || (st.st_uid == 12 && st.st_gid == 34));
	T(st.st_mtim.tv_sec == 1000000000 && st.st_mtim.tv_nsec == 5);
	T(getxattr(path, "user.note", x, sizeof(x)) == 1 || errno == ENOTSUP);
	T(stat(in_root(a, "/etc"), &dir) == 0 && dir.st_mtim.tv_sec == 1100000000);
	T(str_eq(rootfs_read(&root, a, "/etc/conf", 100, NULL, &e), STR("new")));
	arena_free(a);
}

/* Take and give back, and look that nothing is different. */
static void
round_trip(const char *path, mode_t mode, const char *vault)
{
	struct arena *a = arena_new();
	struct vault_item it, was;
	struct buf b = buf_make(100000);
	struct err e = {0};
	struct stat st, now;

	put(a, path, "evil\n", mode);
	(void)!setxattr(in_root(a, path), "user.note", "\0\377", 2, 0);
	T(stat(in_root(a, path), &st) == 0);
	T(vault_look(&root, a, str_of(path), &it, &e) == VAULT_THERE);
	T(vault_holds(vault, ID, &root, &it) == 0);
	T(vault_take(vault, ID, &root, &it, &e));
	T(vault_holds(vault, ID, &root, &it) == 1);
	T(stat(in_root(a, path), &now) != 0 && errno == ENOENT);
	T(stat(arena_fmt(a, "%s/" ID "/content", vault).p, &now) == 0);
	T((now.st_mode & 07777) == 0);
	vault_write(&it, &b);
	buf_add(
	    &b, STR("                                                                 "));
	T(vault_read(a, node_json(a, str_sub(buf_str(&b), 0, b.n - 65)), &was, &e));
	T(vault_give(vault, ID, &root, &was, &e));
	if (e.kind)
		fprintf(stderr, "%s\n", e.msg);
	T(vault_give(vault, ID, &root, &was, &e)); /* again */
	T(vault_holds(vault, ID, &root, &it) == 0);
	T(stat(in_root(a, path), &now) == 0 && now.st_mode == st.st_mode);
	T(now.st_mtim.tv_sec == st.st_mtim.tv_sec &&
	    now.st_mtim.tv_nsec == st.st_mtim.tv_nsec);
	T(now.st_atim.tv_nsec == st.st_atim.tv_nsec && now.st_uid == st.st_uid);
	T(vault_look(&root, a, str_of(path), &was, &e) == VAULT_THERE);
	T(strcmp(was.sha256, it.sha256) == 0 && was.meta.n == it.meta.n);
	unlink(in_root(a, path));
	buf_free(&b);
	arena_free(a);
}

static void
what_was_taken_comes_back(void)
{
	struct arena *a = arena_new();

	round_trip("/tmp/x", 04755, arena_fmt(a, "%s/vault", top).p);
	round_trip("/tmp/-rf ;$(x)", 0600, arena_fmt(a, "%s/vault", top).p);
	if (access("/dev/shm", W_OK) == 0) {
		const char *far = arena_fmt(a, "/dev/shm/irvault.%d", (int)getpid()).p;

		round_trip("/tmp/y", 0754, far);
		unlink(arena_fmt(a, "%s/" ID "/manifest.json", far).p);
		rmdir(arena_fmt(a, "%s/" ID, far).p);
		rmdir(far);
	}
	arena_free(a);
}

static void
another_file_stays(void)
{
	struct arena *a = arena_new();
	const char *vault = arena_fmt(a, "%s/vault2", top).p;
	struct vault_item it;
	struct err e = {0};

	put(a, "/tmp/z", "one", 0600);
	T(vault_look(&root, a, STR("/tmp/z"), &it, &e) == VAULT_THERE);
	put(a, "/tmp/z", "two", 0600);
	T(!vault_take(vault, ID, &root, &it, &e) && e.kind == ERR_DATA);
	T(access(in_root(a, "/tmp/z"), F_OK) == 0);
	put(a, "/tmp/z", "one", 0600);
	T(vault_take(vault, ID, &root, &it, &e));
	put(a, "/tmp/z", "new", 0600);
	T(!vault_give(vault, ID, &root, &it, &e) && e.kind == ERR_SYS);
	T(str_eq(rootfs_read(&root, a, "/tmp/z", 100, NULL, &e), STR("new")));
	T(vault_look(&root, a, STR("/tmp/none"), &it, &e) == VAULT_ABSENT);
	T(vault_look(&root, a, STR("/tmp"), &it, &e) == VAULT_FAULT);
	arena_free(a);
}

static void
base64_goes_both_ways(void)
{
	static const struct {
		const char *text, *bytes;
	} rows[] = {{"", ""}, {"Zg==", "f"}, {"Zm8=", "fo"}, {"Zm9v", "foo"},
	    {"Zm9vYg==", "foob"}, {"Zh==", NULL}, {"Zg=", NULL}, {"Z===", NULL},
	    {"Zm9v\n", NULL}, {"====", NULL}, {"Zg==Zg==", NULL}};
	struct arena *a = arena_new();

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct str got = base64_bytes(a, str_of(rows[i].text));

		T(!got.p == !rows[i].bytes);
		T(!got.p || str_eq(got, str_of(rows[i].bytes)));
		T(!got.p || str_eq(base64(a, got), str_of(rows[i].text)));
	}
	arena_free(a);
}

int
main(void)
{
	struct arena *a = arena_new();
	struct err e = {0};

	if (!mkdtemp(top))
		return 1;
	mkdir(in_root(a, ""), 0755);
	mkdir(in_root(a, "/etc"), 0755);
	mkdir(in_root(a, "/tmp"), 0755);
	if (!rootfs_open(&root, in_root(a, ""), &e))
		return 1;
	FACT(links_lead_nowhere);
	FACT(only_plain_paths_are_acted_on);
	FACT(a_replaced_file_keeps_what_it_was);
	FACT(what_was_taken_comes_back);
	FACT(another_file_stays);
	FACT(base64_goes_both_ways);
	rootfs_close(&root);
	proc_run(a, &(struct proc){.argv = (const char *[]){"/bin/rm", "-rf", top, NULL}},
	    &(struct proc_got){.status = 0}, &e);
	arena_free(a);
	return TEST_END;
}
