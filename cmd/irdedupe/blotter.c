#include <fcntl.h>
#include <unistd.h>

#include "log.h"
#include "mem.h"
#include "out.h"
#include "blotter.h"

#define RECORD ((size_t)16 * 1024 * 1024)

struct blotter {
	struct filter_run *run;
	struct out *out; /* NULL: no file */
	int fd;
	bool broken; /* said once */
	int kind, by, rule, author, reason, of, until;
};

struct blotter *
blotter_new(struct filter_run *run, const char *path, struct err *e)
{
	struct blotter *p = mem_new(1, sizeof(*p));

	p->run = run;
	p->fd = -1;
	p->kind = filter_slot(run, "ir.kind");
	p->by = filter_slot(run, "ir.mute.by");
	p->rule = filter_slot(run, "ir.mute.rule");
	p->author = filter_slot(run, "ir.mute.author");
	p->reason = filter_slot(run, "ir.mute.reason");
	p->of = filter_slot(run, "ir.mute.of");
	p->until = filter_slot(run, "ir.mute.until");
	if (!path)
		return p;
	p->fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0600);
	if (p->fd < 0) {
		err_sys(e, ERR_CONFIG, "cannot write '%s'", path);
		mem_free(p);
		return NULL;
	}
	p->out = out_new(p->fd);
	return p;
}

void
blotter_free(struct blotter *p)
{
	if (!p)
		return;
	blotter_flush(p);
	out_free(p->out);
	if (p->fd >= 0)
		close(p->fd);
	mem_free(p);
}

static void
check(struct blotter *p, bool ok, const struct err *e)
{
	if (ok || p->broken)
		return;
	p->broken = true;
	log_err(e);
	filter_failed(p->run);
}

void
blotter_flush(struct blotter *p)
{
	struct err e = {0};

	if (p->out)
		check(p, out_flush(p->out, &e), &e);
}

bool
blotter_wanted(const struct blotter *p)
{
	return p->out || filter_explain(p->run);
}

static void
set(struct rec *r, int slot, struct str text)
{
	if (text.n)
		rec_set_text(r, slot, text);
}

void
blotter_add(struct blotter *p, struct rec *r, const struct muted *m)
{
	struct buf b;
	struct err e = {0};

	if (!blotter_wanted(p))
		return;
	b = buf_make(RECORD);
	rec_set_text(r, p->kind, STR("muted"));
	set(r, p->by, str_of(m->by));
	set(r, p->rule, m->rule);
	set(r, p->author, m->author);
	set(r, p->reason, m->reason);
	set(r, p->of, m->of);
	if (m->until != INT64_MAX)
		rec_set_time(r, p->until, m->until);
	rec_write(r, &b);
	if (p->out)
		check(p, out_line(p->out, buf_str(&b), &e), &e);
	else
		filter_emit(p->run, buf_str(&b));
	buf_free(&b);
}
