// SPDX-License-Identifier: MIT
// The types of _decimal, and what its files share.
#ifndef OZ_MODULES_DECIMAL_H
#define OZ_MODULES_DECIMAL_H

#include <assert.h>

#include "modules/decimal_number.h"
#include "modules/native_type.h"

/* ---- Decimal ---- */

/* A number with words of its own. */
typedef struct Decimal {
    Object base;
    int64_t exponent; /* [const] */
    uint32_t n;       /* [const] words of the coefficient */
    uint8_t kind;     /* [const] NumberKind */
    bool negative;    /* [const] */
    uint16_t spare;
    union {
        uint64_t small[2]; /* [const] n <= 2 */
        uint64_t *words;   /* [owner] n > 2: a block */
    };
} Decimal;
static_assert(sizeof(Decimal) == 40, "programs keep many Decimals");

OZ_INLINE bool oz_is_decimal(Obj v)
{
    return oz_isa(v, OZ_DECIMAL);
}

OZ_INLINE void oz_decimal_open(Number *n, Obj v)
{
    const Decimal *d = (const Decimal *)v;
    *n = (Number){d->n <= 2 ? d->small : d->words, d->n, d->exponent, d->kind, d->negative};
}

/* ---- contexts ---- */

#define DECIMAL_CONTEXT_REFS(REF) REF(flags) REF(traps)
typedef struct DecimalContext {
    Object base;
    DECIMAL_CONTEXT_REFS(OZ_FIELD) /* [const] SignalDicts */
    Limits limits;                 /* [owner] */
    bool capitals;                 /* [owner] */
} DecimalContext;

/* The mapping from signals to bools: bits OZ_INVALID_OPERATION ... OZ_CLAMPED. */
typedef struct SignalDict {
    Object base;
    uint32_t bits; /* [owner] */
    uint32_t spare;
} SignalDict;

OZ_INLINE uint32_t *oz_signal_bits(Ref dict)
{
    return &((SignalDict *)dict)->bits;
}

/* ---- what a VM keeps (decimal_module.c) ---- */

enum {
    OZ_CONDITIONS = OZ_SIGNALS + 4, /* signals, then kinds of InvalidOperation: by bit */
};

typedef struct DecimalState {
    Ref exception;                 /* [const] DecimalException */
    Ref conditions[OZ_CONDITIONS]; /* [const] classes by bit */
    Ref roundings[OZ_ROUNDINGS];   /* [const] interned names */
    Ref signal_dict;               /* [const] the class of flags and traps */
    Ref tuple;                     /* [const] DecimalTuple */
    Ref rational;                  /* [const] numbers.Rational */
    Ref variable;                  /* [const] ContextVar of the current context */
    Ref defaults, basic, extended; /* [const] the three contexts */
} DecimalState;

OZ_INLINE const DecimalState *oz_decimal_state(Thread *t)
{
    return t->vm->decimal;
}

/* ---- contexts (decimal_context.c) ---- */

OZ_INLINE bool oz_is_decimal_context(Obj v)
{
    return oz_isa(v, OZ_DECIMAL_CONTEXT);
}

/* The current context. */
Ref oz_decimal_context(Thread *t) OZ_CHECKED;
bool oz_decimal_set_context(Thread *t, Obj context) OZ_CHECKED;
/* The context given, or the current one for None; TypeError. */
Ref oz_decimal_context_argument(Thread *t, Obj v) OZ_CHECKED;
/* A new one with these limits and traps and no flags. */
Ref oz_decimal_context_new(Thread *t, const Limits *limits, uint32_t traps) OZ_CHECKED;
Ref oz_decimal_context_copy(Thread *t, Obj context) OZ_CHECKED;
/* The rounding of that name; TypeError. */
bool oz_decimal_rounding(Thread *t, Obj name, uint8_t *rounding) OZ_CHECKED;
/* Set flags; raise the first signal that is trapped. */
bool oz_decimal_signal(Thread *t, Obj context, uint32_t conditions) OZ_CHECKED;
/* Slots and attributes of the type (decimal_context_type.c). */
Ref oz_decimal_context_make(Thread *t, Class *cls, const Args *args) OZ_CHECKED;
Ref oz_decimal_context_repr(Thread *t, Obj self) OZ_CHECKED;
extern const GetSetDef oz_decimal_context_attributes[];
Ref oz_decimal_context_get_attr(Thread *t, Obj self, Obj name) OZ_CHECKED;
bool oz_decimal_context_set_attr(Thread *t, Obj self, Obj name, Obj value) OZ_CHECKED;
/* context.attribute = value for each keyword of localcontext(). */
bool oz_decimal_context_set(Thread *t, Obj context, Obj name, Obj value) OZ_CHECKED;

/* ---- signal dicts (decimal_signals.c) ---- */

Ref oz_signal_dict_new(Thread *t, uint32_t bits) OZ_CHECKED;
/* Bits of what is assigned to flags or traps, or given to a context: a dict of all signals. */
bool oz_signal_bits_of_dict(Thread *t, Obj v, uint32_t *bits) OZ_CHECKED;
/* The same of a list of signals. */
bool oz_signal_bits_of_list(Thread *t, Obj v, uint32_t *bits) OZ_CHECKED;
Ref oz_signal_list(Thread *t, uint32_t bits) OZ_CHECKED;
/* "[Clamped, Inexact]": the names of signals. */
void oz_signal_names(StrBuilder *b, uint32_t bits);

/* ---- operations (decimal_run.c) ---- */

/* A number as an argument: a Decimal, or an int brought to one. */
typedef struct Operand {
    Number number; /* borrows from `word` or `kept` */
    uint64_t word[1];
    Ref kept; /* or empty */
} Operand;
#define OZ_OPERAND_NONE                                                                            \
    {                                                                                              \
        .kept = NULL                                                                               \
    }

static inline void oz_operand_drop(Operand *o)
{
    oz_drop(o->kept);
}
#define scoped_operand __attribute__((cleanup(oz_operand_drop))) Operand

/* OZ_MISSING: `v` is neither Decimal nor int.  The operand must stay where it is. */
Found oz_operand_open(Thread *t, Obj v, Operand *o) OZ_CHECKED;
/* The same, but that is TypeError. */
bool oz_operand_argument(Thread *t, Obj v, Operand *o) OZ_CHECKED;

/* A Decimal of class `cls` (NULL: Decimal itself) with this value. */
Ref oz_decimal_new(Thread *t, Class *cls, const Number *n) OZ_CHECKED;

/* Run an operation: `limits` and `extra` of its Work; the results are `count` Decimals of `cls`.
 * *status is what it set. */
typedef struct Run {
    Operation *operation;
    const Number *a, *b, *c; /* or NULL */
    const void *extra;       /* or NULL */
    const Limits *limits;
    Class *cls; /* or NULL */
    unsigned count;
    bool brief; /* needs no more memory than a Work has, and no GMP */
} Run;
bool oz_decimal_run(Thread *t, const Run *run, uint32_t *status, Ref *results) OZ_CHECKED;
/* The usual case: one result, signals go to the context. */
Ref oz_decimal_apply(Thread *t, Operation *operation, Obj context, const Number *a, const Number *b,
                     const Number *c) OZ_CHECKED;
/* (quotient, remainder) of divmod(). */
Ref oz_decimal_divide_both(Thread *t, Obj context, const Number *a, const Number *b) OZ_CHECKED;

/* Without any of that, for short numbers (decimal_short.c): OZ_MISSING if it is not so simple. */
Found oz_short_add(Thread *t, Obj v, Obj other, bool subtract, Ref *result) OZ_CHECKED;
Found oz_short_multiply(Thread *t, Obj v, Obj other, Ref *result) OZ_CHECKED;
Found oz_short_divide(Thread *t, Obj v, Obj other, Ref *result) OZ_CHECKED;
Found oz_short_compare(Obj v, Obj other, CompareOp op, bool *result);

/* ---- conversions (decimal_convert.c) ---- */

/* What Decimal(v) gives, or context.create_decimal(v): an object of `cls`. */
Ref oz_decimal_from(Thread *t, Class *cls, Obj v, Obj context, bool exact) OZ_CHECKED;
Ref oz_decimal_from_float(Thread *t, Class *cls, Obj v, Obj context, bool exact) OZ_CHECKED;
Ref oz_decimal_from_int(Thread *t, Class *cls, Obj integer, Obj context, bool exact) OZ_CHECKED;
/* The integral part, truncated; ValueError, OverflowError. */
Ref oz_decimal_to_int(Thread *t, const Number *n, Rounding rounding) OZ_CHECKED;
bool oz_decimal_to_double(Thread *t, Obj v, double *d) OZ_CHECKED;
Ref oz_decimal_ratio(Thread *t, Obj v) OZ_CHECKED;
Ref oz_decimal_tuple(Thread *t, Obj v) OZ_CHECKED;
Ref oz_decimal_text(Thread *t, Obj v, int flags) OZ_CHECKED;
bool oz_decimal_hash(Thread *t, Obj v, int64_t *hash) OZ_CHECKED;
Ref oz_decimal_format(Thread *t, Obj v, Obj spec, Obj override) OZ_CHECKED;
Ref oz_decimal_compare_with(Thread *t, Obj a, Obj b, CompareOp op) OZ_CHECKED;

#endif
