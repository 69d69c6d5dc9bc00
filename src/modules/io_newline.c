// SPDX-License-Identifier: MIT
// Newlines in text: the three forms (\n, \r, \r\n), what was seen of them, and where lines end.
//
// A \r at the end of a piece of text waits until it is known whether a \n follows, so that a pair
// is never torn apart.
#include "modules/io.h"

#include <string.h>

/* ---- passing text through ---- */

static Ref without_last(Thread *t, Ref text)
{
    scoped Ref whole = text;
    return oz_str_slice(t, whole, 0, oz_str_length(oz_as_str(whole)) - 1);
}

/* Note the newlines in the text; how many pairs there are. */
static size_t look(Newlines *state, Text s)
{
    size_t pairs = 0;
    for (size_t i = 0; i < s.length; i++) {
        uint32_t c = oz_text_char(s, i);
        if (c == '\n') {
            state->seen |= OZ_SEEN_LF;
        } else if (c == '\r') {
            bool pair = i + 1 < s.length && oz_text_char(s, i + 1) == '\n';
            state->seen |= pair ? OZ_SEEN_CRLF : OZ_SEEN_CR;
            pairs += pair;
            i += pair;
        }
    }
    return pairs;
}

static Ref translated(Thread *t, const Str *from, size_t pairs)
{
    Text s = oz_text_of(from);
    Ref result = oz_str_alloc(t, s.length - pairs, oz_str_widest(from));
    if (!result)
        return NULL;
    void *out = (void *)(uintptr_t)oz_str_data((const Str *)result);
    size_t n = 0;
    for (size_t i = 0; i < s.length; i++) {
        uint32_t c = oz_text_char(s, i);
        if (c == '\r') {
            c = '\n';
            i += i + 1 < s.length && oz_text_char(s, i + 1) == '\n';
        }
        oz_text_put(out, s.width, n++, c);
    }
    return result;
}

Ref oz_newlines_decode(Thread *t, Newlines *state, Ref taken, bool final)
{
    scoped Ref text = taken;
    size_t length = oz_str_length(oz_as_str(text));
    if (state->pending_cr && (final || length)) {
        scoped Ref cr = oz_str_from_ascii(t, "\r", 1);
        scoped Ref whole = cr ? oz_str_concat(t, cr, text) : NULL;
        if (!whole)
            return NULL;
        oz_drop(text);
        text = oz_move(&whole);
        length++;
        state->pending_cr = false;
    }
    if (length && !final && oz_str_at(oz_as_str(text), length - 1) == '\r') {
        Ref shorter = without_last(t, oz_move(&text));
        if (!shorter)
            return NULL;
        text = shorter;
        length--;
        state->pending_cr = true;
    }
    Text s = oz_text_of(oz_as_str(text));
    if (oz_text_find_char(s, '\r') == OZ_NOT_FOUND) {
        if (!(state->seen & OZ_SEEN_LF) && oz_text_find_char(s, '\n') != OZ_NOT_FOUND)
            state->seen |= OZ_SEEN_LF;
        return oz_move(&text);
    }
    size_t pairs = look(state, s);
    return state->translate ? translated(t, oz_as_str(text), pairs) : oz_move(&text);
}

Ref oz_newlines_seen(Thread *t, const Newlines *state)
{
    static const char *const texts[] = {"\r", "\n", "\r\n"};
    Ref found[3] = {NULL};
    size_t count = 0;
    for (unsigned i = 0; i < 3; i++) {
        if (!(state->seen & 1 << i))
            continue;
        found[count] = oz_str_new(t, texts[i]);
        if (!found[count++])
            count = 4;
    }
    if (count == 0)
        return OZ_NONE;
    if (count == 1)
        return found[0];
    if (count <= 3 && found[count - 1])
        return oz_tuple_take(t, found, count);
    for (unsigned i = 0; i < 3; i++)
        oz_drop(found[i]);
    return NULL;
}

/* ---- where lines end ---- */

bool oz_line_ends_from(Thread *t, Obj newline, bool repr, LineEnds *ends)
{
    *ends = (LineEnds){.universal = true, .translate = true, .length = 1, .text = "\n"};
    if (!newline || newline == OZ_NONE)
        return true;
    const Str *s = oz_as_str(newline);
    size_t length = s ? oz_str_length(s) : 9;
    if (length > 2 || (length == 2 && !oz_str_equal_utf8(s, "\r\n")) ||
        (length == 1 && oz_str_at(s, 0) != '\n' && oz_str_at(s, 0) != '\r'))
        return oz_fail(t, OZ_ValueError,
                       repr ? "illegal newline value: %R" : "illegal newline value: %S", newline);
    ends->universal = length == 0;
    ends->translate = false;
    ends->length = (uint8_t)length;
    for (size_t i = 0; i < 3; i++)
        ends->text[i] = i < length ? (char)oz_str_at(s, i) : 0;
    return true;
}

static ssize_t any_end(Text s, size_t start)
{
    for (size_t i = start; i < s.length; i++) {
        uint32_t c = oz_text_char(s, i);
        if (c == '\n')
            return (ssize_t)i + 1;
        if (c == '\r')
            return (ssize_t)(i + 1 < s.length && oz_text_char(s, i + 1) == '\n' ? i + 2 : i + 1);
    }
    return -1;
}

ssize_t oz_line_end(const LineEnds *ends, Text s, size_t start, size_t *consumed)
{
    *consumed = s.length;
    if (ends->universal && !ends->translate)
        return any_end(s, start);
    if (ends->length == 1 || ends->translate) {
        size_t at = oz_text_find_char(oz_text_part(s, start, s.length),
                                      (uint8_t)(ends->translate ? '\n' : ends->text[0]));
        return at == OZ_NOT_FOUND ? -1 : (ssize_t)(start + at + 1);
    }
    for (size_t i = start; i < s.length; i++) {
        size_t at = oz_text_find_char(oz_text_part(s, i, s.length), '\r');
        if (at == OZ_NOT_FOUND)
            return -1;
        i += at;
        if (i + 1 == s.length)
            *consumed = i;
        else if (oz_text_char(s, i + 1) == '\n')
            return (ssize_t)i + 2;
    }
    return -1;
}

/* ---- IncrementalNewlineDecoder ---- */

#define NEWLINE_DECODER_REFS(REF)                                                                  \
    REF(decoder) /* the decoder of bytes, or None: texts come in; empty before __init__ */         \
    REF(errors)

typedef struct NewlineDecoder {
    Object base;
    NEWLINE_DECODER_REFS(OZ_FIELD)
    Newlines state; /* [object] */
} NewlineDecoder;
OZ_TYPE_LIFE(newline_decoder, NewlineDecoder, NEWLINE_DECODER_REFS)

static NewlineDecoder *ready(Thread *t, Obj v)
{
    NewlineDecoder *self = (NewlineDecoder *)v;
    if (self->decoder)
        return self;
    oz_raise(t, OZ_ValueError, "IncrementalNewlineDecoder.__init__() not called");
    return NULL;
}

OZ_NEW(newline_decoder, "($type, /, *args, **kwargs)")
{
    return (Ref)oz_instance_new(t, (Class *)a[0], 0);
}

OZ_INIT(newline_decoder, "($self, /, decoder, translate, errors='strict')")
{
    NewlineDecoder *self = (NewlineDecoder *)a[0];
    bool translate;
    if (!oz_truth(t, a[2], &translate))
        return NULL;
    oz_store(&self->base, &self->decoder, oz_retain(a[1]));
    oz_store(&self->base, &self->errors, oz_retain(a[3]));
    self->state = (Newlines){.translate = translate};
    return OZ_NONE;
}

OZ_METHOD(newline_decoder, decode, "($self, /, input, final=False)",
          "Decode, and pass the newlines through.")
{
    NewlineDecoder *self = ready(t, a[0]);
    bool final;
    if (!self || !oz_truth(t, a[2], &final))
        return NULL;
    scoped Ref text = NULL;
    if (self->decoder == OZ_NONE) {
        text = oz_retain(a[1]);
    } else {
        scoped Ref decoder = oz_retain(self->decoder);
        const Obj arguments[] = {a[1], oz_bool(final)};
        text = oz_call_method(t, decoder, OZ_NAME(t, decode), 2, arguments);
    }
    if (!text)
        return NULL;
    const Str *exact = oz_as_str(text);
    if (!exact)
        return oz_raise(t, OZ_TypeError, "decoder should return a string result, not '%T'", text);
    return oz_newlines_decode(t, &self->state, oz_retain((Obj)exact), final);
}

OZ_METHOD(newline_decoder, getstate, "($self, /)", "Return (bytes that wait, flags).")
{
    NewlineDecoder *self = ready(t, a[0]);
    scoped Ref held = NULL;
    uint64_t flags = 0;
    if (!self)
        return NULL;
    if (self->decoder == OZ_NONE) {
        held = oz_bytes_new(t, "", 0);
    } else {
        scoped Ref state = oz_io_call(t, self->decoder, OZ_NAME(t, getstate));
        if (!state)
            return NULL;
        const Tuple *pair = oz_as_tuple(state);
        if (!pair || pair->length != 2)
            return oz_raise(t, OZ_TypeError, "illegal decoder state");
        if (!oz_as_uint64(t, pair->items[1], &flags))
            return NULL;
        held = oz_retain(pair->items[0]);
        flags <<= 1;
    }
    scoped Ref n = held ? oz_int_from_uint64(t, flags | self->state.pending_cr) : NULL;
    return n ? oz_tuple_of(t, 2, held, n) : NULL;
}

OZ_METHOD(newline_decoder, setstate, "($self, state, /)", "Restore what getstate() gave.")
{
    NewlineDecoder *self = ready(t, a[0]);
    const Tuple *pair = self ? oz_as_tuple(a[1]) : NULL;
    uint64_t flags;
    if (!self)
        return NULL;
    if (!pair)
        return oz_raise(t, OZ_TypeError, "state argument must be a tuple");
    if (pair->length != 2)
        return oz_raise(t, OZ_TypeError, "setstate(): illegal state argument");
    if (!oz_as_uint64(t, pair->items[1], &flags))
        return NULL;
    self->state.pending_cr = flags & 1;
    if (self->decoder == OZ_NONE)
        return OZ_NONE;
    scoped Ref n = oz_int_from_uint64(t, flags >> 1);
    scoped Ref inner = n ? oz_tuple_of(t, 2, (Obj)pair->items[0], n) : NULL;
    return inner ? oz_io_call1(t, self->decoder, OZ_NAME(t, setstate), inner) : NULL;
}

OZ_METHOD(newline_decoder, reset, "($self, /)", "Forget what was decoded.")
{
    NewlineDecoder *self = ready(t, a[0]);
    if (!self)
        return NULL;
    self->state = (Newlines){.translate = self->state.translate};
    return self->decoder == OZ_NONE ? OZ_NONE : oz_io_call(t, self->decoder, OZ_NAME(t, reset));
}

static Ref get_newlines(Thread *t, Obj v)
{
    const NewlineDecoder *self = ready(t, v);
    return self ? oz_newlines_seen(t, &self->state) : NULL;
}

const TypeDef oz_newline_decoder_type = {
    .id = OZ_NEWLINE_DECODER,
    .name = "_io.IncrementalNewlineDecoder",
    .doc = "IncrementalNewlineDecoder(decoder, translate, errors='strict')\n\nA decoder around "
           "another (or None) that notes which newlines come, and with translate makes them \\n.",
    .size = sizeof(NewlineDecoder),
    .visit = newline_decoder_visit,
    .clear = newline_decoder_clear,
    .make = &newline_decoder_new_,
    .initialise = &newline_decoder_init_,
    .methods = OZ_METHODS(&newline_decoder_decode, &newline_decoder_getstate,
                          &newline_decoder_setstate, &newline_decoder_reset),
    .getsets = OZ_GETSETS({"newlines", get_newlines, NULL, "The newlines that were seen so far."}),
};
