// SPDX-License-Identifier: MIT
// The proleptic Gregorian calendar: days by number, weeks, and the ranges of fields.
//
// Days are counted from 0001-01-01, which is 1.  To find the date of a number the year is taken to
// begin in March: then the leap day is its last, and months and years follow from divisions alone.
#include "modules/datetime.h"

static bool is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int month_days(int year, int month)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

int oz_calendar_year_day(Calendar day)
{
    static const uint16_t before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    return before[day.month - 1] + (day.month > 2 && is_leap(day.year)) + day.day;
}

static int days_before_year(int year)
{
    int y = year - 1;
    return y * 365 + y / 4 - y / 100 + y / 400;
}

int oz_calendar_ordinal(Calendar day)
{
    return days_before_year(day.year) + oz_calendar_year_day(day);
}

Calendar oz_calendar_from_ordinal(int ordinal)
{
    enum { CENTURIES_4 = 146097, TO_MARCH = 305 };
    unsigned n = (unsigned)(ordinal + TO_MARCH); /* since March 1 of year 0 */
    unsigned era = n / CENTURIES_4;
    n %= CENTURIES_4;
    unsigned year = (n - n / 1460 + n / 36524 - n / 146096) / 365;
    n -= 365 * year + year / 4 - year / 100;
    unsigned month = (5 * n + 2) / 153; /* March is 0 */
    unsigned day = n - (153 * month + 2) / 5 + 1;
    month = month < 10 ? month + 3 : month - 9;
    year += era * 400 + (month <= 2);
    return (Calendar){(uint16_t)year, (uint8_t)month, (uint8_t)day};
}

bool oz_calendar_add(Thread *t, Calendar *day, int64_t days)
{
    int64_t moved = day->day + days;
    if (OZ_LIKELY(moved >= 1 && moved <= 28 && day->year >= OZ_YEAR_MIN &&
                  day->year <= OZ_YEAR_MAX)) { /* of the same month */
        day->day = (uint8_t)moved;
        return true;
    }
    int64_t ordinal = oz_calendar_ordinal(*day) + days;
    if (ordinal < 1 || ordinal > OZ_ORDINAL_MAX)
        return oz_fail(t, OZ_OverflowError, "date value out of range");
    *day = oz_calendar_from_ordinal((int)ordinal);
    return true;
}

int oz_calendar_weekday(Calendar day)
{
    int n = (oz_calendar_ordinal(day) + 6) % 7;
    return n < 0 ? n + 7 : n;
}

int oz_calendar_week_one(int year)
{
    int first = days_before_year(year) + 1;
    int weekday = (first + 6) % 7;
    if (weekday < 0)
        weekday += 7;
    return first - weekday + (weekday > 3 ? 7 : 0);
}

bool oz_calendar_check(Thread *t, int year, int month, int day)
{
    if (year < OZ_YEAR_MIN || year > OZ_YEAR_MAX)
        return oz_fail(t, OZ_ValueError, "year %d is out of range", year);
    if (month < 1 || month > 12)
        return oz_fail(t, OZ_ValueError, "month must be in 1..12");
    if (day < 1 || day > month_days(year, month))
        return oz_fail(t, OZ_ValueError, "day is out of range for month");
    return true;
}

bool oz_clock_check(Thread *t, int hour, int minute, int second, int microsecond, int fold)
{
    const char *wrong = (unsigned)hour >= 24                    ? "hour must be in 0..23"
                        : (unsigned)minute >= 60                ? "minute must be in 0..59"
                        : (unsigned)second >= 60                ? "second must be in 0..59"
                        : (unsigned)microsecond >= OZ_SECOND_US ? "microsecond must be in 0..999999"
                        : (unsigned)fold > 1                    ? "fold must be either 0 or 1"
                                                                : NULL;
    return !wrong || oz_fail(t, OZ_ValueError, "%s", wrong);
}

bool oz_calendar_from_week(Thread *t, int year, int week, int day, Calendar *date)
{
    if (year < OZ_YEAR_MIN || year > OZ_YEAR_MAX)
        return oz_fail(t, OZ_ValueError, "Year is out of range: %d", year);
    int first = oz_calendar_week_one(year);
    int weeks = (oz_calendar_week_one(year + 1) - first) / 7;
    if (week < 1 || week > weeks)
        return oz_fail(t, OZ_ValueError, "Invalid week: %d", week);
    if (day < 1 || day > 7)
        return oz_fail(t, OZ_ValueError, "Invalid day: %d (range is [1, 7])", day);
    int ordinal = first + (week - 1) * 7 + day - 1;
    if (ordinal < 1) /* of year 0 */
        return oz_fail(t, OZ_ValueError, "year 0 is out of range");
    if (ordinal > OZ_ORDINAL_MAX)
        return oz_fail(t, OZ_ValueError, "year 10000 is out of range");
    *date = oz_calendar_from_ordinal(ordinal);
    return true;
}
