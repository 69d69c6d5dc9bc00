// SPDX-License-Identifier: MIT
// The attack modes of a debug build: what OUNCE_STRESS asks for (tests/README.md).
//
// A comma-separated list: `gc` collects at each safepoint after an allocation, `slice` does a full
// collection in slices of one object, one at each safepoint, `share` sends every
// count down the slow path, `free` shares from the start and gives up the turn at each safepoint of
// the loop, `move` makes each growing block move, `wide` compiles as if an instruction had room for
// two names and constants only and a frame for one local beside the parameters, `leaks` tells at
// the end what lives without an owner (runtime/leaks.c), `fail=N` fails the program's N-th
// allocation, `fail=N*3` that one and two more, `fail=N+` that one and all after it.  Start-up is
// not counted, so that N means the same whatever start-up allocates.  In a release build the modes
// do nothing.
//
// `sweep=FD` and `sweep=FD+` try every N in one run: at each allocation the process forks, the
// child's fails (and all later ones), the parent waits for its end, writes a record to the file FD
// and goes on; `sweep=FD/STEP` takes every STEP-th only (0: none), `sweep=FD/STEP/FIRST` from FIRST
// on.  So a program with N allocations is not run N times from its start.  A record is the line
// `number status bytes-of-stdout bytes-of-stderr` (status as waitpid gives it) and the two outputs,
// which begin with what the parent had written.  A child has but the thread that forked, and
// shares pipes and sockets: while there are other threads or such files, the status is -1 and that
// allocation is to be tried by `fail=N`.  The last record tells how many allocations there were:
// `number -2 0 0`.

#include "runtime/stress.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/os_memory.h"

#define VARIABLE "OUNCE_STRESS"

static bool is_word(const char *text, size_t length, const char *word)
{
    return strlen(word) == length && memcmp(text, word, length) == 0;
}

static void turn_on(Vm *vm, const char *mode, size_t length)
{
    if (is_word(mode, length, "gc")) {
        vm->stress |= OZ_STRESS_GC;
        atomic_fetch_or(&vm->main->interrupt, OZ_INTERRUPT_COLLECT); /* polls renew it */
    } else if (is_word(mode, length, "slice")) {
        vm->stress |= OZ_STRESS_SLICE;
        atomic_fetch_or(&vm->main->interrupt, OZ_INTERRUPT_COLLECT);
    } else if (is_word(mode, length, "share"))
        vm->stress |= OZ_STRESS_SHARE;
    else if (is_word(mode, length, "free"))
        vm->stress |= OZ_STRESS_FREE;
    else if (is_word(mode, length, "wide"))
        vm->stress |= OZ_STRESS_WIDE;
    else if (is_word(mode, length, "leaks"))
        vm->stress |= OZ_STRESS_LEAKS;
    else if (is_word(mode, length, "move"))
        oz_heap_always_move(vm->heap, true);
}

void oz_stress_init(Vm *vm)
{
    const char *mode = getenv(VARIABLE);
    while (mode && *mode) {
        size_t length = strcspn(mode, ",");
        turn_on(vm, mode, length);
        mode += length + (mode[length] == ',');
    }
}

/* ---- sweep ---- */

#define CHILD_SECONDS 60 /* then it hangs, also on a busy machine */
#define FILES 64         /* descriptors of a program that is swept */

enum { TRY_ALONE = -1, TOTAL = -2 }; /* in the place of a status */

typedef struct Sweep {
    Vm *vm;                   /* [const] */
    _Atomic(uint64_t) number; /* [atomic] of the allocation */
    uint64_t first;           /* [const] that is tried */
    uint64_t step;            /* [const] */
    int report;               /* [const] file; in a child -1 */
    bool forever;             /* [const] */
} Sweep;

/* Append what lies in file `from` to `to`; how much that is. */
static size_t copy_file(int from, int to)
{
    char buffer[4096];
    size_t size = 0;
    for (ssize_t n; (n = pread(from, buffer, sizeof buffer, (off_t)size)) > 0; size += (size_t)n)
        if (to >= 0 && write(to, buffer, (size_t)n) != n)
            _exit(127);
    return size;
}

static void become_child(Sweep *sweep, const int *outputs)
{
    alarm(CHILD_SECONDS);
    sweep->report = -1;
    for (int n = 0; n < 2; n++) {
        copy_file(1 + n, outputs[n]);
        if (dup2(outputs[n], 1 + n) < 0)
            _exit(127);
    }
    oz_heap_inject_by(sweep->vm->heap, NULL, NULL);
    if (sweep->forever)
        oz_heap_inject(sweep->vm->heap, 1, OZ_FAIL_FOREVER);
}

static void write_line(const Sweep *sweep, uint64_t number, int status, size_t out, size_t err)
{
    char line[128];
    int length = snprintf(line, sizeof line, "%llu %d %zu %zu\n", (unsigned long long)number,
                          status, out, err);
    if (write(sweep->report, line, (size_t)length) != length)
        _exit(127);
}

static void write_record(const Sweep *sweep, uint64_t number, int status, const int *outputs)
{
    write_line(sweep, number, status, copy_file(outputs[0], -1), copy_file(outputs[1], -1));
    copy_file(outputs[0], sweep->report);
    copy_file(outputs[1], sweep->report);
}

static void write_total(int status OZ_UNUSED, void *user)
{
    const Sweep *sweep = user;
    if (sweep->report >= 0)
        write_line(sweep, atomic_load(&sweep->number), TOTAL, 0, 0);
}

/* A child shares the places in open files with its parent, which may be amid reading one.  False if
   there is a pipe or a socket of the program's own: what a child reads there the parent would miss.
 */
static bool note_places(off_t *places)
{
    bool streams = false;
    for (int fd = 0; fd < FILES; fd++) {
        places[fd] = lseek(fd, 0, SEEK_CUR);
        streams |= places[fd] < 0 && errno == ESPIPE && fd > 2;
    }
    return !streams;
}

static void restore_places(const off_t *places, int report)
{
    for (int fd = 3; fd < FILES; fd++)
        if (places[fd] >= 0 && fd != report)
            lseek(fd, places[fd], SEEK_SET);
}

static bool try_failure(void *user)
{
    Sweep *sweep = user;
    uint64_t number = atomic_fetch_add(&sweep->number, 1) + 1;
    if (!sweep->step || number < sweep->first || (number - sweep->first) % sweep->step)
        return false;
    off_t places[FILES];
    if (atomic_load(&sweep->vm->threads_alive) > 1 || !note_places(places)) {
        write_line(sweep, number, TRY_ALONE, 0, 0);
        return false;
    }
    int outputs[] = {memfd_create("stdout", 0), memfd_create("stderr", 0)};
    pid_t child = outputs[0] < 0 || outputs[1] < 0 ? -1 : fork();
    if (child < 0)
        _exit(127);
    if (child == 0) {
        become_child(sweep, outputs);
        return true;
    }
    int status;
    if (waitpid(child, &status, 0) != child)
        _exit(127);
    restore_places(places, sweep->report);
    write_record(sweep, number, status, outputs);
    close(outputs[0]);
    close(outputs[1]);
    return false;
}

static void arm_sweep(Vm *vm, const char *where)
{
    char *end;
    Sweep *sweep = oz_os_reserve(sizeof *sweep); /* goes with the process */
    if (!sweep)
        return;
    *sweep = (Sweep){.vm = vm, .first = 1, .step = 1, .report = (int)strtol(where, &end, 10)};
    sweep->forever = *end == '+';
    end += sweep->forever;
    if (*end == '/')
        sweep->step = strtoull(end + 1, &end, 10);
    if (*end == '/')
        sweep->first = strtoull(end + 1, &end, 10);
    fcntl(sweep->report, F_SETFD, FD_CLOEXEC);
    on_exit(write_total, sweep);
    oz_heap_inject_by(vm->heap, try_failure, sweep);
}

/* ---- the failure of one ---- */

void oz_stress_arm(Vm *vm)
{
    if (vm->stress & OZ_STRESS_FREE) {
        oz_share_vm(vm->main);
        atomic_fetch_or(&vm->main->interrupt, OZ_INTERRUPT_STOP);
    }
    const char *modes = getenv(VARIABLE);
    const char *sweep = modes ? strstr(modes, "sweep=") : NULL;
    if (sweep)
        arm_sweep(vm, sweep + strlen("sweep="));
    const char *fail = modes ? strstr(modes, "fail=") : NULL;
    if (!fail)
        return;
    char *end;
    uint64_t countdown = strtoull(fail + strlen("fail="), &end, 10);
    HeapFailMode mode = *end == '+' ? OZ_FAIL_FOREVER : *end == '*' ? OZ_FAIL_BURST : OZ_FAIL_ONCE;
    oz_heap_inject(vm->heap, countdown, mode);
}
