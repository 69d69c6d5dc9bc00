// SPDX-License-Identifier: MIT
// _sre: re.Pattern, re.Match, scanners, and the functions that re's compiler asks for.
#include "modules/sre_pattern.h"

#include "modules/import.h"
#include "modules/modules.h"
#include "modules/native_type.h"
#include "types/mapping_proxy.h"

#define NO_ENGINE ((void *)1)

/* ---- functions for re's compiler ---- */

static bool character(Thread *t, Obj v, uint32_t *c)
{
    int n;
    if (!oz_as_int(t, v, &n))
        return false;
    *c = (uint32_t)n;
    return true;
}

OZ_FUNCTION(sre, getcodesize, "($module, /)", "Return the bytes of a word of code.")
{
    return oz_int(4);
}

OZ_FUNCTION(sre, ascii_iscased, "($module, character, /)", "Is it a letter of ASCII?")
{
    uint32_t c;
    return character(t, a[1], &c) ? oz_bool(oz_sre_cased_ascii(c)) : NULL;
}

OZ_FUNCTION(sre, unicode_iscased, "($module, character, /)", "Does it have another case?")
{
    uint32_t c;
    return character(t, a[1], &c) ? oz_bool(oz_sre_cased_unicode(c)) : NULL;
}

OZ_FUNCTION(sre, ascii_tolower, "($module, character, /)", "Return the lower case, of ASCII only.")
{
    uint32_t c;
    return character(t, a[1], &c) ? oz_int((int32_t)oz_sre_lower_ascii(c)) : NULL;
}

OZ_FUNCTION(sre, unicode_tolower, "($module, character, /)", "Return the simple lower case.")
{
    uint32_t c;
    return character(t, a[1], &c) ? oz_int((int32_t)oz_sre_lower_unicode(c)) : NULL;
}

static bool copy_code(Thread *t, Pattern *p, Obj code)
{
    const List *list = oz_as_list(code);
    size_t length = oz_list_length(list);
    p->code.words = oz_block_alloc(t->heap, (length + 1) * sizeof *p->code.words);
    if (!p->code.words)
        return oz_raise_memory(t) != NULL;
    for (; p->code.length < length; p->code.length++) {
        scoped Ref word = oz_list_get(t, (List *)code, p->code.length);
        uint64_t n;
        if (!word || !oz_as_uint64(t, word, &n))
            return false;
        if (n > UINT32_MAX)
            return oz_fail(t, OZ_OverflowError, "regular expression code size limit exceeded");
        p->code.words[p->code.length] = (uint32_t)n;
    }
    return true;
}

OZ_FUNCTION(sre, compile, "($module, /, pattern, flags, code, groups, groupindex, indexgroup)",
            "Make a pattern of code.")
{
    int flags;
    ssize_t groups;
    if (!oz_as_int(t, a[2], &flags))
        return NULL;
    if (!oz_as_list(a[3]))
        return oz_raise(t, OZ_TypeError, "compile() argument 'code' must be list, not %T", a[3]);
    if (!oz_as_size_argument(t, a[4], &groups))
        return NULL;
    if (!oz_as_dict(a[5]))
        return oz_raise(t, OZ_TypeError, "compile() argument 'groupindex' must be dict, not %T",
                        a[5]);
    if (!oz_as_tuple(a[6]))
        return oz_raise(t, OZ_TypeError, "compile() argument 'indexgroup' must be tuple, not %T",
                        a[6]);
    if (groups < 0 || groups > SRE_MAXGROUPS)
        return oz_raise(t, OZ_RuntimeError, "invalid SRE code");
    Pattern *p = oz_object_new(t, OZ_SRE_PATTERN, sizeof(Pattern));
    scoped Ref result = (Ref)p;
    if (!p)
        return NULL;
    p->flags = (uint32_t)flags;
    p->code.groups = (uint32_t)groups;
    p->any_kind = oz_is_none(a[1]);
    p->is_bytes = !oz_as_str(a[1]);
    OZ_INIT_FIELD(p, pattern, oz_retain(a[1]));
    OZ_INIT_FIELD(p, groupindex, oz_retain(a[5]));
    OZ_INIT_FIELD(p, indexgroup, oz_retain(a[6]));
    if (!copy_code(t, p, a[3]))
        return NULL;
    p->program = oz_sre_program_new(t, &p->code);
    return p->program ? oz_move(&result) : NULL;
}

/* ---- re.Pattern ---- */

static void sre_pattern_visit(const Object *object, Visitor *v)
{
    const Pattern *self = (const Pattern *)object;
    PATTERN_REFS(OZ_VISIT)
}

static void sre_pattern_clear(Thread *t OZ_UNUSED, Object *object)
{
    Pattern *self = (Pattern *)object;
    PATTERN_REFS(OZ_CLEAR)
}

/* Not in clear: a match that dies in the same cycle may still be looked at. */
static void sre_pattern_free(Thread *t OZ_UNUSED, Object *object)
{
    Pattern *self = (Pattern *)object;
    for (int variant = 0; variant < SRE_VARIANTS; variant++) {
        for (int mode = 0; mode < SRE_MODES; mode++) {
            void *engine = atomic_load(&self->engines[variant][mode]);
            if (engine && engine != NO_ENGINE)
                oz_sre_pcre_drop(engine, variant);
        }
        void *room = atomic_load(&self->rooms[variant]);
        if (room)
            oz_sre_pcre_room_drop(room, variant);
    }
    oz_sre_program_drop(self->program);
    oz_block_free(self->code.words);
}

#define SCAN_ARGS "($self, /, string, pos=0, endpos=<unrepresentable>)"

static Ref match_once(Thread *t, const Obj *a, SreMode mode)
{
    scoped_scan scan = {0};
    if (!oz_scan_open(t, &scan, (Pattern *)a[0], a[1], a[2], a[3]))
        return NULL;
    Found found = oz_scan_next(t, &scan, mode);
    return found == OZ_FOUND ? oz_match_new(t, &scan) : found == OZ_MISSING ? OZ_NONE : NULL;
}

OZ_METHOD(sre_pattern, match, SCAN_ARGS, "Match at the beginning of the string, or None.")
{
    return match_once(t, a, SRE_MATCH);
}

OZ_METHOD(sre_pattern, fullmatch, SCAN_ARGS, "Match the whole string, or None.")
{
    return match_once(t, a, SRE_FULLMATCH);
}

OZ_METHOD(sre_pattern, search, SCAN_ARGS, "Return the first match anywhere in the string, or None.")
{
    return match_once(t, a, SRE_SEARCH);
}

/* What findall gives for one match: the whole, the group, or a tuple of the groups. */
static Ref findings(Thread *t, const Scan *s)
{
    uint32_t groups = s->pattern->code.groups;
    if (groups <= 1)
        return oz_scan_group(t, s, groups, NULL);
    Tuple *tuple = oz_tuple_alloc(t, groups);
    scoped Ref result = (Ref)tuple;
    if (!tuple)
        return NULL;
    for (uint32_t g = 0; g < groups; g++) {
        Ref item = oz_scan_group(t, s, g + 1, NULL);
        if (!item)
            return NULL;
        oz_tuple_init(tuple, g, item);
    }
    return oz_move(&result);
}

OZ_METHOD(sre_pattern, findall, SCAN_ARGS, "Return a list of all matches that do not overlap.")
{
    scoped_scan scan = {0};
    if (!oz_scan_open(t, &scan, (Pattern *)a[0], a[1], a[2], a[3]))
        return NULL;
    scoped Ref list = oz_list_new(t, 0);
    if (!list)
        return NULL;
    for (;;) {
        Found found = oz_scan_next(t, &scan, SRE_SEARCH);
        if (found != OZ_FOUND)
            return found == OZ_MISSING ? oz_move(&list) : NULL;
        Ref item = findings(t, &scan);
        if (!item || !oz_list_append_take(t, (List *)list, item))
            return NULL;
    }
}

OZ_METHOD(sre_pattern, split, "($self, /, string, maxsplit=0)",
          "Split the string at the matches; groups of the pattern are in the list as well.")
{
    ssize_t most, n = 0;
    if (!oz_as_size_argument(t, a[2], &most))
        return NULL;
    scoped_scan scan = {0};
    if (!oz_scan_open(t, &scan, (Pattern *)a[0], a[1], NULL, NULL))
        return NULL;
    scoped Ref list = oz_list_new(t, 0);
    if (!list)
        return NULL;
    size_t from = 0;
    for (; !most || n < most; n++) {
        Found found = oz_scan_next(t, &scan, SRE_SEARCH);
        if (found == OZ_RAISED)
            return NULL;
        if (found == OZ_MISSING)
            break;
        Ref item = oz_scan_slice(t, &scan, from, scan.marks[0]);
        if (!item || !oz_list_append_take(t, (List *)list, item))
            return NULL;
        for (uint32_t g = 1; g <= scan.pattern->code.groups; g++) {
            item = oz_scan_group(t, &scan, g, (Obj)OZ_NONE);
            if (!item || !oz_list_append_take(t, (List *)list, item))
                return NULL;
        }
        from = scan.marks[1];
    }
    Ref rest = oz_scan_slice(t, &scan, from, scan.text.length);
    if (!rest || !oz_list_append_take(t, (List *)list, rest))
        return NULL;
    return oz_move(&list);
}

OZ_METHOD(sre_pattern, sub, "($self, /, repl, string, count=0)",
          "Return the string with the matches replaced by repl.")
{
    return oz_pattern_sub(t, (Pattern *)a[0], a[1], a[2], a[3], false);
}

OZ_METHOD(sre_pattern, subn, "($self, /, repl, string, count=0)",
          "Return (the string with the matches replaced, how many there were).")
{
    return oz_pattern_sub(t, (Pattern *)a[0], a[1], a[2], a[3], true);
}

/* ---- scanners and the iterator of finditer: a scan in an object ---- */

typedef struct Scanner {
    Object base;
    Ref pattern; /* [const] */
    Scan scan;   /* [object] */
    bool open;   /* [object] */
    bool busy;   /* [object] a search is under way */
} Scanner;

static void scanner_visit(const Object *object, Visitor *v)
{
    const Scanner *self = (const Scanner *)object;
    OZ_VISIT(pattern)
    oz_visit(v, self->scan.string, "string", -1);
    oz_visit(v, self->scan.view.owner, "buffer", -1);
}

static void scanner_clear(Thread *t OZ_UNUSED, Object *object)
{
    Scanner *self = (Scanner *)object;
    if (self->open) {
        self->open = false;
        oz_scan_close(&self->scan);
    }
    OZ_CLEAR(pattern)
}

static Ref scanner_new(Thread *t, uint32_t id, const Obj *a)
{
    scoped_scan scan = {0};
    if (!oz_scan_open(t, &scan, (Pattern *)a[0], a[1], a[2], a[3]))
        return NULL;
    Scanner *self = oz_object_new(t, id, sizeof(Scanner));
    if (!self)
        return NULL;
    OZ_INIT_FIELD(self, pattern, oz_retain(a[0]));
    oz_track(&self->base, scan.string);
    self->scan = scan;
    self->open = true;
    scan = (Scan){0};
    return (Ref)self;
}

static Ref scanner_step(Thread *t, Obj v, SreMode mode)
{
    Scanner *self = (Scanner *)v;
    if (!self->open)
        return NULL;
    if (self->busy)
        return oz_raise(t, OZ_ValueError, "regular expression scanner already executing");
    self->busy = true;
    Found found = oz_scan_next(t, &self->scan, mode);
    Ref match = found == OZ_FOUND ? oz_match_new(t, &self->scan) : NULL;
    self->busy = false;
    return match;
}

static Ref step_or_none(Thread *t, Obj v, SreMode mode)
{
    Ref match = scanner_step(t, v, mode);
    return match || t->exception ? match : OZ_NONE;
}

OZ_METHOD(sre_scanner, match, "($self, /)", "Match where the last match ended.")
{
    return step_or_none(t, a[0], SRE_MATCH);
}

OZ_METHOD(sre_scanner, search, "($self, /)", "Search from where the last match ended.")
{
    return step_or_none(t, a[0], SRE_SEARCH);
}

const TypeDef oz_sre_scanner_type = {
    .id = OZ_SRE_SCANNER,
    .name = "_sre.SRE_Scanner",
    .size = sizeof(Scanner),
    .flags = OZ_TYPE_FINAL | OZ_TYPE_NO_NEW,
    .visit = scanner_visit,
    .clear = scanner_clear,
    .methods = OZ_METHODS(&sre_scanner_match, &sre_scanner_search),
    .members = OZ_MEMBERS({"pattern", offsetof(Scanner, pattern), OZ_MEMBER_READONLY, NULL}),
};

static Ref iterator_next(Thread *t, Obj v)
{
    return scanner_step(t, v, SRE_SEARCH);
}

const TypeDef oz_sre_iterator_type = {
    .id = OZ_SRE_ITERATOR,
    .name = "callable_iterator",
    .size = sizeof(Scanner),
    .flags = OZ_TYPE_FINAL | OZ_TYPE_NO_NEW,
    .visit = scanner_visit,
    .clear = scanner_clear,
    .slots = {.iter = oz_itself, .next = iterator_next},
};

OZ_METHOD(sre_pattern, finditer, SCAN_ARGS, "Return an iterator over all matches.")
{
    return scanner_new(t, OZ_SRE_ITERATOR, a);
}

OZ_METHOD(sre_pattern, scanner, SCAN_ARGS, "Return an object that matches step by step.")
{
    return scanner_new(t, OZ_SRE_SCANNER, a);
}

OZ_METHOD(sre_pattern, __copy__, "($self, /)", "Return the pattern itself.")
{
    return oz_retain(a[0]);
}

OZ_METHOD(sre_pattern, __deepcopy__, "($self, memo, /)", "Return the pattern itself.")
{
    return oz_retain(a[0]);
}

OZ_CLASS_METHOD(sre_pattern, __class_getitem__, "($type, object, /)", "Pattern[str or bytes]")
{
    return oz_generic_alias_new(t, a[0], a[1]);
}

/* The flags as an expression; UNICODE is not said of a pattern that is a str. */
static bool add_flags(StrBuilder *b, const Pattern *p)
{
    static const char *const names[] = {
        "re.TEMPLATE", "re.IGNORECASE", "re.LOCALE", "re.MULTILINE", "re.DOTALL",
        "re.UNICODE",  "re.VERBOSE",    "re.DEBUG",  "re.ASCII",
    };
    uint32_t flags = p->flags;
    if (!p->any_kind && !p->is_bytes && (flags & (4 | 32 | 256)) == 32)
        flags &= ~32u;
    const char *between = ", ";
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (flags >> i & 1) {
            if (!oz_builder_text(b, between) || !oz_builder_text(b, names[i]))
                return false;
            between = "|";
        }
    flags &= ~511u;
    return !flags || (oz_builder_text(b, between) && oz_builder_format(b, "0x%x", flags));
}

static Ref sre_pattern_repr(Thread *t, Obj v)
{
    const Pattern *p = (const Pattern *)v;
    scoped Ref text = oz_repr(t, p->pattern);
    if (!text)
        return NULL;
    size_t length = oz_str_length(oz_as_str(text));
    StrBuilder b;
    oz_builder_init(&b, t);
    if (oz_builder_text(&b, "re.compile(") &&
        oz_builder_slice(&b, text, 0, length < 200 ? length : 200) && add_flags(&b, p))
        oz_builder_text(&b, ")");
    return oz_builder_finish(&b);
}

static bool sre_pattern_hash(Thread *t, Obj v, int64_t *hash)
{
    const Pattern *p = (const Pattern *)v;
    if (!oz_hash(t, p->pattern, hash))
        return false;
    uint64_t h = (uint64_t)*hash;
    for (size_t i = 0; i < p->code.length; i++)
        h = (h ^ p->code.words[i]) * 0x9e3779b97f4a7c15u;
    *hash = (int64_t)(h ^ p->flags ^ (uint64_t)p->is_bytes << 32 ^ (uint64_t)p->code.groups << 40);
    if (*hash == -1)
        *hash = -2;
    return true;
}

static Ref sre_pattern_compare(Thread *t, Obj va, Obj vb, CompareOp op)
{
    if ((op != OZ_EQ && op != OZ_NE) || !oz_is(va, OZ_SRE_PATTERN) || !oz_is(vb, OZ_SRE_PATTERN))
        return OZ_NOT_IMPLEMENTED;
    const Pattern *x = (const Pattern *)va, *y = (const Pattern *)vb;
    bool same = x == y;
    if (!same && x->flags == y->flags && x->is_bytes == y->is_bytes &&
        x->code.groups == y->code.groups && x->code.length == y->code.length &&
        memcmp(x->code.words, y->code.words, x->code.length * sizeof *x->code.words) == 0 &&
        !oz_equal(t, x->pattern, y->pattern, &same))
        return NULL;
    return oz_bool(same == (op == OZ_EQ));
}

static Ref get_groupindex(Thread *t, Obj v)
{
    Obj names = ((const Pattern *)v)->groupindex;
    return oz_dict_length(oz_as_dict(names)) ? oz_mapping_proxy_new(t, names) : oz_dict_new(t);
}

static Ref get_flags(Thread *t, Obj v)
{
    return oz_int_new(t, ((const Pattern *)v)->flags);
}

static Ref get_groups(Thread *t, Obj v)
{
    return oz_int_new(t, ((const Pattern *)v)->code.groups);
}

const TypeDef oz_sre_pattern_type = {
    .id = OZ_SRE_PATTERN,
    .name = "re.Pattern",
    .doc = "A compiled regular expression.",
    .size = sizeof(Pattern),
    .flags = OZ_TYPE_FINAL | OZ_TYPE_NO_NEW | OZ_TYPE_WEAKREF,
    .visit = sre_pattern_visit,
    .clear = sre_pattern_clear,
    .free = sre_pattern_free,
    .slots = {.repr = sre_pattern_repr, .hash = sre_pattern_hash, .compare = sre_pattern_compare},
    .methods =
        OZ_METHODS(&sre_pattern_match, &sre_pattern_fullmatch, &sre_pattern_search,
                   &sre_pattern_sub, &sre_pattern_subn, &sre_pattern_findall, &sre_pattern_split,
                   &sre_pattern_finditer, &sre_pattern_scanner, &sre_pattern___copy__,
                   &sre_pattern___deepcopy__, &sre_pattern___class_getitem__),
    .getsets = OZ_GETSETS({"groupindex", get_groupindex, NULL, "Numbers of the named groups."},
                          {"flags", get_flags, NULL, "The flags, those inside the pattern too."},
                          {"groups", get_groups, NULL, "How many groups there are."}),
    .members = OZ_MEMBERS({"pattern", offsetof(Pattern, pattern), OZ_MEMBER_READONLY,
                           "What the pattern was made from."}),
};

/* ---- re.Match ---- */

static void sre_match_visit(const Object *object, Visitor *v)
{
    const Match *self = (const Match *)object;
    MATCH_REFS(OZ_VISIT)
}

static void sre_match_clear(Thread *t OZ_UNUSED, Object *object)
{
    Match *self = (Match *)object;
    MATCH_REFS(OZ_CLEAR)
}

static const Pattern *pattern_of(const Match *m)
{
    return (const Pattern *)m->pattern;
}

/* Which group is meant: a number, or a name. */
static bool group_number(Thread *t, const Match *m, Obj which, size_t *group)
{
    const Pattern *p = pattern_of(m);
    ssize_t n = -1;
    if (oz_is_int(which)) {
        int64_t value = oz_int_value(which);
        n = value > p->code.groups ? -1 : (ssize_t)value;
    } else if (oz_as_exact_int(which)) {
        int64_t value;
        n = oz_int_fits_int64(oz_as_exact_int(which), &value) ? (ssize_t)value : -1;
    } else {
        scoped Ref found = NULL;
        scoped Ref number = NULL;
        if (oz_dict_get(t, (Dict *)p->groupindex, which, &found) == OZ_RAISED)
            oz_exception_clear(t);
        else if (!found && !oz_as_str(which) && (number = oz_index(t, which)) == NULL)
            oz_exception_clear(t);
        Obj value = found ? (Obj)found : (Obj)number;
        if (value && oz_is_int(value))
            n = (ssize_t)oz_int_value(value);
    }
    if (n < 0 || (size_t)n > p->code.groups)
        return oz_fail(t, OZ_IndexError, "no such group");
    *group = (size_t)n;
    return true;
}

static Ref slice_of(Thread *t, Obj string, size_t start, size_t end)
{
    const Str *str = oz_as_str(string);
    if (str) {
        size_t length = oz_str_length(str);
        end = end < length ? end : length;
        return oz_str_slice(t, (Obj)str, start < end ? start : end, end);
    }
    scoped_buffer view = {0};
    if (!oz_buffer_open(t, string, &view))
        return NULL;
    /* A bytearray may be shorter by now. */
    end = end < view.length ? end : view.length;
    start = start < end ? start : end;
    if (oz_is(string, OZ_BYTES) && start == 0 && end == view.length)
        return oz_retain(string);
    Scan scan = {.text = {.data = view.data, .width = 1}, .string = NULL};
    return oz_scan_slice(t, &scan, start, end);
}

static Ref group_of(Thread *t, const Match *m, size_t group, Obj otherwise)
{
    if (m->marks[2 * group] == SRE_UNSET)
        return oz_retain(otherwise);
    return slice_of(t, m->string, m->marks[2 * group], m->marks[2 * group + 1]);
}

static Ref group_named(Thread *t, const Match *m, Obj which)
{
    size_t group;
    return group_number(t, m, which, &group) ? group_of(t, m, group, (Obj)OZ_NONE) : NULL;
}

OZ_METHOD(sre_match, group, "($self, group=0, /, *groups)",
          "Return the text of one group, or a tuple of those of several.")
{
    const Match *m = (const Match *)a[0];
    const Tuple *more = (const Tuple *)a[2];
    if (!more || more->length == 0)
        return group_named(t, m, a[1]);
    Tuple *tuple = oz_tuple_alloc(t, more->length + 1);
    scoped Ref result = (Ref)tuple;
    for (uint32_t i = 0; tuple && i <= more->length; i++) {
        Ref item = group_named(t, m, i ? (Obj)more->items[i - 1] : a[1]);
        if (!item)
            return NULL;
        oz_tuple_init(tuple, i, item);
    }
    return oz_move(&result);
}

OZ_METHOD(sre_match, groups, "($self, /, default=None)", "Return a tuple of all groups.")
{
    const Match *m = (const Match *)a[0];
    uint32_t groups = pattern_of(m)->code.groups;
    if (!groups)
        return oz_retain(t->vm->empty_tuple);
    Tuple *tuple = oz_tuple_alloc(t, groups);
    scoped Ref result = (Ref)tuple;
    for (uint32_t g = 0; tuple && g < groups; g++) {
        Ref item = group_of(t, m, g + 1, a[1]);
        if (!item)
            return NULL;
        oz_tuple_init(tuple, g, item);
    }
    return oz_move(&result);
}

OZ_METHOD(sre_match, groupdict, "($self, /, default=None)", "Return a dict of the named groups.")
{
    const Match *m = (const Match *)a[0];
    scoped Ref dict = oz_dict_new(t);
    if (!dict)
        return NULL;
    size_t at = 0;
    Obj key, value;
    while (oz_dict_step((Dict *)pattern_of(m)->groupindex, &at, &key, &value)) {
        size_t group;
        scoped Ref item = NULL;
        if (group_number(t, m, value, &group))
            item = group_of(t, m, group, a[1]);
        if (!item || !oz_dict_set(t, (Dict *)dict, key, item))
            return NULL;
    }
    return oz_move(&dict);
}

static Ref position(Thread *t, size_t mark)
{
    return oz_int_new(t, (int64_t)mark); /* SRE_UNSET is -1 */
}

OZ_METHOD(sre_match, start, "($self, group=0, /)", "Return where the group begins, or -1.")
{
    size_t group;
    const Match *m = (const Match *)a[0];
    return group_number(t, m, a[1], &group) ? position(t, m->marks[2 * group]) : NULL;
}

OZ_METHOD(sre_match, end, "($self, group=0, /)", "Return where the group ends, or -1.")
{
    size_t group;
    const Match *m = (const Match *)a[0];
    return group_number(t, m, a[1], &group) ? position(t, m->marks[2 * group + 1]) : NULL;
}

static Ref span_of(Thread *t, const Match *m, size_t group)
{
    scoped Ref start = position(t, m->marks[2 * group]);
    scoped Ref end = position(t, m->marks[2 * group + 1]);
    return start && end ? oz_tuple_of(t, 2, start, end) : NULL;
}

OZ_METHOD(sre_match, span, "($self, group=0, /)", "Return (start, end) of the group.")
{
    size_t group;
    const Match *m = (const Match *)a[0];
    return group_number(t, m, a[1], &group) ? span_of(t, m, group) : NULL;
}

OZ_METHOD(sre_match, expand, "($self, /, template)",
          "Return the template with its backslash sequences filled in, as sub does.")
{
    scoped Ref re = oz_import(t, "re");
    scoped Ref name = oz_intern(t, "_expand");
    scoped Ref expand = re && name ? oz_get_attr(t, re, name) : NULL;
    return expand ? oz_call3(t, expand, ((const Match *)a[0])->pattern, a[0], a[1]) : NULL;
}

OZ_METHOD(sre_match, __copy__, "($self, /)", "Return the match itself.")
{
    return oz_retain(a[0]);
}

OZ_METHOD(sre_match, __deepcopy__, "($self, memo, /)", "Return the match itself.")
{
    return oz_retain(a[0]);
}

OZ_CLASS_METHOD(sre_match, __class_getitem__, "($type, object, /)", "Match[str or bytes]")
{
    return oz_generic_alias_new(t, a[0], a[1]);
}

static Ref sre_match_get_item(Thread *t, Obj v, Obj key)
{
    return group_named(t, (const Match *)v, key);
}

static Ref sre_match_repr(Thread *t, Obj v)
{
    const Match *m = (const Match *)v;
    scoped Ref text = group_of(t, m, 0, (Obj)OZ_NONE);
    return text ? oz_str_format(t, "<re.Match object; span=(%zd, %zd), match=%.50R>",
                                (ssize_t)m->marks[0], (ssize_t)m->marks[1], text)
                : NULL;
}

/* The same match once more, by the matcher that knows the order of groups.  How it was asked for is
 * not remembered: that run is the right one which ends where the match did. */
static Found replay(Thread *t, const Match *m, const SreText *text, size_t *marks, uint32_t *last)
{
    const Pattern *p = pattern_of(m);
    for (int way = 0; way < 4; way++) {
        Found found = oz_sre_run(t, p->program, text, m->marks[0],
                                 way & 1 ? SRE_FULLMATCH : SRE_MATCH, way & 2, marks, last);
        if (found == OZ_RAISED || (found == OZ_FOUND && marks[1] == m->marks[1]))
            return found;
    }
    return OZ_MISSING;
}

static bool find_last(Thread *t, Match *m)
{
    Pattern *p = (Pattern *)m->pattern;
    scoped Ref endpos = position(t, m->endpos);
    scoped_scan scan = {0};
    if (!endpos || !oz_scan_open(t, &scan, p, m->string, NULL, endpos))
        return false;
    size_t *marks = oz_block_alloc(t->heap, (2 * (size_t)p->code.groups + 2) * sizeof *marks);
    if (!marks)
        return oz_raise_memory(t) != NULL;
    uint32_t last = 0;
    Found found = replay(t, m, &scan.text, marks, &last);
    oz_block_free(marks);
    if (found != OZ_RAISED)
        m->last = found == OZ_FOUND ? last : 0;
    return found != OZ_RAISED;
}

static bool last_group(Thread *t, Obj v, uint32_t *group)
{
    Match *m = (Match *)v;
    if (m->last < 0 && !find_last(t, m))
        return false;
    *group = (uint32_t)m->last;
    return true;
}

static Ref get_lastindex(Thread *t, Obj v)
{
    uint32_t group;
    if (!last_group(t, v, &group))
        return NULL;
    return group ? oz_int_new(t, group) : OZ_NONE;
}

static Ref get_lastgroup(Thread *t, Obj v)
{
    uint32_t group;
    if (!last_group(t, v, &group))
        return NULL;
    const Tuple *names = (const Tuple *)pattern_of((const Match *)v)->indexgroup;
    return group && group < names->length ? oz_retain(names->items[group]) : OZ_NONE;
}

static Ref get_regs(Thread *t, Obj v)
{
    Match *m = (Match *)v;
    if (m->regs)
        return oz_load(&m->regs);
    size_t count = pattern_of(m)->code.groups + 1;
    Tuple *tuple = oz_tuple_alloc(t, count);
    scoped Ref result = (Ref)tuple;
    for (size_t g = 0; tuple && g < count; g++) {
        Ref span = span_of(t, m, g);
        if (!span)
            return NULL;
        oz_tuple_init(tuple, g, span);
    }
    if (result)
        oz_store(&m->base, &m->regs, oz_retain(result));
    return oz_move(&result);
}

static Ref get_pos(Thread *t, Obj v)
{
    return position(t, ((const Match *)v)->pos);
}

static Ref get_endpos(Thread *t, Obj v)
{
    return position(t, ((const Match *)v)->endpos);
}

const TypeDef oz_sre_match_type = {
    .id = OZ_SRE_MATCH,
    .name = "re.Match",
    .doc = "What a regular expression has found, and where.",
    .size = sizeof(Match),
    .flags = OZ_TYPE_FINAL | OZ_TYPE_NO_NEW,
    .visit = sre_match_visit,
    .clear = sre_match_clear,
    .slots = {.repr = sre_match_repr, .get_item = sre_match_get_item},
    .methods =
        OZ_METHODS(&sre_match_group, &sre_match_start, &sre_match_end, &sre_match_span,
                   &sre_match_groups, &sre_match_groupdict, &sre_match_expand, &sre_match___copy__,
                   &sre_match___deepcopy__, &sre_match___class_getitem__),
    .getsets = OZ_GETSETS(
        {"lastindex", get_lastindex, NULL, "The number of the group closed last, or None."},
        {"lastgroup", get_lastgroup, NULL, "The name of the group closed last, or None."},
        {"regs", get_regs, NULL, "The spans of all groups."},
        {"pos", get_pos, NULL, "Where the search began."},
        {"endpos", get_endpos, NULL, "What the search took for the end."}),
    .members =
        OZ_MEMBERS({"string", offsetof(Match, string), OZ_MEMBER_READONLY, "What was searched."},
                   {"re", offsetof(Match, pattern), OZ_MEMBER_READONLY, "The pattern."}),
};

/* ---- the module ---- */

static bool sre_init(Thread *t, Module *module)
{
    for (uint32_t id = OZ_SRE_PATTERN; id <= OZ_SRE_ITERATOR; id++)
        if (!oz_builtin_class(t, id))
            return false;
    return oz_module_add_int(t, module, "MAGIC", SRE_MAGIC) &&
           oz_module_add_int(t, module, "CODESIZE", 4) &&
           oz_module_add_int(t, module, "MAXREPEAT", SRE_MAXREPEAT) &&
           oz_module_add_int(t, module, "MAXGROUPS", SRE_MAXGROUPS);
}

const ModuleDef oz_sre_module = {
    .name = "_sre",
    .doc = "The native part of re.",
    .functions = OZ_METHODS(&sre_compile, &sre_getcodesize, &sre_ascii_iscased,
                            &sre_unicode_iscased, &sre_ascii_tolower, &sre_unicode_tolower),
    .init = sre_init,
};
