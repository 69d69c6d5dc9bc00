// SPDX-License-Identifier: MIT
// Inline caches of attributes: what oz_attr_lookup knows, kept beside the instruction.
//
// A cache word is 0, a packed SLOT fact, or the address of a chain of up to MAX_FACTS
// records: immutable AttrFacts (types/type.h says how long each kind stays true).  A site that sees
// more kinds of objects starts again.  Others may be reading what is replaced: it is retired.
// Records die with their code.
#include "object/error.h"
#include "object/world.h"
#include "types/function.h"
#include "types/super.h"
#include "types/tuple.h"
#include "vm/vm.h"

enum { MAX_FACTS = 8 };

static void free_chain(CacheRecord *record)
{
    while (record) {
        CacheRecord *next = record->next;
        oz_retire(oz_thread(), record);
        record = next;
    }
}

/* Nothing that the program made: it has no allocation site. */
static CacheRecord *new_record(Thread *t)
{
    t->untraced++;
    CacheRecord *record = oz_block_alloc(t->heap, sizeof *record);
    t->untraced--;
    return record;
}

/* A packed word as a record, so that it can be the first of a chain. */
static CacheRecord *unpack(Thread *t, uint64_t word)
{
    CacheRecord *record = new_record(t);
    if (record)
        *record = (CacheRecord){.fact = {.kind = OZ_ATTR_SLOT,
                                         .id = oz_cache_id(word),
                                         .offset = oz_cache_offset(word)},
                                .length = 1};
    return record;
}

static void remember(Thread *t, uint64_t *cache, const AttrFact *fact)
{
    uint64_t word = *cache;
    if (!word && fact->kind == OZ_ATTR_SLOT && fact->id < OZ_CACHE_RECORD_ID) {
        OZ_WRITE(cache, oz_cache_pack(fact->offset, fact->id));
        return;
    }
    bool packed = oz_cache_is_packed(word);
    CacheRecord *rest = packed ? unpack(t, word) : oz_cache_record(word);
    CacheRecord *record = new_record(t);
    if (!record) { /* a cache is a hint */
        if (packed)
            oz_block_free(rest);
        return;
    }
    CacheRecord *full = rest && rest->length >= MAX_FACTS ? rest : NULL;
    if (full)
        rest = NULL;
    record->fact = *fact;
    record->next = rest;
    record->length = rest ? rest->length + 1 : 1;
    OZ_WRITE(cache, oz_cache_of_record(record));
    free_chain(full);
}

/* o.name by a fact that holds; OZ_MISSING: take the slow way. */
static Found read_fact(Thread *t, const AttrFact *fact, Obj o, Ref *value)
{
    *value = NULL;
    switch (fact->kind) {
    case OZ_ATTR_SLOT:
        *value = oz_load(oz_slot_at(oz_object(o), fact->offset));
        return *value ? OZ_FOUND : OZ_MISSING;
    case OZ_ATTR_OVERFLOW: {
        Object *block = oz_object(*oz_slot_at(oz_object(o), fact->offset));
        *value = oz_load(oz_slot_at(block, fact->next_id));
        return *value ? OZ_FOUND : OZ_MISSING;
    }
    case OZ_ATTR_VALUE:
    case OZ_ATTR_CLASS:
        *value = oz_retain(fact->value);
        return OZ_FOUND;
    case OZ_ATTR_METHOD:
        if (!oz_is(fact->value, OZ_FUNCTION))
            return OZ_MISSING;
        *value = oz_bound_method_new(t, fact->value, o);
        return *value ? OZ_FOUND : OZ_RAISED;
    case OZ_ATTR_GETSET:
        *value = oz_getset_read(t, fact->value, o);
        return *value ? OZ_FOUND : OZ_RAISED;
    case OZ_ATTR_PROPERTY: {
        scoped Ref getter = oz_retain(fact->value);
        *value = oz_call1(t, getter, o);
        return *value ? OZ_FOUND : OZ_RAISED;
    }
    default:
        return OZ_MISSING;
    }
}

/* obj.name where no fact of the site helps. */
static Ref get_uncached(Thread *t, Obj o, Obj name, uint64_t *cache)
{
    AttrFact fact;
    if (oz_attr_lookup(t, o, name, &fact) != OZ_ATTR_NONE)
        remember(t, cache, &fact);
    return oz_get_attr(t, o, name);
}

/* If the attribute is a property with a plain Python getter: push its frame; the result goes to
 * register `result`.  false: it is not (or there is no room, then the slow way says so). */
static bool enter_property(Thread *t, Obj o, const AttrFact *fact, unsigned result)
{
    if (!oz_is(fact->value, OZ_FUNCTION))
        return false;
    const Code *code = ((Function *)fact->value)->code;
    Ref *window = oz_frame_top(t);
    if (code->simple_arguments != 1 || t->depth >= t->depth_limit ||
        window + code->registers > t->stack_end || (char *)(t->frame + 2) > (char *)t->frames_end)
        return false;
    window[0] = oz_retain(o);
    Frame *frame = oz_frame_push(t, oz_retain(fact->value), window, 1);
    if (frame)
        frame->result = (uint16_t)result;
    return frame != NULL;
}

CallResult op_get_attr(Thread *t, Instruction i, Ref *base, uint64_t *cache)
{
    Frame *frame = t->frame;
    Obj o = base[OZ_B(i)];
    Obj name = ((Tuple *)frame->code->names)->items[OZ_C(i)];
    const AttrFact *fact = oz_find_fact(t, *cache, o, oz_id_of(o));
    Ref v = NULL;
    Found found = OZ_MISSING;
    if (fact) {
        if (fact->kind == OZ_ATTR_PROPERTY && enter_property(t, o, fact, OZ_A(i))) {
            oz_operand_done(frame, base, OZ_B(i));
            return OZ_CALL_FRAME;
        }
        found = read_fact(t, fact, o, &v);
    }
    if (found == OZ_MISSING)
        v = fact ? oz_get_attr(t, o, name) : get_uncached(t, o, name, cache);
    oz_operand_done(frame, base, OZ_B(i));
    if (!v)
        return OZ_CALL_RAISED;
    oz_result(base, OZ_A(i), v);
    return OZ_CALL_DONE;
}

/* window = callable, self by a fact that holds; false: take the slow way. */
static bool method_fact(const AttrFact *fact, Obj o, Ref *window)
{
    switch (fact->kind) {
    case OZ_ATTR_METHOD:
    case OZ_ATTR_CLASS_METHOD:
        window[0] = oz_retain(fact->value);
        window[1] = oz_retain(o);
        return true;
    case OZ_ATTR_VALUE:
    case OZ_ATTR_CLASS:
        window[0] = oz_retain(fact->value);
        window[1] = NULL;
        return true;
    default:
        return false;
    }
}

bool oz_cached_get_method(Thread *t, Obj o, Obj name, uint64_t *cache, Ref *window)
{
    uint32_t id = oz_id_of(o);
    window[1] = NULL;
    if (id == OZ_SUPER) {
        Found found = oz_super_method(t, o, name, &window[0], &window[1]);
        if (found != OZ_MISSING)
            return found == OZ_FOUND;
    }
    const Ref *place = oz_cached_slot(o, *cache);
    if (!place)
        place = oz_known_place(t, o, *cache, true);
    if (place && *place) {
        window[0] = oz_load(place);
        return true;
    }
    const AttrFact *record = oz_find_fact(t, *cache, o, id);
    if (record) {
        if (method_fact(record, o, window))
            return true;
    } else {
        AttrFact fact;
        if (oz_attr_lookup(t, o, name, &fact) != OZ_ATTR_NONE) {
            remember(t, cache, &fact);
            if (method_fact(&fact, o, window))
                return true;
        }
    }
    window[0] = oz_get_attr(t, o, name);
    return window[0] != NULL;
}

static bool set_attr(Thread *t, Obj o, Obj name, Obj value, uint64_t *cache)
{
    uint32_t id = oz_id_of(o);
    const AttrFact *record = oz_find_fact(t, *cache, o, id);
    if (record && record->kind == OZ_ATTR_ADD && oz_refs(oz_object(o)) > 0) {
        oz_add_attribute(oz_object(o), record, oz_retain(value));
        return true;
    }
    if (record && record->kind == OZ_ATTR_SLOT) {
        Ref *place = oz_slot_at(oz_object(o), record->offset);
        if (*place) {
            oz_store(oz_object(o), place, oz_retain(value));
            return true;
        }
    }
    AttrFact fact;
    AttrKind kind = record ? OZ_ATTR_NONE : oz_attr_lookup_set(t, o, name, &fact);
    if (kind == OZ_ATTR_SLOT || kind == OZ_ATTR_ADD)
        remember(t, cache, &fact);
    return oz_set_attr(t, o, name, value);
}

bool op_set_attr(Thread *t, Instruction i, Ref *base, uint64_t *cache)
{
    Frame *frame = t->frame;
    Obj name = ((Tuple *)frame->code->names)->items[OZ_C(i)];
    bool ok = set_attr(t, base[OZ_A(i)], name, base[OZ_B(i)], cache);
    oz_operand_done(frame, base, OZ_B(i));
    oz_operand_done(frame, base, OZ_A(i));
    return ok;
}

void oz_caches_forget(Code *code)
{
    const uint64_t *end = code->instructions + code->count;
    for (uint64_t *pc = code->instructions; pc < end;) {
        Opcode op = OZ_OP(*pc);
        if (op == OP_GET_ATTR || op == OP_SET_ATTR || op == OP_GET_METHOD) {
            CacheRecord *chain = oz_cache_record(pc[1]);
            OZ_WRITE(&pc[1], 0);
            free_chain(chain);
        }
        pc += oz_opcodes[op].words;
    }
}

/* What of a further word of an instruction was compiled: an operand; a cache is empty then. */
static uint64_t compiled(Opcode op, uint64_t word)
{
    return oz_opcodes[op].traits & OZ_TRAIT_C ? 0 : word;
}

void oz_caches_copy(const Code *code, uint64_t *words)
{
    for (uint32_t at = 0; at < code->count;) {
        Opcode op = OZ_OP(code->instructions[at]);
        words[at] = code->instructions[at];
        for (uint32_t end = at++ + oz_opcodes[op].words; at < end; at++)
            words[at] = compiled(op, code->instructions[at]);
    }
}

bool oz_caches_same(const Code *a, const Code *b)
{
    if (a->count != b->count)
        return false;
    for (uint32_t at = 0; at < a->count;) {
        Opcode op = OZ_OP(a->instructions[at]);
        if (a->instructions[at] != b->instructions[at])
            return false;
        for (uint32_t end = at++ + oz_opcodes[op].words; at < end; at++)
            if (compiled(op, a->instructions[at]) != compiled(op, b->instructions[at]))
                return false;
    }
    return true;
}
