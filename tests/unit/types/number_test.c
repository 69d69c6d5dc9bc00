// SPDX-License-Identifier: MIT
// Ints of any size, digits of floats, slices and buffers, without the VM.
#include "unit.h"

#include "types/buffer.h"
#include "types/bytearray.h"
#include "types/bytes.h"
#include "types/class_layout.h"
#include "types/exception.h"
#include "types/float.h"
#include "types/float_digits.h"
#include "types/format_spec.h"
#include "types/int_limbs.h"
#include "types/memoryview.h"
#include "types/slice.h"
#include "types/str.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static Thread *t;

static bool nothing_to_do(Thread *thread)
{
    atomic_store(&thread->interrupt, 0);
    return true;
}

static void boot(void)
{
    Vm *vm = oz_vm_new();
    static const TypeDef *types[OZ_BUILTIN_IDS];
    for (uint32_t id = 0; id < OZ_TYPE_END; id++)
        types[id] = oz_core_types[id];
    vm->types = types;
    vm->hooks.poll = nothing_to_do;
    t = vm->main;
    if (!oz_names_init(t) || !oz_classes_init(t) || !oz_bytes_init(t) || !oz_floats_init(t) ||
        !oz_exceptions_init(t))
        abort();
}

static uint64_t seed = 88172645463325252u;

static uint64_t draw(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    return seed ^= seed << 17;
}

/* A number of up to 40 limbs, often near a power of two. */
static Ref draw_int(void)
{
    uint8_t bytes[320];
    size_t length = draw() % 4 ? draw() % 24 + 1 : draw() % sizeof bytes + 1;
    for (size_t i = 0; i < length; i++)
        bytes[i] = draw() % 3 ? (uint8_t)draw() : draw() % 2 ? 0xff : 0;
    return oz_int_from_bytes(t, bytes, length, true, true);
}

static bool same(Obj a, Obj b)
{
    return a && b && oz_int_order(a, b) == 0 && oz_int_hash(a) == oz_int_hash(b);
}

static bool canonical(Obj n)
{
    if (!n || oz_is_int(n))
        return n != NULL;
    const Int *self = (const Int *)n;
    int32_t size = self->size < 0 ? -self->size : self->size;
    int64_t value;
    return size > 0 && self->limbs[size - 1] != 0 &&
           !(oz_int_fits_int64(n, &value) && oz_int_fits(value));
}

TEST(division_gives_back_the_dividend)
{
    for (int i = 0; i < 3000; i++) {
        scoped Ref a = draw_int(), b = draw_int();
        if (oz_int_sign(b) == 0)
            continue;
        Ref q_ = NULL, r_ = NULL;
        check(oz_int_divmod(t, a, b, &q_, &r_));
        scoped Ref q = q_, r = r_;
        scoped Ref product = oz_int_multiply(t, q, b);
        scoped Ref sum = oz_int_add(t, product, r);
        check(same(sum, a) && canonical(q) && canonical(r) && canonical(product));
        check(oz_int_sign(r) == 0 || oz_int_sign(r) == oz_int_sign(b));
        scoped Ref only_q = oz_int_floor_divide(t, a, b), only_r = oz_int_remainder(t, a, b);
        check(same(only_q, q) && same(only_r, r));
    }
}

TEST(sums_and_differences_undo_each_other)
{
    for (int i = 0; i < 3000; i++) {
        scoped Ref a = draw_int(), b = draw_int();
        scoped Ref sum = oz_int_add(t, a, b);
        scoped Ref back = oz_int_subtract(t, sum, b);
        check(same(back, a) && canonical(sum) && canonical(back));
    }
}

TEST(bitwise_operators_agree_with_each_other)
{
    for (int i = 0; i < 3000; i++) {
        scoped Ref a = draw_int(), b = draw_int();
        scoped Ref and = oz_int_and(t, a, b), or = oz_int_or(t, a, b), xor = oz_int_xor(t, a, b);
        scoped Ref sum = oz_int_add(t, a, b), parts = oz_int_add(t, and, or);
        check(same(sum, parts)); /* a + b == (a & b) + (a | b) */
        scoped Ref difference = oz_int_subtract(t, or, and);
        check(same(difference, xor) && canonical(and) && canonical(or) && canonical(xor));
    }
}

TEST(shifts_are_floor_division_by_powers)
{
    for (int i = 0; i < 2000; i++) {
        scoped Ref a = draw_int(), count = oz_int((int64_t)(draw() % 300));
        scoped Ref power = oz_int_power(t, oz_int(2), count);
        scoped Ref down = oz_int_rshift(t, a, count), quotient = oz_int_floor_divide(t, a, power);
        scoped Ref up = oz_int_lshift(t, a, count), product = oz_int_multiply(t, a, power);
        check(same(down, quotient) && same(up, product));
    }
}

TEST(text_and_bytes_read_back)
{
    static const int bases[] = {2, 3, 8, 10, 16, 36};
    for (int i = 0; i < 2000; i++) {
        scoped Ref a = draw_int();
        int base = bases[draw() % OZ_COUNT(bases)];
        scoped Ref text = oz_int_to_str(t, a, base);
        const Str *s = (const Str *)text;
        scoped Ref back = oz_int_from_text(t, oz_str_data(s), oz_str_length(s), base);
        check(same(back, a));
        uint8_t bytes[400];
        size_t length = oz_int_bits(a) / 8 + 1;
        bool little = draw() % 2;
        check(oz_int_to_bytes(t, a, bytes, length, little, true));
        scoped Ref again = oz_int_from_bytes(t, bytes, length, little, true);
        check(same(again, a));
    }
}

TEST(a_modular_power_is_a_power_modulo)
{
    for (int i = 0; i < 300; i++) {
        scoped Ref a = draw_int(), m = draw_int(), e = oz_int((int64_t)(draw() % 20));
        if (oz_int_sign(m) == 0)
            continue;
        scoped Ref power = oz_int_power(t, a, e), rest = oz_int_remainder(t, power, m);
        scoped Ref direct = oz_int_power_modulo(t, a, e, m);
        check(same(rest, direct));
    }
}

TEST(a_square_root_is_the_largest_one)
{
    for (int i = 0; i < 300; i++) {
        scoped Ref a = draw_int();
        scoped Ref square = oz_int_multiply(t, a, a), root = oz_int_square_root(t, square);
        scoped Ref magnitude = oz_int_sign(a) < 0 ? oz_int_negative(t, a) : oz_retain(a);
        check(same(root, magnitude));
    }
}

TEST(the_shortest_digits_read_back)
{
    for (int i = 0; i < 20000; i++) {
        uint64_t bits = draw();
        double d;
        memcpy(&d, &bits, sizeof d);
        if (!isfinite(d))
            continue;
        char text[40];
        text[oz_float_repr(d, text)] = 0;
        check(oz_float_scan(text, strlen(text)) == strlen(text));
        check(oz_float_read(text) == d);
    }
}

TEST(a_float_from_an_int_is_rounded_once)
{
    for (int i = 0; i < 2000; i++) {
        scoped Ref a = draw_int();
        double d;
        scoped Ref text = oz_int_to_str(t, a, 10);
        if (!oz_int_try_double(a, &d))
            continue;
        check(d == oz_float_read(oz_str_data((const Str *)text)));
        scoped Ref back = oz_int_from_double(t, d);
        check(oz_int_bits(a) > 53 || same(back, a));
    }
}

TEST(numbers_and_their_errors)
{
    scoped Ref zero_division = oz_int_floor_divide(t, oz_int(1), oz_int(0));
    check(!zero_division && oz_exception_forget(t, OZ_ZeroDivisionError));
    scoped Ref literal = oz_int_from_text(t, "12x", 3, 10);
    check(!literal && oz_exception_forget(t, OZ_ValueError));
    scoped Ref most = oz_int_new(t, OZ_INT_MAX), more = oz_int_add(t, most, oz_int(1));
    check(oz_is_int(most) && !oz_is_int(more) && canonical(more));
    scoped Ref least = oz_int_subtract(t, oz_int(-1), most);
    check(least == oz_int(OZ_INT_MIN));
    scoped Ref turned = oz_int_negative(t, least);
    check(same(turned, more));
    scoped Ref zero = oz_float_new(t, 0.0), zero2 = oz_float_new(t, 0.0);
    check(zero == zero2); /* a shared cell */
}

TEST(slices_choose_what_python_says)
{
    static const struct {
        ssize_t start, stop, step;
        size_t length;
        ssize_t first, count;
    } cases[] = {
        {0, SSIZE_MAX, 1, 5, 0, 5},
        {-2, SSIZE_MAX, 1, 5, 3, 2},
        {SSIZE_MAX, -SSIZE_MAX - 1, -1, 5, 4, 5},
        {1, 4, 2, 5, 1, 2},
        {4, 1, 1, 5, 4, 0},
        {10, 20, 3, 5, 5, 0},
    };
    for (size_t i = 0; i < OZ_COUNT(cases); i++) {
        ssize_t start = cases[i].start, stop = cases[i].stop;
        check(oz_slice_clip(cases[i].length, &start, &stop, cases[i].step) == cases[i].count);
        check(start == cases[i].first);
    }
}

TEST(an_open_view_holds_a_bytearray_in_place)
{
    scoped Ref array = oz_bytearray_new(t, "ounce", 5);
    scoped Ref view = oz_memoryview_new(t, array);
    check(view && !oz_bytearray_append(t, (ByteArray *)array, "s", 1));
    check(oz_exception_forget(t, OZ_BufferError));
    check(oz_memoryview_release(t, view) && oz_bytearray_append(t, (ByteArray *)array, "s", 1));
    Buffer buffer;
    check(oz_buffer_open(t, array, &buffer) && buffer.length == 6);
    oz_buffer_release(t, &buffer);
    check(((ByteArray *)array)->exports == 0);
}

TEST(a_format_is_laid_out)
{
    static const char *const cases[][3] = {
        {"1234567", ",", "1,234,567"},     {"255", "#010x", "0x000000ff"}, {"5", "^5", "  5  "},
        {"1234", "012_", "0_000_001_234"}, {"-7", "=+6d", "-    7"},
    };
    for (size_t i = 0; i < OZ_COUNT(cases); i++) {
        scoped Ref n = oz_int_from_text(t, cases[i][0], strlen(cases[i][0]), 10);
        scoped Ref spec = oz_str_new(t, cases[i][1]);
        scoped Ref text = oz_int_format(t, n, spec);
        check(text && oz_str_equal_utf8((const Str *)text, cases[i][2]));
    }
}

int main(void)
{
    boot();
    RUN(division_gives_back_the_dividend);
    RUN(sums_and_differences_undo_each_other);
    RUN(bitwise_operators_agree_with_each_other);
    RUN(shifts_are_floor_division_by_powers);
    RUN(text_and_bytes_read_back);
    RUN(a_modular_power_is_a_power_modulo);
    RUN(a_square_root_is_the_largest_one);
    RUN(the_shortest_digits_read_back);
    RUN(a_float_from_an_int_is_rounded_once);
    RUN(numbers_and_their_errors);
    RUN(slices_choose_what_python_says);
    RUN(an_open_view_holds_a_bytearray_in_place);
    RUN(a_format_is_laid_out);
    return failures > 0;
}
