// SPDX-License-Identifier: MIT
// Methods of bytes and bytearray that look at each byte: case, classes, padding, translation.
// Only ASCII counts as letters.
#include "types/bytes_methods.h"

#include <limits.h>
#include <string.h>

#include "types/int.h"

/* ---- access shared by both types ---- */

static bool is_lower(uint8_t c)
{
    return (uint8_t)(c - 'a') < 26;
}

static bool is_upper(uint8_t c)
{
    return (uint8_t)(c - 'A') < 26;
}

static bool is_alpha(uint8_t c)
{
    return is_lower(c | 0x20);
}

static bool is_digit(uint8_t c)
{
    return (uint8_t)(c - '0') < 10;
}

static bool is_alnum(uint8_t c)
{
    return is_alpha(c) || is_digit(c);
}

static bool is_space(uint8_t c)
{
    return c == ' ' || (uint8_t)(c - 9) < 5;
}

static bool is_ascii(uint8_t c)
{
    return c < 128;
}

static uint8_t to_lower(uint8_t c)
{
    return is_upper(c) ? c | 0x20 : c;
}

static uint8_t to_upper(uint8_t c)
{
    return is_lower(c) ? c & ~0x20 : c;
}

/* ---- case ---- */

typedef void (*Mapping)(const uint8_t *from, uint8_t *to, size_t length);

static Ref map(Thread *t, Obj self, Mapping mapping)
{
    Ref made = oz_bytes_like(t, self, NULL, oz_bytes_view(self).length);
    if (made) {
        Text s = oz_bytes_view(self);
        mapping(s.data, oz_bytes_like_data(made), s.length);
    }
    return made;
}

static void map_lower(const uint8_t *from, uint8_t *to, size_t length)
{
    for (size_t i = 0; i < length; i++)
        to[i] = to_lower(from[i]);
}

static void map_upper(const uint8_t *from, uint8_t *to, size_t length)
{
    for (size_t i = 0; i < length; i++)
        to[i] = to_upper(from[i]);
}

static void map_swap(const uint8_t *from, uint8_t *to, size_t length)
{
    for (size_t i = 0; i < length; i++)
        to[i] = is_alpha(from[i]) ? from[i] ^ 0x20 : from[i];
}

static void map_capitalize(const uint8_t *from, uint8_t *to, size_t length)
{
    map_lower(from, to, length);
    if (length)
        to[0] = to_upper(to[0]);
}

static void map_title(const uint8_t *from, uint8_t *to, size_t length)
{
    bool inside = false;
    for (size_t i = 0; i < length; i++) {
        to[i] = inside ? to_lower(from[i]) : to_upper(from[i]);
        inside = is_alpha(from[i]);
    }
}

BYTES_METHOD(lower, "($self, /)", "A copy with all ASCII letters in lower case.")
{
    return map(t, a[0], map_lower);
}

BYTES_METHOD(upper, "($self, /)", "A copy with all ASCII letters in upper case.")
{
    return map(t, a[0], map_upper);
}

BYTES_METHOD(swapcase, "($self, /)", "A copy with the case of all ASCII letters turned.")
{
    return map(t, a[0], map_swap);
}

BYTES_METHOD(capitalize, "($self, /)",
             "A copy with the first byte in upper and the rest in lower case.")
{
    return map(t, a[0], map_capitalize);
}

BYTES_METHOD(
    title, "($self, /)",
    "A copy in which each word of ASCII letters starts in upper case and goes on in lower.")
{
    return map(t, a[0], map_title);
}

/* ---- classes ---- */

static Ref all_are(Obj self, bool (*test)(uint8_t), bool of_empty)
{
    Text s = oz_bytes_view(self);
    for (size_t i = 0; i < s.length; i++)
        if (!test(((const uint8_t *)s.data)[i]))
            return OZ_FALSE;
    return oz_bool(s.length || of_empty);
}

BYTES_METHOD(isalnum, "($self, /)", "Are there bytes, and all of them ASCII letters or digits?")
{
    return all_are(a[0], is_alnum, false);
}

BYTES_METHOD(isalpha, "($self, /)", "Are there bytes, and all of them ASCII letters?")
{
    return all_are(a[0], is_alpha, false);
}

BYTES_METHOD(isascii, "($self, /)", "Are all bytes below 128?")
{
    return all_are(a[0], is_ascii, true);
}

BYTES_METHOD(isdigit, "($self, /)", "Are there bytes, and all of them ASCII digits?")
{
    return all_are(a[0], is_digit, false);
}

BYTES_METHOD(isspace, "($self, /)", "Are there bytes, and all of them ASCII white space?")
{
    return all_are(a[0], is_space, false);
}

/* At least one letter of the wanted case and none of the other. */
static Ref one_case(Obj self, bool (*wanted)(uint8_t), bool (*other)(uint8_t))
{
    Text s = oz_bytes_view(self);
    bool any = false;
    for (size_t i = 0; i < s.length; i++) {
        uint8_t c = ((const uint8_t *)s.data)[i];
        if (other(c))
            return OZ_FALSE;
        any |= wanted(c);
    }
    return oz_bool(any);
}

BYTES_METHOD(islower, "($self, /)", "Are there ASCII letters, and all of them in lower case?")
{
    return one_case(a[0], is_lower, is_upper);
}

BYTES_METHOD(isupper, "($self, /)", "Are there ASCII letters, and all of them in upper case?")
{
    return one_case(a[0], is_upper, is_lower);
}

BYTES_METHOD(istitle, "($self, /)",
             "Does each word of ASCII letters start in upper case and go on in lower?")
{
    Text s = oz_bytes_view(a[0]);
    bool inside = false, any = false;
    for (size_t i = 0; i < s.length; i++) {
        uint8_t c = ((const uint8_t *)s.data)[i];
        if (is_upper(c) ? inside : is_lower(c) && !inside)
            return OZ_FALSE;
        inside = is_alpha(c);
        any |= inside;
    }
    return oz_bool(any);
}

/* ---- padding ---- */

/* The fill byte of center() and its like. */
static bool fill_byte(Thread *t, const char *name, Obj v, uint8_t *fill)
{
    const Bytes *b = oz_as_bytes(v);
    Text s = b || oz_isa(v, OZ_BYTEARRAY) ? oz_bytes_view(v) : (Text){NULL, 0, 1};
    if (s.length != 1)
        return oz_fail(t, OZ_TypeError, "%s() argument 2 must be a byte string of length 1, not %T",
                       name, v);
    *fill = *(const uint8_t *)s.data;
    return true;
}

typedef enum Side { LEFT, RIGHT, BOTH } Side;

static Ref pad(Thread *t, const char *name, const Obj *a, Side text_side)
{
    ssize_t width;
    uint8_t fill;
    if (!oz_as_size_argument(t, a[1], &width) || !fill_byte(t, name, a[2], &fill))
        return NULL;
    Text s = oz_bytes_view(a[0]);
    if (width <= (ssize_t)s.length)
        return oz_bytes_like_same(t, a[0]);
    size_t extra = (size_t)width - s.length;
    size_t left = text_side == LEFT    ? 0
                  : text_side == RIGHT ? extra
                                       : extra / 2 + (extra & (size_t)width & 1);
    Ref made = oz_bytes_like(t, a[0], NULL, (size_t)width);
    if (!made)
        return NULL;
    s = oz_bytes_view(a[0]);
    uint8_t *out = oz_bytes_like_data(made);
    memset(out, fill, (size_t)width);
    memcpy(out + left, s.data, s.length);
    return made;
}

BYTES_METHOD(center, "($self, width, fillchar=b' ', /)",
             "The bytes in the middle of `width` bytes, the rest filled.")
{
    return pad(t, "center", a, BOTH);
}

BYTES_METHOD(ljust, "($self, width, fillchar=b' ', /)",
             "The bytes at the left of `width` bytes, the rest filled.")
{
    return pad(t, "ljust", a, LEFT);
}

BYTES_METHOD(rjust, "($self, width, fillchar=b' ', /)",
             "The bytes at the right of `width` bytes, the rest filled.")
{
    return pad(t, "rjust", a, RIGHT);
}

BYTES_METHOD(zfill, "($self, width, /)",
             "The bytes filled with b'0' at the left to `width` bytes, behind a sign.")
{
    ssize_t width;
    if (!oz_as_size_argument(t, a[1], &width))
        return NULL;
    Text s = oz_bytes_view(a[0]);
    if (width <= (ssize_t)s.length)
        return oz_bytes_like_same(t, a[0]);
    Ref made = oz_bytes_like(t, a[0], NULL, (size_t)width);
    if (!made)
        return NULL;
    s = oz_bytes_view(a[0]);
    uint8_t *out = oz_bytes_like_data(made);
    size_t zeros = (size_t)width - s.length;
    memset(out, '0', zeros);
    memcpy(out + zeros, s.data, s.length);
    if (s.length && (out[zeros] == '+' || out[zeros] == '-')) {
        out[0] = out[zeros];
        out[zeros] = '0';
    }
    return made;
}

/* Write the text with tabs expanded; `out` NULL: only count. */
static size_t expand(Text s, ssize_t tab, uint8_t *out)
{
    size_t n = 0, column = 0;
    for (size_t i = 0; i < s.length; i++) {
        uint8_t c = ((const uint8_t *)s.data)[i];
        if (c != '\t') {
            if (out)
                out[n] = c;
            n++;
            column = c == '\n' || c == '\r' ? 0 : column + 1;
            continue;
        }
        size_t blanks = tab > 0 ? (size_t)tab - column % (size_t)tab : 0;
        if (out)
            memset(out + n, ' ', blanks);
        if (n > SSIZE_MAX - blanks)
            return SIZE_MAX;
        n += blanks;
        column += blanks;
    }
    return n;
}

BYTES_METHOD(expandtabs, "($self, /, tabsize=8)", "A copy with tabs replaced by blanks.")
{
    int tab;
    if (!oz_as_int(t, a[1], &tab))
        return NULL;
    size_t n = expand(oz_bytes_view(a[0]), tab, NULL);
    if (n > SSIZE_MAX)
        return oz_raise(t, OZ_OverflowError, "result too long");
    Ref made = oz_bytes_like(t, a[0], NULL, n);
    if (made)
        expand(oz_bytes_view(a[0]), tab, oz_bytes_like_data(made));
    return made;
}

/* ---- translation ---- */

static Ref translate(Thread *t, Obj self, const uint8_t *table, const Buffer *deleted)
{
    bool drop[256] = {false};
    for (size_t i = 0; i < deleted->length; i++)
        drop[deleted->data[i]] = true;
    Text s = oz_bytes_view(self);
    size_t n = 0;
    for (size_t i = 0; i < s.length; i++)
        n += !drop[((const uint8_t *)s.data)[i]];
    Ref made = oz_bytes_like(t, self, NULL, n);
    if (!made)
        return NULL;
    s = oz_bytes_view(self);
    uint8_t *out = oz_bytes_like_data(made);
    for (size_t i = 0; i < s.length; i++) {
        uint8_t c = ((const uint8_t *)s.data)[i];
        if (!drop[c])
            *out++ = table ? table[c] : c;
    }
    return made;
}

BYTES_METHOD(
    translate, "($self, table, /, delete=b'')",
    "A copy with each byte replaced by the one that the table (256 bytes, or None) has in\n"
    "its place, and without the bytes in delete.")
{
    scoped_buffer table = {0}, deleted = {0};
    if (!oz_is_none(a[1])) {
        if (!oz_buffer_open(t, a[1], &table))
            return NULL;
        if (table.length != 256)
            return oz_raise(t, OZ_ValueError, "translation table must be 256 characters long");
    }
    if (!oz_buffer_open(t, a[2], &deleted))
        return NULL;
    return translate(t, a[0], table.owner ? table.data : NULL, &deleted);
}

BYTES_METHOD_(maketrans, "(frm, to, /)",
              "A table for translate() that maps each byte of frm to the one of to.", OZ_FN_STATIC)
{
    scoped_buffer from = {0}, to = {0};
    if (!oz_buffer_open(t, a[0], &from) || !oz_buffer_open(t, a[1], &to))
        return NULL;
    if (from.length != to.length)
        return oz_raise(t, OZ_ValueError, "maketrans arguments must have same length");
    uint8_t table[256];
    for (size_t i = 0; i < 256; i++)
        table[i] = (uint8_t)i;
    for (size_t i = 0; i < from.length; i++)
        table[from.data[i]] = to.data[i];
    return oz_bytes_new(t, table, 256);
}

/* ---- hexadecimal ---- */

static bool separator_of(Thread *t, Obj v, uint8_t *out)
{
    ssize_t length;
    if (!oz_length(t, v, &length))
        return false;
    if (length != 1)
        return oz_fail(t, OZ_ValueError, "sep must be length 1.");
    const Str *s = oz_as_str(v);
    if (s) {
        if (oz_str_at(s, 0) >= 128)
            return oz_fail(t, OZ_ValueError, "sep must be ASCII.");
        *out = (uint8_t)oz_str_at(s, 0);
        return true;
    }
    if (!oz_as_bytes(v))
        return oz_fail(t, OZ_TypeError, "sep must be str or bytes.");
    *out = *(const uint8_t *)oz_bytes_view(v).data;
    if (*out >= 128)
        return oz_fail(t, OZ_ValueError, "sep must be ASCII.");
    return true;
}

Ref oz_bytes_hex(Thread *t, const uint8_t *data, size_t length, Obj separator, ssize_t group)
{
    static const char digits[] = "0123456789abcdef";
    uint8_t sep = 0;
    if (separator && !separator_of(t, separator, &sep))
        return NULL;
    size_t size = separator ? group < 0 ? -(size_t)group : (size_t)group : 0;
    size_t separators = size && length ? (length - 1) / size : 0;
    if (length > SSIZE_MAX / 4)
        return oz_raise_memory(t);
    scoped Ref made = oz_str_alloc(t, 2 * length + separators, 127);
    if (!made || !length)
        return oz_move(&made);
    char *out = (char *)oz_str_data((const Str *)made);
    for (size_t i = 0; i < length; i++) {
        size_t from = group < 0 ? i : length - i;
        if (size && i && from % size == 0)
            *out++ = (char)sep;
        *out++ = digits[data[i] >> 4];
        *out++ = digits[data[i] & 15];
    }
    return oz_move(&made);
}

BYTES_METHOD(
    hex, "($self, /, sep=<unrepresentable>, bytes_per_sep=1)",
    "The bytes as hexadecimal digits.\n\n"
    "sep is put between groups of bytes_per_sep bytes, counted from the right; a negative\n"
    "number counts from the left.\n\n"
    ">>> b'ounce'.hex(' ', 2)\n'6f 756e 6365'")
{
    int group;
    if (!oz_as_int(t, a[2], &group))
        return NULL;
    scoped_buffer view = {0};
    if (!oz_buffer_open(t, a[0], &view))
        return NULL;
    return oz_bytes_hex(t, view.data, view.length, a[1], group);
}

static int hex_value(uint32_t c)
{
    if (c - '0' < 10u)
        return (int)(c - '0');
    if ((c | 0x20) - 'a' < 6u)
        return (int)((c | 0x20) - 'a' + 10);
    return -1;
}

Ref oz_bytes_from_hex(Thread *t, Obj text)
{
    const Str *s = oz_as_str(text);
    if (!s)
        return oz_raise(t, OZ_TypeError, "fromhex() argument must be str, not %T", text);
    size_t length = oz_str_length(s), n = 0;
    scoped Ref made = oz_bytes_alloc(t, length / 2);
    if (!made)
        return NULL;
    uint8_t *out = oz_bytes_data((const Bytes *)made);
    for (size_t i = 0; i < length;) {
        uint32_t c = oz_str_at(s, i);
        if (c < 128 && is_space((uint8_t)c)) {
            i++;
            continue;
        }
        int high = hex_value(c), low = -1;
        size_t bad = i;
        if (high >= 0) {
            bad = i + 1;
            low = bad < length ? hex_value(oz_str_at(s, bad)) : -1;
        }
        if (low < 0)
            return oz_raise(t, OZ_ValueError,
                            "non-hexadecimal number found in fromhex() arg at position %zd",
                            (ssize_t)bad);
        out[n++] = (uint8_t)(high << 4 | low);
        i += 2;
    }
    return length / 2 ? oz_bytes_shrink(t, oz_move(&made), n) : oz_move(&made);
}
