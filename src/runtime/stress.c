// SPDX-License-Identifier: MIT
// The attack modes of a debug build: what OUNCE_STRESS asks for (tests/README.md).
//
// A comma-separated list: `gc` collects at each safepoint after an allocation, `share` sends every
// count down the slow path, `yield` switches threads at each safepoint, `move` makes each growing
// block move, `fail=N` fails the program's N-th allocation, `fail=N*3` that one and two more,
// `fail=N+` that one and all after it.  Start-up is not counted, so that N means the same whatever
// start-up allocates.  In a release build the modes do nothing.

#include "runtime/stress.h"

#include <stdlib.h>
#include <string.h>

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
    } else if (is_word(mode, length, "share"))
        vm->stress |= OZ_STRESS_SHARE;
    else if (is_word(mode, length, "yield"))
        vm->stress |= OZ_STRESS_YIELD;
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

void oz_stress_arm(Vm *vm)
{
    const char *modes = getenv(VARIABLE);
    const char *fail = modes ? strstr(modes, "fail=") : NULL;
    if (!fail)
        return;
    char *end;
    uint64_t countdown = strtoull(fail + strlen("fail="), &end, 10);
    HeapFailMode mode = *end == '+' ? OZ_FAIL_FOREVER : *end == '*' ? OZ_FAIL_BURST : OZ_FAIL_ONCE;
    oz_heap_inject(vm->heap, countdown, mode);
}
