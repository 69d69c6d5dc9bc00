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
Ref oz_fs_encode(Thread *t, Obj str) OZ_CHECKED; /* bytes */
Ref oz_fs_decode(Thread *t, const char *bytes, size_t length) OZ_CHECKED;

/* ---- the codecs that are built in ---- */

typedef enum CodecKind {
    OZ_CODEC_NONE, /* not built in */
    OZ_CODEC_UTF8,
    OZ_CODEC_UTF16, /* with a byte order mark */
    OZ_CODEC_UTF16_LE,
    OZ_CODEC_UTF16_BE,
    OZ_CODEC_UTF32,
    OZ_CODEC_UTF32_LE,
    OZ_CODEC_UTF32_BE,
    OZ_CODEC_UTF7,
    OZ_CODEC_LATIN1,
    OZ_CODEC_ASCII,
    OZ_CODEC_CHARMAP,
    OZ_CODEC_UNICODE_ESCAPE,
    OZ_CODEC_RAW_UNICODE_ESCAPE,
} CodecKind;

CodecKind oz_codec_kind(const char *name);
Ref oz_codec_encode(Thread *t, CodecKind kind, Obj str, const char *errors,
                    Obj mapping /* CHARMAP; or NULL */) OZ_CHECKED;
/* *consumed: bytes read, which are all of them if `final`.  *order: UTF-16 and UTF-32: -1 little,
 * 0 by mark, 1 big; gives what was found.  `object` (or NULL) is what errors show. */
typedef struct DecodeArgs {
    const uint8_t *data;
    size_t length;
    Obj object;
    const char *errors;
    Obj mapping;
    bool final;
    int order;       /* in and out */
    size_t consumed; /* out */
} DecodeArgs;
Ref oz_codec_decode(Thread *t, CodecKind kind, DecodeArgs *args) OZ_CHECKED;

/* One warning for all of a text: of the first character behind a backslash that is no escape, or of
 * the octal digits that are more than a byte; empty: there was none. */
bool oz_warn_escape(Thread *t, const char *text) OZ_CHECKED;

/* ---- the registry ---- */

bool oz_codec_register(Thread *t, Obj search) OZ_CHECKED;
bool oz_codec_unregister(Thread *t, Obj search) OZ_CHECKED;
/* The codec tuple: (encode, decode, reader, writer).  LookupError. */
Ref oz_codec_lookup(Thread *t, const char *name) OZ_CHECKED;
bool oz_codec_register_error(Thread *t, Obj name, Obj handler) OZ_CHECKED;
Ref oz_codec_lookup_error(Thread *t, const char *name) OZ_CHECKED;
/* encode() and decode() of the codecs module: any object, any codec. */
Ref oz_codec_call(Thread *t, bool encode, Obj object, const char *name,
                  const char *errors) OZ_CHECKED;

#endif
