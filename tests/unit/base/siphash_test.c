// SPDX-License-Identifier: MIT
// SipHash-1-3: a known vector, and what the 32 bits kept of a hash promise.
#include "base/siphash.h"

#include "unit.h"

static const uint64_t key[2] = {0x0706050403020100, 0x0f0e0d0c0b0a0908};

TEST(known_vectors)
{
    const uint8_t data[64] = {0};
    check(oz_siphash13(data, 0, key) == 0xabac0158050fc4dc);
}

TEST(every_length_and_byte_counts)
{
    uint8_t data[40] = {0};
    uint64_t seen[40];
    for (size_t length = 0; length < 40; length++) {
        seen[length] = oz_siphash13(data, length, key);
        for (size_t other = 0; other < length; other++)
            check(seen[other] != seen[length]);
    }
    for (size_t at = 0; at < 39; at++) {
        data[at] = 1;
        check(oz_siphash13(data, 39, key) != seen[39]);
        data[at] = 0;
    }
}

TEST(the_key_counts)
{
    const uint64_t other[2] = {key[0] ^ 1, key[1]};
    check(oz_siphash13("text", 4, key) != oz_siphash13("text", 4, other));
}

TEST(an_unaligned_start_changes_nothing)
{
    char text[32] = "x0123456789abcdefghij";
    char copy[32] = "0123456789abcdefghij";
    check(oz_siphash13(text + 1, 20, key) == oz_siphash13(copy, 20, key));
}

TEST(folded_hashes_are_never_zero)
{
    check(oz_hash_fold(0) == 1);
    check(oz_hash_fold(UINT64_C(0x1234567812345678)) != 0);
    check(oz_hash_spread(1) != oz_hash_spread(2));
    check(oz_hash_spread(UINT32_MAX) != -1);
}

int main(void)
{
    RUN(known_vectors);
    RUN(every_length_and_byte_counts);
    RUN(the_key_counts);
    RUN(an_unaligned_start_changes_nothing);
    RUN(folded_hashes_are_never_zero);
    return failures > 0;
}
