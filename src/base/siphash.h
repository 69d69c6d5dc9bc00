// SPDX-License-Identifier: MIT
// SipHash-1-3: a keyed hash that input chosen by an enemy cannot make collide.
#ifndef OZ_BASE_SIPHASH_H
#define OZ_BASE_SIPHASH_H

#include "base/base.h"

uint64_t oz_siphash13(const void *data, size_t length, const uint64_t key[2]);

/* The 32 bits that objects keep of a hash: never 0, which means "not computed yet". */
static inline uint32_t oz_hash_fold(uint64_t hash)
{
    uint32_t folded = (uint32_t)(hash ^ hash >> 32);
    return folded ? folded : 1;
}

/* What hash() shows of the 32 bits kept: 61 bits, different for different inputs, never -1. */
static inline int64_t oz_hash_spread(uint32_t folded)
{
    return (int64_t)(folded * UINT64_C(0x9E3779B97F4A7C15) >> 3);
}

#endif
