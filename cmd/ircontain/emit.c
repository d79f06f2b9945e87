/*
 * What is in force as a file for another packet filter: pf(4) or ipset(8).  Addresses
 * are printed from their binary form, so nothing else can stand in it.
 */
#include "contain.h"
#include "file.h"
#include "log.h"
#include "when.h"

#define EMIT_MAX ((size_t)64 << 20)

static const char *const heads[] = {
    "# addresses that ircontain blocks; load with: pfctl -t ir -T replace -f FILE\n",
    "# networks that ircontain blocks; load with: ipset restore -exist -file FILE\n"
    "create ir4 hash:net family inet maxelem 1048576 timeout 0\n"
    "create ir6 hash:net family inet6 maxelem 1048576 timeout 0\n"
    "create ir4_new hash:net family inet maxelem 1048576 timeout 0\n"
    "create ir6_new hash:net family inet6 maxelem 1048576 timeout 0\n"
    "flush ir4_new\n"
    "flush ir6_new\n",
};

static const char tail[] = "swap ir4_new ir4\n"
			   "swap ir6_new ir6\n"
			   "destroy ir4_new\n"
			   "destroy ir6_new\n";

/* Seconds that are left, at least one; 0: it has no end. */
static long long
left_s(const struct batch *b, const struct deed *d)
{
	return d->ttl_s ? (long long)((d->until_ns - b->now) / WHEN_S + 1) : 0;
}

static void
line(const struct batch *b, const struct deed *d, bool ipset, struct buf *out)
{
	char net[IP_MAX];

	net_text(net, &d->net);
	if (ipset)
		buf_fmt(out, "add ir%d_new %s timeout %lld\n", d->net.ip.v, net,
		    left_s(b, d));
	else
		buf_fmt(out, "%s\n", net);
}

/* False: it could not be written. */
static bool
write_file(struct batch *b, bool ipset, const char *path, struct err *e)
{
	struct buf out = buf_make(EMIT_MAX);
	struct deed *d;
	bool ok;

	buf_add(&out, str_of(heads[ipset]));
	for (size_t at = 0; (d = ledger_next_live(b->ledger, DO_BLOCK_IP, &at));) {
		const struct guard_entry *hit = guard_check(b->guard, &d->net);

		if (d->state != DEED_APPLIED || deed_over(d, b->now))
			continue;
		if (hit)
			log_warn("%s: not written, as it is protected by now", d->id);
		else
			line(b, d, ipset, &out);
	}
	if (ipset)
		buf_add(&out, str_of(tail));
	if (out.full)
		err_set(e, ERR_SYS, "too much for one file");
	ok = !out.full && file_replace(path, buf_str(&out), e);
	buf_free(&out);
	return ok;
}

bool
emit_valid(const struct opt_list *list, struct err *e)
{
	for (size_t i = 0; i < list->n; i++) {
		struct str path = str_of(list->v[i]), kind = str_cut(&path, '=');

		if ((str_eq(kind, STR("pf")) || str_eq(kind, STR("ipset"))) && path.n > 0)
			continue;
		err_set(e, ERR_CONFIG, "'%s' for --emit is not pf=file or ipset=file",
		    list->v[i]);
		return false;
	}
	return true;
}

void
emit_all(struct batch *b, const struct opt_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		struct err e = {0};

		if (write_file(b, list->v[i][0] == 'i', strchr(list->v[i], '=') + 1, &e))
			continue;
		log_err(&e);
		effect_ended(b->run, ERR_SYS);
	}
}
