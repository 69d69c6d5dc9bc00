// SPDX-License-Identifier: MIT
// The 8-byte header of every heap object, reference counting, and the store barrier.
//
// `refs` > 0: local, an exact count; plain arithmetic.  `refs` < 0: shared or immortal; the slow
// path decides.  `word`: flags in the low 8 bits, the id of the builtin type or shape in the high
// 24.  Flags change on shared objects, so a type test compares `word >> 8`.
//
// Rules (cited by number elsewhere):
//   H1. An object is whole (id set, every field valid) before anything can see or drop it.
//   H2. Every store of a reference into an object goes through oz_store, oz_store_new or
//       oz_store_raw below: they test the sign of the container (publication) and keep TRACKED.
//   H3. A drop may run Python code (finalisers): drop last, and reload state after it.
//   H4. A free cell has word 0; a live object never has.
#ifndef OZ_OBJECT_OBJECT_H
#define OZ_OBJECT_OBJECT_H

#include "object/value.h"

typedef struct Thread Thread;
typedef struct Vm Vm;
typedef struct Class Class;
typedef struct Shape Shape;
typedef struct TypeDef TypeDef;

enum {
    OZ_NO_TYPE = 0,
#define TYPE(ID, stem) OZ_##ID,
#define LEAF_END OZ_LEAF_END, OZ_LEAF_REWIND = OZ_LEAF_END - 1,
#include "object/types.def"
    OZ_TYPE_END, /* types of the core end here; those of native modules follow */
    OZ_TYPE_REWIND = OZ_TYPE_END - 1,
#include "object/module_types.def"
    OZ_TYPE_IDS,
#undef TYPE
#undef LEAF_END
};
#define OZ_BUILTIN_IDS 1024 /* shapes of Python classes start here */

typedef struct Object {
    _Atomic(int32_t) refs;  /* [atomic, relaxed while local] the count, or a shared state */
    _Atomic(uint32_t) word; /* [atomic] id << 8 | flags */
} Object;

enum {
    OZ_FLAG_TRACKED = 1 << 0,   /* may refer to something that may be in a cycle */
    OZ_FLAG_OLD = 1 << 1,       /* survived a young collection */
    OZ_FLAG_CANDIDATE = 1 << 2, /* its count fell to above 0 since the last full collection */
    OZ_FLAG_WEAKREF = 1 << 3,   /* the weak reference table has an entry */
    OZ_FLAG_FINALIZED = 1 << 4, /* __del__ has run */
    OZ_FLAG_LOCK = 1 << 5,      /* a writer holds it (shared objects) */
    OZ_FLAG_PARKED = 1 << 6,    /* somebody waits for the writer */
    OZ_FLAG_VIEW = 1 << 7,      /* instance: a __dict__ view exists */
    OZ_FLAG_INTERNED = 1 << 7,  /* str: in the intern table */
};

#define OZ_REFS_IMMORTAL ((int32_t)0xF0000000)
#define OZ_REFS_IMMORTAL_START ((uint32_t)0xE0000000)
#define OZ_REFS_DYING ((int32_t)0xEF000000) /* no drop ends it twice, and no walk hands it out */

OZ_INLINE Object *oz_object(Obj v)
{
    return (Object *)v;
}

OZ_INLINE int32_t oz_refs(const Object *o)
{
    return atomic_load_explicit(&o->refs, memory_order_relaxed);
}

/* Is it a shared object in its death?  (counts.h) */
OZ_INLINE bool oz_is_dead(const Object *o)
{
    return ((uint32_t)oz_refs(o) & UINT32_C(0xE0000000)) == UINT32_C(0xA0000000);
}

/* Is it in its death, after any finaliser, or waiting for it?  Nobody may hold it any more. */
OZ_INLINE bool oz_is_dying(const Object *o)
{
    return oz_refs(o) == OZ_REFS_DYING || oz_is_dead(o);
}

OZ_INLINE uint32_t oz_header_word(const Object *o)
{
    return atomic_load_explicit(&o->word, memory_order_relaxed);
}

/* The builtin type id, or shape id (>= OZ_BUILTIN_IDS), of a heap object. */
OZ_INLINE uint32_t oz_id(const Object *o)
{
    return oz_header_word(o) >> 8;
}

/* The id of any value; immediates give OZ_INT, OZ_FLOAT, OZ_BOOL, ... */
uint32_t oz_id_of_immediate(Obj v);
OZ_INLINE uint32_t oz_id_of(Obj v)
{
    if (OZ_LIKELY(oz_is_pointer(v)))
        return oz_id(oz_object(v));
    return oz_is_int(v) ? OZ_INT : oz_id_of_immediate(v);
}

/* Is `v` a heap object of exactly this builtin type (or shape)? */
OZ_INLINE bool oz_is(Obj v, uint32_t id)
{
    return oz_is_pointer(v) && oz_id(oz_object(v)) == id;
}

OZ_INLINE bool oz_has_flag(const Object *o, uint32_t flag)
{
    return oz_header_word(o) & flag;
}

/* Flags of a local object change by plain arithmetic, of a shared one atomically. */
OZ_INLINE void oz_flag_set(Object *o, uint32_t flag)
{
    if (oz_refs(o) > 0)
        atomic_store_explicit(&o->word, oz_header_word(o) | flag, memory_order_relaxed);
    else
        atomic_fetch_or_explicit(&o->word, flag, memory_order_relaxed);
}

OZ_INLINE void oz_flag_clear(Object *o, uint32_t flag)
{
    if (oz_refs(o) > 0)
        atomic_store_explicit(&o->word, oz_header_word(o) & ~flag, memory_order_relaxed);
    else
        atomic_fetch_and_explicit(&o->word, ~flag, memory_order_relaxed);
}

/* ---- words that others read ---- */

/* Threads that run free (world.h) read some fields of shared objects while who has the turn writes
 * them: as whole words, each after all that was written before it.  On x86-64 that is a plain
 * move.  Whoever has the turn reads them as any others: nobody else writes. */
#define OZ_WRITE(place, value) __atomic_store_n(place, value, __ATOMIC_RELEASE)
#define OZ_READ(place) __atomic_load_n(place, __ATOMIC_ACQUIRE)

/* memmove of references in a container, word by word if it is shared. */
void oz_move_refs_shared(Ref *to, Ref const *from, size_t count);
OZ_INLINE void oz_move_refs(const Object *container, Ref *to, Ref const *from, size_t count)
{
    if (OZ_UNLIKELY(oz_refs(container) < 0))
        oz_move_refs_shared(to, from, count);
    else
        memmove(to, from, count * sizeof(Ref));
}

/* ---- counting ---- */

void oz_retain_slow(Object *o);
void oz_drop_slow(Object *o); /* Runs Python: yes. */

/* Debug builds: end the process if another thread than the calling one made this local object. */
#if OZ_CHECK_LEVEL >= 2
void oz_check_owner(const Object *o);
#else
OZ_INLINE void oz_check_owner(const Object *o OZ_UNUSED)
{
}
#endif

OZ_INLINE void oz_retain_object(Object *o)
{
    int32_t n = (int32_t)((uint32_t)oz_refs(o) + 1u);
    if (OZ_LIKELY(n > 0)) {
        oz_check_owner(o);
        atomic_store_explicit(&o->refs, n, memory_order_relaxed);
    } else {
        oz_retain_slow(o);
    }
}

/* A new reference to what `v` refers to; immediates and empty cost nothing. */
OZ_INLINE Ref oz_retain(Obj v)
{
    if (oz_is_pointer(v))
        oz_retain_object(oz_object(v));
    return (Ref)(uintptr_t)oz_word(v);
}

/* Give up one reference if another one stays; false: oz_drop_slow is to do it. */
OZ_INLINE bool oz_drop_not_last(Object *o)
{
    int32_t n = oz_refs(o);
    if (OZ_UNLIKELY(n <= 1))
        return false;
    oz_check_owner(o);
    atomic_store_explicit(&o->refs, n - 1, memory_order_relaxed);
    return true;
}

OZ_INLINE void oz_drop_object(Object *o)
{
    if (OZ_UNLIKELY(!oz_drop_not_last(o)))
        oz_drop_slow(o);
}

/* Give up one reference.  Runs Python: yes (H3). */
OZ_INLINE void oz_drop(Ref v)
{
    if (oz_is_pointer(v))
        oz_drop_object(oz_object(v));
}

/* Retain and drop of what is likely to be immortal, without a call for it. */
OZ_INLINE Ref oz_retain_immortal(Obj v)
{
    return oz_is_pointer(v) && (uint32_t)oz_refs(oz_object(v)) >= OZ_REFS_IMMORTAL_START
               ? (Ref)(uintptr_t)oz_word(v)
               : oz_retain(v);
}

OZ_INLINE void oz_drop_immortal(Ref v)
{
    if (oz_is_pointer(v) && (uint32_t)oz_refs(oz_object(v)) < OZ_REFS_IMMORTAL_START)
        oz_drop_object(oz_object(v));
}

/* Move a reference out of a variable, which becomes empty. */
OZ_INLINE Ref oz_move(Ref *place)
{
    Ref v = *place;
    *place = NULL;
    return v;
}

/* Empty a variable and drop what it held: in this order, the drop may look at it. */
OZ_INLINE void oz_clear(Ref *place)
{
    Ref v = *place;
    *place = NULL;
    oz_drop(v);
}

static inline void oz_scoped_drop(Ref *place)
{
    oz_drop(*place);
}
/* A local variable that owns: dropped when it goes out of scope.  Initialise it. */
#define scoped __attribute__((cleanup(oz_scoped_drop)))

/* Read a count-carrying field of an object for keeping: the one place that T3/T19 will extend. */
OZ_INLINE Ref oz_load(Ref const *place)
{
    return oz_retain(*place);
}

/* ---- the store barrier ---- */

void oz_store_shared(Object *container, Ref *place, Ref value);
void oz_track_slow(Object *container);

/* `value` is about to be stored in `container`: note that it may now be part of a cycle. */
OZ_INLINE void oz_track(Object *container, Obj value)
{
    if (oz_is_pointer(value) && oz_id(oz_object(value)) >= OZ_LEAF_END &&
        OZ_UNLIKELY(!(oz_header_word(container) & OZ_FLAG_TRACKED)))
        oz_track_slow(container);
}

/* Make `v` and everything reachable from it shared (THREADS 2). */
void oz_publish(Thread *t, Obj v);

/* The same if another thread alone could reach `v` so far: before it is handed to this one, which
 * has looked where others keep theirs (frames, the heap).  The caller has the turn. */
void oz_publish_foreign(Thread *t, Obj v);
/* The same of what `o` refers to, which is shared and was filled past the store barrier. */
void oz_publish_edges(Thread *t, Object *o);

/* Store into a field that is empty, of a container that may already be seen by others.
 * Takes `value`. */
OZ_INLINE void oz_store_new(Object *container, Ref *place, Ref value)
{
    oz_check(*place == NULL);
    if (OZ_UNLIKELY(oz_refs(container) < 0)) {
        oz_store_shared(container, place, value);
        return;
    }
    oz_track(container, value);
    *place = value;
}

/* Replace a field.  Takes `value`; drops what the field held, last.  Runs Python: yes. */
OZ_INLINE void oz_store(Object *container, Ref *place, Ref value)
{
    if (OZ_UNLIKELY(oz_refs(container) < 0)) {
        oz_store_shared(container, place, value);
        return;
    }
    Ref old = *place;
    oz_track(container, value);
    *place = value;
    oz_drop(old);
}

/* Initialise a field of an object that nothing else can see yet, whatever the memory held.
 * Takes `value`. */
OZ_INLINE void oz_store_raw(Object *container, Ref *place, Ref value)
{
    oz_track(container, value);
    *place = value;
}

/* ---- making and unmaking ---- */

/* A new object of builtin type `id` with `size` bytes; everything after the header is zero.
 * NULL: MemoryError raised.  The type must be valid for drop at once (H1). */
void *oz_object_new(Thread *t, uint32_t id, size_t size) OZ_CHECKED;
/* The same, but only the header is written: the caller fills the rest before anything else. */
void *oz_object_new_raw(Thread *t, uint32_t id, size_t size) OZ_CHECKED;
void oz_make_immortal(Object *o);

/* Show every reference that `o` owns.  Runs Python: no. */
typedef struct Visitor Visitor;
void oz_visit_object(Thread *t, const Object *o, Visitor *v);

#endif
