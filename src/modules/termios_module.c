// SPDX-License-Identifier: MIT
// termios: control of terminals.
#include "modules/module_errors.h"
#include "modules/native_type.h"
#include "modules/os_support.h"
#include "types/bytes.h"

#include <limits.h>
#include <sys/ioctl.h>
#include <termios.h>

static const OsConstant constants[] = {
#define CONSTANT(name) {#name, (int64_t)(name)},
#include "modules/termios.def"
#undef CONSTANT
    {"VSWTCH", VSWTC},
    {NULL, 0},
};

/* termios.error(number, text) from errno. */
static Ref raise_error(Thread *t)
{
    int number = errno;
    Obj cls = oz_module_error(t, OZ_ERROR_TERMIOS);
    scoped Ref text = cls ? oz_os_name(t, strerror(number), false) : NULL;
    scoped Ref error = text ? oz_call2(t, cls, oz_int(number), text) : NULL;
    return error ? oz_raise_object(t, error, NULL) : NULL;
}

static Ref result(Thread *t, int status)
{
    return status < 0 ? raise_error(t) : OZ_NONE;
}

/* ---- attributes ---- */

/* The special characters; the two that count where lines are not edited are ints then. */
static Ref characters_new(Thread *t, const struct termios *mode)
{
    scoped Ref list = oz_list_new(t, NCCS);
    for (unsigned n = 0; list && n < NCCS; n++) {
        bool number = !(mode->c_lflag & ICANON) && (n == VMIN || n == VTIME);
        Ref item = number ? oz_int(mode->c_cc[n]) : oz_bytes_new(t, &mode->c_cc[n], 1);
        if (!item || !oz_list_append_take(t, (List *)list, item))
            return NULL;
    }
    return oz_move(&list);
}

OZ_FUNCTION(termios, tcgetattr, "($module, fd, /)",
            "The attributes of a terminal: [iflag, oflag, cflag, lflag, ispeed, ospeed, "
            "characters].")
{
    int fd;
    struct termios mode;
    if (!oz_os_fileno(t, a[1], &fd))
        return NULL;
    if (OZ_DETACHED(t, tcgetattr(fd, &mode)) < 0)
        return raise_error(t);
    scoped Ref characters = characters_new(t, &mode);
    const Obj items[] = {oz_int(mode.c_iflag),
                         oz_int(mode.c_oflag),
                         oz_int(mode.c_cflag),
                         oz_int(mode.c_lflag),
                         oz_int(cfgetispeed(&mode)),
                         oz_int(cfgetospeed(&mode)),
                         characters};
    return characters ? oz_list_of_array(t, items, OZ_COUNT(items)) : NULL;
}

static bool character_of(Thread *t, Obj v, cc_t *character)
{
    const Bytes *bytes = oz_as_bytes(v);
    int64_t n;
    if (bytes && oz_bytes_length(bytes) == 1) {
        *character = oz_bytes_data(bytes)[0];
        return true;
    }
    if (!oz_as_exact_int(v))
        return oz_fail(t, OZ_TypeError,
                       "tcsetattr: elements of attributes must be characters or integers");
    if (!oz_as_int64(t, v, &n))
        return false;
    *character = (cc_t)n;
    return true;
}

/* Element `n`; the list may change while __index__ runs. */
static bool element(Thread *t, List *list, size_t n, int64_t *value)
{
    scoped Ref item = oz_list_get(t, list, n);
    return item && oz_as_int64(t, item, value);
}

static bool mode_of(Thread *t, List *list, struct termios *mode)
{
    int64_t n[6];
    for (unsigned i = 0; i < 6; i++)
        if (!element(t, list, i, &n[i]))
            return false;
    mode->c_iflag = (tcflag_t)n[0];
    mode->c_oflag = (tcflag_t)n[1];
    mode->c_cflag = (tcflag_t)n[2];
    mode->c_lflag = (tcflag_t)n[3];
    scoped Ref last = oz_list_get(t, list, 6);
    List *characters = last ? oz_as_list(last) : NULL;
    if (last && (!characters || oz_list_length(characters) != NCCS))
        return oz_fail(t, OZ_TypeError, "tcsetattr: attributes[6] must be %d element list", NCCS);
    for (unsigned i = 0; characters && i < NCCS; i++) {
        scoped Ref item = oz_list_get(t, characters, i);
        if (!item || !character_of(t, item, &mode->c_cc[i]))
            return false;
    }
    if (!last)
        return false;
    if (cfsetispeed(mode, (speed_t)n[4]) < 0 || cfsetospeed(mode, (speed_t)n[5]) < 0) {
        raise_error(t);
        return false;
    }
    return true;
}

OZ_FUNCTION(termios, tcsetattr, "($module, fd, when, attributes, /)",
            "Set the attributes of a terminal: at once, or when its output is out.")
{
    int fd, when, status;
    struct termios mode;
    if (!oz_os_fileno(t, a[1], &fd) || !oz_as_int(t, a[2], &when))
        return NULL;
    List *list = oz_as_list(a[3]);
    if (!list || oz_list_length(list) != 7)
        return oz_raise(t, OZ_TypeError, "tcsetattr, arg 3: must be 7 element list");
    if (tcgetattr(fd, &mode) < 0)
        return raise_error(t);
    if (!mode_of(t, list, &mode))
        return NULL;
    OZ_RETRY(status, tcsetattr(fd, when, &mode))
    return result(t, status);
}

/* ---- the line ---- */

OZ_FUNCTION(termios, tcsendbreak, "($module, fd, duration, /)", "Send a break.")
{
    int fd, duration;
    if (!oz_os_fileno(t, a[1], &fd) || !oz_as_int(t, a[2], &duration))
        return NULL;
    return result(t, OZ_DETACHED(t, tcsendbreak(fd, duration)));
}

OZ_FUNCTION(termios, tcdrain, "($module, fd, /)", "Wait until all output is out.")
{
    int fd, status;
    if (!oz_os_fileno(t, a[1], &fd))
        return NULL;
    OZ_RETRY(status, tcdrain(fd))
    return result(t, status);
}

OZ_FUNCTION(termios, tcflush, "($module, fd, queue, /)", "Throw away what waits.")
{
    int fd, queue;
    if (!oz_os_fileno(t, a[1], &fd) || !oz_as_int(t, a[2], &queue))
        return NULL;
    return result(t, OZ_DETACHED(t, tcflush(fd, queue)));
}

OZ_FUNCTION(termios, tcflow, "($module, fd, action, /)", "Stop or go on.")
{
    int fd, action;
    if (!oz_os_fileno(t, a[1], &fd) || !oz_as_int(t, a[2], &action))
        return NULL;
    return result(t, OZ_DETACHED(t, tcflow(fd, action)));
}

/* ---- the size of the window ---- */

OZ_FUNCTION(termios, tcgetwinsize, "($module, fd, /)", "The size of the window: (rows, columns).")
{
    int fd;
    struct winsize size;
    if (!oz_os_fileno(t, a[1], &fd))
        return NULL;
    if (ioctl(fd, TIOCGWINSZ, &size) < 0)
        return raise_error(t);
    return oz_tuple_of(t, 2, oz_int(size.ws_row), oz_int(size.ws_col));
}

OZ_FUNCTION(termios, tcsetwinsize, "($module, fd, winsize, /)",
            "Set the size of the window: (rows, columns).")
{
    static const char wrong[] = "tcsetwinsize, arg 2: must be a two-item sequence";
    int fd;
    int64_t n[2];
    struct winsize size;
    if (!oz_os_fileno(t, a[1], &fd))
        return NULL;
    if (!oz_class_of(a[2])->slots->get_item || oz_as_dict(a[2]))
        return oz_raise(t, OZ_TypeError, "%s", wrong);
    scoped Ref items = oz_tuple_from(t, a[2]);
    if (!items)
        return NULL;
    const Tuple *tuple = (const Tuple *)items;
    if (tuple->length != 2)
        return oz_raise(t, OZ_TypeError, "%s", wrong);
    if (!oz_as_int64(t, tuple->items[0], &n[0]) || !oz_as_int64(t, tuple->items[1], &n[1]))
        return NULL;
    if (n[0] < 0 || n[0] > USHRT_MAX || n[1] < 0 || n[1] > USHRT_MAX)
        return oz_raise(t, OZ_OverflowError, "winsize value(s) out of range.");
    if (ioctl(fd, TIOCGWINSZ, &size) < 0)
        return raise_error(t);
    size.ws_row = (unsigned short)n[0];
    size.ws_col = (unsigned short)n[1];
    return result(t, ioctl(fd, TIOCSWINSZ, &size));
}

static bool termios_init(Thread *t, Module *module)
{
    Obj error = oz_module_error(t, OZ_ERROR_TERMIOS);
    return error && oz_os_constants(t, module, constants) &&
           oz_module_add(t, module, "error", oz_retain(error));
}

const ModuleDef oz_termios_module = {
    .name = "termios",
    .doc = "Control of terminals.",
    .functions =
        OZ_METHODS(&termios_tcgetattr, &termios_tcsetattr, &termios_tcsendbreak, &termios_tcdrain,
                   &termios_tcflush, &termios_tcflow, &termios_tcgetwinsize, &termios_tcsetwinsize),
    .init = termios_init,
};
