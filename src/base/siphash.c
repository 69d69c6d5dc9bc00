// SPDX-License-Identifier: MIT
// SipHash with one round per word and three at the end, after the paper of Aumasson and Bernstein.
#include "base/siphash.h"

#include <string.h>

typedef struct Sip {
    uint64_t a, b, c, d; /* [owner] the four words of state */
} Sip;

OZ_INLINE uint64_t rotate(uint64_t x, int n)
{
    return x << n | x >> (64 - n);
}

OZ_INLINE void mix(Sip *s)
{
    s->a += s->b;
    s->c += s->d;
    s->b = rotate(s->b, 13) ^ s->a;
    s->d = rotate(s->d, 16) ^ s->c;
    s->a = rotate(s->a, 32);
    s->c += s->b;
    s->a += s->d;
    s->b = rotate(s->b, 17) ^ s->c;
    s->d = rotate(s->d, 21) ^ s->a;
    s->c = rotate(s->c, 32);
}

OZ_INLINE void absorb(Sip *s, uint64_t word)
{
    s->d ^= word;
    mix(s);
    s->a ^= word;
}

/* The last 0..7 bytes, little-endian, with the low byte of the length on top. */
OZ_INLINE uint64_t last_word(const uint8_t *tail, size_t length)
{
    uint64_t word = (uint64_t)length << 56;
    size_t rest = length & 7;
    if (rest >= 4) { /* both halves, which may overlap */
        uint32_t low, high;
        memcpy(&low, tail, 4);
        memcpy(&high, tail + rest - 4, 4);
        return word | low | (uint64_t)high << (8 * (rest - 4));
    }
    if (rest)
        word |= (uint64_t)tail[0] | (uint64_t)tail[rest / 2] << (8 * (rest / 2)) |
                (uint64_t)tail[rest - 1] << (8 * (rest - 1));
    return word;
}

uint64_t oz_siphash13(const void *data, size_t length, const uint64_t key[2])
{
    Sip s = {
        .a = key[0] ^ UINT64_C(0x736f6d6570736575),
        .b = key[1] ^ UINT64_C(0x646f72616e646f6d),
        .c = key[0] ^ UINT64_C(0x6c7967656e657261),
        .d = key[1] ^ UINT64_C(0x7465646279746573),
    };
    const uint8_t *at = data;
    const uint8_t *end = at + (length & ~(size_t)7);
    for (; at < end; at += 8) {
        uint64_t word;
        memcpy(&word, at, 8);
        absorb(&s, word);
    }
    absorb(&s, last_word(at, length));
    s.c ^= 0xff;
    mix(&s);
    mix(&s);
    mix(&s);
    return s.a ^ s.b ^ s.c ^ s.d;
}
