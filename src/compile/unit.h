// SPDX-License-Identifier: MIT
// The compiler's state: one Unit for each code object being made, and what all units share.
//
// Failure is sticky: the first error is raised and sets `failed`; from then on nothing is emitted
// and every visitor returns at once.  So visitors return void.
#ifndef OZ_COMPILE_UNIT_H
#define OZ_COMPILE_UNIT_H

#include "bytecode/opcode.h"
#include "compile/symbols.h"
#include "types/code.h"

/* So many locals at most are registers, beside the spill of the others. */
#define OZ_NEAR_LOCALS 4096u

/* Which locals are bound for certain here; of the first 256 only. */
typedef struct BoundSet {
    uint64_t words[4];
} BoundSet;

typedef uint32_t LabelId;

typedef struct Label {
    uint32_t at;    /* [owner] instruction index; OZ_NOWHERE until it is placed */
    bool reached;   /* [owner] something jumps here */
    BoundSet bound; /* [owner] where it is reached from: what is bound on every way */
} Label;
#define OZ_NOWHERE UINT32_MAX

typedef struct Emitted {
    Instruction word;  /* [owner] without its jump */
    LabelId target;    /* [owner] 0: none */
    uint32_t operand;  /* [owner] further word, where the opcode has one that is no cache */
    uint32_t handler;  /* [owner] index into handlers; 0: none */
    uint32_t offset;   /* [assembler] word index */
    bool dropped;      /* [assembler] a jump to what follows */
    bool far;          /* [assembler] a short jump that needs a long one beside it */
    Position position; /* [owner] */
} Emitted;

typedef struct Handler {
    LabelId label;
    uint32_t depth; /* register in which the exception arrives */
} Handler;

typedef enum BlockKind {
    OZ_BLOCK_WHILE,
    OZ_BLOCK_FOR,         /* register: iterator */
    OZ_BLOCK_TRY,         /* the body of try ... except */
    OZ_BLOCK_FINALLY_TRY, /* what a finally clause guards; datum: its body */
    OZ_BLOCK_FINALLY_END, /* the clause after an exception; register: exception, what was handled */
    OZ_BLOCK_HANDLER,     /* an except clause; register: the same; datum: ExceptHandler or NULL */
    OZ_BLOCK_STAR_HANDLER,
    OZ_BLOCK_WITH, /* register: exit, self; datum: the statement */
    OZ_BLOCK_ASYNC_WITH,
    OZ_BLOCK_VALUE, /* register: a value on its way to `return` */
} BlockKind;

/* What `return`, `break` and `continue` must undo on their way out. */
typedef struct Block {
    struct Block *outer; /* [const] */
    BlockKind kind;      /* [const] */
    uint32_t reg;        /* [const] */
    uint32_t depth;      /* [const] of the temporaries at the exit of a loop */
    uint32_t handler;    /* [const] the handler in force outside */
    LabelId again;       /* [const] continue */
    LabelId end;         /* [const] break */
    void *datum;         /* [const] */
} Block;

typedef struct Constants {
    Ref *items; /* [owner] */
    uint32_t count, capacity;
    uint32_t *slots; /* [owner] index + 1 by hash */
    uint32_t mask;
} Constants;

typedef struct Names {
    AstText **items; /* [owner] */
    uint32_t count, capacity;
    uint32_t *slots;
    uint32_t mask;
} Names;

typedef struct Unit Unit;
struct Unit {
    Unit *outer;                                        /* [const] */
    Scope *scope;                                       /* [const] */
    Ref name, qualname;                                 /* [owner] str */
    uint32_t flags;                                     /* [owner] OZ_CODE_* */
    int32_t first_line;                                 /* [const] */
    uint32_t positional_only, positional, keyword_only; /* [owner] */
    uint32_t local_count; /* [const] registers of locals: temporaries start here */
    uint32_t variables;   /* [const] locals */
    uint32_t spilled;     /* [const] the last of them, which are in the last local register */
    uint32_t next_local;  /* [owner] locals given out */
    uint32_t depth;       /* [owner] live temporaries */
    uint32_t max_depth;   /* [owner] */
    Symbol **locals;      /* [owner] by number, which is the register of one that is not spilled */
    Symbol **frees;       /* [owner] by index */
    uint32_t free_count;
    Symbol **cells; /* [owner] in the order of co_cellvars */
    uint32_t cell_count;
    Emitted *code; /* [owner] */
    uint32_t count, capacity;
    Label *labels; /* [owner] 0 is not used */
    uint32_t label_count, label_capacity;
    Handler *handlers; /* [owner] 0 is not used */
    uint32_t handler_count, handler_capacity;
    uint32_t handler; /* [owner] in force */
    Constants constants;
    Names names;
    Block *block;       /* [owner] innermost */
    uint32_t nesting;   /* [owner] blocks */
    BoundSet bound;     /* [owner] here */
    BoundSet deletable; /* [owner] locals that some statement unbinds */
    bool reachable;     /* [owner] */
    bool is_async;      /* [const] await is allowed: an async function */
    Position position;  /* [owner] of what is emitted */
};

typedef struct Compiler {
    Thread *t;
    Arena *arena; /* [const] of the tree; everything temporary lies there too */
    SymbolTable *table;
    Obj filename;
    int flags;           /* [owner] futures and OZ_COMPILE_* */
    int optimize;        /* [const] */
    bool interactive;    /* [const] expression statements are printed */
    bool failed;         /* [owner] an exception is raised */
    Unit *unit;          /* [owner] innermost */
    int32_t future_line; /* [owner] of the last future statement */
    Ref *owned;          /* [owner] objects that folded nodes refer to */
    uint32_t owned_count, owned_capacity;
} Compiler;

/* ---- units ---- */

/* Start a code object for `scope`; false: failed. */
bool oz_unit_open(Compiler *c, Scope *scope, const AstText *name, int32_t first_line);
/* End it and make the code object; NULL: failed. */
Ref oz_unit_close(Compiler *c);
Ref oz_unit_assemble(Compiler *c, Unit *unit); /* assemble.c */

void *oz_compiler_alloc(Compiler *c, size_t size);
/* Room for one more in an array of the arena. */
void *oz_compiler_grow(Compiler *c, void *items, uint32_t count, uint32_t *capacity, size_t size);
OZ_PRINTF(3, 4)
void oz_compiler_error(Compiler *c, const AstNode *node, const char *format, ...) OZ_COLD;
OZ_PRINTF(3, 4)
void oz_compiler_warning(Compiler *c, const AstNode *node, const char *format, ...) OZ_COLD;
/* Keep `object` (taken) until the compiler ends. */
Obj oz_compiler_keep(Compiler *c, Ref object);
Ref oz_text_to_str(Thread *t, const AstText *text) OZ_CHECKED; /* interned */

/* ---- instructions ---- */

void oz_emit(Compiler *c, Opcode op, unsigned aux, unsigned a, unsigned b, unsigned cc);
void oz_emit_d(Compiler *c, Opcode op, unsigned a, int32_t d);
void oz_emit_operand(Compiler *c, Opcode op, unsigned aux, unsigned a, unsigned b, unsigned cc,
                     uint32_t operand);
/* A jump of any form: for fused ones a and b are compared. */
void oz_emit_jump(Compiler *c, Opcode op, unsigned aux, unsigned a, unsigned b, LabelId target);
LabelId oz_label_new(Compiler *c);
void oz_label_place(Compiler *c, LabelId label);
/* The head of a loop: what deletable locals hold is not known. */
void oz_label_place_loop(Compiler *c, LabelId label);
uint32_t oz_handler_new(Compiler *c, LabelId label, uint32_t reg);
/* Place the code of a handler: `bound` is what was bound where its range began. */
void oz_handler_place(Compiler *c, LabelId label, const BoundSet *bound, bool reachable);
void oz_at(Compiler *c, const AstNode *node); /* what follows comes from here */
/* What follows has no line: tracers stay at the one that ran last. */
void oz_at_nothing(Compiler *c);

/* ---- registers ---- */

/* The next temporary; push claims it. */
OZ_INLINE unsigned oz_top(const Compiler *c)
{
    return c->unit->local_count + c->unit->depth;
}
unsigned oz_temporary_push(Compiler *c, unsigned count); /* returns the first */
OZ_INLINE void oz_pop(Compiler *c, unsigned count)
{
    oz_assert(c->unit->depth >= count);
    c->unit->depth -= count;
}
OZ_INLINE bool oz_is_temporary(const Compiler *c, unsigned reg)
{
    return reg >= c->unit->local_count;
}
/* The number of a local: its register, unless it is spilled. */
unsigned oz_local_number(Compiler *c, Symbol *symbol);
/* Does the local of this number live in a cell of the spill?  (bytecode/README.md) */
OZ_INLINE bool oz_is_spilled(const Unit *u, uint32_t number)
{
    return u->spilled && number + 1 >= u->local_count;
}
bool oz_is_bound(const Compiler *c, unsigned reg);
void oz_set_bound(Compiler *c, unsigned reg, bool bound);

/* ---- tables ---- */

uint32_t oz_constant(Compiler *c, Ref value); /* takes; equal constants share an index */
/* Does an index fit the 16 bits that an instruction has for it?  oz_emit takes a wide form by
 * itself where it does not and there is one. */
bool oz_is_narrow(const Compiler *c, uint32_t index);
unsigned oz_name_index(Compiler *c, AstText *name); /* not mangled yet */
unsigned oz_name_index_raw(Compiler *c, const char *name);
AstText *oz_mangle(Compiler *c, AstText *name);

/* ---- blocks ---- */

void oz_block_push(Compiler *c, Block *block, BlockKind kind, unsigned reg, void *datum);
void oz_block_pop(Compiler *c, Block *block);

#endif
