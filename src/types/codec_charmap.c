// SPDX-License-Identifier: MIT
// One byte a character: ASCII, Latin-1 (its encoder is in codec.c) and tables given by programs.
#include "types/codec_state.h"

#include "types/bytes.h"
#include "types/dict.h"
#include "types/int.h"

#include "base/utf8.h"

#include <string.h>

bool oz_decode_ascii_all(Decoder *d)
{
    size_t i = 0;
    while (i < d->length) {
        size_t ascii = oz_ascii_prefix(d->data + i, d->length - i);
        if (!oz_builder_ascii(&d->out, (const char *)d->data + i, ascii))
            return false;
        i += ascii;
        if (i < d->length &&
            (!oz_decoder_fault(d, i, i + 1, "ordinal not in range(128)", &i) || !oz_poll(d->t)))
            return false;
    }
    d->consumed = i;
    return true;
}

/* ---- decoding by a table ---- */

static const char undefined[] = "character maps to <undefined>";

/* What the mapping has for a byte: OZ_MISSING if it is undefined. */
static Found decode_by_mapping(Decoder *d, uint8_t byte)
{
    Thread *t = d->t;
    scoped Ref value = oz_get_item(t, d->mapping, oz_int(byte));
    if (!value)
        return oz_exception_forget(t, OZ_LookupError) ? OZ_MISSING : OZ_RAISED;
    if (oz_is_none(value))
        return OZ_MISSING;
    const Str *s = oz_as_str(value);
    if (s) {
        if (oz_str_length(s) == 1 && oz_str_at(s, 0) == 0xfffe)
            return OZ_MISSING;
        return oz_builder_str(&d->out, value) ? OZ_FOUND : OZ_RAISED;
    }
    Obj n = oz_as_exact_int(value);
    if (!n) {
        oz_raise(t, OZ_TypeError, "character mapping must return integer, None or str");
        return OZ_RAISED;
    }
    if (!oz_is_int(n) || oz_int_value(n) < 0 || oz_int_value(n) > 0x10ffff) {
        oz_raise(t, OZ_TypeError, "character mapping must be in range(0x110000)");
        return OZ_RAISED;
    }
    if (oz_int_value(n) == 0xfffe)
        return OZ_MISSING;
    return oz_builder_character(&d->out, (uint32_t)oz_int_value(n)) ? OZ_FOUND : OZ_RAISED;
}

static Found decode_by_text(Decoder *d, const Str *table, uint8_t byte)
{
    if (byte >= oz_str_length(table) || oz_str_at(table, byte) == 0xfffe)
        return OZ_MISSING;
    return oz_builder_character(&d->out, oz_str_at(table, byte)) ? OZ_FOUND : OZ_RAISED;
}

bool oz_decode_charmap_all(Decoder *d)
{
    const Str *table = oz_is_exact_str(d->mapping) ? (const Str *)d->mapping : NULL;
    size_t i = 0;
    while (i < d->length) {
        Found found =
            table ? decode_by_text(d, table, d->data[i]) : decode_by_mapping(d, d->data[i]);
        if (found == OZ_FOUND)
            i++;
        else if (found == OZ_RAISED || !oz_decoder_fault(d, i, i + 1, undefined, &i))
            return false;
        if ((i & 0xfff) == 0 && !oz_poll(d->t))
            return false;
    }
    d->consumed = i;
    return true;
}

/* ---- encoding by a table ---- */

static Found put_bytes(Encoder *e, const Bytes *bytes, bool dry)
{
    size_t length = oz_bytes_length(bytes);
    if (dry)
        return OZ_FOUND;
    if (!oz_bytes_reserve(&e->out, length))
        return OZ_RAISED;
    memcpy(e->out.data + e->out.length, oz_bytes_data(bytes), length);
    e->out.length += length;
    return OZ_FOUND;
}

Found oz_put_charmap(Encoder *e, uint32_t c, bool dry)
{
    Thread *t = e->t;
    scoped Ref value = oz_get_item(t, e->mapping, oz_int(c));
    if (!value)
        return oz_exception_forget(t, OZ_LookupError) ? OZ_MISSING : OZ_RAISED;
    if (oz_is_none(value))
        return OZ_MISSING;
    if (oz_as_bytes(value))
        return put_bytes(e, oz_as_bytes(value), dry);
    Obj n = oz_as_exact_int(value);
    if (!n) {
        oz_raise(t, OZ_TypeError,
                 "character mapping must return integer, bytes or None, not %.400T", value);
        return OZ_RAISED;
    }
    if (!oz_is_int(n) || oz_int_value(n) < 0 || oz_int_value(n) > 255) {
        oz_raise(t, OZ_TypeError, "character mapping must be in range(256)");
        return OZ_RAISED;
    }
    return dry || oz_bytes_put(&e->out, (uint8_t)oz_int_value(n)) ? OZ_FOUND : OZ_RAISED;
}
