// SPDX-License-Identifier: MIT
// code objects: what the compiler makes and the VM runs (bytecode/opcode.h has the instructions).
#ifndef OZ_TYPES_CODE_H
#define OZ_TYPES_CODE_H

#include "types/protocol.h"

/* A range of instructions whose exceptions go to `handler`, with the temporaries below `depth`
 * kept; the exception is stored in register `depth`.  Sorted; inner ranges stand before outer. */
typedef struct ExceptionRange {
    uint32_t start;   /* [const] first instruction word */
    uint32_t end;     /* [const] behind the last */
    uint32_t handler; /* [const] */
    uint32_t depth;   /* [const] register index */
} ExceptionRange;

/* Where an instruction comes from. */
typedef struct Position {
    int32_t line; /* 0: none (artificial) */
    int32_t end_line;
    int32_t column; /* UTF-8 bytes; -1: unknown */
    int32_t end_column;
} Position;

#define CODE_REFS(REF)                                                                             \
    REF(constants) /* tuple; of a function, item 0 is its docstring or None */                     \
    REF(names)     /* tuple of interned strs: globals, attributes */                               \
    REF(locals)    /* tuple: names of the locals (parameters first), a register each; but see      \
                    * `spilled` */                                                                 \
    REF(cells)     /* tuple: names of the locals that are cells, co_cellvars */                    \
    REF(frees)     /* tuple: names of the function's cells, co_freevars */                         \
    REF(filename) REF(name) REF(qualname)

typedef struct Code {
    Object base;
    CODE_REFS(OZ_FIELD)
    uint64_t *instructions;   /* [VM] a heap block; caches inside change */
    uint32_t count;           /* [const] instruction words */
    uint32_t flags;           /* [const] OZ_CODE_*: the values of CO_* */
    uint32_t positional_only; /* [const] co_posonlyargcount */
    uint32_t positional;      /* [const] co_argcount (positional-only included) */
    uint32_t keyword_only;    /* [const] co_kwonlyargcount */
    uint32_t free_count;      /* [const] */
    uint32_t spilled;     /* [const] locals that are no registers but cells of the spill, a tuple
                           * in the last local register, whose place among `locals` the first
                           * of them has (bytecode/README.md) */
    uint16_t parameters;  /* [const] registers that binding arguments fills: parameters, *args and
                           * **kwargs included, or all locals (oz_code_spills_parameters) */
    uint16_t local_count; /* [const] first_temporary: registers below are locals */
    uint16_t registers;   /* [const] size of the window */
    uint16_t attributes;  /* [const] names stored in attributes of parameter 0, each once: what
                           * __init__ gives an instance (types/shape.c) */
    uint16_t simple_arguments; /* [const] `positional`, if a call with just so many positional
                                * values needs no further binding (no *args, **kwargs, keyword-only
                                * parameters, no generator); else OZ_NOT_SIMPLE */
    int32_t first_line;        /* [const] */
    uint32_t range_count;      /* [const] */
    ExceptionRange *ranges;    /* [const] a heap block; NULL: none, as of all below */
    uint8_t *positions;        /* [const] a heap block: packed, see oz_code_position */
    uint32_t position_bytes;   /* [const] */
    uint32_t *captures;    /* [const] [free_count] where MAKE_FUNCTION finds each free variable in
                            * the enclosing frame: a local that is a cell (an index of `locals`), or
                            * OZ_CAPTURE_FREE | index of the enclosing function's own cell */
    uint32_t *cell_locals; /* [const] locals that are cells, in the order of `cells`, which rises */
    uint32_t version;      /* [atomic] for caches */
    uint32_t sites;        /* [atomic] number of its first allocation site; 0: none given yet
                            * (memtools/alloc_sites.c) */
    _Atomic(int32_t *) lines; /* [atomic] a heap block: the line of each word, once traced */
} Code;

#define OZ_NOT_SIMPLE 0xffffu
#define OZ_CAPTURE_FREE 0x80000000u

enum {                             /* the numbers of inspect.CO_* */
       OZ_CODE_OPTIMIZED = 0x0001, /* locals are registers */
       OZ_CODE_NEWLOCALS = 0x0002, /* a call makes a new namespace */
       OZ_CODE_VARARGS = 0x0004,
       OZ_CODE_VARKEYWORDS = 0x0008,
       OZ_CODE_NESTED = 0x0010,
       OZ_CODE_GENERATOR = 0x0020,
       OZ_CODE_COROUTINE = 0x0080,
       OZ_CODE_ITERABLE_COROUTINE = 0x0100,
       OZ_CODE_ASYNC_GENERATOR = 0x0200,
       OZ_CODE_FUTURE_BARRY = 0x400000,
       OZ_CODE_FUTURE_GENERATOR_STOP = 0x800000,
       OZ_CODE_FUTURE_ANNOTATIONS = 0x1000000,
};
#define OZ_CODE_ANY_GENERATOR (OZ_CODE_GENERATOR | OZ_CODE_COROUTINE | OZ_CODE_ASYNC_GENERATOR)

/* A code object without contents, valid for drop: the compiler fills it. */
Code *oz_code_alloc(Thread *t) OZ_CHECKED;
/* The line of the instruction at word index `pc`, or of the last one before it that has one; -1 if
 * there is none. */
int oz_code_line(const Code *code, uint32_t pc);
/* The same, slower in long code: it reads the code alone, and makes nothing. */
int oz_code_line_read(const Code *code, uint32_t pc);
/* Just its own line for tracers, or 0; a table is made at the first call. */
int oz_code_traced_line(Code *code, uint32_t pc);
/* Where word `pc` comes from.  false: there is no such word. */
bool oz_code_position(const Code *code, uint32_t pc, Position *position);

/* Walk over the packed positions: one step for each run of words of the same position. */
typedef struct PositionWalk {
    const uint8_t *at, *end; /* [owner] */
    uint32_t start, stop;    /* [owner] words of this run */
    Position position;       /* [owner] */
} PositionWalk;
void oz_position_walk(const Code *code, PositionWalk *walk);
bool oz_position_step(PositionWalk *walk);
/* Is a local, an index of `locals`, a cell that inner functions share? */
bool oz_code_is_cell(const Code *code, uint32_t local);
/* The locals below are registers, the others cells of the spill. */
OZ_INLINE uint32_t oz_code_near(const Code *code)
{
    return code->local_count - (code->spilled != 0);
}
/* All parameters, *args and **kwargs included. */
OZ_INLINE uint32_t oz_code_parameter_count(const Code *code)
{
    return code->positional + code->keyword_only + !!(code->flags & OZ_CODE_VARARGS) +
           !!(code->flags & OZ_CODE_VARKEYWORDS);
}
/* Are some of them not in registers, so that binding makes the spill? */
OZ_INLINE bool oz_code_spills_parameters(const Code *code)
{
    return code->spilled && oz_code_parameter_count(code) > oz_code_near(code);
}

#endif
