// SPDX-License-Identifier: MIT
// Frames: the record of a running function, and the frame object that programs see.
//
// Records lie in an array per thread (t->frames .. t->frame); the frame below is t->frame - 1.
// A window of registers on t->stack belongs to each.  A frame object is made only when somebody
// asks (a traceback, sys._getframe).  While the frame runs, the object points at the record; when
// the frame ends and somebody still has the object, the locals are moved into it.
#ifndef OZ_TYPES_FRAME_H
#define OZ_TYPES_FRAME_H

#include "types/function.h"

typedef struct FrameObject FrameObject;
typedef struct Generator Generator;

struct Frame {
    uint64_t *pc; /* [owner] behind the instruction that is running (and its words) */
    Ref *base;    /* [owner] register 0 */
    Code *code;   /* [const] borrowed from function */
    Function
        *function; /* [owner] owned, moved out when the frame ends; a generator lends its own */
    Ref names;     /* [const] namespace of class, module, exec code; owned; else empty */
    FrameObject *object;  /* [owner] owned; NULL until asked for */
    Generator *generator; /* [const] borrowed: its resumer keeps it; NULL for other frames */
    uint16_t result;      /* [const] register of the caller that gets the result */
    uint16_t flags;       /* [owner] OZ_FRAME_* */
    uint32_t traced;      /* [owner] word behind what ran last while traced (vm/trace.c) */
};

enum {
    OZ_FRAME_ENTRY = 1,     /* the C function that runs the loop returns when this frame does */
    OZ_FRAME_INIT = 2,      /* __init__: the result is base[-1], what it returns must be None */
    OZ_FRAME_ITERATE = 4,   /* a generator that a FOR_ITER of the caller steps */
    OZ_FRAME_CLASS = 8,     /* a class body */
    OZ_FRAME_DELEGATE = 16, /* a generator that a YIELD_FROM of the caller steps */
    OZ_FRAME_STARTED = 32,  /* a tracer needs not be told of the call any more */
    OZ_FRAME_CONTEXT = 64,  /* memtools/alloc_trace.c knows where it was called from */
};

struct FrameObject {
    Object base;
    Frame *frame;         /* [thread] the record while it lives; NULL when it has ended */
    Function *function;   /* [const] owned */
    Code *code;           /* [const] owned: what it runs, or ran; function may have other code now */
    Ref back;             /* [thread] frame object of the caller, once the frame ended; or empty */
    Ref names;            /* [const] namespace, or empty */
    Ref snapshot;         /* [thread] dict that f_locals gave, or empty */
    Ref trace;            /* [thread] f_trace, or empty */
    Generator *generator; /* [thread] borrowed: suspended generator that this frame belongs to */
    uint32_t pc;          /* [thread] word index behind the running instruction, once ended */
    uint32_t count;       /* [thread] registers moved in, once ended */
    uint32_t jump;        /* [thread] word behind the one where a tracer makes it go on, or 0 */
    uint32_t jump_from;   /* [thread] the word from which it does */
    bool trace_lines, trace_opcodes; /* [thread] */
    bool locals_read;                /* [thread] f_locals was asked for while a tracer ran */
    bool cleared;    /* [thread] clear() dropped what it had, its function's cells too */
    Ref registers[]; /* [thread] code->local_count values, once ended */
};

/* The frame object of a record, made if needed: new reference. */
Ref oz_frame_object(Thread *t, Frame *frame) OZ_CHECKED;
/* Show the variables of the outermost `most` frames of a thread. */
void oz_frames_visit(Thread *t, size_t most, Visitor *v);
/* Current line. */
int oz_frame_line(const Frame *frame);
/* Word index of the instruction that a frame object is at. */
uint32_t oz_frame_object_pc(const FrameObject *f);
/* f_locals: the namespace, or a snapshot dict brought up to date. */
Ref oz_frame_locals(Thread *t, FrameObject *f) OZ_CHECKED;
/* Bring the locals of a running frame to what the snapshot dict says. */
bool oz_frame_store_locals(Thread *t, FrameObject *f) OZ_CHECKED;
/* The frame is ending: move its locals into the object, and give the object up. */
void oz_frame_leave(Thread *t, Frame *frame);
/* A thread is about to go with its stacks, in the child of a fork: objects of its frames keep what
 * they showed. */
void oz_frames_abandon(Thread *t, Thread *gone);
/* Globals and builtins that code in this frame sees: borrowed. */
OZ_INLINE Obj oz_frame_globals(const Frame *frame)
{
    return frame->function->globals;
}

#endif
