// SPDX-License-Identifier: MIT
// Views of a dict, and the iterators over keys, values and items in both directions.
#ifndef OZ_TYPES_DICT_VIEW_H
#define OZ_TYPES_DICT_VIEW_H

#include "types/dict_layout.h"

typedef struct DictView {
    Object base;
    Ref dict; /* [const] dict */
} DictView;

typedef struct DictIterator {
    Object base;
    Ref dict;        /* [owner] empty: exhausted */
    Ref result;      /* [owner] items: the pair given last, or empty */
    uint32_t length; /* [owner] of the dict when it was made; UINT32_MAX: it has changed */
    uint32_t at;     /* [owner] the next entry; backwards, one behind it */
    uint32_t left;   /* [owner] how many keys are still to come */
} DictIterator;

/* id: OZ_DICT_KEYS, OZ_DICT_VALUES or OZ_DICT_ITEMS. */
Ref oz_dict_view_new(Thread *t, uint32_t id, Obj dict) OZ_CHECKED;
/* id: one of the six OZ_DICT_..._ITERATOR. */
Ref oz_dict_iterator_new(Thread *t, uint32_t id, Obj dict) OZ_CHECKED;

#endif
