// SPDX-License-Identifier: MIT
// The state of one conversion, and its error handling; for types/codec_*.c and
// modules/multibyte_module.c.
//
// A codec reads on until something cannot be converted, and says so to oz_decoder_fault or
// oz_encoder_fault: these write what the handler wants in its place, and tell where to go on.
#ifndef OZ_TYPES_CODEC_STATE_H
#define OZ_TYPES_CODEC_STATE_H

#include "types/codec.h"
#include "types/str_text.h"

typedef enum Handler {
    OZ_ERRORS_STRICT,
    OZ_ERRORS_IGNORE,
    OZ_ERRORS_REPLACE,
    OZ_ERRORS_BACKSLASHREPLACE,
    OZ_ERRORS_NAMEREPLACE,
    OZ_ERRORS_XMLCHARREFREPLACE,
    OZ_ERRORS_SURROGATEESCAPE,
    OZ_ERRORS_SURROGATEPASS,
    OZ_ERRORS_OTHER, /* registered */
} Handler;

Handler oz_handler_of(const char *errors);

typedef struct Decoder {
    Thread *t;
    StrBuilder out;
    const uint8_t *data; /* of `object`, or the caller's */
    size_t length;
    Ref object;           /* owned; bytes for messages: made when first needed */
    const char *encoding; /* for messages */
    const char *errors;
    Handler handler;
    Obj mapping;
    bool final;
    bool multibyte; /* a position of any size that a handler gives is an index */
    int order;
    size_t consumed;
    char no_escape[4]; /* the first that is none, or octal digits beyond a byte: for a warning */
} Decoder;

/* false: raised.  *next: where to go on. */
bool oz_decoder_fault(Decoder *d, size_t start, size_t end, const char *reason,
                      size_t *next) OZ_CHECKED;

typedef struct ByteBuilder {
    Thread *t;
    uint8_t *data; /* a heap block */
    size_t length;
    size_t capacity;
} ByteBuilder;

bool oz_bytes_reserve(ByteBuilder *b, size_t more) OZ_CHECKED;

OZ_INLINE OZ_CHECKED bool oz_bytes_put(ByteBuilder *b, uint8_t byte)
{
    if (OZ_UNLIKELY(b->length == b->capacity) && !oz_bytes_reserve(b, 1))
        return false;
    b->data[b->length++] = byte;
    return true;
}

typedef struct Encoder Encoder;
struct Encoder {
    Thread *t;
    ByteBuilder out;
    Obj str; /* exact; borrowed */
    Text text;
    const char *encoding;
    const char *errors;
    Handler handler;
    Obj mapping;
    unsigned unit;           /* bytes of a code unit */
    bool big;                /* UTF-16, UTF-32: big-endian */
    bool ascii_replacements; /* what a handler puts in is ASCII */
    bool multibyte;          /* one fault for each character; a position of any size is an index */
    /* Write one character: OZ_MISSING if it cannot be written.  `dry`: only tell. */
    Found (*put)(Encoder *e, uint32_t c, bool dry);
};

/* Encode the whole text with `put`; `reason` is why some characters cannot be. */
bool oz_encoder_run(Encoder *e, const char *reason) OZ_CHECKED;

/* Decoders: from d->data to d->out; d->consumed is set. */
/* Text that is valid as a whole; NULL without an exception: it is not. */
Ref oz_decode_valid_utf8(Thread *t, const uint8_t *data, size_t length) OZ_CHECKED;
bool oz_decode_utf8_all(Decoder *d) OZ_CHECKED;
bool oz_decode_utf16_all(Decoder *d) OZ_CHECKED;
bool oz_decode_utf32_all(Decoder *d) OZ_CHECKED;
bool oz_decode_utf7_all(Decoder *d) OZ_CHECKED;
bool oz_decode_ascii_all(Decoder *d) OZ_CHECKED;
bool oz_decode_charmap_all(Decoder *d) OZ_CHECKED;
bool oz_decode_escapes_all(Decoder *d) OZ_CHECKED;
bool oz_decode_raw_escapes_all(Decoder *d) OZ_CHECKED;

Found oz_put_utf8(Encoder *e, uint32_t c, bool dry);
Found oz_put_utf16(Encoder *e, uint32_t c, bool dry);
Found oz_put_utf32(Encoder *e, uint32_t c, bool dry);
Found oz_put_charmap(Encoder *e, uint32_t c, bool dry);
bool oz_encode_utf7_all(Encoder *e) OZ_CHECKED;
bool oz_encode_escapes_all(Encoder *e) OZ_CHECKED;
bool oz_encode_raw_escapes_all(Encoder *e) OZ_CHECKED;

#endif
