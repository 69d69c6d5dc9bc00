// SPDX-License-Identifier: MIT
// The modules _md5, _sha1, _sha256, _sha512 and _sha3: one type for each hash, all of them alike.
//
// They are what random and programs that avoid hashlib import, so importing them opens nothing:
// libcrypto comes with the first hash.  What the types differ in is in the table of HashId; a
// type's place among the types is its hash.
#include "modules/crypto.h"
#include "modules/native_type.h"
#include "types/bytes.h"

#include <assert.h>

typedef struct Hash {
    Object base;
    EVP_MD_CTX *context; /* [lock] owned */
    LockWord lock;       /* [atomic] */
} Hash;

static_assert(OZ_SHAKE_256_HASH - OZ_MD5_HASH == HASH_SHAKE_256 - HASH_MD5, "one type, one hash");

static HashId hash_of(Obj self)
{
    return (HashId)(oz_id_of(self) - OZ_MD5_HASH);
}

static LockWord *lock_of(Obj self)
{
    return &((Hash *)self)->lock;
}

static EVP_MD_CTX *context_of(Thread *t, Obj self)
{
    oz_object_settle(t, lock_of(self));
    return ((const Hash *)self)->context;
}

static void hash_free(Thread *t, Object *o)
{
    Hash *self = (Hash *)o;
    if (self->context)
        oz_crypto(t)->EVP_MD_CTX_free(self->context);
}

/* A hash of the type around a context (taken; NULL: raised). */
static Ref hash_wrap(Thread *t, HashId id, EVP_MD_CTX *context)
{
    Class *cls = context ? oz_builtin_class(t, OZ_MD5_HASH + id) : NULL;
    Hash *self = cls ? oz_instance_new(t, cls, 0) : NULL;
    if (self)
        self->context = context;
    else if (context)
        oz_crypto(t)->EVP_MD_CTX_free(context);
    return (Ref)self;
}

static Ref hash_new(Thread *t, HashId id, Obj data, Obj for_security)
{
    bool security;
    if (!oz_truth(t, for_security, &security))
        return NULL;
    EVP_MD *md = oz_hash_known(t, id, security);
    if (!md)
        return NULL;
    scoped Ref hash = hash_wrap(t, id, oz_hash_begin(t, md));
    oz_crypto(t)->EVP_MD_free(md);
    if (!hash || (data && !oz_hash_update(t, context_of(t, hash), NULL, data)))
        return NULL;
    return oz_move(&hash);
}

/* ---- methods ---- */

OZ_METHOD(hash, update, "($self, obj, /)", "Let more bytes go into the hash.")
{
    return oz_hash_update(t, context_of(t, a[0]), lock_of(a[0]), a[1]) ? OZ_NONE : NULL;
}

OZ_METHOD(hash, copy, "($self, /)", "Return a copy of the hash object.")
{
    return hash_wrap(t, hash_of(a[0]), oz_hash_copy(t, context_of(t, a[0])));
}

OZ_METHOD(hash, digest, "($self, /)", "The hash of all bytes so far, as bytes.")
{
    return oz_hash_digest(t, context_of(t, a[0]), 0, false);
}

OZ_METHOD(hash, hexdigest, "($self, /)", "The hash of all bytes so far, as hexadecimal digits.")
{
    return oz_hash_digest(t, context_of(t, a[0]), 0, true);
}

static Ref get_name(Thread *t, Obj self)
{
    return oz_str_new(t, oz_hash_id_name(hash_of(self)));
}

static Ref get_block_size(Thread *t, Obj self)
{
    const Crypto *crypto = oz_crypto(t);
    return crypto ? oz_int(crypto->EVP_MD_get_block_size(
                        crypto->EVP_MD_CTX_get0_md(context_of(t, self))))
                  : NULL;
}

static Ref get_digest_size(Thread *t, Obj self)
{
    const Crypto *crypto = oz_crypto(t);
    if (!crypto || hash_of(self) >= HASH_SHAKE_128)
        return crypto ? oz_int(0) : NULL;
    return oz_int(crypto->EVP_MD_get_size(crypto->EVP_MD_CTX_get0_md(context_of(t, self))));
}

#define HASH_METHODS OZ_METHODS(&hash_copy, &hash_digest, &hash_hexdigest, &hash_update)
#define HASH_ATTRIBUTES                                                                            \
    {"block_size", get_block_size, NULL, "bytes that are hashed at a time"},                       \
        {"name", get_name, NULL, "what the hash is called"},                                       \
    {                                                                                              \
        "digest_size", get_digest_size, NULL, "bytes of the digest; 0 if any number is possible"   \
    }

/* ---- _md5, _sha1, _sha256, _sha512 ---- */

/* The constructor module.name() and the type; the class has no other way to be called. */
#define PLAIN_HASH(module, stem, ID)                                                               \
    OZ_FUNCTION(module, stem, "($module, /, string=b'', *, usedforsecurity=True)",                 \
                "Return a new hash object of " #stem ", begun with a string of bytes.")            \
    {                                                                                              \
        return hash_new(t, HASH_##ID, a[1], a[2]);                                                 \
    }                                                                                              \
    const TypeDef oz_##stem##_hash_type = {                                                        \
        .id = OZ_##ID##_HASH,                                                                      \
        .name = "_" #module "." #stem,                                                             \
        .size = sizeof(Hash),                                                                      \
        .flags = OZ_TYPE_FINAL | OZ_TYPE_NO_NEW,                                                   \
        .free = hash_free,                                                                         \
        .methods = HASH_METHODS,                                                                   \
        .getsets = OZ_GETSETS(HASH_ATTRIBUTES),                                                    \
    };

PLAIN_HASH(md5, md5, MD5)
PLAIN_HASH(sha1, sha1, SHA1)
PLAIN_HASH(sha256, sha224, SHA224)
PLAIN_HASH(sha256, sha256, SHA256)
PLAIN_HASH(sha512, sha384, SHA384)
PLAIN_HASH(sha512, sha512, SHA512)

static bool add_type(Thread *t, Module *module, const char *name, uint32_t id)
{
    return oz_module_add(t, module, name, oz_retain((Obj)oz_builtin_class(t, id)));
}

static bool md5_init(Thread *t, Module *module)
{
    return add_type(t, module, "MD5Type", OZ_MD5_HASH);
}

static bool sha1_init(Thread *t, Module *module)
{
    return add_type(t, module, "SHA1Type", OZ_SHA1_HASH);
}

static bool sha256_init(Thread *t, Module *module)
{
    return add_type(t, module, "SHA224Type", OZ_SHA224_HASH) &&
           add_type(t, module, "SHA256Type", OZ_SHA256_HASH);
}

/* CPython's has this one name, and for this type. */
static bool sha512_init(Thread *t, Module *module)
{
    return add_type(t, module, "SHA384Type", OZ_SHA512_HASH);
}

const ModuleDef oz_md5_module = {
    .name = "_md5",
    .functions = OZ_METHODS(&md5_md5),
    .init = md5_init,
};
const ModuleDef oz_sha1_module = {
    .name = "_sha1",
    .functions = OZ_METHODS(&sha1_sha1),
    .init = sha1_init,
};
const ModuleDef oz_sha256_module = {
    .name = "_sha256",
    .functions = OZ_METHODS(&sha256_sha256, &sha256_sha224),
    .init = sha256_init,
};
const ModuleDef oz_sha512_module = {
    .name = "_sha512",
    .functions = OZ_METHODS(&sha512_sha512, &sha512_sha384),
    .init = sha512_init,
};

/* ---- _sha3 ---- */

OZ_METHOD(sha3, update, "($self, data, /)", "Let more bytes go into the hash.")
{
    return oz_hash_update(t, context_of(t, a[0]), lock_of(a[0]), a[1]) ? OZ_NONE : NULL;
}

static bool length_argument(Thread *t, Obj v, size_t *length)
{
    uint64_t n;
    if (!oz_as_exact_int(v) && !oz_class_of(v)->slots->index)
        return oz_fail(t, OZ_TypeError, "an integer is required");
    scoped Ref exact = oz_index(t, v);
    if (!exact)
        return false;
    if (oz_int_sign(exact) < 0)
        return oz_fail(t, OZ_ValueError, "value must be positive");
    if (oz_int_bits(exact) > 64)
        return oz_fail(t, OZ_OverflowError, "Python int too large to convert to C unsigned long");
    if (!oz_as_uint64(t, exact, &n))
        return false;
    if (n >= UINT64_C(1) << 29)
        return oz_fail(t, OZ_ValueError, "length is too large");
    *length = (size_t)n;
    return true;
}

OZ_METHOD(shake, digest, "($self, length, /)", "So many bytes of the hash of all bytes so far.")
{
    size_t length;
    return length_argument(t, a[1], &length) ? oz_hash_digest(t, context_of(t, a[0]), length, false)
                                             : NULL;
}

OZ_METHOD(shake, hexdigest, "($self, length, /)",
          "So many bytes of the hash of all bytes so far, as hexadecimal digits.")
{
    size_t length;
    return length_argument(t, a[1], &length) ? oz_hash_digest(t, context_of(t, a[0]), length, true)
                                             : NULL;
}

/* The sponge takes in `rate` of its 1600 bits at a time; the rest is its capacity. */
static Ref get_rate(Thread *t, Obj self)
{
    scoped Ref block = get_block_size(t, self);
    return block ? oz_int(8 * oz_int_value(block)) : NULL;
}

static Ref get_capacity(Thread *t, Obj self)
{
    scoped Ref rate = get_rate(t, self);
    return rate ? oz_int(1600 - oz_int_value(rate)) : NULL;
}

static Ref get_suffix(Thread *t, Obj self)
{
    return oz_bytes_new(t, hash_of(self) >= HASH_SHAKE_128 ? "\x1f" : "\x06", 1);
}

#define SHA3_HASH(stem, ID, doc_text, ...)                                                         \
    OZ_NEW(stem, "($type, data=b'', /, *, usedforsecurity=True)")                                  \
    {                                                                                              \
        return hash_new(t, HASH_##ID, a[1], a[2]);                                                 \
    }                                                                                              \
    const TypeDef oz_##stem##_hash_type = {                                                        \
        .id = OZ_##ID##_HASH,                                                                      \
        .name = "_sha3." #stem,                                                                    \
        .doc = doc_text,                                                                           \
        .size = sizeof(Hash),                                                                      \
        .flags = OZ_TYPE_FINAL,                                                                    \
        .free = hash_free,                                                                         \
        .make = &stem##_new_,                                                                      \
        .methods = OZ_METHODS(&hash_copy, &sha3_update, __VA_ARGS__),                              \
        .getsets = OZ_GETSETS(HASH_ATTRIBUTES,                                                     \
                              {"_capacity_bits", get_capacity, NULL, "bits that no input meets"},  \
                              {"_rate_bits", get_rate, NULL, "bits that are hashed at a time"},    \
                              {"_suffix", get_suffix, NULL, "what follows the message"}),          \
    };
#define SHA3_FIXED(stem, ID, bits)                                                                 \
    SHA3_HASH(stem, ID,                                                                            \
              #stem "([data], *, usedforsecurity=True) -> a new hash object of SHA3 with " bits    \
                    " bits.",                                                                      \
              &hash_digest, &hash_hexdigest)
#define SHA3_ENDLESS(stem, ID)                                                                     \
    SHA3_HASH(stem, ID, #stem "([data], *, usedforsecurity=True) -> a new hash object of SHAKE.",  \
              &shake_digest, &shake_hexdigest)

SHA3_FIXED(sha3_224, SHA3_224, "224")
SHA3_FIXED(sha3_256, SHA3_256, "256")
SHA3_FIXED(sha3_384, SHA3_384, "384")
SHA3_FIXED(sha3_512, SHA3_512, "512")
SHA3_ENDLESS(shake_128, SHAKE_128)
SHA3_ENDLESS(shake_256, SHAKE_256)

static bool sha3_init(Thread *t, Module *module)
{
    return oz_module_add_str(t, module, "implementation", "OpenSSL") &&
           oz_module_add_int(t, module, "keccakopt", 0);
}

static const uint32_t sha3_types[] = {OZ_SHA3_224_HASH,
                                      OZ_SHA3_256_HASH,
                                      OZ_SHA3_384_HASH,
                                      OZ_SHA3_512_HASH,
                                      OZ_SHAKE_128_HASH,
                                      OZ_SHAKE_256_HASH,
                                      0};

const ModuleDef oz_sha3_module = {
    .name = "_sha3",
    .types = sha3_types,
    .init = sha3_init,
};
