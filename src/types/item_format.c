// SPDX-License-Identifier: MIT
// Items of one machine type, and half precision floats.
#include "types/item_format.h"

#include <math.h>
#include <string.h>

#include "types/bytes.h"
#include "types/float.h"
#include "types/int.h"

// clang-format off
#define ITEMS(INT, UNSIGNED)                                                                       \
    INT('b', int8_t) UNSIGNED('B', uint8_t) INT('h', short) UNSIGNED('H', unsigned short)          \
    INT('i', int) UNSIGNED('I', unsigned) INT('l', long) UNSIGNED('L', unsigned long)              \
    INT('q', long long) UNSIGNED('Q', unsigned long long) INT('n', ssize_t) UNSIGNED('N', size_t)  \
    UNSIGNED('P', uintptr_t)
// clang-format on

char oz_item_letter(const char *format)
{
    if (*format == '@')
        format++;
    return format[0] && !format[1] && oz_item_size(format[0]) ? format[0] : 0;
}

size_t oz_item_size(char letter)
{
    switch (letter) {
#define SIZE(code, type)                                                                           \
    case code:                                                                                     \
        return sizeof(type);
        ITEMS(SIZE, SIZE)
#undef SIZE
    case 'c':
    case '?':
        return 1;
    case 'e':
        return 2;
    case 'f':
        return sizeof(float);
    case 'd':
        return sizeof(double);
    default:
        return 0;
    }
}

/* 1 bit sign, 5 exponent, 10 fraction. */
static double half_to_double(uint16_t half)
{
    int exponent = half >> 10 & 31;
    double fraction = half & 1023;
    double value = exponent == 31 ? (fraction != 0 ? NAN : INFINITY)
                   : exponent     ? ldexp(1024 + fraction, exponent - 25)
                                  : ldexp(fraction, -24);
    return half & 0x8000 ? -value : value;
}

Ref oz_item_get(Thread *t, char letter, const void *from)
{
    switch (letter) {
#define SIGNED(code, type)                                                                         \
    case code: {                                                                                   \
        type n;                                                                                    \
        memcpy(&n, from, sizeof n);                                                                \
        return oz_int_new(t, n);                                                                   \
    }
#define UNSIGNED(code, type)                                                                       \
    case code: {                                                                                   \
        type n;                                                                                    \
        memcpy(&n, from, sizeof n);                                                                \
        return oz_int_from_uint64(t, n);                                                           \
    }
        ITEMS(SIGNED, UNSIGNED)
#undef SIGNED
#undef UNSIGNED
    case 'c':
        return oz_bytes_new(t, from, 1);
    case '?':
        return oz_bool(*(const char *)from != 0);
    case 'e': {
        uint16_t half;
        memcpy(&half, from, sizeof half);
        return oz_float_new(t, half_to_double(half));
    }
    case 'f': {
        float f;
        memcpy(&f, from, sizeof f);
        return oz_float_new(t, (double)f);
    }
    default: {
        double d;
        memcpy(&d, from, sizeof d);
        return oz_float_new(t, d);
    }
    }
}

/* Scaled so that one unit of the last place is 1, rounded half to even. */
bool oz_double_to_half(double d, uint16_t *half)
{
    uint16_t sign = signbit(d) ? 0x8000 : 0;
    *half = sign;
    if (d == 0.0)
        return true;
    if (isnan(d) || isinf(d)) {
        *half = (uint16_t)(sign | (isnan(d) ? 0x7e00 : 0x7c00));
        return true;
    }
    int exponent;
    frexp(d, &exponent); /* |d| in [2^(exponent-1), 2^exponent) */
    if (exponent < -13)
        exponent = -13; /* subnormal */
    double units = nearbyint(ldexp(fabs(d), 11 - exponent));
    unsigned bits = (unsigned)units;
    if (bits == 2048) {
        bits = 1024;
        exponent++;
    }
    if (exponent > 16)
        return false;
    unsigned biased = bits < 1024 ? 0 : (unsigned)(exponent + 14);
    *half = (uint16_t)(sign | biased << 10 | (bits & 1023));
    return true;
}
