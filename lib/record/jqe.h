/*
 * jqe - evaluates the part of jq that needs no libjq.
 *
 * Agrees with libjq 1.6 in every value and in what fails, for the trees that
 * jqcan takes.  An output is handed on before the next one is looked for,
 * so that `?` catches what it catches in jq 1.6: also what fails further on.
 */
#ifndef JQE_H
#define JQE_H

#include "jqval.h"

enum jqe_go { JQE_ON, JQE_STOP, JQE_FAIL };

typedef enum jqe_go jqe_emit(void *ctx, const struct jqval *);

/*
 * Hand every output for the input `in` to `emit`, until it does not say JQE_ON.
 * JQE_FAIL: the error of the run says why.
 */
enum jqe_go jqe_run(struct jqrun *, const struct jqtree *, const struct jqval *in,
    jqe_emit *emit, void *ctx);

#endif
