// SPDX-License-Identifier: MIT
// The tables made from ast.def, and the makers of nodes, sequences and texts.
//
// Equal identifiers of one arena are one object, found in an open-addressing table that hangs off
// `arena->names` and lies in the arena.  A table that is outgrown stays behind as garbage: all
// tables together are less than twice the last one.
#include "syntax/ast.h"

#include <string.h>

const AstKindInfo *oz_ast_kind(AstKind kind)
{
    switch (kind) {
#define ONE(type, name) {#name, AST_TYPE_##type, AST_ONE, offsetof(Self, name)},
#define OPT(type, name) {#name, AST_TYPE_##type, AST_OPTIONAL, offsetof(Self, name)},
#define SEQ(type, name) {#name, AST_TYPE_##type, AST_SEQUENCE, offsetof(Self, name)},
#define DESCRIBE(name, CName, owner, ...) /* the last: the fields, already expanded */             \
    case AST_##name: {                                                                             \
        typedef Ast##CName Self;                                                                   \
        static const AstFieldInfo fields[] = {__VA_ARGS__{NULL, 0, 0, 0}};                         \
        static const AstKindInfo info = {#name, AST_TYPE_##owner, sizeof(Self),                    \
                                         OZ_COUNT(fields) - 1, fields};                            \
        return &info;                                                                              \
    }
#define NODE(sum, Name, fields) DESCRIBE(Name, Name, sum, fields)
#define PRODUCT(name, CName, attributes, fields) DESCRIBE(name, CName, name, fields)
#include "syntax/ast.def"
    case AST_KINDS:
        break;
    }
    oz_never();
}

const AstTypeInfo *oz_ast_type(AstFieldType type)
{
    switch (type) {
#define DESCRIBE_TYPE(name, is_node, attributes)                                                   \
    case AST_TYPE_##name: {                                                                        \
        static const AstTypeInfo info = {#name, is_node, attributes, 0, NULL};                     \
        return &info;                                                                              \
    }
        DESCRIBE_TYPE(identifier, false, AST_ATTRIBUTES_NONE)
        DESCRIBE_TYPE(string, false, AST_ATTRIBUTES_NONE)
        DESCRIBE_TYPE(int, false, AST_ATTRIBUTES_NONE)
        DESCRIBE_TYPE(constant, false, AST_ATTRIBUTES_NONE)
#define SUM(name, attributes) DESCRIBE_TYPE(name, true, AST_ATTRIBUTES_##attributes)
#define PRODUCT(name, CName, attributes, fields)                                                   \
    DESCRIBE_TYPE(name, true, AST_ATTRIBUTES_##attributes)
#define VALUE(Name) #Name,
#define SIMPLE(name, CName, values)                                                                \
    case AST_TYPE_##name: {                                                                        \
        static const char *const members[] = {values};                                             \
        static const AstTypeInfo info = {#name, false, AST_ATTRIBUTES_NONE, OZ_COUNT(members),     \
                                         members};                                                 \
        return &info;                                                                              \
    }
#include "syntax/ast.def"
    case AST_TYPES:
        break;
    }
    oz_never();
}

AstNode *oz_ast_new(Arena *arena, AstKind kind)
{
    size_t size = oz_ast_kind(kind)->size;
    AstNode *node = oz_arena_alloc(arena, size);
    if (!node)
        return NULL;
    memset(node, 0, size);
    node->kind = kind;
    return node;
}

AstSeq *oz_ast_seq_new(Arena *arena, size_t count)
{
    size_t size;
    if (count > UINT32_MAX || !oz_size_mul(count, sizeof(void *), &size) ||
        !oz_size_add(size, sizeof(AstSeq), &size))
        return NULL;
    AstSeq *seq = oz_arena_alloc(arena, size);
    if (!seq)
        return NULL;
    memset(seq, 0, size);
    seq->count = (uint32_t)count;
    return seq;
}

/* FNV-1a: identifiers are short. */
static uint32_t hash_bytes(const char *bytes, size_t length)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (uint8_t)bytes[i]) * 16777619u;
    return hash;
}

AstText *oz_ast_text_room(Arena *arena, size_t length)
{
    AstText *text = length > INT32_MAX ? NULL : oz_arena_alloc(arena, sizeof(AstText) + length + 1);
    if (!text)
        return NULL;
    text->length = (uint32_t)length;
    text->hash = 0;
    text->bytes[length] = 0;
    return text;
}

AstText *oz_ast_text_copy(Arena *arena, const char *bytes, size_t length)
{
    AstText *text = oz_ast_text_room(arena, length);
    if (text && length)
        memcpy(text->bytes, bytes, length);
    return text;
}

typedef struct Names {
    uint32_t used;    /* [owner] */
    uint32_t mask;    /* [const] slots - 1; at least a quarter of the slots stay empty */
    AstText *slots[]; /* [owner] */
} Names;

static Names *grow_names(Arena *arena, const Names *old)
{
    size_t slots = old ? 2 * ((size_t)old->mask + 1) : 64;
    Names *names = oz_arena_alloc(arena, sizeof(Names) + slots * sizeof(AstText *));
    if (!names)
        return NULL;
    memset(names->slots, 0, slots * sizeof(AstText *));
    names->mask = (uint32_t)slots - 1;
    names->used = old ? old->used : 0;
    for (uint32_t i = 0; old && i <= old->mask; i++) {
        if (!old->slots[i])
            continue;
        uint32_t at = old->slots[i]->hash & names->mask;
        while (names->slots[at])
            at = (at + 1) & names->mask;
        names->slots[at] = old->slots[i];
    }
    arena->names = names;
    return names;
}

AstText *oz_ast_text(Arena *arena, const char *bytes, size_t length)
{
    Names *names = arena->names;
    if (!names || names->used > names->mask / 4 * 3) {
        names = grow_names(arena, names);
        if (!names)
            return NULL;
    }
    uint32_t hash = hash_bytes(bytes, length);
    uint32_t at = hash & names->mask;
    for (AstText *text; (text = names->slots[at]); at = (at + 1) & names->mask) {
        if (text->hash == hash && text->length == length && !memcmp(text->bytes, bytes, length))
            return text;
    }
    AstText *text = oz_ast_text_copy(arena, bytes, length);
    if (!text)
        return NULL;
    text->hash = hash;
    names->slots[at] = text;
    names->used++;
    return text;
}
