// SPDX-License-Identifier: MIT
// str without the VM: widths, search against a plain model, building, interning, formats.
#include "unit.h"

#include "types/bytes.h"
#include "types/exception.h"
#include "types/str.h"
#include "types/str_text.h"
#include "types/tuple.h"
#include "types/type.h"

#include "base/utf8.h"

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

static uint32_t id_of(const char *utf8)
{
    scoped Ref s = oz_str_new(t, utf8);
    return oz_id(oz_object(s));
}

static bool is(Obj s, const char *utf8)
{
    return s && oz_is_str(s) && oz_str_equal_utf8(oz_as_str(s), utf8);
}

TEST(the_width_is_the_narrowest)
{
    check(id_of("abc") == OZ_STR_ASCII);
    check(id_of("ab\u00e9") == OZ_STR_LATIN1);
    check(id_of("ab\u20ac") == OZ_STR_UCS2);
    check(id_of("ab\U0001f600") == OZ_STR_UCS4);
    scoped Ref wide = oz_str_new(t, "ab\U0001f600cd");
    scoped Ref part = oz_str_slice(t, wide, 0, 2);
    check(oz_id(oz_object(part)) == OZ_STR_ASCII);
}

TEST(equal_texts_have_equal_hashes)
{
    scoped Ref a = oz_str_new(t, "caf\u00e9 \u20ac");
    scoped Ref whole = oz_str_new(t, "x caf\u00e9 \u20ac y");
    scoped Ref b = oz_str_slice(t, whole, 2, 8);
    check(a != b && oz_str_equal(oz_as_str(a), oz_as_str(b)));
    check(oz_str_hash32(oz_as_str(a)) == oz_str_hash32(oz_as_str(b)));
    check(oz_str_hash32(oz_as_str(a)) != 0);
}

/* ---- search against a model ---- */

static uint32_t state = 12345;

static uint32_t next_random(uint32_t below)
{
    state = state * 1664525 + 1013904223;
    return (state >> 8) % below;
}

static size_t plain_find(Text s, Text needle, bool last)
{
    size_t found = OZ_NOT_FOUND;
    for (size_t i = 0; i + needle.length <= s.length; i++) {
        size_t k = 0;
        while (k < needle.length && oz_text_char(s, i + k) == oz_text_char(needle, k))
            k++;
        if (k == needle.length && (last || found == OZ_NOT_FOUND))
            found = i;
    }
    return found;
}

/* Few different letters, so that there are near misses. */
static Ref random_text(size_t length, uint32_t base)
{
    uint32_t text[4096];
    for (size_t i = 0; i < length; i++)
        text[i] = next_random(8) ? 'a' + next_random(2) : base + next_random(2);
    return oz_str_from_ucs4(t, text, length);
}

TEST(search_agrees_with_a_plain_one)
{
    static const uint32_t bases[] = {'x', 0xe0, 0x1234, 0x1f600};
    for (int round = 0; round < 20000; round++) {
        uint32_t base = bases[next_random(4)];
        scoped Ref text = random_text(next_random(60), base);
        scoped Ref needle = random_text(next_random(6), next_random(2) ? base : 'x');
        Text s = oz_text_of(oz_as_str(text)), n = oz_text_of(oz_as_str(needle));
        check(oz_text_find(s, n) == plain_find(s, n, false));
        check(oz_text_rfind(s, n) == plain_find(s, n, true));
    }
}

TEST(search_in_texts_that_repeat_is_linear)
{
    /* aaaa...ab in aaaa... of wide characters: quadratic search would take minutes. */
    size_t length = 400000, part = 100000;
    uint32_t *text = malloc(length * sizeof *text);
    for (size_t i = 0; i < length; i++)
        text[i] = 0x4e00;
    text[0] = 0x4e01;
    scoped Ref hay = oz_str_from_ucs4(t, text, length);
    text[part - 1] = 0x4e02;
    scoped Ref needle = oz_str_from_ucs4(t, text + 1, part - 1);
    check(oz_text_find(oz_text_of(oz_as_str(hay)), oz_text_of(oz_as_str(needle))) == OZ_NOT_FOUND);
    free(text);
}

/* ---- building ---- */

TEST(a_builder_widens)
{
    StrBuilder b;
    oz_builder_init(&b, t);
    for (int i = 0; i < 500; i++)
        oz_builder_character(&b, 'a');
    oz_builder_text(&b, "\u00e9");
    oz_builder_character(&b, 0x20ac);
    oz_builder_character(&b, 0x1f600);
    scoped Ref s = oz_builder_finish(&b);
    check(oz_str_length(oz_as_str(s)) == 503);
    check(oz_str_at(oz_as_str(s), 502) == 0x1f600 && oz_str_at(oz_as_str(s), 500) == 0xe9);
}

TEST(formats)
{
    scoped Ref name = oz_str_new(t, "caf\u00e9");
    scoped Ref s = oz_str_format(t, "%d|%5d|%02x|%zd|%s|%.3s|%S|%.2S|%R|%T|%c|%%", -3, 7, 10,
                                 (ssize_t)-1, "text", "caf\u00e9", name, name, name, name, 0x20ac);
    check(is(s, "-3|    7|0a|-1|text|caf|caf\u00e9|ca|'caf\u00e9'|str|\u20ac|%"));
}

TEST(appending_grows_in_place)
{
    Ref s = oz_str_new(t, "start of a text that is long enough to have some room behind");
    scoped Ref more = oz_str_new(t, "x");
    int moves = 0;
    for (int i = 0; i < 10000; i++) {
        Ref before = s;
        s = oz_str_append_take(t, s, more);
        moves += s != before;
    }
    check(oz_str_length(oz_as_str(s)) == 10060);
    check(moves < 200);
    scoped Ref kept = oz_retain(s);
    s = oz_str_append_take(t, s, more);
    check(oz_str_length(oz_as_str(kept)) == 10060 && oz_str_length(oz_as_str(s)) == 10061);
    oz_drop(s);
}

TEST(joining)
{
    scoped Ref a = oz_str_new(t, "a");
    scoped Ref b = oz_str_new(t, "\u20ac");
    scoped Ref comma = oz_str_new(t, ", ");
    scoped Ref items = oz_tuple_of(t, 3, a, b, a);
    scoped Ref joined = oz_str_join(t, comma, items);
    check(is(joined, "a, \u20ac, a"));
    scoped Ref wrong = oz_tuple_of(t, 2, a, (Obj)OZ_NONE);
    scoped Ref none = oz_str_join(t, comma, wrong);
    check(!none && oz_exception_forget(t, OZ_TypeError));
}

/* ---- interning ---- */

TEST(interned_texts_are_one_object_and_die)
{
    char text[32];
    for (int round = 0; round < 2; round++) {
        Ref kept[2000];
        for (int i = 0; i < 2000; i++) {
            snprintf(text, sizeof text, "name number %d", i);
            kept[i] = oz_intern(t, text);
        }
        for (int i = 0; i < 2000; i++) {
            snprintf(text, sizeof text, "name number %d", i);
            scoped Ref again = oz_intern(t, text);
            check(again == kept[i] && oz_refs(oz_object(again)) == 2);
        }
        for (int i = 0; i < 2000; i++)
            oz_drop(kept[(i * 7) % 2000]);
    }
    scoped Ref one = oz_str_from_character(t, '_');
    check(one == OZ_NAME(t, _));
}

/* ---- UTF-8 ---- */

TEST(lone_surrogates_are_refused)
{
    uint32_t text[] = {'a', 0xd800, 'b'};
    scoped Ref s = oz_str_from_ucs4(t, text, 3);
    scoped Ref keep = NULL;
    size_t length;
    check(!oz_str_utf8(t, s, &length, &keep));
    check(oz_exception_forget(t, OZ_UnicodeEncodeError));
    check(strcmp(oz_str_display(t, s, &keep), "a\\ud800b") == 0);
}

int main(void)
{
    boot();
    RUN(the_width_is_the_narrowest);
    RUN(equal_texts_have_equal_hashes);
    RUN(search_agrees_with_a_plain_one);
    RUN(search_in_texts_that_repeat_is_linear);
    RUN(a_builder_widens);
    RUN(formats);
    RUN(appending_grows_in_place);
    RUN(joining);
    RUN(interned_texts_are_one_object_and_die);
    RUN(lone_surrogates_are_refused);
    return failures > 0;
}
