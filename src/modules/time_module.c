// SPDX-License-Identifier: MIT
// time: clocks, waiting, and times of day as tuples and text.
#include "modules/time_module.h"

#include "modules/import.h"
#include "modules/native_type.h"
#include "modules/os_support.h"
#include "types/bytes.h"
#include "types/codec.h"
#include "types/float.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <sys/time.h>

/* ---- struct_time ---- */

static const StructField time_fields[] = {
    {"tm_year", "year, for example, 1993"},
    {"tm_mon", "month of year, range [1, 12]"},
    {"tm_mday", "day of month, range [1, 31]"},
    {"tm_hour", "hours, range [0, 23]"},
    {"tm_min", "minutes, range [0, 59]"},
    {"tm_sec", "seconds, range [0, 61])"},
    {"tm_wday", "day of week, range [0, 6], Monday is 0"},
    {"tm_yday", "day of year, range [1, 366]"},
    {"tm_isdst", "1 if summer time is in effect, 0 if not, and -1 if unknown"},
    {"tm_zone", "abbreviation of timezone name"},
    {"tm_gmtoff", "offset from UTC in seconds"},
};
static const StructDef time_def = {
    .name = "time.struct_time",
    .doc = "A time of day and date: a tuple of nine, and attributes.",
    .fields = time_fields,
    .count = 11,
    .visible = 9,
};

static Ref time_new(Thread *t, Obj module, const struct tm *tm)
{
    Ref zone = oz_os_name(t, tm->tm_zone ? tm->tm_zone : "", false);
    if (!zone)
        return NULL;
    Ref v[] = {oz_int(tm->tm_year + INT64_C(1900)),
               oz_int(tm->tm_mon + 1),
               oz_int(tm->tm_mday),
               oz_int(tm->tm_hour),
               oz_int(tm->tm_min),
               oz_int(tm->tm_sec),
               oz_int((tm->tm_wday + 6) % 7),
               oz_int(tm->tm_yday + 1),
               oz_int(tm->tm_isdst),
               zone,
               oz_int(tm->tm_gmtoff)};
    return oz_structseq_new(t, ((Module *)module)->state, v);
}

static bool seconds_argument(Thread *t, Obj v, time_t *when)
{
    if (v == OZ_NONE) {
        *when = time(NULL);
        return true;
    }
    struct timespec given;
    if (!oz_time_from(t, v, &given, OZ_TIME_FLOOR))
        return false;
    *when = given.tv_sec;
    return true;
}

static bool local_time(Thread *t, time_t when, struct tm *tm)
{
    errno = 0;
    if (localtime_r(&when, tm))
        return true;
    oz_raise_os_error(t, errno ? errno : EINVAL, NULL);
    return false;
}

OZ_FUNCTION(time, gmtime, "($module, seconds=None, /)", "A time as UTC.")
{
    time_t when;
    struct tm tm;
    if (!seconds_argument(t, a[1], &when))
        return NULL;
    errno = 0;
    if (!gmtime_r(&when, &tm))
        return oz_raise_os_error(t, errno ? errno : EINVAL, NULL);
    tm.tm_zone = "UTC";
    return time_new(t, a[0], &tm);
}

OZ_FUNCTION(time, localtime, "($module, seconds=None, /)", "A time as local time.")
{
    time_t when;
    struct tm tm;
    if (!seconds_argument(t, a[1], &when) || !local_time(t, when, &tm))
        return NULL;
    return time_new(t, a[0], &tm);
}

/* The fields of a tuple; `zone` keeps the text of tm_zone. */
static bool time_of(Thread *t, Obj v, struct tm *tm, const char *function, Ref *zone)
{
    const Tuple *tuple = oz_as_tuple(v);
    if (!tuple)
        return oz_fail(t, OZ_TypeError, "Tuple or struct_time argument required");
    if (tuple->length != 9)
        return oz_fail(t, OZ_TypeError, "%s(): illegal time tuple argument", function);
    int n[9];
    for (unsigned i = 0; i < 9; i++)
        if (!oz_as_int(t, tuple->items[i], &n[i]))
            return false;
    if (n[0] < INT_MIN + 1900)
        return oz_fail(t, OZ_OverflowError, "year out of range");
    int wday = (int)(((int64_t)n[6] + 1) % 7);
    *tm = (struct tm){.tm_year = n[0] - 1900,
                      .tm_mon = n[1] - 1,
                      .tm_mday = n[2],
                      .tm_hour = n[3],
                      .tm_min = n[4],
                      .tm_sec = n[5],
                      .tm_wday = wday,
                      .tm_yday = n[7] - 1,
                      .tm_isdst = n[8]};
    scoped Ref offset = NULL;
    scoped Ref name = oz_intern(t, "tm_gmtoff"), zone_name = oz_intern(t, "tm_zone");
    if (!name || !zone_name || oz_class_of(v) == t->vm->classes[OZ_TUPLE])
        return name && zone_name;
    if (oz_find_attr(t, v, name, &offset) == OZ_RAISED ||
        oz_find_attr(t, v, zone_name, zone) == OZ_RAISED)
        return false;
    if (offset && oz_is_int(offset))
        tm->tm_gmtoff = oz_int_value(offset);
    if (*zone && oz_is_str(*zone)) {
        Ref bytes = oz_fs_encode(t, *zone);
        if (!bytes)
            return false;
        oz_drop(*zone);
        *zone = bytes;
        tm->tm_zone = (const char *)oz_bytes_data((const Bytes *)bytes);
    }
    return true;
}

/* Fields that are 0 where they count from 1 are taken for 1. */
static bool check_time(Thread *t, struct tm *tm)
{
    if (tm->tm_mon == -1)
        tm->tm_mon = 0;
    else if (tm->tm_mon < 0 || tm->tm_mon > 11)
        return oz_fail(t, OZ_ValueError, "month out of range");
    if (tm->tm_mday == 0)
        tm->tm_mday = 1;
    else if (tm->tm_mday < 0 || tm->tm_mday > 31)
        return oz_fail(t, OZ_ValueError, "day of month out of range");
    if (tm->tm_hour < 0 || tm->tm_hour > 23)
        return oz_fail(t, OZ_ValueError, "hour out of range");
    if (tm->tm_min < 0 || tm->tm_min > 59)
        return oz_fail(t, OZ_ValueError, "minute out of range");
    if (tm->tm_sec < 0 || tm->tm_sec > 61)
        return oz_fail(t, OZ_ValueError, "seconds out of range");
    if (tm->tm_wday < 0)
        return oz_fail(t, OZ_ValueError, "day of week out of range");
    if (tm->tm_yday == -1)
        tm->tm_yday = 0;
    else if (tm->tm_yday < 0 || tm->tm_yday > 365)
        return oz_fail(t, OZ_ValueError, "day of year out of range");
    return true;
}

static bool checked_or_now(Thread *t, Obj v, struct tm *tm, const char *function, Ref *zone)
{
    if (!v)
        return local_time(t, time(NULL), tm);
    return time_of(t, v, tm, function, zone) && check_time(t, tm);
}

static Ref text_of_time(Thread *t, const struct tm *tm)
{
    static const char days[] = "SunMonTueWedThuFriSat";
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    char text[64];
    snprintf(text, sizeof text, "%.3s %.3s%3d %.2d:%.2d:%.2d %lld", days + 3 * tm->tm_wday,
             months + 3 * tm->tm_mon, tm->tm_mday, tm->tm_hour, tm->tm_min, tm->tm_sec,
             1900 + (long long)tm->tm_year);
    return oz_str_new(t, text);
}

OZ_FUNCTION(time, asctime, "($module, tuple=<unrepresentable>, /)",
            "A time as text: 'Sat Jun 06 16:26:11 1998'.")
{
    struct tm tm;
    scoped Ref zone = NULL;
    return checked_or_now(t, a[1], &tm, "asctime", &zone) ? text_of_time(t, &tm) : NULL;
}

OZ_FUNCTION(time, ctime, "($module, seconds=None, /)", "Seconds as the text of a local time.")
{
    time_t when;
    struct tm tm;
    if (!seconds_argument(t, a[1], &when) || !local_time(t, when, &tm))
        return NULL;
    return text_of_time(t, &tm);
}

OZ_FUNCTION(time, mktime, "($module, tuple, /)", "The seconds of a local time.")
{
    struct tm tm;
    scoped Ref zone = NULL;
    if (!time_of(t, a[1], &tm, "mktime", &zone))
        return NULL;
    tm.tm_wday = -1; /* stays so if it fails */
    time_t when = mktime(&tm);
    if (when == -1 && tm.tm_wday == -1)
        return oz_raise(t, OZ_OverflowError, "mktime argument out of range");
    return oz_float_new(t, (double)when);
}

/* strftime of one run without zeros; an empty result is told from lack of room by the format. */
static Ref format_run(Thread *t, const char *format, size_t length, const struct tm *tm)
{
    char small[256];
    size_t n = strftime(small, sizeof small, format, tm);
    if (n > 0)
        return oz_fs_decode(t, small, n);
    for (size_t room = 1024;; room *= 2) {
        char *out = oz_block_alloc(t->heap, room);
        if (!out)
            return oz_raise_memory(t);
        n = strftime(out, room, format, tm);
        if (n > 0 || room >= 256 * (length + 4)) {
            Ref text = oz_fs_decode(t, out, n);
            oz_block_free(out);
            return text;
        }
        oz_block_free(out);
    }
}

Ref oz_time_format(Thread *t, Obj format, const struct tm *tm)
{
    scoped Ref bytes = oz_fs_encode(t, format);
    if (!bytes)
        return NULL;
    const char *text = (const char *)oz_bytes_data((const Bytes *)bytes);
    size_t length = oz_bytes_length((const Bytes *)bytes);
    if (memchr(text, 0, length))
        return oz_raise(t, OZ_ValueError, "embedded null character");
    return length ? format_run(t, text, length, tm) : oz_str_new(t, "");
}

OZ_FUNCTION(time, strftime, "($module, format, tuple=<unrepresentable>, /)",
            "A time as text, in a form that a format tells.")
{
    struct tm tm;
    scoped Ref zone = NULL;
    if (!oz_is_str(a[1]))
        return oz_raise(t, OZ_TypeError, "strftime() argument 1 must be str, not %T", a[1]);
    if (!checked_or_now(t, a[2], &tm, "strftime", &zone))
        return NULL;
    if (tm.tm_isdst < -1)
        tm.tm_isdst = -1;
    else if (tm.tm_isdst > 1)
        tm.tm_isdst = 1;
    return oz_time_format(t, a[1], &tm);
}

OZ_FUNCTION(time, strptime, "($module, string, format='%a %b %d %H:%M:%S %Y', /)",
            "The time that a text tells, by a format.")
{
    scoped Ref module = oz_import(t, "_strptime");
    scoped Ref name = module ? oz_intern(t, "_strptime_time") : NULL;
    scoped Ref parse = name ? oz_get_attr(t, module, name) : NULL;
    return parse ? oz_call2(t, parse, a[1], a[2]) : NULL;
}

/* ---- clocks ---- */

static Ref float_of(Thread *t, const struct timespec *at)
{
    return oz_float_new(t, (double)at->tv_sec + 1e-9 * (double)at->tv_nsec);
}

static Ref int_of(Thread *t, const struct timespec *at)
{
    return oz_int_new(t, at->tv_sec * INT64_C(1000000000) + at->tv_nsec);
}

static Ref read_clock(Thread *t, clockid_t clock, bool ns)
{
    struct timespec at;
    if (clock_gettime(clock, &at) < 0)
        return oz_os_raise(t);
    return ns ? int_of(t, &at) : float_of(t, &at);
}

#define CLOCK(name, clock, doc)                                                                    \
    OZ_QUIET_FUNCTION(time, name, "($module, /)", doc ", in seconds.")                             \
    {                                                                                              \
        return read_clock(t, clock, false);                                                        \
    }                                                                                              \
    OZ_QUIET_FUNCTION(time, name##_ns, "($module, /)", doc ", in nanoseconds.")                    \
    {                                                                                              \
        return read_clock(t, clock, true);                                                         \
    }
CLOCK(time, CLOCK_REALTIME, "The time since 1970")
CLOCK(monotonic, CLOCK_MONOTONIC, "A clock that never goes back")
CLOCK(perf_counter, CLOCK_MONOTONIC, "A clock for measuring")
CLOCK(process_time, CLOCK_PROCESS_CPUTIME_ID, "The processor time of this process")
CLOCK(thread_time, CLOCK_THREAD_CPUTIME_ID, "The processor time of this thread")

OZ_FUNCTION(time, clock_gettime, "($module, clk_id, /)", "The time of a clock, in seconds.")
{
    int clock;
    return oz_as_int(t, a[1], &clock) ? read_clock(t, clock, false) : NULL;
}

OZ_FUNCTION(time, clock_gettime_ns, "($module, clk_id, /)", "The time of a clock, in nanoseconds.")
{
    int clock;
    return oz_as_int(t, a[1], &clock) ? read_clock(t, clock, true) : NULL;
}

OZ_FUNCTION(time, clock_getres, "($module, clk_id, /)", "The resolution of a clock, in seconds.")
{
    int clock;
    struct timespec step;
    if (!oz_as_int(t, a[1], &clock))
        return NULL;
    return clock_getres(clock, &step) < 0 ? oz_os_raise(t) : float_of(t, &step);
}

OZ_FUNCTION(time, clock_settime, "($module, clk_id, time, /)", "Set a clock, in seconds.")
{
    int clock;
    struct timespec at;
    if (!oz_as_int(t, a[1], &clock) || !oz_time_from(t, a[2], &at, OZ_TIME_FLOOR))
        return NULL;
    return oz_os_result(t, clock_settime(clock, &at));
}

OZ_FUNCTION(time, clock_settime_ns, "($module, clk_id, time, /)", "Set a clock, in nanoseconds.")
{
    int clock;
    int64_t ns;
    if (!oz_as_int(t, a[1], &clock) || !oz_as_int64(t, a[2], &ns))
        return NULL;
    struct timespec at = {ns / 1000000000, ns % 1000000000};
    if (at.tv_nsec < 0)
        at = (struct timespec){at.tv_sec - 1, at.tv_nsec + 1000000000};
    return oz_os_result(t, clock_settime(clock, &at));
}

OZ_FUNCTION(time, get_clock_info, "($module, name, /)", "What is known about a clock.")
{
    static const struct {
        const char *name, *implementation;
        clockid_t clock;
        bool adjustable;
    } clocks[] = {
        {"time", "clock_gettime(CLOCK_REALTIME)", CLOCK_REALTIME, true},
        {"monotonic", "clock_gettime(CLOCK_MONOTONIC)", CLOCK_MONOTONIC, false},
        {"perf_counter", "clock_gettime(CLOCK_MONOTONIC)", CLOCK_MONOTONIC, false},
        {"process_time", "clock_gettime(CLOCK_PROCESS_CPUTIME_ID)", CLOCK_PROCESS_CPUTIME_ID,
         false},
        {"thread_time", "clock_gettime(CLOCK_THREAD_CPUTIME_ID)", CLOCK_THREAD_CPUTIME_ID, false},
    };
    if (!oz_is_str(a[1]))
        return oz_raise(t, OZ_TypeError, "get_clock_info() argument 1 must be str, not %T", a[1]);
    for (size_t n = 0; n < OZ_COUNT(clocks); n++) {
        if (!oz_str_equal_utf8(oz_as_str(a[1]), clocks[n].name))
            continue;
        struct timespec step;
        clock_getres(clocks[n].clock, &step);
        const char *const names[] = {"implementation", "monotonic", "adjustable", "resolution"};
        scoped Ref text = oz_str_new(t, clocks[n].implementation);
        scoped Ref resolution = float_of(t, &step);
        scoped Ref dict = text && resolution ? oz_dict_new(t) : NULL;
        const Obj values[] = {text, oz_bool(!clocks[n].adjustable), oz_bool(clocks[n].adjustable),
                              resolution};
        for (unsigned i = 0; dict && i < 4; i++) {
            scoped Ref key = oz_intern(t, names[i]);
            if (!key || !oz_dict_set(t, (Dict *)dict, key, values[i]))
                return NULL;
        }
        scoped Ref sys = dict ? oz_import(t, "types") : NULL;
        scoped Ref name = sys ? oz_intern(t, "SimpleNamespace") : NULL;
        scoped Ref cls = name ? oz_get_attr(t, sys, name) : NULL;
        return cls ? oz_call_tuple(t, cls, t->vm->empty_tuple, dict) : NULL;
    }
    return oz_raise(t, OZ_ValueError, "unknown clock");
}

/* ---- waiting ---- */

OZ_FUNCTION(time, sleep, "($module, seconds, /)",
            "Wait; signals are handled meanwhile, and the wait goes on.")
{
    struct timespec wait, end;
    if (!oz_time_from(t, a[1], &wait, OZ_TIME_AWAY)) {
        if (oz_exception_forget(t, OZ_OverflowError))
            oz_raise(t, OZ_OverflowError, "timestamp too large to convert to C _PyTime_t");
        return NULL;
    }
    if (wait.tv_sec < 0)
        return oz_raise(t, OZ_ValueError, "sleep length must be non-negative");
    if (wait.tv_sec > INT64_MAX / 1000000000)
        return oz_raise(t, OZ_OverflowError, "timestamp too large to convert to C _PyTime_t");
    clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_sec += wait.tv_sec;
    end.tv_nsec += wait.tv_nsec;
    if (end.tv_nsec >= 1000000000) {
        end.tv_sec++;
        end.tv_nsec -= 1000000000;
    }
    int error;
    while ((error = OZ_DETACHED(t, clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &end, NULL))) ==
           EINTR)
        if (!oz_poll(t))
            return NULL;
    if (error)
        return oz_raise_os_error(t, error, NULL);
    return oz_poll(t) ? OZ_NONE : NULL;
}

/* ---- the zone ---- */

/* The offset and name of the zone in the middle of winter and of summer of the year. */
static bool add_zone(Thread *t, Module *module)
{
    enum { YEAR = (365 * 24 + 6) * 3600 };
    time_t start = time(NULL) / YEAR * YEAR;
    struct tm january, july;
    if (!localtime_r(&start, &january))
        january = (struct tm){.tm_zone = "UTC"};
    start += YEAR / 2;
    if (!localtime_r(&start, &july))
        july = january;
    bool south = january.tm_gmtoff > july.tm_gmtoff;
    const struct tm *winter = south ? &july : &january, *summer = south ? &january : &july;
    scoped Ref name = oz_os_name(t, winter->tm_zone, false);
    scoped Ref summer_name = oz_os_name(t, summer->tm_zone, false);
    return name && summer_name && oz_module_add_int(t, module, "timezone", -winter->tm_gmtoff) &&
           oz_module_add_int(t, module, "altzone", -summer->tm_gmtoff) &&
           oz_module_add_int(t, module, "daylight", winter->tm_gmtoff != summer->tm_gmtoff) &&
           oz_module_add(t, module, "tzname", oz_tuple_of(t, 2, name, summer_name));
}

OZ_FUNCTION(time, tzset, "($module, /)", "Take the zone from the environment variable TZ.")
{
    tzset();
    return add_zone(t, (Module *)a[0]) ? OZ_NONE : NULL;
}

static const struct {
    const char *name;
    int value;
} constants[] = {
    {"CLOCK_REALTIME", CLOCK_REALTIME},
    {"CLOCK_MONOTONIC", CLOCK_MONOTONIC},
    {"CLOCK_MONOTONIC_RAW", CLOCK_MONOTONIC_RAW},
    {"CLOCK_PROCESS_CPUTIME_ID", CLOCK_PROCESS_CPUTIME_ID},
    {"CLOCK_THREAD_CPUTIME_ID", CLOCK_THREAD_CPUTIME_ID},
    {"CLOCK_BOOTTIME", CLOCK_BOOTTIME},
    {"CLOCK_TAI", CLOCK_TAI},
    {"_STRUCT_TM_ITEMS", 11},
};

static bool time_init(Thread *t, Module *module)
{
    Class *cls = oz_structseq_class(t, &time_def);
    module->state = cls;
    if (!cls || !oz_module_add(t, module, "struct_time", oz_retain((Obj)cls)))
        return false;
    for (size_t n = 0; n < OZ_COUNT(constants); n++)
        if (!oz_module_add_int(t, module, constants[n].name, constants[n].value))
            return false;
    tzset();
    return add_zone(t, module);
}

const ModuleDef oz_time_module = {
    .name = "time",
    .doc = "Clocks, waiting, and times of day.",
    .functions = OZ_METHODS(&time_time, &time_time_ns, &time_monotonic, &time_monotonic_ns,
                            &time_perf_counter, &time_perf_counter_ns, &time_process_time,
                            &time_process_time_ns, &time_thread_time, &time_thread_time_ns,
                            &time_clock_gettime, &time_clock_gettime_ns, &time_clock_getres,
                            &time_clock_settime, &time_clock_settime_ns, &time_get_clock_info,
                            &time_sleep, &time_gmtime, &time_localtime, &time_asctime, &time_ctime,
                            &time_mktime, &time_strftime, &time_strptime, &time_tzset),
    .init = time_init,
};
