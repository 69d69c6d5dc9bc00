// SPDX-License-Identifier: MIT
// One step of an East Asian codec: a character read, or a character written.
//
// Five families: a byte or several are a character (most); EUC-KR, which spells syllables that have
// no code; GB 18030, which gives every character of Unicode four bytes; HZ, which marks Chinese by
// ~{ and ~}; ISO 2022, which switches between sets by escape sequences.
#include "modules/multibyte.h"

#include "heap/heap.h"
#include "object/thread.h"

#include <string.h>

enum { ESCAPE = 0x1b, SHIFT_OUT = 0x0e, SHIFT_IN = 0x0f, WIDE = 0x80, ASCII_MARK = 'B' };
enum { SHIFTED = 1, ESCAPING = 2 }; /* bits of c[4] */

/* ---- the codecs ---- */

enum { ROWS_TWO, ROWS_THREE, ROWS_PLANE2 };

static const Designation japanese[] = {{'B' | WIDE, 0, OZ_SET_EUC_JP, 0},
                                       {'J', 0, 0, 0},
                                       {'@' | WIDE, 0, OZ_SET_EUC_JP, 0},
                                       {0, 0, 0, 0}};
static const Designation japanese_1[] = {{'B' | WIDE, 0, OZ_SET_EUC_JP, 0},
                                         {'D' | WIDE, 0, OZ_SET_EUC_JP, ROWS_THREE},
                                         {'J', 0, 0, 0},
                                         {'@' | WIDE, 0, OZ_SET_EUC_JP, 0},
                                         {0, 0, 0, 0}};
static const Designation japanese_2[] = {{'B' | WIDE, 0, OZ_SET_EUC_JP, 0},
                                         {'D' | WIDE, 0, OZ_SET_EUC_JP, ROWS_THREE},
                                         {'C' | WIDE, 0, OZ_SET_UHC, 0},
                                         {'A' | WIDE, 0, OZ_SET_GB2312, 0},
                                         {'J', 0, 0, 0},
                                         {'@' | WIDE, 0, OZ_SET_EUC_JP, 0},
                                         {'A', 2, 0, 0},
                                         {'F', 2, 0, 0},
                                         {0, 0, 0, 0}};
static const Designation japanese_2004[] = {{'B' | WIDE, 0, OZ_SET_EUC_JP, 0},
                                            {'Q' | WIDE, 0, OZ_SET_EUC_2004, 0},
                                            {'P' | WIDE, 0, OZ_SET_EUC_2004, ROWS_PLANE2},
                                            {0, 0, 0, 0}};
static const Designation japanese_3[] = {{'B' | WIDE, 0, OZ_SET_EUC_JP, 0},
                                         {'O' | WIDE, 0, OZ_SET_EUCX0213, 0},
                                         {'P' | WIDE, 0, OZ_SET_EUCX0213, ROWS_PLANE2},
                                         {0, 0, 0, 0}};
static const Designation japanese_ext[] = {{'B' | WIDE, 0, OZ_SET_EUC_JP, 0},
                                           {'D' | WIDE, 0, OZ_SET_EUC_JP, ROWS_THREE},
                                           {'J', 0, 0, 0},
                                           {'I', 0, 0, 0},
                                           {'@' | WIDE, 0, OZ_SET_EUC_JP, 0},
                                           {0, 0, 0, 0}};
static const Designation korean[] = {{'C' | WIDE, 1, OZ_SET_UHC, 0}, {0, 0, 0, 0}};

#define PLAIN(name, module, set)                                                                   \
    {                                                                                              \
        name, module, OZ_MB_PLAIN, OZ_SET_##set, NULL, false                                       \
    }
#define ISO2022(name, designations, set, shifts)                                                   \
    {                                                                                              \
        name, "_codecs_iso2022", OZ_MB_ISO2022, OZ_SET_##set, designations, shifts                 \
    }

const MultibyteDef oz_multibyte_defs[] = {
    PLAIN("gb2312", "_codecs_cn", GB2312),
    PLAIN("gbk", "_codecs_cn", GBK),
    {"gb18030", "_codecs_cn", OZ_MB_GB18030, OZ_SET_GB18030, NULL, false},
    {"hz", "_codecs_cn", OZ_MB_HZ, OZ_SET_GB2312, NULL, false},
    PLAIN("big5hkscs", "_codecs_hk", BIG5HKSCS),
    PLAIN("cp932", "_codecs_jp", CP932),
    PLAIN("shift_jis", "_codecs_jp", SJIS),
    PLAIN("shift_jis_2004", "_codecs_jp", SJIS_2004),
    PLAIN("shift_jisx0213", "_codecs_jp", SJISX0213),
    PLAIN("euc_jp", "_codecs_jp", EUC_JP),
    PLAIN("euc_jis_2004", "_codecs_jp", EUC_2004),
    PLAIN("euc_jisx0213", "_codecs_jp", EUCX0213),
    PLAIN("cp949", "_codecs_kr", UHC),
    {"euc_kr", "_codecs_kr", OZ_MB_HANGUL, OZ_SET_EUC_KR, NULL, false},
    PLAIN("johab", "_codecs_kr", JOHAB),
    PLAIN("big5", "_codecs_tw", BIG5),
    PLAIN("cp950", "_codecs_tw", CP950),
    ISO2022("iso2022_jp", japanese, NONE, false),
    ISO2022("iso2022_jp_1", japanese_1, NONE, false),
    ISO2022("iso2022_jp_2", japanese_2, NONE, false),
    ISO2022("iso2022_jp_2004", japanese_2004, EUC_2004, false),
    ISO2022("iso2022_jp_3", japanese_3, EUCX0213, false),
    ISO2022("iso2022_jp_ext", japanese_ext, NONE, false),
    ISO2022("iso2022_kr", korean, NONE, true),
    {NULL, NULL, OZ_MB_PLAIN, OZ_SET_NONE, NULL, false},
};

/* ---- opening ---- */

static bool need_set(Thread *t, MultibyteTables *m, unsigned id)
{
    return m->sets[id] || (m->sets[id] = oz_charset_new(t, (CharsetId)id)) != NULL;
}

/* The characters of the basic plane that have no shorter code, in order, have the codes of four
 * bytes from 81308130 on. */
static bool fill_four(Thread *t, MultibyteTables *m)
{
    m->four = oz_block_alloc(t->heap, 0x10000 * sizeof *m->four);
    if (!m->four)
        return oz_raise_memory(t) != NULL;
    for (uint32_t c = 0x80; c < 0x10000; c++)
        if (c - 0xd800 >= 0x800 && !oz_charset_encode(m->sets[OZ_SET_GB18030], c) &&
            !(c >= 0xe000 && c <= 0xe765))
            m->four[m->four_count++] = (uint16_t)c;
    return true;
}

bool oz_multibyte_open(Thread *t, MultibyteTables *m, const MultibyteDef *def)
{
    m->def = def;
    if (def->set != OZ_SET_NONE && !need_set(t, m, def->set))
        return false;
    for (const Designation *d = def->designations; d && d->mark; d++)
        if (d->mark & WIDE && !need_set(t, m, d->set))
            return false;
    return def->family != OZ_MB_GB18030 || fill_four(t, m);
}

void oz_multibyte_close(MultibyteTables *m)
{
    for (size_t i = 0; i < OZ_SET_COUNT; i++) {
        oz_charset_drop(m->sets[i]);
        m->sets[i] = NULL;
    }
    oz_block_free(m->four);
    m->four = NULL;
}

MultibyteState oz_multibyte_start(const MultibyteTables *m, bool decoding)
{
    MultibyteState state = {.number = 0};
    if (m->def->family == OZ_MB_ISO2022) {
        state.c[0] = state.c[1] = ASCII_MARK;
        state.c[2] = decoding ? ASCII_MARK : 0;
    }
    return state;
}

/* ---- pairs ---- */

static const Charset *pair_set(const MultibyteTables *m)
{
    const Charset *set = m->def->set == OZ_SET_NONE ? NULL : m->sets[m->def->set];
    return set && set->pair_count ? set : NULL;
}

static uint32_t pair_code(const Charset *set, uint32_t first, uint32_t second)
{
    for (unsigned i = 0; set && i < set->pair_count; i++)
        if (set->pairs[i].first == first && set->pairs[i].second == second)
            return set->pairs[i].code;
    return 0;
}

bool oz_multibyte_begins_pair(const MultibyteTables *m, uint32_t character)
{
    const Charset *set = pair_set(m);
    for (unsigned i = 0; set && i < set->pair_count; i++)
        if (set->pairs[i].first == character)
            return true;
    return false;
}

bool oz_multibyte_is_pair(const MultibyteTables *m, uint32_t first, uint32_t second)
{
    return pair_code(pair_set(m), first, second) != 0;
}

/* What a code stands for, as a result of `length` bytes; -wrong: for nothing. */
static int found(const Charset *set, uint32_t code, int length, int wrong, uint32_t out[2],
                 unsigned *count)
{
    uint32_t character = oz_charset_decode(set, code);
    if (character == OZ_NO_CHARACTER)
        return -wrong;
    *count = 1;
    out[0] = character;
    if (character & OZ_PAIR_FLAG) {
        const CharPair *pair = &set->pairs[character & ~OZ_PAIR_FLAG];
        *count = 2;
        out[0] = pair->first;
        out[1] = pair->second;
    }
    return length;
}

static int one_character(uint32_t character, int length, uint32_t out[2], unsigned *count)
{
    out[0] = character;
    *count = 1;
    return length;
}

/* ---- a byte or several ---- */

static int decode_plain(const Charset *set, const uint8_t *s, size_t n, uint32_t out[2],
                        unsigned *count)
{
    if (set->one[s[0]] != OZ_NO_CHARACTER)
        return one_character(set->one[s[0]], 1, out, count);
    if (!set->lead[s[0]])
        return -1;
    bool three = set->three && s[0] == 0x8f;
    if (n < (three ? 3u : 2u))
        return 0;
    if (three && !(s[1] & 0x80))
        return -1;
    return three ? found(set, 0x8f0000u | (uint32_t)s[1] << 8 | s[2], 3, 1, out, count)
                 : found(set, (uint32_t)s[0] << 8 | s[1], 2, 1, out, count);
}

static int put_code(uint32_t code, uint8_t *out)
{
    int length = code > 0xffff ? 3 : code > 0xff ? 2 : 1;
    for (int i = 0; i < length; i++)
        out[i] = (uint8_t)(code >> 8 * (length - 1 - i));
    return length;
}

static int encode_plain(const Charset *set, uint32_t first, uint32_t second, uint8_t *out)
{
    uint32_t code = second ? pair_code(set, first, second) : oz_charset_encode(set, first);
    return code || !first ? put_code(code, out) : -1;
}

/* ---- EUC-KR: syllables spelled as a filler and three letters ---- */

/* The second byte of the letters, which all begin with a4; the last are 0xd4 where there is none.
 */
static const uint8_t initials[] = "\xa1\xa2\xa4\xa7\xa8\xa9\xb1\xb2\xb3\xb5\xb6\xb7\xb8\xb9\xba\xbb"
                                  "\xbc\xbd\xbe";
static const uint8_t finals[] = "\xd4\xa1\xa2\xa3\xa4\xa5\xa6\xa7\xa9\xaa\xab\xac\xad\xae\xaf\xb0"
                                "\xb1\xb2\xb4\xb5\xb6\xb7\xb8\xba\xbb\xbc\xbd\xbe";
enum { LETTER = 0xa4, FILLER = 0xd4, MEDIAL = 0xbf, MEDIALS = 21, FINALS = 28, SPELLED = 8 };

static int decode_hangul(const Charset *set, const uint8_t *s, size_t n, uint32_t out[2],
                         unsigned *count)
{
    if (n < 2 || s[0] != LETTER || s[1] != FILLER)
        return decode_plain(set, s, n, out, count);
    if (n < SPELLED)
        return 0;
    const uint8_t *initial = memchr(initials, s[3], sizeof initials - 1);
    const uint8_t *final = memchr(finals, s[7], sizeof finals - 1);
    unsigned medial = s[5] - (unsigned)MEDIAL;
    if (s[2] != LETTER || s[4] != LETTER || s[6] != LETTER || !initial || !final ||
        medial >= MEDIALS)
        return -1;
    uint32_t index = (uint32_t)((initial - initials) * MEDIALS + medial) * FINALS;
    return one_character(0xac00 + index + (uint32_t)(final - finals), SPELLED, out, count);
}

static int encode_hangul(const Charset *set, uint32_t c, uint8_t *out)
{
    int length = encode_plain(set, c, 0, out);
    if (length > 0 || c - 0xac00 >= 11172)
        return length;
    uint32_t index = c - 0xac00;
    const uint8_t spelled[SPELLED] = {LETTER, FILLER,
                                      LETTER, initials[index / (MEDIALS * FINALS)],
                                      LETTER, (uint8_t)(MEDIAL + index / FINALS % MEDIALS),
                                      LETTER, finals[index % FINALS]};
    memcpy(out, spelled, SPELLED);
    return SPELLED;
}

/* ---- GB 18030 ---- */

enum { FOUR_ASTRAL = 189000 }; /* 90308130, U+10000 */

static bool is_digit(uint8_t byte)
{
    return byte >= 0x30 && byte <= 0x39;
}

static int decode_gb18030(const MultibyteTables *m, const uint8_t *s, size_t n, uint32_t out[2],
                          unsigned *count)
{
    if (n < 2 || s[0] < 0x80 || !is_digit(s[1]))
        return decode_plain(m->sets[m->def->set], s, n, out, count);
    if (n < 4)
        return 0;
    if (s[0] < 0x81 || s[0] > 0xfe || s[2] < 0x81 || s[2] > 0xfe || !is_digit(s[3]))
        return -1;
    uint32_t place =
        (((s[0] - 0x81u) * 10 + s[1] - 0x30u) * 126 + s[2] - 0x81u) * 10 + s[3] - 0x30u;
    if (place < m->four_count)
        return one_character(m->four[place], 4, out, count);
    if (place < FOUR_ASTRAL || place - FOUR_ASTRAL >= 0x100000)
        return -1;
    return one_character(place - FOUR_ASTRAL + 0x10000, 4, out, count);
}

static int encode_gb18030(const MultibyteTables *m, uint32_t c, uint8_t *out)
{
    int length = encode_plain(m->sets[m->def->set], c, 0, out);
    if (length > 0 || c - 0xd800 < 0x800)
        return length;
    uint32_t place = c - 0x10000 + FOUR_ASTRAL;
    if (c < 0x10000) {
        unsigned low = 0, high = m->four_count;
        while (low < high) {
            unsigned middle = (low + high) / 2;
            if (m->four[middle] < c)
                low = middle + 1;
            else
                high = middle;
        }
        if (low == m->four_count || m->four[low] != c)
            return -1;
        place = low;
    }
    out[3] = (uint8_t)(0x30 + place % 10);
    out[2] = (uint8_t)(0x81 + place / 10 % 126);
    out[1] = (uint8_t)(0x30 + place / 1260 % 10);
    out[0] = (uint8_t)(0x81 + place / 12600);
    return 4;
}

/* ---- HZ: c[0] says whether what comes is Chinese ---- */

static int decode_tilde(MultibyteState *state, uint8_t next, uint32_t out[2], unsigned *count)
{
    bool chinese = state->c[0];
    if (next == '~' && !chinese)
        return one_character('~', 2, out, count);
    if (next == '\n' && !chinese)
        return 2;
    if (next != (chinese ? '}' : '{'))
        return -1;
    state->c[0] = !chinese;
    return 2;
}

static int decode_hz(const Charset *set, MultibyteState *state, const uint8_t *s, size_t n,
                     uint32_t out[2], unsigned *count)
{
    if (s[0] == '~')
        return n < 2 ? 0 : decode_tilde(state, s[1], out, count);
    if (s[0] & 0x80)
        return -1;
    if (!state->c[0])
        return one_character(s[0], 1, out, count);
    if (n < 2)
        return 0;
    if (s[1] & 0x80)
        return -1;
    return found(set, 0x8080u | (uint32_t)s[0] << 8 | s[1], 2, 1, out, count);
}

static int encode_hz(const Charset *set, MultibyteState *state, uint32_t c, uint8_t *out)
{
    uint8_t code[3];
    int n = 0, length = encode_plain(set, c, 0, code);
    if (length < 0)
        return -1;
    if (state->c[0] != (length > 1)) {
        out[n++] = '~';
        out[n++] = length > 1 ? '{' : '}';
        state->c[0] = length > 1;
    }
    if (c == '~')
        out[n++] = '~';
    for (int i = 0; i < length; i++)
        out[n++] = code[i] & 0x7f;
    return n;
}

/* ---- ISO 2022: c[0] to c[2] are the marks of G0 to G2, c[4] the flags ---- */

static const Designation *designation_of(const MultibyteTables *m, uint8_t mark)
{
    for (const Designation *d = m->def->designations; d->mark; d++)
        if (d->mark == mark)
            return d;
    return NULL;
}

static bool has_plane2(const MultibyteTables *m)
{
    return designation_of(m, 'A') != NULL;
}

static bool ends_escape(uint8_t byte)
{
    return (byte >= 'A' && byte <= 'Z') || byte == '@';
}

/* The sequence at `s`: its length, 0: there must be more, -1: it has no end. */
static int escape_length(const uint8_t *s, size_t n)
{
    for (size_t i = 1; i < 16; i++) {
        if (i >= n)
            return 0;
        if (ends_escape(s[i]))
            return (int)i + 1;
        if (s[i] == '&' && i + 1 < n && s[i + 1] == '@')
            i += 2; /* the revision of a set, before the set itself */
    }
    return -1;
}

/* Read an escape sequence that changes G0, G1 or G2. */
static int decode_escape(const MultibyteTables *m, MultibyteState *state, const uint8_t *s,
                         size_t n)
{
    int length = escape_length(s, n);
    if (length <= 0)
        return length;
    uint8_t mark = s[length - 1];
    int plane = -1;
    if (length == 3) {
        plane = s[1] == '(' || s[1] == '$' ? 0 : s[1] == ')' ? 1 : s[1] == '.' ? 2 : -1;
        mark |= s[1] == '$' ? WIDE : 0;
    } else if (length == 4 && s[1] == '$') {
        plane = s[2] == '(' ? 0 : s[2] == ')' ? 1 : -1;
        mark |= WIDE;
    } else if (length == 6 && memcmp(s + 1, "&@\x1b$B", 5) == 0) {
        plane = 0;
        mark |= WIDE;
    }
    if (plane < 0 || (plane == 2 && !has_plane2(m)) ||
        (mark != ASCII_MARK && !designation_of(m, mark)))
        return -length;
    state->c[plane] = mark;
    return length;
}

/* A character of G2: the upper half of ISO 8859-1 or 8859-7. */
static uint32_t latin_or_greek(uint8_t mark, uint8_t byte)
{
    if (mark == 'A')
        return byte | 0x80u;
    switch (byte | 0x80) {
    case 0xa1:
        return 0x2018;
    case 0xa2:
        return 0x2019;
    case 0xaf:
        return 0x2015;
    case 0xa4:
    case 0xa5:
    case 0xaa:
    case 0xae:
    case 0xd2:
    case 0xff:
        return OZ_NO_CHARACTER;
    case 0xb7:
    case 0xbb:
    case 0xbd:
        return byte | 0x80u;
    default:
        return (byte | 0x80u) >= 0xb4 ? 0x2d0u + (byte | 0x80u) : byte | 0x80u;
    }
}

static int decode_plane2(MultibyteState *state, const uint8_t *s, size_t n, uint32_t out[2],
                         unsigned *count)
{
    if (n < 3)
        return 0;
    uint8_t mark = state->c[2];
    if (s[2] & 0x80)
        return -3;
    if (mark != 'A' && mark != 'F')
        return one_character(s[2], 3, out, count);
    uint32_t c = latin_or_greek(mark, s[2]);
    return c == OZ_NO_CHARACTER ? -3 : one_character(c, 3, out, count);
}

/* JIS X 0201: a Roman half with two other signs, and half-width katakana. */
static uint32_t jisx0201(uint8_t mark, uint8_t byte)
{
    if (mark == 'J')
        return byte == 0x5c ? 0xa5 : byte == 0x7e ? 0x203e : byte;
    return byte >= 0x21 && byte <= 0x5f ? 0xff40u + byte : OZ_NO_CHARACTER;
}

/* Do the two bytes of a code (with their high bits) belong to the set, and not to others that the
 * table has besides? */
static bool in_set(const Designation *d, uint32_t code)
{
    uint32_t row = code >> 8 & 0x7f, cell = code & 0x7f;
    if ((code & 0x8080) != 0x8080 || row < 0x21 || row > 0x7e || cell < 0x21 || cell > 0x7e)
        return false;
    bool second = row >= 0x6e || row == 0x21 || (row >= 0x23 && row <= 0x25) || row == 0x28 ||
                  (row >= 0x2c && row <= 0x2f);
    return d->rows != ROWS_PLANE2 || second; /* the other rows are JIS X 0212's */
}

static uint32_t wide_code(const Designation *d, const uint8_t *s)
{
    return 0x8080u | (uint32_t)s[0] << 8 | s[1] | (d->rows != ROWS_TWO ? 0x8f0000u : 0);
}

static int decode_set(const MultibyteTables *m, uint8_t mark, const uint8_t *s, size_t n,
                      uint32_t out[2], unsigned *count)
{
    const Designation *d = mark == ASCII_MARK ? NULL : designation_of(m, mark);
    if (!d)
        return one_character(s[0], 1, out, count);
    if (mark & WIDE) {
        if (n < 2)
            return 0;
        return s[1] & 0x80 || !in_set(d, wide_code(d, s) & 0xffff)
                   ? -2
                   : found(m->sets[d->set], wide_code(d, s), 2, 2, out, count);
    }
    uint32_t c = jisx0201(mark, s[0]);
    return c == OZ_NO_CHARACTER ? -1 : one_character(c, 1, out, count);
}

static int decode_iso2022(const MultibyteTables *m, MultibyteState *state, const uint8_t *s,
                          size_t n, uint32_t out[2], unsigned *count)
{
    uint8_t *flags = &state->c[4];
    if (*flags & ESCAPING) { /* an escape sequence of another kind is handed on */
        if (ends_escape(s[0]))
            *flags &= (uint8_t)~ESCAPING;
        return one_character(s[0], 1, out, count);
    }
    if (s[0] == ESCAPE) {
        if (n < 2)
            return 0;
        if (strchr("()$.&", s[1]) && s[1])
            return decode_escape(m, state, s, n);
        if (s[1] == 'N' && has_plane2(m))
            return decode_plane2(state, s, n, out, count);
        *flags |= ESCAPING;
        return one_character(ESCAPE, 1, out, count);
    }
    if (m->def->shifts && (s[0] == SHIFT_IN || s[0] == SHIFT_OUT)) {
        *flags = s[0] == SHIFT_OUT ? *flags | SHIFTED : *flags & (uint8_t)~SHIFTED;
        return 1;
    }
    if (s[0] == '\n')
        *flags &= (uint8_t)~SHIFTED;
    if (s[0] < 0x20)
        return one_character(s[0], 1, out, count);
    if (s[0] & 0x80)
        return -1;
    return decode_set(m, state->c[*flags & SHIFTED ? 1 : 0], s, n, out, count);
}

/* The code of a character in one of the sets, seven bits each byte; 0: it is not in it. */
static uint32_t set_code(const MultibyteTables *m, const Designation *d, uint32_t first,
                         uint32_t second)
{
    if (d->plane == 2)
        return 0; /* only read */
    if (d->mark == 'J')
        return first == 0xa5                                    ? 0x5c
               : first == 0x203e                                ? 0x7e
               : first < 0x80 && first != 0x5c && first != 0x7e ? first
                                                                : 0;
    if (d->mark == 'I')
        return first >= 0xff61 && first <= 0xff9f ? first - 0xff40 : 0;
    const Charset *set = m->sets[d->set];
    uint32_t code = second ? pair_code(set, first, second) : oz_charset_encode(set, first);
    bool fits = (code > 0xffff) == (d->rows != ROWS_TWO) && in_set(d, code & 0xffff);
    return fits ? code & 0x7f7f : 0;
}

static int switch_to(MultibyteState *state, const Designation *d, uint8_t *out)
{
    int n = 0;
    if (d->plane == 0 && state->c[4] & SHIFTED) {
        out[n++] = SHIFT_IN;
        state->c[4] &= (uint8_t)~SHIFTED;
    }
    if (state->c[d->plane] != d->mark) {
        uint8_t letter = d->mark & (uint8_t)~WIDE;
        out[n++] = ESCAPE;
        if (d->mark & WIDE)
            out[n++] = '$';
        bool old = d->plane == 0 && d->mark & WIDE && (letter == 'B' || letter == '@');
        if (!old)
            out[n++] = d->plane ? ')' : '(';
        out[n++] = letter;
        state->c[d->plane] = d->mark;
    }
    if (d->plane == 1 && !(state->c[4] & SHIFTED)) {
        out[n++] = SHIFT_OUT;
        state->c[4] |= SHIFTED;
    }
    return n;
}

static int encode_iso2022(const MultibyteTables *m, MultibyteState *state, uint32_t first,
                          uint32_t second, uint8_t *out)
{
    static const Designation ascii = {ASCII_MARK, 0, 0, 0};
    if (first < 0x80) {
        int n = switch_to(state, &ascii, out);
        out[n++] = (uint8_t)first;
        return n;
    }
    for (const Designation *d = m->def->designations; d->mark; d++) {
        uint32_t code = set_code(m, d, first, second);
        if (code) {
            int n = switch_to(state, d, out);
            if (d->mark & WIDE)
                out[n++] = (uint8_t)(code >> 8);
            out[n++] = (uint8_t)code;
            return n;
        }
    }
    return -1;
}

/* ---- the steps ---- */

int oz_multibyte_decode(const MultibyteTables *m, MultibyteState *state, const uint8_t *s, size_t n,
                        uint32_t out[2], unsigned *count)
{
    *count = 0;
    const Charset *set = m->def->set == OZ_SET_NONE ? NULL : m->sets[m->def->set];
    switch (m->def->family) {
    case OZ_MB_HANGUL:
        return decode_hangul(set, s, n, out, count);
    case OZ_MB_GB18030:
        return decode_gb18030(m, s, n, out, count);
    case OZ_MB_HZ:
        return decode_hz(set, state, s, n, out, count);
    case OZ_MB_ISO2022:
        return decode_iso2022(m, state, s, n, out, count);
    default:
        return decode_plain(set, s, n, out, count);
    }
}

int oz_multibyte_encode(const MultibyteTables *m, MultibyteState *state, uint32_t first,
                        uint32_t second, uint8_t out[OZ_MB_OUT])
{
    const Charset *set = m->def->set == OZ_SET_NONE ? NULL : m->sets[m->def->set];
    switch (m->def->family) {
    case OZ_MB_HANGUL:
        return encode_hangul(set, first, out);
    case OZ_MB_GB18030:
        return encode_gb18030(m, first, out);
    case OZ_MB_HZ:
        return encode_hz(set, state, first, out);
    case OZ_MB_ISO2022:
        return encode_iso2022(m, state, first, second, out);
    default:
        return encode_plain(set, first, second, out);
    }
}

int oz_multibyte_finish(const MultibyteTables *m, MultibyteState *state, uint8_t out[OZ_MB_OUT])
{
    static const Designation ascii = {ASCII_MARK, 0, 0, 0};
    if (m->def->family == OZ_MB_ISO2022)
        return switch_to(state, &ascii, out);
    if (m->def->family != OZ_MB_HZ || !state->c[0])
        return 0;
    state->c[0] = 0;
    memcpy(out, "~}", 2);
    return 2;
}
