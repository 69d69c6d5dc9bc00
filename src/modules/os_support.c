// SPDX-License-Identifier: MIT
// What the modules that speak to the system share.
#include "modules/os_support.h"

#include "modules/modules.h"
#include "types/buffer.h"
#include "types/bytes.h"
#include "types/codec.h"
#include "types/float.h"
#include "types/int.h"
#include "types/native.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/warning.h"

#include <limits.h>
#include <math.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

static const char *kinds_of(int allow)
{
    return allow == 0              ? "string, bytes or os.PathLike"
           : allow == OZ_PATH_FD   ? "string, bytes, os.PathLike or integer"
           : allow == OZ_PATH_NONE ? "string, bytes, os.PathLike or None"
                                   : "string, bytes, os.PathLike, integer or None";
}

static Ref raise_kind(Thread *t, Obj v, const char *function, const char *argument, int allow)
{
    return oz_raise(t, OZ_TypeError, "%s: %s should be %s, not %T", function, argument,
                    kinds_of(allow), v);
}

/* An int of the system; `what` is not in its range. */
static bool system_int(Thread *t, Obj v, const char *what, int *n)
{
    scoped Ref exact = oz_index(t, v);
    if (!exact)
        return false;
    int64_t value;
    bool fits = oz_int_fits_int64(exact, &value);
    if (!fits)
        value = oz_int_sign(exact) < 0 ? INT64_MIN : INT64_MAX;
    if (value > INT_MAX)
        return oz_fail(t, OZ_OverflowError, "%s is greater than maximum", what);
    if (value < INT_MIN)
        return oz_fail(t, OZ_OverflowError, "%s is less than minimum", what);
    *n = (int)value;
    return true;
}

bool oz_os_unsigned(Thread *t, Obj v, uint64_t most, const char *type, uint64_t *n)
{
    Obj exact = oz_as_exact_int(v);
    if (!exact)
        return oz_fail(t, OZ_TypeError, "an integer is required");
    if (oz_int_sign(exact) < 0)
        return oz_fail(t, OZ_ValueError, "value must be positive");
    if (oz_int_bits(exact) > 64)
        return oz_fail(t, OZ_OverflowError, "Python int too large to convert to C unsigned long");
    return oz_as_uint64(t, exact, n) &&
           (*n <= most ||
            oz_fail(t, OZ_OverflowError, "Python int too large for C unsigned %s", type));
}

bool oz_os_pid(Thread *t, Obj v, int *pid)
{
    int64_t value;
    return oz_as_int64(t, v, &value) && system_int(t, v, "signed integer", pid);
}

bool oz_os_path(Thread *t, OsPath *path, Obj v, const char *function, const char *argument,
                int allow)
{
    *path = (OsPath){.given = v, .fd = -1};
    if (v == OZ_NONE && (allow & OZ_PATH_NONE)) {
        path->given = NULL;
        path->text = ".";
        return true;
    }
    bool plain = oz_is_str(v) || oz_as_bytes(v);
    if (!plain && oz_has_buffer(v)) { /* other bytes, as long as they are let */
        if (!oz_warn(t, OZ_DeprecationWarning, 1, "%s: %s should be %s, not %T", function, argument,
                     kinds_of(allow), v))
            return false;
        path->plain = oz_bytes_from_object(t, v);
        if (!path->plain)
            return false;
        plain = true;
    }
    if (!plain) {
        scoped Ref method = NULL;
        Found found = oz_find_special(t, v, OZ_NAME(t, __fspath__), &method);
        if (found == OZ_RAISED)
            return false;
        if (found == OZ_MISSING) {
            if (!(allow & OZ_PATH_FD) || !oz_class_of(v)->slots->index) {
                raise_kind(t, v, function, argument, allow);
                return false;
            }
            return system_int(t, v, "fd", &path->fd);
        }
    }
    if (!plain) {
        path->plain = oz_fspath(t, v);
        if (!path->plain)
            return false;
        path->given = path->plain;
    }
    Obj name = path->plain ? path->plain : v;
    path->bytes = oz_encode_path(t, name);
    if (!path->bytes)
        return false;
    path->narrow = oz_as_bytes(name) != NULL;
    path->text = (const char *)oz_bytes_data(oz_as_bytes(path->bytes));
    return true;
}

Ref oz_os_raise(Thread *t)
{
    return oz_raise_os_error(t, errno, NULL);
}

Ref oz_os_raise_path(Thread *t, const OsPath *path)
{
    return oz_raise_os_error(t, errno, path->given);
}

Ref oz_os_raise_paths(Thread *t, const OsPath *from, const OsPath *to)
{
    return oz_raise_os_error2(t, errno, from->given, to->given);
}

Ref oz_os_result(Thread *t, int status)
{
    return status < 0 ? oz_os_raise(t) : OZ_NONE;
}

Ref oz_os_result_path(Thread *t, int status, const OsPath *path)
{
    return status < 0 ? oz_os_raise_path(t, path) : OZ_NONE;
}

bool oz_os_dir_fd(Thread *t, Obj v, int *fd)
{
    if (v == OZ_NONE) {
        *fd = AT_FDCWD;
        return true;
    }
    if (!oz_as_exact_int(v) && !oz_class_of(v)->slots->index)
        return oz_fail(t, OZ_TypeError, "argument should be integer or None, not %T", v);
    return system_int(t, v, "fd", fd);
}

bool oz_os_fileno(Thread *t, Obj v, int *fd)
{
    scoped Ref number = oz_retain(v);
    if (!oz_as_exact_int(v)) {
        scoped Ref method = NULL;
        Found found = oz_find_attr(t, v, OZ_NAME(t, fileno), &method);
        if (found == OZ_RAISED)
            return false;
        if (found == OZ_MISSING)
            return oz_fail(t, OZ_TypeError, "argument must be an int, or have a fileno() method.");
        Ref given = oz_call0(t, method);
        if (!given)
            return false;
        oz_drop(number);
        number = given;
        if (!oz_as_exact_int(number))
            return oz_fail(t, OZ_TypeError, "fileno() returned a non-integer");
    }
    if (!oz_as_int(t, number, fd))
        return false;
    if (*fd < 0)
        return oz_fail(t, OZ_ValueError, "file descriptor cannot be a negative integer (%d)", *fd);
    return true;
}

bool oz_os_id(Thread *t, Obj v, const char *what, uint32_t *id)
{
    if (!oz_as_exact_int(v) && !oz_class_of(v)->slots->index)
        return oz_fail(t, OZ_TypeError, "%s should be integer, not %T", what, v);
    scoped Ref number = oz_index(t, v);
    int64_t n;
    if (!number)
        return false;
    if (!oz_int_fits_int64(number, &n))
        return oz_fail(t, OZ_OverflowError, "%s is %s", what,
                       oz_int_sign(number) < 0 ? "less than minimum" : "greater than maximum");
    if (n < -1 || n > UINT32_MAX) /* the same words for both, as in CPython */
        return oz_fail(t, OZ_OverflowError, "%s is less than minimum", what);
    *id = (uint32_t)n;
    return true;
}

Ref oz_os_id_new(Thread *t OZ_UNUSED, uint32_t id)
{
    return oz_int(id == UINT32_MAX ? -1 : (int64_t)id);
}

Ref oz_os_name(Thread *t, const char *text, bool narrow)
{
    return narrow ? oz_bytes_new(t, text, strlen(text)) : oz_fs_decode(t, text, strlen(text));
}

bool oz_os_strings(Thread *t, OsStrings *strings, List *bytes)
{
    size_t count = oz_list_length(bytes);
    strings->items = oz_block_alloc(t->heap, (count + 1) * sizeof(char *));
    if (!strings->items) {
        oz_raise_memory(t);
        return false;
    }
    for (size_t n = 0; n < count; n++) {
        scoped Ref item = oz_list_get(t, bytes, n);
        if (!item)
            return false;
        strings->items[n] = (char *)oz_bytes_data(oz_as_bytes(item));
    }
    strings->items[count] = NULL;
    return true;
}

static bool fail_timestamp(Thread *t)
{
    return oz_fail(t, OZ_OverflowError, "timestamp out of range for platform time_t");
}

static double rounded(double d, TimeRound round)
{
    if (round == OZ_TIME_EVEN)
        return rint(d);
    return round == OZ_TIME_CEILING || (round == OZ_TIME_AWAY && d > 0) ? ceil(d) : floor(d);
}

bool oz_time_parts(Thread *t, Obj v, long parts, TimeRound round, time_t *seconds, long *part)
{
    double d;
    *part = 0;
    if (!oz_as_float(v, &d)) {
        int64_t n;
        scoped Ref number = oz_index(t, v);
        if (!number)
            return false;
        if (!oz_int_fits_int64(number, &n))
            return fail_timestamp(t);
        *seconds = n;
        return true;
    }
    if (isnan(d))
        return oz_fail(t, OZ_ValueError, "Invalid value NaN (not a number)");
    double size = (double)parts, whole, rest = modf(d, &whole) * size;
    rest = rounded(rest, round);
    if (rest >= size) {
        rest -= size;
        whole += 1;
    } else if (rest < 0) {
        rest += size;
        whole -= 1;
    }
    if (!(whole >= -9223372036854775808.0 && whole < 9223372036854775808.0))
        return fail_timestamp(t);
    *seconds = (time_t)whole;
    *part = (long)rest;
    return true;
}

bool oz_time_from(Thread *t, Obj v, struct timespec *time, TimeRound round)
{
    *time = (struct timespec){0};
    return oz_time_parts(t, v, 1000000000, round, &time->tv_sec, &time->tv_nsec);
}

bool oz_os_signals(Thread *t, Obj numbers, sigset_t *set)
{
    scoped Ref items = oz_tuple_from(t, numbers);
    sigemptyset(set);
    for (uint32_t n = 0; items && n < ((Tuple *)items)->length; n++) {
        int number = -1;
        if (!oz_as_int(t, ((Tuple *)items)->items[n], &number) &&
            !oz_exception_forget(t, OZ_OverflowError))
            return false;
        if (number < 1 || number >= NSIG)
            return oz_fail(t, OZ_ValueError, "signal number %d out of range [1; %d]", number,
                           NSIG - 1);
        sigaddset(set, number);
    }
    return items != NULL;
}

static bool fail_time(Thread *t)
{
    return oz_fail(t, OZ_OverflowError, "timestamp too large to convert to C _PyTime_t");
}

bool oz_time_ns(Thread *t, Obj v, int64_t unit, TimeRound round, int64_t *ns)
{
    double d;
    if (!oz_as_float(v, &d)) {
        int64_t n;
        scoped Ref number = oz_index(t, v);
        if (!number)
            return false;
        return (oz_int_fits_int64(number, &n) && !__builtin_mul_overflow(n, unit, ns)) ||
               fail_time(t);
    }
    if (isnan(d))
        return oz_fail(t, OZ_ValueError, "Invalid value NaN (not a number)");
    d *= (double)unit;
    d = rounded(d, round);
    if (!(d >= -9223372036854775808.0 && d < 9223372036854775808.0))
        return fail_time(t);
    *ns = (int64_t)d;
    return true;
}

void oz_wait_start(OsWait *wait, int64_t ns)
{
    wait->left = ns;
    if (ns <= 0 || __builtin_add_overflow(oz_monotonic_ns(), ns, &wait->end))
        wait->end = INT64_MAX;
}

void oz_wait_again(OsWait *wait)
{
    if (wait->left <= 0)
        return;
    int64_t left = wait->end - oz_monotonic_ns();
    wait->left = left > 0 ? left : 0;
}

int oz_wait_ms(const OsWait *wait)
{
    if (wait->left < 0)
        return -1;
    int64_t ms = wait->left / 1000000 + (wait->left % 1000000 != 0);
    return ms > INT_MAX ? INT_MAX : (int)ms;
}

struct timeval *oz_wait_timeval(const OsWait *wait, struct timeval *time)
{
    if (wait->left < 0)
        return NULL;
    int64_t us = wait->left / 1000 + (wait->left % 1000 != 0);
    *time = (struct timeval){.tv_sec = us / 1000000, .tv_usec = us % 1000000};
    return time;
}

const char *oz_os_text(Thread *t, Obj v, const char *function, const char *argument, Ref *keep)
{
    size_t length;
    if (!oz_is_str(v)) {
        (void)oz_raise_argument_at(t, function, argument, "str", v);
        return NULL;
    }
    const char *text = oz_str_utf8(t, v, &length, keep);
    if (!text || strlen(text) == length)
        return text;
    oz_raise(t, OZ_ValueError, "embedded null character");
    return NULL;
}

bool oz_os_mask(Thread *t, Obj v, uint32_t *mask)
{
    scoped Ref number = oz_index(t, v);
    scoped Ref low = number ? oz_int_and(t, number, oz_int(UINT32_MAX)) : NULL;
    if (low)
        *mask = (uint32_t)oz_int_value(low);
    return low != NULL;
}

bool oz_os_constants(Thread *t, Module *module, const OsConstant *constants)
{
    for (; constants->name; constants++)
        if (!oz_module_add_int(t, module, constants->name, constants->value))
            return false;
    return true;
}

size_t oz_os_read_whole(int fd, uint8_t *data, size_t size)
{
    size_t got = 0;
    while (got < size) {
        ssize_t n = read(fd, data + got, size - got);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        got += (size_t)n;
    }
    return got;
}

size_t oz_os_normalise(char *out, const char *path, size_t size)
{
    const char *end = path + size;
    size_t slashes = 0, n = 0;
    while (slashes < size && path[slashes] == '/')
        slashes++;
    size_t root = slashes == 2 ? 2 : slashes ? 1 : 0;
    memset(out, '/', root);
    n = root;
    for (const char *at = path + slashes; at < end; at++) {
        const char *slash = memchr(at, '/', (size_t)(end - at));
        size_t length = (size_t)((slash ? slash : end) - at);
        size_t last = n;
        while (last > root && out[last - 1] != '/')
            last--;
        bool up = length == 2 && at[0] == '.' && at[1] == '.';
        bool after_up = n - last == 2 && out[last] == '.' && out[last + 1] == '.';
        if (length == 0 || (length == 1 && at[0] == '.')) {
        } else if (up && n > root && !after_up) {
            n = last > root ? last - 1 : root;
        } else if (!(up && root && n == root)) {
            if (n > root)
                out[n++] = '/';
            memcpy(out + n, at, length);
            n += length;
        }
        at += length;
    }
    if (n == 0)
        out[n++] = '.';
    return n;
}
