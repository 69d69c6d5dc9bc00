// SPDX-License-Identifier: MIT
// "Did you mean": the nearest of the names that an object or a scope has.
//
// Distance: 2 for a character inserted, removed or changed, 1 for a change of case only; common
// ends do not count.  A name is near if its distance is at most a third of the length of both.
#include "types/exception.h"
#include "types/frame.h"
#include "types/traceback.h"
#include "types/traceback_print.h"

#include "types/dict.h"
#include "types/list.h"
#include "types/str_text.h"
#include "types/tuple.h"

enum { MOVE = 2, CASE = 1, LONGEST = 40, MOST_NAMES = 750 };

static uint32_t ascii_lower(uint32_t c)
{
    return c - 'A' < 26 ? c + 32 : c;
}

static size_t change_cost(uint32_t a, uint32_t b)
{
    return a == b ? 0 : ascii_lower(a) == ascii_lower(b) && a < 128 && b < 128 ? CASE : MOVE;
}

/* The distance of two names, or anything above `most`. */
static size_t distance(Text a, Text b, size_t most)
{
    while (a.length && b.length && oz_text_char(a, 0) == oz_text_char(b, 0)) {
        a = oz_text_part(a, 1, a.length);
        b = oz_text_part(b, 1, b.length);
    }
    while (a.length && b.length && oz_text_char(a, a.length - 1) == oz_text_char(b, b.length - 1)) {
        a.length--;
        b.length--;
    }
    if (!a.length || !b.length)
        return (a.length + b.length) * MOVE;
    size_t gap = a.length > b.length ? a.length - b.length : b.length - a.length;
    if (a.length > LONGEST || b.length > LONGEST || gap * MOVE > most)
        return most + 1;
    size_t row[LONGEST];
    for (size_t i = 0; i < a.length; i++)
        row[i] = (i + 1) * MOVE;
    for (size_t k = 0; k < b.length; k++) {
        size_t diagonal = k * MOVE, result = (k + 1) * MOVE, least = SIZE_MAX;
        for (size_t i = 0; i < a.length; i++) {
            size_t change = diagonal + change_cost(oz_text_char(a, i), oz_text_char(b, k));
            diagonal = row[i];
            size_t move = (result < diagonal ? result : diagonal) + MOVE;
            result = row[i] = change < move ? change : move;
            least = result < least ? result : least;
        }
        if (least > most)
            return most + 1;
    }
    return row[a.length - 1];
}

typedef struct Search {
    Text name;
    Obj best; /* borrowed from the candidates */
    size_t least;
} Search;

static void consider(Search *s, Obj candidate)
{
    const Str *str = oz_as_str(candidate);
    if (!str)
        return;
    Text text = oz_text_of(str);
    if (oz_text_equal(text, s->name))
        return;
    size_t most = (s->name.length + text.length + 3) * MOVE / 6;
    if (s->least - 1 < most)
        most = s->least - 1;
    size_t found = distance(s->name, text, most);
    if (found <= most) {
        s->best = candidate;
        s->least = found;
    }
}

/* The nearest str of a list or tuple, owned; NULL: none. */
static Ref nearest(Thread *t, Obj names, Obj name)
{
    scoped Ref items = oz_tuple_from(t, names);
    if (!items)
        return NULL;
    const Tuple *tuple = oz_as_tuple(items);
    Search s = {oz_text_of(oz_as_str(name)), NULL, SIZE_MAX / 2};
    for (uint32_t i = 0; tuple->length < MOST_NAMES && i < tuple->length; i++)
        consider(&s, tuple->items[i]);
    return s.best ? oz_retain(s.best) : NULL;
}

static Ref nearest_key(Thread *t, Obj dict, Obj name)
{
    scoped Ref keys = dict && oz_as_dict(dict) ? oz_dict_key_list(t, oz_as_dict(dict)) : NULL;
    return keys ? nearest(t, keys, name) : NULL;
}

static Ref attribute(Thread *t, Obj object, Obj name)
{
    scoped Ref text = oz_intern(t, "dir");
    scoped Ref dir = text ? oz_get_item(t, t->vm->builtins, text) : NULL;
    scoped Ref names = dir ? oz_call1(t, dir, object) : NULL;
    return names ? nearest(t, names, name) : NULL;
}

/* Where the exception was raised: the last frame of its traceback. */
static const FrameObject *innermost(const BaseException *e)
{
    const Traceback *tb = (const Traceback *)e->traceback;
    while (tb && tb->next)
        tb = (const Traceback *)tb->next;
    return tb && oz_is(tb->frame, OZ_FRAME) ? (const FrameObject *)tb->frame : NULL;
}

static Ref variable(Thread *t, const BaseException *e, Obj name)
{
    const FrameObject *frame = innermost(e);
    if (!frame)
        return NULL;
    const Code *code = frame->code;
    Obj scopes[3] = {code->locals, code->cells, code->frees};
    for (int i = 0; i < 3; i++) {
        Ref found = scopes[i] ? nearest(t, scopes[i], name) : NULL;
        if (found)
            return found;
    }
    Ref found = nearest_key(t, frame->function->globals, name);
    return found ? found : nearest_key(t, t->vm->builtins, name);
}

static Ref find(Thread *t, Obj exception)
{
    const BaseException *e = (const BaseException *)exception;
    const Class *cls = oz_class_of(exception);
    Obj name = oz_exception_field(e, OZ_X_NAME);
    bool is_attribute = cls == t->vm->errors[OZ_AttributeError];
    if ((!is_attribute && cls != t->vm->errors[OZ_NameError]) || !name || !oz_is_str(name))
        return NULL;
    Obj object = oz_exception_field(e, OZ_X_OBJ);
    if (is_attribute)
        return object ? attribute(t, object, name) : NULL;
    return variable(t, e, name);
}

Ref oz_suggestion(Thread *t, Obj exception)
{
    scoped Ref found = find(t, exception);
    scoped Ref text = found ? oz_str_format(t, ". Did you mean: %R?", found) : NULL;
    oz_exception_clear(t); /* whatever failed on the way: there is no suggestion then */
    return oz_move(&text);
}
