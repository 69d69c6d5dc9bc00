// SPDX-License-Identifier: MIT
// Tables of East Asian character sets, made with the C library's iconv when a codec is first used.
//
// iconv itself cannot be the codec: its state can be neither read nor set, and its errors know
// neither what is missing nor where.  So each code is asked for once, which takes 3 ms, and what
// Python programs expect otherwise (multibyte.def) is put over it.  A set takes 300 KB.
#include "modules/multibyte.h"

#include "heap/heap.h"
#include "object/thread.h"

#include <iconv.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *source;
    bool three;
} infos[] = {
#define SET(name, source, three) {source, three},
    OZ_CHARSETS(SET)
#undef SET
};

typedef struct Run {
    uint8_t set;
    bool encode;
    uint32_t from, to, count;
} Run;

static const Run runs[] = {
#define DECODE(set, code, character, count) {OZ_SET_##set, false, code, character, count},
#define ENCODE(set, character, code, count) {OZ_SET_##set, true, character, code, count},
#include "modules/multibyte.def"
#undef DECODE
#undef ENCODE
};

/* The two directions of one of iconv's encodings. */
typedef struct Source {
    iconv_t decode, encode;
} Source;

#define NO_ICONV ((iconv_t)-1)

static bool open_source(Thread *t, const char *name, size_t length, Source *source)
{
    char text[32];
    snprintf(text, sizeof text, "%.*s", (int)length, name);
    source->decode = iconv_open("UTF-32LE", text);
    source->encode = iconv_open(text, "UTF-32LE");
    return (source->decode != NO_ICONV && source->encode != NO_ICONV) ||
           oz_fail(t, OZ_LookupError, "the C library does not know the encoding %s", text);
}

static void close_source(Source *source)
{
    if (source->decode != NO_ICONV)
        iconv_close(source->decode);
    if (source->encode != NO_ICONV)
        iconv_close(source->encode);
}

/* All of `in` at once: how many bytes it gives; 0: it cannot be converted. */
static size_t convert(iconv_t with, const void *in, size_t length, void *out, size_t room)
{
    char bytes[8];
    memcpy(bytes, in, length);
    char *from = bytes, *to = out;
    size_t left = room;
    iconv(with, NULL, NULL, NULL, NULL);
    if (iconv(with, &from, &length, &to, &left) == (size_t)-1 || length)
        return 0;
    iconv(with, NULL, NULL, &to, &left); /* a first half of a pair that waited */
    return room - left;
}

static unsigned bytes_of(uint32_t code, uint8_t out[3])
{
    unsigned length = code > 0xffff ? 3 : code > 0xff ? 2 : 1;
    for (unsigned i = 0; i < length; i++)
        out[i] = (uint8_t)(code >> 8 * (length - 1 - i));
    return length;
}

static uint32_t *slot_of(Charset *set, uint32_t code)
{
    return code <= 0xff ? &set->one[code]
                        : &(code > 0xffff ? set->three : set->two)[code & (OZ_WIDE_CODES - 1)];
}

static void read_code(Charset *set, const Source *source, uint32_t code)
{
    uint8_t bytes[3];
    uint32_t out[4];
    size_t length = convert(source->decode, bytes, bytes_of(code, bytes), out, sizeof out);
    uint32_t *slot = slot_of(set, code);
    if (*slot != OZ_NO_CHARACTER)
        return;
    if (length == 4) {
        *slot = out[0];
    } else if (length == 8 && set->pair_count < OZ_PAIRS_MAX) {
        set->pairs[set->pair_count] = (CharPair){out[0], out[1], code};
        *slot = OZ_PAIR_FLAG | set->pair_count++;
    }
}

static void read_codes(Charset *set, const Source *source, bool gaps)
{
    for (uint32_t code = 0; !gaps && code < 0x100; code++)
        read_code(set, source, code);
    for (uint32_t code = 0x8000; !gaps && code < 0x10000; code++)
        if (set->one[code >> 8] == OZ_NO_CHARACTER)
            read_code(set, source, code);
    for (uint32_t high = 0xa1; set->three && high < 0xff; high++)
        for (uint32_t low = 0xa1; low < 0xff; low++)
            read_code(set, source, 0x8f0000 | high << 8 | low);
}

static bool write_code(Thread *t, Charset *set, uint32_t character, uint32_t code, bool replace)
{
    uint32_t **page = &set->pages[character >> 8];
    if (!*page) {
        *page = oz_block_alloc(t->heap, 256 * sizeof **page);
        if (!*page)
            return oz_raise_memory(t) != NULL;
        memset(*page, 0, 256 * sizeof **page);
    }
    if (replace || !(*page)[character & 0xff])
        (*page)[character & 0xff] = code;
    return true;
}

/* The code that the C library writes for the character, if it is read as that again. */
static uint32_t preferred(Charset *set, const Source *sources, unsigned count, uint32_t character)
{
    for (unsigned i = 0; i < count; i++) {
        uint8_t out[8];
        size_t length = convert(sources[i].encode, &character, 4, out, sizeof out);
        uint32_t code = 0;
        for (size_t n = 0; n < length; n++)
            code = code << 8 | out[n];
        if (length && length <= 3 && (length < 3 || (set->three && out[0] == 0x8f)) &&
            (length != 2 || code >= 0x8000) && *slot_of(set, code) == character)
            return code;
    }
    return 0;
}

/* Every character that can be read can be written; the first of several codes counts where the C
 * library has no opinion, and for CP932 always. */
static bool write_codes(Thread *t, Charset *set, CharsetId id, const Source *sources,
                        unsigned count)
{
    static const uint32_t starts[] = {0, 0x8000, 0x8f8000};
    for (unsigned part = 0; part < (set->three ? 3 : 2); part++)
        for (uint32_t n = 0; n < (part ? OZ_WIDE_CODES : 256u); n++) {
            uint32_t code = starts[part] + n, character = *slot_of(set, code);
            if (character >= OZ_PAIR_FLAG || character >> 8 >= OZ_ENCODE_PAGES ||
                oz_charset_encode(set, character))
                continue;
            uint32_t better = id == OZ_SET_CP932 ? 0 : preferred(set, sources, count, character);
            if (!write_code(t, set, character, better ? better : code, false))
                return false;
        }
    return true;
}

static void decode_as_expected(Charset *set, CharsetId id)
{
    for (size_t i = 0; i < OZ_COUNT(runs); i++)
        for (uint32_t n = 0; runs[i].set == id && !runs[i].encode && n < runs[i].count; n++)
            *slot_of(set, runs[i].from + n) = runs[i].to ? runs[i].to + n : OZ_NO_CHARACTER;
}

static bool encode_as_expected(Thread *t, Charset *set, CharsetId id)
{
    for (size_t i = 0; i < OZ_COUNT(runs); i++)
        for (uint32_t n = 0; runs[i].set == id && runs[i].encode && n < runs[i].count; n++)
            if (!write_code(t, set, runs[i].from + n, runs[i].to ? runs[i].to + n : 0, true))
                return false;
    return true;
}

static uint32_t *codes_new(Thread *t)
{
    uint32_t *codes = oz_block_alloc(t->heap, OZ_WIDE_CODES * sizeof *codes);
    if (codes)
        memset(codes, 0xff, OZ_WIDE_CODES * sizeof *codes);
    else
        oz_raise_memory(t);
    return codes;
}

static bool fill(Thread *t, Charset *set, CharsetId id, Source sources[2])
{
    const char *name = infos[id].source, *bar = strchr(name, '|');
    unsigned count = bar ? 2 : 1;
    if (!open_source(t, name, bar ? (size_t)(bar - name) : strlen(name), &sources[0]) ||
        (bar && !open_source(t, bar + 1, strlen(bar + 1), &sources[1])))
        return false;
    for (unsigned i = 0; i < count; i++)
        read_codes(set, &sources[i], i > 0);
    decode_as_expected(set, id);
    bool gap = id == OZ_SET_SJIS || id == OZ_SET_SJIS_2004 || id == OZ_SET_SJISX0213;
    for (unsigned byte = 0x80; byte <= 0xff; byte++) /* what begins none is wrong by itself there */
        set->lead[byte] = !gap || (byte >= 0x81 && byte <= 0x9f) ||
                          (byte >= 0xe0 && byte <= (id == OZ_SET_SJIS ? 0xea : 0xfc));
    return write_codes(t, set, id, sources, count) && encode_as_expected(t, set, id);
}

Charset *oz_charset_new(Thread *t, CharsetId id)
{
    Charset *set = oz_block_alloc(t->heap, sizeof *set);
    if (!set) {
        oz_raise_memory(t);
        return NULL;
    }
    memset(set, 0, sizeof *set);
    memset(set->one, 0xff, sizeof set->one);
    Source sources[2] = {{NO_ICONV, NO_ICONV}, {NO_ICONV, NO_ICONV}};
    set->two = codes_new(t);
    bool made = set->two && (!infos[id].three || (set->three = codes_new(t)));
    made = made && fill(t, set, id, sources);
    close_source(&sources[0]);
    close_source(&sources[1]);
    if (made)
        return set;
    oz_charset_drop(set);
    return NULL;
}

void oz_charset_drop(Charset *set)
{
    if (!set)
        return;
    for (size_t n = 0; n < OZ_ENCODE_PAGES; n++)
        oz_block_free(set->pages[n]);
    oz_block_free(set->two);
    oz_block_free(set->three);
    oz_block_free(set);
}

uint32_t oz_charset_decode(const Charset *set, uint32_t code)
{
    if (code <= 0xff)
        return set->one[code];
    if (code <= 0xffff)
        return code & 0x8000 ? set->two[code - 0x8000] : OZ_NO_CHARACTER;
    return set->three && code & 0x8000 ? set->three[code & (OZ_WIDE_CODES - 1)] : OZ_NO_CHARACTER;
}

uint32_t oz_charset_encode(const Charset *set, uint32_t character)
{
    const uint32_t *page = character >> 8 < OZ_ENCODE_PAGES ? set->pages[character >> 8] : NULL;
    return page ? page[character & 0xff] : 0;
}
