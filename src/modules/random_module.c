// SPDX-License-Identifier: MIT
// The module _random: the Mersenne Twister MT19937 (M. Matsumoto, T. Nishimura), seeded and read
// so that the streams of numbers are those of CPython.
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "modules/native_type.h"
#include "types/float.h"

#define N 624
#define M 397

typedef struct Random {
    Object base;
    uint32_t state[N]; /* [object] */
    int index;         /* [object] of the next word; N: the state is used up */
} Random;

/* ---- the generator ---- */

static uint32_t mix(uint32_t high, uint32_t low)
{
    uint32_t y = (high & 0x80000000u) | (low & 0x7fffffffu);
    return y >> 1 ^ (y & 1 ? 0x9908b0dfu : 0);
}

static uint32_t next_word(Random *self)
{
    uint32_t *s = self->state;
    if (self->index >= N) {
        for (int i = 0; i < N; i++)
            s[i] = s[(i + M) % N] ^ mix(s[i], s[(i + 1) % N]);
        self->index = 0;
    }
    uint32_t y = s[self->index++];
    y ^= y >> 11;
    y ^= y << 7 & 0x9d2c5680u;
    y ^= y << 15 & 0xefc60000u;
    return y ^ y >> 18;
}

static void seed_word(Random *self, uint32_t seed)
{
    self->state[0] = seed;
    for (uint32_t i = 1; i < N; i++) {
        uint32_t before = self->state[i - 1];
        self->state[i] = 1812433253u * (before ^ before >> 30) + i;
    }
    self->index = N;
}

static void seed_words(Random *self, const uint32_t *key, size_t count)
{
    uint32_t *s = self->state;
    seed_word(self, 19650218u);
    size_t i = 1, j = 0;
    for (size_t k = count > N ? count : N; k; k--) {
        s[i] = (s[i] ^ (s[i - 1] ^ s[i - 1] >> 30) * 1664525u) + key[j] + (uint32_t)j;
        if (++i == N) {
            s[0] = s[N - 1];
            i = 1;
        }
        if (++j == count)
            j = 0;
    }
    for (size_t k = N - 1; k; k--) {
        s[i] = (s[i] ^ (s[i - 1] ^ s[i - 1] >> 30) * 1566083941u) - (uint32_t)i;
        if (++i == N) {
            s[0] = s[N - 1];
            i = 1;
        }
    }
    s[0] = 0x80000000u;
}

/* ---- seeding ---- */

static void seed_from_system(Random *self)
{
    uint32_t key[N];
    if (getrandom(key, sizeof key, GRND_NONBLOCK) != (ssize_t)sizeof key) {
        struct timespec now, up;
        clock_gettime(CLOCK_REALTIME, &now);
        clock_gettime(CLOCK_MONOTONIC, &up);
        uint32_t few[] = {(uint32_t)now.tv_nsec, (uint32_t)now.tv_sec, (uint32_t)getpid(),
                          (uint32_t)up.tv_nsec, (uint32_t)up.tv_sec};
        seed_words(self, few, OZ_COUNT(few));
        return;
    }
    seed_words(self, key, N);
}

/* The 32-bit words of |n|, least significant first, as the key. */
static bool seed_from_int(Thread *t, Random *self, Obj n)
{
    scoped Ref magnitude = oz_int_sign(n) < 0 ? oz_int_negative(t, n) : oz_retain(n);
    if (!magnitude)
        return false;
    size_t bits = oz_int_bits(magnitude), count = bits ? (bits - 1) / 32 + 1 : 1;
    uint32_t *key = oz_block_alloc(t->heap, count * sizeof *key);
    if (!key)
        return oz_raise_memory(t) != NULL;
    bool done = oz_int_to_bytes(t, magnitude, (uint8_t *)key, count * sizeof *key, true, false);
    if (done)
        seed_words(self, key, count);
    oz_block_free(key);
    return done;
}

static bool seed(Thread *t, Random *self, Obj given)
{
    if (!given || oz_is_none(given)) {
        seed_from_system(self);
        return true;
    }
    Obj exact = oz_as_exact_int(given);
    if (exact)
        return seed_from_int(t, self, exact);
    int64_t hash;
    if (!oz_hash(t, given, &hash))
        return false;
    scoped Ref n = oz_int_from_uint64(t, (uint64_t)hash);
    return n && seed_from_int(t, self, n);
}

OZ_NEW(random, "($type, /, *args, **kwargs)")
{
    const Tuple *args = (const Tuple *)a[1];
    if (args->length > 1)
        return oz_raise(t, OZ_TypeError, "Random() requires 0 or 1 argument");
    scoped Ref made = oz_instance_new(t, (Class *)a[0], 0);
    if (!made)
        return NULL;
    if (seed(t, (Random *)made, args->length ? (Obj)args->items[0] : NULL))
        return oz_move(&made);
    /* What has no hash is for a subclass's __init__ to judge. */
    if (a[0] == (Obj)oz_builtin_class(t, OZ_RANDOM_RANDOM) || !oz_exception_forget(t, OZ_TypeError))
        return NULL;
    return seed(t, (Random *)made, NULL) ? oz_move(&made) : NULL;
}

OZ_METHOD(random, seed, "($self, n=None, /)",
          "Start anew from a seed: an int, or the hash of another object; None: from the system.")
{
    return seed(t, (Random *)a[0], a[1]) ? OZ_NONE : NULL;
}

/* ---- numbers ---- */

OZ_METHOD(random, random, "($self, /)", "A float x with 0 <= x < 1, of 53 random bits.")
{
    Random *self = (Random *)a[0];
    uint32_t high = next_word(self) >> 5, low = next_word(self) >> 6;
    return oz_float_new(t, (high * 67108864.0 + low) * (1.0 / 9007199254740992.0));
}

OZ_METHOD(random, getrandbits, "($self, k, /)", "An int of k random bits.")
{
    Random *self = (Random *)a[0];
    int bits;
    if (!oz_as_int(t, a[1], &bits))
        return NULL;
    if (bits < 0)
        return oz_raise(t, OZ_ValueError, "number of bits must be non-negative");
    if (bits <= 32)
        return oz_int(bits ? next_word(self) >> (32 - bits) : 0);
    size_t count = ((size_t)bits - 1) / 32 + 1;
    uint32_t *words = oz_block_alloc(t->heap, count * sizeof *words);
    if (!words)
        return oz_raise_memory(t);
    for (size_t i = 0; i < count; i++, bits -= 32)
        words[i] = bits < 32 ? next_word(self) >> (32 - bits) : next_word(self);
    Ref n = oz_int_from_bytes(t, (const uint8_t *)words, count * sizeof *words, true, false);
    oz_block_free(words);
    return n;
}

/* ---- state ---- */

OZ_METHOD(random, getstate, "($self, /)", "The state as a tuple of ints.")
{
    const Random *self = (const Random *)a[0];
    Tuple *state = oz_tuple_alloc(t, N + 1);
    if (!state)
        return NULL;
    for (size_t i = 0; i < N; i++)
        oz_tuple_init(state, i, oz_int(self->state[i]));
    oz_tuple_init(state, N, oz_int(self->index));
    return (Ref)state;
}

OZ_METHOD(random, setstate, "($self, state, /)", "Go on from a state that getstate() gave.")
{
    Random *self = (Random *)a[0];
    const Tuple *state = oz_as_tuple(a[1]);
    uint32_t words[N];
    int64_t index;
    if (!state)
        return oz_raise(t, OZ_TypeError, "state vector must be a tuple");
    if (state->length != N + 1)
        return oz_raise(t, OZ_ValueError, "state vector is the wrong size");
    for (size_t i = 0; i < N; i++) {
        uint64_t word;
        if (!oz_as_uint64(t, state->items[i], &word))
            return NULL;
        words[i] = (uint32_t)word;
    }
    if (!oz_as_int64(t, state->items[N], &index))
        return NULL;
    if (index < 0 || index > N)
        return oz_raise(t, OZ_ValueError, "invalid state");
    memcpy(self->state, words, sizeof words);
    self->index = (int)index;
    return OZ_NONE;
}

const TypeDef oz_random_random_type = {
    .id = OZ_RANDOM_RANDOM,
    .name = "_random.Random",
    .doc = "Random() -> a generator of random numbers with a state of its own.",
    .size = sizeof(Random),
    .make = &random_new_,
    .methods = OZ_METHODS(&random_seed, &random_random, &random_getrandbits, &random_getstate,
                          &random_setstate),
};

static const uint32_t random_types[] = {OZ_RANDOM_RANDOM, 0};

const ModuleDef oz_random_module = {
    .name = "_random",
    .doc = "The generator behind the module random.",
    .types = random_types,
};
