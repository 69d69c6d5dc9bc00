// SPDX-License-Identifier: MIT
// Native callables that do nothing but step an iterator: which of them the loop of the VM can serve
// itself when they are given a generator (vm/consume.c).
#ifndef OZ_TYPES_CONSUME_H
#define OZ_TYPES_CONSUME_H

/* In NativeDef.flags and in Frame.flags, above the other flags. */
enum {
    OZ_CONSUME_ANY = 1 << 8,    /* any(g) */
    OZ_CONSUME_ALL = 2 << 8,    /* all(g) */
    OZ_CONSUME_SUM = 3 << 8,    /* sum(g) */
    OZ_CONSUME_SORTED = 4 << 8, /* sorted(g): a list of the values is what it is given */
    OZ_CONSUME_LIST = 5 << 8,   /* list(g) */
    OZ_CONSUME_TUPLE = 6 << 8,  /* tuple(g) */
    OZ_CONSUME_NEXT = 7 << 8,   /* next(g), g.__next__() */
    OZ_CONSUME_SEND = 8 << 8,   /* g.send(value) */
    OZ_CONSUME_MASK = 15 << 8,
};

#endif
