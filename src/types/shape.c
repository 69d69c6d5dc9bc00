// SPDX-License-Identifier: MIT
// Shapes: which attribute of an instance lies in which slot.
//
// A class has a tree of shapes for each capacity that its instances' cells have had; the root has
// no attribute, a child adds one.  The root of new instances comes from a prediction, which is at
// first what __init__ names (code->attributes), and is revised as instances are seen to grow: at
// most REVISIONS times exactly, then by powers of two.  Old instances keep their trees.
//
// I1. Slot i lies at base + 8i.  The first `fixed` slots belong to __slots__ and are in no key
//     table; key k has slot fixed + k.
// I2. A key table is shared by the shapes of one line of descent: a shape with n keys sees the
//     first n.  It is never changed below what somebody sees, so it needs no lock to read.
// I3. If count > capacity (OVERFLOW), the last inline slot, capacity - 1, points at a raw block,
//     whose word 0 is what would be in that slot, and which holds all further slots.
// I4. A shape record lives as long as its class, at one address.  The class outlives its instances
//     (each counts it), so an id in a live object always leads to a shape.
// I5. An id is used again only after its class has died and no inline cache names it any more: when
//     half of the ids are dead, all caches are emptied.
//
// Too many attributes, children or shapes mean dictionary mode: the slot behind the fixed ones
// holds a dict.
#include "types/class_layout.h"

#include "types/code.h"
#include "types/function.h"

#include <string.h>

enum {
    MAX_KEYS = 64,
    MAX_CHILDREN = 32,
    MAX_SHAPES = 512,
    REVISIONS = 4,
    FIRST_GUESS = 4, /* slots, where __init__ tells nothing */
    MANY_IDS = 1024, /* that wait: fewer are not worth a walk over the heap */
};

typedef struct KeyTable {
    uint32_t count;    /* [shape lock] */
    uint32_t capacity; /* [const] */
    uint32_t sharers;  /* [shape lock] shapes that point here */
    uint32_t spare;
    Ref keys[]; /* [const below count] interned strs, owned */
} KeyTable;

typedef struct Children {
    uint32_t count;    /* [shape lock] */
    uint32_t capacity; /* [shape lock] */
    Shape *items[];    /* [shape lock] */
} Children;

/* ---- ids ---- */

/* Half of all ids wait to be used again: make it so. */
static OZ_NOINLINE void reuse_ids(Thread *t)
{
    if (t->vm->hooks.forget_caches)
        t->vm->hooks.forget_caches(t);
    ClassState *state = oz_class_state(t);
    state->usable = state->free_count;
}

static uint32_t take_id(Thread *t)
{
    ClassState *state = oz_class_state(t);
    uint32_t made = atomic_load_explicit(&t->vm->shape_end, memory_order_relaxed) - OZ_BUILTIN_IDS;
    if (OZ_UNLIKELY(!state->usable && state->free_count > MANY_IDS && state->free_count > made / 2))
        reuse_ids(t);
    if (state->usable) {
        /* free_ids is [usable ones][those in quarantine]; the last of all fills the hole, after
         * the last usable one has left it at the border. */
        uint32_t id = state->free_ids[--state->usable];
        state->free_ids[state->usable] = state->free_ids[--state->free_count];
        return id;
    }
    uint32_t id = atomic_load_explicit(&t->vm->shape_end, memory_order_relaxed);
    if (id >= t->vm->shape_room - 1)
        return 0;
    atomic_store_explicit(&t->vm->shape_end, id + 1, memory_order_relaxed);
    return id;
}

static void give_id(Thread *t, uint32_t id)
{
    ClassState *state = oz_class_state(t);
    OZ_WRITE(&t->vm->shapes[id], NULL);
    OZ_WRITE(&t->vm->shape_versions[id], 0);
    if (state->free_count == state->free_capacity) {
        uint32_t capacity = state->free_capacity ? state->free_capacity * 2 : 64;
        uint32_t *more = oz_block_realloc(t->heap, state->free_ids, capacity * sizeof *more);
        if (!more)
            return; /* benign: the id is never used again */
        state->free_ids = more;
        state->free_capacity = capacity;
    }
    state->free_ids[state->free_count++] = id;
}

/* ---- keys ---- */

OZ_INLINE unsigned key_count(const Shape *shape)
{
    return (unsigned)(shape->count - shape->fixed);
}

int oz_shape_index(const Shape *shape, Obj name)
{
    const KeyTable *table = shape->keys;
    if (shape->flags & (OZ_SHAPE_DICT | OZ_SHAPE_FIELD | OZ_SHAPE_TUPLE))
        return -1;
    unsigned n = key_count(shape);
    for (unsigned i = 0; i < n; i++)
        if ((Obj)table->keys[i] == name)
            return (int)i;
    return -1;
}

Obj oz_shape_key(const Shape *shape, unsigned index)
{
    return ((const KeyTable *)shape->keys)->keys[index];
}

static KeyTable *table_new(Thread *t, const KeyTable *old, unsigned count)
{
    unsigned capacity = count < 4 ? 4 : count * 2;
    KeyTable *table = oz_block_alloc(t->heap, sizeof *table + capacity * sizeof(Ref));
    if (!table)
        return NULL;
    *table = (KeyTable){.count = count, .capacity = capacity};
    for (unsigned i = 0; i < count; i++)
        table->keys[i] = oz_retain(old->keys[i]);
    return table;
}

static void table_leave(KeyTable *table)
{
    if (!table || --table->sharers)
        return;
    for (unsigned i = 0; i < table->count; i++)
        oz_drop(table->keys[i]);
    oz_block_free(table);
}

/* A table whose first keys are those of `parent`, then `name`. */
static KeyTable *table_extend(Thread *t, const Shape *parent, Obj name)
{
    KeyTable *table = parent->keys;
    unsigned n = key_count(parent);
    if (!table || table->count > n || table->count == table->capacity) {
        table = table_new(t, table, n);
        if (!table)
            return NULL;
    }
    table->keys[n] = oz_retain(name);
    table->count = n + 1;
    return table;
}

/* ---- making shapes ---- */

/* A shape of the class, registered under an id; the caller fills in the rest. */
static Shape *shape_new(Thread *t, Class *cls)
{
    Layouts *layouts = oz_layouts(cls);
    if (layouts->count == layouts->room) {
        uint32_t room = layouts->room ? layouts->room * 2 : 4;
        Shape **more = oz_block_realloc(t->heap, layouts->shapes, room * sizeof *more);
        if (!more)
            return NULL;
        layouts->shapes = more;
        layouts->room = room;
    }
    Shape *shape = oz_block_alloc(t->heap, sizeof *shape);
    uint32_t id = shape ? take_id(t) : 0;
    if (!id) {
        oz_block_free(shape);
        return NULL;
    }
    *shape = (Shape){.id = id,
                     .layout = cls->layout,
                     .base = cls->base_size,
                     .cls = cls,
                     .def = cls->def,
                     .fixed = layouts->fixed};
    if (cls->def->flags & OZ_TYPE_WRAPPED)
        shape->flags |= OZ_SHAPE_WRAPPER;
    OZ_WRITE(&t->vm->shapes[id], shape);
    OZ_WRITE(&t->vm->shape_versions[id], cls->version);
    layouts->shapes[layouts->count++] = shape;
    return shape;
}

static uint16_t attribute_flags(const Class *cls)
{
    if (cls->layout == OZ_TYPE) /* a metaclass: its instances keep attributes in their own dict */
        return OZ_SHAPE_CLOSED;
    if (cls->layout == OZ_TUPLE)
        return cls->flags & OZ_CLASS_DICT ? OZ_SHAPE_TUPLE : OZ_SHAPE_CLOSED;
    if (cls->dict_offset)
        return OZ_SHAPE_FIELD;
    return cls->flags & OZ_CLASS_DICT ? 0 : OZ_SHAPE_CLOSED;
}

Shape *oz_shape_root_sized(Thread *t, Class *cls, unsigned capacity)
{
    Layouts *layouts = oz_layouts(cls);
    for (uint32_t i = 0; i < layouts->count; i++) {
        Shape *each = layouts->shapes[i];
        if (!each->parent && each->capacity == capacity && !(each->flags & OZ_SHAPE_DICT))
            return each;
    }
    Shape *shape = shape_new(t, cls);
    if (!shape) {
        oz_raise_memory(t);
        return NULL;
    }
    shape->flags |= attribute_flags(cls);
    shape->count = layouts->fixed;
    shape->capacity = (uint16_t)capacity;
    return shape;
}

Shape *oz_shape_dictionary(Thread *t, Class *cls, bool lent)
{
    Layouts *layouts = oz_layouts(cls);
    Shape **place = lent ? &layouts->lent : &layouts->dictionary;
    if (*place)
        return *place;
    Shape *shape = shape_new(t, cls);
    if (!shape) {
        oz_raise_memory(t);
        return NULL;
    }
    shape->flags |= lent ? OZ_SHAPE_DICT | OZ_SHAPE_LENT : OZ_SHAPE_DICT;
    shape->count = shape->capacity = (uint16_t)(layouts->fixed + 1);
    return *place = shape;
}

static bool add_child(Thread *t, Shape *parent, Shape *child)
{
    Children *children = parent->children;
    if (!children || children->count == children->capacity) {
        uint32_t capacity = children ? children->capacity * 2 : 1;
        Children *more =
            oz_block_realloc(t->heap, children, sizeof *children + capacity * sizeof(Shape *));
        if (!more)
            return false;
        if (!children)
            more->count = 0;
        more->capacity = capacity;
        parent->children = children = more;
    }
    children->items[children->count++] = child;
    return true;
}

static void note_growth(Class *cls, unsigned count)
{
    Layouts *layouts = oz_layouts(cls);
    if (count > layouts->most) {
        layouts->most = (uint16_t)count;
        if (count > layouts->capacity)
            OZ_WRITE(&cls->root, NULL); /* the next instance asks for a larger root */
    }
}

/* The last shape of the class's list is not wanted after all. */
static void unmake_last(Thread *t, Class *cls)
{
    Layouts *layouts = oz_layouts(cls);
    Shape *shape = layouts->shapes[--layouts->count];
    give_id(t, shape->id);
    oz_block_free(shape);
}

Shape *oz_shape_child(Thread *t, Shape *parent, Obj name)
{
    if (parent->flags & (OZ_SHAPE_DICT | OZ_SHAPE_FIELD | OZ_SHAPE_TUPLE | OZ_SHAPE_CLOSED))
        return NULL;
    Children *children = parent->children;
    for (uint32_t i = 0; children && i < children->count; i++)
        if (children->items[i]->key == name)
            return children->items[i];
    Class *cls = parent->cls;
    if (key_count(parent) >= MAX_KEYS || (children && children->count >= MAX_CHILDREN) ||
        oz_layouts(cls)->count >= MAX_SHAPES)
        return NULL;
    Shape *shape = shape_new(t, cls);
    if (!shape)
        return NULL;
    KeyTable *table = table_extend(t, parent, name);
    if (table)
        table->sharers++;
    if (!table || !add_child(t, parent, shape)) {
        table_leave(table);
        unmake_last(t, cls);
        return NULL;
    }
    shape->keys = table;
    shape->key = name;
    shape->parent = parent;
    shape->capacity = parent->capacity;
    shape->count = (uint16_t)(parent->count + 1);
    if (shape->count > shape->capacity)
        shape->flags |= OZ_SHAPE_OVERFLOW;
    note_growth(cls, shape->count);
    return shape;
}

/* ---- prediction ---- */

/* How many attributes the __init__ functions along the MRO store in self. */
static unsigned named_by_init(Thread *t, Class *cls)
{
    const Tuple *mro = (const Tuple *)cls->mro;
    unsigned total = 0;
    for (size_t i = 0; mro && i < mro->length; i++) {
        Class *each = (Class *)mro->items[i];
        if (!(each->flags & OZ_CLASS_PYTHON))
            continue;
        Dict *dict = (Dict *)each->dict;
        Obj init = dict ? oz_dict_peek_str(dict, OZ_NAME(t, __init__)) : NULL;
        if (init && oz_is(init, OZ_FUNCTION))
            total += ((const Function *)init)->code->attributes;
    }
    return total < MAX_KEYS ? total : MAX_KEYS;
}

static unsigned power_of_two(unsigned n)
{
    unsigned p = 1;
    while (p < n)
        p *= 2;
    return p;
}

/* Where slots start and how many there are at least. */
static unsigned least(const Class *cls)
{
    const Layouts *layouts = cls->layouts;
    uint16_t flags = attribute_flags(cls);
    return layouts->fixed + (flags & (OZ_SHAPE_CLOSED | OZ_SHAPE_FIELD | OZ_SHAPE_TUPLE) ? 0u : 1u);
}

static void predict(Thread *t, Class *cls)
{
    Layouts *layouts = oz_layouts(cls);
    unsigned low = least(cls), capacity = layouts->capacity;
    if (low == layouts->fixed) { /* no attributes in slots */
        layouts->capacity = (uint16_t)low;
        layouts->births = OZ_BIRTHS_WATCHED;
        return;
    }
    if (!capacity) {
        unsigned named = named_by_init(t, cls);
        capacity = layouts->fixed + (named ? named : cls->def->id == OZ_OBJECT ? FIRST_GUESS : 1u);
    } else if (layouts->most > capacity) {
        capacity = layouts->revisions++ < REVISIONS ? layouts->most : power_of_two(layouts->most);
    } else if (layouts->most > layouts->fixed && layouts->revisions < REVISIONS &&
               (layouts->births > 1 || !named_by_init(t, cls))) {
        if (layouts->most < capacity)
            layouts->revisions++;
        capacity = layouts->most;
    }
    layouts->capacity = (uint16_t)(capacity < low ? low : capacity);
}

/* Births after which the prediction is looked at again. */
static bool is_milestone(unsigned births)
{
    return births == 1 || births == 32 || births == OZ_BIRTHS_WATCHED - 1;
}

static OZ_NOINLINE Shape *root_slow(Thread *t, Class *cls)
{
    Layouts *layouts = oz_layouts(cls);
    if (!cls->root || is_milestone(layouts->births)) {
        predict(t, cls);
        OZ_WRITE(&cls->root, oz_shape_root_sized(t, cls, layouts->capacity));
    }
    if (layouts->births < OZ_BIRTHS_WATCHED)
        layouts->births++;
    return cls->root;
}

Shape *oz_shape_root(Thread *t, Class *cls)
{
    Shape *root = cls->root;
    if (OZ_LIKELY(root && oz_layouts(cls)->births >= OZ_BIRTHS_WATCHED))
        return root;
    return root_slow(t, cls);
}

/* ---- life with the class ---- */

bool oz_layouts_init(Thread *t, Class *cls, unsigned more)
{
    Layouts *layouts = oz_block_alloc(t->heap, sizeof *layouts);
    if (!layouts)
        return oz_raise_memory(t) != NULL;
    const Layouts *above = cls->parent ? cls->parent->layouts : NULL;
    memset(layouts, 0, sizeof *layouts);
    layouts->fixed = (uint16_t)((above ? above->fixed : 0) + more);
    cls->layouts = layouts;
    return true;
}

void oz_layouts_drop(Thread *t, Class *cls)
{
    Layouts *layouts = oz_layouts(cls);
    if (!layouts)
        return;
    for (uint32_t i = 0; i < layouts->count; i++) {
        Shape *each = layouts->shapes[i];
        give_id(t, each->id);
        table_leave(each->keys);
        oz_block_free(each->children);
        oz_block_free(each);
    }
    oz_block_free(layouts->shapes);
    oz_drop(layouts->names);
    oz_block_free(layouts);
    cls->layouts = NULL;
    cls->root = NULL;
}

void oz_shape_set_version(Thread *t, Class *cls, uint32_t version)
{
    const Layouts *layouts = oz_layouts(cls);
    for (uint32_t i = 0; layouts && i < layouts->count; i++)
        OZ_WRITE(&t->vm->shape_versions[layouts->shapes[i]->id], version);
    for (uint32_t id = cls->layout;
         id < OZ_BUILTIN_IDS && t->vm->shapes[id] && t->vm->shapes[id]->cls == cls; id++)
        OZ_WRITE(&t->vm->shape_versions[id], version); /* four ids for str */
}

/* ---- for inline caches ---- */

Shape *oz_shape_add(Thread *t, Shape *shape, Obj name)
{
    if (shape->count >= shape->capacity)
        return NULL;
    return oz_shape_child(t, shape, name);
}
