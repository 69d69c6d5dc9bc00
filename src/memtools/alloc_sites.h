// SPDX-License-Identifier: MIT
// Numbers for the places in a program that allocate.
//
// A *site* is one instruction of a code object.  A code object gets a number for each of its words
// when its first site is asked for, so that the number of a running instruction is an addition.
// The file and line of a number are kept after the code has died; code that says the same of its
// lines gets the same numbers, so that a program may compile one text for ever.
#ifndef OZ_MEMTOOLS_ALLOC_SITES_H
#define OZ_MEMTOOLS_ALLOC_SITES_H

#include "types/code.h"
#include "types/frame.h"

#define OZ_SITE_UNKNOWN 1u /* no Python code ran, or there was no memory for its numbers */

/* Give `code` its numbers: that of its first word, or OZ_SITE_UNKNOWN.  Allocates, without asking
 * for the site of that. */
uint32_t oz_alloc_sites_of_code(Thread *t, Code *code) OZ_COLD;

/* The site of the instruction that a frame is at, whose code has its numbers. */
OZ_INLINE uint32_t oz_alloc_site_known(const Frame *frame)
{
    return frame->code->sites + (uint32_t)(frame->pc - frame->code->instructions);
}

/* The site of the instruction that a frame is at. */
OZ_INLINE uint32_t oz_alloc_site(Thread *t, const Frame *frame)
{
    if (OZ_UNLIKELY(!frame->code->sites) &&
        oz_alloc_sites_of_code(t, frame->code) == OZ_SITE_UNKNOWN)
        return OZ_SITE_UNKNOWN;
    return oz_alloc_site_known(frame);
}

/* Where a site is: new reference to a pair (filename, line); ("<unknown>", 0) if it is not known.
 */
Ref oz_alloc_site_place(Thread *t, uint32_t site) OZ_CHECKED;

/* Bytes that the table takes. */
size_t oz_alloc_sites_bytes(const Vm *vm);
/* The end of the VM, while its strs live. */
void oz_alloc_sites_drop(Vm *vm);

#endif
