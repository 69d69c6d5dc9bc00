// SPDX-License-Identifier: MIT
// What each line of chosen functions costs: how often it ran, and its time or memory.
#ifndef OZ_MEMTOOLS_LINE_RECORD_H
#define OZ_MEMTOOLS_LINE_RECORD_H

#include "memtools/memory_reading.h"
#include "types/code.h"
#include "vm/vm.h"

typedef struct LineTally {
    uint64_t hits; /* how often the line was begun */
    int64_t total; /* nanoseconds, or bytes that there are more (or less) after it */
    int64_t high;  /* the most bytes there were when it ended */
} LineTally;

/* The lines of one function, with those of the functions inside it. */
typedef struct LineTable {
    int32_t first;    /* the line of lines[0] */
    uint32_t count;   /* of lines */
    uint64_t calls;   /* of the function itself */
    int64_t at_call;  /* the most bytes there were at a call */
    LineTally *lines; /* a cell of the heap's own */
} LineTable;

typedef struct LineCode {
    const Code *code; /* borrowed: whoever adds it holds it */
    uint32_t table;
} LineCode;

typedef struct LineActivation {
    const Frame *frame;
    const Code *code;
    uint32_t table;
    int32_t line;   /* index in the table; -1: none yet */
    uint32_t outer; /* LineThread.running[table] before it */
    int64_t start;  /* the measure when the line began, or went on */
} LineActivation;

/* What a record knows of one thread. */
typedef struct LineThread {
    LineTracer tracer; /* first: t->lines points to it */
    struct LineRecord *record;
    struct LineThread *next;
    bool used;             /* a thread has it, or had it when it ended */
    LineActivation *stack; /* of frames that run, the outermost first; cells of the heap's own */
    uint32_t *running; /* by table: 1 + index in the stack of its innermost activation; 0: none */
    size_t depth, stack_room;
    size_t running_count, running_room;
    int64_t overhead; /* nanoseconds spent here */
} LineThread;

typedef struct LineRecord {
    Heap *heap;
    LineThread *threads;
    bool time; /* nanoseconds; else `reading` */
    MemoryReading reading;
    LineCode *codes; /* open addressing; cells of the heap's own, all of them */
    LineTable *tables;
    size_t code_count, code_room;
    size_t table_count, table_room;
    const Code *last; /* the code asked for last, and what was found */
    const LineCode *last_found;
    bool failed; /* no memory for the stack: nothing is recorded any more */
} LineRecord;

void oz_line_record_init(LineRecord *r, Thread *t, bool time, MemoryKind kind);
void oz_line_record_fini(LineRecord *r, Vm *vm); /* of whatever threads */
/* Record the lines of a code object, in a new table or (table >= 0) in that of the function around
 * it.  The number of the table; -1: raised.  Not while it is recording. */
int64_t oz_line_record_add(LineRecord *r, Thread *t, Code *code, int64_t table) OZ_CHECKED;
/* Does the record know this code? */
bool oz_line_record_has(LineRecord *r, const Code *code);
/* Begin / end to record this thread: one record at a time for a thread. */
bool oz_line_record_enable(LineRecord *r, Thread *t) OZ_CHECKED;
bool oz_line_record_is_on(const LineRecord *r, const Thread *t);
void oz_line_record_disable(LineRecord *r, Thread *t);

#endif
