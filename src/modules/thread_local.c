// SPDX-License-Identifier: MIT
// _thread._local: attributes that each thread has for itself.
//
// The object holds the dict of every thread that has used it, by the thread's number, so that the
// collector sees them as it sees any other field.  `dict` is the one of the thread that used it
// last: what finds an attribute (types/attr.c) looks there, after settle() has put the right one
// in.  A thread that ends takes its dicts out of all such objects of the VM, which are in a ring.
#include "modules/native_type.h"
#include "modules/thread_module.h"

#define LOCAL_REFS(REF) REF(dict) REF(dicts) REF(arguments) REF(keywords)
typedef struct Local Local;
struct Local {
    Object base;
    LOCAL_REFS(OZ_FIELD) /* [vm] the current thread's attributes; those of all; for __init__ */
    uint64_t current;    /* [vm] serial of the thread whose `dict` it is; 0: nobody's */
    Local *next, **link; /* [vm] ring of vm->thread_locals */
};
OZ_TYPE_LIFE(local, Local, LOCAL_REFS)

static void local_free(Thread *t OZ_UNUSED, Object *object)
{
    Local *self = (Local *)object;
    if (!self->link)
        return;
    *self->link = self->next;
    if (self->next)
        self->next->link = self->link;
}

/* A dict for this thread, which has none. */
static bool add_thread(Thread *t, Local *self)
{
    scoped Ref dict = oz_dict_new(t);
    if (!dict || !oz_dict_set(t, (Dict *)self->dicts, oz_int((int64_t)t->serial), dict))
        return false;
    oz_store(&self->base, &self->dict, oz_move(&dict));
    self->current = t->serial;
    return true;
}

/* A thread that failed in __init__ begins anew the next time. */
static bool initialize(Thread *t, Local *self)
{
    scoped Ref init = oz_get_attr(t, (Obj)self, OZ_NAME(t, __init__));
    scoped Ref done = init ? oz_call_tuple(t, init, self->arguments, self->keywords) : NULL;
    if (done)
        return true;
    scoped Ref raised = oz_exception_take(t);
    if (self->dicts &&
        oz_dict_delete(t, (Dict *)self->dicts, oz_int((int64_t)t->serial)) == OZ_RAISED)
        oz_exception_clear(t);
    self->current = 0;
    oz_exception_put(t, oz_move(&raised));
    return false;
}

/* A dict for this thread, as __init__ fills it. */
static bool enter_thread(Thread *t, Local *self)
{
    bool plain = oz_class_of((Obj)self)->slots->init == t->vm->classes[OZ_OBJECT]->slots->init;
    return add_thread(t, self) && (plain || initialize(t, self));
}

/* Make `dict` that of the calling thread.  While __init__ runs another thread may do the same for
 * itself.  What the collector has cleared has a dict like any other object. */
static bool settle(Thread *t, Local *self)
{
    while (OZ_UNLIKELY(self->current != t->serial) && self->dicts) {
        Ref dict;
        Found found = oz_dict_get(t, (Dict *)self->dicts, oz_int((int64_t)t->serial), &dict);
        if (found == OZ_RAISED || (found == OZ_MISSING && !enter_thread(t, self)))
            return false;
        if (found == OZ_FOUND) {
            oz_store(&self->base, &self->dict, dict);
            self->current = t->serial;
        }
    }
    return true;
}

static Ref local_new(Thread *t, Class *cls, const Args *args)
{
    const Class *object = t->vm->classes[OZ_OBJECT];
    if (args->count + args->named && cls->slots->init == object->slots->init)
        return oz_raise(t, OZ_TypeError, "Initialization arguments are not supported");
    scoped Ref dicts = oz_dict_new(t), arguments = oz_tuple_new(t, args->items, args->count);
    scoped Ref keywords = arguments ? oz_dict_with_keywords(t, NULL, args) : NULL;
    Local *self = dicts && keywords ? oz_instance_new(t, cls, 0) : NULL;
    if (!self)
        return NULL;
    OZ_INIT_FIELD(self, dicts, oz_move(&dicts));
    OZ_INIT_FIELD(self, arguments, oz_move(&arguments));
    OZ_INIT_FIELD(self, keywords, oz_move(&keywords));
    Local **first = (Local **)&t->vm->thread_locals;
    self->next = *first;
    self->link = first;
    if (self->next)
        self->next->link = &self->next;
    *first = self;
    if (!add_thread(t, self)) /* its __init__ is about to be called */
        oz_clear((Ref *)&self);
    return (Ref)self;
}

static Ref local_get_attr(Thread *t, Obj self, Obj name)
{
    return settle(t, (Local *)self) ? oz_object_get_attr(t, self, name) : NULL;
}

static bool local_set_attr(Thread *t, Obj self, Obj name, Obj value)
{
    if (oz_is_str(name) && oz_str_equal_utf8(oz_as_str(name), "__dict__"))
        return oz_fail(t, OZ_AttributeError, "'%T' object attribute '__dict__' is read-only", self);
    return settle(t, (Local *)self) && oz_object_set_attr(t, self, name, value);
}

void oz_thread_locals_forget(Thread *t)
{
    scoped Ref gone = oz_list_new(t, 0); /* which die when the ring is not looked at any more */
    Obj key = oz_int((int64_t)t->serial);
    for (Local *each = t->vm->thread_locals; gone && each; each = each->next) {
        Ref dict = NULL;
        bool current = each->current == t->serial && each->dict;
        if (current && !oz_list_append(t, (List *)gone, each->dict))
            break;
        if (current) {
            each->current = 0;
            oz_clear(&each->dict);
        }
        if (each->dicts && oz_dict_pop(t, (Dict *)each->dicts, key, &dict) == OZ_FOUND &&
            !oz_list_append_take(t, (List *)gone, dict))
            break;
    }
    oz_exception_clear(t);
}

const TypeDef oz_thread_local_type = {
    .id = OZ_THREAD_LOCAL,
    .name = "_thread._local",
    .doc = "Attributes that each thread has for itself.",
    .size = sizeof(Local),
    .flags = OZ_TYPE_WEAKREF,
    .dict_offset = offsetof(Local, dict),
    .visit = local_visit,
    .clear = local_clear,
    .free = local_free,
    .slots = {.new = local_new, .get_attr = local_get_attr, .set_attr = local_set_attr},
};
