#include "spare.h"

bool
spare_account(struct batch *b, struct job *j, struct account *who)
{
	const struct hands *h = &b->hands;
	struct str user = j->a.to.text[TARGET_USER];
	struct err e = {0};

	if (!account_find(&h->root, j->arena, user, who, &e)) {
		hands_fault(j, &e);
	} else if (who->uid == 0) {
		job_refuse(
		    j, "protected", "'" STR_FMT "' is the superuser", STR_ARG(user));
	} else if (h->root.machine && who->uid == accounts_operator()) {
		job_refuse(j, "protected", "'" STR_FMT "' is you", STR_ARG(user));
	} else if (who->admin && accounts_admins_but(&h->root, j->arena, user, &e) == 0) {
		if (e.kind)
			hands_fault(j, &e);
		else
			job_refuse(j, "protected",
			    "'" STR_FMT "' is the last account with administrator rights",
			    STR_ARG(user));
	} else {
		if (who->admin || site_critical(b->site, user))
			job_ask(j, 2, "it is an administrator's or a critical account");
		else if (who->uid < 1000)
			job_ask(j, 1, "it is a service's account");
		return true;
	}
	return false;
}
