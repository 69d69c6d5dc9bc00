// SPDX-License-Identifier: MIT
// _locale: the C library's locales.
//
// The process starts in the "C" locale; importing this module sets LC_CTYPE from the environment,
// as CPython does at start, or to C.UTF-8 where that would not be UTF-8: Ounce's own texts are
// UTF-8 whatever the locale says.
#include "modules/locale.h"
#include "modules/os_support.h"

#include "types/module.h"
#include "types/native.h"
#include "types/str_text.h"

#include "types/codec.h"
#include "types/dict.h"
#include "types/exception.h"
#include "types/int.h"
#include "types/list.h"
#include "types/type.h"

#include <langinfo.h>
#include <libintl.h>
#include <limits.h>
#include <locale.h>
#include <string.h>
#include <wchar.h>

static Ref text_of(Thread *t, const char *text)
{
    return oz_fs_decode(t, text, strlen(text));
}

static Ref fail(Thread *t, Obj module, const char *message)
{
    scoped Ref name = oz_intern(t, "Error");
    Obj cls = name ? oz_dict_peek_str(oz_module_dict(module), name) : NULL;
    scoped Ref text = cls ? oz_str_new(t, message) : NULL;
    scoped Ref error = text ? oz_call1(t, cls, text) : NULL;
    return error ? oz_raise_object(t, error, NULL) : NULL;
}

OZ_FUNCTION(locale, setlocale, "($module, category, locale=<unrepresentable>, /)",
            "Set the locale of a category, or ask for it.")
{
    int category;
    scoped Ref keep = NULL;
    const char *wanted = NULL;
    if (!oz_as_int(t, a[1], &category))
        return NULL;
    if (a[2] && !oz_is_none(a[2]) && !(wanted = oz_os_text(t, a[2], "setlocale", "", &keep)))
        return NULL;
    if (category < LC_CTYPE || category > LC_ALL)
        return fail(t, a[0], "invalid locale category");
    const char *result = setlocale(category, wanted);
    if (!result)
        return fail(t, a[0], wanted ? "unsupported locale setting" : "locale query failed");
    return text_of(t, result);
}

/* The list of the group sizes, as localeconv shows it. */
static Ref grouping_of(Thread *t, const char *sizes)
{
    scoped Ref list = oz_list_new(t, 0);
    if (!list)
        return NULL;
    const char *at = sizes;
    for (; *at && *at != CHAR_MAX; at++)
        if (!oz_list_append_take(t, oz_as_list(list), oz_int(*at)))
            return NULL;
    if (at > sizes || *at == CHAR_MAX)
        if (!oz_list_append_take(t, oz_as_list(list), oz_int(*at)))
            return NULL;
    return oz_move(&list);
}

static bool put(Thread *t, Obj dict, const char *name, Ref value)
{
    scoped Ref owned = value;
    scoped Ref key = value ? oz_intern(t, name) : NULL;
    return key && oz_dict_set(t, oz_as_dict(dict), key, owned);
}

OZ_FUNCTION(locale, localeconv, "($module, /)", "Return a dict of how numbers are written.")
{
    const struct lconv *c = localeconv();
    scoped Ref dict = oz_dict_new(t);
#define TEXT(field) put(t, dict, #field, text_of(t, c->field))
#define NUMBER(field) put(t, dict, #field, oz_int(c->field))
    bool done = dict && TEXT(decimal_point) && TEXT(thousands_sep) &&
                put(t, dict, "grouping", grouping_of(t, c->grouping)) && TEXT(int_curr_symbol) &&
                TEXT(currency_symbol) && TEXT(mon_decimal_point) && TEXT(mon_thousands_sep) &&
                put(t, dict, "mon_grouping", grouping_of(t, c->mon_grouping)) &&
                TEXT(positive_sign) && TEXT(negative_sign) && NUMBER(int_frac_digits) &&
                NUMBER(frac_digits) && NUMBER(p_cs_precedes) && NUMBER(p_sep_by_space) &&
                NUMBER(n_cs_precedes) && NUMBER(n_sep_by_space) && NUMBER(p_sign_posn) &&
                NUMBER(n_sign_posn);
    return done ? oz_move(&dict) : NULL;
}

/* The characters as wchar_t, in a heap block. */
static wchar_t *wide(Thread *t, Obj v, const char *function)
{
    const Str *s = oz_as_str(v);
    if (!s) {
        oz_raise(t, OZ_TypeError, "%s() argument must be str, not %T", function, v);
        return NULL;
    }
    Text text = oz_text_of(s);
    if (oz_text_find_char(text, 0) != OZ_NOT_FOUND) {
        oz_raise(t, OZ_ValueError, "embedded null character");
        return NULL;
    }
    wchar_t *out = oz_block_alloc(t->heap, (text.length + 1) * sizeof *out);
    if (!out) {
        oz_raise_memory(t);
        return NULL;
    }
    oz_text_copy(out, sizeof *out, text.data, text.width, text.length);
    out[text.length] = 0;
    return out;
}

OZ_FUNCTION(locale, strcoll, "($module, os1, os2, /)",
            "Compare two texts in the order of the locale: below, at or above 0.")
{
    wchar_t *left = wide(t, a[1], "strcoll");
    wchar_t *right = left ? wide(t, a[2], "strcoll") : NULL;
    Ref result = right ? oz_int(wcscoll(left, right)) : NULL;
    oz_block_free(left);
    oz_block_free(right);
    return result;
}

OZ_FUNCTION(locale, strxfrm, "($module, string, /)",
            "Return a text that compares as the given one does in the locale's order.")
{
    wchar_t *text = wide(t, a[1], "strxfrm");
    if (!text)
        return NULL;
    size_t length = wcsxfrm(NULL, text, 0);
    wchar_t *out = oz_block_alloc(t->heap, (length + 1) * sizeof *out);
    Ref made = NULL;
    if (out) {
        wcsxfrm(out, text, length + 1);
        made = oz_str_from_ucs4(t, (const uint32_t *)out, length);
    } else {
        oz_raise_memory(t);
    }
    oz_block_free(text);
    oz_block_free(out);
    return made;
}

typedef struct Constant {
    const char *name;
    int value;
} Constant;

#define ITEM(name)                                                                                 \
    {                                                                                              \
#name, name                                                                                \
    }
static const Constant items[] = {
    ITEM(DAY_1),       ITEM(DAY_2),     ITEM(DAY_3),      ITEM(DAY_4),     ITEM(DAY_5),
    ITEM(DAY_6),       ITEM(DAY_7),     ITEM(ABDAY_1),    ITEM(ABDAY_2),   ITEM(ABDAY_3),
    ITEM(ABDAY_4),     ITEM(ABDAY_5),   ITEM(ABDAY_6),    ITEM(ABDAY_7),   ITEM(MON_1),
    ITEM(MON_2),       ITEM(MON_3),     ITEM(MON_4),      ITEM(MON_5),     ITEM(MON_6),
    ITEM(MON_7),       ITEM(MON_8),     ITEM(MON_9),      ITEM(MON_10),    ITEM(MON_11),
    ITEM(MON_12),      ITEM(ABMON_1),   ITEM(ABMON_2),    ITEM(ABMON_3),   ITEM(ABMON_4),
    ITEM(ABMON_5),     ITEM(ABMON_6),   ITEM(ABMON_7),    ITEM(ABMON_8),   ITEM(ABMON_9),
    ITEM(ABMON_10),    ITEM(ABMON_11),  ITEM(ABMON_12),   ITEM(RADIXCHAR), ITEM(THOUSEP),
    ITEM(CRNCYSTR),    ITEM(D_T_FMT),   ITEM(D_FMT),      ITEM(T_FMT),     ITEM(AM_STR),
    ITEM(PM_STR),      ITEM(CODESET),   ITEM(T_FMT_AMPM), ITEM(ERA),       ITEM(ERA_D_FMT),
    ITEM(ERA_D_T_FMT), ITEM(ERA_T_FMT), ITEM(ALT_DIGITS), ITEM(YESEXPR),   ITEM(NOEXPR),
    ITEM(_DATE_FMT)};

OZ_FUNCTION(locale, nl_langinfo, "($module, key, /)", "Return a text of the locale by its key.")
{
    int key;
    if (!oz_as_int(t, a[1], &key))
        return NULL;
    for (size_t i = 0; i < OZ_COUNT(items); i++)
        if (items[i].value == key)
            return text_of(t, nl_langinfo(key));
    return oz_raise(t, OZ_ValueError, "unsupported langinfo constant");
}

OZ_FUNCTION(locale, getencoding, "($module, /)", "Return the encoding of the locale.")
{
    return oz_str_new(t, "UTF-8");
}

/* ---- message catalogues ---- */

OZ_FUNCTION(locale, gettext, "($module, msg, /)", "Translate a message.")
{
    scoped Ref keep = NULL;
    const char *message = oz_os_text(t, a[1], "gettext", "", &keep);
    return message ? text_of(t, gettext(message)) : NULL;
}

OZ_FUNCTION(locale, dgettext, "($module, domain, msg, /)", "Translate a message of a domain.")
{
    scoped Ref keep_domain = NULL, keep = NULL;
    const char *domain =
        oz_is_none(a[1]) ? NULL : oz_os_text(t, a[1], "dgettext", "", &keep_domain);
    if (!domain && !oz_is_none(a[1]))
        return NULL;
    const char *message = oz_os_text(t, a[2], "dgettext", "", &keep);
    return message ? text_of(t, dgettext(domain, message)) : NULL;
}

OZ_FUNCTION(locale, dcgettext, "($module, domain, msg, category, /)",
            "Translate a message of a domain and category.")
{
    int category;
    scoped Ref keep_domain = NULL, keep = NULL;
    const char *domain =
        oz_is_none(a[1]) ? NULL : oz_os_text(t, a[1], "dcgettext", "", &keep_domain);
    if ((!domain && !oz_is_none(a[1])) || !oz_as_int(t, a[3], &category))
        return NULL;
    const char *message = oz_os_text(t, a[2], "dcgettext", "", &keep);
    return message ? text_of(t, dcgettext(domain, message, category)) : NULL;
}

OZ_FUNCTION(locale, textdomain, "($module, domain, /)", "Set the domain of messages; return it.")
{
    scoped Ref keep = NULL;
    const char *domain = oz_is_none(a[1]) ? NULL : oz_os_text(t, a[1], "textdomain", "", &keep);
    if (!domain && !oz_is_none(a[1]))
        return NULL;
    const char *now = textdomain(domain);
    return now ? text_of(t, now) : oz_raise_memory(t);
}

OZ_FUNCTION(locale, bindtextdomain, "($module, domain, dir, /)",
            "Say where the catalogues of a domain are; return it.")
{
    scoped Ref keep_domain = NULL, keep = NULL;
    const char *domain = oz_os_text(t, a[1], "bindtextdomain", "", &keep_domain);
    if (!domain)
        return NULL;
    if (!*domain)
        return fail(t, a[0], "domain must be a non-empty string");
    const char *folder = oz_is_none(a[2]) ? NULL : oz_os_text(t, a[2], "bindtextdomain", "", &keep);
    if (!folder && !oz_is_none(a[2]))
        return NULL;
    const char *now = bindtextdomain(domain, folder);
    return now ? text_of(t, now) : oz_raise_memory(t);
}

OZ_FUNCTION(locale, bind_textdomain_codeset, "($module, domain, codeset, /)",
            "Say which encoding a domain's messages have; return it.")
{
    scoped Ref keep_domain = NULL, keep = NULL;
    const char *domain = oz_os_text(t, a[1], "bind_textdomain_codeset", "", &keep_domain);
    if (!domain)
        return NULL;
    const char *codeset =
        oz_is_none(a[2]) ? NULL : oz_os_text(t, a[2], "bind_textdomain_codeset", "", &keep);
    if (!codeset && !oz_is_none(a[2]))
        return NULL;
    const char *now = bind_textdomain_codeset(domain, codeset);
    return now ? text_of(t, now) : OZ_NONE;
}

/* ---- the module ---- */

static const Constant categories[] = {ITEM(LC_CTYPE),    ITEM(LC_TIME),     ITEM(LC_COLLATE),
                                      ITEM(LC_MONETARY), ITEM(LC_MESSAGES), ITEM(LC_NUMERIC),
                                      ITEM(LC_ALL),      ITEM(CHAR_MAX)};

static bool add_all(Thread *t, Module *module, const Constant *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!oz_module_add_int(t, module, list[i].name, list[i].value))
            return false;
    return true;
}

void oz_locale_use_utf8(void)
{
    if (!setlocale(LC_CTYPE, "") || strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
        setlocale(LC_CTYPE, "C.UTF-8");
}

static bool init(Thread *t, Module *module)
{
    oz_locale_use_utf8();
    scoped Ref error =
        oz_class_new_simple(t, "locale.Error", (Obj)t->vm->errors[OZ_Exception], NULL);
    return error && oz_module_add(t, module, "Error", oz_move(&error)) &&
           add_all(t, module, categories, OZ_COUNT(categories)) &&
           add_all(t, module, items, OZ_COUNT(items));
}

const ModuleDef oz_locale_module = {
    .name = "_locale",
    .doc = "The locales of the C library.",
    .functions = OZ_METHODS(&locale_setlocale, &locale_localeconv, &locale_strcoll, &locale_strxfrm,
                            &locale_nl_langinfo, &locale_getencoding, &locale_gettext,
                            &locale_dgettext, &locale_dcgettext, &locale_textdomain,
                            &locale_bindtextdomain, &locale_bind_textdomain_codeset),
    .init = init,
};
