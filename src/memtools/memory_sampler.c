// SPDX-License-Identifier: MIT
// The sampling thread.  It takes no lock of the runtime, no cell and no signal, so the program that
// it watches can neither stop it nor be stopped by it; its samples lie in memory from the system.
// Where there is none, it goes on with the samples that it has.
#include "memtools/memory_sampler.h"

#include "base/os_memory.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

_Static_assert(sizeof(SampleChunk) <= OZ_OS_PIECE, "a chunk is one piece");

static void take_sample(MemorySampler *s)
{
    size_t bytes;
    if (!oz_memory_reading(&s->reading, &bytes))
        return;
    if (!s->last || s->last->count == OZ_COUNT(s->last->samples)) {
        SampleChunk *chunk = oz_os_reserve(OZ_OS_PIECE);
        if (!chunk)
            return;
        *(s->last ? &s->last->next : &s->first) = chunk;
        s->last = chunk;
    }
    s->last->samples[s->last->count++] = (MemorySample){oz_memory_reading_time(), bytes};
}

static void *sample(void *arg)
{
    MemorySampler *s = arg;
    struct timespec pause = {.tv_sec = (time_t)s->interval};
    pause.tv_nsec = (long)((s->interval - (double)pause.tv_sec) * 1e9);
    struct pollfd wake = {.fd = s->wake, .events = POLLIN};
    do
        take_sample(s);
    while (ppoll(&wake, 1, &pause, NULL) == 0);
    take_sample(s);
    return NULL;
}

int oz_memory_sampler_start(MemorySampler *s)
{
    s->wake = eventfd(0, EFD_CLOEXEC);
    if (s->wake < 0)
        return errno;
    sigset_t all, old;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    int code = pthread_create(&s->thread, NULL, sample, s);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    s->running = code == 0;
    s->process = getpid();
    if (code)
        close(s->wake);
    return code;
}

void oz_memory_sampler_stop(MemorySampler *s)
{
    if (!s->running)
        return;
    uint64_t one = 1;
    if (s->process == getpid()) { /* after a fork the parent's thread goes on, and is not ours */
        while (write(s->wake, &one, sizeof one) < 0 && errno == EINTR)
            continue;
        pthread_join(s->thread, NULL);
    }
    close(s->wake);
    s->running = false;
}

void oz_memory_sampler_clear(MemorySampler *s)
{
    for (SampleChunk *chunk = s->first, *next; chunk; chunk = next) {
        next = chunk->next;
        oz_os_release(chunk, OZ_OS_PIECE);
    }
    s->first = s->last = NULL;
}
