// SPDX-License-Identifier: MIT
// Methods that bytes and bytearray share: one body serves both, and the result has the type of
// self.  For types/bytes*.c and types/bytearray.c only.
#ifndef OZ_TYPES_BYTES_METHODS_H
#define OZ_TYPES_BYTES_METHODS_H

#include "types/buffer.h"
#include "types/bytes.h"
#include "types/str_text.h"

// clang-format off
#define BYTES_METHODS(M)                                                                           \
    /* bytes_case.c */                                                                             \
    M(capitalize) M(lower) M(upper) M(title) M(swapcase)                                           \
    M(isalnum) M(isalpha) M(isascii) M(isdigit) M(islower) M(isspace) M(istitle) M(isupper)        \
    M(center) M(ljust) M(rjust) M(zfill) M(expandtabs) M(translate) M(maketrans) M(hex)            \
    /* bytes_find.c */                                                                             \
    M(find) M(rfind) M(index) M(rindex) M(count) M(startswith) M(endswith) M(replace)              \
    M(removeprefix) M(removesuffix) M(strip) M(lstrip) M(rstrip)                                   \
    M(split) M(rsplit) M(splitlines) M(partition) M(rpartition) M(join) M(decode)
// clang-format on

#define OZ_BYTES_METHOD_EXTERN(name) extern const NativeDef oz_bytes_##name##_method;
BYTES_METHODS(OZ_BYTES_METHOD_EXTERN)
#define OZ_BYTES_METHOD_ENTRY(name) &oz_bytes_##name##_method,

/* Declare a shared method and open its body. */
#define BYTES_METHOD_(name, signature, doc, flags)                                                 \
    static Ref name##_body(Thread *t, const Obj *a);                                               \
    const NativeDef oz_bytes_##name##_method = {#name, signature, doc, name##_body, flags};        \
    static Ref name##_body(Thread *t OZ_UNUSED, const Obj *a OZ_UNUSED)
#define BYTES_METHOD(name, signature, doc) BYTES_METHOD_(name, signature, doc, 0)

/* The bytes of a bytes or bytearray as they are now: valid until Python code runs. */
Text oz_bytes_view(Obj self);
/* New bytes, or a bytearray, as self is.  `data` may be NULL: the caller fills *out. */
Ref oz_bytes_like(Thread *t, Obj self, const void *data, size_t length) OZ_CHECKED;
uint8_t *oz_bytes_like_data(Obj v);
/* The same contents: self if it is an exact bytes, else a copy. */
Ref oz_bytes_like_same(Thread *t, Obj self) OZ_CHECKED;

/* ---- what the types are made of ---- */

Ref oz_bytes_repr_of(Thread *t, const char *prefix, Text s, const char *suffix) OZ_CHECKED;
Ref oz_bytes_percent(Thread *t, Obj format, Obj arguments) OZ_CHECKED;
bool oz_bytes_contains(Thread *t, Obj self, Obj item, bool *found) OZ_CHECKED;
Ref oz_bytes_compare(Thread *t, Obj a, Obj b, CompareOp op) OZ_CHECKED;
Ref oz_bytes_item(Thread *t, Obj self, Obj key) OZ_CHECKED; /* int, or slice of the type of self */
/* Hexadecimal digits, with a separator every |group| bytes (counted from the right if > 0). */
Ref oz_bytes_hex(Thread *t, const uint8_t *data, size_t length, Obj separator,
                 ssize_t group) OZ_CHECKED;
/* fromhex(): bytes. */
Ref oz_bytes_from_hex(Thread *t, Obj text) OZ_CHECKED;
/* A byte value of an int argument: ValueError "byte must be in range(0, 256)". */
bool oz_byte_argument(Thread *t, Obj v, uint8_t *byte) OZ_CHECKED;
/* From an iterable of ints: `what` ("bytes", "byte" for a bytearray) begins the message of a value
 * that is no byte. */
Ref oz_bytes_from_items(Thread *t, Obj o, const char *what) OZ_CHECKED;
/* bytes(source, encoding, errors) without subclasses. */
Ref oz_bytes_make(Thread *t, Obj source, Obj encoding, Obj errors, const char *name) OZ_CHECKED;

#endif
