#include <grp.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "privs.h"
#include "str.h"

#define NOBODY 65534

/* Is there a user `id` in this user namespace? */
static bool
mapped(unsigned id)
{
	FILE *f = fopen("/proc/self/uid_map", "re");
	char line[128];
	bool found = false;

	while (f && !found && fgets(line, sizeof(line), f)) {
		struct str s = str_of(line);
		uint64_t v[3] = {0};

		for (int i = 0; i < 3; i++) {
			s = str_trim(s);
			str_u64(str_trim(str_sub(s, 0, strcspn(s.p, " \n"))), &v[i]);
			s = str_from(s, strcspn(s.p, " \n"));
		}
		found = id >= v[0] && id - v[0] < v[2];
	}
	if (f)
		fclose(f);
	return found;
}

static bool
no_capabilities(void)
{
	struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct none[2] = {{0}}, now[2];

	if (syscall(SYS_capset, &head, none) != 0 || syscall(SYS_capget, &head, now) != 0)
		return false;
	return (now[0].effective | now[1].effective | now[0].permitted |
		   now[1].permitted) == 0;
}

bool
privs_drop(struct err *e)
{
	bool ok = true;

	if (geteuid() == 0 && mapped(NOBODY))
		ok = setgroups(0, NULL) == 0 && setresgid(NOBODY, NOBODY, NOBODY) == 0 &&
		     setresuid(NOBODY, NOBODY, NOBODY) == 0 && geteuid() == NOBODY;
	ok = ok && no_capabilities();
	if (!ok)
		err_sys(e, ERR_SYS, "cannot give up privileges to read records");
	return ok;
}

bool
privs_dies_with(pid_t parent, struct err *e)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == parent)
		return true;
	err_set(e, ERR_SYS, "the acting half is gone");
	return false;
}

void
privs_close_others(int a, int b)
{
	unsigned low = (unsigned)(a < b ? a : b), high = (unsigned)(a < b ? b : a);

	if (a < 0 || b < 0)
		low = high;
	if (low > 3)
		close_range(3, low - 1, 0);
	if (low + 1 < high)
		close_range(low + 1, high - 1, 0);
	close_range(high + 1, ~0U, 0);
}
