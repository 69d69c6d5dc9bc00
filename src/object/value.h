// SPDX-License-Identifier: MIT
// A value is one 64-bit word: an int, a float, a singleton, or a pointer to a heap object.
//
//   0                       empty: an unbound local, a moved-out temporary, "raised" as a result
//   ...xxx1                 int, 63 bits: (int64_t)word >> 1
//   ...xx10                 float with exponent field 768..1279, rotated in place
//   0x04 0x0c 0x14 0x1c 0x24  False True None Ellipsis NotImplemented
//   ...x000                 pointer to a heap object, 8-byte aligned
//
// Ownership is in the type: a Ref owns one count (drop it, return it, or pass it to a function
// that takes it); an Obj is borrowed.  With OZ_REFCHECK the compiler refuses to turn an Obj into
// a Ref.  Decoding a float that is in place never fails; encoding one may not fit, and then
// needs a cell (types/float.h).
#ifndef OZ_OBJECT_VALUE_H
#define OZ_OBJECT_VALUE_H

#include "base/base.h"

#include <string.h>

typedef struct Tagged *Ref;
#ifdef OZ_REFCHECK
typedef const struct Tagged *Obj;
#else
typedef struct Tagged *Obj;
#endif
typedef uint64_t Word;

OZ_INLINE Word oz_word(Obj v)
{
    return (Word)(uintptr_t)v;
}

OZ_INLINE Ref oz_from_word(Word w)
{
    return (Ref)(uintptr_t)w;
}

#define OZ_FALSE ((Ref)(uintptr_t)0x04)
#define OZ_TRUE ((Ref)(uintptr_t)0x0c)
#define OZ_NONE ((Ref)(uintptr_t)0x14)
#define OZ_ELLIPSIS ((Ref)(uintptr_t)0x1c)
#define OZ_NOT_IMPLEMENTED ((Ref)(uintptr_t)0x24)

/* Owned values seen as borrowed ones: the items of a tuple, a window of registers. */
OZ_INLINE const Obj *oz_borrowed(Ref const *values)
{
    return (const Obj *)values;
}

/* The tag first: most words that are no pointer are ints and floats, not empty. */
OZ_INLINE bool oz_is_pointer(Obj v)
{
    return !(oz_word(v) & 7) && v;
}

/* ---- ints in place ---- */

#define OZ_INT_MAX ((INT64_C(1) << 62) - 1)
#define OZ_INT_MIN (-(INT64_C(1) << 62))

OZ_INLINE bool oz_is_int(Obj v)
{
    return oz_word(v) & 1;
}

OZ_INLINE bool oz_are_ints(Obj a, Obj b)
{
    return oz_word(a) & oz_word(b) & 1;
}

OZ_INLINE int64_t oz_int_value(Obj v)
{
    return (int64_t)oz_word(v) >> 1;
}

OZ_INLINE bool oz_int_fits(int64_t n)
{
    return n >= OZ_INT_MIN && n <= OZ_INT_MAX;
}

/* `n` must fit; types/int.h has oz_int_new for any int64. */
OZ_INLINE Ref oz_int(int64_t n)
{
    return oz_from_word((Word)n << 1 | 1);
}

/* ---- floats in place ---- */

OZ_INLINE bool oz_is_float(Obj v)
{
    return ((oz_word(v) - 2) & 3) == 0;
}

OZ_INLINE bool oz_are_floats(Obj a, Obj b)
{
    return (((oz_word(a) - 2) | (oz_word(b) - 2)) & 3) == 0;
}

#define OZ_FLOAT_BIAS (UINT64_C(256) << 52)

OZ_INLINE double oz_float_value(Obj v)
{
    Word w = oz_word(v);
    Word bits = (w >> 3 | w << 61) - OZ_FLOAT_BIAS;
    double d;
    memcpy(&d, &bits, sizeof d);
    return d;
}

/* The word of `d`; oz_is_float(result) tells whether it fitted. */
OZ_INLINE Ref oz_float_word(double d)
{
    Word bits;
    memcpy(&bits, &d, sizeof bits);
    bits += OZ_FLOAT_BIAS;
    return oz_from_word(bits << 3 | bits >> 61);
}

/* ---- bools and singletons ---- */

OZ_INLINE bool oz_is_bool(Obj v)
{
    return (oz_word(v) & ~UINT64_C(8)) == 4;
}

OZ_INLINE Ref oz_bool(bool b)
{
    return oz_from_word((Word)b << 3 | 4);
}

OZ_INLINE bool oz_is_none(Obj v)
{
    return v == OZ_NONE;
}

#endif
