// SPDX-License-Identifier: MIT
// mmap: files, or nothing, as memory.
//
//   M1. `data` is NULL after close(); every use checks that after its arguments are converted,
//   since
//       __index__ of an argument may close the map.
//   M2. While exports > 0 the memory neither moves nor goes: close() and resize() refuse.
//   M3. A file that another process makes shorter leaves pages that cannot be read: the system then
//       sends SIGBUS, as it does to any program that maps files.
#include "modules/native_type.h"
#include "modules/os_support.h"
#include "types/audit.h"
#include "types/buffer.h"
#include "types/bytes.h"
#include "types/slice.h"

#include <limits.h>
#include <sys/mman.h>
#include <unistd.h>

typedef enum Access { ACCESS_DEFAULT, ACCESS_READ, ACCESS_WRITE, ACCESS_COPY } Access;

typedef struct Mmap {
    Object base;
    uint8_t *data;    /* [owner] NULL: closed */
    size_t length;    /* [owner] */
    size_t at;        /* [owner] where read() and write() go on; never beyond length */
    int64_t offset;   /* [const] in the file */
    uint32_t exports; /* [owner] open views */
    int fd_plus;      /* [owner] a descriptor of its own + 1; 0: none */
    Access access;    /* [const] */
} Mmap;

static bool check_open(Thread *t, const Mmap *self)
{
    return self->data || oz_fail(t, OZ_ValueError, "mmap closed or invalid");
}

static bool check_writable(Thread *t, const Mmap *self)
{
    return self->access != ACCESS_READ ||
           oz_fail(t, OZ_TypeError, "mmap can't modify a readonly memory map.");
}

static void unmap(Mmap *self)
{
    uint8_t *data = self->data;
    int fd = self->fd_plus - 1;
    self->data = NULL;
    self->fd_plus = 0;
    if (fd >= 0)
        close(fd);
    if (data)
        munmap(data, self->length);
}

static void mmap_clear(Thread *t OZ_UNUSED, Object *object)
{
    unmap((Mmap *)object);
}

/* ---- making ---- */

static bool choose_access(Thread *t, Access access, int *flags, int *prot, Access *chosen)
{
    if (access != ACCESS_DEFAULT && (*flags != MAP_SHARED || *prot != (PROT_READ | PROT_WRITE)))
        return oz_fail(t, OZ_ValueError, "mmap can't specify both access and flags, prot.");
    *chosen = access;
    switch (access) {
    case ACCESS_READ:
        *prot = PROT_READ;
        return true;
    case ACCESS_WRITE:
        return true;
    case ACCESS_COPY:
        *flags = MAP_PRIVATE;
        return true;
    case ACCESS_DEFAULT:
        if (!(*prot & PROT_READ) || !(*prot & PROT_WRITE))
            *chosen = *prot & PROT_WRITE ? ACCESS_WRITE : ACCESS_READ;
        return true;
    }
    return oz_fail(t, OZ_ValueError, "mmap invalid access parameter.");
}

/* How much of a regular file there is to map. */
static bool fit_file(Thread *t, int fd, int64_t offset, ssize_t *length)
{
    struct stat info;
    if (fd < 0 || OZ_DETACHED(t, fstat(fd, &info)) < 0 || !S_ISREG(info.st_mode))
        return true;
    if (*length == 0) {
        if (info.st_size == 0)
            return oz_fail(t, OZ_ValueError, "cannot mmap an empty file");
        if (offset >= info.st_size)
            return oz_fail(t, OZ_ValueError, "mmap offset is greater than file size");
        *length = info.st_size - offset;
        return true;
    }
    return (offset <= info.st_size && info.st_size - offset >= *length) ||
           oz_fail(t, OZ_ValueError, "mmap length is greater than file size");
}

OZ_NEW(mmap, "($type, fileno, length, flags=1, prot=3, access=0, offset=0)")
{
    int fd, flags, prot, wanted;
    ssize_t length;
    int64_t offset;
    Access access;
    if (!oz_audit_event(t, "mmap.__new__", "OOOO", a[1], a[2], a[5], a[6]))
        return NULL;
    if (!oz_as_int(t, a[1], &fd) || !oz_as_size_argument(t, a[2], &length) ||
        !oz_as_int(t, a[3], &flags) || !oz_as_int(t, a[4], &prot) || !oz_as_int(t, a[5], &wanted) ||
        !oz_as_int64(t, a[6], &offset))
        return NULL;
    if (length < 0)
        return oz_raise(t, OZ_OverflowError, "memory mapped length must be positive");
    if (offset < 0)
        return oz_raise(t, OZ_OverflowError, "memory mapped offset must be positive");
    if (!choose_access(t, (Access)wanted, &flags, &prot, &access) ||
        !fit_file(t, fd, offset, &length))
        return NULL;
    Mmap *self = oz_instance_new(t, (Class *)a[0], 0);
    if (!self)
        return NULL;
    self->access = access;
    self->offset = offset;
    if (fd == -1)
        flags |= MAP_ANONYMOUS;
    else
        self->fd_plus = fcntl(fd, F_DUPFD_CLOEXEC, 0) + 1;
    void *data = fd != -1 && !self->fd_plus
                     ? MAP_FAILED
                     : mmap(NULL, (size_t)length, prot, flags, fd, (off_t)offset);
    if (data == MAP_FAILED) {
        int error = errno;
        oz_drop((Ref)self);
        return oz_raise_os_error(t, error, NULL);
    }
    self->data = data;
    self->length = (size_t)length;
    return (Ref)self;
}

OZ_METHOD(mmap, close, "($self, /)", "Give the memory back.")
{
    Mmap *self = (Mmap *)a[0];
    if (self->exports)
        return oz_raise(t, OZ_BufferError, "cannot close exported pointers exist");
    unmap(self);
    return OZ_NONE;
}

OZ_METHOD(mmap, __enter__, "($self, /)", "The map itself, if it is open.")
{
    return check_open(t, (Mmap *)a[0]) ? oz_retain(a[0]) : NULL;
}

OZ_METHOD(mmap, __exit__, "($self, /, *args)", "Give the memory back.")
{
    return mmap_close_body(t, a);
}

static Ref mmap_closed(Thread *t OZ_UNUSED, Obj self)
{
    return oz_bool(!((const Mmap *)self)->data);
}

static Ref mmap_repr(Thread *t, Obj v)
{
    static const char *const names[] = {"ACCESS_DEFAULT", "ACCESS_READ", "ACCESS_WRITE",
                                        "ACCESS_COPY"};
    const Mmap *self = (const Mmap *)v;
    if (!self->data)
        return oz_str_format(t, "<%T closed=True>", v);
    return oz_str_format(t, "<%T closed=False, access=%s, length=%zd, pos=%zd, offset=%lld>", v,
                         names[self->access], (ssize_t)self->length, (ssize_t)self->at,
                         (long long)self->offset);
}

/* ---- as a file ---- */

static Ref take(Thread *t, Mmap *self, size_t count)
{
    Ref bytes = oz_bytes_new(t, self->data + self->at, count);
    if (bytes)
        self->at += count;
    return bytes;
}

OZ_METHOD(mmap, read, "($self, n=None, /)", "The next n bytes, or all that are left.")
{
    Mmap *self = (Mmap *)a[0];
    ssize_t wanted = -1;
    if (!check_open(t, self))
        return NULL;
    if (a[1] != OZ_NONE && !oz_as_exact_int(a[1]) && !oz_class_of(a[1])->slots->index)
        return oz_raise(t, OZ_TypeError, "argument should be integer or None, not '%T'", a[1]);
    if ((a[1] != OZ_NONE && !oz_as_size_argument(t, a[1], &wanted)) || !check_open(t, self))
        return NULL;
    size_t left = self->length - self->at;
    return take(t, self, wanted < 0 || (size_t)wanted > left ? left : (size_t)wanted);
}

OZ_METHOD(mmap, readline, "($self, /)", "The bytes up to the next newline, and that.")
{
    Mmap *self = (Mmap *)a[0];
    if (!check_open(t, self))
        return NULL;
    const uint8_t *start = self->data + self->at;
    size_t left = self->length - self->at;
    const uint8_t *end = left ? memchr(start, '\n', left) : NULL;
    return take(t, self, end ? (size_t)(end - start) + 1 : left);
}

OZ_METHOD(mmap, read_byte, "($self, /)", "The next byte as an int.")
{
    Mmap *self = (Mmap *)a[0];
    if (!check_open(t, self))
        return NULL;
    if (self->at >= self->length)
        return oz_raise(t, OZ_ValueError, "read byte out of range");
    return oz_int(self->data[self->at++]);
}

OZ_METHOD(mmap, write, "($self, bytes, /)", "Write bytes; how many.")
{
    Mmap *self = (Mmap *)a[0];
    scoped_buffer view = {0};
    if (!check_open(t, self) || !oz_buffer_open(t, a[1], &view) || !check_writable(t, self) ||
        !check_open(t, self))
        return NULL;
    if (view.length > self->length - self->at)
        return oz_raise(t, OZ_ValueError, "data out of range");
    memmove(self->data + self->at, view.data, view.length);
    self->at += view.length;
    return oz_int((int64_t)view.length);
}

OZ_METHOD(mmap, write_byte, "($self, byte, /)", "Write a byte.")
{
    Mmap *self = (Mmap *)a[0];
    int byte;
    if (!check_open(t, self) || !oz_as_int(t, a[1], &byte))
        return NULL;
    if (byte < 0 || byte > 255)
        return oz_raise(t, OZ_OverflowError,
                        byte < 0 ? "unsigned byte integer is less than minimum"
                                 : "unsigned byte integer is greater than maximum");
    if (!check_writable(t, self) || !check_open(t, self))
        return NULL;
    if (self->at >= self->length)
        return oz_raise(t, OZ_ValueError, "write byte out of range");
    self->data[self->at++] = (uint8_t)byte;
    return OZ_NONE;
}

OZ_METHOD(mmap, tell, "($self, /)", "Where reading and writing go on.")
{
    const Mmap *self = (const Mmap *)a[0];
    return check_open(t, self) ? oz_int((int64_t)self->at) : NULL;
}

OZ_METHOD(mmap, seek, "($self, pos, whence=0, /)", "Say where reading and writing go on.")
{
    Mmap *self = (Mmap *)a[0];
    ssize_t distance;
    int how;
    if (!check_open(t, self) || !oz_as_size_argument(t, a[1], &distance) ||
        !oz_as_int(t, a[2], &how) || !check_open(t, self))
        return NULL;
    if (how < 0 || how > 2)
        return oz_raise(t, OZ_ValueError, "unknown seek type");
    size_t from = how == 0 ? 0 : how == 1 ? self->at : self->length;
    if (distance < 0 ? (size_t) - (distance + 1) >= from : (size_t)distance > self->length - from)
        return oz_raise(t, OZ_ValueError, "seek out of range");
    self->at = (size_t)((ssize_t)from + distance);
    return OZ_NONE;
}

OZ_METHOD(mmap, size, "($self, /)", "The bytes of the file.")
{
    const Mmap *self = (const Mmap *)a[0];
    struct stat info;
    if (!check_open(t, self))
        return NULL;
    int fd = self->fd_plus - 1;
    return OZ_DETACHED(t, fstat(fd, &info)) < 0 ? oz_os_raise(t) : oz_int(info.st_size);
}

/* ---- looking for bytes ---- */

static Ref find(Thread *t, const Obj *a, bool backwards)
{
    const Mmap *self = (const Mmap *)a[0];
    scoped_buffer view = {0};
    ssize_t start = 0, end = 0;
    if (!check_open(t, self) || !oz_buffer_open(t, a[1], &view) ||
        (a[2] && !oz_as_size_argument(t, a[2], &start)) ||
        (a[3] && !oz_as_size_argument(t, a[3], &end)) || !check_open(t, self))
        return NULL;
    ssize_t length = (ssize_t)self->length;
    if (!a[2])
        start = (ssize_t)self->at;
    if (!a[3])
        end = length;
    start = start < 0 ? (start + length < 0 ? 0 : start + length) : start > length ? length : start;
    end = end < 0 ? (end + length < 0 ? 0 : end + length) : end > length ? length : end;
    if (!view.length && start > end) /* an empty text is anywhere, as in CPython */
        return oz_int(backwards ? end : start);
    ssize_t last = end - (ssize_t)view.length;
    if (last < start)
        return oz_int(-1);
    if (!backwards) {
        const uint8_t *found =
            memmem(self->data + start, (size_t)(end - start), view.data, view.length);
        return oz_int(found ? found - self->data : -1);
    }
    for (ssize_t at = last; at >= start; at--)
        if (memcmp(self->data + at, view.data, view.length) == 0)
            return oz_int(at);
    return oz_int(-1);
}

OZ_METHOD(mmap, find, "($self, sub, start=<unrepresentable>, end=<unrepresentable>, /)",
          "The first place of some bytes, from where reading goes on; -1: there is none.")
{
    return find(t, a, false);
}

OZ_METHOD(mmap, rfind, "($self, sub, start=<unrepresentable>, end=<unrepresentable>, /)",
          "The last place of some bytes, from where reading goes on; -1: there is none.")
{
    return find(t, a, true);
}

/* ---- the memory ---- */

OZ_METHOD(mmap, flush, "($self, offset=0, size=<unrepresentable>, /)",
          "Write what has changed to the file.")
{
    Mmap *self = (Mmap *)a[0];
    ssize_t offset, size = 0;
    if (!oz_as_size_argument(t, a[1], &offset) || (a[2] && !oz_as_size_argument(t, a[2], &size)) ||
        !check_open(t, self))
        return NULL;
    if (!a[2])
        size = (ssize_t)self->length;
    if (offset < 0 || size < 0 || (size_t)offset > self->length ||
        self->length - (size_t)offset < (size_t)size)
        return oz_raise(t, OZ_ValueError, "flush values out of range");
    if (self->access == ACCESS_READ || self->access == ACCESS_COPY)
        return OZ_NONE;
    uint8_t *start = self->data + offset;
    self->exports++; /* nobody closes or moves it meanwhile */
    int status = OZ_DETACHED(t, msync(start, (size_t)size, MS_SYNC));
    self->exports--;
    return oz_os_result(t, status);
}

OZ_METHOD(mmap, madvise, "($self, option, start=0, length=<unrepresentable>, /)",
          "Tell the system how the memory will be used.")
{
    const Mmap *self = (const Mmap *)a[0];
    int option;
    ssize_t start, length = 0;
    if (!oz_as_int(t, a[1], &option) || !oz_as_size_argument(t, a[2], &start) ||
        (a[3] && !oz_as_size_argument(t, a[3], &length)) || !check_open(t, self))
        return NULL;
    if (!a[3])
        length = (ssize_t)self->length;
    if (start < 0 || (size_t)start >= self->length)
        return oz_raise(t, OZ_ValueError, "madvise start out of bounds");
    if (length < 0)
        return oz_raise(t, OZ_ValueError, "madvise length invalid");
    if (SSIZE_MAX - start < length)
        return oz_raise(t, OZ_OverflowError, "madvise length too large");
    if ((size_t)(start + length) > self->length)
        length = (ssize_t)self->length - start;
    return oz_os_result(t, madvise(self->data + start, (size_t)length, option));
}

OZ_METHOD(mmap, move, "($self, dest, src, count, /)", "Copy bytes from one place to another.")
{
    const Mmap *self = (const Mmap *)a[0];
    ssize_t to, from, count;
    if (!check_open(t, self) || !oz_as_size_argument(t, a[1], &to) ||
        !oz_as_size_argument(t, a[2], &from) || !oz_as_size_argument(t, a[3], &count) ||
        !check_writable(t, self) || !check_open(t, self))
        return NULL;
    ssize_t length = (ssize_t)self->length;
    if (to < 0 || from < 0 || count < 0 || length - to < count || length - from < count)
        return oz_raise(t, OZ_ValueError, "source, destination, or count out of range");
    memmove(self->data + to, self->data + from, (size_t)count);
    return OZ_NONE;
}

OZ_METHOD(mmap, resize, "($self, newsize, /)", "Make the map and its file longer or shorter.")
{
    Mmap *self = (Mmap *)a[0];
    ssize_t size;
    if (!check_open(t, self) || !oz_as_size_argument(t, a[1], &size) || !check_open(t, self))
        return NULL;
    if (self->exports)
        return oz_raise(t, OZ_BufferError, "mmap can't resize with extant buffers exported.");
    if (self->access == ACCESS_READ || self->access == ACCESS_COPY)
        return oz_raise(t, OZ_TypeError,
                        "mmap can't resize a readonly or copy-on-write memory map.");
    if (size < 0 || SSIZE_MAX - size < self->offset)
        return oz_raise(t, OZ_ValueError, "new size out of range");
    int fd = self->fd_plus - 1;
    if (fd >= 0 && ftruncate(fd, self->offset + size) < 0)
        return oz_os_raise(t);
    void *data = mremap(self->data, self->length, (size_t)size, MREMAP_MAYMOVE);
    if (data == MAP_FAILED)
        return oz_os_raise(t);
    self->data = data;
    self->length = (size_t)size;
    if (self->at > self->length)
        self->at = self->length;
    return OZ_NONE;
}

/* ---- as a sequence ---- */

static bool mmap_length(Thread *t, Obj v, ssize_t *length)
{
    const Mmap *self = (const Mmap *)v;
    *length = (ssize_t)self->length;
    return check_open(t, self);
}

/* The index that `key` is, of an open map. */
static bool index_of(Thread *t, const Mmap *self, Obj key, const char *outside, size_t *index)
{
    ssize_t n;
    if (!oz_as_ssize(t, key, OZ_IndexError, &n) || !check_open(t, self))
        return false;
    if (n < 0)
        n += (ssize_t)self->length;
    if (n < 0 || (size_t)n >= self->length)
        return oz_fail(t, OZ_IndexError, "%s", outside);
    *index = (size_t)n;
    return true;
}

static bool slice_of(Thread *t, const Mmap *self, Obj key, ssize_t *start, ssize_t *step,
                     ssize_t *count)
{
    ssize_t stop;
    if (!oz_slice_unpack(t, key, start, &stop, step) || !check_open(t, self))
        return false;
    *count = oz_slice_clip(self->length, start, &stop, *step);
    return true;
}

static Ref mmap_get_item(Thread *t, Obj v, Obj key)
{
    const Mmap *self = (const Mmap *)v;
    size_t index;
    ssize_t start, step, count;
    if (!check_open(t, self))
        return NULL;
    if (!oz_is_slice(key)) {
        if (!oz_as_exact_int(key) && !oz_class_of(key)->slots->index)
            return oz_raise(t, OZ_TypeError, "mmap indices must be integers");
        return index_of(t, self, key, "mmap index out of range", &index) ? oz_int(self->data[index])
                                                                         : NULL;
    }
    if (!slice_of(t, self, key, &start, &step, &count))
        return NULL;
    Ref bytes = oz_bytes_alloc(t, (size_t)count);
    uint8_t *out = bytes ? oz_bytes_data((const Bytes *)bytes) : NULL;
    if (out && step == 1)
        memcpy(out, self->data + start, (size_t)count);
    else if (out)
        for (ssize_t n = 0; n < count; n++)
            out[n] = self->data[start + n * step];
    return bytes;
}

static bool set_slice(Thread *t, Mmap *self, Obj key, Obj value)
{
    ssize_t start, step, count;
    scoped_buffer view = {0};
    if (!value)
        return oz_fail(t, OZ_TypeError, "mmap object doesn't support slice deletion");
    if (!slice_of(t, self, key, &start, &step, &count) || !oz_buffer_open(t, value, &view) ||
        !slice_of(t, self, key, &start, &step, &count))
        return false;
    if (view.length != (size_t)count)
        return oz_fail(t, OZ_IndexError, "mmap slice assignment is wrong size");
    if (step == 1)
        memmove(self->data + start, view.data, view.length);
    else
        for (ssize_t n = 0; n < count; n++)
            self->data[start + n * step] = view.data[n];
    return true;
}

static bool mmap_set_item(Thread *t, Obj v, Obj key, Obj value)
{
    Mmap *self = (Mmap *)v;
    size_t index;
    ssize_t byte;
    if (!check_open(t, self) || !check_writable(t, self))
        return false;
    if (oz_is_slice(key))
        return set_slice(t, self, key, value);
    if (!oz_as_exact_int(key) && !oz_class_of(key)->slots->index)
        return oz_fail(t, OZ_TypeError, "mmap indices must be integer");
    if (!index_of(t, self, key, "mmap index out of range", &index))
        return false;
    if (!value)
        return oz_fail(t, OZ_TypeError, "mmap doesn't support item deletion");
    if (!oz_as_exact_int(value) && !oz_class_of(value)->slots->index)
        return oz_fail(t, OZ_TypeError, "mmap item value must be an int");
    if (!oz_as_ssize(t, value, OZ_TypeError, &byte))
        return false;
    if (byte < 0 || byte > 255)
        return oz_fail(t, OZ_ValueError, "mmap item value must be in range(0, 256)");
    if (!index_of(t, self, key, "mmap index out of range", &index))
        return false;
    self->data[index] = (uint8_t)byte;
    return true;
}

/* A map is iterated over by bytes of length one, though its items are ints. */
#define MMAP_ITERATOR_REFS(REF) REF(map)
typedef struct MmapIterator {
    Object base;
    MMAP_ITERATOR_REFS(OZ_FIELD) /* [owner] empty at the end */
    size_t at;                   /* [owner] */
} MmapIterator;
OZ_TYPE_LIFE(mmap_iterator, MmapIterator, MMAP_ITERATOR_REFS)

static Ref mmap_iter(Thread *t, Obj self)
{
    MmapIterator *iterator = oz_builtin_class(t, OZ_MMAP_ITERATOR)
                                 ? oz_object_new(t, OZ_MMAP_ITERATOR, sizeof *iterator)
                                 : NULL;
    if (iterator)
        OZ_INIT_FIELD(iterator, map, oz_retain(self));
    return (Ref)iterator;
}

static Ref mmap_iterator_next(Thread *t, Obj v)
{
    MmapIterator *self = (MmapIterator *)v;
    const Mmap *map = (const Mmap *)self->map;
    if (!map || !check_open(t, map))
        return NULL;
    if (self->at < map->length)
        return oz_bytes_new(t, &map->data[self->at++], 1);
    oz_store(&self->base, &self->map, NULL);
    return NULL;
}

const TypeDef oz_mmap_iterator_type = {
    .id = OZ_MMAP_ITERATOR,
    .name = "iterator",
    .doc = "Iterator over a map.",
    .size = sizeof(MmapIterator),
    .flags = OZ_TYPE_FINAL | OZ_TYPE_NO_NEW,
    .visit = mmap_iterator_visit,
    .clear = mmap_iterator_clear,
    .slots = {.iter = oz_itself, .next = mmap_iterator_next},
};

/* ---- the type ---- */

static bool mmap_buffer(Thread *t, Obj v, Buffer *view, int flags)
{
    Mmap *self = (Mmap *)v;
    if (!check_open(t, self))
        return false;
    if ((flags & OZ_BUFFER_WRITE) && self->access == ACCESS_READ)
        return oz_fail(t, OZ_BufferError, "Object is not writable.");
    oz_buffer_fill(view, v, self->data, self->length, self->access == ACCESS_READ);
    self->exports++;
    return true;
}

static void mmap_buffer_release(Thread *t OZ_UNUSED, Obj v, Buffer *view OZ_UNUSED)
{
    ((Mmap *)v)->exports--;
}

const TypeDef oz_mmap_type = {
    .id = OZ_MMAP,
    .name = "mmap.mmap",
    .doc = "A file as memory: mmap(fileno, length), or memory without a file where fileno is -1.",
    .size = sizeof(Mmap),
    .flags = OZ_TYPE_WEAKREF,
    .clear = mmap_clear,
    .buffer_get = mmap_buffer,
    .buffer_release = mmap_buffer_release,
    .make = &mmap_new_,
    .slots = {.repr = mmap_repr,
              .iter = mmap_iter,
              .length = mmap_length,
              .get_item = mmap_get_item,
              .set_item = mmap_set_item},
    .methods = OZ_METHODS(&mmap_close, &mmap___enter__, &mmap___exit__, &mmap_read, &mmap_readline,
                          &mmap_read_byte, &mmap_write, &mmap_write_byte, &mmap_tell, &mmap_seek,
                          &mmap_size, &mmap_find, &mmap_rfind, &mmap_flush, &mmap_madvise,
                          &mmap_move, &mmap_resize),
    .getsets = OZ_GETSETS({"closed", mmap_closed, NULL, "Is it closed?"}),
};

static const OsConstant constants[] = {
#define CONSTANT(name) {#name, (int64_t)(name)},
#include "modules/mmap.def"
#undef CONSTANT
    OZ_CONSTANT(ACCESS_DEFAULT),
    OZ_CONSTANT(ACCESS_READ),
    OZ_CONSTANT(ACCESS_WRITE),
    OZ_CONSTANT(ACCESS_COPY),
    {NULL, 0},
};

static bool mmap_init(Thread *t, Module *module)
{
    int64_t page = sysconf(_SC_PAGESIZE);
    return oz_os_constants(t, module, constants) &&
           oz_module_add_int(t, module, "PAGESIZE", page) &&
           oz_module_add_int(t, module, "ALLOCATIONGRANULARITY", page) &&
           oz_module_add(t, module, "error", oz_retain((Obj)t->vm->errors[OZ_OSError]));
}

static const uint32_t types[] = {OZ_MMAP, 0};

const ModuleDef oz_mmap_module = {
    .name = "mmap",
    .doc = "Files as memory.",
    .types = types,
    .init = mmap_init,
};
