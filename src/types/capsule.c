// SPDX-License-Identifier: MIT
// PyCapsule: a named C pointer that travels through Python code.
#include "types/capsule.h"

#include "types/str.h"

typedef struct Capsule {
    Object base;
    void *pointer;        /* [const] */
    const char *name;     /* [const] */
    void (*fini)(void *); /* [const] or NULL */
} Capsule;

Ref oz_capsule_new(Thread *t, void *pointer, const char *name, void (*fini)(void *))
{
    Capsule *self = oz_object_new_raw(t, OZ_CAPSULE, sizeof *self);
    if (!self)
        return NULL;
    self->pointer = pointer;
    self->name = name;
    self->fini = fini;
    return (Ref)self;
}

void *oz_capsule_pointer(Thread *t, Obj v, const char *name)
{
    const Capsule *self = (const Capsule *)v;
    if (oz_is(v, OZ_CAPSULE) && strcmp(self->name, name) == 0)
        return self->pointer;
    oz_raise(t, OZ_ValueError, "the object is no capsule of the name \"%s\"", name);
    return NULL;
}

static Ref capsule_repr(Thread *t, Obj v)
{
    return oz_str_format(t, "<capsule object \"%s\" at 0x%zx>", ((const Capsule *)v)->name,
                         (size_t)oz_word(v));
}

static void capsule_clear(Thread *t OZ_UNUSED, Object *object)
{
    Capsule *self = (Capsule *)object;
    if (self->fini)
        self->fini(self->pointer);
    self->fini = NULL;
    self->pointer = NULL;
}

const TypeDef oz_capsule_type = {
    .id = OZ_CAPSULE,
    .name = "PyCapsule",
    .size = sizeof(Capsule),
    .flags = OZ_TYPE_FINAL | OZ_TYPE_NO_NEW | OZ_TYPE_LEAF_CELLS,
    .clear = capsule_clear,
    .slots = {.repr = capsule_repr},
};
