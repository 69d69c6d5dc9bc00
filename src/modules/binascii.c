// SPDX-License-Identifier: MIT
// The module binascii: bytes as text in several old codes, and checksums.
#include <limits.h>
#include <string.h>

#include "modules/module_errors.h"
#include "modules/native_type.h"
#include "modules/stream.h"
#include "types/buffer.h"
#include "types/bytearray.h"
#include "types/bytes.h"
#include "types/bytes_methods.h"

static Ref error(Thread *t, const char *message)
{
    return oz_raise_module(t, OZ_ERROR_BINASCII, "%s", message);
}

/* What is decoded: a bytes-like object, or an ASCII str, whose characters are lent. */
static bool ascii_argument(Thread *t, Obj v, Buffer *view)
{
    const Str *s = oz_as_str(v);
    if (s) {
        if (oz_id(&s->base) != OZ_STR_ASCII)
            return oz_fail(t, OZ_ValueError,
                           "string argument should contain only ASCII characters");
        *view = (Buffer){.data = (uint8_t *)oz_str_data(s), .length = oz_str_length(s)};
        return true; /* no owner: nothing to close */
    }
    if (!oz_has_buffer(v))
        return oz_fail(t, OZ_TypeError,
                       "argument should be bytes, buffer or ASCII string, not '%T'", v);
    return oz_buffer_open(t, v, view);
}

/* ---- hexadecimal ---- */

static Ref hexlify(Thread *t, const Obj *a)
{
    int group;
    scoped_buffer view = {0};
    if (!oz_as_int(t, a[3], &group) || !oz_buffer_open(t, a[1], &view))
        return NULL;
    scoped Ref text = oz_bytes_hex(t, view.data, view.length, a[2], group);
    const Str *s = text ? oz_as_str(text) : NULL;
    return s ? oz_bytes_new(t, oz_str_data(s), oz_str_length(s)) : NULL;
}

#define HEX_SIGNATURE "($module, /, data, sep=<unrepresentable>, bytes_per_sep=1)"
OZ_FUNCTION(binascii, b2a_hex, HEX_SIGNATURE, "The bytes as hexadecimal digits, as bytes.")
{
    return hexlify(t, a);
}

OZ_FUNCTION(binascii, hexlify, HEX_SIGNATURE, "The bytes as hexadecimal digits, as bytes.")
{
    return hexlify(t, a);
}

static int hex_value(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static Ref unhexlify(Thread *t, Obj hexstr)
{
    scoped_buffer view = {0};
    if (!ascii_argument(t, hexstr, &view))
        return NULL;
    if (view.length % 2)
        return error(t, "Odd-length string");
    scoped Ref made = oz_bytes_alloc(t, view.length / 2);
    if (!made)
        return NULL;
    uint8_t *out = oz_bytes_data((const Bytes *)made);
    for (size_t i = 0; i < view.length; i += 2) {
        int high = hex_value(view.data[i]), low = hex_value(view.data[i + 1]);
        if (high < 0 || low < 0)
            return error(t, "Non-hexadecimal digit found");
        *out++ = (uint8_t)(high << 4 | low);
    }
    return oz_move(&made);
}

OZ_FUNCTION(binascii, a2b_hex, "($module, hexstr, /)", "The bytes of hexadecimal digits.")
{
    return unhexlify(t, a[1]);
}

OZ_FUNCTION(binascii, unhexlify, "($module, hexstr, /)", "The bytes of hexadecimal digits.")
{
    return unhexlify(t, a[1]);
}

/* ---- base64 ---- */

static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

OZ_FUNCTION(binascii, b2a_base64, "($module, data, /, *, newline=True)",
            "The bytes as one line of base64.")
{
    bool newline;
    scoped_buffer view = {0};
    if (!oz_truth(t, a[2], &newline) || !oz_buffer_open(t, a[1], &view))
        return NULL;
    if (view.length > SSIZE_MAX / 2)
        return error(t, "Too much data for base64 line");
    size_t groups = (view.length + 2) / 3;
    scoped Ref made = oz_bytes_alloc(t, groups * 4 + newline);
    if (!made)
        return NULL;
    uint8_t *out = oz_bytes_data((const Bytes *)made);
    for (size_t i = 0; i < view.length; i += 3) {
        size_t left = view.length - i;
        uint32_t bits = (uint32_t)view.data[i] << 16;
        bits |= left > 1 ? (uint32_t)view.data[i + 1] << 8 : 0;
        bits |= left > 2 ? view.data[i + 2] : 0;
        *out++ = (uint8_t)base64[bits >> 18];
        *out++ = (uint8_t)base64[bits >> 12 & 63];
        *out++ = left > 1 ? (uint8_t)base64[bits >> 6 & 63] : '=';
        *out++ = left > 2 ? (uint8_t)base64[bits & 63] : '=';
    }
    if (newline)
        *out = '\n';
    return oz_move(&made);
}

static int base64_value(uint8_t c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

typedef struct Decoder {
    uint8_t *out;
    uint32_t bits;   /* of the group under way */
    unsigned digits; /* read of the group */
    size_t total;    /* digits read */
} Decoder;

static void decode_digit(Decoder *d, int value)
{
    d->bits = d->bits << 6 | (uint32_t)value;
    d->total++;
    if (d->digits++)
        *d->out++ = (uint8_t)(d->bits >> (8 - 2 * d->digits));
    d->digits %= 4;
}

/* Decode up to a complete padding.  The message, or NULL. */
static const char *decode_base64(Decoder *d, const Buffer *view, bool strict)
{
    unsigned pads = 0;
    bool padding = false;
    if (strict && view->length && view->data[0] == '=')
        return "Leading padding not allowed";
    for (size_t i = 0; i < view->length; i++) {
        uint8_t c = view->data[i];
        if (c == '=') {
            padding = true;
            if (d->digits >= 2 && d->digits + ++pads >= 4) {
                if (strict && i + 1 < view->length)
                    return "Excess data after padding";
                d->digits = 0;
                return NULL;
            }
            continue;
        }
        int value = base64_value(c);
        if (value < 0) {
            if (strict)
                return "Only base64 data is allowed";
            continue;
        }
        if (strict && padding)
            return "Discontinuous padding not allowed";
        pads = 0;
        decode_digit(d, value);
    }
    return NULL;
}

OZ_FUNCTION(binascii, a2b_base64, "($module, data, /, *, strict_mode=False)",
            "The bytes that base64 stands for.\n\n"
            "Other characters are skipped, or refused with strict_mode.")
{
    bool strict;
    scoped_buffer view = {0};
    if (!oz_truth(t, a[2], &strict) || !ascii_argument(t, a[1], &view))
        return NULL;
    scoped Ref made = oz_bytes_alloc(t, (view.length + 3) / 4 * 3);
    if (!made)
        return NULL;
    uint8_t *start = oz_bytes_data((const Bytes *)made);
    Decoder d = {.out = start};
    const char *message = decode_base64(&d, &view, strict);
    if (message)
        return error(t, message);
    if (d.digits == 1)
        return oz_raise_module(t, OZ_ERROR_BINASCII,
                               "Invalid base64-encoded string: number of data characters (%zd) "
                               "cannot be 1 more than a multiple of 4",
                               (ssize_t)d.total);
    if (d.digits)
        return error(t, "Incorrect padding");
    size_t length = (size_t)(d.out - start);
    return view.length ? oz_bytes_shrink(t, oz_move(&made), length) : oz_move(&made);
}

/* ---- uuencode ---- */

#define UU_LINE 45 /* bytes a line may have */

OZ_FUNCTION(binascii, b2a_uu, "($module, data, /, *, backtick=False)",
            "A line of uuencoded data; backtick writes '`' for zero, not a blank.")
{
    bool backtick;
    scoped_buffer view = {0};
    if (!oz_truth(t, a[2], &backtick) || !oz_buffer_open(t, a[1], &view))
        return NULL;
    if (view.length > UU_LINE)
        return error(t, "At most 45 bytes at once");
    uint8_t line[2 + UU_LINE / 3 * 4 + 4], *out = line;
    uint8_t zero = backtick ? '`' : ' ';
    *out++ = view.length ? (uint8_t)(' ' + view.length) : zero;
    for (size_t i = 0; i < view.length; i += 3) {
        uint32_t bits = 0;
        for (size_t k = 0; k < 3; k++)
            bits = bits << 8 | (i + k < view.length ? view.data[i + k] : 0);
        for (int shift = 18; shift >= 0; shift -= 6) {
            uint8_t digit = bits >> shift & 63;
            *out++ = digit ? (uint8_t)(' ' + digit) : zero;
        }
    }
    *out++ = '\n';
    return oz_bytes_new(t, line, (size_t)(out - line));
}

OZ_FUNCTION(binascii, a2b_uu, "($module, data, /)", "The bytes of a line of uuencoded data.")
{
    scoped_buffer view = {0};
    if (!ascii_argument(t, a[1], &view))
        return NULL;
    const uint8_t *at = view.data, *end = at + view.length;
    size_t length = ((at < end ? *at++ : 0u) - ' ') & 63;
    uint8_t out[64];
    uint32_t bits = 0;
    unsigned width = 0;
    for (size_t n = 0; n < length;) {
        uint32_t c = 0; /* behind the end of the line: blanks that were cut off */
        if (at < end && *at != '\n' && *at != '\r') {
            if (*at < ' ' || *at > ' ' + 64)
                return error(t, "Illegal char");
            c = (*at - ' ') & 63;
        }
        if (at < end)
            at++;
        bits = bits << 6 | c;
        width += 6;
        if (width >= 8) {
            width -= 8;
            out[n++] = (uint8_t)(bits >> width);
        }
    }
    for (; at < end; at++)
        if (*at != ' ' && *at != ' ' + 64 && *at != '\n' && *at != '\r')
            return error(t, "Trailing garbage");
    return oz_bytes_new(t, out, length);
}

/* ---- quoted-printable ---- */

#define QP_LINE 76

typedef struct Quoter {
    Thread *t;
    ByteArray *out;
    size_t column;
    bool crlf; /* lines of the data end with \r\n */
    bool tabs, text, header;
} Quoter;

static bool put(Quoter *q, const char *text, size_t length)
{
    return oz_bytearray_append(q->t, q->out, text, length);
}

static bool put_soft_break(Quoter *q)
{
    q->column = 0;
    return q->crlf ? put(q, "=\r\n", 3) : put(q, "=\n", 2);
}

static void quoted(uint8_t c, char out[3])
{
    static const char digits[] = "0123456789ABCDEF";
    out[0] = '=';
    out[1] = digits[c >> 4];
    out[2] = digits[c & 15];
}

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t';
}

/* Must the byte at `i` be written as =XX? */
static bool needs_quoting(const Quoter *q, const Buffer *view, size_t i)
{
    uint8_t c = view->data[i];
    bool last = i + 1 == view->length;
    if (c > 126 || c == '=' || (q->header && c == '_'))
        return true;
    if (c == '.' && q->column == 0) /* a line of one dot ends a mail */
        return last || view->data[i + 1] == '\n' || view->data[i + 1] == '\r' ||
               view->data[i + 1] == 0;
    if (c == '\r' || c == '\n')
        return !q->text;
    if (is_blank(c))
        return last || q->tabs;
    return c < 33;
}

/* The end of a line; a blank before it is quoted. */
static bool put_newline(Quoter *q)
{
    q->column = 0;
    size_t n = q->out->length;
    if (n && is_blank(q->out->start[n - 1])) {
        char code[3];
        quoted(q->out->start[n - 1], code);
        q->out->start[n - 1] = '=';
        if (!put(q, code + 1, 2))
            return false;
    }
    return q->crlf ? put(q, "\r\n", 2) : put(q, "\n", 1);
}

static bool quote(Quoter *q, const Buffer *view)
{
    for (size_t i = 0; i < view->length; i++) {
        uint8_t c = view->data[i];
        bool more = i + 1 < view->length;
        if (needs_quoting(q, view, i)) {
            char code[3];
            quoted(c, code);
            if ((q->column + 3 >= QP_LINE && !put_soft_break(q)) || !put(q, code, 3))
                return false;
            q->column += 3;
        } else if (q->text && (c == '\n' || (c == '\r' && more && view->data[i + 1] == '\n'))) {
            i += c == '\r';
            if (!put_newline(q))
                return false;
        } else {
            if (more && view->data[i + 1] != '\n' && q->column + 1 >= QP_LINE && !put_soft_break(q))
                return false;
            q->column++;
            char plain = q->header && c == ' ' ? '_' : (char)c;
            if (!put(q, &plain, 1))
                return false;
        }
    }
    return true;
}

OZ_FUNCTION(binascii, b2a_qp, "($module, /, data, quotetabs=False, istext=True, header=False)",
            "The bytes in quoted-printable.\n\n"
            "quotetabs quotes blanks and tabs, too; without istext, ends of lines; header writes\n"
            "blanks as underscores.")
{
    Quoter q = {.t = t};
    scoped_buffer view = {0};
    if (!oz_truth(t, a[2], &q.tabs) || !oz_truth(t, a[3], &q.text) ||
        !oz_truth(t, a[4], &q.header) || !oz_buffer_open(t, a[1], &view))
        return NULL;
    scoped Ref out = oz_bytearray_new(t, NULL, 0);
    if (!out)
        return NULL;
    q.out = (ByteArray *)out;
    const uint8_t *newline = view.length ? memchr(view.data, '\n', view.length) : NULL;
    q.crlf = newline && newline > view.data && newline[-1] == '\r';
    return quote(&q, &view) ? oz_bytes_new(t, q.out->start, q.out->length) : NULL;
}

OZ_FUNCTION(binascii, a2b_qp, "($module, /, data, header=False)",
            "The bytes of quoted-printable data; header reads underscores as blanks.")
{
    bool header;
    scoped_buffer view = {0};
    if (!oz_truth(t, a[2], &header) || !ascii_argument(t, a[1], &view))
        return NULL;
    scoped Ref made = oz_bytes_alloc(t, view.length);
    if (!made || !view.length)
        return oz_move(&made);
    uint8_t *start = oz_bytes_data((const Bytes *)made), *out = start;
    const uint8_t *at = view.data, *end = at + view.length;
    while (at < end) {
        uint8_t c = *at++;
        if (c != '=') {
            *out++ = header && c == '_' ? ' ' : c;
            continue;
        }
        if (at == end)
            break;
        if (*at == '\n' || *at == '\r') { /* a soft break */
            while (at < end && *at != '\n')
                at++;
            at += at < end;
        } else if (*at == '=') {
            *out++ = *at++;
        } else if (end - at >= 2 && hex_value(at[0]) >= 0 && hex_value(at[1]) >= 0) {
            *out++ = (uint8_t)(hex_value(at[0]) << 4 | hex_value(at[1]));
            at += 2;
        } else {
            *out++ = '=';
        }
    }
    return oz_bytes_shrink(t, oz_move(&made), (size_t)(out - start));
}

/* ---- checksums ---- */

OZ_FUNCTION(binascii, crc32, "($module, data, crc=0, /)",
            "The CRC-32 of the bytes, going on from an earlier one.")
{
    uint32_t crc;
    if (!oz_low_word(t, a[2], &crc) || !oz_checksum(t, crc32, a[1], &crc))
        return NULL;
    return oz_int(crc);
}

OZ_FUNCTION(binascii, crc_hqx, "($module, data, crc, /)",
            "The CRC-CCITT of the bytes, going on from an earlier one.")
{
    uint32_t crc;
    scoped_buffer view = {0};
    if (!oz_low_word(t, a[2], &crc) || !oz_buffer_open(t, a[1], &view))
        return NULL;
    crc &= 0xffff;
    for (size_t i = 0; i < view.length; i++) {
        crc ^= (uint32_t)view.data[i] << 8;
        for (int bit = 0; bit < 8; bit++)
            crc = (crc << 1 ^ (crc & 0x8000 ? 0x1021 : 0)) & 0xffff;
        if (i % 65536 == 65535 && !oz_poll(t))
            return NULL;
    }
    return oz_int(crc);
}

static bool binascii_init(Thread *t, Module *module)
{
    Obj plain = oz_module_error(t, OZ_ERROR_BINASCII);
    Obj incomplete = plain ? oz_module_error(t, OZ_ERROR_BINASCII_INCOMPLETE) : NULL;
    return incomplete && oz_module_add(t, module, "Error", oz_retain(plain)) &&
           oz_module_add(t, module, "Incomplete", oz_retain(incomplete));
}

const ModuleDef oz_binascii_module = {
    .name = "binascii",
    .doc = "Bytes as text in several codes, and checksums.",
    .functions =
        OZ_METHODS(&binascii_a2b_base64, &binascii_a2b_hex, &binascii_a2b_qp, &binascii_a2b_uu,
                   &binascii_b2a_base64, &binascii_b2a_hex, &binascii_b2a_qp, &binascii_b2a_uu,
                   &binascii_crc32, &binascii_crc_hqx, &binascii_hexlify, &binascii_unhexlify),
    .init = binascii_init,
};
