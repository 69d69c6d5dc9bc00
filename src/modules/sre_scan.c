// SPDX-License-Identifier: MIT
// A scan: one pattern, one text, match after match, without cost per match but the match.
//
// Each pattern has an engine per kind of text and mode, made on first use and then kept.  Two
// threads may make one at the same time: the second finds the place taken and drops its own.
// Where PCRE2 gives up (its limits on steps and stack), the matcher of our own begins again.
#include "modules/sre_pattern.h"

#include "modules/native_type.h"
#include "types/bytes.h"

#include <limits.h>

#define NO_ENGINE ((void *)1)

static bool open_text(Thread *t, Scan *s, Obj string)
{
    s->str = oz_as_str(string);
    if (s->str) {
        s->text.data = oz_str_data(s->str);
        s->text.length = oz_str_length(s->str);
        s->text.width = oz_str_width(s->str);
        s->text.ascii = oz_is((Obj)s->str, OZ_STR_ASCII);
        return true;
    }
    s->text.width = 1;
    const Bytes *bytes = oz_as_bytes(string);
    if (bytes) {
        s->text.data = oz_bytes_data(bytes);
        s->text.length = oz_bytes_length(bytes);
        return true;
    }
    if (!oz_has_buffer(string))
        return oz_fail(t, OZ_TypeError, "expected string or bytes-like object, got '%T'", string);
    if (!oz_buffer_open(t, string, &s->view))
        return false;
    s->text.data = s->view.data ? (const void *)s->view.data : "";
    s->text.length = s->view.length;
    return true;
}

static size_t clamp(ssize_t n, size_t length)
{
    return n < 0 ? 0 : (size_t)n > length ? length : (size_t)n;
}

bool oz_scan_open(Thread *t, Scan *s, Pattern *pattern, Obj string, Obj pos, Obj endpos)
{
    ssize_t start = 0, end = SSIZE_MAX;
    *s = (Scan){.pattern = pattern, .string = oz_retain(string)};
    if ((pos && !oz_as_size_argument(t, pos, &start)) ||
        (endpos && !oz_as_size_argument(t, endpos, &end)))
        return false;
    if (!open_text(t, s, string))
        return false;
    if (!pattern->any_kind && pattern->is_bytes != (s->str == NULL))
        return oz_fail(t, OZ_TypeError,
                       s->str ? "cannot use a bytes pattern on a string-like object"
                              : "cannot use a string pattern on a bytes-like object");
    s->at = s->pos = clamp(start, s->text.length);
    s->text.length = clamp(end, s->text.length);
    s->variant = oz_sre_variant(&s->text);
    return true;
}

void oz_scan_close(Scan *s)
{
    if (s->room) {
        void *old = atomic_exchange(&s->pattern->rooms[s->variant], s->room);
        if (old)
            oz_sre_pcre_room_drop(old, s->variant);
        s->room = NULL;
    }
    oz_block_free(s->own);
    s->own = s->marks = NULL;
    oz_scoped_buffer(&s->view);
    oz_clear(&s->string);
}

/* The engine, or NULL: PCRE2 cannot do it, or has no memory now. */
static void *engine_slow(Thread *t, Pattern *p, SreVariant variant, SreMode mode)
{
    _Atomic(void *) *place = &p->engines[variant][mode];
    bool refused;
    void *made = oz_sre_pcre_new(t, &p->code, variant, mode, &refused);
    void *expected = NULL;
    if (!made && refused)
        return NULL;
    if (!atomic_compare_exchange_strong(place, &expected, made ? made : NO_ENGINE)) {
        if (made)
            oz_sre_pcre_drop(made, variant);
        made = expected == NO_ENGINE ? NULL : expected;
    }
    return made;
}

static void *engine_for(Thread *t, Scan *s, SreMode mode)
{
    void *engine = atomic_load(&s->pattern->engines[s->variant][mode]);
    if (!engine)
        engine = engine_slow(t, s->pattern, s->variant, mode);
    if (!engine || engine == NO_ENGINE)
        return NULL;
    if (!s->room)
        s->room = atomic_exchange(&s->pattern->rooms[s->variant], NULL);
    if (!s->room)
        s->room = oz_sre_pcre_room(t, s->pattern->code.groups, s->variant);
    return s->room ? engine : NULL;
}

/* Which of the groups that are set was closed last, where that is known without the path. */
static int64_t last_of(const Scan *s)
{
    const Pattern *p = s->pattern;
    if (p->code.groups == 0)
        return 0;
    uint32_t last = 0, best = 0;
    for (uint32_t g = 1; g <= p->code.groups; g++) {
        if (s->marks[2 * g] == SRE_UNSET)
            continue;
        uint32_t rank = oz_sre_program_rank(p->program, g);
        if (rank > best) {
            best = rank;
            last = g;
        }
    }
    return last && !oz_sre_program_is_ranked(p->program) ? -1 : (int64_t)last;
}

static Found run_own(Thread *t, Scan *s, SreMode mode)
{
    size_t bytes = (2 * (size_t)s->pattern->code.groups + 2) * sizeof *s->own;
    if (!s->own)
        s->own = oz_block_alloc(t->heap, bytes);
    if (!s->own) {
        oz_raise_memory(t);
        return OZ_RAISED;
    }
    uint32_t last;
    Found found =
        oz_sre_run(t, s->pattern->program, &s->text, s->at, mode, s->must_advance, s->own, &last);
    if (found == OZ_FOUND) {
        s->marks = s->own;
        s->last = last;
    }
    return found;
}

static Found find(Thread *t, Scan *s, SreMode mode)
{
    void *engine = engine_for(t, s, mode);
    if (engine) {
        Found found = oz_sre_pcre_run(engine, s->room, s->pattern->code.groups, &s->text, s->at,
                                      s->must_advance, &s->marks);
        if (found == OZ_FOUND)
            s->last = -2; /* match_new asks last_of */
        if (found != OZ_RAISED)
            return found;
    }
    return run_own(t, s, mode);
}

Found oz_scan_next(Thread *t, Scan *s, SreMode mode)
{
    if (s->at > s->text.length)
        return OZ_MISSING;
    if (!oz_poll(t))
        return OZ_RAISED;
    Found found = find(t, s, mode);
    if (found == OZ_FOUND) {
        s->must_advance = s->marks[1] == s->marks[0];
        s->at = s->marks[1];
    }
    return found;
}

Ref oz_scan_slice(Thread *t, const Scan *s, size_t start, size_t end)
{
    if (s->str)
        return oz_str_slice(t, (Obj)s->str, start, end);
    if (oz_is(s->string, OZ_BYTES) && start == 0 && end == oz_bytes_length(oz_as_bytes(s->string)))
        return oz_retain(s->string);
    return oz_bytes_new(t, (const uint8_t *)s->text.data + start, end - start);
}

Ref oz_scan_group(Thread *t, const Scan *s, uint32_t group, Obj otherwise)
{
    if (s->marks[2 * group] != SRE_UNSET)
        return oz_scan_slice(t, s, s->marks[2 * group], s->marks[2 * group + 1]);
    return otherwise ? oz_retain(otherwise) : oz_scan_slice(t, s, 0, 0);
}

Ref oz_match_new(Thread *t, const Scan *s)
{
    size_t bytes = (2 * (size_t)s->pattern->code.groups + 2) * sizeof(size_t);
    Match *m = oz_object_new(t, OZ_SRE_MATCH, sizeof(Match) + bytes);
    if (!m)
        return NULL;
    OZ_INIT_FIELD(m, string, oz_retain(s->string));
    OZ_INIT_FIELD(m, pattern, oz_retain((Obj)s->pattern));
    m->pos = s->pos;
    m->endpos = s->text.length;
    m->last = s->last == -2 ? last_of(s) : s->last;
    memcpy(m->marks, s->marks, bytes);
    return (Ref)m;
}
