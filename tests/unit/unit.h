// SPDX-License-Identifier: MIT
// The whole of a unit test's framework: a test is a function, `check` says what must hold.
//
//     TEST(an_empty_list_has_no_item) { check(list_length(&list) == 0); }
//     int main(void) { RUN(an_empty_list_has_no_item); return failures > 0; }
#ifndef UNIT_H
#define UNIT_H

#include <stdio.h>

static int failures;

#define TEST(name) static void name(void)
#define RUN(name) (running = #name, name())
#define check(x) ((x) ? (void)0 : fail(__FILE__, __LINE__, #x))

static const char *running = "";

static inline void fail(const char *file, int line, const char *what)
{
    failures++;
    fprintf(stderr, "%s:%d: %s: does not hold: %s\n", file, line, running, what);
}

#endif
