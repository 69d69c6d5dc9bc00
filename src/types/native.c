// SPDX-License-Identifier: MIT
// Signatures: parsing the text once, binding arguments to it at each call, saying what is wrong.
//
// Most calls give positional arguments only, and as many as there are parameters: these are passed
// on where they lie, or copied behind self.  Everything else goes to bind().
//
// The TypeErrors are CPython's, which has a different wording for each of its calling conventions;
// the signature tells which one a function of this shape has there:
//   no parameters               "list.clear() takes no arguments (1 given)"
//   one, required, by position  "list.append() takes exactly one argument (2 given)"
//   several by position         "pop expected at most 1 argument, got 2"
//   some by name                "from_bytes() takes at most 3 arguments (4 given)", and more
#include "types/native.h"

#include "types/consume.h"

#include "types/bytes.h"
#include "types/dict.h"
#include "types/float.h"
#include "types/int.h"
#include "types/str.h"
#include "types/tuple.h"

#include <stdlib.h>

enum { PARAMETERS_MAX = 64 };

/* ---- parsing ---- */

typedef struct Parser {
    Thread *t;
    const char *at;
    Signature *s;
    bool keyword_only; /* behind * or *args */
} Parser;

static const char *skip_space(const char *at)
{
    while (*at == ' ' || *at == '\n')
        at++;
    return at;
}

/* The end of one parameter: its comma or the closing parenthesis. */
static const char *parameter_end(const char *at)
{
    int depth = 0;
    for (char quote = 0; *at; at++) {
        if (quote) {
            if (*at == '\\' && at[1])
                at++;
            else if (*at == quote)
                quote = 0;
        } else if (*at == '\'' || *at == '"') {
            quote = *at;
        } else if (*at == '(' || *at == '[' || *at == '{') {
            depth++;
        } else if (*at == ')' || *at == ']' || *at == '}') {
            if (depth-- == 0)
                return at;
        } else if (*at == ',' && depth == 0) {
            return at;
        }
    }
    return at;
}

static bool text_is(const char *text, size_t length, const char *wanted)
{
    return strlen(wanted) == length && memcmp(text, wanted, length) == 0;
}

static Ref number_default(Thread *t, const char *text, size_t length)
{
    char copy[48];
    if (length >= sizeof copy)
        return NULL;
    memcpy(copy, text, length);
    copy[length] = 0;
    char *end;
    long long n = strtoll(copy, &end, 0);
    if (end != copy && !*end)
        return oz_int_new(t, n);
    double d = strtod(copy, &end);
    return end != copy && !*end ? oz_float_new(t, d) : NULL;
}

/* The value of a literal; NULL without an exception: <unrepresentable>, or what we cannot read. */
static Ref default_value(Thread *t, const char *text, size_t length)
{
    if (text_is(text, length, "None"))
        return OZ_NONE;
    if (text_is(text, length, "True"))
        return OZ_TRUE;
    if (text_is(text, length, "False"))
        return OZ_FALSE;
    if (text_is(text, length, "()"))
        return oz_retain(t->vm->empty_tuple);
    if (text_is(text, length, "sys.maxsize"))
        return oz_int_new(t, INT64_MAX);
    if (length >= 3 && *text == 'b' && (text[1] == '\'' || text[1] == '"'))
        return oz_bytes_new(t, text + 2, length - 3); /* plain characters */
    if (length >= 2 && (*text == '\'' || *text == '"')) {
        if (length == 4 && text[1] == '\\')
            return oz_str_from_character(t, text[2] == 'n'   ? '\n'
                                            : text[2] == 't' ? '\t'
                                                             : text[2]);
        scoped Ref str = oz_str_from_utf8(t, text + 1, length - 2);
        return str ? oz_intern_str(t, oz_move(&str)) : NULL;
    }
    if (*text == '-' || (*text >= '0' && *text <= '9'))
        return number_default(t, text, length);
    return NULL;
}

static Ref intern_part(Thread *t, const char *text, size_t length)
{
    Ref str = oz_str_from_utf8(t, text, length);
    return str ? oz_intern_str(t, str) : NULL;
}

static bool add_parameter(Parser *p, const char *text, size_t length)
{
    Signature *s = p->s;
    const char *equals = memchr(text, '=', length);
    size_t name_length = equals ? (size_t)(equals - text) : length;
    unsigned i = s->count;
    oz_assert(i < PARAMETERS_MAX);
    s->names[i] = intern_part(p->t, text, name_length);
    if (!s->names[i])
        return false;
    s->count++;
    if (equals) {
        s->optional[i] = true;
        s->defaults[i] = default_value(p->t, equals + 1, length - name_length - 1);
        if (oz_is_pointer(s->defaults[i])) /* a leaf, for every thread's calls */
            oz_make_immortal(oz_object(s->defaults[i]));
        if (!s->defaults[i] && p->t->exception)
            return false;
    }
    if (!p->keyword_only) {
        s->positional++;
        if (!equals)
            s->required = s->positional;
    }
    return true;
}

static bool add_starred(Parser *p, const char *text, size_t length)
{
    Signature *s = p->s;
    p->keyword_only = true;
    if (length == 1)
        return true;
    bool twice = text[1] == '*';
    text += 1 + twice;
    length -= 1 + (size_t)twice;
    s->names[s->count] = intern_part(p->t, text, length);
    if (!s->names[s->count])
        return false;
    *(twice ? &s->var_keyword : &s->var_positional) = (int16_t)s->count++;
    return true;
}

static bool parse(Parser *p)
{
    Signature *s = p->s;
    oz_assert(*p->at == '(');
    for (p->at++; *p->at && *p->at != ')';) {
        const char *start = skip_space(p->at);
        const char *end = parameter_end(start);
        size_t length = (size_t)(end - start);
        while (length && start[length - 1] == ' ')
            length--;
        if (*start == '$')
            s->has_self = true;
        else if (*start == '/')
            s->positional_only = s->positional;
        else if (*start == '*' ? !add_starred(p, start, length)
                               : length && !add_parameter(p, start, length))
            return false;
        p->at = *end == ',' ? end + 1 : end;
    }
    return true;
}

static const char *last_part(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot ? dot + 1 : name;
}

/* Is everything behind the positional arguments of a call optional, and little? */
static bool takes_defaults(const Signature *s)
{
    bool few = s->has_self && s->count <= OZ_FEW && s->var_positional < 0 && s->var_keyword < 0;
    for (size_t i = s->positional; few && i < s->count; i++)
        few = s->optional[i];
    return few;
}

/* What the parameters hold.  Defaults are immortal, or their strs are interned. */
static Signature *give_up(Signature *s)
{
    for (size_t i = 0; i < s->count; i++)
        oz_clear(&s->names[i]);
    return NULL;
}

void oz_signature_drop(Signature *s)
{
    if (!s)
        return;
    give_up(s);
    if (s->owns_scope)
        oz_block_free((char *)s->scope);
    oz_block_free(s);
}

Signature *oz_signature_new_in(Thread *t, const NativeDef *def, const char *scope)
{
    size_t room = sizeof(Signature) + PARAMETERS_MAX * (2 * sizeof(Ref) + sizeof(bool));
    char buffer[sizeof(Signature) + PARAMETERS_MAX * (2 * sizeof(Ref) + sizeof(bool))]
        __attribute__((aligned(8)));
    memset(buffer, 0, room);
    Signature *draft = (Signature *)buffer;
    draft->names = (Ref *)(buffer + sizeof(Signature));
    draft->defaults = draft->names + PARAMETERS_MAX;
    draft->optional = (bool *)(draft->defaults + PARAMETERS_MAX);
    draft->def = def;
    draft->var_positional = draft->var_keyword = -1;
    bool is_new = strcmp(def->name, "__new__") == 0;
    bool of_class = is_new || strcmp(def->name, "__init__") == 0;
    draft->has_self = of_class;
    draft->scope = scope ? last_part(scope) : NULL;
    draft->name = of_class && scope ? draft->scope : def->name;
    draft->is_static = of_class;
    draft->is_length = def->flags & OZ_FN_LENGTH;
    if (of_class)
        draft->scope = NULL;
    Parser parser = {.t = t, .at = def->signature, .s = draft};
    if (!parse(&parser))
        return give_up(draft);
    size_t count = draft->count;
    Signature *s = oz_block_alloc(t->heap, sizeof *s + count * (2 * sizeof(Ref) + sizeof(bool)));
    if (!s) {
        oz_raise_memory(t);
        return give_up(draft);
    }
    *s = *draft;
    s->body = def->body;
    s->exact = s->has_self && s->count == s->positional ? s->count : OZ_NOT_EXACT;
    s->few = s->exact <= OZ_FEW ? s->exact : 0;
    if (def->flags & OZ_CONSUME_MASK)
        s->exact = OZ_NOT_EXACT; /* the loop must not call it before it has looked */
    s->filled = takes_defaults(s) ? s->count : 0;
    s->names = (Ref *)(s + 1);
    s->defaults = s->names + count;
    s->optional = (bool *)(s->defaults + count);
    memcpy(s->names, draft->names, count * sizeof(Ref));
    memcpy(s->defaults, draft->defaults, count * sizeof(Ref));
    memcpy(s->optional, draft->optional, count);
    return s;
}

Signature *oz_signature_new(Thread *t, const NativeDef *def)
{
    return oz_signature_new_in(t, def, NULL);
}

/* ---- what is wrong ---- */

static const char *plural(size_t n)
{
    return n == 1 ? "" : "s";
}

static bool positional_form(const Signature *s)
{
    return s->positional == s->positional_only &&
           s->count == s->positional + (s->var_positional >= 0);
}

static OZ_COLD bool fail_function(Thread *t, const Signature *s, const char *what, size_t given)
{
    const char *scope = s->scope ? s->scope : "";
    const char *dot = s->scope ? "." : "";
    if (given == SIZE_MAX)
        return oz_fail(t, OZ_TypeError, "%s%s%s() %s", scope, dot, s->name, what);
    return oz_fail(t, OZ_TypeError, "%s%s%s() %s (%zu given)", scope, dot, s->name, what, given);
}

static OZ_COLD bool fail_count(Thread *t, const Signature *s, const char *bound, size_t wanted,
                               const char *kind, size_t given)
{
    return oz_fail(t, OZ_TypeError, "%s() takes %s %zu %sargument%s (%zu given)", s->name, bound,
                   wanted, kind, plural(wanted), given);
}

/* Functions whose parameters are all positional-only. */
static OZ_COLD bool fail_positional(Thread *t, const Signature *s, size_t given)
{
    bool variable = s->var_positional >= 0;
    if (!s->positional && !variable)
        return fail_function(t, s, "takes no arguments", given);
    if (s->positional == 1 && s->required == 1 && !variable && !s->is_static &&
        !(s->def->flags & (OZ_FN_PARSED | OZ_FN_UNPACKED)))
        return fail_function(t, s, "takes exactly one argument", given);
    bool few = given < s->required;
    size_t wanted = few ? s->required : s->positional;
    const char *bound = s->required == s->positional && !variable ? ""
                        : few                                     ? "at least "
                                                                  : "at most ";
    if (s->def->flags & OZ_FN_PARSED)
        return fail_count(t, s,
                          !*bound ? "exactly"
                          : few   ? "at least"
                                  : "at most",
                          wanted, "", given);
    return oz_fail(t, OZ_TypeError, "%s expected %s%zu argument%s, got %zu", s->name, bound, wanted,
                   plural(wanted), given);
}

/* Too many or too few where some parameters can be given by name. */
static bool check_counts(Thread *t, const Signature *s, const Args *args)
{
    if (s->def->flags & OZ_FN_UNPACKED && args->count != s->positional)
        return fail_positional(t, s, args->count);
    size_t all = s->count - (s->var_positional >= 0) - (s->var_keyword >= 0);
    size_t given = args->count + args->named;
    if (s->var_positional >= 0) {
        given = args->named;
        all -= s->positional;
    }
    if (given > all && s->var_keyword < 0)
        return fail_count(t, s, "at most", all,
                          args->count && s->var_positional < 0 ? "" : "keyword ", given);
    if (args->count > s->positional && s->var_positional < 0) {
        if (!s->positional)
            return oz_fail(t, OZ_TypeError, "%s() takes no positional arguments", s->name);
        return fail_count(t, s, s->required < s->positional ? "at most" : "exactly", s->positional,
                          "positional ", args->count);
    }
    size_t least = s->required < s->positional_only ? s->required : s->positional_only;
    if (args->count < least && s->var_keyword >= 0)
        return fail_positional(t, s, args->count);
    if (args->count < least)
        return fail_count(t, s,
                          least < s->positional || s->var_positional >= 0 ? "at least" : "exactly",
                          least, "positional ", args->count);
    return true;
}

/* ---- binding ---- */

static bool same_name(Obj a, Obj b)
{
    return a == b || oz_str_equal(oz_as_str(a), oz_as_str(b));
}

static int parameter_named(const Signature *s, Obj name)
{
    for (int i = s->positional_only; i < s->count; i++)
        if (i != s->var_positional && i != s->var_keyword && same_name(s->names[i], name))
            return i;
    return -1;
}

/* Put one keyword argument where it belongs: false: raised. */
static bool bind_keyword(Thread *t, const Signature *s, Obj name, Obj value, Obj *a)
{
    int i = parameter_named(s, name);
    if (i >= 0) {
        if (a[i])
            return oz_fail(t, OZ_TypeError,
                           "argument for %s() given by name ('%S') and position (%d)", s->name,
                           name, i + 1);
        a[i] = value;
        return true;
    }
    if (s->var_keyword < 0)
        return oz_fail(t, OZ_TypeError, "'%S' is an invalid keyword argument for %s()", name,
                       s->name);
    return oz_dict_set(t, (Dict *)a[s->var_keyword], name, value);
}

static bool is_known(const Signature *s, const Args *args, int i)
{
    for (uint32_t k = 0; k < args->named; k++)
        if (i >= s->positional_only &&
            same_name(((const Tuple *)args->names)->items[k], s->names[i]))
            return true;
    return false;
}

static bool check_required(Thread *t, const Signature *s, const Args *args)
{
    int direct = args->count < s->positional ? (int)args->count : s->positional;
    for (int i = direct; i < s->count; i++) {
        if (s->optional[i] || i == s->var_positional || i == s->var_keyword)
            continue;
        if (is_known(s, args, i))
            continue;
        if (s->def->flags & OZ_FN_UNNUMBERED)
            return oz_fail(t, OZ_TypeError, "%s() missing required argument '%S'", s->name,
                           s->names[i]);
        return oz_fail(t, OZ_TypeError, "%s() missing required argument '%S' (pos %d)", s->name,
                       s->names[i], i + 1);
    }
    return true;
}

bool oz_ignores_keywords(const Class *cls, bool is_init)
{
    const Class *native = cls;
    while (native->flags & OZ_CLASS_PYTHON)
        native = native->parent;
    return is_init ? cls->slots->new != native->slots->new
                   : cls->slots->init != native->slots->init;
}

static bool may_ignore_keywords(const Signature *s, Obj self)
{
    if (!s->is_static)
        return false;
    bool is_init = s->def->flags != OZ_FN_STATIC;
    return oz_ignores_keywords(is_init ? oz_class_of(self) : (const Class *)self, is_init);
}

static bool bind(Thread *t, const Signature *s, Obj self, const Args *args, Obj *a, Ref *extra)
{
    Args positional = {.items = args->items, .count = args->count};
    if (positional_form(s)) {
        if (args->named && may_ignore_keywords(s, self))
            args = &positional;
        if (args->named)
            return fail_function(t, s, "takes no keyword arguments", SIZE_MAX);
        if (args->count < s->required || (args->count > s->positional && s->var_positional < 0))
            return fail_positional(t, s, args->count);
    } else if (!check_counts(t, s, args) || !check_required(t, s, args)) {
        return false;
    }
    size_t direct = args->count < s->positional ? args->count : s->positional;
    memset(a, 0, s->count * sizeof *a);
    for (size_t i = 0; i < direct; i++)
        a[i] = args->items[i];
    if (s->var_positional >= 0) {
        extra[0] = oz_tuple_new(t, args->items + direct, args->count - direct);
        if (!extra[0])
            return false;
        a[s->var_positional] = extra[0];
    }
    if (s->var_keyword >= 0 && (args->named || !(s->def->flags & OZ_FN_SPARSE))) {
        extra[1] = oz_dict_new(t);
        if (!extra[1])
            return false;
        a[s->var_keyword] = extra[1];
    }
    for (uint32_t i = 0; i < args->named; i++)
        if (!bind_keyword(t, s, ((const Tuple *)args->names)->items[i],
                          args->items[args->count + i], a))
            return false;
    for (size_t i = 0; i < s->count; i++)
        if (!a[i])
            a[i] = s->defaults[i];
    return true;
}

static OZ_NOINLINE Ref call_bound(Thread *t, Signature *s, Obj self, const Args *args)
{
    Obj a[PARAMETERS_MAX + 1];
    scoped Ref more_positional = NULL;
    scoped Ref more_named = NULL;
    Ref extra[2] = {NULL, NULL};
    a[0] = self;
    bool ok = bind(t, s, self, args, a + s->has_self, extra);
    more_positional = extra[0];
    more_named = extra[1];
    return ok ? s->body(t, a) : NULL;
}

static inline bool is_simple(const Signature *s, size_t count)
{
    return count <= s->positional && count >= s->required && s->count == s->positional;
}

Ref oz_signature_call(Thread *t, Signature *s, Obj self, const Args *args)
{
    if (OZ_UNLIKELY(args->named || !is_simple(s, args->count) || s->count > OZ_FEW))
        return call_bound(t, s, self, args);
    if (!s->has_self && args->count == s->count)
        return s->body(t, args->items);
    Obj a[OZ_FEW + 1];
    size_t n = s->has_self;
    a[0] = self;
    for (size_t i = 0; i < args->count; i++)
        a[n++] = args->items[i];
    for (size_t i = args->count; i < s->count; i++)
        a[n++] = s->defaults[i];
    return s->body(t, a);
}

Ref oz_signature_call_window(Thread *t, Signature *s, const Obj *a, uint32_t count)
{
    if (OZ_LIKELY(count == s->exact) || (count && count == s->few))
        return s->body(t, a);
    if (count < s->filled && count <= s->positional && count >= s->required) {
        Obj b[OZ_FEW + 1];
        size_t n = 0;
        for (; n <= count; n++)
            b[n] = a[n];
        for (; n <= s->filled; n++)
            b[n] = s->defaults[n - 1];
        return s->body(t, b);
    }
    Args args = {.items = a + 1, .count = count};
    return oz_signature_call(t, s, a[0], &args);
}

Ref oz_raise_argument_at(Thread *t, const char *name, const char *place, const char *wanted,
                         Obj got)
{
    return got == OZ_NONE ? oz_raise(t, OZ_TypeError, "%s() argument%s must be %s, not None", name,
                                     place, wanted)
                          : oz_raise(t, OZ_TypeError, "%s() argument%s must be %s, not %T", name,
                                     place, wanted, got);
}

Ref oz_raise_argument(Thread *t, const char *name, const char *wanted, Obj got)
{
    return oz_raise_argument_at(t, name, "", wanted, got);
}
