// SPDX-License-Identifier: MIT
// re.Pattern, re.Match and a scan of one over a text.
#ifndef OZ_MODULES_SRE_PATTERN_H
#define OZ_MODULES_SRE_PATTERN_H

#include "modules/sre.h"
#include "types/buffer.h"
#include "types/str.h"

#define PATTERN_REFS(REF) REF(pattern) REF(groupindex) REF(indexgroup)
typedef struct Pattern {
    Object base;
    PATTERN_REFS(OZ_FIELD)                            /* [const] */
    uint32_t flags;                                   /* [const] */
    bool any_kind;                                    /* [const] of None: texts and bytes alike */
    bool is_bytes;                                    /* [const] */
    SreCode code;                                     /* [const] words are freed by clear */
    SreProgram *program;                              /* [const] */
    _Atomic(void *) engines[SRE_VARIANTS][SRE_MODES]; /* [atomic] NULL: not made; NO_ENGINE */
    _Atomic(void *) rooms[SRE_VARIANTS];              /* [atomic] one that is not in use, or NULL */
} Pattern;

#define MATCH_REFS(REF) REF(string) REF(pattern) REF(regs)
typedef struct Match {
    Object base;
    MATCH_REFS(OZ_FIELD)
    size_t pos, endpos; /* [const] */
    int64_t last;       /* [object] group closed last, 0: none, -1: not computed yet */
    size_t marks[];     /* [const] 2 * (groups + 1), SRE_UNSET */
} Match;

/* A text being searched by one pattern.  The owner keeps the pattern alive. */
typedef struct Scan {
    Pattern *pattern; /* borrowed */
    Ref string;       /* as it was given */
    const Str *str;   /* the exact str in it, or NULL */
    Buffer view;      /* of bytes-like objects that are not bytes */
    SreText text;
    size_t pos;        /* where the scan began */
    size_t at;         /* where the next search begins */
    bool must_advance; /* it may not be empty there */
    SreVariant variant;
    void *room;    /* for PCRE2, or NULL */
    size_t *own;   /* positions for the matcher of our own: a block, or NULL */
    size_t *marks; /* the match found last */
    int64_t last;  /* as in Match */
} Scan;

/* pos and endpos may be NULL. */
bool oz_scan_open(Thread *t, Scan *scan, Pattern *pattern, Obj string, Obj pos,
                  Obj endpos) OZ_CHECKED;
void oz_scan_close(Scan *scan);
#define scoped_scan __attribute__((cleanup(oz_scan_close))) Scan

/* The next match; OZ_FOUND moves on.  Runs Python: yes (poll). */
Found oz_scan_next(Thread *t, Scan *scan, SreMode mode) OZ_CHECKED;
Ref oz_scan_slice(Thread *t, const Scan *scan, size_t start, size_t end) OZ_CHECKED;
/* Group `group` of the match found last; `otherwise` if it is not set. */
Ref oz_scan_group(Thread *t, const Scan *scan, uint32_t group, Obj otherwise) OZ_CHECKED;
Ref oz_match_new(Thread *t, const Scan *scan) OZ_CHECKED;

/* ---- substitution (sre_sub.c) ---- */
Ref oz_pattern_sub(Thread *t, Pattern *pattern, Obj replacement, Obj string, Obj count,
                   bool with_number) OZ_CHECKED;

#endif
