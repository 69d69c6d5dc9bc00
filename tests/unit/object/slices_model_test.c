// SPDX-License-Identifier: MIT
// The model of the full pass in slices (object/collector.c, docs/decisions/0003): a random mutator
// acts between slices of one step, and every result is compared with what can be reached.
//
//     slices_model_test [STEPS [SEED]]     default: 300,000 steps from seed 1
//
// What must hold:
//   S1. No pass takes an object that can be reached when it is taken.
//   S2. What was old and unreachable when a pass began is taken by that pass, unless a weak
//       reference gave it back to the program meanwhile.
//   S3. A pass ends: each of its rounds looks at fewer objects, or the next is the exact one.
//   S4. The sets that a pass keeps agree with the cells (the audit after each step).
//
// The world is small (12 cells of 3 slots, reused at once; 4 registers, 2 weak references), so that
// every kind of race is met often.  A failure prints the seed and the step, then the same run is
// shrunk: mutator steps are left out one by one as long as it still fails.
#include "base/base.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

enum { CELLS = 12, SLOTS = 3, REGISTERS = 4, WEAKS = 2, ROUNDS_MOST = 3 };
enum { NONE = 255, REACHED = 254, PENDING = 253, COUNTED = 252 /* below: a count */ };

typedef struct Cell {
    bool live, old;
    int refs;
    int slot[SLOTS]; /* -1: empty */
} Cell;

typedef enum Phase { IDLE, PREPARE, MARK, COUNT, REACH, SIFT } Phase;

typedef struct World {
    Cell cells[CELLS];
    int registers[REGISTERS];
    int weak[WEAKS];
    /* the pass */
    Phase phase;
    int at, part;     /* cell; slot within it */
    int reaching;     /* PENDING cell whose slots are being followed, or -1 */
    int round;        /* from 1 */
    int left, before; /* objects left after this round and the one before */
    uint8_t state[CELLS];
    bool doomed[CELLS];                 /* old garbage when the pass began */
    uint32_t birth[CELLS], born[CELLS]; /* which life of the cell: now, and when it was doomed */
} World;

static World w;
static int verify_at_once; /* so few are looked at exactly at once; 0 to 3, by the seed */
static const char *broken;
static size_t taken_total, passes, rounds_total, exact_total, spared_total, revived_total;

/* What the test of the test leaves out: without it the model must fail. */
static enum { WHOLE, WITHOUT_EXACT_ROUND } plan;

static void require(bool holds, const char *what)
{
    if (!holds && !broken)
        broken = what;
}

/* ---- the program's side ---- */

static void drop(int c)
{
    if (c < 0 || --w.cells[c].refs > 0)
        return;
    for (int i = 0; i < WEAKS; i++)
        if (w.weak[i] == c)
            w.weak[i] = -1;
    for (int i = 0; i < SLOTS; i++) {
        int child = w.cells[c].slot[i];
        w.cells[c].slot[i] = -1;
        drop(child);
    }
    w.cells[c].live = false;
}

static int retain(int c)
{
    if (c >= 0)
        w.cells[c].refs++;
    return c;
}

static void set(int *place, int c) /* takes c */
{
    int old = *place;
    *place = c;
    drop(old);
}

static int make(void)
{
    for (int c = 0; c < CELLS; c++) {
        if (w.cells[c].live)
            continue;
        w.cells[c] = (Cell){.live = true, .refs = 1, .slot = {-1, -1, -1}};
        w.birth[c]++;
        return c;
    }
    return -1;
}

static void reachable(bool marks[CELLS])
{
    int waiting[CELLS * SLOTS + REGISTERS], count = 0;
    memset(marks, 0, CELLS);
    for (int i = 0; i < REGISTERS; i++)
        waiting[count++] = w.registers[i];
    while (count) {
        int c = waiting[--count];
        if (c < 0 || marks[c])
            continue;
        marks[c] = true;
        for (int i = 0; i < SLOTS; i++)
            waiting[count++] = w.cells[c].slot[i];
    }
}

static void take(const bool *garbage)
{
    bool marks[CELLS];
    reachable(marks);
    for (int c = 0; c < CELLS; c++)
        require(!garbage[c] || (w.cells[c].live && !marks[c]), "S1: a reachable object was taken");
    for (int c = 0; c < CELLS; c++) /* the collector holds all, so that order does not matter */
        if (garbage[c])
            retain(c), taken_total++;
    for (int c = 0; c < CELLS; c++)
        for (int i = 0; garbage[c] && i < SLOTS; i++)
            set(&w.cells[c].slot[i], -1);
    for (int c = 0; c < CELLS; c++)
        if (garbage[c])
            drop(c);
}

/* A young pass, in one stop: the young that cannot be reached from outside die, the rest is old. */
static void young_pass(void)
{
    bool marks[CELLS], garbage[CELLS];
    int waiting[CELLS * SLOTS * 2], count = 0;
    reachable(marks);
    for (int c = 0; c < CELLS; c++) /* an old object's references count, be it garbage or not */
        if (w.cells[c].live && w.cells[c].old)
            waiting[count++] = c;
    bool seen[CELLS] = {false};
    while (count) {
        int c = waiting[--count];
        if (c < 0 || seen[c])
            continue;
        seen[c] = marks[c] = true;
        for (int i = 0; i < SLOTS; i++)
            waiting[count++] = w.cells[c].slot[i];
    }
    for (int c = 0; c < CELLS; c++)
        garbage[c] = w.cells[c].live && !w.cells[c].old && !marks[c];
    take(garbage);
    for (int c = 0; c < CELLS; c++)
        w.cells[c].old = w.cells[c].live;
}

static void mutate(unsigned what, unsigned a, unsigned b, unsigned i)
{
    int *x = &w.registers[a % REGISTERS], *y = &w.registers[b % REGISTERS];
    int *slot = *x >= 0 ? &w.cells[*x].slot[i % SLOTS] : NULL;
    switch (what) {
    case 0: /* x = new */
    case 1:
        set(x, make());
        break;
    case 2: /* x = y */
        set(x, retain(*y));
        break;
    case 3: /* x = None */
        set(x, -1);
        break;
    case 4: /* x.slot = y */
    case 5:
        if (slot)
            set(slot, retain(*y));
        break;
    case 6: /* x.slot, y = y, None: a move */
        if (slot && x != y) {
            int moved = *y;
            *y = -1;
            set(slot, moved);
        }
        break;
    case 7: /* y = x.slot: how a program walks along a structure */
    case 8:
        if (slot)
            set(y, retain(*slot));
        break;
    case 9: /* y, x.slot = x.slot, None */
        if (slot) {
            int moved = *slot;
            *slot = -1;
            set(y, moved);
        }
        break;
    case 10: /* a weak reference to x, or x from one: this alone can bring garbage back */
        w.weak[i % WEAKS] = *x;
        break;
    case 11:
        if (w.weak[i % WEAKS] >= 0)
            set(x, retain(w.weak[i % WEAKS]));
        break;
    default: /* x.slot[i], x.slot[i+1] = x.slot[i+1], x.slot[i] */
        if (slot) {
            int *other = &w.cells[*x].slot[(i + 1) % SLOTS], c = *slot;
            *slot = *other;
            *other = c;
        }
    }
}

/* ---- the collector's side ---- */

static bool is_member(int c)
{
    return w.state[c] <= COUNTED;
}

static void next_phase(Phase phase)
{
    w.phase = phase;
    w.at = w.part = 0;
    w.reaching = -1;
}

static void reach(int c)
{
    if (c >= 0 && is_member(c))
        w.state[c] = PENDING;
}

/* Free and young cells are candidates, too: COUNT sees that they are no members. */
static bool prepare_step(void)
{
    w.state[w.at] = 0;
    return ++w.at == CELLS;
}

/* One slot of one member; the cell may have died and been reused since the last. */
static bool count_step(void)
{
    if (w.part == 0 && is_member(w.at) && !(w.cells[w.at].live && w.cells[w.at].old))
        w.state[w.at] = NONE;
    if (is_member(w.at) && w.cells[w.at].live) {
        int child = w.cells[w.at].slot[w.part];
        if (child >= 0 && is_member(child) && w.state[child] < COUNTED)
            w.state[child]++;
        if (++w.part < SLOTS)
            return false;
    }
    w.part = 0;
    return ++w.at == CELLS;
}

/* One slot of what was reached; true: there is no more. */
static bool follow_step(void)
{
    if (w.reaching >= 0) {
        reach(w.cells[w.reaching].live ? w.cells[w.reaching].slot[w.part] : -1);
        if (++w.part == SLOTS)
            w.reaching = -1;
        return false;
    }
    for (int c = 0; c < CELLS; c++)
        if (w.state[c] == PENDING) {
            w.state[c] = REACHED;
            w.reaching = c;
            w.part = 0;
            return false;
        }
    return true;
}

/* What the program is known to hold.  One register is unknown to the collector, as what native code
 * holds. */
static void start_mark(void)
{
    next_phase(MARK);
    for (int i = 1; i < REGISTERS; i++)
        reach(w.registers[i]);
}

static bool reach_step(void)
{
    if (!follow_step())
        return false;
    if (w.at == CELLS)
        return true;
    if (is_member(w.at) && w.cells[w.at].live && w.cells[w.at].refs > w.state[w.at])
        reach(w.at);
    w.at++;
    return false;
}

static bool sift_step(void)
{
    bool left = is_member(w.at) && w.cells[w.at].live;
    w.state[w.at] = left ? 0 : NONE;
    w.left += left;
    return ++w.at == CELLS;
}

static void start_pass(void)
{
    bool marks[CELLS];
    reachable(marks);
    young_pass();
    for (int c = 0; c < CELLS; c++) {
        w.doomed[c] = w.cells[c].live && !marks[c];
        w.born[c] = w.birth[c];
    }
    w.round = 1;
    w.before = CELLS + 1;
    passes++;
    next_phase(PREPARE);
}

static void end_pass(void)
{
    bool garbage[CELLS];
    for (int c = 0; c < CELLS; c++)
        garbage[c] = is_member(c) && w.cells[c].live;
    take(garbage);
    for (int c = 0; c < CELLS; c++)
        require(!w.doomed[c] || !w.cells[c].live || w.birth[c] != w.born[c],
                "S2: garbage outlived a pass");
    next_phase(IDLE);
}

/* The last round, in one stop. */
static void exact_round(void)
{
    exact_total++;
    int suspects = w.left;
    next_phase(COUNT);
    while (!count_step())
        ;
    next_phase(REACH);
    while (!reach_step())
        ;
    next_phase(SIFT);
    for (w.left = 0; !sift_step();)
        ;
    spared_total += (size_t)(suspects - w.left);
    end_pass();
}

/* After each round: is another one in slices worth it? */
static void round_done(void)
{
    rounds_total++;
    require(w.left <= w.before, "S3: a round has more objects than the one before");
    if (w.left == 0 || plan == WITHOUT_EXACT_ROUND) {
        end_pass();
    } else if (w.left <= verify_at_once || w.left == w.before || w.round == ROUNDS_MOST) {
        exact_round();
    } else {
        w.before = w.left;
        w.round++;
        next_phase(COUNT);
    }
}

static void slice(void)
{
    switch (w.phase) {
    case IDLE:
        start_pass();
        break;
    case PREPARE:
        if (prepare_step())
            start_mark();
        break;
    case MARK:
        if (follow_step())
            next_phase(COUNT);
        break;
    case COUNT:
        if (count_step())
            next_phase(REACH);
        break;
    case REACH:
        if (reach_step()) {
            next_phase(SIFT);
            w.left = 0;
        }
        break;
    case SIFT:
        if (sift_step())
            round_done();
        break;
    }
}

/* ---- a run ---- */

static uint64_t mix(uint64_t x)
{
    x += UINT64_C(0x9E3779B97F4A7C15);
    x = (x ^ x >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ x >> 27) * UINT64_C(0x94D049BB133111EB);
    return x ^ x >> 31;
}

static void audit(void)
{
    int refs[CELLS] = {0};
    for (int i = 0; i < REGISTERS; i++)
        if (w.registers[i] >= 0)
            refs[w.registers[i]]++;
    for (int c = 0; c < CELLS; c++)
        for (int i = 0; w.cells[c].live && i < SLOTS; i++)
            if (w.cells[c].slot[i] >= 0)
                refs[w.cells[c].slot[i]]++;
    for (int c = 0; c < CELLS; c++)
        require(!w.cells[c].live || refs[c] == w.cells[c].refs, "S4: a count is wrong");
    bool marks[CELLS];
    reachable(marks);
    for (int c = 0; c < CELLS; c++) /* a weak reference brought it back: S2 asks nothing of it */
        if (w.doomed[c] && w.birth[c] == w.born[c] && w.cells[c].live && marks[c])
            w.doomed[c] = false, revived_total++;
    for (int c = 0; c < CELLS; c++)
        if (w.phase > PREPARE && w.doomed[c] && w.birth[c] == w.born[c] && w.cells[c].live)
            require(is_member(c), "S2: garbage was reached");
}

/* Run `steps` from `seed`; steps with their bit in `skip` are left out.  The step that fails, or
 * `steps`. */
static size_t run(uint64_t seed, size_t steps, const bool *skip)
{
    memset(&w, 0, sizeof w);
    broken = NULL;
    verify_at_once = (int)(seed % 4);
    for (int i = 0; i < REGISTERS; i++)
        w.registers[i] = -1;
    for (int i = 0; i < WEAKS; i++)
        w.weak[i] = -1;
    for (int c = 0; c < CELLS; c++)
        for (int i = 0; i < SLOTS; i++)
            w.cells[c].slot[i] = -1;
    memset(w.state, NONE, sizeof w.state);
    for (size_t step = 0; step < steps; step++) {
        if (skip && skip[step])
            continue;
        uint64_t r = mix(seed * UINT64_C(0x100000001) + step);
        /* how often the mutator acts varies: from fifty acts to a slice to fifty slices to one */
        unsigned pace = (unsigned)(mix(seed ^ step >> 8) % 100);
        if (r % 100 < pace)
            slice();
        else if (r % 1009 == 0)
            young_pass();
        else
            mutate(r >> 32 & 15, r >> 36 & 7, r >> 40 & 7, r >> 44 & 7);
        audit();
        if (broken)
            return step;
    }
    return steps;
}

static void shrink(uint64_t seed, size_t steps)
{
    bool *skip = calloc(steps, sizeof *skip);
    const char *what = broken;
    for (size_t width = steps / 2; width; width /= 2)
        for (size_t from = 0; from + width <= steps; from += width) {
            bool kept[width];
            memcpy(kept, skip + from, width);
            memset(skip + from, true, width);
            run(seed, steps, skip);
            if (broken != what)
                memcpy(skip + from, kept, width);
        }
    fprintf(stderr, "slices_model_test: seed %zu: %s\n  steps:", (size_t)seed, what);
    for (size_t i = 0; i < steps; i++)
        if (!skip[i])
            fprintf(stderr, " %zu", i);
    fprintf(stderr, "\n");
    free(skip);
}

static size_t steps_wanted = 300000, first_seed = 1;

TEST(no_live_object_is_taken_and_all_garbage_is)
{
    enum { RUN_STEPS = 5000 };
    plan = WHOLE;
    for (size_t done = 0, seed = first_seed; done < steps_wanted; done += RUN_STEPS, seed++) {
        size_t step = run(seed, RUN_STEPS, NULL);
        if (broken) {
            shrink(seed, step + 1);
            check(!"the model fails");
            return;
        }
    }
    check(passes > 100 && taken_total > 100 && rounds_total > passes && exact_total &&
          spared_total && revived_total);
    if (steps_wanted > 300000)
        printf("%zu passes, %zu rounds, %zu exact ones that spared %zu, %zu taken, %zu revived\n",
               passes, rounds_total, exact_total, spared_total, taken_total, revived_total);
}

/* The race is real: what the slices find contains live objects. */
TEST(without_the_exact_round_live_objects_are_taken)
{
    plan = WITHOUT_EXACT_ROUND;
    for (size_t seed = 1; seed < 1000; seed++) {
        run(seed, 5000, NULL);
        if (broken)
            break;
    }
    check(broken && strncmp(broken, "S1", 2) == 0);
}

int main(int argc, char **argv)
{
    if (argc > 1)
        steps_wanted = strtoull(argv[1], NULL, 10);
    if (argc > 2)
        first_seed = strtoull(argv[2], NULL, 10);
    RUN(no_live_object_is_taken_and_all_garbage_is);
    RUN(without_the_exact_round_live_objects_are_taken);
    return failures > 0;
}
