// SPDX-License-Identifier: MIT
// Opcodes to values: the stack machine that a pickle is a program of.
//
// A pickle comes from anywhere, so nothing in it is believed: every opcode checks what it finds on
// the stack, a size is only as good as the bytes that follow it, and what a memo number names need
// not be there.  Whatever is wrong raises UnpicklingError or what the value's own type raises.
//
// The stack holds owned values; `marks` are stack tops, and no opcode but those that take a mark
// goes below the last one (`fence`).
//
// I1. fence <= top <= room; marks are ascending; fence is the last mark, or 0.
// I2. Python code may run in any opcode, but no other load: only `running` loads touch stack and
//     input, so both are as the opcode left them.  The memo can be replaced.
#include "modules/pickle.h"

#include "modules/import.h"
#include "types/codec.h"
#include "types/float.h"
#include "types/int.h"
#include "types/list_layout.h"
#include "types/memoryview.h"
#include "types/set.h"
#include "types/str.h"
#include "types/type.h"

#include <errno.h>
#include <stdlib.h>
#include <limits.h>
#include <math.h>
#include <string.h>

#define fail(t, message) oz_fail_module(t, OZ_ERROR_UNPICKLING, "%s", message)

/* ---- stack and marks ---- */

static OZ_NOINLINE bool grow_stack(Thread *t, Unpickler *u)
{
    size_t room = u->room + u->room / 2 + 32;
    Ref *stack = oz_block_realloc(t->heap, u->stack, room * sizeof *stack);
    if (!stack)
        return oz_raise_memory(t) != NULL;
    u->stack = stack;
    u->room = room;
    return true;
}

/* Taken, always; NULL is a value that could not be made: false. */
OZ_INLINE bool push(Thread *t, Unpickler *u, Ref v)
{
    if (OZ_UNLIKELY(!v))
        return false;
    if (OZ_UNLIKELY(u->top == u->room) && !grow_stack(t, u)) {
        oz_drop(v);
        return false;
    }
    u->stack[u->top++] = v;
    return true;
}

static OZ_COLD bool underflow(Thread *t, const Unpickler *u)
{
    return fail(t, u->mark_count ? "unexpected MARK found" : "unpickling stack underflow");
}

/* Are there `count` values above the last mark? */
OZ_INLINE bool need(Thread *t, const Unpickler *u, size_t count)
{
    return OZ_LIKELY(u->top - u->fence >= count) || underflow(t, u);
}

/* The top value, which is there. */
OZ_INLINE Ref pop(Unpickler *u)
{
    return u->stack[--u->top];
}

/* Drop what is above `top`. */
static void cut(Unpickler *u, size_t top)
{
    while (u->top > top)
        oz_drop(u->stack[--u->top]);
}

void oz_pickle_stack_clear(Unpickler *u)
{
    Ref *stack = u->stack;
    size_t top = u->top, *marks = u->marks;
    u->stack = NULL;
    u->marks = NULL;
    u->top = u->room = u->fence = u->mark_count = u->mark_room = 0;
    while (top)
        oz_drop(stack[--top]);
    oz_block_free(stack);
    oz_block_free(marks);
}

static bool load_mark(Thread *t, Unpickler *u)
{
    if (OZ_UNLIKELY(u->mark_count == u->mark_room)) {
        size_t room = u->mark_room + u->mark_room / 2 + 20;
        size_t *marks = oz_block_realloc(t->heap, u->marks, room * sizeof *marks);
        if (!marks)
            return oz_raise_memory(t) != NULL;
        u->marks = marks;
        u->mark_room = room;
    }
    u->marks[u->mark_count++] = u->fence = u->top;
    return true;
}

static void drop_mark(Unpickler *u)
{
    u->mark_count--;
    u->fence = u->mark_count ? u->marks[u->mark_count - 1] : 0;
}

/* Take the last mark away: the values behind it. */
OZ_INLINE bool take_mark(Thread *t, Unpickler *u, size_t *mark)
{
    if (OZ_UNLIKELY(!u->mark_count))
        return fail(t, "could not find MARK");
    *mark = u->marks[u->mark_count - 1];
    drop_mark(u);
    return true;
}

/* The values from `start` on as a tuple or list; they leave the stack. */
static Ref take_tuple(Thread *t, Unpickler *u, size_t start)
{
    Ref made = oz_tuple_take(t, u->stack + start, u->top - start);
    if (made)
        u->top = start;
    return made;
}

static Ref take_list(Thread *t, Unpickler *u, size_t start)
{
    Ref made = oz_list_take(t, u->stack + start, u->top - start);
    if (made)
        u->top = start;
    return made;
}

/* ---- memo ---- */

/* Numbers up to here, or twice the largest so far, lie in a block; others in a dict, so that a
 * number alone does not make it large. */
enum { MEMO_START = 64, MEMO_SURE = 4096 };

static Obj memo_get(Thread *t, const Unpickler *u, uint64_t number)
{
    if (OZ_LIKELY(number < u->memo_room))
        return u->memo[number];
    if (!u->sparse || number > OZ_INT_MAX)
        return NULL;
    scoped Ref found = NULL;
    if (oz_dict_get(t, (Dict *)u->sparse, oz_int((int64_t)number), &found) != OZ_FOUND)
        return NULL;
    return found; /* the dict holds it */
}

static bool set_sparse(Thread *t, Unpickler *u, uint64_t number, Obj v)
{
    if (number > OZ_INT_MAX)
        return oz_raise_memory(t) != NULL;
    if (!u->sparse) {
        Ref dict = oz_dict_new(t);
        if (!dict)
            return false;
        oz_store(&u->base, &u->sparse, dict);
    }
    size_t before = oz_dict_length((Dict *)u->sparse);
    if (!oz_dict_set(t, (Dict *)u->sparse, oz_int((int64_t)number), v))
        return false;
    u->memo_count += oz_dict_length((Dict *)u->sparse) - before;
    return true;
}

/* Numbers of `sparse` that are below the new end of the block go into it. */
static bool move_sparse(Thread *t, Unpickler *u)
{
    scoped Ref sparse = oz_move(&u->sparse);
    size_t at = 0;
    Obj key, value;
    while (oz_dict_step((Dict *)sparse, &at, &key, &value)) {
        u->memo_count--;
        if (!oz_unpickle_memo_set(t, u, (uint64_t)oz_int_value(key), value))
            return false;
    }
    return true;
}

static OZ_NOINLINE bool memo_set_slow(Thread *t, Unpickler *u, uint64_t number, Obj v)
{
    if (number > MEMO_SURE && number > 2 * (uint64_t)u->memo_room)
        return set_sparse(t, u, number, v);
    size_t room = number < MEMO_START / 2 ? MEMO_START : (size_t)number + number / 2;
    Ref *memo = oz_block_realloc(t->heap, u->memo, room * sizeof *memo);
    if (!memo)
        return oz_raise_memory(t) != NULL;
    memset(memo + u->memo_room, 0, (room - u->memo_room) * sizeof *memo);
    u->memo = memo;
    u->memo_room = room;
    if (u->sparse && !move_sparse(t, u))
        return false;
    return oz_unpickle_memo_set(t, u, number, v);
}

bool oz_unpickle_memo_set(Thread *t, Unpickler *u, uint64_t number, Obj v)
{
    if (OZ_UNLIKELY(number >= u->memo_room))
        return memo_set_slow(t, u, number, v);
    Ref old = u->memo[number];
    oz_track(&u->base, v);
    u->memo[number] = oz_retain(v);
    u->memo_count += !old;
    oz_drop(old);
    return true;
}

void oz_unpickle_memo_clear(Unpickler *u)
{
    Ref *memo = u->memo;
    size_t room = u->memo_room;
    u->memo = NULL;
    u->memo_room = u->memo_count = 0;
    oz_clear(&u->sparse);
    for (size_t i = 0; i < room; i++)
        oz_drop(memo[i]);
    oz_block_free(memo);
}

static bool memoize(Thread *t, Unpickler *u, uint64_t number)
{
    return need(t, u, 1) && oz_unpickle_memo_set(t, u, number, u->stack[u->top - 1]);
}

static OZ_NOINLINE bool load_memo_slow(Thread *t, Unpickler *u, uint64_t number)
{
    Obj v = memo_get(t, u, number);
    if (OZ_LIKELY(v != NULL))
        return push(t, u, oz_retain(v));
    return oz_fail_module(t, OZ_ERROR_UNPICKLING, "Memo value not found at index %lld",
                          (long long)number);
}

OZ_INLINE bool load_memo(Thread *t, Unpickler *u, uint64_t number)
{
    Obj v = number < u->memo_room ? u->memo[number] : NULL;
    if (OZ_UNLIKELY(!v || u->top == u->room))
        return load_memo_slow(t, u, number);
    u->stack[u->top++] = oz_retain(v);
    return true;
}

/* ---- arguments ---- */

/* The next `size` bytes as a number, little-endian. */
OZ_INLINE bool take_number(Thread *t, Unpickler *u, size_t size, uint64_t *n)
{
    const uint8_t *from = oz_pickle_take(t, u, size);
    *n = 0;
    if (OZ_LIKELY(from != NULL))
        memcpy(n, from, size);
    return from != NULL;
}

/* A line as a str of its bytes, at least one. */
static Ref take_text(Thread *t, Unpickler *u)
{
    size_t length;
    const uint8_t *line = oz_pickle_take_line(t, u, &length);
    if (!line)
        return NULL;
    return length ? oz_str_from_latin1(t, line, length) : oz_pickle_truncated(t);
}

static Ref take_int(Thread *t, Unpickler *u, int base)
{
    scoped Ref keep = NULL, text = take_text(t, u);
    size_t length;
    const char *utf8 = text ? oz_str_utf8(t, text, &length, &keep) : NULL;
    return utf8 ? oz_int_from_text(t, utf8, length, base) : NULL;
}

/* A number of the memo as text. */
static bool take_memo_number(Thread *t, Unpickler *u, bool put, uint64_t *number)
{
    scoped Ref value = take_int(t, u, 10);
    ssize_t n;
    if (!value || !oz_as_size_argument(t, value, &n))
        return false;
    if (put && n < 0)
        return oz_fail(t, OZ_ValueError, "negative PUT argument");
    if (n < 0)
        return oz_fail_module(t, OZ_ERROR_UNPICKLING, "Memo value not found at index %zd", n);
    *number = (uint64_t)n;
    return true;
}

/* ---- numbers ---- */

static bool load_int(Thread *t, Unpickler *u)
{
    scoped Ref keep = NULL, text = take_text(t, u);
    size_t length;
    const char *utf8 = text ? oz_str_utf8(t, text, &length, &keep) : NULL;
    if (!utf8)
        return false;
    char *end;
    errno = 0;
    long n = strtol(utf8, &end, 0);
    if (!errno && end == utf8 + length) {
        if (length == 2 && (n == 0 || n == 1))
            return push(t, u, oz_bool(n));
        return push(t, u, oz_int_new(t, n));
    }
    Ref value = oz_int_from_text(t, utf8, length, 0);
    if (!value && oz_exception_forget(t, OZ_ValueError))
        return oz_fail(t, OZ_ValueError, "could not convert string to int");
    return push(t, u, value);
}

static bool load_long(Thread *t, Unpickler *u)
{
    scoped Ref keep = NULL, text = take_text(t, u);
    size_t length;
    const char *utf8 = text ? oz_str_utf8(t, text, &length, &keep) : NULL;
    if (!utf8)
        return false;
    length -= utf8[length - 1] == 'L';
    return push(t, u, oz_int_from_text(t, utf8, length, 0));
}

static bool load_long_bytes(Thread *t, Unpickler *u, size_t size_bytes)
{
    uint64_t size;
    if (!take_number(t, u, size_bytes, &size))
        return false;
    if (size > INT32_MAX)
        return fail(t, "LONG pickle has negative byte count");
    if (!size)
        return push(t, u, oz_int(0));
    const uint8_t *bytes = oz_pickle_take(t, u, size);
    if (!bytes || size > 8)
        return bytes && push(t, u, oz_int_from_bytes(t, bytes, size, true, true));
    int64_t n = 0;
    unsigned spare = 64 - 8 * (unsigned)size;
    memcpy(&n, bytes, size);
    return push(t, u, oz_int_new(t, (int64_t)((uint64_t)n << spare) >> spare));
}

/* As C reads it: no underscores, nothing around it, nothing too large. */
static bool load_float(Thread *t, Unpickler *u)
{
    scoped Ref text = take_text(t, u);
    if (!text)
        return false;
    const Str *s = oz_as_str(text);
    const char *digits = (const char *)s->data;
    size_t length = oz_str_length(s);
    double d;
    if (digits[0] <= ' ' || digits[length - 1] <= ' ' || memchr(digits, '_', length))
        return oz_fail(t, OZ_ValueError, "could not convert string to float");
    scoped Ref value = oz_float_from_text(t, text);
    if (!value || !oz_as_float(value, &d))
        return false;
    if (isinf(d) && !memchr(digits, 'n', length) && !memchr(digits, 'N', length))
        return oz_fail(t, OZ_OverflowError, "value too large to convert to float: %R", (Obj)text);
    return push(t, u, oz_move(&value));
}

OZ_INLINE bool load_binary_float(Thread *t, Unpickler *u)
{
    uint64_t bits;
    double d;
    if (!take_number(t, u, 8, &bits))
        return false;
    bits = __builtin_bswap64(bits);
    memcpy(&d, &bits, sizeof d);
    return push(t, u, oz_float_new(t, d));
}

/* ---- text and bytes ---- */

OZ_INLINE bool load_utf8(Thread *t, Unpickler *u, size_t size_bytes)
{
    uint64_t size;
    if (!take_number(t, u, size_bytes, &size))
        return false;
    if (OZ_UNLIKELY(size > SSIZE_MAX))
        return oz_fail(t, OZ_OverflowError, "BINUNICODE exceeds system's maximum size of %zd bytes",
                       (ssize_t)SSIZE_MAX);
    const uint8_t *bytes = oz_pickle_take(t, u, size);
    return bytes && push(t, u, oz_decode_utf8(t, bytes, size, "surrogatepass"));
}

static bool load_unicode(Thread *t, Unpickler *u)
{
    size_t length;
    const uint8_t *line = oz_pickle_take_line(t, u, &length);
    if (!line)
        return false;
    DecodeArgs args = {.data = line, .length = length, .final = true};
    return push(t, u, oz_codec_decode(t, OZ_CODEC_RAW_UNICODE_ESCAPE, &args));
}

/* What the 8-bit string of a Python 2 is, by the encoding. */
static Ref decoded(Thread *t, Unpickler *u, Ref taken)
{
    scoped Ref bytes = taken, keep = NULL, keep_errors = NULL;
    if (!bytes || oz_str_equal_utf8((const Str *)u->encoding, "bytes"))
        return oz_move(&bytes);
    size_t length;
    const char *encoding = oz_str_utf8(t, u->encoding, &length, &keep);
    const char *errors = encoding ? oz_str_utf8(t, u->errors, &length, &keep_errors) : NULL;
    return errors ? oz_decode(t, bytes, encoding, errors) : NULL;
}

static bool load_short_string(Thread *t, Unpickler *u, size_t size_bytes)
{
    uint64_t size;
    if (!take_number(t, u, size_bytes, &size))
        return false;
    return push(t, u, decoded(t, u, oz_pickle_take_bytes(t, u, size)));
}

static bool load_string(Thread *t, Unpickler *u)
{
    size_t length;
    const uint8_t *line = oz_pickle_take_line(t, u, &length);
    if (!line)
        return false;
    if (length < 2 || line[0] != line[length - 1] || (line[0] != '"' && line[0] != '\''))
        return fail(t, "the STRING opcode argument must be quoted");
    scoped Ref quoted = oz_bytes_new(t, line + 1, length - 2);
    scoped Ref decode = quoted ? oz_pickle_import(t, "_codecs", "escape_decode") : NULL;
    scoped Ref pair = decode ? oz_call1(t, decode, quoted) : NULL;
    const Tuple *both = pair ? oz_as_tuple(pair) : NULL;
    return both && push(t, u, decoded(t, u, oz_retain(both->items[0])));
}

static bool load_bytes(Thread *t, Unpickler *u, size_t size_bytes)
{
    uint64_t size;
    return take_number(t, u, size_bytes, &size) && push(t, u, oz_pickle_take_bytes(t, u, size));
}

OZ_INLINE bool load_short_bytes(Thread *t, Unpickler *u)
{
    uint64_t size;
    if (!take_number(t, u, 1, &size))
        return false;
    const uint8_t *bytes = oz_pickle_take(t, u, size);
    return bytes && push(t, u, oz_bytes_new(t, bytes, size));
}

static bool load_byte_array(Thread *t, Unpickler *u)
{
    uint64_t size;
    return take_number(t, u, 8, &size) && push(t, u, oz_pickle_take_byte_array(t, u, size));
}

static bool load_next_buffer(Thread *t, Unpickler *u)
{
    if (!u->buffers)
        return fail(t, "pickle stream refers to out-of-band data but no *buffers* argument was "
                       "given");
    scoped Ref buffers = oz_retain(u->buffers);
    Ref buffer = NULL;
    Found found = oz_next(t, buffers, &buffer);
    if (found == OZ_MISSING)
        return fail(t, "not enough out-of-band buffers");
    return found == OZ_FOUND && push(t, u, buffer);
}

static bool load_readonly_buffer(Thread *t, Unpickler *u)
{
    if (!need(t, u, 1))
        return false;
    scoped Ref view = oz_memoryview_new(t, u->stack[u->top - 1]);
    if (!view || ((const MemoryView *)view)->view.readonly)
        return view != NULL;
    scoped Ref name = oz_intern(t, "toreadonly");
    Ref readonly = name ? oz_call_method(t, view, name, 0, NULL) : NULL;
    if (!readonly)
        return false;
    Ref old = u->stack[u->top - 1];
    u->stack[u->top - 1] = readonly;
    oz_drop(old);
    return true;
}

/* ---- containers ---- */

static bool load_tuple(Thread *t, Unpickler *u)
{
    size_t mark;
    return take_mark(t, u, &mark) && push(t, u, take_tuple(t, u, mark));
}

static bool load_few(Thread *t, Unpickler *u, size_t count)
{
    return need(t, u, count) && push(t, u, take_tuple(t, u, u->top - count));
}

static bool load_list(Thread *t, Unpickler *u)
{
    size_t mark;
    return take_mark(t, u, &mark) && push(t, u, take_list(t, u, mark));
}

static bool load_dict(Thread *t, Unpickler *u)
{
    size_t mark;
    if (!take_mark(t, u, &mark))
        return false;
    scoped Ref dict = oz_dict_new(t);
    if (!dict)
        return false;
    if ((u->top - mark) % 2)
        return fail(t, "odd number of items for DICT");
    for (size_t i = mark; i < u->top; i += 2)
        if (!oz_dict_set(t, (Dict *)dict, u->stack[i], u->stack[i + 1]) || !oz_poll(t))
            return false;
    cut(u, mark);
    return push(t, u, oz_move(&dict));
}

static bool load_frozenset(Thread *t, Unpickler *u)
{
    size_t mark;
    scoped Ref items = take_mark(t, u, &mark) ? take_list(t, u, mark) : NULL;
    return items && push(t, u, oz_frozenset_new(t, items));
}

/* Append to what is no list: by extend(), or by append() where there is none. */
static bool extend_other(Thread *t, Unpickler *u, Obj target, size_t start)
{
    scoped Ref items = take_list(t, u, start);
    scoped Ref extend = items ? oz_intern(t, "extend") : NULL, append = NULL, method = NULL;
    Found found = extend ? oz_find_attr(t, target, extend, &method) : OZ_RAISED;
    if (found == OZ_RAISED)
        return false;
    if (found == OZ_FOUND) {
        scoped Ref result = oz_call1(t, method, items);
        return result != NULL;
    }
    append = oz_intern(t, "append");
    method = append ? oz_get_attr(t, target, append) : NULL;
    for (size_t i = 0; method && i < oz_list_length((List *)items); i++) {
        scoped Ref item = oz_list_get(t, (List *)items, i);
        scoped Ref result = item ? oz_call1(t, method, item) : NULL;
        if (!result || !oz_poll(t))
            return false;
    }
    return method != NULL;
}

/* Append the values from `start` on to the one below. */
static bool append_from(Thread *t, Unpickler *u, size_t start)
{
    if (OZ_UNLIKELY(start > u->top || start <= u->fence))
        return underflow(t, u);
    if (start == u->top)
        return true;
    if (OZ_UNLIKELY(!oz_is(u->stack[start - 1], OZ_LIST))) {
        scoped Ref target = oz_retain(u->stack[start - 1]);
        return extend_other(t, u, target, start);
    }
    List *list = (List *)u->stack[start - 1];
    if (!oz_list_reserve(t, list, oz_list_length_fast(list) + (u->top - start)))
        return false;
    if (OZ_UNLIKELY(oz_refs(&list->base) < 0)) {
        for (size_t i = start; i < u->top; i++)
            if (!oz_list_append_fast(t, list, oz_move(&u->stack[i])))
                return false;
    } else {
        ListBlock *block = list->block;
        Ref *items = block->items + block->length;
        for (size_t i = start; i < u->top; i++)
            oz_store_raw(&list->base, items++, u->stack[i]);
        block->length += (uint32_t)(u->top - start);
    }
    u->top = start;
    return true;
}

static bool load_appends(Thread *t, Unpickler *u)
{
    size_t mark;
    return take_mark(t, u, &mark) && append_from(t, u, mark);
}

static bool load_append(Thread *t, Unpickler *u)
{
    return need(t, u, 2) && append_from(t, u, u->top - 1);
}

/* The pairs from `start` on into what is below them. */
static bool set_items_from(Thread *t, Unpickler *u, size_t start)
{
    if (OZ_UNLIKELY(start > u->top || start <= u->fence))
        return underflow(t, u);
    if (start == u->top)
        return true;
    if ((u->top - start) % 2)
        return fail(t, "odd number of items for SETITEMS");
    scoped Ref target = oz_retain(u->stack[start - 1]);
    bool exact = oz_is(target, OZ_DICT), done = true;
    for (size_t i = start; done && i < u->top; i += 2) {
        if (OZ_LIKELY(exact))
            done = oz_dict_set_take(t, (Dict *)target, oz_move(&u->stack[i]),
                                    oz_move(&u->stack[i + 1]));
        else
            done = oz_set_item(t, target, u->stack[i], u->stack[i + 1]);
        done = done && oz_poll(t);
    }
    cut(u, start);
    return done;
}

static bool load_set_items(Thread *t, Unpickler *u)
{
    size_t mark;
    return take_mark(t, u, &mark) && set_items_from(t, u, mark);
}

static bool load_set_item(Thread *t, Unpickler *u)
{
    return set_items_from(t, u, u->top < 2 ? 0 : u->top - 2);
}

static bool load_add_items(Thread *t, Unpickler *u)
{
    size_t mark;
    if (!take_mark(t, u, &mark))
        return false;
    if (mark > u->top || mark <= u->fence)
        return underflow(t, u);
    if (mark == u->top)
        return true;
    scoped Ref target = oz_retain(u->stack[mark - 1]);
    if (oz_isa(target, OZ_SET)) {
        scoped Ref items = take_list(t, u, mark);
        return items && oz_set_update(t, (Set *)target, items);
    }
    scoped Ref name = oz_intern(t, "add");
    scoped Ref add = name ? oz_get_attr(t, target, name) : NULL;
    bool done = add != NULL;
    for (size_t i = mark; done && i < u->top; i++) {
        scoped Ref result = oz_call1(t, add, u->stack[i]);
        done = result && oz_poll(t);
    }
    if (done)
        cut(u, mark);
    return done;
}

/* ---- objects ---- */

/* The class at a name of a module, as find_class says. */
static Ref find_class(Thread *t, Unpickler *u, Obj module, Obj name)
{
    if (u->hidden || oz_is((Obj)u, OZ_UNPICKLER))
        return oz_unpickler_find_class(t, u, module, name);
    scoped Ref method = oz_intern(t, "find_class");
    return method ? oz_call_method(t, (Obj)u, method, 2, (const Obj[]){module, name}) : NULL;
}

static Ref take_name(Thread *t, Unpickler *u, CodecKind kind)
{
    size_t length;
    const uint8_t *line = oz_pickle_take_line(t, u, &length);
    if (!line)
        return NULL;
    DecodeArgs args = {.data = line, .length = length, .final = true};
    return length ? oz_codec_decode(t, kind, &args) : oz_pickle_truncated(t);
}

/* A class by two lines. */
static Ref take_class(Thread *t, Unpickler *u, CodecKind kind)
{
    scoped Ref module = take_name(t, u, kind), name = module ? take_name(t, u, kind) : NULL;
    return name ? find_class(t, u, module, name) : NULL;
}

static bool load_global(Thread *t, Unpickler *u)
{
    return push(t, u, take_class(t, u, OZ_CODEC_UTF8));
}

static bool load_stack_global(Thread *t, Unpickler *u)
{
    if (!need(t, u, 2))
        return false;
    scoped Ref name = pop(u), module = pop(u);
    if (!oz_is_exact_str(name) || !oz_is_exact_str(module))
        return fail(t, "STACK_GLOBAL requires str");
    return push(t, u, find_class(t, u, module, name));
}

static Ref instantiate(Thread *t, Obj cls, Obj args)
{
    if (!((const Tuple *)args)->length && oz_is_class(cls)) {
        scoped Ref method = NULL;
        Found found = oz_find_attr(t, cls, OZ_NAME(t, __getinitargs__), &method);
        if (found == OZ_RAISED)
            return NULL;
        if (found == OZ_MISSING)
            return oz_call_method(t, cls, OZ_NAME(t, __new__), 1, (const Obj[]){cls});
    }
    return oz_call_tuple(t, cls, args, NULL);
}

static bool load_inst(Thread *t, Unpickler *u)
{
    size_t mark;
    if (!take_mark(t, u, &mark))
        return false;
    scoped Ref cls = take_class(t, u, OZ_CODEC_ASCII), args = cls ? take_tuple(t, u, mark) : NULL;
    return args && push(t, u, instantiate(t, cls, args));
}

static bool load_obj(Thread *t, Unpickler *u)
{
    size_t mark;
    if (!take_mark(t, u, &mark))
        return false;
    if (u->top == mark)
        return underflow(t, u);
    scoped Ref args = take_tuple(t, u, mark + 1), cls = args ? pop(u) : NULL;
    return cls && push(t, u, instantiate(t, cls, args));
}

static bool load_new(Thread *t, Unpickler *u, bool with_keywords)
{
    const char *opcode = with_keywords ? "NEWOBJ_EX" : "NEWOBJ";
    if (!need(t, u, with_keywords ? 3 : 2))
        return false;
    scoped Ref keywords = with_keywords ? pop(u) : NULL;
    scoped Ref args = pop(u), cls = pop(u);
    if (!oz_is_class(cls))
        return oz_fail_module(t, OZ_ERROR_UNPICKLING,
                              "%s class argument must be a type, not %.200T", opcode, (Obj)cls);
    SlotNEW make = ((const Class *)cls)->slots->new;
    if (!make)
        return oz_fail_module(t, OZ_ERROR_UNPICKLING,
                              "%s class argument '%.200N' doesn't have __new__", opcode, (Obj)cls);
    if (!oz_as_tuple(args))
        return oz_fail_module(t, OZ_ERROR_UNPICKLING,
                              "%s args argument must be a tuple, not %.200T", opcode, (Obj)args);
    if (keywords && !oz_as_dict(keywords))
        return oz_fail_module(t, OZ_ERROR_UNPICKLING,
                              "%s kwargs argument must be a dict, not %.200T", opcode,
                              (Obj)keywords);
    if (OZ_LIKELY(!keywords || !oz_dict_length(oz_as_dict(keywords)))) {
        const Tuple *tuple = oz_as_tuple(args);
        Args values = {.items = oz_borrowed(tuple->items), .count = tuple->length};
        return oz_native_enter(t, " while calling a Python object") &&
               push(t, u, make(t, (Class *)cls, &values));
    }
    scoped Ref method = oz_get_attr(t, cls, OZ_NAME(t, __new__));
    scoped Ref first = method ? oz_tuple_of(t, 1, (Obj)cls) : NULL;
    scoped Ref all = first ? oz_binary(t, OZ_OP_ADD, first, args) : NULL;
    return all && push(t, u, oz_call_tuple(t, method, all, keywords));
}

static bool load_reduce(Thread *t, Unpickler *u)
{
    if (!need(t, u, 2))
        return false;
    scoped Ref args = pop(u), callable = pop(u);
    if (!oz_as_tuple(args))
        return oz_fail(t, OZ_TypeError, "argument list must be a tuple");
    return push(t, u, oz_call_tuple(t, callable, args, NULL));
}

/* Is v.__dict__[name] = value the same as to store the attribute? */
OZ_INLINE bool builds_plainly(Thread *t, Unpickler *u, Obj v)
{
    uint32_t id = oz_id_of(v);
    if (id < OZ_BUILTIN_IDS)
        return false;
    uint32_t version = t->vm->shape_versions[id];
    PickleShape *known = &u->shapes[id % OZ_PICKLE_SHAPES];
    if (OZ_UNLIKELY(known->id != id || known->version != version || !version))
        *known = (PickleShape){id, version, oz_instance_builds_plainly(t, v)};
    return known->plain;
}

/* Attributes from a dict of the state; keys that are exact strs are interned. */
static bool set_attributes(Thread *t, Obj v, Dict *state, Obj dict)
{
    size_t at = 0;
    Obj key, value;
    while (oz_dict_step(state, &at, &key, &value)) {
        scoped Ref held = oz_retain(value);
        scoped Ref name = oz_is_exact_str(key) ? oz_intern_str(t, oz_retain(key)) : oz_retain(key);
        if (!name)
            return false;
        Found stored = !dict && oz_is_exact_str(name) ? oz_instance_set(t, oz_object(v), name, held)
                                                      : OZ_MISSING;
        if (stored == OZ_FOUND)
            continue;
        scoped Ref own = stored == OZ_RAISED ? NULL
                         : dict              ? oz_retain(dict)
                                             : oz_get_attr(t, v, OZ_NAME(t, __dict__));
        if (!own || !oz_set_item(t, own, name, held) || !oz_poll(t))
            return false;
    }
    return true;
}

static bool set_slots(Thread *t, Obj v, Dict *state)
{
    size_t at = 0;
    Obj key, value;
    while (oz_dict_step(state, &at, &key, &value)) {
        scoped Ref held = oz_retain(value), name = oz_retain(key);
        if (!oz_set_attr(t, v, name, held) || !oz_poll(t))
            return false;
    }
    return true;
}

static bool build(Thread *t, Unpickler *u, Obj v, Obj state)
{
    const Tuple *pair = oz_as_tuple(state);
    Obj slots = pair && pair->length == 2 ? pair->items[1] : NULL;
    Obj attributes = slots ? pair->items[0] : state;
    if (!oz_is_none(attributes)) {
        if (!oz_as_dict(attributes))
            return fail(t, "state is not a dictionary");
        bool plain = builds_plainly(t, u, v);
        scoped Ref dict = plain ? NULL : oz_get_attr(t, v, OZ_NAME(t, __dict__));
        if ((!plain && !dict) || !set_attributes(t, v, oz_as_dict(attributes), dict))
            return false;
    }
    if (!slots)
        return true;
    if (!oz_as_dict(slots))
        return fail(t, "slot state is not a dictionary");
    return set_slots(t, v, oz_as_dict(slots));
}

static bool load_build(Thread *t, Unpickler *u)
{
    if (!need(t, u, 2))
        return false;
    scoped Ref state = pop(u), v = oz_retain(u->stack[u->top - 1]), method = NULL;
    if (builds_plainly(t, u, v))
        return build(t, u, v, state);
    Found found = oz_find_attr(t, v, OZ_NAME(t, __setstate__), &method);
    if (found != OZ_FOUND)
        return found == OZ_MISSING && build(t, u, v, state);
    scoped Ref result = oz_call1(t, method, state);
    return result != NULL;
}

/* ---- globals by number, persistent ids ---- */

/* Module and name that the registry of extensions has for a code. */
static Ref extension_pair(Thread *t, uint64_t code)
{
    scoped Ref registry = oz_pickle_import(t, "copyreg", "_inverted_registry");
    scoped Ref pair = NULL;
    if (!registry)
        return NULL;
    if (!oz_as_dict(registry))
        return oz_raise(t, OZ_RuntimeError,
                        "copyreg._inverted_registry should be a dict, not %.200T", registry);
    Found found = oz_dict_get(t, oz_as_dict(registry), oz_int((int64_t)code), &pair);
    if (found == OZ_RAISED)
        return NULL;
    if (found == OZ_MISSING)
        return oz_raise(t, OZ_ValueError, "unregistered extension code %lld", (long long)code);
    const Tuple *both = oz_as_tuple(pair);
    if (!both || both->length != 2 || !oz_is_str(both->items[0]) || !oz_is_str(both->items[1]))
        return oz_raise(t, OZ_ValueError, "_inverted_registry[%lld] isn't a 2-tuple of strings",
                        (long long)code);
    return oz_move(&pair);
}

static bool load_extension(Thread *t, Unpickler *u, size_t size)
{
    uint64_t code;
    if (!take_number(t, u, size, &code))
        return false;
    if (!code || code > INT32_MAX)
        return fail(t, "EXT specifies code <= 0");
    scoped Ref cache = oz_pickle_import(t, "copyreg", "_extension_cache"), found = NULL;
    if (!cache)
        return false;
    if (!oz_as_dict(cache))
        return oz_fail(t, OZ_RuntimeError, "copyreg._extension_cache should be a dict, not %.200T",
                       cache);
    if (oz_dict_get(t, oz_as_dict(cache), oz_int((int64_t)code), &found) == OZ_RAISED)
        return false;
    if (found)
        return push(t, u, oz_move(&found));
    scoped Ref pair = extension_pair(t, code);
    const Tuple *both = pair ? oz_as_tuple(pair) : NULL;
    found = both ? find_class(t, u, both->items[0], both->items[1]) : NULL;
    return found && oz_dict_set(t, oz_as_dict(cache), oz_int((int64_t)code), found) &&
           push(t, u, oz_move(&found));
}

static bool push_persistent(Thread *t, Unpickler *u, Obj id)
{
    return push(t, u, oz_pickle_call_hook(t, (Obj)u, u->persistent_load, u->bound, id));
}

static bool check_persistent(Thread *t, const Unpickler *u)
{
    return u->persistent_load || fail(t, "A load persistent id instruction was encountered,\n"
                                         "but no persistent_load function was specified.");
}

static bool load_persistent_line(Thread *t, Unpickler *u)
{
    size_t length;
    if (!check_persistent(t, u))
        return false;
    const uint8_t *line = oz_pickle_take_line(t, u, &length);
    if (!line)
        return false;
    for (size_t i = 0; i < length; i++)
        if (line[i] >= 0x80)
            return fail(t, "persistent IDs in protocol 0 must be ASCII strings");
    scoped Ref id = oz_str_from_latin1(t, line, length);
    return id && push_persistent(t, u, id);
}

static bool load_persistent(Thread *t, Unpickler *u)
{
    if (!check_persistent(t, u) || !need(t, u, 1))
        return false;
    scoped Ref id = pop(u);
    return push_persistent(t, u, id);
}

/* ---- the stack and the stream ---- */

static bool load_pop(Thread *t, Unpickler *u)
{
    if (u->mark_count && u->marks[u->mark_count - 1] == u->top) {
        drop_mark(u);
        return true;
    }
    if (!need(t, u, 1))
        return false;
    oz_drop(pop(u));
    return true;
}

static bool load_pop_mark(Thread *t, Unpickler *u)
{
    size_t mark;
    if (!take_mark(t, u, &mark))
        return false;
    cut(u, mark);
    return true;
}

static bool load_dup(Thread *t, Unpickler *u)
{
    return need(t, u, 1) && push(t, u, oz_retain(u->stack[u->top - 1]));
}

static bool load_protocol(Thread *t, Unpickler *u)
{
    uint64_t protocol;
    if (!take_number(t, u, 1, &protocol))
        return false;
    if (protocol > OZ_PICKLE_HIGHEST)
        return oz_fail(t, OZ_ValueError, "unsupported pickle protocol: %d", (int)protocol);
    u->protocol = (int)protocol;
    return true;
}

static bool load_frame(Thread *t, Unpickler *u)
{
    uint64_t size;
    if (!take_number(t, u, 8, &size))
        return false;
    if (size > SSIZE_MAX)
        return oz_fail(t, OZ_OverflowError, "FRAME length exceeds system's maximum of %zd bytes",
                       (ssize_t)SSIZE_MAX);
    const uint8_t *start = oz_pickle_take(t, u, size);
    if (start)
        u->at = start; /* it is there: opcode by opcode from here */
    return start != NULL;
}

static OZ_COLD bool unknown(Thread *t, uint8_t opcode)
{
    if (opcode >= 0x20 && opcode <= 0x7e && opcode != '\'' && opcode != '\\')
        return oz_fail_module(t, OZ_ERROR_UNPICKLING, "invalid load key, '%c'.", opcode);
    return oz_fail_module(t, OZ_ERROR_UNPICKLING, "invalid load key, '\\x%02x'.", opcode);
}

/* Opcodes that are rare. */
static OZ_NOINLINE bool step_rare(Thread *t, Unpickler *u, uint8_t opcode)
{
    uint64_t n;
    switch (opcode) {
    case OZ_PK_POP:
        return load_pop(t, u);
    case OZ_PK_POP_MARK:
        return load_pop_mark(t, u);
    case OZ_PK_DUP:
        return load_dup(t, u);
    case OZ_PK_FLOAT:
        return load_float(t, u);
    case OZ_PK_INT:
        return load_int(t, u);
    case OZ_PK_LONG:
        return load_long(t, u);
    case OZ_PK_LONG4:
        return load_long_bytes(t, u, 4);
    case OZ_PK_PERSID:
        return load_persistent_line(t, u);
    case OZ_PK_BINPERSID:
        return load_persistent(t, u);
    case OZ_PK_REDUCE:
        return load_reduce(t, u);
    case OZ_PK_STRING:
        return load_string(t, u);
    case OZ_PK_BINSTRING:
        return load_short_string(t, u, 4);
    case OZ_PK_SHORT_BINSTRING:
        return load_short_string(t, u, 1);
    case OZ_PK_UNICODE:
        return load_unicode(t, u);
    case OZ_PK_GLOBAL:
        return load_global(t, u);
    case OZ_PK_STACK_GLOBAL:
        return load_stack_global(t, u);
    case OZ_PK_DICT:
        return load_dict(t, u);
    case OZ_PK_LIST:
        return load_list(t, u);
    case OZ_PK_GET:
        return take_memo_number(t, u, false, &n) && load_memo(t, u, n);
    case OZ_PK_PUT:
        return take_memo_number(t, u, true, &n) && memoize(t, u, n);
    case OZ_PK_INST:
        return load_inst(t, u);
    case OZ_PK_OBJ:
        return load_obj(t, u);
    case OZ_PK_NEWOBJ_EX:
        return load_new(t, u, true);
    case OZ_PK_EXT1:
        return load_extension(t, u, 1);
    case OZ_PK_EXT2:
        return load_extension(t, u, 2);
    case OZ_PK_EXT4:
        return load_extension(t, u, 4);
    case OZ_PK_BINUNICODE8:
        return load_utf8(t, u, 8);
    case OZ_PK_BINBYTES:
        return load_bytes(t, u, 4);
    case OZ_PK_BINBYTES8:
        return load_bytes(t, u, 8);
    case OZ_PK_BYTEARRAY8:
        return load_byte_array(t, u);
    case OZ_PK_NEXT_BUFFER:
        return load_next_buffer(t, u);
    case OZ_PK_READONLY_BUFFER:
        return load_readonly_buffer(t, u);
    case OZ_PK_EMPTY_SET:
        return push(t, u, oz_set_new(t, NULL));
    case OZ_PK_ADDITEMS:
        return load_add_items(t, u);
    case OZ_PK_FROZENSET:
        return load_frozenset(t, u);
    case OZ_PK_PROTO:
        return load_protocol(t, u);
    case OZ_PK_FRAME:
        return load_frame(t, u);
    default:
        return unknown(t, opcode);
    }
}

OZ_INLINE bool step(Thread *t, Unpickler *u, uint8_t opcode)
{
    uint64_t n;
    switch (opcode) {
    case OZ_PK_MARK:
        return load_mark(t, u);
    case OZ_PK_BININT1:
        return take_number(t, u, 1, &n) && push(t, u, oz_int((int64_t)n));
    case OZ_PK_BININT2:
        return take_number(t, u, 2, &n) && push(t, u, oz_int((int64_t)n));
    case OZ_PK_BININT:
        return take_number(t, u, 4, &n) && push(t, u, oz_int((int32_t)n));
    case OZ_PK_LONG1:
        return load_long_bytes(t, u, 1);
    case OZ_PK_NONE:
        return push(t, u, OZ_NONE);
    case OZ_PK_NEWTRUE:
        return push(t, u, OZ_TRUE);
    case OZ_PK_NEWFALSE:
        return push(t, u, OZ_FALSE);
    case OZ_PK_BINFLOAT:
        return load_binary_float(t, u);
    case OZ_PK_SHORT_BINUNICODE:
        return load_utf8(t, u, 1);
    case OZ_PK_BINUNICODE:
        return load_utf8(t, u, 4);
    case OZ_PK_SHORT_BINBYTES:
        return load_short_bytes(t, u);
    case OZ_PK_BINGET:
        return take_number(t, u, 1, &n) && load_memo(t, u, n);
    case OZ_PK_LONG_BINGET:
        return take_number(t, u, 4, &n) && load_memo(t, u, n);
    case OZ_PK_BINPUT:
        return take_number(t, u, 1, &n) && memoize(t, u, n);
    case OZ_PK_LONG_BINPUT:
        return take_number(t, u, 4, &n) && memoize(t, u, n);
    case OZ_PK_MEMOIZE:
        return memoize(t, u, u->memo_count);
    case OZ_PK_EMPTY_TUPLE:
        return push(t, u, oz_retain(t->vm->empty_tuple));
    case OZ_PK_EMPTY_LIST:
        return push(t, u, oz_list_new(t, 0));
    case OZ_PK_EMPTY_DICT:
        return push(t, u, oz_dict_new(t));
    case OZ_PK_TUPLE:
        return load_tuple(t, u);
    case OZ_PK_TUPLE1:
    case OZ_PK_TUPLE2:
    case OZ_PK_TUPLE3:
        return load_few(t, u, 1u + opcode - OZ_PK_TUPLE1);
    case OZ_PK_APPEND:
        return load_append(t, u);
    case OZ_PK_APPENDS:
        return load_appends(t, u);
    case OZ_PK_SETITEM:
        return load_set_item(t, u);
    case OZ_PK_SETITEMS:
        return load_set_items(t, u);
    case OZ_PK_NEWOBJ:
        return load_new(t, u, false);
    case OZ_PK_BUILD:
        return load_build(t, u);
    default:
        return step_rare(t, u, opcode);
    }
}

/* The end of the input where an opcode should be. */
static OZ_COLD bool no_opcode(Thread *t)
{
    Obj error = oz_module_error(t, OZ_ERROR_UNPICKLING);
    if (error && t->exception && (Obj)oz_class_of(t->exception) == error) {
        oz_exception_clear(t);
        oz_raise(t, OZ_EOFError, "Ran out of input");
    }
    return false;
}

static bool run(Thread *t, Unpickler *u)
{
    for (;;) {
        const uint8_t *opcode = oz_pickle_take(t, u, 1);
        if (OZ_UNLIKELY(!opcode))
            return no_opcode(t);
        if (OZ_UNLIKELY(*opcode == OZ_PK_STOP))
            return true;
        if (OZ_UNLIKELY(!step(t, u, *opcode)) || !oz_poll(t))
            return false;
    }
}

Ref oz_pickle_load(Thread *t, Unpickler *u)
{
    u->running = true;
    u->protocol = 0;
    Ref result = NULL;
    if (run(t, u) && oz_pickle_input_settle(t, u) && need(t, u, 1))
        result = pop(u);
    u->running = false;
    Ref pending = result ? NULL : oz_exception_take(t); /* drops run Python */
    oz_pickle_stack_clear(u);
    if (pending)
        oz_exception_put(t, pending);
    return result;
}
