// SPDX-License-Identifier: MIT
// The module syslog: messages for the system's log.
//
// The C library keeps a pointer to the name that openlog() was given, so a copy of it lives in the
// state until the next openlog() or closelog() is done.  What takes arguments as no signature says
// it ("[priority,] message") counts them itself.
#include "modules/modules.h"
#include "modules/os_support.h"
#include "object/error.h"
#include "types/audit.h"
#include "types/int.h"
#include "types/native.h"
#include "types/str.h"
#include "types/tuple.h"

#include <string.h>
#include <syslog.h>

typedef struct SyslogState {
    char *name; /* [lock] what the C library has of openlog(); NULL: it takes the program's */
    bool open;  /* [lock] */
} SyslogState;

static SyslogState *state_of(Obj module)
{
    return ((const Module *)module)->state;
}

/* sys.argv[0] without its folder, as a new reference; OZ_MISSING if there is none. */
static Found program_name(Thread *t, Ref *name)
{
    scoped Ref argv = NULL;
    Found found = oz_sys_get(t, "argv", &argv);
    if (found != OZ_FOUND || !oz_as_list(argv) || oz_list_length((List *)argv) == 0)
        return found == OZ_RAISED ? found : OZ_MISSING;
    scoped Ref word = oz_list_get(t, (List *)argv, 0);
    if (!word)
        return OZ_RAISED;
    size_t length = oz_is_str(word) ? oz_str_length(oz_as_str(word)) : 0, from = length;
    if (length == 0)
        return OZ_MISSING;
    while (from > 0 && oz_str_at(oz_as_str(word), from - 1) != '/')
        from--;
    *name = oz_str_slice(t, word, from, length);
    return *name ? OZ_FOUND : OZ_RAISED;
}

static bool open_log(Thread *t, SyslogState *state, Obj given, int64_t option, int64_t facility)
{
    scoped Ref name = given ? oz_retain(given) : NULL, keep = NULL;
    if (!name && program_name(t, &name) == OZ_RAISED)
        return false;
    size_t length = 0;
    const char *text = name ? oz_str_utf8(t, name, &length, &keep) : NULL;
    if (name && !text)
        return false;
    char *copy = text ? oz_block_alloc(t->heap, length + 1) : NULL;
    if (text && !copy) {
        oz_raise_memory(t);
        return false;
    }
    if (copy)
        memcpy(copy, text, length + 1);
    if (!oz_audit_event(t, "syslog.openlog", "Onn", name, option, facility)) {
        oz_block_free(copy);
        return false;
    }
    openlog(copy, (int)option, (int)facility);
    oz_block_free(state->name);
    state->name = copy;
    state->open = true;
    return true;
}

OZ_FUNCTION(syslog, openlog,
            "($module, /, ident=<unrepresentable>, logoption=0, facility=<unrepresentable>)",
            "Say how messages are to be logged from now on.")
{
    int64_t option, facility = LOG_USER;
    if (a[1] && !oz_is_str(a[1]))
        return oz_raise_argument_at(t, "openlog", " 1", "str", a[1]);
    if (!oz_as_int64(t, a[2], &option) || (a[3] && !oz_as_int64(t, a[3], &facility)))
        return NULL;
    return open_log(t, state_of(a[0]), a[1], option, facility) ? OZ_NONE : NULL;
}

/* The message among the arguments, and the priority if they have one; NULL: they are not right. */
static Obj read_message(Thread *t, const Tuple *args, int *priority)
{
    Obj message = args->length == 1 || args->length == 2 ? args->items[args->length - 1] : NULL;
    if (message && oz_is_str(message) &&
        (args->length == 1 || oz_as_int(t, args->items[0], priority)))
        return message;
    if (!t->exception || !oz_raised(t, OZ_MemoryError))
        oz_raise(t, OZ_TypeError, "[priority,] message string");
    return NULL;
}

OZ_FUNCTION(syslog, syslog, "($module, /, *args)", "Log a message.")
{
    int priority = LOG_INFO;
    scoped Ref keep = NULL;
    Obj message = read_message(t, (const Tuple *)a[1], &priority);
    size_t length;
    const char *text = message ? oz_str_utf8(t, message, &length, &keep) : NULL;
    if (!text || !oz_audit_event(t, "syslog.syslog", "nO", (int64_t)priority, message))
        return NULL;
    SyslogState *state = state_of(a[0]);
    if (!state->open && !open_log(t, state, NULL, 0, LOG_USER))
        return NULL;
    OZ_DETACHED(t, (syslog(priority, "%s", text), 0));
    return OZ_NONE;
}

OZ_FUNCTION(syslog, closelog, "($module, /)", "End logging, and forget what openlog() said.")
{
    SyslogState *state = state_of(a[0]);
    if (!oz_audit_event(t, "syslog.closelog", ""))
        return NULL;
    if (!state->open)
        return OZ_NONE;
    closelog();
    oz_block_free(state->name);
    state->name = NULL;
    state->open = false;
    return OZ_NONE;
}

/* One argument, a number of which the lower bits count. */
static bool read_number(Thread *t, Obj args, const char *wrong, int *n)
{
    int64_t value;
    const Tuple *tuple = (const Tuple *)args;
    if (tuple->length != 1)
        return oz_fail(t, OZ_TypeError, wrong, (int64_t)tuple->length);
    if (!oz_as_int64(t, tuple->items[0], &value))
        return false;
    *n = (int)value;
    return true;
}

OZ_FUNCTION(syslog, setlogmask, "($module, /, *args)",
            "Choose which priorities are logged; the choice before.")
{
    int mask;
    if (!read_number(t, a[1], "mask for priority", &mask) ||
        !oz_audit_event(t, "syslog.setlogmask", "n", (int64_t)mask))
        return NULL;
    return oz_int(setlogmask(mask));
}

OZ_FUNCTION(syslog, LOG_MASK, "($module, /, *args)", "The mask of a priority.")
{
    int priority;
    if (!read_number(t, a[1], "LOG_MASK() takes exactly 1 argument (%d given)", &priority))
        return NULL;
    return oz_int((int)(1u << (priority & 31)));
}

OZ_FUNCTION(syslog, LOG_UPTO, "($module, /, *args)", "The mask of a priority and those above it.")
{
    int priority;
    if (!read_number(t, a[1], "LOG_UPTO() takes exactly 1 argument (%d given)", &priority))
        return NULL;
    return oz_int((int)((1u << (((unsigned)priority + 1) & 31)) - 1));
}

static const OsConstant constants[] = {
    OZ_CONSTANT(LOG_EMERG),    OZ_CONSTANT(LOG_ALERT),
    OZ_CONSTANT(LOG_CRIT),     OZ_CONSTANT(LOG_ERR),
    OZ_CONSTANT(LOG_WARNING),  OZ_CONSTANT(LOG_NOTICE),
    OZ_CONSTANT(LOG_INFO),     OZ_CONSTANT(LOG_DEBUG),
    OZ_CONSTANT(LOG_PID),      OZ_CONSTANT(LOG_CONS),
    OZ_CONSTANT(LOG_NDELAY),   OZ_CONSTANT(LOG_ODELAY),
    OZ_CONSTANT(LOG_NOWAIT),   OZ_CONSTANT(LOG_PERROR),
    OZ_CONSTANT(LOG_KERN),     OZ_CONSTANT(LOG_USER),
    OZ_CONSTANT(LOG_MAIL),     OZ_CONSTANT(LOG_DAEMON),
    OZ_CONSTANT(LOG_AUTH),     OZ_CONSTANT(LOG_LPR),
    OZ_CONSTANT(LOG_LOCAL0),   OZ_CONSTANT(LOG_LOCAL1),
    OZ_CONSTANT(LOG_LOCAL2),   OZ_CONSTANT(LOG_LOCAL3),
    OZ_CONSTANT(LOG_LOCAL4),   OZ_CONSTANT(LOG_LOCAL5),
    OZ_CONSTANT(LOG_LOCAL6),   OZ_CONSTANT(LOG_LOCAL7),
    OZ_CONSTANT(LOG_SYSLOG),   OZ_CONSTANT(LOG_CRON),
    OZ_CONSTANT(LOG_UUCP),     OZ_CONSTANT(LOG_NEWS),
    OZ_CONSTANT(LOG_AUTHPRIV), {NULL, 0},
};

static bool syslog_init(Thread *t, Module *module)
{
    SyslogState *state = oz_block_alloc(t->heap, sizeof *state);
    if (!state) {
        oz_raise_memory(t);
        return false;
    }
    *state = (SyslogState){0};
    module->state = state;
    return oz_os_constants(t, module, constants);
}

static void syslog_fini(Thread *t OZ_UNUSED, Module *module)
{
    SyslogState *state = module->state;
    if (!state)
        return;
    if (state->open)
        closelog();
    oz_block_free(state->name);
    oz_block_free(state);
}

const ModuleDef oz_syslog_module = {
    .name = "syslog",
    .functions = OZ_METHODS(&syslog_openlog, &syslog_closelog, &syslog_syslog, &syslog_setlogmask,
                            &syslog_LOG_MASK, &syslog_LOG_UPTO),
    .init = syslog_init,
    .fini = syslog_fini,
};
