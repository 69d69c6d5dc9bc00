// SPDX-License-Identifier: MIT
// Files: what the parts of the module _io know of each other.
#ifndef OZ_MODULES_IO_H
#define OZ_MODULES_IO_H

#include "modules/config.h"
#include "modules/module_errors.h"
#include "modules/native_type.h"
#include "object/world.h"
#include "types/buffer.h"
#include "types/bytes.h"
#include "types/codec.h"
#include "types/str_text.h"

enum { OZ_IO_BUFFER = 8192 }; /* DEFAULT_BUFFER_SIZE, and a chunk of text */

/* What every file object begins with. */
typedef struct IoBase {
    Object base;
    Ref dict;        /* [object] attributes, or empty */
    bool closed;     /* [object] by close() of _IOBase; types with a file below ask that one */
    bool finalizing; /* [object] close() is called because the object dies: warn */
} IoBase;

/* Files that can hold what is not written yet are in a list of the VM: at the end of the program
 * they are flushed. */
typedef struct FileNode {
    struct FileNode *next;  /* [files lock] */
    struct FileNode **link; /* [files lock] what points here; NULL: not listed */
    IoBase *file;           /* [const] the object around the node */
} FileNode;

void oz_file_node_add(Thread *t, FileNode *node, IoBase *file);
void oz_file_node_remove(Thread *t, FileNode *node);

/* ---- io_base.c ---- */

/* obj.closed */
bool oz_io_closed(Thread *t, Obj file, bool *closed) OZ_CHECKED;
/* file.flush(), file.close(): for files of our own types without a lookup, so that buffered data is
 * not lost where there is no memory left. */
bool oz_io_flush(Thread *t, Obj file) OZ_CHECKED;
bool oz_io_close(Thread *t, Obj file) OZ_CHECKED;
/* Is it exactly of the native type `id`, and has no attributes that may hide its methods? */
OZ_INLINE bool oz_io_is_plain(Obj file, uint32_t id)
{
    return oz_is(file, id) && !((const IoBase *)file)->dict;
}
bool oz_io_check_readable(Thread *t, Obj file) OZ_CHECKED;
bool oz_io_check_writable(Thread *t, Obj file) OZ_CHECKED;
bool oz_io_check_seekable(Thread *t, Obj file) OZ_CHECKED;
Ref oz_io_unsupported(Thread *t, const char *message) OZ_COLD;
/* A size argument: an index, or None (-1). */
bool oz_io_size(Thread *t, Obj v, ssize_t *size) OZ_CHECKED;
/* The writable buffer that `method` takes. */
bool oz_io_target(Thread *t, const char *method, Obj v, Buffer *view) OZ_CHECKED;
/* file.name() without arguments, with one. */
Ref oz_io_call(Thread *t, Obj file, Obj name) OZ_CHECKED;
Ref oz_io_call1(Thread *t, Obj file, Obj name, Obj argument) OZ_CHECKED;
bool oz_io_ask(Thread *t, Obj file, Obj name, bool *answer) OZ_CHECKED;
/* BlockingIOError with characters_written. */
Ref oz_io_blocked(Thread *t, size_t written) OZ_COLD;
/* What a file asks of the one below it, and says of itself. */
#define OZ_IO_QUESTIONS(ASK)                                                                       \
    ASK(seekable, "Can the position be changed?")                                                  \
    ASK(readable, "Was the file opened for reading?")                                              \
    ASK(writable, "Was the file opened for writing?")                                              \
    ASK(fileno, "Return the number of the descriptor.")                                            \
    ASK(isatty, "Is it a terminal?")
/* file.readlines(hint) and iteration by readline(). */
Ref oz_io_next(Thread *t, Obj file);
/* Ask `file` to say that `source` was not closed. */
void oz_io_warn_through(Thread *t, Obj file, Obj source);
/* Two failures at once: the first, taken, becomes the context of the pending one. */
void oz_io_chain(Thread *t, Ref first);
/* TypeError "cannot pickle 'T' object" */
Ref oz_io_no_pickle(Thread *t, Obj file) OZ_COLD;
/* What seek() and tell() answer. */
bool oz_io_offset(Thread *t, Obj v, int64_t *offset) OZ_CHECKED;

/* ---- io_file.c: FileIO ---- */

typedef struct FileIo {
    IoBase io;
    Ref name;        /* [object] what was opened, or empty */
    int fd;          /* [object] -1: closed */
    bool created;    /* [object] the mode: x */
    bool readable;   /* [object] */
    bool writable;   /* [object] */
    bool appending;  /* [object] */
    bool close_fd;   /* [object] */
    int8_t seekable; /* [object] -1: not asked yet */
    uint32_t block;  /* [object] preferred size of transfers */
} FileIo;

OZ_INLINE bool oz_is_file_io(Obj v)
{
    return oz_is(v, OZ_FILE_IO);
}

/* Open as FileIO(file, mode, closefd, opener) does. */
Ref oz_file_io_new(Thread *t, Obj file, const char *mode, bool close_fd, Obj opener) OZ_CHECKED;
/* An open descriptor under a name: nothing is asked of the system. */
Ref oz_file_io_wrap(Thread *t, int fd, bool writing, Obj name) OZ_CHECKED;
/* One transfer; -1: raised, -2: it would block.  A closed file or wrong direction raises. */
ssize_t oz_file_io_read(Thread *t, FileIo *self, void *data, size_t size) OZ_CHECKED;
ssize_t oz_file_io_write(Thread *t, FileIo *self, const void *data, size_t size) OZ_CHECKED;
/* The new offset, or -1: raised. */
int64_t oz_file_io_seek(Thread *t, FileIo *self, int64_t offset, int whence) OZ_CHECKED;
bool oz_file_io_is_seekable(Thread *t, FileIo *self, bool *answer) OZ_CHECKED;
bool oz_file_io_close(Thread *t, FileIo *self) OZ_CHECKED;
bool oz_file_io_is_tty(const FileIo *self);

/* ---- io_buffered.c: BufferedReader, BufferedWriter, BufferedRandom ---- */

typedef struct Buffered {
    IoBase io;
    Ref raw;            /* [object] empty: not made, or detached */
    uint8_t *buffer;    /* [object] a block of `size` bytes, made with the first transfer */
    size_t size;        /* [const] */
    size_t pos;         /* [lock] reading: the next byte; writing: the end of what waits */
    size_t end;         /* [lock] reading: the end of what was read ahead */
    int64_t raw_offset; /* [lock] of the raw file; -1: not known */
    bool ready;         /* [object] __init__ went well */
    bool detached;      /* [object] */
    bool readable;      /* [const] */
    bool writable;      /* [const] */
    bool writing;       /* [lock] the buffer holds what is to be written */
    LockWord lock;      /* [atomic] held by who is inside */
    uint32_t forks;     /* [lock] vm->forks when it was taken */
    uint64_t owner;     /* [lock] serial of the thread that is inside, or 0 */
    FileNode node;      /* listed if it can hold unwritten bytes */
} Buffered;

OZ_INLINE bool oz_is_buffered(Obj v)
{
    return oz_is(v, OZ_BUFFERED_READER) || oz_is(v, OZ_BUFFERED_WRITER) ||
           oz_is(v, OZ_BUFFERED_RANDOM);
}

/* `id` is that of the type; size <= 0 raises ValueError. */
Ref oz_buffered_new(Thread *t, uint32_t id, Obj raw, ssize_t size) OZ_CHECKED;
bool oz_buffered_write(Thread *t, Buffered *self, const void *data, size_t size) OZ_CHECKED;
bool oz_buffered_flush(Thread *t, Buffered *self) OZ_CHECKED;
bool oz_buffered_close(Thread *t, Buffered *self) OZ_CHECKED;
/* bytes: what is there, with at most one transfer; None if it would block. */
Ref oz_buffered_read1(Thread *t, Buffered *self, size_t size) OZ_CHECKED;
bool oz_buffered_closed(Thread *t, const Buffered *self, bool *closed) OZ_CHECKED;

/* ---- io_newline.c: newlines in text ---- */

enum { OZ_SEEN_CR = 1, OZ_SEEN_LF = 2, OZ_SEEN_CRLF = 4 };

typedef struct Newlines {
    bool translate;  /* \r and \r\n become \n */
    bool pending_cr; /* the last text ended in \r, which waits for what follows */
    uint8_t seen;    /* OZ_SEEN_* */
} Newlines;

/* Pass text through; `text` is taken. */
Ref oz_newlines_decode(Thread *t, Newlines *state, Ref text, bool final) OZ_CHECKED;
/* The `newlines` attribute: None, a str or a tuple. */
Ref oz_newlines_seen(Thread *t, const Newlines *state) OZ_CHECKED;

/* How lines end, as the argument newline= says. */
typedef struct LineEnds {
    bool universal; /* newline None or '' */
    bool translate; /* newline None, '\n' not */
    uint8_t length; /* of `text`: lines end in this when reading, if not universal */
    char text[3];
} LineEnds;
/* The end of the first line in the text from `start`, or -1 if it has no end; *consumed then says
 * up to where a longer text need not be looked at again. */
ssize_t oz_line_end(const LineEnds *ends, Text text, size_t start, size_t *consumed);
/* Check a newline= argument (None, '', '\n', '\r', '\r\n'); `repr`: how the message shows it. */
bool oz_line_ends_from(Thread *t, Obj newline, bool repr, LineEnds *ends) OZ_CHECKED;

/* ---- io_text.c: TextIOWrapper ---- */

Ref oz_text_io_new(Thread *t, Obj buffer, Obj encoding, const char *errors, Obj newline,
                   bool line_buffering, bool write_through) OZ_CHECKED;
/* The file of bytes underneath: borrowed, or NULL. */
Obj oz_text_io_buffer(Obj file);
/* The mode that open() was given, as an attribute. */
void oz_text_io_set_mode(Obj file, Obj mode);
/* The text is taken in and wholly written in a moment; OZ_MISSING: not a file that does so (use
 * its write method). */
Found oz_text_io_put(Thread *t, Obj file, Obj text) OZ_CHECKED;
Found oz_text_io_flush(Thread *t, Obj file) OZ_CHECKED;
bool oz_text_io_close(Thread *t, Obj file) OZ_CHECKED;
/* Encoding of open(encoding=None). */
#define OZ_LOCALE_ENCODING "UTF-8"

#endif
