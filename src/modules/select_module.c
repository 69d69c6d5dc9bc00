// SPDX-License-Identifier: MIT
// select: waiting for descriptors: select(), poll objects, epoll objects.
//
// A wait that a signal interrupts runs the handlers and goes on with what is left of its time. The
// descriptors of a poll object lie in a dict, in the order in which they were registered, which is
// the order of the answers; the array for the system is made at each wait, since a handler may
// change the object meanwhile.
#include "modules/native_type.h"
#include "modules/os_support.h"

#include <limits.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <unistd.h>

/* A wait: None is for ever. `unit`: nanoseconds of one. */
static bool wait_of(Thread *t, Obj timeout, int64_t unit, const char *wanted, OsWait *wait)
{
    int64_t ns = -1;
    if (timeout && timeout != OZ_NONE && !oz_time_ns(t, timeout, unit, OZ_TIME_AWAY, &ns)) {
        if (oz_exception_forget(t, OZ_TypeError))
            oz_raise(t, OZ_TypeError, "timeout must be %s or None", wanted);
        return false;
    }
    oz_wait_start(wait, ns);
    return true;
}

static bool wait_in_ms(Thread *t, Obj timeout, int64_t unit, OsWait *wait)
{
    if (!wait_of(t, timeout, unit, "an integer", wait))
        return false;
    if (wait->left > INT_MAX * INT64_C(1000000))
        return oz_fail(t, OZ_OverflowError, "timeout is too large");
    return true;
}

/* ---- select ---- */

/* One of the three arguments. */
typedef struct Side {
    Ref objects; /* list */
    int fds[FD_SETSIZE];
    size_t count;
    fd_set set;
} Side;

static bool side_add(Thread *t, Side *side, Obj object)
{
    int fd;
    if (!oz_os_fileno(t, object, &fd))
        return false;
    if (fd >= FD_SETSIZE)
        return oz_fail(t, OZ_ValueError, "filedescriptor out of range in select()");
    if (side->count == FD_SETSIZE)
        return oz_fail(t, OZ_ValueError, "too many file descriptors in select()");
    side->fds[side->count++] = fd;
    return oz_list_append(t, (List *)side->objects, object);
}

/* fileno() of an object may change the list: it is looked at anew each time. */
static bool side_of(Thread *t, Side *side, Obj v)
{
    side->count = 0;
    side->objects = oz_list_new(t, 0);
    scoped Ref items =
        side->objects ? oz_to_sequence(t, v, "arguments 1-3 must be sequences") : NULL;
    List *list = items ? oz_as_list(items) : NULL;
    const Tuple *tuple = items ? oz_as_tuple(items) : NULL;
    for (size_t n = 0; items && n < (list ? oz_list_length(list) : tuple->length); n++) {
        scoped Ref item = list ? oz_list_get(t, list, n) : oz_retain(tuple->items[n]);
        if (!item || !side_add(t, side, item) || !oz_poll(t))
            return false;
    }
    return items != NULL;
}

static int side_fill(Side *side)
{
    int top = -1;
    FD_ZERO(&side->set);
    for (size_t n = 0; n < side->count; n++) {
        FD_SET(side->fds[n], &side->set);
        top = side->fds[n] > top ? side->fds[n] : top;
    }
    return top;
}

static Ref side_ready(Thread *t, const Side *side)
{
    scoped Ref ready = oz_list_new(t, 0);
    for (size_t n = 0; ready && n < side->count; n++) {
        scoped Ref item = NULL;
        if (!FD_ISSET(side->fds[n], &side->set))
            continue;
        item = oz_list_get(t, (List *)side->objects, n);
        if (!item || !oz_list_append(t, (List *)ready, item))
            return NULL;
    }
    return oz_move(&ready);
}

static bool select_once(Thread *t, Side *sides, OsWait *wait, int *found)
{
    int top = -1;
    for (unsigned n = 0; n < 3; n++) {
        int last = side_fill(&sides[n]);
        top = last > top ? last : top;
    }
    struct timeval time;
    struct timeval *limit = oz_wait_timeval(wait, &time);
    *found = OZ_DETACHED(t, select(top + 1, &sides[0].set, &sides[1].set, &sides[2].set, limit));
    return *found >= 0 || errno != EINTR;
}

static Ref select_sides(Thread *t, Side *sides, const Obj *a)
{
    OsWait wait;
    int found;
    if (!wait_of(t, a[4], 1000000000, "a float", &wait))
        return NULL;
    if (wait.left < 0 && a[4] != OZ_NONE)
        return oz_raise(t, OZ_ValueError, "timeout must be non-negative");
    for (unsigned n = 0; n < 3; n++)
        if (!side_of(t, &sides[n], a[n + 1]))
            return NULL;
    while (!select_once(t, sides, &wait, &found)) {
        if (!oz_poll(t))
            return NULL;
        oz_wait_again(&wait);
    }
    if (found < 0)
        return oz_os_raise(t);
    scoped Ref r = side_ready(t, &sides[0]), w = r ? side_ready(t, &sides[1]) : NULL;
    scoped Ref x = w ? side_ready(t, &sides[2]) : NULL;
    return x ? oz_tuple_of(t, 3, r, w, x) : NULL;
}

OZ_FUNCTION(select, select, "($module, rlist, wlist, xlist, timeout=None, /)",
            "Wait until something can be read, written, or has an exceptional condition.\n\n"
            "The arguments are sequences of descriptors or objects with fileno(), and how many "
            "seconds to wait at most. The result: three lists of those that are ready.")
{
    Side sides[3];
    for (unsigned n = 0; n < 3; n++)
        sides[n].objects = NULL;
    Ref result = select_sides(t, sides, a);
    for (unsigned n = 0; n < 3; n++)
        oz_drop(sides[n].objects);
    return result;
}

/* ---- poll objects ---- */

#define POLL_REFS(REF) REF(wanted)
typedef struct Poll {
    Object base;
    POLL_REFS(OZ_FIELD) /* dict: descriptor -> events */
    bool running;       /* [owner] a poll() of it waits */
} Poll;
OZ_TYPE_LIFE(poll_object, Poll, POLL_REFS)

/* An unsigned short; the default where the argument is left out. */
static bool mask_of(Thread *t, Obj v, uint16_t *mask)
{
    uint64_t n = POLLIN | POLLPRI | POLLOUT;
    if (v && !oz_os_unsigned(t, v, USHRT_MAX, "short", &n))
        return false;
    *mask = (uint16_t)n;
    return true;
}

static Dict *wanted_of(Obj poll)
{
    return (Dict *)((const Poll *)poll)->wanted;
}

OZ_METHOD(poll_object, register, "($self, fd, eventmask=<unrepresentable>, /)",
          "Watch a descriptor, or an object with fileno(), for events.")
{
    int fd;
    uint16_t mask;
    if (!oz_os_fileno(t, a[1], &fd) || !mask_of(t, a[2], &mask))
        return NULL;
    return oz_dict_set(t, wanted_of(a[0]), oz_int(fd), oz_int(mask)) ? OZ_NONE : NULL;
}

OZ_METHOD(poll_object, modify, "($self, fd, eventmask, /)",
          "Watch a registered descriptor for other events.")
{
    int fd;
    uint16_t mask;
    scoped Ref old = NULL;
    if (!oz_os_fileno(t, a[1], &fd) || !mask_of(t, a[2], &mask))
        return NULL;
    Found found = oz_dict_get(t, wanted_of(a[0]), oz_int(fd), &old);
    if (found == OZ_MISSING)
        return oz_raise_os_error(t, ENOENT, NULL);
    return found == OZ_FOUND && oz_dict_set(t, wanted_of(a[0]), oz_int(fd), oz_int(mask)) ? OZ_NONE
                                                                                          : NULL;
}

OZ_METHOD(poll_object, unregister, "($self, fd, /)", "Watch a descriptor no longer.")
{
    int fd;
    if (!oz_os_fileno(t, a[1], &fd))
        return NULL;
    Found found = oz_dict_delete(t, wanted_of(a[0]), oz_int(fd));
    if (found == OZ_MISSING)
        return oz_raise_value(t, OZ_KeyError, oz_int(fd));
    return found == OZ_FOUND ? OZ_NONE : NULL;
}

static Ref ready_fds(Thread *t, const struct pollfd *fds, size_t count)
{
    scoped Ref list = oz_list_new(t, 0);
    for (size_t n = 0; list && n < count; n++) {
        if (!fds[n].revents)
            continue;
        Ref pair = oz_tuple_of(t, 2, oz_int(fds[n].fd), oz_int((uint16_t)fds[n].revents));
        if (!pair || !oz_list_append_take(t, (List *)list, pair))
            return NULL;
    }
    return oz_move(&list);
}

static Ref poll_fds(Thread *t, Poll *self, OsWait *wait)
{
    Dict *wanted = (Dict *)self->wanted;
    size_t count = 0, at = 0;
    Obj fd, mask;
    struct pollfd *fds = oz_block_alloc(t->heap, (oz_dict_length(wanted) + 1) * sizeof *fds);
    if (!fds)
        return oz_raise_memory(t);
    while (oz_dict_step(wanted, &at, &fd, &mask))
        fds[count++] =
            (struct pollfd){.fd = (int)oz_int_value(fd), .events = (short)oz_int_value(mask)};
    int found;
    bool going = true;
    self->running = true;
    while ((found = OZ_DETACHED(t, poll(fds, count, oz_wait_ms(wait)))) < 0 && errno == EINTR &&
           (going = oz_poll(t)))
        oz_wait_again(wait);
    self->running = false;
    Ref ready = !going ? NULL : found < 0 ? oz_os_raise(t) : ready_fds(t, fds, count);
    oz_block_free(fds);
    return ready;
}

OZ_METHOD(poll_object, poll, "($self, timeout=None, /)",
          "Wait for events, at most so many milliseconds: a list of pairs (descriptor, events).")
{
    OsWait wait;
    Poll *self = (Poll *)a[0];
    if (!wait_in_ms(t, a[1], 1000000, &wait))
        return NULL;
    if (self->running)
        return oz_raise(t, OZ_RuntimeError, "concurrent poll() invocation");
    return poll_fds(t, self, &wait);
}

const TypeDef oz_poll_object_type = {
    .id = OZ_POLL_OBJECT,
    .name = "select.poll",
    .doc = "Descriptors that are watched together.",
    .size = sizeof(Poll),
    .flags = OZ_TYPE_FINAL | OZ_TYPE_NO_NEW,
    .visit = poll_object_visit,
    .clear = poll_object_clear,
    .methods = OZ_METHODS(&poll_object_register, &poll_object_modify, &poll_object_unregister,
                          &poll_object_poll),
};

OZ_FUNCTION(select, poll, "($module, /)", "Return a new poll object.")
{
    scoped Ref wanted = oz_builtin_class(t, OZ_POLL_OBJECT) ? oz_dict_new(t) : NULL;
    Poll *self = wanted ? oz_object_new(t, OZ_POLL_OBJECT, sizeof *self) : NULL;
    if (self)
        OZ_INIT_FIELD(self, wanted, oz_move(&wanted));
    return (Ref)self;
}

/* ---- epoll objects ---- */

typedef struct Epoll {
    Object base;
    int fd_plus; /* [owner] the descriptor + 1; 0: closed */
} Epoll;

static int epoll_fd(Obj self)
{
    return ((const Epoll *)self)->fd_plus - 1;
}

static bool check_open(Thread *t, Obj self)
{
    return epoll_fd(self) >= 0 || oz_fail(t, OZ_ValueError, "I/O operation on closed epoll object");
}

static int epoll_end(Epoll *self)
{
    int fd = self->fd_plus - 1;
    self->fd_plus = 0;
    return fd < 0 ? 0 : close(fd);
}

static void epoll_clear(Thread *t OZ_UNUSED, Object *self)
{
    epoll_end((Epoll *)self);
}

static Ref epoll_of(Thread *t, Class *cls, int fd)
{
    if (fd < 0)
        return oz_os_raise(t);
    Epoll *self = oz_instance_new(t, cls, 0);
    if (!self)
        close(fd);
    else
        self->fd_plus = fd + 1;
    return (Ref)self;
}

OZ_NEW(epoll, "($type, sizehint=-1, flags=0)")
{
    int size, flags;
    if (!oz_as_int(t, a[1], &size) || !oz_as_int(t, a[2], &flags))
        return NULL;
    if (size < -1 || size == 0)
        return oz_raise(t, OZ_ValueError, "negative sizehint");
    if (flags & ~EPOLL_CLOEXEC)
        return oz_raise(t, OZ_OSError, "invalid flags");
    return epoll_of(t, (Class *)a[0], epoll_create1(EPOLL_CLOEXEC));
}

OZ_CLASS_METHOD(epoll, fromfd, "($type, fd, /)", "An epoll object of a descriptor.")
{
    int fd;
    return oz_as_int(t, a[1], &fd) ? epoll_of(t, (Class *)a[0], fd) : NULL;
}

OZ_METHOD(epoll, close, "($self, /)", "Close the descriptor.")
{
    return oz_os_result(t, epoll_end((Epoll *)a[0]));
}

OZ_METHOD(epoll, fileno, "($self, /)", "The descriptor.")
{
    return check_open(t, a[0]) ? oz_int(epoll_fd(a[0])) : NULL;
}

static Ref epoll_closed(Thread *t OZ_UNUSED, Obj self)
{
    return oz_bool(epoll_fd(self) < 0);
}

/* a[1]: what to watch; `events`: an unsigned int, of which higher bits are cut off. */
static Ref epoll_control(Thread *t, const Obj *a, int operation, Obj events)
{
    struct epoll_event event = {0};
    int fd;
    if (!oz_os_fileno(t, a[1], &fd))
        return NULL;
    if (events) {
        uint32_t mask;
        if (!oz_os_mask(t, events, &mask))
            return NULL;
        event.events = mask;
    }
    if (!check_open(t, a[0]))
        return NULL;
    event.data.fd = fd;
    int own = epoll_fd(a[0]);
    return oz_os_result(t, OZ_DETACHED(t, epoll_ctl(own, operation, fd, &event)));
}

/* 7: EPOLLIN | EPOLLPRI | EPOLLOUT */
OZ_METHOD(epoll, register, "($self, /, fd, eventmask=7)",
          "Watch a descriptor, or an object with fileno(), for events.")
{
    return epoll_control(t, a, EPOLL_CTL_ADD, a[2]);
}

OZ_METHOD(epoll, modify, "($self, /, fd, eventmask)",
          "Watch a registered descriptor for other events.")
{
    return epoll_control(t, a, EPOLL_CTL_MOD, a[2]);
}

OZ_METHOD(epoll, unregister, "($self, /, fd)", "Watch a descriptor no longer.")
{
    return epoll_control(t, a, EPOLL_CTL_DEL, NULL);
}

static Ref ready_events(Thread *t, const struct epoll_event *events, int count)
{
    scoped Ref list = oz_list_new(t, (size_t)count);
    for (int n = 0; list && n < count; n++) {
        Ref pair = oz_tuple_of(t, 2, oz_int(events[n].data.fd), oz_int(events[n].events));
        if (!pair || !oz_list_append_take(t, (List *)list, pair))
            return NULL;
    }
    return oz_move(&list);
}

static Ref epoll_events(Thread *t, Obj self, OsWait *wait, int most)
{
    struct epoll_event *events = oz_block_alloc(t->heap, (size_t)most * sizeof *events);
    if (!events)
        return oz_raise_memory(t);
    int found;
    bool going = true;
    for (;;) {
        int fd = epoll_fd(self);
        found = OZ_DETACHED(t, epoll_wait(fd, events, most, oz_wait_ms(wait)));
        if (found >= 0 || errno != EINTR || !(going = oz_poll(t)))
            break;
        oz_wait_again(wait);
    }
    Ref ready = !going ? NULL : found < 0 ? oz_os_raise(t) : ready_events(t, events, found);
    oz_block_free(events);
    return ready;
}

OZ_METHOD(epoll, poll, "($self, /, timeout=None, maxevents=-1)",
          "Wait for events, at most so many seconds: a list of pairs (descriptor, events).")
{
    OsWait wait;
    int most;
    if (!oz_as_int(t, a[2], &most) || !check_open(t, a[0]) ||
        !wait_in_ms(t, a[1], 1000000000, &wait))
        return NULL;
    if (most == -1)
        most = FD_SETSIZE - 1;
    if (most < 1)
        return oz_raise(t, OZ_ValueError, "maxevents must be greater than 0, got %d", most);
    return epoll_events(t, a[0], &wait, most);
}

OZ_METHOD(epoll, __enter__, "($self, /)", "The object itself, if it is open.")
{
    return check_open(t, a[0]) ? oz_retain(a[0]) : NULL;
}

OZ_METHOD(epoll, __exit__, "($self, exc_type=None, exc_value=None, exc_tb=None, /)", "Close it.")
{
    return oz_os_result(t, epoll_end((Epoll *)a[0]));
}

const TypeDef oz_epoll_type = {
    .id = OZ_EPOLL,
    .name = "select.epoll",
    .doc = "Descriptors that the system watches.",
    .size = sizeof(Epoll),
    .flags = OZ_TYPE_FINAL,
    .clear = epoll_clear,
    .make = &epoll_new_,
    .methods =
        OZ_METHODS(&epoll_fromfd, &epoll_close, &epoll_fileno, &epoll_register, &epoll_modify,
                   &epoll_unregister, &epoll_poll, &epoll___enter__, &epoll___exit__),
    .getsets = OZ_GETSETS({"closed", epoll_closed, NULL, "Is it closed?"}),
};

/* ---- the module ---- */

static const OsConstant constants[] = {
#define C OZ_CONSTANT
    C(EPOLLERR),   C(EPOLLET),      C(EPOLLEXCLUSIVE), C(EPOLLHUP),    C(EPOLLIN),
    C(EPOLLMSG),   C(EPOLLONESHOT), C(EPOLLOUT),       C(EPOLLPRI),    C(EPOLLRDBAND),
    C(EPOLLRDHUP), C(EPOLLRDNORM),  C(EPOLLWRBAND),    C(EPOLLWRNORM), C(EPOLL_CLOEXEC),
    C(PIPE_BUF),   C(POLLERR),      C(POLLHUP),        C(POLLIN),      C(POLLMSG),
    C(POLLNVAL),   C(POLLOUT),      C(POLLPRI),        C(POLLRDBAND),  C(POLLRDHUP),
    C(POLLRDNORM), C(POLLWRBAND),   C(POLLWRNORM),
#undef C
    {NULL, 0},
};

static bool select_init(Thread *t, Module *module)
{
    return oz_os_constants(t, module, constants) &&
           oz_module_add(t, module, "error", oz_retain((Obj)t->vm->errors[OZ_OSError]));
}

static const uint32_t types[] = {OZ_EPOLL, 0};

const ModuleDef oz_select_module = {
    .name = "select",
    .doc = "Waiting for descriptors.",
    .functions = OZ_METHODS(&select_select, &select_poll),
    .types = types,
    .init = select_init,
};
