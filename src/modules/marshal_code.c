// SPDX-License-Identifier: MIT
// Code objects as bytes: what marshal writes behind the type 'c'.
//
// A wrong instruction could do anything, so code is taken only as it was written: its bytes follow
// a seal, a hash of them whose key is the fingerprint of all sources that decide what our bytecode
// is (the Makefile computes it).  What was damaged, cut short, or written by another version of
// Ounce or by CPython does not match, and ValueError says so.  The key is no secret: a seal shows
// that nobody changed the code by accident.  Who forges one could as well write the source, so
// the machine is as safe as the files that a program is told to import.
// Behind the seal reading still keeps within the bytes and the sizes of what it makes; debug builds
// also run the verifier (bytecode/verify.h) over each code object.
//
// Layout: length of the rest (4 bytes), seal (8), number of strs, the strs, the code object.  Each
// str stands there once: for each its length times 4, plus 1 if it is interned, plus 2 if it is not
// ASCII.  Numbers are written in base 128, least significant first.  Instructions are written
// without their caches, which are empty when it is read; positions as they are.  Constants are
// values of marshal, but a str is 'v' and its number, and code inside has no seal of its own.
//
// Reading a module costs a fiftieth of what compiling it costs.
#include "modules/marshal.h"

#include "base/utf8.h"
#include "bytecode/opcode.h"
#include "bytecode/verify.h"
#include "object/error.h"
#include "types/bytes.h"
#include "types/codec.h"
#include "types/int.h"
#include "types/str.h"
#include "types/tuple.h"

#include <string.h>

/* 0xc0 and more in the second byte: beyond all that CPython has used or will use for long. */
const uint8_t oz_code_magic[OZ_MAGIC_LENGTH] = {
    OZ_CODE_FINGERPRINT & 0xff, 0xc0 | (OZ_CODE_FINGERPRINT >> 8 & 0x3f), '\r', '\n'};

#define MIX UINT64_C(0x9E3779B97F4A7C15)
enum { LANES = 4, STRIPE = LANES * 8 };

OZ_INLINE void mix_stripe(uint64_t lanes[static LANES], const uint8_t *data)
{
    uint64_t words[LANES];
    memcpy(words, data, STRIPE);
#pragma GCC unroll 4
    for (unsigned i = 0; i < LANES; i++) {
        lanes[i] = (lanes[i] ^ words[i]) * MIX;
        lanes[i] ^= lanes[i] >> 29;
    }
}

/* Four lanes of words side by side, each step a bijection of the lane and of the word: whatever
 * changes one word changes the seal.  The key is known, so a hash that resists an enemy (siphash)
 * would take four times as long for nothing. */
static uint64_t seal_of(const uint8_t *data, size_t length)
{
    const uint64_t key = OZ_CODE_FINGERPRINT ^ length;
    uint64_t lanes[LANES] = {key, key + MIX, key + 2 * MIX, key + 3 * MIX};
    uint8_t rest[STRIPE] = {0};
    size_t whole = length - length % STRIPE;
    for (size_t at = 0; at < whole; at += STRIPE)
        mix_stripe(lanes, data + at);
    memcpy(rest, data + whole, length - whole);
    mix_stripe(lanes, rest);
    uint64_t seal = sizeof(Code);
    for (unsigned i = 0; i < LANES; i++) {
        seal = (seal ^ lanes[i]) * MIX;
        seal ^= seal >> 32;
    }
    return seal;
}

enum { INTERNED = 1, WIDE = 2, KINDS = 4, MAX_LENGTH = 1 << 28 };

/* ---- writing ---- */

static bool put_number(Writer *w, uint64_t n)
{
    uint8_t bytes[10], *at = bytes;
    for (; n >= 128; n >>= 7)
        *at++ = (uint8_t)(n | 128);
    *at++ = (uint8_t)n;
    return oz_marshal_put(w, bytes, (size_t)(at - bytes));
}

bool oz_marshal_put_text(Writer *w, Obj text)
{
    Thread *t = w->t;
    scoped Ref known = NULL;
    Found found = oz_dict_get(t, w->numbers, text, &known);
    if (found == OZ_RAISED)
        return false;
    if (found == OZ_FOUND)
        return put_number(w, (uint64_t)oz_int_value(known));
    size_t number = oz_list_length(w->texts);
    return oz_dict_set(t, w->numbers, text, oz_int((int64_t)number)) &&
           oz_list_append(t, w->texts, text) && put_number(w, number);
}

/* A name, which is interned: that is what the table is to hold, if an equal str came first. */
static bool put_name(Writer *w, Obj name)
{
    scoped Ref interned = oz_intern_str(w->t, oz_retain(name)), known = NULL;
    if (!interned || !oz_marshal_put_text(w, interned) ||
        oz_dict_get(w->t, w->numbers, interned, &known) != OZ_FOUND)
        return false;
    return oz_list_set(w->t, w->texts, (size_t)oz_int_value(known), interned);
}

static bool put_names(Writer *w, Obj names)
{
    const Tuple *tuple = (const Tuple *)names;
    if (!put_number(w, tuple->length))
        return false;
    for (uint32_t i = 0; i < tuple->length; i++)
        if (!put_name(w, tuple->items[i]))
            return false;
    return true;
}

static bool put_indices(Writer *w, const uint32_t *indices, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (!put_number(w, indices[i]))
            return false;
    return true;
}

static bool put_instructions(Writer *w, const Code *code)
{
    if (!put_number(w, code->count))
        return false;
    for (uint32_t at = 0; at < code->count;) {
        const uint64_t *word = &code->instructions[at];
        const OpcodeInfo *info = &oz_opcodes[OZ_OP(*word)];
        size_t words = info->traits & OZ_TRAIT_C ? 1 : info->words;
        if (!oz_marshal_put(w, word, words * sizeof *word))
            return false;
        at += info->words;
    }
    return true;
}

static bool put_ranges(Writer *w, const Code *code)
{
    bool ok = put_number(w, code->range_count);
    for (uint32_t i = 0; ok && i < code->range_count; i++) {
        const ExceptionRange *r = &code->ranges[i];
        ok = put_number(w, r->start) && put_number(w, r->end) && put_number(w, r->handler) &&
             put_number(w, r->depth);
    }
    return ok;
}

static bool put_constants(Writer *w, const Tuple *constants)
{
    if (!put_number(w, constants->length))
        return false;
    for (uint32_t i = 0; i < constants->length; i++)
        if (!oz_marshal_put_value(w, constants->items[i]))
            return false;
    return true;
}

static bool put_body(Writer *w, const Code *code)
{
    const uint32_t numbers[] = {
        code->flags,        code->positional_only,  code->positional,
        code->keyword_only, code->parameters,       code->local_count,
        code->registers,    code->free_count,       code->attributes,
        code->spilled,      code->simple_arguments, (uint32_t)code->first_line};
    for (size_t i = 0; i < OZ_COUNT(numbers); i++)
        if (!put_number(w, numbers[i]))
            return false;
    return put_name(w, code->filename) && put_name(w, code->name) && put_name(w, code->qualname) &&
           put_names(w, code->names) && put_names(w, code->locals) && put_names(w, code->cells) &&
           put_names(w, code->frees) && put_indices(w, code->captures, code->free_count) &&
           put_indices(w, code->cell_locals, ((const Tuple *)code->cells)->length) &&
           put_instructions(w, code) && put_ranges(w, code) &&
           put_number(w, code->position_bytes) &&
           oz_marshal_put(w, code->positions, code->position_bytes) &&
           put_constants(w, (const Tuple *)code->constants);
}

static bool put_texts(Writer *w, const Writer *body)
{
    Thread *t = w->t;
    size_t count = oz_list_length(body->texts);
    bool ok = put_number(w, count);
    for (size_t i = 0; ok && i < count; i++) {
        scoped Ref text = oz_list_get(t, body->texts, i);
        scoped Ref bytes = text ? oz_encode(t, text, "utf-8", "surrogatepass") : NULL;
        if (!bytes)
            return false;
        const Str *s = oz_as_str(text);
        size_t length = oz_bytes_length((const Bytes *)bytes);
        unsigned kind = (oz_has_flag(&s->base, OZ_FLAG_INTERNED) ? INTERNED : 0) |
                        (oz_id(&s->base) == OZ_STR_ASCII ? 0 : WIDE);
        ok = put_number(w, length * KINDS + kind) &&
             oz_marshal_put(w, oz_bytes_data((const Bytes *)bytes), length);
    }
    return ok;
}

static bool put_sealed(Writer *w, const Writer *body)
{
    Writer all = {.t = w->t};
    uint32_t length = 0;
    uint64_t seal = 0;
    bool ok = put_texts(&all, body) && oz_marshal_put(&all, body->data, body->length);
    if (ok && all.length > MAX_LENGTH)
        ok = oz_fail(w->t, OZ_ValueError, "unmarshallable object");
    if (ok) {
        length = (uint32_t)all.length;
        seal = seal_of((const uint8_t *)all.data, all.length);
        ok = oz_marshal_put(w, &length, sizeof length) && oz_marshal_put(w, &seal, sizeof seal) &&
             oz_marshal_put(w, all.data, all.length);
    }
    oz_block_free(all.data);
    return ok;
}

bool oz_marshal_put_code(Writer *w, Obj v)
{
    const Code *code = (const Code *)v;
    if (w->texts)
        return put_body(w, code);
    scoped Ref texts = oz_list_new(w->t, 0), numbers = oz_dict_new(w->t);
    if (!texts || !numbers)
        return false;
    Writer body = {
        .t = w->t, .texts = (List *)texts, .numbers = (Dict *)numbers, .depth = w->depth};
    bool ok = put_body(&body, code) && put_sealed(w, &body);
    oz_block_free(body.data);
    return ok;
}

/* ---- reading ---- */

static Ref raise_bad(Reader *r)
{
    if (r->t->exception)
        return NULL;
    return oz_raise(r->t, OZ_ValueError, "bad marshal data (code object is malformed)");
}

static uint32_t get_long_number(Reader *r, uint32_t most)
{
    uint64_t n = 0;
    for (unsigned shift = 0; r->at < r->end && shift < 35; shift += 7) {
        uint8_t byte = *r->at++;
        n |= (uint64_t)(byte & 127) << shift;
        if (byte >= 128)
            continue;
        if (n <= most)
            return (uint32_t)n;
        break;
    }
    r->failed = true;
    return 0;
}

/* 0 and r->failed if there is none, or a larger one than `most`. */
OZ_INLINE uint32_t get_number(Reader *r, uint32_t most)
{
    if (OZ_LIKELY(r->at < r->end && *r->at < 128 && *r->at <= most))
        return *r->at++;
    return get_long_number(r, most);
}

static uint16_t get_short(Reader *r)
{
    return (uint16_t)get_number(r, UINT16_MAX);
}

static size_t left(const Reader *r)
{
    return (size_t)(r->end - r->at);
}

/* How many things of at least one byte each follow. */
static uint32_t get_count(Reader *r)
{
    size_t most = left(r);
    return get_number(r, most > MAX_LENGTH ? MAX_LENGTH : (uint32_t)most);
}

static Obj peek_text(Reader *r)
{
    uint32_t number = get_number(r, UINT32_MAX);
    if (!r->failed && number < r->text_count)
        return r->texts[number];
    r->failed = true;
    return NULL;
}

Ref oz_marshal_get_text(Reader *r)
{
    Obj text = peek_text(r);
    return text ? oz_retain(text) : raise_bad(r);
}

static Ref get_name(Reader *r)
{
    Obj name = peek_text(r);
    if (name && oz_has_flag(oz_object(name), OZ_FLAG_INTERNED))
        return oz_retain(name);
    r->failed = true;
    return NULL;
}

static Ref get_names(Reader *r)
{
    uint32_t count = get_count(r);
    if (!count)
        return oz_retain(r->t->vm->empty_tuple);
    Tuple *names = oz_tuple_alloc(r->t, count);
    for (uint32_t i = 0; names && i < count && !r->failed; i++)
        oz_tuple_init(names, i, get_name(r));
    return (Ref)names;
}

static bool make_block(Reader *r, void *place, size_t size)
{
    void *block = size ? oz_block_alloc(r->t->heap, size) : NULL;
    *(void **)place = block;
    return block || !size || oz_raise_memory(r->t) != NULL;
}

static bool get_indices(Reader *r, uint32_t **indices, uint32_t count)
{
    if (!make_block(r, indices, count * sizeof **indices))
        return false;
    for (uint32_t i = 0; i < count; i++)
        (*indices)[i] = get_number(r, UINT32_MAX);
    return true;
}

/* Fill `words` with instructions and empty caches; false: they are none, or do not fit. */
static bool get_words(Reader *r, uint64_t *words, uint32_t count)
{
    for (uint32_t at = 0; at < count;) {
        if (left(r) < sizeof *words)
            return false;
        memcpy(&words[at], r->at, sizeof *words);
        unsigned op = OZ_OP(words[at]);
        r->at += sizeof *words;
        if (op >= OP_COUNT)
            return false;
        const OpcodeInfo *info = &oz_opcodes[op];
        size_t more = info->words - 1u, size = more * sizeof *words;
        if (count - ++at < more)
            return false;
        if (info->traits & OZ_TRAIT_C) {
            memset(&words[at], 0, size);
        } else if (more) {
            if (left(r) < size)
                return false;
            memcpy(&words[at], r->at, size);
            r->at += size;
        }
        at += (uint32_t)more;
    }
    return true;
}

static bool get_instructions(Reader *r, Code *code)
{
    uint64_t *words;
    uint32_t count = get_count(r);
    if (!make_block(r, &words, (size_t)count * sizeof *words))
        return false;
    if (!count || !get_words(r, words, count)) {
        r->failed = true;
        oz_block_free(words);
        return true;
    }
    code->instructions = words;
    code->count = count;
    return true;
}

static bool get_ranges(Reader *r, Code *code)
{
    uint32_t count = get_count(r);
    if (!make_block(r, &code->ranges, (size_t)count * sizeof *code->ranges))
        return false;
    code->range_count = count;
    for (uint32_t i = 0; i < count; i++) {
        ExceptionRange *range = &code->ranges[i];
        range->start = get_number(r, code->count);
        range->end = get_number(r, code->count);
        range->handler = get_number(r, code->count);
        range->depth = get_number(r, code->registers);
    }
    return true;
}

static bool get_positions(Reader *r, Code *code)
{
    uint32_t count = get_count(r);
    if (count > left(r)) {
        r->failed = true;
        return true;
    }
    if (!make_block(r, &code->positions, count))
        return false;
    code->position_bytes = count;
    if (count)
        memcpy(code->positions, r->at, count);
    r->at += count;
    return true;
}

static bool get_constants(Reader *r, Code *code)
{
    uint32_t count = get_count(r);
    Tuple *constants = oz_tuple_alloc(r->t, count);
    if (!constants)
        return false;
    oz_store_raw(&code->base, &code->constants, (Ref)constants);
    for (uint32_t i = 0; i < count; i++) {
        Ref value = oz_marshal_get_value(r);
        if (!value)
            return false;
        oz_tuple_replace(constants, i, value);
    }
    return true;
}

static void get_numbers(Reader *r, Code *code)
{
    code->flags = get_number(r, UINT32_MAX);
    code->positional_only = get_number(r, UINT32_MAX);
    code->positional = get_number(r, UINT32_MAX);
    code->keyword_only = get_number(r, UINT32_MAX);
    code->parameters = get_short(r);
    code->local_count = get_short(r);
    code->registers = get_short(r);
    code->free_count = get_number(r, UINT32_MAX);
    code->attributes = get_short(r);
    code->spilled = get_number(r, UINT32_MAX);
    code->simple_arguments = get_short(r);
    code->first_line = (int32_t)get_number(r, UINT32_MAX);
}

static uint32_t count_of(Obj names)
{
    return ((const Tuple *)names)->length;
}

/* Names, in the order of put_body; the counts are what the numbers said. */
static bool get_all_names(Reader *r, Code *code)
{
    Ref *const names[] = {&code->names, &code->locals, &code->cells, &code->frees};
    Ref *const texts[] = {&code->filename, &code->name, &code->qualname};
    for (size_t i = 0; i < OZ_COUNT(texts) && !r->failed; i++)
        oz_store_raw(&code->base, texts[i], get_name(r));
    for (size_t i = 0; i < OZ_COUNT(names) && !r->failed; i++) {
        Ref tuple = get_names(r);
        if (!tuple)
            return false;
        oz_store_raw(&code->base, names[i], tuple);
    }
    if (!r->failed)
        r->failed = count_of(code->locals) != (uint64_t)oz_code_near(code) + code->spilled ||
                    count_of(code->frees) != code->free_count ||
                    code->registers < code->local_count || code->local_count < code->parameters;
    return true;
}

static bool is_sound(Reader *r, const Code *code)
{
#if OZ_CHECK_LEVEL >= 2
    char message[160];
    if (!oz_code_verify(r->t, code, message, sizeof message))
        return strcmp(message, "no memory") == 0
                   ? oz_raise_memory(r->t) != NULL
                   : oz_fail(r->t, OZ_ValueError, "bad marshal data (%s)", message);
#endif
    return r && code;
}

static Ref get_body(Reader *r)
{
    Code *code = oz_code_alloc(r->t);
    scoped Ref made = (Ref)code;
    if (!code)
        return NULL;
    get_numbers(r, code);
    if (!get_all_names(r, code))
        return NULL;
    if (r->failed || !get_indices(r, &code->captures, code->free_count) ||
        !get_indices(r, &code->cell_locals, count_of(code->cells)) || r->failed ||
        !get_instructions(r, code) || r->failed || !get_ranges(r, code) || r->failed ||
        !get_positions(r, code) || r->failed || !get_constants(r, code) || r->failed ||
        !is_sound(r, code))
        return raise_bad(r);
    return oz_move(&made);
}

static Ref get_table_text(Reader *r)
{
    uint32_t number = get_number(r, UINT32_MAX), length = number / KINDS;
    if (r->failed || length > left(r))
        return raise_bad(r);
    const char *data = (const char *)r->at;
    r->at += length;
    bool wide = number & WIDE;
    if (!wide && oz_ascii_prefix((const uint8_t *)data, length) < length)
        return raise_bad(r);
    if (number & INTERNED && !wide)
        return oz_intern_ascii(r->t, data, length);
    scoped Ref text = wide ? oz_decode_utf8(r->t, (const uint8_t *)data, length, "surrogatepass")
                           : oz_str_from_ascii(r->t, data, length);
    return text && number & INTERNED ? oz_intern_str(r->t, oz_move(&text)) : oz_move(&text);
}

static Ref get_opened(Reader *r)
{
    uint32_t count = get_count(r);
    r->texts = r->failed ? NULL : oz_block_alloc(r->t->heap, (count + (size_t)1) * sizeof(Ref));
    if (!r->texts)
        return r->failed ? raise_bad(r) : oz_raise_memory(r->t);
    Ref text = NULL;
    while (r->text_count < count && (text = get_table_text(r)) != NULL)
        r->texts[r->text_count++] = text;
    Ref code = r->text_count == count ? get_body(r) : NULL;
    for (uint32_t i = 0; i < r->text_count; i++)
        oz_drop(r->texts[i]);
    oz_block_free(r->texts);
    return code;
}

Ref oz_marshal_get_code(Reader *r)
{
    if (r->texts)
        return get_body(r);
    uint32_t length;
    uint64_t seal;
    if (!oz_marshal_need(r, sizeof length + sizeof seal))
        return NULL;
    memcpy(&length, r->at, sizeof length);
    memcpy(&seal, r->at + sizeof length, sizeof seal);
    r->at += sizeof length + sizeof seal;
    if (!oz_marshal_need(r, length))
        return NULL;
    if (seal != seal_of(r->at, length))
        return oz_raise(r->t, OZ_ValueError,
                        "bad marshal data (code that this version of Ounce did not write, or that "
                        "is damaged)");
    Reader inner = {.t = r->t, .at = r->at, .end = r->at + length, .depth = r->depth};
    r->at += length;
    return get_opened(&inner);
}

/* ---- file names ---- */

static bool rename_from(Thread *t, Code *code, Obj old, Obj filename)
{
    bool same = code->filename == old;
    if (!same && !oz_equal(t, code->filename, old, &same))
        return false;
    if (!same)
        return true;
    if (!oz_native_enter(t, ""))
        return false;
    oz_store(&code->base, &code->filename, oz_retain(filename));
    const Tuple *constants = (const Tuple *)code->constants;
    for (uint32_t i = 0; i < constants->length; i++)
        if (oz_is(constants->items[i], OZ_CODE) &&
            !rename_from(t, (Code *)constants->items[i], old, filename))
            return false;
    return true;
}

bool oz_code_rename(Thread *t, Code *code, Obj filename)
{
    scoped Ref old = oz_retain(code->filename);
    return rename_from(t, code, old, filename);
}
