// SPDX-License-Identifier: MIT
// The match statement.
//
// The subject lies in a temporary; what a pattern takes apart goes to further ones, and a capture
// just remembers its register.  Only when the whole pattern has matched are the names bound.  A
// failure drops all temporaries above the subject: `fail[n]` is where n of them may be live, and
// falls through to fail[n-1].  (A temporary that was consumed meanwhile is empty, and dropping it
// does nothing.)
//
// The alternatives of an or-pattern leave their captures in the same registers, set aside before
// the first of them.
#include "compile/codegen.h"
#include "types/str.h"

#include <string.h>

typedef struct Capture {
    AstText *name;
    unsigned reg;
} Capture;

typedef struct Pattern {
    unsigned base;  /* first register above the subject */
    LabelId *fails; /* by number of registers above base; 0: not made */
    uint32_t fail_count, fail_capacity;
    Capture *captures;
    uint32_t capture_count, capture_capacity;
    bool refutable_only; /* a pattern that always matches must not stand here */
} Pattern;

static void pattern(Compiler *c, Pattern *p, AstNode *node, unsigned reg);

/* ---- failure ---- */

static LabelId fail_label(Compiler *c, Pattern *p)
{
    uint32_t count = oz_top(c) - p->base;
    while (p->fail_count <= count && !c->failed) {
        LabelId *grown =
            oz_compiler_grow(c, p->fails, p->fail_count, &p->fail_capacity, sizeof(LabelId));
        if (!grown)
            return 0;
        p->fails = grown;
        p->fails[p->fail_count++] = oz_label_new(c);
    }
    return c->failed ? 0 : p->fails[count];
}

/* All failures arrive here, one register less at each step. */
static void place_fails(Compiler *c, Pattern *p)
{
    for (uint32_t i = p->fail_count; i > 0 && !c->failed; i--) {
        oz_label_place(c, p->fails[i - 1]);
        if (i > 1)
            oz_emit(c, OP_DROP, 0, p->base + i - 2, 0, 0);
    }
    p->fail_count = 0;
}

static void fail_if(Compiler *c, Pattern *p, unsigned condition, bool sense)
{
    oz_pop(c, 1); /* the condition is consumed either way */
    oz_emit_jump(c, sense ? OP_JUMP_IF_TRUE : OP_JUMP_IF_FALSE, 0, condition, 0, fail_label(c, p));
}

/* R(reg) is None, or what the pattern looks into. */
static void fail_if_none(Compiler *c, Pattern *p, unsigned reg)
{
    unsigned copy = oz_temporary_push(c, 1);
    oz_emit(c, OP_COPY, 0, copy, reg, 0);
    oz_pop(c, 1);
    oz_emit_jump(c, OP_JUMP_IF_NONE, 0, copy, 0, fail_label(c, p));
}

/* ---- captures ---- */

static void capture(Compiler *c, Pattern *p, AstText *name, unsigned reg, const AstNode *node)
{
    if (oz_is_forbidden(c, name, node, AST_Store))
        return;
    for (uint32_t i = 0; i < p->capture_count; i++) {
        if (p->captures[i].name == name) {
            oz_compiler_error(c, node, "multiple assignments to name '%s' in pattern", name->bytes);
            return;
        }
    }
    Capture *grown =
        oz_compiler_grow(c, p->captures, p->capture_count, &p->capture_capacity, sizeof(Capture));
    if (!grown)
        return;
    p->captures = grown;
    p->captures[p->capture_count++] = (Capture){name, reg};
}

static unsigned copy_of(Compiler *c, unsigned reg)
{
    unsigned copy = oz_temporary_push(c, 1);
    oz_emit(c, OP_COPY, 0, copy, reg, 0);
    return copy;
}

/* ---- kinds of patterns ---- */

static bool is_wildcard(const AstNode *node)
{
    return node->kind == AST_MatchAs && !((const AstMatchAs *)node)->name;
}

static bool is_star_wildcard(const AstNode *node)
{
    return node->kind == AST_MatchStar && !((const AstMatchStar *)node)->name;
}

static void sub_pattern(Compiler *c, Pattern *p, AstNode *node, unsigned reg)
{
    bool outer = p->refutable_only;
    p->refutable_only = false;
    pattern(c, p, node, reg);
    p->refutable_only = outer;
}

static void compare_to(Compiler *c, Pattern *p, AstNode *node, AstNode *value, unsigned reg)
{
    unsigned copy = copy_of(c, reg);
    Operand other = oz_expr_operand(c, value, false);
    oz_at(c, node);
    oz_release(c, other);
    oz_pop(c, 1);
    oz_emit_jump(c, OP_JUMP_EQ, 0, copy, other.reg, fail_label(c, p));
}

static void value_pattern(Compiler *c, Pattern *p, AstMatchValue *node, unsigned reg)
{
    const AstKind kind = node->value->kind;
    if (kind != AST_Constant && kind != AST_Attribute) { /* signs and sums are folded */
        oz_compiler_error(c, &node->base, "patterns may only match literals and attribute lookups");
        return;
    }
    compare_to(c, p, &node->base, node->value, reg);
}

static void singleton_pattern(Compiler *c, Pattern *p, AstMatchSingleton *node, unsigned reg)
{
    unsigned copy = copy_of(c, reg), value = oz_temporary_push(c, 1);
    oz_load_constant(c, oz_literal_value(c, &node->value), value);
    oz_pop(c, 2);
    oz_emit_jump(c, OP_JUMP_IS, 0, copy, value, fail_label(c, p));
}

/* [a, *_, b]: nothing but the wanted items is looked at. */
static void items_of(Compiler *c, Pattern *p, AstMatchSequence *node, uint32_t star, unsigned reg)
{
    uint32_t count = node->patterns->count;
    for (uint32_t i = 0; i < count && !c->failed; i++) {
        AstNode *item = node->patterns->items[i];
        if (i == star || is_wildcard(item))
            continue;
        unsigned value = copy_of(c, reg);
        if (i < star) {
            oz_emit_with_constant(c, OP_GET_ITEM_K, 0, value, value, oz_int(i));
        } else {
            unsigned index = oz_temporary_push(c, 1);
            oz_emit(c, OP_GET_LENGTH, 0, index, reg, 0);
            oz_emit_with_constant(c, OP_SUBTRACT_K, 0, index, index, oz_int(count - i));
            oz_emit(c, OP_GET_ITEM, 0, value, value, index);
            oz_pop(c, 1);
        }
        sub_pattern(c, p, item, value);
    }
}

static void unpack_items(Compiler *c, Pattern *p, AstMatchSequence *node, int star, unsigned reg)
{
    uint32_t count = node->patterns->count;
    unsigned copy = copy_of(c, reg);
    oz_pop(c, 1);
    unsigned first = oz_temporary_push(c, count);
    if (star < 0)
        oz_emit(c, OP_UNPACK, 0, first, copy, count);
    else
        oz_emit(c, OP_UNPACK_EX, count - (unsigned)star - 1, first, copy, (unsigned)star);
    for (uint32_t i = 0; i < count && !c->failed; i++)
        sub_pattern(c, p, node->patterns->items[i], first + i);
}

static void check_length(Compiler *c, Pattern *p, unsigned reg, unsigned wanted, bool at_least)
{
    unsigned length = oz_temporary_push(c, 1);
    LabelId fail = fail_label(c, p);
    oz_emit(c, OP_GET_LENGTH, 0, length, reg, 0);
    oz_emit_jump_constant(c, at_least ? OP_JUMP_GE_K : OP_JUMP_EQ_K, length, oz_int(wanted), fail);
    oz_pop(c, 1);
}

static void sequence_pattern(Compiler *c, Pattern *p, AstMatchSequence *node, unsigned reg)
{
    uint32_t count = node->patterns->count;
    int star = -1;
    bool only_wildcards = true, star_wildcard = false;
    for (uint32_t i = 0; i < count; i++) {
        AstNode *item = node->patterns->items[i];
        if (item->kind == AST_MatchStar) {
            if (star >= 0) {
                oz_compiler_error(c, &node->base, "multiple starred names in sequence pattern");
                return;
            }
            if (i >= 256 || count - i - 1 >= 256) {
                oz_compiler_error(c, &node->base,
                                  "too many expressions in star-unpacking sequence pattern");
                return;
            }
            star = (int)i;
            star_wildcard = is_star_wildcard(item);
            only_wildcards &= star_wildcard;
        } else {
            only_wildcards &= is_wildcard(item);
        }
    }
    unsigned is_sequence = oz_temporary_push(c, 1);
    oz_emit(c, OP_MATCH_SEQUENCE, 0, is_sequence, reg, 0);
    fail_if(c, p, is_sequence, false);
    if (star < 0)
        check_length(c, p, reg, count, false);
    else if (count > 1)
        check_length(c, p, reg, count - 1, true);
    if (only_wildcards)
        return;
    if (star_wildcard)
        items_of(c, p, node, (uint32_t)star, reg);
    else
        unpack_items(c, p, node, star, reg);
}

/* ---- mappings ---- */

static bool same_key(Compiler *c, const AstNode *a, const AstNode *b)
{
    if (a->kind != AST_Constant || b->kind != AST_Constant)
        return false;
    scoped Ref x = oz_literal_value(c, &((const AstConstant *)a)->value);
    scoped Ref y = oz_literal_value(c, &((const AstConstant *)b)->value);
    bool same = false;
    if (!c->failed && !oz_equal(c->t, x, y, &same))
        c->failed = true;
    return same;
}

static void check_keys(Compiler *c, AstMatchMapping *node)
{
    for (uint32_t i = 0; i < node->keys->count && !c->failed; i++) {
        AstNode *key = node->keys->items[i];
        if (key->kind != AST_Constant && key->kind != AST_Attribute) {
            oz_compiler_error(c, &node->base,
                              "mapping pattern keys may only match literals and attribute lookups");
            return;
        }
        for (uint32_t j = 0; j < i; j++) {
            if (!same_key(c, key, node->keys->items[j]) || c->failed)
                continue;
            scoped Ref value = oz_literal_value(c, &((AstConstant *)key)->value);
            scoped Ref text = value ? oz_repr(c->t, value) : NULL, keep = NULL;
            const char *repr = text ? oz_str_display(c->t, text, &keep) : NULL;
            if (repr)
                oz_compiler_error(c, &node->base, "mapping pattern checks duplicate key (%s)",
                                  repr);
            c->failed = true;
            return;
        }
    }
}

/* The rest of the mapping: a copy without the keys, whose tuple is in `keys`. */
static unsigned rest_of(Compiler *c, unsigned keys, uint32_t count, unsigned reg)
{
    unsigned rest = oz_temporary_push(c, 1);
    oz_emit(c, OP_BUILD_MAP, 0, rest, rest, 0);
    unsigned copy = copy_of(c, reg);
    oz_emit(c, OP_DICT_UPDATE, 0, rest, copy, 0);
    oz_pop(c, 1);
    if (!count)
        return rest;
    copy = copy_of(c, keys);
    oz_pop(c, 1);
    unsigned first = oz_temporary_push(c, count), dict = oz_temporary_push(c, 1);
    oz_emit(c, OP_UNPACK, 0, first, copy, count);
    for (uint32_t i = 0; i < count; i++) {
        oz_emit(c, OP_COPY, 0, dict, rest, 0);
        oz_emit(c, OP_DELETE_ITEM, 0, dict, first + i, 0);
    }
    oz_pop(c, count + 1);
    return rest;
}

static void mapping_pattern(Compiler *c, Pattern *p, AstMatchMapping *node, unsigned reg)
{
    uint32_t count = node->keys->count;
    check_keys(c, node);
    unsigned is_mapping = oz_temporary_push(c, 1);
    oz_emit(c, OP_MATCH_MAPPING, 0, is_mapping, reg, 0);
    fail_if(c, p, is_mapping, false);
    if (count)
        check_length(c, p, reg, count, true);
    unsigned keys = 0;
    if (count) {
        AstTuple tuple = {.base = node->base, .elts = node->keys};
        tuple.base.kind = AST_Tuple;
        keys = oz_top(c);
        oz_display_sequence(c, &tuple.base, node->keys, keys);
        oz_temporary_push(c, 1);
        unsigned values = oz_temporary_push(c, 1);
        oz_at(c, &node->base);
        oz_emit(c, OP_MATCH_KEYS, 0, values, reg, keys);
        fail_if_none(c, p, values);
        oz_pop(c, 1);
        unsigned first = oz_temporary_push(c, count);
        oz_emit(c, OP_UNPACK, 0, first, values, count);
        for (uint32_t i = 0; i < count && !c->failed; i++)
            sub_pattern(c, p, node->patterns->items[i], first + i);
    }
    if (node->rest && !c->failed)
        capture(c, p, node->rest, rest_of(c, keys, count, reg), &node->base);
}

/* ---- classes ---- */

static void check_class(Compiler *c, AstMatchClass *node)
{
    AstSeq *names = node->kwd_attrs;
    for (uint32_t i = 0; i < names->count; i++) {
        AstText *name = names->items[i];
        oz_is_forbidden(c, name, node->kwd_patterns->items[i], AST_Store);
        for (uint32_t j = i + 1; j < names->count; j++)
            if (names->items[j] == (void *)name)
                oz_compiler_error(c, node->kwd_patterns->items[j],
                                  "attribute name repeated in class pattern: %s", name->bytes);
    }
}

static AstNode *class_part(AstMatchClass *node, uint32_t i)
{
    uint32_t positional = node->patterns->count;
    return i < positional ? node->patterns->items[i] : node->kwd_patterns->items[i - positional];
}

static void push_attribute_names(Compiler *c, AstMatchClass *node)
{
    AstSeq *names = node->kwd_attrs;
    AstSeq *elements = oz_compiler_alloc(c, sizeof(AstSeq) + names->count * sizeof(void *));
    AstConstant *texts = oz_compiler_alloc(c, (names->count + 1) * sizeof(AstConstant));
    if (!elements || !texts)
        return;
    elements->count = names->count;
    for (uint32_t i = 0; i < names->count; i++) {
        texts[i].base = node->base;
        texts[i].base.kind = AST_Constant;
        texts[i].value = (AstLiteral){.tag = AST_STR, .text = names->items[i]};
        elements->items[i] = &texts[i];
    }
    AstTuple tuple = {.base = node->base, .elts = elements};
    tuple.base.kind = AST_Tuple;
    oz_display_sequence(c, &tuple.base, elements, oz_top(c));
    oz_temporary_push(c, 1);
}

static void class_pattern(Compiler *c, Pattern *p, AstMatchClass *node, unsigned reg)
{
    check_class(c, node);
    uint32_t count = node->patterns->count + node->kwd_patterns->count;
    unsigned start = oz_expr_push(c, node->cls);
    push_attribute_names(c, node);
    if (c->failed)
        return;
    oz_at(c, &node->base);
    oz_emit_operand(c, OP_MATCH_CLASS, 0, start, reg, start, node->patterns->count);
    oz_pop(c, 1);
    fail_if_none(c, p, start);
    oz_pop(c, 1);
    unsigned first = oz_temporary_push(c, count ? count : 1);
    if (!count) {
        oz_emit(c, OP_DROP, 0, start, 0, 0);
        oz_pop(c, 1);
        return;
    }
    oz_emit(c, OP_UNPACK, 0, first, start, count);
    for (uint32_t i = 0; i < count && !c->failed; i++)
        sub_pattern(c, p, class_part(node, i), first + i);
}

/* ---- as and or ---- */

static void as_pattern(Compiler *c, Pattern *p, AstMatchAs *node, unsigned reg)
{
    if (!node->pattern) {
        if (p->refutable_only) {
            if (node->name)
                oz_compiler_error(c, &node->base,
                                  "name capture '%s' makes remaining patterns unreachable",
                                  node->name->bytes);
            else
                oz_compiler_error(c, &node->base, "wildcard makes remaining patterns unreachable");
            return;
        }
        if (node->name)
            capture(c, p, node->name, reg, &node->base);
        return;
    }
    pattern(c, p, node->pattern, reg);
    if (!c->failed)
        capture(c, p, node->name, reg, &node->base);
}

/* The captures of one alternative, moved to the registers set aside from `aside` on.  The first
 * alternative decides their order. */
static bool align(Compiler *c, Pattern *own, const Pattern *first, unsigned aside)
{
    if (own->capture_count != first->capture_count)
        return false;
    for (uint32_t i = 0; i < first->capture_count; i++) {
        uint32_t j = 0;
        while (j < own->capture_count && own->captures[j].name != first->captures[i].name)
            j++;
        if (j == own->capture_count)
            return false;
        oz_emit(c, OP_COPY, 0, aside + i, own->captures[j].reg, 0);
    }
    return true;
}

static void drop_down_to(Compiler *c, unsigned reg)
{
    unsigned top = oz_top(c);
    while (top > reg)
        oz_emit(c, OP_DROP, 0, --top, 0, 0);
    c->unit->depth = reg - c->unit->local_count;
}

/* How many names does a pattern bind? */
static uint32_t count_names(const AstNode *node)
{
    uint32_t count = 0;
    const AstSeq *parts = NULL, *more = NULL;
    switch (node->kind) {
    case AST_MatchSequence:
        parts = ((const AstMatchSequence *)node)->patterns;
        break;
    case AST_MatchMapping:
        parts = ((const AstMatchMapping *)node)->patterns;
        count = ((const AstMatchMapping *)node)->rest != NULL;
        break;
    case AST_MatchClass:
        parts = ((const AstMatchClass *)node)->patterns;
        more = ((const AstMatchClass *)node)->kwd_patterns;
        break;
    case AST_MatchStar:
        return ((const AstMatchStar *)node)->name != NULL;
    case AST_MatchAs:
        count = ((const AstMatchAs *)node)->name != NULL;
        return ((const AstMatchAs *)node)->pattern
                   ? count + count_names(((const AstMatchAs *)node)->pattern)
                   : count;
    case AST_MatchOr:
        return count_names(((const AstMatchOr *)node)->patterns->items[0]);
    default:
        return 0;
    }
    for (uint32_t i = 0; i < parts->count; i++)
        count += count_names(parts->items[i]);
    for (uint32_t i = 0; more && i < more->count; i++)
        count += count_names(more->items[i]);
    return count;
}

static void or_pattern(Compiler *c, Pattern *p, AstMatchOr *node, unsigned reg)
{
    uint32_t count = node->patterns->count, names = count_names(&node->base);
    LabelId end = oz_label_new(c);
    LabelId fail = fail_label(c, p); /* with nothing of this pattern left */
    unsigned aside = oz_temporary_push(c, names);
    Pattern first = {0};
    for (uint32_t i = 0; i < count && !c->failed; i++) {
        AstNode *alternative = node->patterns->items[i];
        Pattern own = {.base = oz_top(c), .refutable_only = i + 1 < count || p->refutable_only};
        pattern(c, &own, alternative, reg);
        if (i == 0)
            first = own;
        if (!c->failed && !align(c, &own, &first, aside)) {
            oz_compiler_error(c, &node->base, "alternative patterns bind different names");
            return;
        }
        drop_down_to(c, own.base);
        oz_emit_jump(c, OP_JUMP, 0, 0, 0, end);
        place_fails(c, &own);
    }
    oz_emit_jump(c, OP_JUMP, 0, 0, 0, fail);
    oz_label_place(c, end);
    for (uint32_t i = 0; i < first.capture_count && !c->failed; i++)
        capture(c, p, first.captures[i].name, aside + i, &node->base);
}

static void pattern(Compiler *c, Pattern *p, AstNode *node, unsigned reg)
{
    if (c->failed)
        return;
    if (!oz_native_enter(c->t, " during compilation")) {
        c->failed = true;
        return;
    }
    oz_at(c, node);
    switch (node->kind) {
    case AST_MatchValue:
        value_pattern(c, p, (AstMatchValue *)node, reg);
        break;
    case AST_MatchSingleton:
        singleton_pattern(c, p, (AstMatchSingleton *)node, reg);
        break;
    case AST_MatchSequence:
        sequence_pattern(c, p, (AstMatchSequence *)node, reg);
        break;
    case AST_MatchMapping:
        mapping_pattern(c, p, (AstMatchMapping *)node, reg);
        break;
    case AST_MatchClass:
        class_pattern(c, p, (AstMatchClass *)node, reg);
        break;
    case AST_MatchStar:
        if (((AstMatchStar *)node)->name)
            capture(c, p, ((AstMatchStar *)node)->name, reg, node);
        break;
    case AST_MatchAs:
        as_pattern(c, p, (AstMatchAs *)node, reg);
        break;
    case AST_MatchOr:
        or_pattern(c, p, (AstMatchOr *)node, reg);
        break;
    default:
        oz_never();
    }
}

/* ---- the statement ---- */

static void bind_captures(Compiler *c, Pattern *p)
{
    for (uint32_t i = 0; i < p->capture_count && !c->failed; i++) {
        unsigned copy = copy_of(c, p->captures[i].reg);
        oz_name_store(c, p->captures[i].name, copy);
        oz_pop(c, 1);
    }
    drop_down_to(c, p->base);
}

static void case_block(Compiler *c, AstMatchCase *node, unsigned subject, bool last, LabelId end)
{
    Pattern p = {.base = oz_top(c), .refutable_only = !last && !node->guard};
    LabelId next = oz_label_new(c);
    pattern(c, &p, node->pattern, subject);
    if (c->failed)
        return;
    bind_captures(c, &p);
    if (node->guard)
        oz_expr_jump(c, node->guard, next, false);
    oz_at(c, node->pattern);
    oz_emit(c, OP_DROP, 0, subject, 0, 0);
    oz_pop(c, 1);
    oz_body_from(c, node->body, 0);
    oz_emit_jump(c, OP_JUMP, 0, 0, 0, end);
    oz_temporary_push(c, 1);
    oz_at(c, node->pattern);
    place_fails(c, &p);
    oz_label_place(c, next);
}

void oz_match(Compiler *c, AstMatch *node)
{
    LabelId end = oz_label_new(c);
    unsigned subject = oz_expr_push(c, node->subject);
    for (uint32_t i = 0; i < node->cases->count && !c->failed; i++)
        case_block(c, node->cases->items[i], subject, i + 1 == node->cases->count, end);
    oz_at_nothing(c);
    oz_emit(c, OP_DROP, 0, subject, 0, 0);
    oz_pop(c, 1);
    oz_label_place(c, end);
}
