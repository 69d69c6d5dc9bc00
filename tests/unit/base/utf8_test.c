// SPDX-License-Identifier: MIT
// UTF-8: every character there and back, and what is no UTF-8.
#include "base/utf8.h"

#include "unit.h"

#include <string.h>

TEST(every_character_there_and_back)
{
    for (uint32_t c = 0; c <= 0x10ffff; c++) {
        uint8_t bytes[4];
        size_t size = oz_utf8_put(c, bytes);
        const uint8_t *at = bytes;
        if (size != oz_utf8_size(c) || oz_utf8_step(&at, bytes + size) != c || at != bytes + size) {
            check(!"there and back");
            return;
        }
    }
}

static bool invalid(const char *bytes, size_t size)
{
    const uint8_t *at = (const uint8_t *)bytes;
    bool refused = oz_utf8_step(&at, (const uint8_t *)bytes + size) == OZ_UTF8_INVALID;
    return refused && at == (const uint8_t *)bytes + 1;
}

TEST(invalid_sequences_take_one_byte)
{
    check(invalid("\x80", 1));             /* a byte from the middle */
    check(invalid("\xc3", 1));             /* cut short */
    check(invalid("\xe2\x82", 2));         /* cut short */
    check(invalid("\xf0\x9f\x98", 3));     /* cut short */
    check(invalid("\xc0\x80", 2));         /* longer than needed */
    check(invalid("\xe0\x80\x80", 3));     /* longer than needed */
    check(invalid("\xf0\x80\x80\x80", 4)); /* longer than needed */
    check(invalid("\xf4\x90\x80\x80", 4)); /* behind the last character */
    check(invalid("\xf8\x88\x80\x80", 4)); /* no such lead */
    check(invalid("\xff", 1));
    check(invalid("\xc3\x28", 2)); /* no continuation */
}

TEST(ascii_prefix)
{
    uint8_t bytes[100];
    memset(bytes, 'a', sizeof bytes);
    for (size_t length = 0; length <= sizeof bytes; length++)
        check(oz_ascii_prefix(bytes, length) == length);
    for (size_t at = 0; at < sizeof bytes; at++) {
        bytes[at] = 0x80;
        check(oz_ascii_prefix(bytes, sizeof bytes) == at);
        bytes[at] = 'a';
    }
}

int main(void)
{
    RUN(every_character_there_and_back);
    RUN(invalid_sequences_take_one_byte);
    RUN(ascii_prefix);
    return failures > 0;
}
