// SPDX-License-Identifier: MIT
// Size arithmetic: what does not fit is refused, not wrapped.
#include "base/base.h"

#include "unit.h"

TEST(products_that_fit)
{
    size_t out = 0;
    check(oz_size_mul(3, 7, &out) && out == 21);
    check(oz_size_mul(0, SIZE_MAX, &out) && out == 0);
    check(oz_size_mul(1, SIZE_MAX, &out) && out == SIZE_MAX);
}

TEST(products_that_do_not_fit)
{
    size_t out = 0;
    check(!oz_size_mul(2, SIZE_MAX, &out));
    check(!oz_size_mul(SIZE_MAX / 2 + 1, 2, &out));
}

TEST(sums)
{
    size_t out = 0;
    check(oz_size_add(SIZE_MAX - 1, 1, &out) && out == SIZE_MAX);
    check(!oz_size_add(SIZE_MAX, 1, &out));
}

TEST(rounding_up)
{
    check(oz_round_up(0, 8) == 0);
    check(oz_round_up(1, 8) == 8);
    check(oz_round_up(8, 8) == 8);
    check(oz_round_up(4097, 4096) == 8192);
}

int main(void)
{
    RUN(products_that_fit);
    RUN(products_that_do_not_fit);
    RUN(sums);
    RUN(rounding_up);
    return failures > 0;
}
