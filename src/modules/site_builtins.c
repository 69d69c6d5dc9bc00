// SPDX-License-Identifier: MIT
// exit, quit, copyright, credits, license and help: what CPython's site module adds to builtins.
//
// Each is one immutable cell without references, so that they cost a start nothing worth measuring;
// what they need (pydoc) is imported when they are called.  -S leaves them out.
#include "modules/site_builtins.h"

#include "modules/config.h"
#include "modules/import.h"
#include "modules/modules.h"
#include "object/error.h"
#include "types/dict.h"
#include "types/exception.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type.h"

typedef enum SiteKind { QUIT, TEXT, HELP } SiteKind;

typedef struct SiteFacts {
    const char *name; /* [const] */
    SiteKind kind;    /* [const] */
    const char *text; /* [const] what repr() shows */
} SiteFacts;

static const SiteFacts facts[] = {
    {"exit", QUIT, "Use exit() or Ctrl-D (i.e. EOF) to exit"},
    {"quit", QUIT, "Use quit() or Ctrl-D (i.e. EOF) to exit"},
    {"copyright", TEXT, "Copyright (c) 2026 The Ounce authors."},
    {"credits", TEXT,
     "Ounce runs Python, the language of Guido van Rossum and thousands of others.\n"
     "See www.python.org for more information."},
    {"license", TEXT,
     "Ounce is under the MIT licence; the standard library is under that of the Python\n"
     "Software Foundation, see https://docs.python.org/3.11/license.html"},
    {"help", HELP, "Type help() for interactive help, or help(object) for help about object."},
};

typedef struct SiteBuiltin {
    Object base;
    const SiteFacts *facts; /* [const] */
} SiteBuiltin;

static Ref site_builtin_repr(Thread *t, Obj v)
{
    return oz_str_new(t, ((const SiteBuiltin *)v)->facts->text);
}

/* Closing standard input first ends programs that read it in a loop of their own, as IDLE's shell.
 */
static Ref quit(Thread *t, Obj status)
{
    scoped Ref input = NULL;
    if (oz_sys_get(t, "stdin", &input) == OZ_FOUND) {
        scoped Ref name = oz_intern(t, "close");
        scoped Ref method = name ? oz_get_attr(t, input, name) : NULL;
        scoped Ref closed = method ? oz_call0(t, method) : NULL;
    }
    oz_exception_clear(t);
    scoped Ref e = oz_call1(t, (Obj)t->vm->errors[OZ_SystemExit], status);
    return e ? oz_raise_object(t, e, NULL) : NULL;
}

static Ref help(Thread *t, const Args *args)
{
    scoped Ref pydoc = oz_import(t, "pydoc");
    scoped Ref name = pydoc ? oz_intern(t, "help") : NULL;
    scoped Ref function = name ? oz_get_attr(t, pydoc, name) : NULL;
    return function ? oz_call(t, function, args) : NULL;
}

static Ref site_builtin_call(Thread *t, Obj v, const Args *args)
{
    const SiteFacts *self = ((const SiteBuiltin *)v)->facts;
    if (self->kind == HELP)
        return help(t, args);
    uint32_t allowed = self->kind == QUIT ? 1 : 0;
    bool by_name = args->named == 1 && !args->count && allowed &&
                   oz_str_equal_utf8(oz_as_str(((Tuple *)args->names)->items[0]), "code");
    if (args->count > allowed || (args->named && !by_name))
        return oz_raise(t, OZ_TypeError, "%s() takes at most %d argument%s", self->name,
                        (int)allowed, allowed == 1 ? "" : "s");
    if (self->kind == QUIT)
        return quit(t, args->count || by_name ? args->items[0] : OZ_NONE);
    scoped Ref text = site_builtin_repr(t, v);
    scoped Ref out = NULL;
    Found found = text ? oz_sys_get(t, "stdout", &out) : OZ_RAISED;
    if (found == OZ_RAISED ||
        (found == OZ_FOUND && out != OZ_NONE &&
         (!oz_file_write(t, out, text) || !oz_file_write(t, out, OZ_TEXT(t, newline)))))
        return NULL;
    return OZ_NONE;
}

const TypeDef oz_site_builtin_type = {
    .id = OZ_SITE_BUILTIN,
    .name = "_sitebuiltins.SiteBuiltin",
    .doc = "exit, quit, copyright, credits, license or help.",
    .size = sizeof(SiteBuiltin),
    .flags = OZ_TYPE_FINAL | OZ_TYPE_NO_NEW,
    .slots = {.repr = site_builtin_repr, .call = site_builtin_call},
};

bool oz_site_builtins_add(Thread *t, Module *builtins)
{
    if (!oz_builtin_class(t, OZ_SITE_BUILTIN))
        return false;
    for (size_t i = 0; i < OZ_COUNT(facts); i++) {
        SiteBuiltin *each = oz_object_new(t, OZ_SITE_BUILTIN, sizeof *each);
        if (!each)
            return false;
        each->facts = &facts[i];
        if (!oz_module_add(t, builtins, facts[i].name, (Ref)each))
            return false;
    }
    return true;
}
