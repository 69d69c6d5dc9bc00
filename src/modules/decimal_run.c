// SPDX-License-Identifier: MIT
// From objects to operations and back.
//
// An operation runs in a scratch run, where memory that is missing or an exception at a safepoint
// jump out of it; the last thing it does is to put long results into blocks. The objects are made
// afterwards, and the signals come before them.  Most operations are on short numbers: what these
// need lies in the Work, so they run without that (S1: SHORT_WORDS and SHORT_PREC are so small that
// no operation but those by GMP asks for more than OZ_WORK_ROOM; division takes the most, about
// 60).
#include "modules/decimal.h"

#include <string.h>

#include "heap/heap.h"

typedef struct Job {
    const Run *run;
    Thread *t;
    Work work;
    Number results[2];
    uint64_t small[2][2]; /* words of the results, or */
    uint64_t *blocks[2];  /* [owner] of those longer than a Decimal has room for */
} Job;

static void work(void *arg)
{
    Job *job = arg;
    const Run *run = job->run;
    oz_work_init(&job->work, job->t, run->limits); /* it may begin again */
    job->work.extra = run->extra;
    run->operation(&job->work, job->results, run->a, run->b, run->c);
    for (unsigned i = 0; i < run->count; i++) {
        Number *r = &job->results[i];
        if (r->n <= 2) {
            for (size_t j = 0; j < r->n; j++)
                job->small[i][j] = r->words[j];
            r->words = job->small[i];
            continue;
        }
        oz_work_check_digits((int64_t)r->n * OZ_DIGITS);
        uint64_t *block = oz_block_alloc(job->t->heap, r->n * sizeof *block);
        if (!block)
            oz_scratch_leave();
        memcpy(block, r->words, r->n * sizeof *block);
        job->blocks[i] = block;
    }
}

/* Takes the block, which holds the words if there are more than two. */
static Ref make(Thread *t, Class *cls, const Number *n, uint64_t *block)
{
    Decimal *self = !cls || cls->id == OZ_DECIMAL ? oz_object_new_raw(t, OZ_DECIMAL, sizeof *self)
                                                  : oz_instance_new(t, cls, 0);
    if (!self) {
        oz_block_free(block);
        return NULL;
    }
    self->exponent = n->exponent;
    self->n = (uint32_t)n->n;
    self->kind = n->kind;
    self->negative = n->negative;
    self->spare = 0;
    self->small[0] = n->n > 0 ? n->words[0] : 0;
    self->small[1] = n->n > 1 ? n->words[1] : 0;
    if (block)
        self->words = block;
    return (Ref)self;
}

Ref oz_decimal_new(Thread *t, Class *cls, const Number *n)
{
    uint64_t *block = NULL;
    if (n->n > 2) {
        block = oz_block_alloc(t->heap, n->n * sizeof *block);
        if (!block)
            return oz_raise_memory(t);
        memcpy(block, n->words, n->n * sizeof *block);
    }
    return make(t, cls, n, block);
}

enum { SHORT_WORDS = 2, SHORT_PREC = 60 };

OZ_INLINE bool is_short_number(const Number *n)
{
    return !n || n->n <= SHORT_WORDS;
}

static bool by_binary(Operation *operation)
{
    return operation == oz_decimal_sqrt || operation == oz_decimal_exp ||
           operation == oz_decimal_ln || operation == oz_decimal_log10 ||
           operation == oz_decimal_power;
}

/* S1.  Operations that read something else say themselves whether they are. */
OZ_INLINE bool is_short(Operation *operation, const Limits *limits, const Number *a,
                        const Number *b, const Number *c)
{
    return a && limits->prec <= SHORT_PREC && is_short_number(a) && is_short_number(b) &&
           is_short_number(c) && !by_binary(operation);
}

static bool run_short(Thread *t, const Run *run, uint32_t *status, Ref *results)
{
    Work here;
    Number r[2];
    oz_work_init(&here, t, run->limits);
    here.extra = run->extra;
    run->operation(&here, r, run->a, run->b, run->c);
    *status = here.status;
    for (unsigned i = 0; i < run->count; i++) {
        results[i] = oz_decimal_new(t, run->cls, &r[i]);
        if (results[i])
            continue;
        if (i > 0)
            oz_clear(&results[0]);
        return false;
    }
    return true;
}

static bool run_long(Thread *t, const Run *run, uint32_t *status, Ref *results)
{
    Job job;
    job.run = run;
    job.t = t;
    job.work.status = 0;
    job.blocks[0] = job.blocks[1] = NULL;
    bool done = oz_scratch_run(t, work, &job);
    *status = job.work.status;
    for (unsigned i = 0; i < run->count; i++) {
        uint64_t *block = job.blocks[i];
        if (done && block)
            job.results[i].words = block;
        results[i] = NULL;
        if (done)
            done = (results[i] = make(t, run->cls, &job.results[i], block)) != NULL;
        else
            oz_block_free(block);
    }
    if (!done && run->count > 1)
        oz_clear(&results[0]);
    return done;
}

bool oz_decimal_run(Thread *t, const Run *run, uint32_t *status, Ref *results)
{
    return run->brief || is_short(run->operation, run->limits, run->a, run->b, run->c)
               ? run_short(t, run, status, results)
               : run_long(t, run, status, results);
}

Ref oz_decimal_apply(Thread *t, Operation *operation, Obj context, const Number *a, const Number *b,
                     const Number *c)
{
    const Limits *limits = &((const DecimalContext *)context)->limits;
    Run run = {.operation = operation, .a = a, .b = b, .c = c, .limits = limits, .count = 1};
    uint32_t status;
    Ref result;
    if (!oz_decimal_run(t, &run, &status, &result))
        return NULL;
    if (OZ_UNLIKELY(status) && !oz_decimal_signal(t, context, status)) {
        oz_drop(result);
        return NULL;
    }
    return result;
}

Ref oz_decimal_divide_both(Thread *t, Obj context, const Number *a, const Number *b)
{
    const Limits *limits = &((const DecimalContext *)context)->limits;
    Run run = {.operation = oz_decimal_divmod, .a = a, .b = b, .limits = limits, .count = 2};
    uint32_t status;
    Ref results[2];
    if (!oz_decimal_run(t, &run, &status, results))
        return NULL;
    scoped Ref quotient = results[0], left = results[1];
    if (status && !oz_decimal_signal(t, context, status))
        return NULL;
    return oz_tuple_of(t, 2, quotient, left);
}

/* ---- arguments ---- */

Found oz_operand_open(Thread *t, Obj v, Operand *o)
{
    o->kept = NULL;
    if (OZ_LIKELY(oz_is(v, OZ_DECIMAL)) || oz_is_decimal(v)) {
        oz_decimal_open(&o->number, v);
        return OZ_FOUND;
    }
    Obj exact = oz_as_exact_int(v);
    if (!exact)
        return OZ_MISSING;
    if (oz_is_int(exact)) {
        int64_t n = oz_int_value(exact);
        o->word[0] = n < 0 ? -(uint64_t)n : (uint64_t)n;
        o->number = (Number){o->word, n != 0, 0, OZ_FINITE, n < 0};
        return OZ_FOUND;
    }
    o->kept = oz_decimal_from_int(t, NULL, exact, NULL, true);
    if (!o->kept)
        return OZ_RAISED;
    oz_decimal_open(&o->number, o->kept);
    return OZ_FOUND;
}

bool oz_operand_argument(Thread *t, Obj v, Operand *o)
{
    Found found = oz_operand_open(t, v, o);
    if (found == OZ_MISSING)
        return oz_fail(t, OZ_TypeError, "conversion from %t to Decimal is not supported", v);
    return found == OZ_FOUND;
}
