// SPDX-License-Identifier: MIT
// What a thread that runs free may read and call.
//
// Reads follow THREADS T19: a word is read, the object is taken unless it is dead, and what led to
// it is looked at again.  Blocks and cells that others give up meanwhile stay until this thread is
// at a safepoint (oz_retire).
#define OZ_RUNS_FREE
#include "vm/free.h"

#include "object/class.h"
#include "types/class_layout.h"
#include "types/function.h"
#include "types/module.h"
#include "vm/vm.h"

/* ---- reads ---- */

static Ref read_entry(const Dict *d, uint64_t word, uint32_t index)
{
    const DictTable *table = OZ_READ(&d->table);
    Ref value;
    if (!table || !(uint32_t)word || OZ_READ(&table->id) != (uint32_t)word)
        return NULL;
    return oz_read_shared(&d->base, &oz_dict_bare_entry(table, index)->value, &value) ? value
                                                                                      : NULL;
}

Ref oz_free_global(Thread *t, Obj globals, const uint64_t *cache)
{
    uint64_t word = OZ_READ(&cache[0]);
    if (!(word & OZ_CACHE_BUILTIN))
        return read_entry((const Dict *)globals, word, (uint32_t)(word >> 32));
    const DictTable *table = OZ_READ(&((const Dict *)globals)->table);
    if (!table || OZ_READ(&table->id) != (uint32_t)word ||
        OZ_READ(&table->used) != (uint32_t)((word & ~OZ_CACHE_BUILTIN) >> 32))
        return NULL;
    word = OZ_READ(&cache[1]);
    return read_entry((const Dict *)t->vm->builtins, word, (uint32_t)(word >> 32));
}

/* A slot of an instance that has this shape. */
static Ref read_slot(const Object *o, uint32_t id, uint32_t offset)
{
    Ref value;
    if (!oz_read_shared(o, oz_slot_at((Object *)(uintptr_t)o, offset), &value) || !value)
        return NULL;
    if (OZ_LIKELY(oz_id(o) == id))
        return value;
    oz_drop(value);
    return NULL;
}

/* What a class holds. */
static Ref read_value(Thread *t, const AttrFact *fact, Obj o, uint32_t id)
{
    Obj value = fact->value;
    if (oz_is_pointer(value) && !oz_try_retain(oz_object(value)))
        return NULL;
    if (OZ_LIKELY(oz_fact_holds(t, fact, o, id)))
        return (Ref)(uintptr_t)oz_word(value);
    oz_drop((Ref)(uintptr_t)oz_word(value));
    return NULL;
}

Ref oz_free_attribute(Thread *t, Obj o, const uint64_t *cache)
{
    if (!oz_is_pointer(o))
        return NULL;
    uint64_t word = OZ_READ(cache);
    uint32_t id = oz_id(oz_object(o));
    if (oz_cache_is_packed(word))
        return oz_cache_id(word) == id ? read_slot(oz_object(o), id, oz_cache_offset(word)) : NULL;
    for (const CacheRecord *each = oz_cache_record(word); each; each = each->next) {
        const AttrFact *fact = &each->fact;
        if (!oz_fact_holds(t, fact, o, id) && fact->kind != OZ_ATTR_MODULE)
            continue;
        if (fact->kind == OZ_ATTR_SLOT)
            return read_slot(oz_object(o), id, fact->offset);
        if (fact->kind == OZ_ATTR_VALUE || fact->kind == OZ_ATTR_CLASS)
            return read_value(t, fact, o, id);
        if (fact->kind == OZ_ATTR_MODULE && fact->id == id && ((const Module *)o)->dict)
            return read_entry((const Dict *)((const Module *)o)->dict, fact->version, fact->offset);
        if (fact->kind != OZ_ATTR_MODULE)
            return NULL;
    }
    return NULL;
}

static bool list_item(const List *list, Obj key, Ref *value)
{
    const ListBlock *block = OZ_READ(&list->block);
    uint64_t i = (uint64_t)oz_int_value(key);
    if (!block || i >= OZ_READ(&block->length) ||
        !oz_read_shared(&list->base, &block->items[i], value))
        return false;
    if (OZ_LIKELY(*value && OZ_READ(&list->block) == block && i < OZ_READ(&block->length)))
        return true;
    oz_drop(*value);
    return false;
}

bool oz_free_item(Obj o, Obj key, Ref *value)
{
    uint32_t id = oz_id(oz_object(o));
    if (id == OZ_LIST)
        return oz_is_int(key) && list_item((const List *)o, key, value);
    if (id == OZ_DICT)
        return oz_dict_read_shared((Dict *)o, key, value);
    const Tuple *tuple = (const Tuple *)o;
    if (id != OZ_TUPLE || !oz_is_int(key) || (uint64_t)oz_int_value(key) >= tuple->length)
        return false;
    *value = oz_retain(tuple->items[oz_int_value(key)]);
    return true;
}

/* ---- calls ---- */

static bool are_quiet(Ref const *a, unsigned count)
{
    for (unsigned n = 0; n < count; n++)
        if (!oz_is_quiet(a[n]))
            return false;
    return true;
}

bool oz_is_quiet_method(const Signature *s, Ref const *a, unsigned count)
{
    Obj self = a[0];
    uint32_t flags = s->def->flags;
    if (!oz_is_pointer(self) || oz_id(oz_object(self)) < OZ_LEAF_END)
        return !(flags & OZ_FN_CODEC) && are_quiet(a + 1, count);
    if (flags & OZ_FN_QUIET_SHARED)
        return are_quiet(a + 1, count);
    /* those of lists move references; those of dicts neither compare nor hash what is no bare key
     */
    return flags & OZ_FN_QUIET && oz_is_own(self) &&
           (oz_is(self, OZ_LIST) || (oz_is_own_bare_dict(self) && (!count || oz_is_bare(a[1]))));
}

bool oz_is_quiet_function(const Signature *s, Ref const *a, unsigned count)
{
    if (s->is_length)
        return count == 1 && oz_is_quiet_container(a[0]);
    return s->def->flags & OZ_FN_QUIET && are_quiet(a, count);
}

bool oz_free_defaults(const Thread *t, const Function *f, Ref *arguments, unsigned *given)
{
    const Code *code = f->code;
    unsigned count = code->simple_arguments;
    Ref read;
    if (count == OZ_NOT_SIMPLE || count < *given ||
        (char *)(t->frame + 2) > (char *)t->frames_end ||
        arguments + code->registers > t->stack_end || t->depth >= t->depth_limit ||
        !oz_read_shared(&f->base, &f->defaults, &read))
        return false;
    scoped Ref defaults = read;
    if (!defaults || count - *given > ((const Tuple *)defaults)->length)
        return false;
    const Tuple *values = (const Tuple *)defaults;
    for (unsigned p = *given; p < count; p++)
        arguments[p] = oz_retain(values->items[p + values->length - count]);
    *given = count;
    return true;
}

/* Is making an instance of the class, as it is now, no more than a cell and the frame of __init__?
 * Who has the turn looks; the answer is good while the class has that version. */
static void learn_making(Thread *t, Class *cls)
{
    oz_need_turn(t);
    Layouts *layouts = oz_layouts(cls);
    if (cls->layout == OZ_OBJECT && oz_class_allocates(cls, true) &&
        layouts->births >= OZ_BIRTHS_WATCHED)
        OZ_WRITE(&layouts->quiet, cls->version);
}

/* Is there room for a frame of the code above a window? */
static bool has_room(const Thread *t, const Ref *arguments, const Code *code)
{
    return t->depth < t->depth_limit && arguments + code->registers <= t->stack_end &&
           (char *)(t->frame + 2) <= (char *)t->frames_end;
}

bool oz_free_make(Thread *t, Ref *window, unsigned count, unsigned result)
{
    Class *cls = (Class *)window[0];
    const Layouts *layouts = oz_layouts(cls);
    uint32_t version = OZ_READ(&cls->version);
    const Shape *root = OZ_READ(&cls->root);
    Obj init;
    if (!version || !layouts || !root || oz_id(&cls->base) != OZ_TYPE)
        return false;
    if (OZ_UNLIKELY(OZ_READ(&layouts->quiet) != version)) {
        learn_making(t, cls);
        return false;
    }
    if (!oz_class_find_cached(t, cls, OZ_NAME(t, __init__), &init) || !init ||
        !oz_is(init, OZ_FUNCTION) || !oz_is_lasting(init))
        return false;
    const Code *code = OZ_READ(&((const Function *)init)->code);
    if (code->simple_arguments != count + 1 || !has_room(t, window + 1, code))
        return false;
    Object *o = oz_object_new(t, root->id, root->base + root->capacity * sizeof(Ref));
    if (OZ_UNLIKELY(!o || OZ_READ(&cls->version) != version)) {
        oz_exception_clear(t); /* the other loop will meet it again */
        oz_heap_free(o);
        return false;
    }
    Ref function = oz_retain(init);
    window[1] = (Ref)o; /* and the class's reference is the instance's now */
    window[0] = oz_retain((Obj)o);
    Frame *frame = oz_frame_push(t, function, window + 1, count + 1);
    frame->result = (uint16_t)result;
    frame->flags = OZ_FRAME_INIT;
    return true;
}

bool oz_calls_quietly(Thread *t, Ref const *window, unsigned count, bool has_self)
{
    Obj callee = window[0];
    if (!oz_is_pointer(callee) || has_self)
        return false;
    if (oz_is(callee, OZ_BOUND_METHOD)) {
        Obj function = ((const BoundMethod *)callee)->function;
        return oz_is(function, OZ_FUNCTION) &&
               ((const Function *)function)->code->simple_arguments == count + 1;
    }
    if (t->shapes[oz_id(oz_object(callee))]->layout != OZ_TYPE)
        return false;
    Class *cls = (Class *)callee;
    return (cls->id && cls->id < OZ_LEAF_END && cls->id != OZ_BYTES &&
            are_quiet(window + 2, count)) ||
           (!count && (cls->id == OZ_LIST || cls->id == OZ_DICT || cls->id == OZ_SET));
}
