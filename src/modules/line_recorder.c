// SPDX-License-Identifier: MIT
// _memtools.LineRecorder: the counter of lines (memtools/line_record.c) as an object.
#include "memtools/line_record.h"
#include "modules/memtools_module.h"
#include "modules/native_type.h"

#define RECORDER_REFS(REF) REF(codes)
typedef struct LineRecorder {
    Object base;
    RECORDER_REFS(OZ_FIELD) /* list of the code objects: the record only borrows them */
    LineRecord record;      /* [owner] */
} LineRecorder;
OZ_TYPE_LIFE(recorder, LineRecorder, RECORDER_REFS)

static void recorder_free(Thread *t, Object *o)
{
    oz_line_record_fini(&((LineRecorder *)o)->record, t->vm);
}

OZ_NEW(recorder, "($type, kind='time', /)")
{
    bool time = oz_is_str(a[1]) && oz_str_equal_utf8(oz_as_str(a[1]), "time");
    MemoryKind kind = OZ_MEMORY_HEAP;
    if (!time && !oz_memory_kind(t, a[1], &kind))
        return NULL;
    scoped Ref codes = oz_list_new(t, 0);
    LineRecorder *self = codes ? oz_instance_new(t, (Class *)a[0], 0) : NULL;
    if (!self)
        return NULL;
    OZ_INIT_FIELD(self, codes, oz_move(&codes));
    oz_line_record_init(&self->record, t, time, kind);
    return (Ref)self;
}

OZ_METHOD(recorder, add, "($self, code, table=-1, /)",
          "Record the lines of a code object; return the number of its table.\n\n"
          "table: that of the function around it.  A code object that is known is left alone.")
{
    LineRecorder *self = (LineRecorder *)a[0];
    int64_t table;
    if (!oz_is(a[1], OZ_CODE))
        return oz_raise(t, OZ_TypeError, "add() argument must be code, not %T", a[1]);
    if (!oz_as_int64(t, a[2], &table))
        return NULL;
    if (table >= (int64_t)self->record.table_count)
        return oz_raise(t, OZ_IndexError, "no such table");
    if (oz_line_record_has(&self->record, (Code *)a[1]))
        return oz_int(-1);
    if (!oz_list_append(t, (List *)self->codes, a[1]))
        return NULL;
    table = oz_line_record_add(&self->record, t, (Code *)a[1], table);
    return table < 0 ? NULL : oz_int(table);
}

OZ_METHOD(recorder, enable, "($self, /)", "Record this thread.")
{
    LineRecorder *self = (LineRecorder *)a[0];
    if (oz_line_record_is_on(&self->record, t))
        return OZ_NONE;
    if (t->lines)
        return oz_raise(t, OZ_RuntimeError, "lines are recorded already");
    return oz_line_record_enable(&self->record, t) ? OZ_NONE : NULL;
}

OZ_METHOD(recorder, disable, "($self, /)", "Stop recording this thread.")
{
    LineRecorder *self = (LineRecorder *)a[0];
    oz_line_record_disable(&self->record, t);
    return self->record.failed ? oz_raise_memory(t) : OZ_NONE;
}

static Ref line_row(Thread *t, int64_t line, const LineTally *tally)
{
    return oz_tuple_of(t, 4, (Obj)oz_int(line), (Obj)oz_int((int64_t)tally->hits),
                       (Obj)oz_int(tally->total), (Obj)oz_int(tally->high));
}

OZ_METHOD(recorder, table, "($self, number, /)",
          "Return (calls, highest at a call, [(line, hits, total, highest), ...]) of a table.\n\n"
          "total: nanoseconds, or bytes more.  Only lines that ran are listed.")
{
    const LineRecorder *self = (const LineRecorder *)a[0];
    int64_t number;
    if (!oz_as_int64(t, a[1], &number))
        return NULL;
    if (number < 0 || number >= (int64_t)self->record.table_count)
        return oz_raise(t, OZ_IndexError, "no such table");
    const LineTable *table = &self->record.tables[number];
    scoped Ref rows = oz_list_new(t, 0);
    for (uint32_t i = 0; rows && i < table->count; i++) {
        scoped Ref row = table->lines[i].hits
                             ? line_row(t, table->first + (int64_t)i, &table->lines[i])
                             : oz_retain(OZ_NONE);
        if (!row || (row != OZ_NONE && !oz_list_append(t, (List *)rows, row)))
            return NULL;
    }
    return rows ? oz_tuple_of(t, 3, (Obj)oz_int((int64_t)table->calls), (Obj)oz_int(table->at_call),
                              (Obj)rows)
                : NULL;
}

const TypeDef oz_line_recorder_type = {
    .id = OZ_LINE_RECORDER,
    .name = "_memtools.LineRecorder",
    .doc = "LineRecorder(kind='time')\n\n"
           "Counts the lines of chosen functions, with their time ('time') or memory (as\n"
           "_memtools.memory).",
    .size = sizeof(LineRecorder),
    .flags = OZ_TYPE_FINAL,
    .visit = recorder_visit,
    .clear = recorder_clear,
    .free = recorder_free,
    .make = &recorder_new_,
    .methods = OZ_METHODS(&recorder_add, &recorder_enable, &recorder_disable, &recorder_table),
};
