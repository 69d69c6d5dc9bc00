// SPDX-License-Identifier: MIT
// Encodings: text to bytes and back.
#ifndef OZ_TYPES_CODEC_H
#define OZ_TYPES_CODEC_H

#include "types/str.h"

/* Encode a str: bytes.  `encoding` NULL is UTF-8, `errors` NULL is "strict".  Encodings that are
 * not built in go through the codecs registry (and the encodings package). */
Ref oz_encode(Thread *t, Obj str, const char *encoding, const char *errors) OZ_CHECKED;
/* Decode a bytes-like object: str. */
Ref oz_decode(Thread *t, Obj bytes, const char *encoding, const char *errors) OZ_CHECKED;
/* The same from memory; UTF-8. */
Ref oz_decode_utf8(Thread *t, const uint8_t *bytes, size_t length, const char *errors) OZ_CHECKED;

/* File names and the like: UTF-8 with surrogateescape. */
Ref oz_fs_encode(Thread *t, Obj str) OZ_CHECKED; /* bytes; ValueError for embedded zeros */
Ref oz_fs_decode(Thread *t, const char *bytes, size_t length) OZ_CHECKED;

#endif
