// SPDX-License-Identifier: MIT
// _memtools.MemorySampler: the sampling thread (memtools/memory_sampler.c) as an object.
#include "memtools/memory_sampler.h"
#include "modules/memtools_module.h"
#include "modules/native_type.h"
#include "types/float.h"

typedef struct SamplerObject {
    Object base;
    MemorySampler sampler; /* [owner] */
} SamplerObject;

static void sampler_free(Thread *t OZ_UNUSED, Object *o)
{
    MemorySampler *sampler = &((SamplerObject *)o)->sampler;
    oz_memory_sampler_stop(sampler);
    oz_memory_sampler_clear(sampler);
}

OZ_NEW(sampler, "($type, kind, interval, pid=0, children=False, /)")
{
    MemorySampler made = {.reading = {.vm = t->vm}};
    if (!oz_memory_kind(t, a[1], &made.reading.kind) || !oz_as_double(t, a[2], &made.interval) ||
        !oz_as_int(t, a[3], &made.reading.pid) || !oz_truth(t, a[4], &made.reading.children))
        return NULL;
    if (made.reading.kind ==
        OZ_MEMORY_HEAP) /* a walk over pages needs the program to stand still */
        made.reading.kind = OZ_MEMORY_PAGES;
    if (!(made.interval > 0 && made.interval < 1e6))
        return oz_raise(t, OZ_ValueError, "interval must be positive");
    SamplerObject *self = oz_instance_new(t, (Class *)a[0], 0);
    if (self)
        self->sampler = made;
    return (Ref)self;
}

OZ_METHOD(sampler, start, "($self, /)", "Take a reading now, and one at each interval.")
{
    MemorySampler *sampler = &((SamplerObject *)a[0])->sampler;
    if (sampler->running)
        return oz_raise(t, OZ_RuntimeError, "the sampler runs already");
    oz_memory_sampler_clear(sampler);
    int code = oz_memory_sampler_start(sampler);
    return code ? oz_raise_os_error(t, code, NULL) : OZ_NONE;
}

OZ_METHOD(sampler, stop, "($self, /)",
          "Take a last reading and stop; return a list of (bytes, seconds since the epoch).")
{
    MemorySampler *sampler = &((SamplerObject *)a[0])->sampler;
    oz_memory_sampler_stop(sampler);
    scoped Ref list = oz_list_new(t, 0);
    for (const SampleChunk *chunk = sampler->first; list && chunk; chunk = chunk->next) {
        for (size_t i = 0; i < chunk->count; i++) {
            const MemorySample *sample = &chunk->samples[i];
            scoped Ref time = oz_float_new(t, sample->time);
            scoped Ref pair =
                time ? oz_tuple_of(t, 2, (Obj)oz_int((int64_t)sample->bytes), (Obj)time) : NULL;
            if (!pair || !oz_list_append(t, (List *)list, pair))
                return NULL;
        }
    }
    return oz_move(&list);
}

const TypeDef oz_memory_sampler_type = {
    .id = OZ_MEMORY_SAMPLER,
    .name = "_memtools.MemorySampler",
    .doc = "MemorySampler(kind, interval, pid=0, children=False)\n\n"
           "A thread that reads how much memory is in use every interval seconds.",
    .size = sizeof(SamplerObject),
    .flags = OZ_TYPE_FINAL,
    .free = sampler_free,
    .make = &sampler_new_,
    .methods = OZ_METHODS(&sampler_start, &sampler_stop),
};
