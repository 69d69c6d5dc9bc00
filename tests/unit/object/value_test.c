// SPDX-License-Identifier: MIT
// The encoding of values: ints and floats in place, singletons, and no word that is two things.
#include "object/value.h"

#include "unit.h"

#include <float.h>
#include <math.h>

static int kinds(Obj v)
{
    return oz_is_int(v) + oz_is_float(v) + oz_is_bool(v) + oz_is_pointer(v) + oz_is_none(v) +
           (v == OZ_ELLIPSIS) + (v == OZ_NOT_IMPLEMENTED) + (v == NULL);
}

TEST(ints)
{
    const int64_t values[] = {0, 1, -1, 2, 1000000, -1000000, OZ_INT_MAX, OZ_INT_MIN};
    for (size_t i = 0; i < OZ_COUNT(values); i++) {
        Ref v = oz_int(values[i]);
        check(oz_is_int(v) && kinds(v) == 1 && oz_int_value(v) == values[i]);
    }
    check(oz_int_fits(OZ_INT_MAX) && !oz_int_fits(OZ_INT_MAX + 1));
    check(oz_int_fits(OZ_INT_MIN) && !oz_int_fits(OZ_INT_MIN - 1));
    check(oz_are_ints(oz_int(1), oz_int(-1)) && !oz_are_ints(oz_int(1), OZ_TRUE));
}

static void there_and_back(double d)
{
    Ref v = oz_float_word(d);
    check(oz_is_float(v) && kinds(v) == 1 && oz_float_value(v) == d);
    check(signbit(oz_float_value(v)) == signbit(d));
}

TEST(floats_of_the_common_range)
{
    for (int exponent = -255; exponent < 257; exponent++) {
        there_and_back(ldexp(1.0, exponent));
        there_and_back(-ldexp(1.0 + DBL_EPSILON, exponent));
        there_and_back(ldexp(2.0 - DBL_EPSILON, exponent));
    }
    there_and_back(0.1);
    there_and_back(-3.14159);
}

TEST(rare_floats_need_a_cell)
{
    const double values[] = {0.0,      -0.0,    INFINITY, -INFINITY, NAN,
                             0x1p-256, 0x1p257, DBL_MAX,  -DBL_MIN,  DBL_TRUE_MIN};
    for (size_t i = 0; i < OZ_COUNT(values); i++)
        check(!oz_is_float(oz_float_word(values[i])));
}

TEST(pairs_of_floats)
{
    Ref f = oz_float_word(1.5);
    check(oz_are_floats(f, f));
    check(!oz_are_floats(f, oz_int(1)) && !oz_are_floats(oz_int(1), f));
    check(!oz_are_floats(oz_int(1), oz_int(3)) && !oz_are_floats(OZ_NONE, f));
}

TEST(singletons)
{
    const Ref all[] = {OZ_FALSE, OZ_TRUE, OZ_NONE, OZ_ELLIPSIS, OZ_NOT_IMPLEMENTED};
    for (size_t i = 0; i < OZ_COUNT(all); i++)
        check(kinds(all[i]) == 1);
    check(oz_bool(true) == OZ_TRUE && oz_bool(false) == OZ_FALSE);
    check(kinds(NULL) == 1);
}

int main(void)
{
    RUN(ints);
    RUN(floats_of_the_common_range);
    RUN(rare_floats_need_a_cell);
    RUN(pairs_of_floats);
    RUN(singletons);
    return failures > 0;
}
