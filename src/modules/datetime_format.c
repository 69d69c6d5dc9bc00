// SPDX-License-Identifier: MIT
// strftime, ctime and time tuples.
//
// %f, %z and %Z are ours; the rest is the C library's.  A format of numbers only, as most are, is
// written here without it: strftime(3) looks for the zone and the locale at each call.
#include "modules/datetime.h"

#include "modules/import.h"
#include "modules/time_module.h"

#include <string.h>
#include <time.h>

/* ---- what the C library is not asked ---- */

static bool put_fraction(StrBuilder *b, const Formatted *f)
{
    char text[8];
    oz_iso_digits(text, f->clock.microsecond, 6);
    return oz_builder_ascii(b, text, 6);
}

static bool put_offset(StrBuilder *b, const Formatted *f)
{
    Offset offset;
    if (!oz_zone_offset(b->t, f->zone, f->of, &offset))
        return false;
    char text[32];
    if (!offset.known)
        return true;
    char *end = oz_iso_offset(text, offset.us, "");
    return oz_builder_ascii(b, text, (size_t)(end - text));
}

/* The name with each % doubled, by its own method where it is of a subclass. */
static Ref escaped(Thread *t, Obj name)
{
    scoped Ref one = oz_str_from_character(t, '%');
    scoped Ref two = one ? oz_str_new(t, "%%") : NULL;
    scoped Ref method = two ? oz_intern(t, "replace") : NULL;
    const Obj args[] = {one, two};
    scoped Ref text = method ? oz_call_method(t, name, method, 2, args) : NULL;
    if (text && !oz_is_str(text))
        return oz_raise(t, OZ_TypeError, "tzname.replace() did not return a string");
    return oz_move(&text);
}

/* In a format for the C library the name is escaped; where its class does that in a way of its own,
 * what it says counts as a format. */
static Found put_zone(StrBuilder *b, const Formatted *f, bool escape)
{
    Thread *t = b->t;
    scoped Ref name = oz_zone_name(t, f->zone, f->of);
    if (!name || oz_is_none(name))
        return name ? OZ_FOUND : OZ_RAISED;
    if (!escape && !oz_is_exact_str(name))
        return OZ_MISSING;
    scoped Ref text = escape ? escaped(t, name) : oz_retain(name);
    size_t length;
    scoped Ref keep = NULL;
    const char *utf8 = text ? oz_str_utf8(t, text, &length, &keep) : NULL;
    return utf8 && oz_builder_utf8(b, utf8, length) ? OZ_FOUND : OZ_RAISED;
}

/* What a directive is replaced by; OZ_MISSING: it is none of ours. */
static Found put_own(StrBuilder *b, const Formatted *f, char directive, bool escape)
{
    switch (directive) {
    case 'f':
        return put_fraction(b, f) ? OZ_FOUND : OZ_RAISED;
    case 'z':
        return put_offset(b, f) ? OZ_FOUND : OZ_RAISED;
    case 'Z':
        return put_zone(b, f, escape);
    default:
        return OZ_MISSING;
    }
}

/* Numbers that are written the same in every locale. */
static Found put_number(StrBuilder *b, const Formatted *f, char directive)
{
    unsigned n, width = 2;
    switch (directive) {
    case 'Y':
        if (f->day.year < 1000 || f->day.year > OZ_YEAR_MAX)
            return OZ_MISSING;
        n = f->day.year;
        width = 4;
        break;
    case 'm':
        n = f->day.month;
        break;
    case 'd':
        n = f->day.day;
        break;
    case 'H':
        n = f->clock.hour;
        break;
    case 'M':
        n = f->clock.minute;
        break;
    case 'S':
        n = f->clock.second;
        break;
    default:
        return directive == '%' ? oz_builder_character(b, '%') ? OZ_FOUND : OZ_RAISED : OZ_MISSING;
    }
    char text[4];
    oz_iso_digits(text, n, width);
    return oz_builder_ascii(b, text, width) ? OZ_FOUND : OZ_RAISED;
}

/* ---- the format ---- */

static bool is_plain(const char *format, size_t length)
{
    for (const char *at = format, *end = format + length; at < end; at++)
        if (*at == '%' && (++at == end || !strchr("YmdHMSfzZ%", *at)))
            return false;
    return true;
}

/* The text behind directives, up to the next one. */
static const char *put_text(StrBuilder *b, const char *at, const char *end)
{
    const char *next = memchr(at, '%', (size_t)(end - at));
    next = next ? next : end;
    oz_builder_utf8(b, at, (size_t)(next - at));
    return next;
}

/* All of it; OZ_MISSING: the C library is needed. */
static Found format_numbers(StrBuilder *b, const Formatted *f, const char *at, size_t length)
{
    const char *end = at + length;
    for (; (at = put_text(b, at, end)) < end && !b->failed; at += 2) {
        Found found = put_number(b, f, at[1]);
        if (found == OZ_MISSING)
            found = put_own(b, f, at[1], false);
        if (found != OZ_FOUND)
            return found;
    }
    return OZ_FOUND;
}

/* The format with our directives replaced. */
static bool replace_own(StrBuilder *b, const Formatted *f, const char *at, size_t length)
{
    const char *end = at + length;
    while ((at = put_text(b, at, end)) < end && !b->failed) {
        size_t size = end - at > 1 ? 2 : 1;
        Found found = size == 2 ? put_own(b, f, at[1], true) : OZ_MISSING;
        if (found == OZ_RAISED)
            return false;
        if (found == OZ_MISSING)
            oz_builder_ascii(b, at, size == 2 && (at[1] & 0x80) ? (size = 1) : size);
        at += size;
    }
    return true;
}

static struct tm tm_of(Calendar day, Clock clock)
{
    return (struct tm){.tm_year = day.year - 1900,
                       .tm_mon = day.month - 1,
                       .tm_mday = day.day,
                       .tm_hour = clock.hour,
                       .tm_min = clock.minute,
                       .tm_sec = clock.second,
                       .tm_wday = (oz_calendar_weekday(day) + 1) % 7,
                       .tm_yday = oz_calendar_year_day(day) - 1,
                       .tm_isdst = -1};
}

/* time.strftime(format, tuple) */
static Ref format_by_tuple(Thread *t, Obj tuple, Obj format)
{
    scoped Ref module = oz_import(t, "time");
    scoped Ref name = module ? oz_intern(t, "strftime") : NULL;
    const Obj args[] = {format, tuple};
    return name ? oz_call_method(t, module, name, 2, args) : NULL;
}

static Ref format_here(Thread *t, const Formatted *f, const char *text, size_t length)
{
    StrBuilder b;
    oz_builder_init(&b, t);
    Found found = format_numbers(&b, f, text, length);
    if (found == OZ_FOUND)
        return oz_builder_finish(&b);
    oz_builder_fini(&b);
    return found == OZ_RAISED ? NULL : OZ_NONE;
}

static Ref own_replaced(Thread *t, const Formatted *f, const char *text, size_t length)
{
    StrBuilder b;
    oz_builder_init(&b, t);
    if (replace_own(&b, f, text, length))
        return oz_builder_finish(&b);
    oz_builder_fini(&b);
    return NULL;
}

/* self.timetuple() as far as it is Python's: a tuple, or None and whether it is summer time. */
static Ref time_tuple(Thread *t, const Formatted *f, int *dst)
{
    *dst = -1;
    if (!f->plain)
        return oz_call_by_name(t, f->self, "timetuple", NULL);
    if (!f->zone || !oz_is_datetime(f->self))
        return OZ_NONE;
    scoped Ref delta = oz_zone_dst(t, f->zone, f->of);
    if (delta && !oz_is_none(delta))
        *dst = oz_delta_us((const Delta *)delta) != 0;
    return delta ? OZ_NONE : NULL;
}

Ref oz_format_time(Thread *t, const Formatted *f, Obj format)
{
    size_t length;
    int dst;
    scoped Ref keep = NULL;
    scoped Ref tuple = time_tuple(t, f, &dst);
    const char *text = tuple ? oz_str_utf8(t, format, &length, &keep) : NULL;
    if (!text)
        return NULL;
    length = strnlen(text, length);
    if (f->plain && is_plain(text, length)) {
        Ref result = format_here(t, f, text, length);
        if (result != OZ_NONE)
            return result;
    }
    scoped Ref replaced = own_replaced(t, f, text, length);
    if (!replaced)
        return NULL;
    if (!f->plain)
        return format_by_tuple(t, tuple, replaced);
    struct tm tm = tm_of(f->day, f->clock);
    tm.tm_isdst = dst;
    return oz_time_format(t, replaced, &tm);
}

Ref oz_format_object(Thread *t, Obj self, Obj format)
{
    if (!oz_is_str(format))
        return oz_raise(t, OZ_TypeError, "__format__() argument 1 must be str, not %s",
                        oz_is_none(format) ? "None" : oz_class_label(oz_class_of(format)));
    if (!oz_str_length(oz_as_str(format)))
        return oz_str(t, self);
    return oz_call_by_name(t, self, "strftime", format);
}

/* ---- tuples, ctime ---- */

Ref oz_time_tuple(Thread *t, Calendar day, Clock clock, int dst)
{
    scoped Ref module = oz_import(t, "time");
    if (!module)
        return NULL;
    scoped Ref tuple =
        oz_tuple_of(t, 9, (Obj)oz_int(day.year), (Obj)oz_int(day.month), (Obj)oz_int(day.day),
                    (Obj)oz_int(clock.hour), (Obj)oz_int(clock.minute), (Obj)oz_int(clock.second),
                    (Obj)oz_int(oz_calendar_weekday(day)), (Obj)oz_int(oz_calendar_year_day(day)),
                    (Obj)oz_int(dst));
    return tuple ? oz_call_by_name(t, module, "struct_time", tuple) : NULL;
}

Ref oz_format_ctime(Thread *t, Calendar day, Clock clock)
{
    static const char days[] = "MonTueWedThuFriSatSun";
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    char text[32], *at = text;
    memcpy(at, days + 3 * oz_calendar_weekday(day), 3);
    at[3] = ' ';
    memcpy(at + 4, months + 3 * (day.month - 1), 3);
    at = oz_iso_digits(at + 8, day.day, 2);
    text[7] = ' ';
    if (day.day < 10)
        text[8] = ' ';
    *at++ = ' ';
    at = oz_iso_clock(at, clock, OZ_SPEC_SECONDS);
    *at++ = ' ';
    at = oz_iso_digits(at, day.year, 4);
    return oz_str_from_ascii(t, text, (size_t)(at - text));
}

bool oz_repr_numbers(StrBuilder *b, Obj self, const unsigned *numbers, unsigned count)
{
    oz_builder_text(b, oz_class_label(oz_class_of(self)));
    for (unsigned i = 0; i < count; i++) {
        char digits[OZ_INT_DIGITS], *end = digits + sizeof digits;
        const char *start = oz_int_digits(numbers[i], 10, end);
        oz_builder_ascii(b, i ? ", " : "(", i ? 2 : 1);
        oz_builder_ascii(b, start, (size_t)(end - start));
    }
    return !b->failed;
}
