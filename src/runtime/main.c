// SPDX-License-Identifier: MIT
// The program `ounce`.
#include "memtools/account.h"
#include "object/collector.h"
#include "object/error.h"
#include "runtime/leaks.h"
#include "runtime/options.h"
#include "runtime/program.h"
#include "runtime/start.h"
#include "runtime/stress.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
static pid_t first_process; /* set once */

/* A forked child is not looked at: the threads that only the parent has would be reported. */
int __lsan_is_turned_off(void);
int __lsan_is_turned_off(void)
{
    return getpid() != first_process;
}
#endif

int main(int count, char **arguments)
{
#if defined(__SANITIZE_ADDRESS__)
    first_process = getpid();
#endif
    Options options;
    oz_options_read(&options, count, arguments);
    if (options.kind == OZ_RUN_NOTHING) {
        int status = options.status;
        oz_options_fini(&options);
        return fflush(stdout) == 0 ? status : 1;
    }
    Vm *vm = oz_runtime_new(&options.config);
    if (!vm) {
        fprintf(stderr, "ounce: not enough memory to start\n");
        return 1;
    }
    Thread *t = vm->main;
    int status;
    if (oz_runtime_prepare(t)) {
        if (options.config.memory_limit)
            oz_gc_set_limit(t, options.config.memory_limit);
        oz_stress_arm(vm);
        status = oz_program_run(t, &options);
        if ((vm->stress & OZ_STRESS_LEAKS) && vm->threads_alive == 1)
            oz_leaks_print(t);
    } else {
        scoped Ref failure = oz_exception_take(t);
        if (failure)
            oz_unraisable_print(t, failure, NULL, "ounce cannot start");
        status = 1;
    }
    if (options.config.malloc_stats)
        oz_account_print(vm, stderr);
#if OZ_CHECK_LEVEL > 0
    if (vm->threads_alive == 1) /* others stand somewhere in it */
        oz_runtime_drop(vm);    /* for those who look for leaks; the system is faster */
    oz_options_fini(&options);
#endif
    if (status < 0) {
        signal(-status, SIG_DFL);
        kill(getpid(), -status);
    }
    return status;
}
