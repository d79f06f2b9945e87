#include "look.h"

#define TEXT_MAX ((size_t)1024) /* of a path or name that is remembered */

struct look_slots
look_slots(struct filter_run *run)
{
	return (struct look_slots){
	    .incident = filter_slot(run, "ir.incident.id"),
	    .event = filter_slot(run, "event.id"),
	    .time = filter_slot(run, "@timestamp"),
	    .action = filter_slot(run, "event.action"),
	    .outcome = filter_slot(run, "event.outcome"),
	    .category = filter_slot(run, "event.category"),
	    .type = filter_slot(run, "event.type"),
	    .severity = filter_slot(run, "ir.severity"),
	    .user = filter_slot(run, "user.name"),
	    .target_user = filter_slot(run, "user.target.name"),
	    .as = filter_slot(run, "user.effective.name"),
	    .host = filter_slot(run, "host.name"),
	    .source = filter_slot(run, "source.ip"),
	    .tactic = filter_slot(run, "threat.tactic.id"),
	    .technique = filter_slot(run, "threat.technique.id"),
	    .subtechnique = filter_slot(run, "threat.technique.subtechnique.id"),
	    .path = filter_slot(run, "file.path"),
	    .hash = filter_slot(run, "file.hash.sha256"),
	    .command = filter_slot(run, "process.command_line"),
	    .process = filter_slot(run, "process.name"),
	    .executable = filter_slot(run, "process.executable"),
	    .pid = filter_slot(run, "process.pid"),
	    .start = filter_slot(run, "process.start"),
	    .exe_hash = filter_slot(run, "process.hash.sha256"),
	    .cwd = filter_slot(run, "process.working_directory"),
	    .nametype = filter_slot(run, "auditd.log.nametype"),
	    .key = filter_slot(run, "sshd.key.fingerprint"),
	    .url = filter_slot(run, "url.path"),
	    .query = filter_slot(run, "url.query"),
	    .status = filter_slot(run, "http.response.status_code"),
	    .question = filter_slot(run, "dns.question.name"),
	    .registered = filter_slot(run, "dns.question.registered_domain"),
	};
}

bool
look_says(const struct look *l, int slot, struct str word)
{
	struct str raw;

	for (size_t at = 0; rec_each(l->rec, slot, &at, &raw);)
		if (str_eq(json_text(l->a, raw), word))
			return true;
	return false;
}

/* Has it one of the techniques (with what lies below), a blank between? */
bool
look_is(const struct look *l, const char *techniques)
{
	int slots[] = {l->s->technique, l->s->subtechnique};
	struct str all = str_of(techniques), raw;

	while (all.p) {
		struct str want = str_cut(&all, ' ');

		for (size_t i = 0; i < 2; i++)
			for (size_t at = 0; rec_each(l->rec, slots[i], &at, &raw);)
				if (str_starts(json_text(l->a, raw), want))
					return true;
	}
	return false;
}

struct str
look_text(const struct look *l, int slot)
{
	struct str s = rec_text(l->rec, slot);

	return s.p && s.n <= TEXT_MAX ? s : STR("");
}

struct find
look_found(const struct look *l, enum find_type type, struct str value)
{
	return (struct find){.type = type,
	    .value = value,
	    .host = l->host,
	    .user = l->user,
	    .source = l->source,
	    .event = l->event};
}

void
look_note(const struct look *l, const struct find *f)
{
	if (f->value.n > 0 && f->value.n <= TEXT_MAX)
		finds_note(l->finds, l->incident, f);
}

/* A process of a host; `named`: of a server, whose child has its name in the log, too. */
struct str
look_process(const struct look *l, bool named)
{
	struct str pid = look_text(l, l->s->pid);

	if (!pid.n || !l->host.n)
		return STR_NONE;
	return CAT(l->a, l->host, STR("\n"), pid, STR("\n"),
	    named ? look_text(l, l->s->process) : STR(""));
}

void
look_account(const struct look *l, struct str user, bool made, struct str how)
{
	struct find f = look_found(l, FIND_ACCOUNT, user);

	f.made = made;
	f.more = how;
	f.user = STR("");
	if (user.n <= 64)
		look_note(l, &f);
}
