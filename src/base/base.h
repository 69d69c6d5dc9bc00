// SPDX-License-Identifier: MIT
// Words that every file of Ounce uses: effect marks, branch hints, assertions, size arithmetic.
#ifndef OZ_BASE_BASE_H
#define OZ_BASE_BASE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>

#define OZ_CHECKED __attribute__((warn_unused_result)) /* a failure that must be looked at */
#define OZ_UNUSED __attribute__((unused))
#define OZ_COLD __attribute__((cold, noinline))
#define OZ_NOINLINE __attribute__((noinline))
#define OZ_INLINE static inline __attribute__((always_inline))
#define OZ_PRINTF(form, first) __attribute__((format(printf, form, first)))
#define OZ_LIKELY(x) __builtin_expect(!!(x), 1)
#define OZ_UNLIKELY(x) __builtin_expect(!!(x), 0)
#define OZ_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Check levels: oz_assert is a contract (level 1), oz_check an O(1) invariant (level 2),
 * oz_audit a walk over a whole structure (level 3).  Release builds compile none of them. */
#ifndef OZ_CHECK_LEVEL
#define OZ_CHECK_LEVEL 0
#endif

/* Print where and what, then abort.  For broken invariants only, never for bad input. */
_Noreturn void oz_fatal(const char *file, int line, const char *what);
/* Called before it ends the process, to tell more (modules/crash_report.c); NULL: nobody does. */
extern void (*oz_fatal_report)(void);

#define oz_require(x) ((x) ? (void)0 : oz_fatal(__FILE__, __LINE__, #x))
#if OZ_CHECK_LEVEL >= 1
#define oz_assert(x) oz_require(x)
#define oz_never() oz_fatal(__FILE__, __LINE__, "unreachable")
#else
#define oz_assert(x) ((void)0)
#define oz_never() __builtin_unreachable()
#endif
#if OZ_CHECK_LEVEL >= 2
#define oz_check(x) oz_require(x)
#else
#define oz_check(x) ((void)0)
#endif
#if OZ_CHECK_LEVEL >= 3
#define oz_audit(x) oz_require(x)
#else
#define oz_audit(x) ((void)0)
#endif

/* Sizes are multiplied and added with a check: false means that the result does not fit. */
static inline bool oz_size_mul(size_t a, size_t b, size_t *out)
{
    return !__builtin_mul_overflow(a, b, out);
}

static inline bool oz_size_add(size_t a, size_t b, size_t *out)
{
    return !__builtin_add_overflow(a, b, out);
}

static inline size_t oz_round_up(size_t n, size_t power_of_two)
{
    return (n + power_of_two - 1) & ~(power_of_two - 1);
}

/* memcpy of what is a few bytes as a rule: up to 16 without a call. */
OZ_INLINE void oz_copy(void *to, const void *from, size_t n)
{
    char *out = to;
    const char *in = from;
    if (n >= 8 && n <= 16) { /* both halves, which may overlap */
        uint64_t head, tail;
        memcpy(&head, in, 8);
        memcpy(&tail, in + n - 8, 8);
        memcpy(out, &head, 8);
        memcpy(out + n - 8, &tail, 8);
    } else if (n >= 4 && n < 8) {
        uint32_t head, tail;
        memcpy(&head, in, 4);
        memcpy(&tail, in + n - 4, 4);
        memcpy(out, &head, 4);
        memcpy(out + n - 4, &tail, 4);
    } else if (n > 16) {
        memcpy(to, from, n);
    } else if (n) {
        char head = in[0], middle = in[n / 2], tail = in[n - 1];
        out[0] = head;
        out[n / 2] = middle;
        out[n - 1] = tail;
    }
}

#endif
