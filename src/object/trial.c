// SPDX-License-Identifier: MIT
// Trial deletion, in one go or in slices.
//
// A pass looks at a set of objects, its *members*.  Each page with members gets a byte for each
// cell (PageMarks).
//
//   PREPARE  Choose candidates, page by page.
//   MARK     Full passes: what the program is known to hold (modules, variables of frames) is
//            reached, and so is what it leads to.  In a heap without garbage that is nearly all,
//            and visited once; only the rest is counted.
//   COUNT    See which candidates are members.  Visit each member, and count the references to
//   members that it shows. REACH    A member that has more references than were found is held from
//   outside (registers, C
//            code, other objects): it is reached, and so is what it leads to.
//   SIFT     What was not reached is left; the marks of all others are given up.
//
// When nothing else runs meanwhile the members left are exactly the unreachable ones.  In slices
// the program runs between any two steps, without a barrier.  Why this works:
//
//   T1. Garbage does not change: nobody can reach it, no live object refers to it, its counts stand
//       still.  So COUNT finds all references to garbage that was there at the start, REACH does
//       not reach it, and it is left in the end.
//   T2. References that the program moves can make live objects seem unreachable, too.  A further
//       round over what is left counts and reaches those alone, and finds them.  Before anything is
//       finalised the last round runs in one go, which makes it exact, whatever went before.
//   T3. Nothing names a cell between two slices but marks: a cell may have died and been used
//       again, which is as if the program had moved references.  What waits to be visited is made
//       PENDING, in its mark.
//   T4. A page that ends takes its marks out of the lists (heap/marks.c); a new page, and an object
//       that is made or grows old after its page was prepared, is no member.
//   T6. Which candidates are members is seen when their headers are read anyway: a free cell or an
//       object that is none may be marked or counted before.  MARK may visit it for nothing; COUNT
//       makes it no member, and what was made in a free cell meanwhile is as in T3.  MARK reaches
//       no garbage (T1), and need not be complete.
//   T5. A weak reference can bring garbage back to the program; the exact round sees it as live.
//
// tests/unit/object/slices_model_test.c is the model of it; docs/decisions/0003 says what was tried
// and measured.
//
//   G3. A count below 0 is a state, not a count.
//   G4. If there is no memory for marks or counts the pass ends without result.
//
// Large containers are visited in parts of PART references (Visitor.from), so that no slice is
// longer than its work.  A young pass that comes by itself looks at the first YOUNG_PART only, and
// takes the object for reached.
#include "object/trial.h"

#include "object/class.h"
#include "object/distribute.h"

#define PART 1024
#ifdef OZ_DEBUG
#define PLACES_FROM 2
#else
#define PLACES_FROM 64 /* pages: the headers of fewer stay near */
#endif
#define PLACES_MOST ((size_t)1 << 24)
#define FRAMES_MOST 4096
#define YOUNG_PART 4096

static MarkList *work_list(Pass *pass)
{
    return &pass->lists[pass->list];
}

static MarkList *done_list(Pass *pass)
{
    return &pass->lists[!pass->list];
}

static bool is_young(const Pass *pass)
{
    return pass->scope <= SCOPE_YOUNG;
}

int32_t oz_trial_references(const Object *o)
{
    int32_t n = oz_refs(o);
    if (OZ_LIKELY(n >= 0))
        return n;
    if (oz_is_distributed(o))
        return oz_distributed_count(oz_thread()->vm, o);
    return (int32_t)((uint32_t)n & OZ_COUNTED_MASK); /* G3 */
}

static PageMarks *marks_of(const Pass *pass, const Object *o)
{
    return oz_page_of(o)->marks[pass->lane];
}

/* By the page's own fields, which lie beside the pointer to the marks. */
OZ_INLINE uint8_t *mark_of(PageMarks *marks, const Object *o)
{
    return &marks->of[oz_cell_index_fast(oz_page_of(o), o)];
}

OZ_INLINE bool is_left(uint8_t mark)
{
    return (mark & 0xfc) != 0xfc;
}

bool oz_trial_is_left(const Pass *pass, const Object *o)
{
    PageMarks *marks = marks_of(pass, o);
    return marks && is_left(*mark_of(marks, o));
}

/* The object of a mark, NULL if the cell is free now (T3). */
static Object *live_cell(const PageMarks *marks, size_t i)
{
    Object *o = oz_page_cell_fast(marks->page, i);
    return oz_header_word(o) ? o : NULL;
}

/* ---- counts above MARK_TABLE ---- */

static CountEntry *table_find(const CountTable *table, const Object *o)
{
    size_t i = (size_t)((uintptr_t)o * UINT64_C(0x9E3779B97F4A7C15) >> 32) & (table->room - 1);
    while (table->entries[i].o && table->entries[i].o != o)
        i = (i + 1) & (table->room - 1);
    return &table->entries[i];
}

static void table_drop(CountTable *table)
{
    if (table->entries)
        oz_heap_free(table->entries);
    *table = (CountTable){0};
}

static bool table_grow(Pass *pass)
{
    CountTable *old = &pass->table, more = {.room = old->room ? old->room * 2 : 64};
    if (old->used * 2 < old->room)
        return true;
    more.entries = oz_heap_alloc(pass->t->heap, OZ_PAGE_META, more.room * sizeof(CountEntry));
    if (!more.entries)
        return false;
    memset(more.entries, 0, more.room * sizeof(CountEntry));
    for (size_t i = 0; i < old->room; i++)
        if (old->entries[i].o)
            *table_find(&more, old->entries[i].o) = old->entries[i];
    more.used = old->used;
    table_drop(old);
    *old = more;
    pass->hot = NULL;
    return true;
}

static void table_empty(CountTable *table)
{
    if (table->room > 1024) {
        table_drop(table);
    } else if (table->used) {
        memset(table->entries, 0, table->room * sizeof(CountEntry));
        table->used = 0;
    }
}

static OZ_NOINLINE void count_in_table(Pass *pass, const Object *o, uint8_t *mark)
{
    if (*mark == MARK_TABLE) {
        if (pass->hot && pass->hot->o == o) {
            pass->hot->count++;
            return;
        }
        pass->hot = table_find(&pass->table, o);
        pass->hot->count++;
    } else if (table_grow(pass)) {
        *table_find(&pass->table, o) = (CountEntry){o, MARK_TABLE};
        pass->table.used++;
        *mark = MARK_TABLE;
    } else {
        pass->no_memory = true;
    }
}

static uint32_t count_of(const Pass *pass, const Object *o, uint8_t mark)
{
    return mark < MARK_TABLE ? mark : table_find(&pass->table, o)->count;
}

/* ---- PREPARE ---- */

/* Of young passes shared objects are no members. */
static OZ_NOINLINE bool is_shared_member(const Pass *pass, const Object *o)
{
    return !oz_is_immortal(o) && !oz_is_dead(o) &&
           (!is_young(pass) || (pass->t->vm->stress & OZ_STRESS_SHARE));
}

OZ_INLINE bool is_member(const Pass *pass, const Object *o)
{
    uint32_t word = oz_header_word(o);
    if (!word || (word & pass->flags_asked) != pass->flags_wanted)
        return false;
    return OZ_LIKELY(oz_refs(o) > 0) || is_shared_member(pass, o);
}

/* What the flags of a member are, of those that decide. */
static void choose_flags(Pass *pass)
{
    pass->flags_wanted = pass->scope == SCOPE_ALL ? 0 : OZ_FLAG_TRACKED;
    pass->flags_asked = pass->flags_wanted;
    if (is_young(pass))
        pass->flags_asked |= OZ_FLAG_OLD | (pass->scope == SCOPE_NEWEST ? FLAG_MIDDLE : 0);
}

/* A bit for each of up to 64 cells from `first` that the pass may look at. */
static uint64_t candidates(const Pass *pass, const Page *page, size_t first)
{
    uint64_t bits =
        page->cells - first < 64 ? ((uint64_t)1 << (page->cells - first)) - 1 : ~UINT64_C(0);
    if (is_young(pass))
        return bits & page->young_bits[first >> 6];
    if (pass->scope == SCOPE_TRACKED)
        bits &= ~page->young_bits[first >> 6];
    if (page->open == 0xffff || page->state == OZ_PAGE_BIG)
        return bits;
    for (uint64_t rest = bits; rest; rest &= rest - 1)
        if (!oz_page_has_cell(page, first + (size_t)__builtin_ctzll(rest)))
            bits &= ~(rest & -rest);
    return bits;
}

/* Those of them that are not frozen. */
static uint64_t without_frozen(const Page *page, size_t first, uint64_t bits, uint64_t *frozen)
{
    for (uint64_t rest = bits & frozen[first >> 6]; rest; rest &= rest - 1) {
        size_t i = first + (size_t)__builtin_ctzll(rest);
        if (oz_is_frozen(frozen, i, oz_page_cell_fast(page, i)))
            bits &= ~(rest & -rest);
    }
    return bits;
}

/* Is one of the cells a member?  Looked at cell by cell: most pages have one at once, or none. */
static bool has_member(const Pass *pass, const Page *page, size_t first, uint64_t bits)
{
    for (; bits; bits &= bits - 1)
        if (is_member(pass, oz_page_cell_fast(page, first + (size_t)__builtin_ctzll(bits))))
            return true;
    return false;
}

/* 8 marks: 0 where the bit is set, otherwise MARK_NONE. */
OZ_INLINE uint64_t marks_of_bits(uint64_t bits)
{
    uint64_t spread = ((bits & 0xff) * UINT64_C(0x0101010101010101)) & UINT64_C(0x8040201008040201);
    uint64_t set =
        ((spread & UINT64_C(0x7f7f7f7f7f7f7f7f)) + UINT64_C(0x7f7f7f7f7f7f7f7f)) | spread;
    return ~((set >> 7 & UINT64_C(0x0101010101010101)) * 0xff);
}

/* Of up to 64 cells from `first`. */
static void choose(PageMarks *marks, size_t first, uint64_t bits)
{
    size_t cells = marks->page->cells, end = first + 64 < cells ? first + 64 : cells;
    for (size_t at = first; at < end; at += 8, bits >>= 8) {
        uint64_t word = marks_of_bits(bits);
        memcpy(&marks->of[at], &word, 8);
    }
}

/* All cells of a page with a member become candidates; COUNT sees which are members (T6). */
static void prepare_page(Pass *pass, Page *page)
{
    PageMarks *marks = NULL;
    uint64_t *frozen = oz_frozen_bits(pass->collector, page);
    pass->work += 200;
    for (size_t first = 0; first < page->cells; first += 64) {
        uint64_t bits = candidates(pass, page, first);
        if (frozen)
            bits = without_frozen(page, first, bits, frozen);
        if (!marks) {
            if (!has_member(pass, page, first, bits)) {
                pass->work += 20;
                continue;
            }
            if (!(marks = oz_marks_new(pass->t->heap, page, pass->lane))) {
                pass->no_memory = true;
                return;
            }
        }
        choose(marks, first, bits);
    }
    if (marks)
        oz_marks_append(work_list(pass), marks);
}

static void start_mark(Pass *pass);

static void prepare(Pass *pass)
{
    Page *page;
    if (is_young(pass)) {
        for (page = pass->t->heap->young_taken; page && !pass->no_memory; page = page->young_next)
            prepare_page(pass, page);
        pass->phase = PHASE_COUNT;
        return;
    }
    while (pass->work < pass->limit && !pass->no_memory) {
        if (!(page = oz_containers_next(pass->t->vm->heap))) {
            start_mark(pass);
            return;
        }
        prepare_page(pass, page);
    }
}

/* ---- COUNT ---- */

OZ_INLINE void count_reference(Pass *pass, const Object *o)
{
    PageMarks *marks = marks_of(pass, o);
    if (!marks)
        return;
    uint8_t *mark = mark_of(marks, o);
    if (OZ_LIKELY(*mark < MARK_TABLE - 1))
        ++*mark;
    else if (is_left(*mark))
        count_in_table(pass, o, mark);
}

static void count_edge(Visitor *v, Obj child, const char *label OZ_UNUSED, ssize_t index OZ_UNUSED)
{
    ((Pass *)v)->work++;
    count_reference((Pass *)v, oz_object(child));
}

static void set_pending(Pass *pass, PageMarks *marks, size_t i)
{
    marks->of[i] = MARK_PENDING;
    if (i < marks->pending)
        marks->pending = (uint32_t)i;
    if (marks->list != work_list(pass))
        oz_marks_prepend(work_list(pass), marks);
}

OZ_INLINE void reach_mark(Pass *pass, uint8_t *mark, Object *o)
{
    if (!is_left(*mark))
        return;
    if (OZ_UNLIKELY(pass->waiting_count == WAITING_MOST)) {
        PageMarks *marks = marks_of(pass, o);
        set_pending(pass, marks, (size_t)(mark - marks->of));
    } else {
        *mark = MARK_REACHED;
        pass->waiting[pass->waiting_count++] = o;
    }
}

/* The mark of an object, NULL if it has none. */
OZ_INLINE uint8_t *place_of_mark(const Pass *pass, const Object *o)
{
    size_t page = ((uintptr_t)o >> 16) - pass->first_place;
    if (page >= pass->place_count || !pass->places[page].of)
        return NULL;
    const MarksPlace *place = &pass->places[page];
    uint64_t offset = ((uintptr_t)o & (OZ_PAGE_SIZE - 1)) - place->first;
    return &place->of[offset * place->reciprocal >> 32];
}

/* Has its page not been looked at lately?  Its marks are far away then. */
OZ_INLINE bool is_far(Pass *pass, const Object *o)
{
    uintptr_t page = (uintptr_t)o >> 16;
    uintptr_t *near = &pass->near[page % NEAR];
    if (OZ_LIKELY(*near == page))
        return false;
    *near = page;
    return true;
}

OZ_INLINE void reach_reference(Pass *pass, Object *o)
{
    if (pass->places && is_far(pass, o)) {
        uint8_t *mark = place_of_mark(pass, o);
        if (!mark)
            return;
        __builtin_prefetch(mark, 1);
        if (pass->coming_count < COMING) {
            pass->coming[(pass->coming_at + pass->coming_count++) % COMING] = (Coming){mark, o};
            return;
        }
        Coming *place = &pass->coming[pass->coming_at++ % COMING], oldest = *place;
        *place = (Coming){mark, o};
        reach_mark(pass, oldest.mark, oldest.o);
        return;
    }
    PageMarks *marks = marks_of(pass, o);
    if (marks)
        reach_mark(pass, mark_of(marks, o), o);
}

static void reach_coming(Pass *pass)
{
    for (; pass->coming_count; pass->coming_count--) {
        const Coming *oldest = &pass->coming[pass->coming_at++ % COMING];
        reach_mark(pass, oldest->mark, oldest->o);
    }
}

static void reach_edge(Visitor *v, Obj child, const char *label OZ_UNUSED, ssize_t index OZ_UNUSED)
{
    ((Pass *)v)->work++;
    reach_reference((Pass *)v, oz_object(child));
}

/* ---- visits ---- */

/* Most objects by far are instances with their attributes in slots: without a call for each.  The
 * class of one is mostly that of the one before. */
OZ_INLINE void visit_instance(Pass *pass, const Object *o, const Shape *shape, bool counting)
{
    Ref const *slots = (Ref const *)(const void *)((const char *)o + shape->base);
    Object *cls = &shape->cls->base;
    size_t count = shape->count; /* a store into a mark may change anything, to the compiler */
    pass->work += count + 1;
    for (size_t i = 0; i < count; i++) {
        Ref child = slots[i];
        if (!oz_is_pointer(child))
            continue;
        if (counting)
            count_reference(pass, oz_object(child));
        else
            reach_reference(pass, oz_object(child));
    }
    if (counting) {
        if (pass->hot && pass->hot->o == cls)
            pass->hot->count++;
        else
            count_reference(pass, cls);
    } else if (pass->known != cls) {
        reach_reference(pass, cls);
        pass->known = cls;
    }
}

/* Visit the references of `o` from `from` on; how far, if there are more. */
OZ_INLINE size_t visit(Pass *pass, const Object *o, size_t from, bool counting)
{
    uint32_t id = oz_id(o);
    pass->work++;
    const Shape *plain = oz_plain_shape(pass->t, id);
    if (OZ_LIKELY(plain != NULL)) {
        visit_instance(pass, o, plain, counting);
        return 0;
    }
    pass->visitor.from = from;
    pass->visitor.most = pass->part;
    pass->visitor.more = 0;
    oz_visit_object(pass->t, o, &pass->visitor);
    return pass->visitor.more;
}

/* One member; false: the page is to be gone on with there. */
OZ_INLINE bool count_member(Pass *pass, PageMarks *marks, size_t i, size_t *others)
{
    const Object *o = oz_page_cell_fast(marks->page, i);
    if (!is_member(pass, o)) { /* T6 */
        marks->of[i] = MARK_NONE;
        marks->part_at = 0;
        ++*others;
        return true;
    }
    size_t more = visit(pass, o, marks->part_at, true);
    if (OZ_LIKELY(!(more | marks->part_at)))
        return true;
    marks->part_at = 0;
    if (!more)
        return true;
    if (is_young(pass)) {
        set_pending(pass, marks, i);
        return true;
    }
    marks->part_at = more;
    return false;
}

/* `looked_at` cells, among them `others`. */
static void note_members(Pass *pass, uint64_t looked_at, size_t others)
{
    if (pass->round == 1 && !pass->held)
        pass->members += oz_ones(looked_at) - others;
}

static void count_page(Pass *pass, PageMarks *marks)
{
    size_t cells = marks->page->cells;
    for (size_t first = marks->at & ~(size_t)63; first < cells; first += 64) {
        uint64_t left = oz_marks_left(marks, first); /* of others than this COUNT changes nothing */
        if (marks->at > first)
            left &= ~UINT64_C(0) << (marks->at - first);
        pass->work++;
        size_t others = 0; /* no members, or gone on with */
        for (uint64_t rest = left; rest; rest &= rest - 1) {
            size_t i = first + (size_t)__builtin_ctzll(rest);
            if (pass->work >= pass->limit || !count_member(pass, marks, i, &others)) {
                marks->at = (uint32_t)i;
                note_members(pass, left & ~rest, others);
                return;
            }
        }
        note_members(pass, left, others);
    }
    marks->at = 0;
    marks->part_at = 0;
    oz_marks_append(done_list(pass), marks);
}

/* Each has a count that is the caller's. */
static void forgive_namespaces(Pass *pass)
{
    for (size_t n = 0; n < pass->namespace_count; n++)
        count_edge(&pass->visitor, pass->namespaces[n], "", -1);
}

static void count(Pass *pass)
{
    pass->hot = NULL;
    pass->visitor.edge = count_edge;
    PageMarks *marks;
    while ((marks = work_list(pass)->first) && pass->work < pass->limit)
        count_page(pass, marks);
    if (marks)
        return;
    forgive_namespaces(pass);
    pass->list = !pass->list;
    pass->phase = PHASE_REACH;
}

/* ---- REACH ---- */

void oz_trial_survive(Pass *pass, Object *o)
{
    if (pass->scope == SCOPE_NEWEST)
        oz_flag_set(o, FLAG_MIDDLE);
    else
        oz_trial_grow_old(o);
}

static OZ_NOINLINE void visit_rest(Pass *pass, const Object *o, size_t more)
{
    PageMarks *marks = marks_of(pass, o);
    size_t i = oz_cell_index_fast(marks->page, o);
    if (marks->part_at) {
        set_pending(pass, marks, i);
        return;
    }
    marks->part = (uint32_t)i;
    marks->part_at = more;
    if (marks->list != work_list(pass))
        oz_marks_prepend(work_list(pass), marks);
}

/* Visit from the start.  Of a large object a part: its page goes on with it, or if that is busy
 * with another begins anew later. */
OZ_INLINE void visit_reached(Pass *pass, Object *o)
{
    if (pass->scope != SCOPE_TRACKED)
        oz_trial_survive(pass, o);             /* while its header is at hand */
    else if (!oz_has_flag(o, OZ_FLAG_TRACKED)) /* T6 */
        return;
    pass->members += pass->phase == PHASE_MARK;
    size_t more = visit(pass, o, 0, false);
    if (OZ_UNLIKELY(more) && !is_young(pass))
        visit_rest(pass, o, more);
}

/* Objects pass through a short queue between stack and visit, while their memory is fetched. */
static void visit_waiting(Pass *pass)
{
    while (pass->work < pass->limit) {
        if (pass->places && !pass->queued && !pass->waiting_count)
            reach_coming(pass);
        while (pass->queued < AHEAD && pass->waiting_count) {
            Object *o = pass->waiting[--pass->waiting_count];
            __builtin_prefetch(o);
            pass->queue[(pass->queue_at + pass->queued++) % AHEAD] = o;
        }
        if (!pass->queued)
            return;
        Object *o = pass->queue[pass->queue_at];
        pass->queue_at = (pass->queue_at + 1) % AHEAD;
        pass->queued--;
        visit_reached(pass, o);
    }
}

/* The end of a slice (T3). */
static void make_pending(Pass *pass, Object *o)
{
    PageMarks *marks = marks_of(pass, o);
    set_pending(pass, marks, oz_cell_index_fast(marks->page, o));
}

static void leave_waiting(Pass *pass)
{
    for (; pass->queued; pass->queued--)
        make_pending(pass, pass->queue[(pass->queue_at + pass->queued - 1) % AHEAD]);
    while (pass->waiting_count)
        make_pending(pass, pass->waiting[--pass->waiting_count]);
}

static void reach_part(Pass *pass, PageMarks *marks)
{
    const Object *o = marks->of[marks->part] == MARK_REACHED ? live_cell(marks, marks->part) : NULL;
    size_t from = marks->part_at;
    marks->part_at = o ? visit(pass, o, from, false) : 0;
}

static void reach_pending(Pass *pass, PageMarks *marks)
{
    size_t cells = marks->page->cells, from = marks->pending;
    const uint8_t *found = memchr(marks->of + from, MARK_PENDING, cells - from);
    pass->work += 4;
    if (!found) {
        marks->pending = (uint32_t)cells;
        return;
    }
    size_t i = (size_t)(found - marks->of);
    Object *o = live_cell(marks, i);
    marks->pending = (uint32_t)i + 1;
    marks->of[i] = MARK_REACHED;
    if (o)
        visit_reached(pass, o); /* at once: each slice gets on by one, however little its work is */
}

/* Is a cell held from outside? */
OZ_INLINE bool is_root(const Pass *pass, const PageMarks *marks, size_t i)
{
    const Object *o = live_cell(marks, i);
    if (!is_left(marks->of[i]) || !o)
        return false;
    int64_t found = (int64_t)count_of(pass, o, marks->of[i]) + pass->held;
    int32_t refs = oz_refs(o);
    return refs > found ||
           (OZ_UNLIKELY(refs < 0) && (oz_trial_references(o) > found || oz_is_immortal(o)));
}

/* The next member of the page that is held from outside. */
static void reach_root(Pass *pass, PageMarks *marks)
{
    size_t cells = marks->page->cells;
    for (size_t first = marks->at & ~(size_t)63; first < cells; first += 64) {
        uint64_t left = oz_marks_left(marks, first);
        if (marks->at > first)
            left &= ~UINT64_C(0) << (marks->at - first);
        pass->work += 1 + oz_ones(left);
        for (; left; left &= left - 1) {
            size_t i = first + (size_t)__builtin_ctzll(left);
            if (!is_root(pass, marks, i))
                continue;
            marks->at = (uint32_t)i + 1;
            marks->of[i] = MARK_REACHED;
            visit_reached(pass, oz_page_cell_fast(marks->page, i));
            return;
        }
    }
    marks->at = (uint32_t)cells;
}

/* Visit what waits, and in REACH the roots of all pages; true: that was all. */
static bool reach_step(Pass *pass)
{
    pass->known = NULL;
    pass->visitor.edge = reach_edge;
    PageMarks *marks;
    while (pass->work < pass->limit) {
        visit_waiting(pass);
        if (pass->work >= pass->limit || !(marks = work_list(pass)->first))
            break;
        if (marks->part_at)
            reach_part(pass, marks);
        else if (marks->pending < marks->page->cells)
            reach_pending(pass, marks);
        else if (pass->phase == PHASE_REACH && marks->at < marks->page->cells)
            reach_root(pass, marks);
        else
            oz_marks_append(done_list(pass), marks);
    }
    leave_waiting(pass); /* nothing is coming: only at the end of a slice can it be left */
    return !work_list(pass)->first;
}

static void reach_all(Pass *pass)
{
    if (!reach_step(pass))
        return;
    pass->list = !pass->list;
    pass->phase = PHASE_SIFT;
    pass->left = 0;
}

/* ---- MARK ---- */

/* The variables of the outermost frames; what a deeper recursion holds is found by counting. */
static void mark_roots(Pass *pass)
{
    Vm *vm = pass->t->vm;
    Obj const roots[] = {vm->modules, vm->sys, vm->builtins};
    pass->visitor.edge = reach_edge;
    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++)
        oz_visit(&pass->visitor, roots[i], "", -1);
    for (Thread *t = vm->threads; t; t = t->next)
        if (vm->hooks.visit_frames)
            vm->hooks.visit_frames(t, FRAMES_MOST, &pass->visitor);
}

/* Headers of pages lie 64 KiB apart, where they push one another out of the cache, and marks are
 * far away.  So a pass over many pages that goes on to its end uses a dense table of where marks
 * are, and fetches a mark some references before it looks at it. */
static void make_places(Pass *pass)
{
    uintptr_t least = UINTPTR_MAX, most = 0;
    size_t pages = 0;
    for (unsigned list = 0; list < 2; list++)
        for (const PageMarks *marks = pass->lists[list].first; marks; marks = marks->next) {
            uintptr_t page = (uintptr_t)marks->page >> 16;
            least = page < least ? page : least;
            most = page > most ? page : most;
            pages++;
        }
    if (pass->limit != SIZE_MAX || pages < PLACES_FROM || most - least >= PLACES_MOST)
        return;
    size_t count = most - least + 1;
    pass->places = oz_heap_alloc(pass->t->heap, OZ_PAGE_META, count * sizeof *pass->places);
    if (!pass->places)
        return;
    memset(pass->places, 0, count * sizeof *pass->places);
    pass->first_place = least;
    pass->place_count = count;
    for (unsigned list = 0; list < 2; list++)
        for (PageMarks *marks = pass->lists[list].first; marks; marks = marks->next) {
            const Page *page = marks->page;
            pass->places[((uintptr_t)page >> 16) - least] =
                (MarksPlace){marks->of, page->reciprocal, page->first};
        }
}

static void drop_places(Pass *pass)
{
    if (pass->places)
        oz_heap_free(pass->places);
    pass->places = NULL;
}

/* All pages have nothing to do until something in them is reached. */
static void start_mark(Pass *pass)
{
    if (pass->namespace_count) { /* they do not count as held */
        pass->phase = PHASE_COUNT;
        return;
    }
    pass->phase = PHASE_MARK;
    pass->list = !pass->list;
    make_places(pass);
    mark_roots(pass);
    leave_waiting(pass);
}

static void mark_all(Pass *pass)
{
    if (!reach_step(pass))
        return;
    drop_places(pass);
    pass->list = !pass->list;
    pass->phase = PHASE_COUNT;
}

/* ---- SIFT ---- */

/* Keep what is left; how much.  Where nothing ran since COUNT all of it lives. */
static size_t sift_marks(const Pass *pass, PageMarks *marks)
{
    bool all_live = pass->exact && pass->limit == SIZE_MAX;
    size_t count = 0;
    for (size_t first = 0; first < marks->page->cells; first += 64) {
        uint64_t left = oz_marks_left(marks, first);
        for (uint64_t rest = all_live ? 0 : left; rest; rest &= rest - 1)
            if (!live_cell(marks, first + (size_t)__builtin_ctzll(rest)))
                left &= ~(rest & -rest);
        choose(marks, first, left);
        count += oz_ones(left);
    }
    return count;
}

static void sift_page(Pass *pass, PageMarks *marks)
{
    Page *page = marks->page;
    size_t left = sift_marks(pass, marks);
    if (pass->scope == SCOPE_NEWEST)
        oz_heap_young_touch(page);
    else if (pass->scope != SCOPE_TRACKED)
        memset(page->young_bits, 0, (page->cells + 63u) / 64 * 8);
    marks->at = 0;
    marks->pending = page->cells;
    marks->part_at = 0;
    pass->left += left;
    pass->work += page->cells / 16u;
    if (left)
        oz_marks_append(done_list(pass), marks);
    else
        oz_marks_drop(marks, pass->lane);
}

static void sift(Pass *pass)
{
    PageMarks *marks;
    while ((marks = work_list(pass)->first) && pass->work < pass->limit)
        sift_page(pass, marks);
    if (marks)
        return;
    pass->list = !pass->list;
    pass->phase = PHASE_DONE;
    table_empty(&pass->table);
}

/* ---- a pass ---- */

void oz_trial_start(Pass *pass, Thread *t, Scope scope, bool automatic)
{
    oz_assert(pass->phase == PHASE_NONE);
    memset(pass, 0, offsetof(Pass, waiting));
    memset(pass->queue, 0, sizeof(Pass) - offsetof(Pass, queue));
    pass->visitor.plain = true;
    pass->t = t;
    pass->collector = oz_collector(t->vm);
    pass->scope = scope;
    choose_flags(pass);
    pass->lane = is_young(pass) ? OZ_LANE_YOUNG : OZ_LANE_FULL;
    pass->phase = PHASE_PREPARE;
    pass->exact = true;
    pass->round = 1;
    pass->before = SIZE_MAX;
    pass->part = !is_young(pass) ? PART : automatic ? YOUNG_PART : 0;
    if (!is_young(pass))
        oz_containers_start(t->vm->heap);
}

bool oz_trial_step(Pass *pass, size_t work)
{
    pass->work = 0;
    pass->limit = work;
    while (pass->work < work && pass->phase != PHASE_DONE && !pass->no_memory) {
        switch (pass->phase) {
        case PHASE_PREPARE:
            prepare(pass);
            break;
        case PHASE_MARK:
            mark_all(pass);
            break;
        case PHASE_COUNT:
            count(pass);
            break;
        case PHASE_REACH:
            reach_all(pass);
            break;
        default:
            sift(pass);
        }
    }
    bool done = pass->phase == PHASE_DONE || pass->no_memory;
    pass->exact &= done;
    return done;
}

void oz_trial_again(Pass *pass)
{
    oz_assert(pass->phase == PHASE_DONE);
    pass->before = pass->left;
    pass->round++;
    pass->exact = true;
    pass->phase = PHASE_COUNT;
}

void oz_trial_end(Pass *pass)
{
    for (unsigned list = 0; list < 2; list++)
        while (pass->lists[list].first)
            oz_marks_drop(pass->lists[list].first, pass->lane);
    table_drop(&pass->table);
    drop_places(pass);
    pass->phase = PHASE_NONE;
}

void oz_trial_resurrected(Pass *pass)
{
    pass->held = 1;
    pass->work = 0;
    pass->limit = SIZE_MAX;
    pass->phase = PHASE_COUNT;
    while (pass->phase != PHASE_SIFT && !pass->no_memory)
        if (pass->phase == PHASE_COUNT)
            count(pass);
        else
            reach_all(pass);
}

#if OZ_CHECK_LEVEL >= 2
void oz_trial_audit(Pass *pass)
{
    oz_require(!pass->waiting_count && !pass->queued);
    for (unsigned list = 0; list < 2; list++) {
        const PageMarks *before = NULL;
        for (const PageMarks *marks = pass->lists[list].first; marks; marks = marks->next) {
            const Page *page = marks->page;
            oz_require(marks->list == &pass->lists[list] && marks->prev == before);
            oz_require(page->marks[pass->lane] == marks && page->kind == OZ_PAGE_CONTAINER);
            oz_require(marks->at <= page->cells && marks->pending <= page->cells);
            bool waits = memchr(marks->of, MARK_PENDING, page->cells) != NULL;
            oz_require(!waits || ((pass->phase == PHASE_MARK || pass->phase == PHASE_REACH) &&
                                  list == pass->list));
            before = marks;
        }
        oz_require(pass->lists[list].last == before);
    }
}
#else
void oz_trial_audit(Pass *pass OZ_UNUSED)
{
}
#endif
