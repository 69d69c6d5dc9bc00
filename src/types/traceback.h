// SPDX-License-Identifier: MIT
// traceback objects: the frames that an exception went through, outermost first.
#ifndef OZ_TYPES_TRACEBACK_H
#define OZ_TYPES_TRACEBACK_H

#include "types/protocol.h"

typedef struct Traceback {
    Object base;
    Ref next;       /* [object] the traceback of the frame that was called, or empty */
    Ref frame;      /* [const] frame object */
    uint32_t lasti; /* [const] offset in co_code of the instruction that raised (f_lasti) */
    int32_t line;   /* [const] or OZ_LINE_OF_PC */
} Traceback;

/* The line is that of the instruction.  Finding it is a walk, and most tracebacks are never read.
 */
#define OZ_LINE_OF_PC INT32_MIN

/* Put a frame in front of the traceback of an exception (not of t->memory_error). */
bool oz_traceback_add(Thread *t, Obj exception, Obj frame, uint32_t pc, int line) OZ_CHECKED;
int oz_traceback_line(const Traceback *tb);

#endif
