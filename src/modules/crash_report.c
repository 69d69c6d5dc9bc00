// SPDX-License-Identifier: MIT
// The report of a crash: what signal, and where the Python code was.
//
// It is written by a signal handler on a stack of its own, with write() alone.  Whatever it looks
// at may be damaged, or, when another thread runs, be just going: so memory is read by
// process_vm_readv(), which fails where there is none, and each object is checked by its type.
//
// Without being asked it reports faults that the processor has found, which are faults of the
// runtime or of a library; a signal that somebody sent ends the process in silence, as ever.
// faulthandler.enable() widens that to every signal of the table.
#include "modules/crash_report.h"

#include "types/code.h"
#include "types/frame.h"
#include "types/str.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

enum { FRAMES_MOST = 100, THREADS_MOST = 100, TEXT_MOST = 500, POSITIONS_MOST = 65536 };

/* ---- writing ---- */

static void put(int fd, const char *text, size_t length)
{
    while (length) {
        ssize_t n = write(fd, text, length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return;
        text += n;
        length -= (size_t)n;
    }
}

void oz_crash_write(int fd, const char *text)
{
    put(fd, text, strlen(text));
}

static void put_number(int fd, uint64_t n)
{
    char digits[20], *at = digits + sizeof digits;
    do
        *--at = (char)('0' + n % 10);
    while (n /= 10);
    put(fd, at, (size_t)(digits + sizeof digits - at));
}

static void put_hex(int fd, uint64_t n, int width)
{
    char digits[16];
    for (int i = 0; i < width; i++)
        digits[i] = "0123456789abcdef"[n >> 4 * (width - 1 - i) & 15];
    put(fd, digits, (size_t)width);
}

/* ---- reading what may not be there ---- */

static bool peek(void *out, const void *from, size_t size)
{
    struct iovec local = {out, size}, remote = {(void *)from, size};
    ssize_t n = process_vm_readv(getpid(), &local, 1, &remote, 1, 0);
    if (n < 0 && (errno == ENOSYS || errno == EPERM)) { /* forbidden here: trust the pointer */
        memcpy(out, from, size);
        return true;
    }
    return n == (ssize_t)size;
}

/* A str, escaped as ASCII; false: there is none. */
static bool put_str(int fd, Obj v)
{
    union {
        Str str;
        uint8_t bytes[sizeof(Str) + 4 * TEXT_MOST];
    } copy;
    if (!oz_is_pointer(v) || !peek(&copy, v, sizeof(Str)))
        return false;
    uint32_t id = oz_id(&copy.str.base);
    if (id - OZ_STR_ASCII > OZ_STR_UCS4 - OZ_STR_ASCII)
        return false;
    unsigned width = oz_str_width(&copy.str);
    size_t length = copy.str.length < TEXT_MOST ? copy.str.length : TEXT_MOST;
    if (!peek(copy.bytes + offsetof(Str, data), ((const Str *)v)->data, length * width))
        return false;
    for (size_t i = 0; i < length; i++) {
        uint32_t c = oz_str_at(&copy.str, i);
        char ascii = (char)c;
        if (c >= ' ' && c < 127) {
            put(fd, &ascii, 1);
            continue;
        }
        oz_crash_write(fd, c < 256 ? "\\x" : c < 65536 ? "\\u" : "\\U");
        put_hex(fd, c, c < 256 ? 2 : c < 65536 ? 4 : 8);
    }
    if (copy.str.length > length)
        oz_crash_write(fd, "...");
    return true;
}

/* The line of a frame; 0: not to be found. */
static int line_of(const Frame *frame, Code *code)
{
    static uint8_t positions[POSITIONS_MOST]; /* one report at a time */
    if (code->position_bytes > sizeof positions ||
        !peek(positions, code->positions, code->position_bytes))
        return 0;
    code->positions = positions;
    uint32_t pc = (uint32_t)(frame->pc - code->instructions);
    return oz_code_line_read(code, pc ? pc - 1 : 0);
}

static void put_frame(int fd, const Frame *frame)
{
    union {
        Code code;
        uint8_t bytes[sizeof(Code)];
    } copy;
    oz_crash_write(fd, "  File ");
    if (!peek(&copy, frame->code, sizeof(Code)) || oz_id(&copy.code.base) != OZ_CODE) {
        oz_crash_write(fd, "???\n");
        return;
    }
    oz_crash_write(fd, "\"");
    if (!put_str(fd, copy.code.filename))
        oz_crash_write(fd, "???");
    oz_crash_write(fd, "\", line ");
    int line = line_of(frame, &copy.code);
    if (line > 0)
        put_number(fd, (uint64_t)line);
    else
        oz_crash_write(fd, "???");
    oz_crash_write(fd, " in ");
    if (!put_str(fd, copy.code.name))
        oz_crash_write(fd, "???");
    oz_crash_write(fd, "\n");
}

static void put_frames(int fd, const Thread *t)
{
    Frame copy;
    const Frame *frame = t->frame;
    if (!frame || frame < t->frames || frame >= t->frames_end) {
        oz_crash_write(fd, "  <no Python frame>\n");
        return;
    }
    for (int depth = 0; frame >= t->frames; depth++, frame--) {
        if (depth == FRAMES_MOST) {
            oz_crash_write(fd, "  ...\n");
            return;
        }
        if (!peek(&copy, frame, sizeof copy)) {
            oz_crash_write(fd, "  <the frames cannot be read>\n");
            return;
        }
        put_frame(fd, &copy);
    }
}

void oz_crash_stack(int fd, Thread *t)
{
    oz_crash_write(fd, "Stack (most recent call first):\n");
    put_frames(fd, t);
}

void oz_crash_stacks(int fd, Vm *vm, Thread *current)
{
    int count = 0;
    for (Thread *t = vm->threads; t; t = t->next) {
        if (count++)
            oz_crash_write(fd, "\n");
        if (count > THREADS_MOST) {
            oz_crash_write(fd, "...\n");
            return;
        }
        oz_crash_write(fd, t == current ? "Current thread 0x" : "Thread 0x");
        put_hex(fd, t->ident, 16);
        oz_crash_write(fd, " (most recent call first):\n");
        put_frames(fd, t);
    }
}

/* ---- signals that end the process ---- */

static struct Fault {
    int number;
    const char *name;
    bool by_default;           /* reported without being asked, if the processor has found it */
    bool installed;            /* our handler is there */
    struct sigaction previous; /* what was there before */
} faults[] = {
    {SIGBUS, "Bus error", true, false, {}},
    {SIGILL, "Illegal instruction", true, false, {}},
    {SIGFPE, "Floating point exception", true, false, {}},
    {SIGABRT, "Aborted", false, false, {}},
    {SIGSEGV, "Segmentation fault", true, false, {}}, /* last: its handler is the safest */
};

/* What the handlers need; a process has one set of them. */
static struct {
    Vm *vm;
    int fd;
    bool enabled, all_threads;
} state = {.fd = 2};

static char handler_stack[65536];

static void restore(struct Fault *fault)
{
    if (fault->installed) {
        fault->installed = false;
        sigaction(fault->number, &fault->previous, NULL);
    }
}

static void report(const struct Fault *fault, bool by_runtime)
{
    oz_crash_write(state.fd, by_runtime ? "Fatal Ounce error: " : "Fatal Python error: ");
    oz_crash_write(state.fd, fault->name);
    oz_crash_write(state.fd, "\n\n");
    Thread *t = oz_thread();
    if (state.all_threads && state.vm)
        oz_crash_stacks(state.fd, state.vm, t);
    else if (t)
        oz_crash_stack(state.fd, t);
    if (by_runtime)
        oz_crash_write(state.fd,
                       "\nThis is a fault of the runtime or of a library, not of the program.\n");
}

static void on_fault(int number, siginfo_t *info, void *context OZ_UNUSED)
{
    int saved = errno;
    struct Fault *fault = faults;
    while (fault->number != number)
        fault++;
    restore(fault); /* first: a fault in here must not come back */
    if (state.enabled)
        report(fault, false);
    else if (info->si_code > 0)
        report(fault, true);
    errno = saved;
    raise(number); /* what was there before has its turn when this handler returns, or at once */
}

static bool install(struct Fault *fault)
{
    struct sigaction action = {.sa_sigaction = on_fault,
                               .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
    if (fault->installed)
        return true;
    fault->installed = sigaction(fault->number, &action, &fault->previous) == 0;
    return fault->installed;
}

/* After an invariant that does not hold has been named. */
static void on_fatal(void)
{
    oz_fatal_report = NULL;
    if (state.vm && !state.enabled) { /* else the report of SIGABRT follows */
        oz_crash_write(2, "\n");
        oz_crash_stacks(2, state.vm, oz_thread());
    }
}

void oz_crash_init(Vm *vm)
{
    oz_fatal_report = on_fatal;
    stack_t stack = {.ss_sp = handler_stack, .ss_size = sizeof handler_stack};
    state.vm = vm;
    state.all_threads = true;
    sigaltstack(&stack, NULL); /* without it all but a stack overflow is reported */
    for (size_t i = 0; i < OZ_COUNT(faults); i++)
        if (faults[i].by_default)
            (void)install(&faults[i]);
}

void oz_crash_fini(void)
{
    oz_crash_disable();
    oz_fatal_report = NULL;
    state.vm = NULL;
}

bool oz_crash_enable(Thread *t, int fd, bool all_threads)
{
    state.fd = fd;
    state.all_threads = all_threads;
    state.enabled = true;
    for (size_t i = 0; i < OZ_COUNT(faults); i++)
        if (!install(&faults[i]))
            return oz_raise_os_error(t, errno, NULL) != NULL;
    return true;
}

void oz_crash_disable(void)
{
    state.enabled = false;
    state.all_threads = true;
    state.fd = 2;
    for (size_t i = 0; i < OZ_COUNT(faults); i++)
        if (!faults[i].by_default)
            restore(&faults[i]);
}

bool oz_crash_is_enabled(void)
{
    return state.enabled;
}

int oz_crash_signal(size_t index)
{
    return index < OZ_COUNT(faults) ? faults[index].number : 0;
}

bool oz_crash_is_handler(const struct sigaction *action)
{
    return action->sa_flags & SA_SIGINFO && action->sa_sigaction == on_fault;
}
