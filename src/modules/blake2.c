// SPDX-License-Identifier: MIT
// The module _blake2: BLAKE2b and BLAKE2s (RFC 7693) with key, salt, personalisation and trees.
//
// By libb2, because libcrypto has no trees, and a key only in another interface.  The types differ
// in sizes, which a table has, and in the four functions that meet the library.
#include "modules/crypto.h"
#include "modules/native_type.h"
#include "types/bytes.h"

#include <blake2.h>

// clang-format off
#define BLAKE2_FUNCTIONS(F)                                                                        \
    F(blake2b_init_param) F(blake2b_update) F(blake2b_final)                                       \
    F(blake2s_init_param) F(blake2s_update) F(blake2s_final)
// clang-format on
OZ_LIBRARY_TYPE(Blake2, BLAKE2_FUNCTIONS);
static OZ_LIBRARY_GET(Blake2, library, BLAKE2_FUNCTIONS, "libb2.so.1", "libb2-1")

    /* ---- arguments ---- */

    /* Of __new__: a[0] is the class. */
    enum {
        ARG_DATA = 1,
        ARG_DIGEST_SIZE,
        ARG_KEY,
        ARG_SALT,
        ARG_PERSON,
        ARG_FANOUT,
        ARG_DEPTH,
        ARG_LEAF_SIZE,
        ARG_NODE_OFFSET,
        ARG_NODE_DEPTH,
        ARG_INNER_SIZE,
        ARG_LAST_NODE,
        ARG_FOR_SECURITY,
    };

#define SIGNATURE                                                                                  \
    "($type, data=b'', /, *, digest_size=None, key=b'', salt=b'', person=b'', fanout=1, depth=1, " \
    "leaf_size=0, node_offset=0, node_depth=0, inner_size=0, last_node=False, "                    \
    "usedforsecurity=True)"

/* The parameters as both widths have them. */
typedef struct Parameters {
    int digest_size, fanout, depth, node_depth, inner_size;
    uint64_t leaf_size, node_offset;
    Buffer key, salt, person;
    bool last_node;
} Parameters;

static void parameters_fini(Parameters *p)
{
    oz_scoped_buffer(&p->key);
    oz_scoped_buffer(&p->salt);
    oz_scoped_buffer(&p->person);
}

static bool small_argument(Thread *t, Obj v, const char *name, int least, int most, int *n)
{
    return oz_as_int(t, v, n) &&
           ((*n >= least && *n <= most) ||
            oz_fail(t, OZ_ValueError, "%s must be between %d and %d", name, least, most));
}

static bool bytes_argument(Thread *t, Obj v, const char *name, size_t most, Buffer *view)
{
    return oz_buffer_open(t, v, view) &&
           (view->length <= most ||
            oz_fail(t, OZ_ValueError, "maximum %s length is %zu bytes", name, most));
}

/* The texts of CPython differ between what it converts as C unsigned long and as a long long. */
static bool wide_argument(Thread *t, Obj v, const char *name, const char *too_large, uint64_t most,
                          uint64_t *n)
{
    if (!oz_as_exact_int(v) && !oz_class_of(v)->slots->index)
        return oz_fail(t, OZ_TypeError, "an integer is required");
    scoped Ref exact = oz_index(t, v);
    if (!exact)
        return false;
    if (oz_int_sign(exact) < 0)
        return oz_fail(t, OZ_ValueError, "value must be positive");
    if (oz_int_bits(exact) > 64)
        return oz_fail(t, OZ_OverflowError, "%s", too_large);
    return oz_as_uint64(t, exact, n) &&
           (*n <= most || oz_fail(t, OZ_OverflowError, "%s is too large", name));
}

static bool parse(Thread *t, const Obj *a, Parameters *p, int digest_most, size_t salt_size,
                  uint64_t offset_most)
{
    bool for_security; /* tested as CPython does; no hash here is for anything else */
    p->digest_size = digest_most;
    if (!oz_is_none(a[ARG_DIGEST_SIZE]) && !oz_as_int(t, a[ARG_DIGEST_SIZE], &p->digest_size))
        return false;
    if (p->digest_size < 1 || p->digest_size > digest_most)
        return oz_fail(t, OZ_ValueError, "digest_size must be between 1 and %d bytes", digest_most);
    if (!bytes_argument(t, a[ARG_SALT], "salt", salt_size, &p->salt) ||
        !bytes_argument(t, a[ARG_PERSON], "person", salt_size, &p->person) ||
        !small_argument(t, a[ARG_FANOUT], "fanout", 0, 255, &p->fanout) ||
        !small_argument(t, a[ARG_DEPTH], "depth", 1, 255, &p->depth) ||
        !wide_argument(t, a[ARG_LEAF_SIZE], "leaf_size",
                       "Python int too large to convert to C unsigned long", UINT32_MAX,
                       &p->leaf_size) ||
        !wide_argument(t, a[ARG_NODE_OFFSET], "node_offset", "int too big to convert", offset_most,
                       &p->node_offset) ||
        !small_argument(t, a[ARG_NODE_DEPTH], "node_depth", 0, 255, &p->node_depth) ||
        !oz_as_int(t, a[ARG_INNER_SIZE], &p->inner_size))
        return false;
    if (p->inner_size < 0 || p->inner_size > digest_most)
        return oz_fail(t, OZ_ValueError, "inner_size must be between 0 and is %d", digest_most);
    return bytes_argument(t, a[ARG_KEY], "key", (size_t)digest_most, &p->key) &&
           oz_truth(t, a[ARG_LAST_NODE], &p->last_node) &&
           oz_truth(t, a[ARG_FOR_SECURITY], &for_security);
}

/* ---- the library ---- */

typedef struct Blake2Hash {
    Object base;
    union {
        blake2b_state b; /* [object] */
        blake2s_state s; /* [object] */
    };
    LockWord lock; /* [atomic] */
} Blake2Hash;

/* What the two differ in. */
typedef struct Kind {
    const char *name;
    const char *prefix; /* of the module's constants */
    int digest, key, salt, person, block;
    uint64_t offset_most;
} Kind;

static const Kind kinds[] = {
    {"blake2b", "BLAKE2B", BLAKE2B_OUTBYTES, BLAKE2B_KEYBYTES, BLAKE2B_SALTBYTES,
     BLAKE2B_PERSONALBYTES, BLAKE2B_BLOCKBYTES, UINT64_MAX},
    {"blake2s", "BLAKE2S", BLAKE2S_OUTBYTES, BLAKE2S_KEYBYTES, BLAKE2S_SALTBYTES,
     BLAKE2S_PERSONALBYTES, BLAKE2S_BLOCKBYTES, (UINT64_C(1) << 48) - 1},
};

static const Kind *kind_of(Obj self)
{
    return &kinds[oz_id_of(self) - OZ_BLAKE2B];
}

typedef struct Updating {
    const Blake2 *blake;
    Blake2Hash *hash;
} Updating;

static bool update_b(void *context, const void *data, size_t length)
{
    const Updating *u = context;
    return u->blake->blake2b_update(&u->hash->b, data, length) == 0;
}

static bool update_s(void *context, const void *data, size_t length)
{
    const Updating *u = context;
    return u->blake->blake2s_update(&u->hash->s, data, length) == 0;
}

static bool update(Thread *t, Obj v, Obj data)
{
    Blake2Hash *self = (Blake2Hash *)v;
    Updating updating = {library(t), self};
    return updating.blake && oz_hash_pieces(t, data, oz_is(v, OZ_BLAKE2B) ? update_b : update_s,
                                            &updating, &self->lock);
}

static bool begin_b(const Blake2 *blake, blake2b_state *state, const Parameters *p)
{
    blake2b_param param = {
        .digest_length = (uint8_t)p->digest_size,
        .key_length = (uint8_t)p->key.length,
        .fanout = (uint8_t)p->fanout,
        .depth = (uint8_t)p->depth,
        .leaf_length = htole32((uint32_t)p->leaf_size),
        .node_offset = htole64(p->node_offset),
        .node_depth = (uint8_t)p->node_depth,
        .inner_length = (uint8_t)p->inner_size,
    };
    memcpy(param.salt, p->salt.data, p->salt.length);
    memcpy(param.personal, p->person.data, p->person.length);
    if (blake->blake2b_init_param(state, &param) < 0)
        return false;
    state->outlen = (uint8_t)p->digest_size;
    state->last_node = p->last_node;
    return true;
}

static bool begin_s(const Blake2 *blake, blake2s_state *state, const Parameters *p)
{
    blake2s_param param = {
        .digest_length = (uint8_t)p->digest_size,
        .key_length = (uint8_t)p->key.length,
        .fanout = (uint8_t)p->fanout,
        .depth = (uint8_t)p->depth,
        .leaf_length = htole32((uint32_t)p->leaf_size),
        .node_depth = (uint8_t)p->node_depth,
        .inner_length = (uint8_t)p->inner_size,
    };
    for (int i = 0; i < 6; i++)
        param.node_offset[i] = (uint8_t)(p->node_offset >> 8 * i);
    memcpy(param.salt, p->salt.data, p->salt.length);
    memcpy(param.personal, p->person.data, p->person.length);
    if (blake->blake2s_init_param(state, &param) < 0)
        return false;
    state->outlen = (uint8_t)p->digest_size;
    state->last_node = p->last_node;
    return true;
}

/* Begin with the parameters; a key is the first block. */
static bool begin(Thread *t, Blake2Hash *self, const Parameters *p)
{
    const Blake2 *blake = library(t);
    if (!blake)
        return false;
    bool wide = oz_is((Obj)self, OZ_BLAKE2B);
    if (!(wide ? begin_b(blake, &self->b, p) : begin_s(blake, &self->s, p)))
        return oz_fail(t, OZ_RuntimeError, "error initializing hash state");
    if (p->key.length) {
        uint8_t block[BLAKE2B_BLOCKBYTES] = {0};
        memcpy(block, p->key.data, p->key.length);
        Updating updating = {blake, self};
        if (wide)
            update_b(&updating, block, BLAKE2B_BLOCKBYTES);
        else
            update_s(&updating, block, BLAKE2S_BLOCKBYTES);
        explicit_bzero(block, sizeof block);
    }
    return true;
}

/* Finish a copy, so that the hash can go on; gives the length of the digest. */
static size_t finish(Thread *t, Obj v, uint8_t *out)
{
    const Blake2 *blake = library(t);
    oz_object_settle(t, &((Blake2Hash *)v)->lock);
    Blake2Hash copy = *(const Blake2Hash *)v;
    if (!blake)
        return 0;
    if (oz_is(v, OZ_BLAKE2B)) {
        blake->blake2b_final(&copy.b, out, copy.b.outlen);
        return copy.b.outlen;
    }
    blake->blake2s_final(&copy.s, out, copy.s.outlen);
    return copy.s.outlen;
}

/* ---- the types ---- */

static Ref blake2_make(Thread *t, const Obj *a)
{
    __attribute__((cleanup(parameters_fini))) Parameters p = {0};
    scoped Ref made = oz_instance_new(t, (Class *)a[0], 0);
    if (!made)
        return NULL;
    const Kind *kind = kind_of(made);
    if (!parse(t, a, &p, kind->digest, (size_t)kind->salt, kind->offset_most) ||
        !begin(t, (Blake2Hash *)made, &p) || !update(t, made, a[ARG_DATA]))
        return NULL;
    return oz_move(&made);
}

OZ_NEW(blake2b, SIGNATURE)
{
    return blake2_make(t, a);
}

OZ_NEW(blake2s, SIGNATURE)
{
    return blake2_make(t, a);
}

OZ_METHOD(blake2, update, "($self, data, /)", "Let more bytes go into the hash.")
{
    return update(t, a[0], a[1]) ? OZ_NONE : NULL;
}

OZ_METHOD(blake2, copy, "($self, /)", "Return a copy of the hash object.")
{
    Blake2Hash *copy = oz_instance_new(t, oz_class_of(a[0]), 0);
    oz_object_settle(t, &((Blake2Hash *)a[0])->lock);
    if (copy)
        copy->b = ((const Blake2Hash *)a[0])->b; /* the larger of the two states */
    return (Ref)copy;
}

OZ_METHOD(blake2, digest, "($self, /)", "The hash of all bytes so far, as bytes.")
{
    uint8_t digest[BLAKE2B_OUTBYTES];
    size_t length = finish(t, a[0], digest);
    return length ? oz_bytes_new(t, digest, length) : NULL;
}

OZ_METHOD(blake2, hexdigest, "($self, /)", "The hash of all bytes so far, as hexadecimal digits.")
{
    uint8_t digest[BLAKE2B_OUTBYTES];
    size_t length = finish(t, a[0], digest);
    return length ? oz_hash_hex(t, digest, length) : NULL;
}

static Ref get_name(Thread *t, Obj self)
{
    return oz_str_new(t, kind_of(self)->name);
}

static Ref get_block_size(Thread *t OZ_UNUSED, Obj self)
{
    return oz_int(kind_of(self)->block);
}

static Ref get_digest_size(Thread *t OZ_UNUSED, Obj v)
{
    const Blake2Hash *self = (const Blake2Hash *)v;
    return oz_int(oz_is(v, OZ_BLAKE2B) ? self->b.outlen : self->s.outlen);
}

#define BLAKE2_TYPE(stem, ID, letter)                                                              \
    const TypeDef oz_##stem##_type = {                                                             \
        .id = OZ_##ID,                                                                             \
        .name = "_blake2." #stem,                                                                  \
        .doc = "Return a new BLAKE2" letter " hash object.",                                       \
        .size = sizeof(Blake2Hash),                                                                \
        .flags = OZ_TYPE_FINAL,                                                                    \
        .make = &stem##_new_,                                                                      \
        .methods = OZ_METHODS(&blake2_copy, &blake2_digest, &blake2_hexdigest, &blake2_update),    \
        .getsets =                                                                                 \
            OZ_GETSETS({"name", get_name, NULL, "what the hash is called"},                        \
                       {"block_size", get_block_size, NULL, "bytes that are hashed at a time"},    \
                       {"digest_size", get_digest_size, NULL, "bytes of the digest"}),             \
    };
BLAKE2_TYPE(blake2b, BLAKE2B, "b")
BLAKE2_TYPE(blake2s, BLAKE2S, "s")

/* BLAKE2B_SALT_SIZE of the module and SALT_SIZE of the class, and so on. */
static bool add_size(Thread *t, Module *module, const Kind *kind, const char *name, int size)
{
    char full[40];
    snprintf(full, sizeof full, "%s_%s", kind->prefix, name);
    Class *cls = oz_builtin_class(t, OZ_BLAKE2B + (uint32_t)(kind - kinds));
    scoped Ref key = oz_intern(t, name);
    return cls && key && oz_class_store(t, cls, key, oz_int(size)) != OZ_RAISED &&
           oz_module_add_int(t, module, full, size);
}

static bool blake2_init(Thread *t, Module *module)
{
    for (size_t i = 0; i < OZ_COUNT(kinds); i++)
        if (!add_size(t, module, &kinds[i], "SALT_SIZE", kinds[i].salt) ||
            !add_size(t, module, &kinds[i], "PERSON_SIZE", kinds[i].person) ||
            !add_size(t, module, &kinds[i], "MAX_KEY_SIZE", kinds[i].key) ||
            !add_size(t, module, &kinds[i], "MAX_DIGEST_SIZE", kinds[i].digest))
            return false;
    return true;
}

static const uint32_t blake2_types[] = {OZ_BLAKE2B, OZ_BLAKE2S, 0};

const ModuleDef oz_blake2_module = {
    .name = "_blake2",
    .doc = "BLAKE2b and BLAKE2s for hashlib.",
    .types = blake2_types,
    .init = blake2_init,
};
