// SPDX-License-Identifier: MIT
// ISO 8601: how dates and times are written, and read.
//
// Reading works on ASCII: a text with other characters is copied first, with each of those as one
// byte that stands for no digit and no sign (only the separator of date and time may be one).
#include "modules/datetime.h"

/* ---- writing ---- */

char *oz_iso_digits(char *out, unsigned n, unsigned width)
{
    for (char *at = out + width; at > out; n /= 10)
        *--at = (char)('0' + n % 10);
    return out + width;
}

char *oz_iso_day(char *out, Calendar day)
{
    out = oz_iso_digits(out, day.year, 4);
    *out++ = '-';
    out = oz_iso_digits(out, day.month, 2);
    *out++ = '-';
    return oz_iso_digits(out, day.day, 2);
}

char *oz_iso_clock(char *out, Clock clock, TimeSpec spec)
{
    if (spec == OZ_SPEC_AUTO)
        spec = clock.microsecond ? OZ_SPEC_US : OZ_SPEC_SECONDS;
    out = oz_iso_digits(out, clock.hour, 2);
    if (spec >= OZ_SPEC_MINUTES) {
        *out++ = ':';
        out = oz_iso_digits(out, clock.minute, 2);
    }
    if (spec >= OZ_SPEC_SECONDS) {
        *out++ = ':';
        out = oz_iso_digits(out, clock.second, 2);
    }
    if (spec >= OZ_SPEC_MS) {
        *out++ = '.';
        out = spec == OZ_SPEC_MS ? oz_iso_digits(out, clock.microsecond / 1000, 3)
                                 : oz_iso_digits(out, clock.microsecond, 6);
    }
    return out;
}

char *oz_iso_offset(char *out, int64_t us, const char *separator)
{
    *out++ = us < 0 ? '-' : '+';
    us = us < 0 ? -us : us;
    Clock clock = oz_clock_from((unsigned)(us / OZ_SECOND_US), (unsigned)(us % OZ_SECOND_US));
    out = oz_iso_digits(out, clock.hour, 2);
    if (*separator)
        *out++ = *separator;
    out = oz_iso_digits(out, clock.minute, 2);
    if (clock.second || clock.microsecond) {
        if (*separator)
            *out++ = *separator;
        out = oz_iso_digits(out, clock.second, 2);
    }
    if (clock.microsecond) {
        *out++ = '.';
        out = oz_iso_digits(out, clock.microsecond, 6);
    }
    return out;
}

bool oz_iso_spec(Thread *t, Obj v, int position, TimeSpec *spec)
{
    static const char *const names[] = {"auto",    "hours",        "minutes",
                                        "seconds", "milliseconds", "microseconds"};
    *spec = OZ_SPEC_AUTO;
    if (!v)
        return true;
    if (!oz_is_str(v))
        return oz_fail(t, OZ_TypeError, "isoformat() argument %d must be str, not %s", position,
                       oz_is_none(v) ? "None" : oz_class_label(oz_class_of(v)));
    for (unsigned i = 0; i < OZ_COUNT(names); i++)
        if (oz_str_equal_utf8(oz_as_str(v), names[i])) {
            *spec = (TimeSpec)i;
            return true;
        }
    return oz_fail(t, OZ_ValueError, "Unknown timespec value");
}

/* ---- reading ---- */

Ref oz_iso_fail(Thread *t, Obj text)
{
    return oz_raise(t, OZ_ValueError, "Invalid isoformat string: %R", text);
}

Ref oz_iso_zone(Thread *t, Offset offset)
{
    if (!offset.known)
        return OZ_NONE;
    scoped Ref delta = oz_delta_new(t, 0, 0, offset.us);
    return delta ? oz_timezone_new(t, delta, NULL) : NULL;
}

/* A text as bytes, ended by a zero that does not count. */
typedef struct Text {
    const char *start, *end;
    char *copy; /* a block, or NULL */
} Text;

static void text_close(Text *text)
{
    oz_block_free(text->copy);
}
#define scoped_text __attribute__((cleanup(text_close))) Text

static bool text_open(Thread *t, const Str *s, Text *text)
{
    size_t length = oz_str_length(s);
    text->start = oz_str_data(s);
    if (oz_id(&s->base) != OZ_STR_ASCII) {
        char *copy = text->copy = oz_block_alloc(t->heap, length + 1);
        if (!copy)
            return oz_raise_memory(t) != NULL;
        for (size_t i = 0; i < length; i++) {
            uint32_t c = oz_str_at(s, i);
            copy[i] = c < 0x80 ? (char)c : '?';
        }
        copy[length] = 0;
        text->start = copy;
    }
    text->end = text->start + length;
    return true;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The next `count` digits: false if they are not there. */
static bool read_digits(const char **at, const char *end, unsigned count, int *n)
{
    const char *p = *at;
    *n = 0;
    if (end - p < (ssize_t)count)
        return false;
    for (; count; count--, p++) {
        if (!is_digit(*p))
            return false;
        *n = *n * 10 + (*p - '0');
    }
    *at = p;
    return true;
}

/* YYYY-MM-DD, YYYYMMDD, YYYY-Www[-D], YYYYWww[D]; CPython passes over what follows.  OZ_RAISED: of
 * the week, which is checked here. */
static Found read_day(Thread *t, const char *at, const char *end, IsoDay *day)
{
    int week, weekday = 1;
    if (!read_digits(&at, end, 4, &day->year))
        return OZ_MISSING;
    bool dashed = at < end && *at == '-';
    at += dashed;
    if (at < end && *at == 'W') {
        at++;
        if (!read_digits(&at, end, 2, &week))
            return OZ_MISSING;
        if (at < end && ((dashed && *at++ != '-') || !read_digits(&at, end, 1, &weekday)))
            return OZ_MISSING;
        Calendar date;
        int year = day->year;
        int weeks = year >= OZ_YEAR_MIN && year <= OZ_YEAR_MAX
                        ? (oz_calendar_week_one(year + 1) - oz_calendar_week_one(year)) / 7
                        : 0;
        if (week < 1 || week > weeks || weekday < 1 || weekday > 7)
            return OZ_MISSING;
        if (!oz_calendar_from_week(t, year, week, weekday, &date))
            return OZ_RAISED;
        *day = (IsoDay){date.year, date.month, date.day};
        return OZ_FOUND;
    }
    if (!read_digits(&at, end, 2, &day->month) || (dashed && (at >= end || *at++ != '-')) ||
        !read_digits(&at, end, 2, &day->day))
        return OZ_MISSING;
    return OZ_FOUND;
}

/* The fraction of a second: six digits count, further ones are passed over. */
static bool read_fraction(const char **at, const char *end, int *us)
{
    static const int scale[] = {0, 100000, 10000, 1000, 100, 10, 1};
    unsigned count = end - *at < 6 ? (unsigned)(end - *at) : 6;
    if (!read_digits(at, end, count, us))
        return false;
    *us *= scale[count];
    while (*at < end && is_digit(**at))
        ++*at;
    return true;
}

/* HH[:MM[:SS[.fraction]]] or HH[MM[SS[.fraction]]].  `rest`: something stands behind it; that is
 * one character, or follows on a fraction, and CPython minds it only where no zone follows. */
static bool read_clock(const char *at, const char *end, IsoTime *time, bool *rest)
{
    int *const parts[] = {&time->hour, &time->minute, &time->second};
    time->hour = time->minute = time->second = time->microsecond = 0;
    *rest = false;
    bool colons = true;
    for (unsigned i = 0; i < 3; i++) {
        if (!read_digits(&at, end, 2, parts[i]))
            return false;
        if (end - at <= 1) {
            *rest = at < end && *at;
            return true;
        }
        if (i == 0)
            colons = *at == ':';
        if (*at == '.' || *at == ',') {
            at++;
            break;
        }
        if (colons && *at != ':')
            return false;
        at += colons;
    }
    if (!read_fraction(&at, end, &time->microsecond))
        return false;
    *rest = at < end && *at;
    return true;
}

static bool read_time(const char *at, const char *end, IsoTime *time)
{
    const char *zone = at;
    bool rest;
    while (zone < end && *zone != '+' && *zone != '-' && *zone != 'Z')
        zone++;
    time->zone = (Offset){0};
    if (!read_clock(at, zone, time, &rest))
        return false;
    if (zone == end)
        return !rest;
    time->zone.known = true;
    if (*zone == 'Z')
        return zone + 1 == end;
    IsoTime offset;
    if (!read_clock(zone + 1, end, &offset, &rest) || rest)
        return false;
    int64_t us = ((offset.hour * 60 + offset.minute) * 60 + offset.second) * INT64_C(1000000) +
                 offset.microsecond;
    time->zone.us = *zone == '-' ? -us : us;
    return true;
}

/* Where the date ends in a date and time. */
static size_t date_length(const char *text, size_t length)
{
    if (length == 7)
        return 7;
    if (text[4] == '-') {
        if (text[5] != 'W')
            return 10;
        if (length > 8 && text[8] == '-') {
            if (length == 9)
                return 0;
            return length > 10 && is_digit(text[10]) ? 8 : 10; /* -D is one digit */
        }
        return 8;
    }
    if (text[4] != 'W')
        return 8;
    size_t digits = 7;
    while (digits < length && is_digit(text[digits]))
        digits++;
    if (digits < 9)
        return digits;
    return digits % 2 == 0 ? 7 : 8; /* of the time there is an even number */
}

Found oz_iso_parse_date(Thread *t, const Str *s, IsoDay *day)
{
    scoped_text text = {0};
    if (!text_open(t, s, &text))
        return OZ_RAISED;
    size_t length = (size_t)(text.end - text.start);
    if (length != 7 && length != 8 && length != 10)
        return OZ_MISSING;
    return read_day(t, text.start, text.end, day);
}

Found oz_iso_parse_time(Thread *t, const Str *s, IsoTime *time)
{
    scoped_text text = {0};
    if (!text_open(t, s, &text))
        return OZ_RAISED;
    const char *at = text.start + (*text.start == 'T');
    return at <= text.end && read_time(at, text.end, time) ? OZ_FOUND : OZ_MISSING;
}

Found oz_iso_parse_datetime(Thread *t, const Str *s, IsoDay *day, IsoTime *time)
{
    scoped_text text = {0};
    if (!text_open(t, s, &text))
        return OZ_RAISED;
    size_t length = (size_t)(text.end - text.start);
    size_t date = length < 7 ? 0 : date_length(text.start, length);
    if (!date || date > length)
        return OZ_MISSING;
    *time = (IsoTime){0};
    if (date < length && !read_time(text.start + date + 1, text.end, time))
        return OZ_MISSING;
    return read_day(t, text.start, text.start + date, day);
}
