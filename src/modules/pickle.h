// SPDX-License-Identifier: MIT
// What the files of _pickle share: opcodes, the memo, the pickler and the unpickler.
#ifndef OZ_MODULES_PICKLE_H
#define OZ_MODULES_PICKLE_H

#include "modules/module_errors.h"
#include "types/buffer.h"
#include "types/dict.h"
#include "types/list.h"
#include "types/tuple.h"

enum { OZ_PICKLE_HIGHEST = 5, OZ_PICKLE_DEFAULT = 4, OZ_PICKLE_BATCH = 1000 };

typedef enum PickleOp {
#define OPCODE(name, byte) OZ_PK_##name = (byte),
#include "modules/pickle.def"
#undef OPCODE
} PickleOp;

/* ---- the memo of a pickler: objects by identity (pickle_memo.c) ---- */

typedef struct PickleMemo {
    Ref *items;        /* [object] a block: objects in order; empty: nobody can ask for it again */
    int64_t *numbers;  /* [object] a block: the numbers that pickles use, or NULL: the places */
    uint64_t *buckets; /* [object] a block of 2^bits: place + 1 and 32 bits of the address, or 0 */
    uint32_t count;    /* [object] of items */
    uint32_t room;     /* [object] for items */
    uint32_t bits;     /* [object] 0: no buckets */
    Obj missed;        /* [object] borrowed, only compared: searched for in vain last, or NULL */
    uint64_t hole;     /* [object] the empty bucket that was found for it */
} PickleMemo;

/* The number of an object, or -1. */
int64_t oz_pickle_memo_find(PickleMemo *memo, Obj v);
/* The next number for an object that has none; NULL uses one up.  `owner` holds the memo. */
bool oz_pickle_memo_add(Thread *t, Object *owner, PickleMemo *memo, Obj v) OZ_CHECKED;
/* The same with a number of the caller's. */
bool oz_pickle_memo_add_as(Thread *t, Object *owner, PickleMemo *memo, Obj v,
                           int64_t number) OZ_CHECKED;
OZ_INLINE int64_t oz_pickle_memo_number(const PickleMemo *memo, uint32_t place)
{
    return memo->numbers ? memo->numbers[place] : place;
}
void oz_pickle_memo_clear(PickleMemo *memo);
void oz_pickle_memo_visit(const PickleMemo *memo, Visitor *v);
size_t oz_pickle_memo_bytes(const PickleMemo *memo);

/* ---- the pickler ---- */

/* Output that is complete: a block, or memory of `owner`. */
typedef struct PickleChunk {
    uint8_t *data;
    size_t length;
    Ref owner;
} PickleChunk;

/* What is known of instances of a shape, for one version of their class. */
typedef struct PickleShape {
    uint32_t id;
    uint32_t version; /* 0: unused */
    bool plain;
} PickleShape;
enum { OZ_PICKLE_SHAPES = 16 };

#define PICKLER_REFS(REF)                                                                          \
    REF(write)            /* of the file; empty: the result is wanted as bytes */                  \
    REF(persistent_id)    /* or empty */                                                           \
    REF(dispatch_table)   /* its own, or empty */                                                  \
    REF(buffer_callback)  /* or empty */                                                           \
    REF(reducer_override) /* while it dumps; or empty */                                           \
    REF(registry)  /* while it dumps: copyreg.dispatch_table, or empty: not asked for yet */       \
    REF(fast_seen) /* fast mode: a set of the containers under way, as ints; or empty */
typedef struct Pickler {
    Object base;
    PICKLER_REFS(OZ_FIELD)
    PickleMemo memo;
    uint8_t *data;       /* [object] a block: the output since the last chunk */
    uint8_t *at;         /* [object] the end of the output */
    uint8_t *limit;      /* [object] up to where it may be written */
    uint8_t *boundary;   /* [object] behind here the next opcode asks for oz_pickle_boundary */
    size_t capacity;     /* [object] of data */
    ssize_t frame;       /* [object] offset of the header of the open frame; -1: none is open */
    PickleChunk *chunks; /* [object] a block, or NULL */
    size_t chunk_count;  /* [object] */
    int64_t fast;        /* [object] not 0: nothing is memoized */
    int protocol;        /* [object] */
    int fast_nesting;    /* [object] */
    bool bin;            /* [object] */
    bool fix_imports;    /* [object] */
    bool bound;          /* [object] persistent_id is to be bound to the pickler */
    bool ready;          /* [object] __init__ has run */
    bool running;        /* [object] a dump is under way */
    bool framing;        /* [object] opcodes go into frames */
    bool hidden;         /* [const] no program can see it: that of dumps() */
    PickleShape shapes[OZ_PICKLE_SHAPES]; /* [object] by id */
} Pickler;

/* ---- output (pickle_output.c) ---- */

bool oz_pickle_room_slow(Thread *t, Pickler *p, size_t size) OZ_CHECKED;
/* Room for `size` more bytes at p->at. */
OZ_INLINE bool oz_pickle_room(Thread *t, Pickler *p, size_t size)
{
    return OZ_LIKELY((size_t)(p->limit - p->at) >= size) || oz_pickle_room_slow(t, p, size);
}
OZ_INLINE bool oz_pickle_put(Thread *t, Pickler *p, uint8_t opcode)
{
    if (!oz_pickle_room(t, p, 1))
        return false;
    *p->at++ = opcode;
    return true;
}
bool oz_pickle_write(Thread *t, Pickler *p, const void *data, size_t length) OZ_CHECKED;
/* An opcode with its argument of `size` bytes, little-endian. */
bool oz_pickle_put_number(Thread *t, Pickler *p, uint8_t opcode, uint64_t n,
                          size_t size) OZ_CHECKED;
/* A header and the bytes behind it, large ones outside of frames; `owner`: exact bytes that they
 * are, or NULL. */
bool oz_pickle_write_bytes(Thread *t, Pickler *p, const void *header, size_t header_size,
                           const void *data, size_t length, Obj owner) OZ_CHECKED;
/* Between two opcodes: end the frame or the chunk if it is long enough. */
bool oz_pickle_boundary(Thread *t, Pickler *p) OZ_CHECKED;
void oz_pickle_output_start(Pickler *p);
/* The end of a dump: written to the file (None), or the bytes. */
Ref oz_pickle_output_end(Thread *t, Pickler *p) OZ_CHECKED;
void oz_pickle_output_clear(Pickler *p);

/* ---- values (pickle_save.c) ---- */

bool oz_pickle_save(Thread *t, Pickler *p, Obj v) OZ_CHECKED;
bool oz_pickle_memoize(Thread *t, Pickler *p, Obj v) OZ_CHECKED;
bool oz_pickle_put_get(Thread *t, Pickler *p, int64_t number) OZ_CHECKED;
/* Items and pairs of iterators, for the list or dict on the stack. */
bool oz_pickle_save_items(Thread *t, Pickler *p, Obj iterator) OZ_CHECKED;
bool oz_pickle_save_pairs(Thread *t, Pickler *p, Obj iterator) OZ_CHECKED;

/* ---- objects and globals (pickle_reduce.c) ---- */

bool oz_pickle_save_object(Thread *t, Pickler *p, Obj v) OZ_CHECKED;
/* What __reduce__ gave: (callable, args, ...); `v` NULL: there is no object to memoize. */
bool oz_pickle_save_reduction(Thread *t, Pickler *p, Obj reduction, Obj v) OZ_CHECKED;

/* ---- what both directions share (pickle_names.c) ---- */

/* module.name for native code. */
Ref oz_pickle_import(Thread *t, const char *module, const char *name) OZ_CHECKED;
/* The parts of a dotted name; AttributeError for "<locals>" (`v` or NULL is in the message). */
Ref oz_pickle_dotted(Thread *t, Obj v, Obj name) OZ_CHECKED;
/* Follow them from `v`; *parent: where the last one was found.  OZ_MISSING without an error. */
Found oz_pickle_follow(Thread *t, Obj v, Obj parts, Ref *parent, Ref *value) OZ_CHECKED;
/* Names of Python 2 to ours (`reverse`: the other way), by _compat_pickle. */
bool oz_pickle_rename(Thread *t, bool reverse, Ref *module, Ref *name) OZ_CHECKED;
/* A method that a program may set or a subclass define: *bound says that it is one of self's. */
bool oz_pickle_hook(Thread *t, Obj self, const char *name, Ref *function, bool *bound) OZ_CHECKED;
Ref oz_pickle_call_hook(Thread *t, Obj self, Obj function, bool bound, Obj v) OZ_CHECKED;
/* ---- the unpickler ---- */

#define UNPICKLER_REFS(REF)                                                                        \
    REF(read)                                                                                      \
    REF(readline)                                                                                  \
    REF(peek)            /* or empty */                                                            \
    REF(persistent_load) /* or empty */                                                            \
    REF(buffers)         /* an iterator, or empty */                                               \
    REF(encoding)        /* str: of 8-bit strings of Python 2 */                                   \
    REF(errors)          /* str */                                                                 \
    REF(sparse)          /* dict: what is memoized far behind the rest; or empty */
typedef struct Unpickler {
    Object base;
    UNPICKLER_REFS(OZ_FIELD)
    Buffer view;           /* [object] open: what was read last */
    const uint8_t *at;     /* [object] the next byte of it */
    const uint8_t *end;    /* [object] */
    const uint8_t *peeked; /* [object] behind here the file is to be read past what we took; NULL */
    Ref *memo;             /* [object] a block: by number, or empty */
    size_t memo_room;      /* [object] of it */
    size_t memo_count;     /* [object] entries that are not empty, those of `sparse` too */
    Ref *stack;            /* [object] a block */
    size_t top;            /* [object] values on the stack */
    size_t room;           /* [object] for values */
    size_t fence;          /* [object] values below the last mark: not to be taken */
    size_t *marks;         /* [object] a block: stack tops */
    size_t mark_count;     /* [object] */
    size_t mark_room;      /* [object] */
    int protocol;          /* [object] of the pickle that is read */
    bool fix_imports;      /* [object] */
    bool bound;            /* [object] persistent_load is to be bound to the unpickler */
    bool ready;            /* [object] __init__ has run */
    bool running;          /* [object] a load is under way */
    bool hidden;           /* [const] no program can see it: that of loads() */
    PickleShape shapes[OZ_PICKLE_SHAPES]; /* [object] by id */
} Unpickler;

/* ---- input (pickle_input.c) ---- */

const uint8_t *oz_pickle_take_slow(Thread *t, Unpickler *u, size_t size) OZ_CHECKED;
/* The next `size` bytes, until the next call; NULL: raised. */
OZ_INLINE const uint8_t *oz_pickle_take(Thread *t, Unpickler *u, size_t size)
{
    if (OZ_UNLIKELY((size_t)(u->end - u->at) < size))
        return oz_pickle_take_slow(t, u, size);
    const uint8_t *start = u->at;
    u->at += size;
    return start;
}
/* A line without its end; NULL: raised. */
const uint8_t *oz_pickle_take_line(Thread *t, Unpickler *u, size_t *length) OZ_CHECKED;
/* The next bytes as an object; they may be many, and need not be there. */
Ref oz_pickle_take_bytes(Thread *t, Unpickler *u, uint64_t size) OZ_CHECKED;
Ref oz_pickle_take_byte_array(Thread *t, Unpickler *u, uint64_t size) OZ_CHECKED;
/* Read past what was only peeked at. */
bool oz_pickle_input_settle(Thread *t, Unpickler *u) OZ_CHECKED;
Ref oz_pickle_truncated(Thread *t) OZ_COLD; /* NULL */

/* ---- opcodes (pickle_load.c) ---- */

/* The value of the pickle that comes next. */
Ref oz_pickle_load(Thread *t, Unpickler *u) OZ_CHECKED;
void oz_pickle_stack_clear(Unpickler *u);
bool oz_unpickle_memo_set(Thread *t, Unpickler *u, uint64_t number, Obj v) OZ_CHECKED;
void oz_unpickle_memo_clear(Unpickler *u);

/* ---- making and using them: pickle_pickler.c, pickle_unpickler.c ---- */

bool oz_pickler_init(Thread *t, Pickler *p, Obj protocol, Obj fix_imports,
                     Obj buffer_callback) OZ_CHECKED;
Ref oz_pickler_dump(Thread *t, Pickler *p, Obj v) OZ_CHECKED;
bool oz_pickler_set_file(Thread *t, Pickler *p, Obj file) OZ_CHECKED;
/* The arguments fix_imports, encoding, errors, buffers. */
bool oz_unpickler_init(Thread *t, Unpickler *u, const Obj *options) OZ_CHECKED;
bool oz_unpickler_set_file(Thread *t, Unpickler *u, Obj file) OZ_CHECKED;
Ref oz_unpickler_find_class(Thread *t, Unpickler *u, Obj module, Obj name) OZ_CHECKED;

/* The open view of a PickleBuffer; NULL: raised, it was released (pickle_buffer.c). */
const Buffer *oz_pickle_buffer_view(Thread *t, Obj v) OZ_CHECKED;

#endif
