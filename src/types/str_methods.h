// SPDX-License-Identifier: MIT
// The methods of str, which lie in several files: one list makes the declarations and the table.
// For types/str_*.c only.
#ifndef OZ_TYPES_STR_METHODS_H
#define OZ_TYPES_STR_METHODS_H

#include "types/str_text.h"

#include "base/unicode.h"

// clang-format off
#define STR_METHODS(M)                                                                             \
    /* str_case.c */                                                                               \
    M(upper) M(lower) M(title) M(capitalize) M(swapcase) M(casefold)                               \
    M(isalnum) M(isalpha) M(isascii) M(isdecimal) M(isdigit) M(isidentifier) M(islower)            \
    M(isnumeric) M(isprintable) M(isspace) M(istitle) M(isupper)                                   \
    /* str_find.c */                                                                               \
    M(find) M(rfind) M(index) M(rindex) M(count) M(startswith) M(endswith) M(replace)              \
    M(removeprefix) M(removesuffix) M(strip) M(lstrip) M(rstrip)                                   \
    /* str_split.c */                                                                              \
    M(split) M(rsplit) M(splitlines) M(partition) M(rpartition) M(join)                            \
    /* str_layout.c */                                                                             \
    M(center) M(ljust) M(rjust) M(zfill) M(expandtabs) M(translate) M(maketrans)                   \
    /* str_template.c */                                                                           \
    M(format) M(format_map)                                                                        \
    /* str_type.c */                                                                               \
    M(encode) M(__format__) M(__getnewargs__) M(__sizeof__)
// clang-format on

#define OZ_STR_METHOD_EXTERN(name) extern const NativeDef oz_str_##name##_method;
STR_METHODS(OZ_STR_METHOD_EXTERN)

/* Declare a method of str and open its body. */
#define STR_METHOD_(name, signature, doc, flags)                                                   \
    static Ref name##_body(Thread *t, const Obj *a);                                               \
    const NativeDef oz_str_##name##_method = {#name, signature, doc, name##_body, flags};          \
    static Ref name##_body(Thread *t OZ_UNUSED, const Obj *a OZ_UNUSED)
#define STR_METHOD(name, signature, doc) STR_METHOD_(name, signature, doc, 0)

/* str % arguments */
Ref oz_str_percent(Thread *t, Obj format, Obj arguments) OZ_CHECKED;

OZ_INLINE bool oz_is_space(uint32_t c)
{
    const uint64_t low = UINT64_C(0x1f0003e00); /* 9 to 13, 28 to 32 */
    if (OZ_LIKELY(c < 128))
        return c < 64 && (low >> c & 1);
    return oz_unicode_is(c, OZ_CHAR_SPACE);
}

#endif
