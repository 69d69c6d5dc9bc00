// SPDX-License-Identifier: MIT
// Exceptions and encodings without the VM.
#include "unit.h"

#include "types/bytes.h"
#include "types/codec.h"
#include "types/exception.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static Thread *t;

static bool poll(Thread *thread)
{
    atomic_store(&thread->interrupt, 0);
    return true;
}

static void boot(void)
{
    Vm *vm = oz_vm_new();
    vm->hooks.poll = poll;
    static const TypeDef *types[OZ_BUILTIN_IDS];
    for (uint32_t id = 0; id < OZ_TYPE_END; id++)
        types[id] = oz_core_types[id];
    vm->types = types;
    t = vm->main;
    if (!oz_names_init(t) || !oz_classes_init(t) || !oz_bytes_init(t) || !oz_exceptions_init(t))
        abort();
}

/* Is errors[kind] pending, and is this its text?  Clears it. */
static bool raised(int kind, const char *text)
{
    bool right = oz_raised(t, kind);
    scoped Ref error = oz_exception_take(t);
    scoped Ref shown = error ? oz_str(t, error) : NULL;
    return right && shown && oz_str_equal_utf8(oz_as_str(shown), text);
}

TEST(messages)
{
    oz_raise(t, OZ_ValueError, "bad %s: %d", "thing", 3);
    check(raised(OZ_ValueError, "bad thing: 3"));
    oz_raise(t, OZ_KeyError, "k");
    check(raised(OZ_KeyError, "'k'"));
    scoped Ref name = oz_str_new(t, "file");
    oz_raise_os_error(t, ENOENT, name);
    check(raised(OZ_FileNotFoundError, "[Errno 2] No such file or directory: 'file'"));
}

static Ref raised_instance(int kind)
{
    oz_raise(t, kind, "x");
    return oz_exception_take(t);
}

TEST(the_context_is_what_is_handled)
{
    scoped Ref first = raised_instance(OZ_ValueError);
    t->handled->exception = oz_retain(first);
    scoped Ref second = raised_instance(OZ_TypeError);
    check(((BaseException *)second)->context == first);
    /* Raising the first again while the second is handled cuts the ring. */
    oz_clear(&t->handled->exception);
    t->handled->exception = oz_retain(second);
    oz_raise_object(t, first, NULL);
    scoped Ref again = oz_exception_take(t);
    check(again == first && ((BaseException *)first)->context == second);
    check(((BaseException *)second)->context == NULL);
    oz_clear(&t->handled->exception);
    oz_clear(&((BaseException *)first)->context);
}

TEST(memory_errors_need_no_memory)
{
    oz_raise_memory(t);
    scoped Ref kept = oz_exception_take(t);
    oz_raise_memory(t);
    check(oz_raised(t, OZ_MemoryError) && t->exception != kept && t->exception != t->memory_error);
    oz_exception_clear(t);
#ifdef OZ_DEBUG
    oz_heap_inject(t->vm->heap, 1, OZ_FAIL_FOREVER);
    t->handled->exception = oz_retain(kept);
    oz_raise_memory(t);
    oz_raise_memory(t); /* while the first is pending */
    check(t->exception == t->memory_error);
    check(!((BaseException *)t->exception)->context); /* the reserve holds nothing */
    oz_exception_clear(t);
    oz_clear(&t->handled->exception);
    oz_heap_inject(t->vm->heap, 0, OZ_FAIL_ONCE);
#endif
}

/* ---- encodings ---- */

static bool round_trip(Obj s, const char *encoding, const char *errors)
{
    scoped Ref bytes = oz_encode(t, s, encoding, errors);
    scoped Ref back = bytes ? oz_decode(t, bytes, encoding, errors) : NULL;
    return back && oz_str_equal(oz_as_str(s), oz_as_str(back));
}

TEST(encodings_come_back)
{
    static const char *const encodings[] = {"utf-8",  "utf-16",    "utf-16-le", "utf-16-be",
                                            "utf-32", "utf-32-le", "utf-32-be", "UTF8"};
    scoped Ref s = oz_str_new(t, "plain, caf\u00e9, \u20ac and \U0001f600");
    for (size_t i = 0; i < OZ_COUNT(encodings); i++)
        check(round_trip(s, encodings[i], NULL));
    scoped Ref latin = oz_str_new(t, "caf\u00e9");
    check(round_trip(latin, "latin-1", NULL));
    uint32_t lone[] = {'a', 0xdc80, 0xdcff};
    scoped Ref escaped = oz_str_from_ucs4(t, lone, 3);
    check(round_trip(escaped, "utf-8", "surrogateescape"));
    check(round_trip(escaped, "utf-16", "surrogatepass"));
}

TEST(what_cannot_be_decoded_is_located)
{
    scoped Ref bytes = oz_bytes_new(t, "ab\xe2\x82", 4);
    scoped Ref none = oz_decode(t, bytes, NULL, NULL);
    check(!none);
    check(raised(OZ_UnicodeDecodeError,
                 "'utf-8' codec can't decode bytes in position 2-3: unexpected end of data"));
    scoped Ref replaced = oz_decode(t, bytes, NULL, "replace");
    check(replaced && oz_str_equal_utf8(oz_as_str(replaced), "ab\ufffd"));
}

int main(void)
{
    boot();
    RUN(messages);
    RUN(the_context_is_what_is_handled);
    RUN(memory_errors_need_no_memory);
    RUN(encodings_come_back);
    RUN(what_cannot_be_decoded_is_located);
    return failures > 0;
}
