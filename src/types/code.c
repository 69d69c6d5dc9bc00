// SPDX-License-Identifier: MIT
// code objects: attributes, positions, replace().
//
// Positions are packed: one entry for each run of words that come from the same place, of five
// numbers in base 128, least significant first: words, line minus the last entry's line (zigzag;
// the first entry counts from first_line), end line minus line (zigzag), column + 1, end column
// minus column (zigzag).  About 5 bytes an instruction.  They are read from the start: tracebacks
// and warnings ask seldom, and a tracer walks along.
//
// Code is made by the compiler only (a wrong instruction could do anything): the type cannot be
// called, and replace() changes what cannot do harm.
#include "types/code.h"
#include "types/bytes.h"
#include "types/complex.h"
#include "types/float.h"
#include "types/int.h"
#include "types/list.h"
#include "types/native.h"
#include "types/str.h"
#include "types/tuple.h"

#include <string.h>

enum { LONG_CODE = 256 }; /* words; the table of lines takes half as much memory as the code */

Code *oz_code_alloc(Thread *t)
{
    return oz_object_new(t, OZ_CODE, sizeof(Code));
}

/* ---- positions ---- */

static uint32_t get_number(PositionWalk *walk)
{
    uint32_t n = 0;
    for (unsigned shift = 0; walk->at < walk->end; shift += 7) {
        uint8_t byte = *walk->at++;
        n |= (uint32_t)(byte & 127) << (shift & 31);
        if (byte < 128)
            break;
    }
    return n;
}

static int32_t unzigzag(uint32_t n)
{
    return (int32_t)(n >> 1 ^ (0 - (n & 1)));
}

void oz_position_walk(const Code *code, PositionWalk *walk)
{
    *walk = (PositionWalk){.at = code->positions,
                           .end = code->positions ? code->positions + code->position_bytes : NULL,
                           .position.line = code->first_line};
}

bool oz_position_step(PositionWalk *walk)
{
    if (walk->at >= walk->end)
        return false;
    Position *p = &walk->position;
    walk->start = walk->stop;
    walk->stop += get_number(walk);
    p->line += unzigzag(get_number(walk));
    p->end_line = p->line + unzigzag(get_number(walk));
    p->column = (int32_t)get_number(walk) - 1;
    p->end_column = p->column + unzigzag(get_number(walk));
    return true;
}

bool oz_code_position(const Code *code, uint32_t pc, Position *position)
{
    PositionWalk walk;
    oz_position_walk(code, &walk);
    while (oz_position_step(&walk)) {
        if (pc < walk.stop) {
            *position = walk.position;
            return true;
        }
    }
    *position = (Position){-1, -1, -1, -1};
    return false;
}

/* Of long code, which a loop may ask again and again: from the table that tracers use. */
static int line_from_table(const Code *code, uint32_t pc)
{
    for (int64_t at = pc < code->count ? (int64_t)pc : -1; at >= 0; at--) {
        int line = oz_code_traced_line((Code *)(uintptr_t)code, (uint32_t)at);
        if (line > 0)
            return line;
    }
    return -1;
}

int oz_code_line(const Code *code, uint32_t pc)
{
    if (code->count >= LONG_CODE &&
        (pc >= LONG_CODE || atomic_load_explicit(&code->lines, memory_order_relaxed)))
        return line_from_table(code, pc);
    return oz_code_line_read(code, pc);
}

int oz_code_line_read(const Code *code, uint32_t pc)
{
    PositionWalk walk;
    oz_position_walk(code, &walk);
    int line = -1;
    while (oz_position_step(&walk)) {
        if (walk.position.line > 0)
            line = walk.position.line;
        if (pc < walk.stop)
            return line;
    }
    return -1;
}

static int32_t *line_table(const Code *code)
{
    int32_t *lines = oz_block_alloc(oz_thread()->heap, (size_t)code->count * sizeof *lines);
    PositionWalk walk;
    oz_position_walk(code, &walk);
    uint32_t pc = 0;
    while (lines && oz_position_step(&walk))
        for (; pc < walk.stop && pc < code->count; pc++)
            lines[pc] = walk.position.line;
    for (; lines && pc < code->count; pc++)
        lines[pc] = -1;
    return lines;
}

int oz_code_traced_line(Code *code, uint32_t pc)
{
    int32_t *lines = atomic_load_explicit(&code->lines, memory_order_acquire);
    if (!lines) {
        lines = line_table(code);
        int32_t *none = NULL;
        Position position;
        if (!lines)
            return oz_code_position(code, pc, &position) ? position.line : -1;
        if (!atomic_compare_exchange_strong(&code->lines, &none, lines)) {
            oz_block_free(lines);
            lines = none;
        }
    }
    return pc < code->count ? lines[pc] : -1;
}

/* ---- attributes ---- */

#define CODE(v) ((const Code *)(v))
#define NUMBER(attribute, field)                                                                   \
    static Ref get_##attribute(Thread *t OZ_UNUSED, Obj self)                                      \
    {                                                                                              \
        return oz_int((int64_t)CODE(self)->field);                                                 \
    }
NUMBER(argcount, positional)
NUMBER(posonlyargcount, positional_only)
NUMBER(kwonlyargcount, keyword_only)
NUMBER(stacksize, registers - CODE(self)->local_count)
NUMBER(flags, flags)
NUMBER(firstlineno, first_line)

bool oz_code_is_cell(const Code *code, uint32_t local)
{
    uint32_t low = 0, high = ((const Tuple *)code->cells)->length;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (code->cell_locals[middle] == local)
            return true;
        if (code->cell_locals[middle] < local)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

/* The locals that are no cells, and all parameters. */
static Ref get_varnames(Thread *t, Obj self)
{
    const Code *code = CODE(self);
    const Tuple *locals = (const Tuple *)code->locals;
    uint32_t parameters = oz_code_parameter_count(code);
    scoped Ref list = oz_list_new(t, locals->length);
    if (!list)
        return NULL;
    for (uint32_t i = 0; i < locals->length; i++) {
        if (i >= parameters && oz_code_is_cell(code, i))
            continue;
        if (!oz_list_append(t, (List *)list, locals->items[i]))
            return NULL;
    }
    return oz_list_to_tuple(t, (List *)list);
}

static Ref get_nlocals(Thread *t, Obj self)
{
    scoped Ref names = get_varnames(t, self);
    return names ? oz_int(((const Tuple *)names)->length) : NULL;
}

static Ref get_code(Thread *t, Obj self)
{
    const Code *code = CODE(self);
    Ref bytes = oz_bytes_alloc(t, (size_t)code->count * sizeof(uint64_t));
    if (bytes) /* its data are aligned to words */
        t->vm->hooks.copy_instructions(code, (uint64_t *)oz_bytes_data((const Bytes *)bytes));
    return bytes;
}

static Ref get_linetable(Thread *t, Obj self)
{
    return oz_bytes_new(t, CODE(self)->positions, CODE(self)->position_bytes);
}

static Ref get_exceptiontable(Thread *t, Obj self)
{
    const Code *code = CODE(self);
    return oz_bytes_new(t, code->ranges, code->range_count * sizeof *code->ranges);
}

static uint8_t *put_lnotab(uint8_t *at, uint32_t bytes, int32_t lines)
{
    while (bytes > 255)
        *at++ = 255, *at++ = 0, bytes -= 255;
    while (lines > 127)
        *at++ = (uint8_t)bytes, *at++ = 127, bytes = 0, lines -= 127;
    while (lines < -128)
        *at++ = (uint8_t)bytes, *at++ = 0x80, bytes = 0, lines += 128;
    *at++ = (uint8_t)bytes;
    *at++ = (uint8_t)lines;
    return at;
}

/* The old form of the line table: pairs of increments of bytes and lines. */
static Ref get_lnotab(Thread *t, Obj self)
{
    const Code *code = CODE(self);
    PositionWalk walk;
    size_t room = 0;
    int32_t line = code->first_line;
    uint32_t start = 0;
    for (oz_position_walk(code, &walk); oz_position_step(&walk);) {
        int64_t lines = (int64_t)walk.position.line - line;
        room += 4 + 2 * ((walk.stop - walk.start) * 8 / 255 +
                         (size_t)(lines < 0 ? -lines : lines) / 127);
        line = walk.position.line;
    }
    uint8_t *table = oz_block_alloc(t->heap, room + 8), *at = table;
    if (!table)
        return oz_raise_memory(t);
    line = code->first_line;
    for (oz_position_walk(code, &walk); oz_position_step(&walk);) {
        if (walk.position.line == line)
            continue;
        at = put_lnotab(at, (walk.start - start) * 8, walk.position.line - line);
        line = walk.position.line;
        start = walk.start;
    }
    Ref bytes = oz_bytes_new(t, table, (size_t)(at - table));
    oz_block_free(table);
    return bytes;
}

/* Offsets that programs see (co_lines, f_lasti, tb_lasti, dis) count bytes of co_code; positions
 * are given for every two of them, because programs look at entry f_lasti // 2. */
#define WORD ((int64_t)sizeof(uint64_t))
#define UNITS (uint32_t)(WORD / 2)

OZ_METHOD(code, co_lines, "($self, /)", "Iterate over (start, end, line) of runs of instructions.")
{
    scoped Ref list = oz_list_new(t, 0);
    if (!list)
        return NULL;
    PositionWalk walk;
    oz_position_walk(CODE(a[0]), &walk);
    bool more = oz_position_step(&walk);
    while (more) {
        uint32_t start = walk.start, stop = walk.stop;
        int32_t line = walk.position.line;
        while ((more = oz_position_step(&walk)) && walk.position.line == line)
            stop = walk.stop;
        Ref item = oz_tuple_of(t, 3, oz_int(start * WORD), oz_int(stop * WORD),
                               line > 0 ? oz_int(line) : OZ_NONE);
        if (!item || !oz_list_append_take(t, (List *)list, item))
            return NULL;
    }
    return oz_iter(t, list);
}

static Obj number_or_none(int32_t n, int32_t lowest)
{
    return n < lowest ? OZ_NONE : oz_int(n);
}

OZ_METHOD(code, co_positions, "($self, /)",
          "Iterate over (line, end line, column, end column) of every two bytes of co_code.")
{
    scoped Ref list = oz_list_new(t, CODE(a[0])->count * UNITS);
    if (!list)
        return NULL;
    PositionWalk walk;
    for (oz_position_walk(CODE(a[0]), &walk); oz_position_step(&walk);) {
        Position *p = &walk.position;
        if (t->vm->no_debug_ranges)
            *p = (Position){p->line, p->line, -1, -1};
        scoped Ref item =
            oz_tuple_of(t, 4, number_or_none(p->line, 1), number_or_none(p->end_line, 1),
                        number_or_none(p->column, 0), number_or_none(p->end_column, 0));
        if (!item)
            return NULL;
        for (uint32_t i = walk.start * UNITS; i < walk.stop * UNITS; i++)
            if (!oz_list_append(t, (List *)list, item))
                return NULL;
    }
    return oz_iter(t, list);
}

OZ_METHOD(code, _varname_from_oparg, "($self, /, oparg)", "The name of a local variable.")
{
    int index;
    const Tuple *locals = (const Tuple *)CODE(a[0])->locals;
    if (!oz_as_int(t, a[1], &index))
        return NULL;
    if (index < 0 || (uint32_t)index >= locals->length)
        return oz_raise(t, OZ_IndexError, "tuple index out of range");
    return oz_retain(locals->items[index]);
}

/* ---- comparison ---- */

static bool same_bytes(const void *a, const void *b, size_t size)
{
    return !size || !memcmp(a, b, size);
}

static bool same_bits(double a, double b)
{
    return !memcmp(&a, &b, sizeof a);
}

/* Of one class.  0.0 is not -0.0; a nan is itself. */
static bool same_values(Thread *t, Obj a, Obj b, bool *equal)
{
    double x, y;
    if (oz_as_float(a, &x) && oz_as_float(b, &y)) {
        *equal = same_bits(x, y);
        return true;
    }
    if (!oz_is(a, OZ_COMPLEX) || !oz_is(b, OZ_COMPLEX))
        return oz_equal(t, a, b, equal);
    const Complex *c = (const Complex *)a, *d = (const Complex *)b;
    *equal = same_bits(c->real, d->real) && same_bits(c->imag, d->imag);
    return true;
}

static bool code_equal(Thread *t, const Code *a, const Code *b, bool *equal);

/* Constants compare by type as well: 1 and 1.0 make different code. */
static bool same_constants(Thread *t, Obj a, Obj b, bool *equal)
{
    if (!oz_native_enter(t, " in comparison"))
        return false;
    if (oz_is(a, OZ_CODE) && oz_is(b, OZ_CODE))
        return code_equal(t, CODE(a), CODE(b), equal);
    const Tuple *x = (const Tuple *)a, *y = (const Tuple *)b;
    if (!oz_is(a, OZ_TUPLE) || !oz_is(b, OZ_TUPLE)) {
        *equal = oz_class_of(a) == oz_class_of(b);
        return !*equal || same_values(t, a, b, equal);
    }
    *equal = x->length == y->length;
    for (uint32_t i = 0; *equal && i < x->length; i++)
        if (!same_constants(t, x->items[i], y->items[i], equal))
            return false;
    return true;
}

/* Do a and b do the same, in the same places? */
static bool code_equal(Thread *t, const Code *a, const Code *b, bool *equal)
{
    *equal = a->count == b->count && a->flags == b->flags && a->positional == b->positional &&
             a->positional_only == b->positional_only && a->keyword_only == b->keyword_only &&
             a->first_line == b->first_line && a->range_count == b->range_count &&
             a->position_bytes == b->position_bytes &&
             same_bytes(a->positions, b->positions, a->position_bytes) &&
             t->vm->hooks.same_instructions(a, b) &&
             same_bytes(a->ranges, b->ranges, a->range_count * sizeof *a->ranges);
    Obj pairs[][2] = {{a->name, b->name},     {a->constants, b->constants}, {a->names, b->names},
                      {a->locals, b->locals}, {a->cells, b->cells},         {a->frees, b->frees}};
    for (size_t i = 0; *equal && i < OZ_COUNT(pairs); i++)
        if (!same_constants(t, pairs[i][0], pairs[i][1], equal))
            return false;
    return true;
}

static Ref code_compare(Thread *t, Obj a, Obj b, CompareOp op)
{
    bool equal = a == b;
    if ((op != OZ_EQ && op != OZ_NE) || !oz_is(a, OZ_CODE) || !oz_is(b, OZ_CODE))
        return OZ_NOT_IMPLEMENTED;
    if (!equal && !code_equal(t, CODE(a), CODE(b), &equal))
        return NULL;
    return oz_bool(equal == (op == OZ_EQ));
}

static bool code_hash(Thread *t, Obj self, int64_t *hash)
{
    const Code *code = CODE(self);
    if (!oz_hash(t, code->name, hash))
        return false;
    uint64_t h = (uint64_t)*hash ^ (uint64_t)code->first_line << 20 ^ code->count;
    *hash = (int64_t)(h * UINT64_C(0x9E3779B97F4A7C15) >> 1);
    return true;
}

static Ref code_repr(Thread *t, Obj self)
{
    const Code *code = CODE(self);
    return oz_str_format(t, "<code object %S at 0x%llx, file \"%S\", line %d>", code->name,
                         (long long)oz_word(self), code->filename, code->first_line);
}

/* ---- the type ---- */

static void code_visit(const Object *object, Visitor *v)
{
    const Code *self = (const Code *)object;
    CODE_REFS(OZ_VISIT)
}

static void free_block(void *place)
{
    void **block = place;
    void *old = *block;
    *block = NULL;
    oz_block_free(old);
}

static void code_clear(Thread *t, Object *object)
{
    Code *self = (Code *)object;
    CODE_REFS(OZ_CLEAR)
    if (self->instructions && t->vm->hooks.drop_caches) /* unit tests of compile have no vm */
        t->vm->hooks.drop_caches(self);
    self->count = self->range_count = self->position_bytes = 0;
    free_block(&self->instructions);
    free_block(&self->ranges);
    free_block(&self->positions);
    free_block(&self->cell_locals);
    oz_block_free(atomic_exchange(&self->lines, NULL));
}

/* Functions that are cleared after their code must know how many cells they have. */
static void code_free(Thread *t OZ_UNUSED, Object *object)
{
    free_block(&((Code *)object)->captures);
}

static size_t code_outside(const Object *object)
{
    const Code *self = (const Code *)object;
    return (size_t)self->count * 8 + self->range_count * sizeof *self->ranges +
           self->position_bytes + (size_t)self->free_count * sizeof *self->captures;
}

/* ---- replace ---- */

/* `given` is absent or what the code has already: anything else is refused. */
static bool is_unchanged(Thread *t, Obj given, Ref own /* taken */, const char *name)
{
    scoped Ref taken = own;
    bool same = true;
    if (!taken || (given && !oz_equal(t, given, taken, &same)))
        return false;
    return same || oz_fail(t, OZ_ValueError, "code.replace() cannot change %s", name);
}

/* A tuple of as many strs. */
static bool is_names_like(Thread *t, Obj given, Obj own, const char *name)
{
    Tuple *tuple = given ? oz_as_tuple(given) : NULL;
    if (given && (!tuple || tuple->length != ((const Tuple *)own)->length))
        return oz_fail(t, OZ_ValueError, "code.replace(): %s must be a tuple of %u names", name,
                       ((const Tuple *)own)->length);
    for (uint32_t i = 0; tuple && i < tuple->length; i++)
        if (!oz_is_exact_str(tuple->items[i]))
            return oz_fail(t, OZ_TypeError, "name tuples must contain only strings, not '%T'",
                           tuple->items[i]);
    return true;
}

/* Instructions rely on tuples and code among the constants: those stay, or, code, keep the same
 * free variables. */
static bool may_stand_for(Thread *t, Obj given, Obj own, bool *fine)
{
    *fine = given == own;
    if (*fine)
        return true;
    if (oz_is(own, OZ_CODE) && oz_is(given, OZ_CODE)) {
        const Code *a = CODE(given), *b = CODE(own);
        *fine = a->free_count == b->free_count &&
                same_bytes(a->captures, b->captures, a->free_count * sizeof *a->captures);
        return true;
    }
    if (oz_is(own, OZ_CODE) || oz_is(given, OZ_CODE))
        return true;
    if (oz_is(own, OZ_TUPLE) || oz_is(own, OZ_FROZENSET))
        return oz_equal(t, given, own, fine);
    *fine = true;
    return true;
}

static bool are_constants_like(Thread *t, Obj given, Obj own)
{
    Tuple *tuple = given ? oz_as_tuple(given) : NULL;
    const Tuple *old = (const Tuple *)own;
    bool fine = !given || (tuple && tuple->length == old->length);
    for (uint32_t i = 0; fine && tuple && i < tuple->length; i++)
        if (!may_stand_for(t, tuple->items[i], old->items[i], &fine))
            return false;
    return fine || oz_fail(t, OZ_ValueError, "code.replace(): these co_consts do not fit the code");
}

static bool copy_blocks(Thread *t, Code *to, const Code *from)
{
    const struct {
        const void *from;
        void *to;
        size_t size;
    } blocks[] = {
        {from->ranges, &to->ranges, from->range_count * sizeof *from->ranges},
        {from->positions, &to->positions, from->position_bytes},
        {from->captures, &to->captures, from->free_count * sizeof *from->captures},
        {from->cell_locals, &to->cell_locals,
         ((const Tuple *)from->cells)->length * sizeof *from->cell_locals},
    };
    for (size_t i = 0; i < OZ_COUNT(blocks); i++) {
        void *block = blocks[i].size ? oz_block_alloc(t->heap, blocks[i].size) : NULL;
        if (!block && blocks[i].size)
            return oz_raise_memory(t) != NULL;
        if (block)
            memcpy(block, blocks[i].from, blocks[i].size);
        *(void **)blocks[i].to = block;
    }
    uint64_t *words = oz_block_alloc(t->heap, (size_t)from->count * sizeof *words);
    if (!words)
        return oz_raise_memory(t) != NULL;
    t->vm->hooks.copy_instructions(from, words);
    to->instructions = words;
    to->count = from->count;
    return true;
}

/* Names are interned: caches compare them by address. */
static bool set_names(Thread *t, Code *code, Ref *field, Obj given, Obj own)
{
    if (!given) {
        oz_store_raw(&code->base, field, oz_retain(own));
        return true;
    }
    const Tuple *from = (const Tuple *)given;
    Tuple *names = oz_tuple_alloc(t, from->length);
    if (!names)
        return false;
    oz_store_raw(&code->base, field, (Ref)names);
    for (uint32_t i = 0; i < from->length; i++) {
        Ref name = oz_intern_str(t, oz_retain(from->items[i]));
        if (!name)
            return false;
        oz_tuple_init(names, i, name);
    }
    return true;
}

static void set_ref(Code *code, Ref *field, Obj given, Obj own)
{
    oz_store_raw(&code->base, field, oz_retain(given ? given : own));
}

enum { /* order of the parameters of replace() */
       R_SELF,
       R_ARGCOUNT,
       R_POSONLY,
       R_KWONLY,
       R_NLOCALS,
       R_STACKSIZE,
       R_FLAGS,
       R_FIRSTLINE,
       R_CODE,
       R_CONSTS,
       R_NAMES,
       R_VARNAMES,
       R_FREEVARS,
       R_CELLVARS,
       R_FILENAME,
       R_NAME,
       R_QUALNAME,
       R_LINETABLE,
       R_EXCEPTIONTABLE
};

static bool check_fixed(Thread *t, Obj self, const Obj *a)
{
    const Code *code = CODE(self);
    return is_unchanged(t, a[R_ARGCOUNT], oz_int(code->positional), "co_argcount") &&
           is_unchanged(t, a[R_POSONLY], oz_int(code->positional_only), "co_posonlyargcount") &&
           is_unchanged(t, a[R_KWONLY], oz_int(code->keyword_only), "co_kwonlyargcount") &&
           is_unchanged(t, a[R_NLOCALS], get_nlocals(t, self), "co_nlocals") &&
           is_unchanged(t, a[R_STACKSIZE], get_stacksize(t, self), "co_stacksize") &&
           is_unchanged(t, a[R_CODE], get_code(t, self), "co_code") &&
           is_unchanged(t, a[R_VARNAMES], get_varnames(t, self), "co_varnames") &&
           is_unchanged(t, a[R_LINETABLE], get_linetable(t, self), "co_linetable") &&
           is_unchanged(t, a[R_EXCEPTIONTABLE], get_exceptiontable(t, self), "co_exceptiontable");
}

static bool check_names(Thread *t, const Code *code, const Obj *a)
{
    static const struct {
        int index;
        const char *name;
    } strs[] = {{R_FILENAME, "co_filename"}, {R_NAME, "co_name"}, {R_QUALNAME, "co_qualname"}};
    for (size_t i = 0; i < OZ_COUNT(strs); i++)
        if (a[strs[i].index] && !oz_is_str(a[strs[i].index]))
            return oz_raise_argument(t, "replace", "str", a[strs[i].index]) != NULL;
    return are_constants_like(t, a[R_CONSTS], code->constants) &&
           is_names_like(t, a[R_NAMES], code->names, "co_names") &&
           is_names_like(t, a[R_FREEVARS], code->frees, "co_freevars") &&
           is_names_like(t, a[R_CELLVARS], code->cells, "co_cellvars");
}

/* Flags that say how a call runs cannot change, but for "may be awaited" (types.coroutine). */
static bool new_flags(Thread *t, const Code *code, Obj given, uint32_t *flags)
{
    int64_t n = code->flags;
    const int64_t fixed = OZ_CODE_OPTIMIZED | OZ_CODE_NEWLOCALS | OZ_CODE_VARARGS |
                          OZ_CODE_VARKEYWORDS | OZ_CODE_ANY_GENERATOR;
    if (given && !oz_as_int64(t, given, &n))
        return false;
    if (n < 0 || n > UINT32_MAX || (n ^ code->flags) & fixed)
        return oz_fail(t, OZ_ValueError, "code.replace(): these co_flags do not fit the code");
    *flags = (uint32_t)n;
    return true;
}

OZ_METHOD(code, replace,
          "($self, /, *, co_argcount=<unrepresentable>, co_posonlyargcount=<unrepresentable>, "
          "co_kwonlyargcount=<unrepresentable>, co_nlocals=<unrepresentable>, "
          "co_stacksize=<unrepresentable>, co_flags=<unrepresentable>, "
          "co_firstlineno=<unrepresentable>, co_code=<unrepresentable>, "
          "co_consts=<unrepresentable>, co_names=<unrepresentable>, "
          "co_varnames=<unrepresentable>, co_freevars=<unrepresentable>, "
          "co_cellvars=<unrepresentable>, co_filename=<unrepresentable>, "
          "co_name=<unrepresentable>, co_qualname=<unrepresentable>, "
          "co_linetable=<unrepresentable>, co_exceptiontable=<unrepresentable>)",
          "A copy of the code with other names, constants or flags.\n\n"
          "What decides how the instructions work cannot be changed.")
{
    const Code *self = CODE(a[0]);
    int64_t line = self->first_line;
    uint32_t flags;
    if (!check_fixed(t, a[0], a) || !check_names(t, self, a) ||
        !new_flags(t, self, a[R_FLAGS], &flags) ||
        (a[R_FIRSTLINE] && !oz_as_int64(t, a[R_FIRSTLINE], &line)))
        return NULL;
    if (line < 0 || line > INT32_MAX)
        return oz_raise(t, OZ_ValueError, "code: co_firstlineno must not be negative");
    Code *copy = oz_code_alloc(t);
    if (!copy)
        return NULL;
    scoped Ref made = (Ref)copy;
    set_ref(copy, &copy->constants, a[R_CONSTS], self->constants);
    set_ref(copy, &copy->locals, NULL, self->locals);
    set_ref(copy, &copy->filename, a[R_FILENAME], self->filename);
    set_ref(copy, &copy->name, a[R_NAME], self->name);
    set_ref(copy, &copy->qualname, a[R_QUALNAME], self->qualname);
    if (!set_names(t, copy, &copy->names, a[R_NAMES], self->names) ||
        !set_names(t, copy, &copy->cells, a[R_CELLVARS], self->cells) ||
        !set_names(t, copy, &copy->frees, a[R_FREEVARS], self->frees) ||
        !copy_blocks(t, copy, self))
        return NULL;
    copy->flags = flags;
    copy->positional_only = self->positional_only;
    copy->positional = self->positional;
    copy->keyword_only = self->keyword_only;
    copy->parameters = self->parameters;
    copy->local_count = self->local_count;
    copy->registers = self->registers;
    copy->free_count = self->free_count;
    copy->attributes = self->attributes;
    copy->spilled = self->spilled;
    copy->simple_arguments = self->simple_arguments;
    copy->first_line = (int32_t)line;
    copy->range_count = self->range_count;
    copy->position_bytes = self->position_bytes;
    return oz_move(&made);
}

const TypeDef oz_code_type = {
    .id = OZ_CODE,
    .name = "code",
    .doc = "What a function does: instructions, constants, names.  Made by compile().",
    .size = sizeof(Code),
    .flags = OZ_TYPE_FINAL | OZ_TYPE_NO_NEW | OZ_TYPE_WEAKREF,
    .visit = code_visit,
    .clear = code_clear,
    .free = code_free,
    .outside = code_outside,
    .slots = {.repr = code_repr, .hash = code_hash, .compare = code_compare},
    .methods =
        OZ_METHODS(&code_co_lines, &code_co_positions, &code__varname_from_oparg, &code_replace),
    .getsets = OZ_GETSETS(
        {"co_argcount", get_argcount, NULL, ""},
        {"co_posonlyargcount", get_posonlyargcount, NULL, ""},
        {"co_kwonlyargcount", get_kwonlyargcount, NULL, ""}, {"co_nlocals", get_nlocals, NULL, ""},
        {"co_stacksize", get_stacksize, NULL, ""}, {"co_flags", get_flags, NULL, ""},
        {"co_firstlineno", get_firstlineno, NULL, ""}, {"co_varnames", get_varnames, NULL, ""},
        {"co_code", get_code, NULL, ""}, {"_co_code_adaptive", get_code, NULL, ""},
        {"co_linetable", get_linetable, NULL, ""}, {"co_lnotab", get_lnotab, NULL, ""},
        {"co_exceptiontable", get_exceptiontable, NULL, ""}),
    .members = OZ_MEMBERS({"co_consts", offsetof(Code, constants), OZ_MEMBER_READONLY, ""},
                          {"co_names", offsetof(Code, names), OZ_MEMBER_READONLY, ""},
                          {"co_cellvars", offsetof(Code, cells), OZ_MEMBER_READONLY, ""},
                          {"co_freevars", offsetof(Code, frees), OZ_MEMBER_READONLY, ""},
                          {"co_filename", offsetof(Code, filename), OZ_MEMBER_READONLY, ""},
                          {"co_name", offsetof(Code, name), OZ_MEMBER_READONLY, ""},
                          {"co_qualname", offsetof(Code, qualname), OZ_MEMBER_READONLY, ""}),
};
