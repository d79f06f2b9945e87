/* A ledger, and the index beside it, of any bytes: read or refused; what is added is there. */
#include <assert.h>

#include "given.h"
#include "ledger.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
look(struct ledger *l)
{
	for (size_t at = 0; ledger_next(l, &at);)
		;
	for (size_t at = 0; ledger_next_live(l, DO_BLOCK_IP, &at);)
		;
	for (size_t at = 0; ledger_next_due(l, INT64_MAX, &at);)
		;
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct str in = {(const char *)p, n}, index = in, text;
	struct err e = {0};
	struct ledger *l;

	if (n < 1)
		return 0;
	/* the ledger, a zero byte, the index */
	text = str_cut(&index, '\0');
	given("ledger", (const uint8_t *)text.p, text.n);
	if (index.n)
		given("index", (const uint8_t *)index.p, index.n);
	else
		unlink(given("index", (const uint8_t *)"", 0));
	if ((l = ledger_open(given_dir, false, &e))) {
		look(l);
		ledger_close(l);
	}
	e = (struct err){0};
	if ((l = ledger_open(given_dir, true, &e))) {
		look(l);
		ledger_remark(l, "restore", STR("{}"), STR("x"), STR("y"), 1);
		assert(ledger_sync(l, &e));
		ledger_close(l);
		e = (struct err){0};
		/* what we wrote behind it can be read */
		l = ledger_open(given_dir, false, &e);
		assert(l);
		ledger_close(l);
	}
	return 0;
}
