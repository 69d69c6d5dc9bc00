// SPDX-License-Identifier: MIT
// The module _hashlib: every hash that libcrypto has, HMAC, and keys derived from passwords.
//
// PBKDF2 is done here with libcrypto's hash, two compressions a round from copied states: the
// library's own function cannot be interrupted, and programs ask for a million rounds.  scrypt is
// the library's; its time is bounded by maxmem.
#include "modules/crypto.h"
#include "modules/module_errors.h"
#include "modules/modules.h"
#include "modules/native_type.h"
#include "types/bytes.h"
#include "types/mapping_proxy.h"
#include "types/set.h"

#include <limits.h>

/* ---- finding a hash ---- */

static void md_free(EVP_MD **md)
{
    if (*md)
        oz_crypto(oz_thread())->EVP_MD_free(*md);
}
#define scoped_md __attribute__((cleanup(md_free))) EVP_MD

/* The UTF-8 of a str that names a hash; NULL: raised. */
static const char *name_text(Thread *t, Obj name, Ref *keep)
{
    size_t length = 0;
    const char *text = oz_is_str(name) ? oz_str_utf8(t, name, &length, keep) : NULL;
    if (text && strlen(text) == length)
        return text;
    oz_exception_clear(t);
    oz_raise(t, OZ_TypeError, "name must be a string");
    return NULL;
}

/* A hash from its name or its constructor in this module. */
static EVP_MD *md_from(Thread *t, Obj module, Obj digest)
{
    scoped Ref keep = NULL, name = NULL, constructors = NULL;
    if (oz_is_str(digest))
        name = oz_retain(digest);
    else {
        scoped Ref key = oz_intern(t, "_constructors");
        constructors = key ? oz_get_attr(t, module, key) : NULL;
        name = constructors ? oz_get_item(t, constructors, digest) : NULL;
        if (!name && t->exception) {
            oz_exception_clear(t);
            oz_raise_module(t, OZ_ERROR_HASHLIB_DIGEST, "Unsupported digestmod %R", digest);
            return NULL;
        }
    }
    const char *text = name ? name_text(t, name, &keep) : NULL;
    return text ? oz_hash_find(t, text, true) : NULL;
}

/* ---- HASH, HASHXOF ---- */

typedef struct HashlibHash {
    Object base;
    EVP_MD_CTX *context; /* [lock] owned */
    LockWord lock;       /* [atomic] */
} HashlibHash;

static LockWord *lock_of(Obj self)
{
    return &((HashlibHash *)self)->lock;
}

static EVP_MD_CTX *context_of(Thread *t, Obj self)
{
    oz_object_settle(t, lock_of(self));
    return ((const HashlibHash *)self)->context;
}

static void hash_free(Thread *t, Object *o)
{
    HashlibHash *self = (HashlibHash *)o;
    if (self->context)
        oz_crypto(t)->EVP_MD_CTX_free(self->context);
}

static bool is_endless(const Crypto *crypto, const EVP_MD *md)
{
    return crypto->EVP_MD_get_flags(md) & EVP_MD_FLAG_XOF;
}

/* A hash object around a context (taken; NULL: raised). */
static Ref hash_wrap(Thread *t, EVP_MD_CTX *context)
{
    if (!context)
        return NULL;
    const Crypto *crypto = oz_crypto(t);
    bool endless = is_endless(crypto, crypto->EVP_MD_CTX_get0_md(context));
    Class *cls = oz_builtin_class(t, endless ? OZ_HASHLIB_XOF : OZ_HASHLIB_HASH);
    HashlibHash *self = cls ? oz_instance_new(t, cls, 0) : NULL;
    if (self)
        self->context = context;
    else
        crypto->EVP_MD_CTX_free(context);
    return (Ref)self;
}

static Ref hash_new(Thread *t, const EVP_MD *md, Obj data)
{
    scoped Ref hash = md ? hash_wrap(t, oz_hash_begin(t, md)) : NULL;
    if (!hash || !oz_hash_update(t, context_of(t, hash), NULL, data))
        return NULL;
    return oz_move(&hash);
}

OZ_METHOD(hash, update, "($self, obj, /)", "Let more bytes go into the hash.")
{
    return oz_hash_update(t, context_of(t, a[0]), lock_of(a[0]), a[1]) ? OZ_NONE : NULL;
}

OZ_METHOD(hash, copy, "($self, /)", "Return a copy of the hash object.")
{
    return hash_wrap(t, oz_hash_copy(t, context_of(t, a[0])));
}

OZ_METHOD(hash, digest, "($self, /)", "The hash of all bytes so far, as bytes.")
{
    return oz_hash_digest(t, context_of(t, a[0]), 0, false);
}

OZ_METHOD(hash, hexdigest, "($self, /)", "The hash of all bytes so far, as hexadecimal digits.")
{
    return oz_hash_digest(t, context_of(t, a[0]), 0, true);
}

static Ref endless_digest(Thread *t, const Obj *a, bool hexadecimal)
{
    ssize_t length;
    if (!oz_as_size_argument(t, a[1], &length))
        return NULL;
    if (length < 0)
        return oz_raise(t, OZ_SystemError, "Negative size passed to PyBytes_FromStringAndSize");
    return oz_hash_digest(t, context_of(t, a[0]), (size_t)length, hexadecimal);
}

OZ_METHOD(xof, digest, "($self, /, length)", "So many bytes of the hash of all bytes so far.")
{
    return endless_digest(t, a, false);
}

OZ_METHOD(xof, hexdigest, "($self, /, length)",
          "So many bytes of the hash of all bytes so far, as hexadecimal digits.")
{
    return endless_digest(t, a, true);
}

static const EVP_MD *md_of(Thread *t, Obj self)
{
    return oz_crypto(t)->EVP_MD_CTX_get0_md(context_of(t, self));
}

static Ref get_name(Thread *t, Obj self)
{
    return oz_str_new(t, oz_hash_name(oz_crypto(t), md_of(t, self)));
}

static Ref get_block_size(Thread *t, Obj self)
{
    return oz_int(oz_crypto(t)->EVP_MD_get_block_size(md_of(t, self)));
}

static Ref get_digest_size(Thread *t, Obj self)
{
    return oz_int(oz_crypto(t)->EVP_MD_get_size(md_of(t, self)));
}

static Ref get_endless_size(Thread *t OZ_UNUSED, Obj self OZ_UNUSED)
{
    return oz_int(0);
}

static Ref hash_repr(Thread *t, Obj self)
{
    const TypeDef *def = oz_class_of(self)->def;
    return oz_str_format(t, "<%s %s object @ 0x%zx>", oz_hash_name(oz_crypto(t), md_of(t, self)),
                         def->name, (size_t)oz_word(self));
}

const TypeDef oz_hashlib_hash_type = {
    .id = OZ_HASHLIB_HASH,
    .name = "_hashlib.HASH",
    .doc = "A hash that libcrypto computes: update() lets bytes go in, digest() and hexdigest()\n"
           "give what has become of them, copy() branches off.",
    .size = sizeof(HashlibHash),
    .flags = OZ_TYPE_NO_NEW,
    .free = hash_free,
    .slots = {.repr = hash_repr},
    .methods = OZ_METHODS(&hash_update, &hash_digest, &hash_hexdigest, &hash_copy),
    .getsets = OZ_GETSETS({"digest_size", get_digest_size, NULL, "bytes of the digest"},
                          {"block_size", get_block_size, NULL, "bytes that are hashed at a time"},
                          {"name", get_name, NULL, "what the hash is called"}),
};

const TypeDef oz_hashlib_xof_type = {
    .id = OZ_HASHLIB_XOF,
    .base = OZ_HASHLIB_HASH,
    .name = "_hashlib.HASHXOF",
    .doc = "A hash of any length: digest() and hexdigest() are told how many bytes.",
    .size = sizeof(HashlibHash),
    .flags = OZ_TYPE_NO_NEW,
    .free = hash_free,
    .slots = {.repr = hash_repr},
    .methods = OZ_METHODS(&xof_digest, &xof_hexdigest),
    .getsets = OZ_GETSETS({"digest_size", get_endless_size, NULL, "0: it has none of its own"}),
};

/* ---- constructors ---- */

OZ_FUNCTION(hashlib, new, "($module, /, name, string=b'', *, usedforsecurity=True)",
            "Return a new hash object of the hash of that name, begun with a string of bytes.")
{
    scoped Ref keep = NULL;
    bool security;
    const char *name = name_text(t, a[1], &keep);
    if (!name || !oz_truth(t, a[3], &security))
        return NULL;
    scoped_md *md = oz_hash_find(t, name, security);
    return hash_new(t, md, a[2]);
}

#define CONSTRUCTORS(C)                                                                            \
    C(md5, MD5)                                                                                    \
    C(sha1, SHA1)                                                                                  \
    C(sha224, SHA224)                                                                              \
    C(sha256, SHA256)                                                                              \
    C(sha384, SHA384)                                                                              \
    C(sha512, SHA512)                                                                              \
    C(sha3_224, SHA3_224)                                                                          \
    C(sha3_256, SHA3_256)                                                                          \
    C(sha3_384, SHA3_384)                                                                          \
    C(sha3_512, SHA3_512)                                                                          \
    C(shake_128, SHAKE_128)                                                                        \
    C(shake_256, SHAKE_256)

#define CONSTRUCTOR(stem, ID)                                                                      \
    OZ_FUNCTION(hashlib, openssl_##stem, "($module, /, string=b'', *, usedforsecurity=True)",      \
                "Return a new hash object of " #stem ", begun with a string of bytes.")            \
    {                                                                                              \
        bool security;                                                                             \
        if (!oz_truth(t, a[2], &security))                                                         \
            return NULL;                                                                           \
        scoped_md *md = oz_hash_known(t, HASH_##ID, security);                                     \
        return hash_new(t, md, a[1]);                                                              \
    }
CONSTRUCTORS(CONSTRUCTOR)

/* ---- HMAC ---- */

typedef struct Hmac {
    Object base;
    EVP_MAC_CTX *context; /* [lock] owned */
    EVP_MD *md;           /* [const] owned */
    LockWord lock;        /* [atomic] */
} Hmac;

static void hmac_free(Thread *t, Object *o)
{
    Hmac *self = (Hmac *)o;
    if (self->md) {
        const Crypto *crypto = oz_crypto(t);
        crypto->EVP_MAC_CTX_free(self->context);
        crypto->EVP_MD_free(self->md);
    }
}

/* A context that has the key; NULL: raised. */
static EVP_MAC_CTX *hmac_begin(Thread *t, const Crypto *crypto, const EVP_MD *md, const Buffer *key)
{
    static const unsigned char empty[1];
    if (is_endless(crypto, md)) {
        oz_raise(t, OZ_ValueError, "no reason supplied");
        return NULL;
    }
    EVP_MAC *mac = crypto->EVP_MAC_fetch(NULL, "HMAC", NULL);
    EVP_MAC_CTX *context = mac ? crypto->EVP_MAC_CTX_new(mac) : NULL;
    crypto->EVP_MAC_free(mac);
    char *name = (char *)crypto->EVP_MD_get0_name(md);
    OSSL_PARAM params[] = {crypto->OSSL_PARAM_construct_utf8_string("digest", name, 0),
                           crypto->OSSL_PARAM_construct_end()};
    if (context &&
        crypto->EVP_MAC_init(context, key->length ? key->data : empty, key->length, params))
        return context;
    oz_crypto_raise(t, crypto);
    crypto->EVP_MAC_CTX_free(context);
    return NULL;
}

static Ref hmac_wrap(Thread *t, EVP_MAC_CTX *context, EVP_MD *md)
{
    if (!context)
        return NULL;
    const Crypto *crypto = oz_crypto(t);
    Class *cls = oz_builtin_class(t, OZ_HASHLIB_HMAC);
    Hmac *self = cls ? oz_instance_new(t, cls, 0) : NULL;
    if (!self) {
        crypto->EVP_MAC_CTX_free(context);
        return NULL;
    }
    crypto->EVP_MD_up_ref(md);
    self->context = context;
    self->md = md;
    return (Ref)self;
}

typedef struct Updating {
    const Crypto *crypto;
    EVP_MAC_CTX *context;
} Updating;

static bool hmac_piece(void *context, const void *data, size_t length)
{
    const Updating *u = context;
    return u->crypto->EVP_MAC_update(u->context, data, length);
}

static bool hmac_put(Thread *t, Obj v, Obj data)
{
    Hmac *self = (Hmac *)v;
    Updating updating = {oz_crypto(t), self->context};
    return oz_hash_pieces(t, data, hmac_piece, &updating, &self->lock);
}

/* The digest so far, of a copy; gives its length, 0: raised. */
static size_t hmac_finish(Thread *t, Hmac *self, uint8_t *out)
{
    oz_object_settle(t, &self->lock);
    const Crypto *crypto = oz_crypto(t);
    EVP_MAC_CTX *copy = crypto->EVP_MAC_CTX_dup(self->context);
    size_t length = 0;
    if (!copy || !crypto->EVP_MAC_final(copy, out, &length, EVP_MAX_MD_SIZE)) {
        oz_crypto_raise(t, crypto);
        length = 0;
    }
    crypto->EVP_MAC_CTX_free(copy);
    return length;
}

OZ_FUNCTION(hashlib, hmac_new, "($module, /, key, msg=b'', digestmod=None)",
            "Return a new HMAC object of the hash digestmod, begun with a message.")
{
    scoped_buffer key = {0};
    if (!oz_buffer_open(t, a[1], &key))
        return NULL;
    if (key.length > INT_MAX)
        return oz_raise(t, OZ_OverflowError, "key is too long.");
    if (oz_is_none(a[3]))
        return oz_raise(t, OZ_TypeError, "Missing required parameter 'digestmod'.");
    scoped_md *md = md_from(t, a[0], a[3]);
    scoped Ref hmac = md ? hmac_wrap(t, hmac_begin(t, oz_crypto(t), md, &key), md) : NULL;
    if (!hmac || (!oz_is_none(a[2]) && !hmac_put(t, hmac, a[2])))
        return NULL;
    return oz_move(&hmac);
}

OZ_FUNCTION(hashlib, hmac_digest, "($module, /, key, msg, digest)",
            "The HMAC of one message, as bytes: hmac_new(key, msg, digest).digest().")
{
    scoped_buffer key = {0};
    scoped_buffer message = {0};
    if (!oz_buffer_open(t, a[1], &key) || !oz_buffer_open(t, a[2], &message))
        return NULL;
    scoped_md *md = md_from(t, a[0], a[3]);
    if (!md)
        return NULL;
    if (key.length > INT_MAX)
        return oz_raise(t, OZ_OverflowError, "key is too long.");
    if (message.length > INT_MAX)
        return oz_raise(t, OZ_OverflowError, "msg is too long.");
    scoped Ref hmac = hmac_wrap(t, hmac_begin(t, oz_crypto(t), md, &key), md);
    uint8_t digest[EVP_MAX_MD_SIZE];
    if (!hmac || !hmac_put(t, hmac, a[2]))
        return NULL;
    size_t length = hmac_finish(t, (Hmac *)hmac, digest);
    return length ? oz_bytes_new(t, digest, length) : NULL;
}

OZ_METHOD(hmac, update, "($self, /, msg)", "Let more bytes go into the message.")
{
    return hmac_put(t, a[0], a[1]) ? OZ_NONE : NULL;
}

OZ_METHOD(hmac, copy, "($self, /)", "Return a copy of the HMAC object.")
{
    Hmac *self = (Hmac *)a[0];
    const Crypto *crypto = oz_crypto(t);
    oz_object_settle(t, &self->lock);
    EVP_MAC_CTX *copy = crypto->EVP_MAC_CTX_dup(self->context);
    return copy ? hmac_wrap(t, copy, self->md) : oz_crypto_raise(t, crypto);
}

OZ_METHOD(hmac, digest, "($self, /)", "The digest of all bytes so far, as bytes.")
{
    uint8_t digest[EVP_MAX_MD_SIZE];
    size_t length = hmac_finish(t, (Hmac *)a[0], digest);
    return length ? oz_bytes_new(t, digest, length) : NULL;
}

OZ_METHOD(hmac, hexdigest, "($self, /)", "The digest of all bytes so far, as hexadecimal digits.")
{
    uint8_t digest[EVP_MAX_MD_SIZE];
    size_t length = hmac_finish(t, (Hmac *)a[0], digest);
    return length ? oz_hash_hex(t, digest, length) : NULL;
}

static Ref hmac_digest_size(Thread *t, Obj self)
{
    return oz_int(oz_crypto(t)->EVP_MD_get_size(((const Hmac *)self)->md));
}

static Ref hmac_block_size(Thread *t, Obj self)
{
    return oz_int(oz_crypto(t)->EVP_MD_get_block_size(((const Hmac *)self)->md));
}

static Ref hmac_name(Thread *t, Obj self)
{
    return oz_str_format(t, "hmac-%s", oz_hash_name(oz_crypto(t), ((const Hmac *)self)->md));
}

static Ref hmac_repr(Thread *t, Obj self)
{
    return oz_str_format(t, "<%s HMAC object @ 0x%zx>",
                         oz_hash_name(oz_crypto(t), ((const Hmac *)self)->md),
                         (size_t)oz_word(self));
}

const TypeDef oz_hashlib_hmac_type = {
    .id = OZ_HASHLIB_HMAC,
    .name = "_hashlib.HMAC",
    .doc = "A keyed hash that libcrypto computes (RFC 2104).",
    .size = sizeof(Hmac),
    .flags = OZ_TYPE_NO_NEW | OZ_TYPE_FINAL,
    .free = hmac_free,
    .slots = {.repr = hmac_repr},
    .methods = OZ_METHODS(&hmac_update, &hmac_digest, &hmac_hexdigest, &hmac_copy),
    .getsets = OZ_GETSETS({"digest_size", hmac_digest_size, NULL, "bytes of the digest"},
                          {"block_size", hmac_block_size, NULL, "bytes that are hashed at a time"},
                          {"name", hmac_name, NULL, "hmac- and what the hash is called"}),
};

/* ---- keys from passwords ---- */

/* HMAC as PBKDF2 needs it: the states of hash(key ^ ipad) and hash(key ^ opad), and one to work. */
typedef struct Derivation {
    const Crypto *crypto;
    EVP_MD_CTX *inner, *outer, *work; /* owned */
    size_t size;                      /* of the digest */
} Derivation;

static void derivation_fini(Derivation *d)
{
    if (d->crypto) {
        d->crypto->EVP_MD_CTX_free(d->inner);
        d->crypto->EVP_MD_CTX_free(d->outer);
        d->crypto->EVP_MD_CTX_free(d->work);
    }
}

static EVP_MD_CTX *begin_padded(Thread *t, const EVP_MD *md, const uint8_t *key, size_t size,
                                uint8_t pad)
{
    uint8_t block[EVP_MAX_MD_SIZE * 4]; /* the widest block of a hash is that of SHA3-224: 144 */
    EVP_MD_CTX *context = oz_hash_begin(t, md);
    for (size_t i = 0; i < size; i++)
        block[i] = key[i] ^ pad;
    if (context)
        oz_crypto(t)->EVP_DigestUpdate(context, block, size);
    explicit_bzero(block, sizeof block);
    return context;
}

static bool derivation_init(Thread *t, Derivation *d, const EVP_MD *md, Obj password,
                            const Buffer *view)
{
    const Crypto *crypto = d->crypto = oz_crypto(t);
    uint8_t key[EVP_MAX_MD_SIZE * 4] = {0};
    int block = crypto->EVP_MD_get_block_size(md), size = crypto->EVP_MD_get_size(md);
    d->work = oz_hash_begin(t, md);
    if (!d->work)
        return false;
    if (is_endless(crypto, md) || block <= 0 || size <= 0 || (size_t)block > sizeof key)
        return oz_fail(t, OZ_ValueError, "no reason supplied");
    d->size = (size_t)size;
    if (view->length <= (size_t)block)
        memcpy(key, view->data, view->length);
    else if (!oz_hash_update(t, d->work, NULL, password) ||
             !crypto->EVP_DigestFinal_ex(d->work, key, NULL))
        return t->exception ? false : oz_crypto_raise(t, crypto) != NULL;
    d->inner = begin_padded(t, md, key, (size_t)block, 0x36);
    d->outer = d->inner ? begin_padded(t, md, key, (size_t)block, 0x5c) : NULL;
    explicit_bzero(key, sizeof key);
    return d->outer != NULL;
}

/* out = HMAC(password, data + more). */
static bool derive(const Derivation *d, const void *data, size_t length, const void *more,
                   size_t more_length, uint8_t *out)
{
    const Crypto *c = d->crypto;
    return c->EVP_MD_CTX_copy_ex(d->work, d->inner) && c->EVP_DigestUpdate(d->work, data, length) &&
           c->EVP_DigestUpdate(d->work, more, more_length) &&
           c->EVP_DigestFinal_ex(d->work, out, NULL) && c->EVP_MD_CTX_copy_ex(d->work, d->outer) &&
           c->EVP_DigestUpdate(d->work, out, d->size) && c->EVP_DigestFinal_ex(d->work, out, NULL);
}

enum { ROUNDS = 1024 }; /* between two polls */

static bool derive_rounds(const Derivation *d, int64_t count, uint8_t *round, uint8_t *sum)
{
    for (int64_t i = 0; i < count; i++) {
        if (!derive(d, round, d->size, NULL, 0, round))
            return false;
        for (size_t j = 0; j < d->size; j++)
            sum[j] ^= round[j];
    }
    return true;
}

/* One block of the key: the sum of all rounds. */
static bool derive_block(Thread *t, const Derivation *d, const Buffer *salt, uint32_t number,
                         int64_t rounds, uint8_t *sum)
{
    uint8_t round[EVP_MAX_MD_SIZE], big[4] = {(uint8_t)(number >> 24), (uint8_t)(number >> 16),
                                              (uint8_t)(number >> 8), (uint8_t)number};
    if (!derive(d, salt->data, salt->length, big, sizeof big, round))
        return oz_crypto_raise(t, d->crypto) != NULL;
    memcpy(sum, round, d->size);
    for (int64_t left = rounds - 1; left > 0; left -= ROUNDS) {
        int64_t count = left < ROUNDS ? left : ROUNDS;
        if (!OZ_DETACHED(t, derive_rounds(d, count, round, sum)))
            return oz_crypto_raise(t, d->crypto) != NULL;
        if (!oz_poll(t))
            return false;
    }
    return true;
}

static Ref derive_key(Thread *t, const Derivation *d, const Buffer *salt, int64_t rounds,
                      size_t length)
{
    scoped Ref key = oz_bytes_alloc(t, length);
    if (!key)
        return NULL;
    uint8_t *out = oz_bytes_data((const Bytes *)key), sum[EVP_MAX_MD_SIZE];
    for (size_t at = 0, number = 1; at < length; at += d->size, number++) {
        size_t left = length - at;
        if (!oz_poll(t) || !derive_block(t, d, salt, (uint32_t)number, rounds, sum))
            return NULL;
        memcpy(out + at, sum, left < d->size ? left : d->size);
    }
    return oz_move(&key);
}

static bool long_argument(Thread *t, Obj v, int64_t *n)
{
    scoped Ref exact = oz_index(t, v);
    return exact && (oz_int_fits_int64(exact, n) ||
                     oz_fail(t, OZ_OverflowError, "Python int too large to convert to C long"));
}

OZ_FUNCTION(hashlib, pbkdf2_hmac, "($module, /, hash_name, password, salt, iterations, dklen=None)",
            "A key from a password, by PBKDF2 with HMAC (RFC 8018).")
{
    scoped Ref keep = NULL;
    int64_t rounds, length;
    if (!oz_is_str(a[1]))
        return oz_raise(t, OZ_TypeError, "pbkdf2_hmac() argument 'hash_name' must be str, not %T",
                        a[1]);
    const char *name = oz_str_utf8(t, a[1], &(size_t){0}, &keep);
    scoped_buffer password = {0};
    scoped_buffer salt = {0};
    if (!name || !oz_buffer_open(t, a[2], &password) || !oz_buffer_open(t, a[3], &salt) ||
        !long_argument(t, a[4], &rounds))
        return NULL;
    scoped_md *md = oz_hash_find(t, name, true);
    if (!md)
        return NULL;
    if (password.length > INT_MAX)
        return oz_raise(t, OZ_OverflowError, "password is too long.");
    if (salt.length > INT_MAX)
        return oz_raise(t, OZ_OverflowError, "salt is too long.");
    if (rounds < 1)
        return oz_raise(t, OZ_ValueError, "iteration value must be greater than 0.");
    if (rounds > INT_MAX)
        return oz_raise(t, OZ_OverflowError, "iteration value is too great.");
    if (oz_is_none(a[5]))
        length = oz_crypto(t)->EVP_MD_get_size(md);
    else if (!long_argument(t, a[5], &length))
        return NULL;
    if (length < 1)
        return oz_raise(t, OZ_ValueError, "key length must be greater than 0.");
    if (length > INT_MAX)
        return oz_raise(t, OZ_OverflowError, "key length is too great.");
    __attribute__((cleanup(derivation_fini))) Derivation d = {0};
    if (!derivation_init(t, &d, md, a[2], &password))
        return NULL;
    return derive_key(t, &d, &salt, rounds, (size_t)length);
}

/* A cost of scrypt: an int that must be given (v is one, or NULL). */
static bool cost_argument(Thread *t, Obj v, const char *name, uint64_t *n)
{
    Obj exact = v ? oz_as_exact_int(v) : NULL;
    if (!exact || oz_int_sign(exact) < 0 || oz_int_bits(exact) > 64)
        return oz_fail(t, OZ_TypeError, "%s is required and must be an unsigned int", name);
    return oz_as_uint64(t, exact, n);
}

OZ_FUNCTION(hashlib, scrypt,
            "($module, /, password, *, salt=<unrepresentable>, n=<unrepresentable>, "
            "r=<unrepresentable>, p=<unrepresentable>, maxmem=0, dklen=64)",
            "A key from a password, by scrypt (RFC 7914).")
{
    uint64_t n, r, p;
    int64_t maxmem, length;
    scoped_buffer password = {0};
    scoped_buffer salt = {0};
    if (!oz_buffer_open(t, a[1], &password) ||
        (a[2] && !oz_is_none(a[2]) && !oz_buffer_open(t, a[2], &salt)) ||
        !long_argument(t, a[6], &maxmem) || !long_argument(t, a[7], &length))
        return NULL;
    for (int i = 3; i <= 5; i++) /* their types before what they are */
        if (a[i] && !oz_as_exact_int(a[i]))
            return oz_raise(t, OZ_TypeError, "scrypt() argument '%c' must be int, not %s",
                            "nrp"[i - 3],
                            oz_is_none(a[i]) ? "None" : oz_class_label(oz_class_of(a[i])));
    if (password.length > INT_MAX)
        return oz_raise(t, OZ_OverflowError, "password is too long.");
    if (!a[2] || oz_is_none(a[2]))
        return oz_raise(t, OZ_TypeError, "salt is required");
    if (salt.length > INT_MAX)
        return oz_raise(t, OZ_OverflowError, "salt is too long.");
    if (!cost_argument(t, a[3], "n", &n))
        return NULL;
    if (n < 2 || (n & (n - 1)))
        return oz_raise(t, OZ_ValueError, "n must be a power of 2.");
    if (!cost_argument(t, a[4], "r", &r) || !cost_argument(t, a[5], "p", &p))
        return NULL;
    if (maxmem < 0 || maxmem > INT_MAX)
        return oz_raise(t, OZ_ValueError, "maxmem must be positive and smaller than %d", INT_MAX);
    if (length < 1 || length > INT_MAX)
        return oz_raise(t, OZ_ValueError, "dklen must be greater than 0 and smaller than %d",
                        INT_MAX);
    const Crypto *crypto = oz_crypto(t);
    if (!crypto)
        return NULL;
    if (!crypto->EVP_PBE_scrypt(NULL, 0, NULL, 0, n, r, p, (uint64_t)maxmem, NULL, 0))
        return crypto->ERR_peek_last_error()
                   ? oz_crypto_raise(t, crypto)
                   : oz_raise(t, OZ_ValueError,
                              "Invalid parameter combination for n, r, p, maxmem.");
    scoped Ref key = oz_bytes_alloc(t, (size_t)length);
    if (!key)
        return NULL;
    uint8_t *out = oz_bytes_data((const Bytes *)key);
    if (!OZ_DETACHED(t, crypto->EVP_PBE_scrypt((const char *)password.data, password.length,
                                               salt.data, salt.length, n, r, p, (uint64_t)maxmem,
                                               out, (size_t)length)))
        return oz_crypto_raise(t, crypto);
    return oz_move(&key);
}

/* ---- the module ---- */

OZ_FUNCTION(hashlib, compare_digest, "($module, a, b, /)",
            "Return a == b, in a time that does not tell where they differ.\n\nBoth are ASCII str, "
            "or both bytes-like.")
{
    return oz_compare_digest(t, a[1], a[2]);
}

OZ_FUNCTION(hashlib, get_fips_mode, "($module, /)", "1 if libcrypto runs in its FIPS mode, else 0.")
{
    const Crypto *crypto = oz_crypto(t);
    return crypto ? oz_int(crypto->EVP_default_properties_is_fips_enabled(NULL)) : NULL;
}

typedef struct Naming {
    Thread *t;
    const Crypto *crypto;
    Set *names;
    bool failed;
} Naming;

static void add_name(EVP_MD *md, void *arg)
{
    Naming *naming = arg;
    const char *text =
        naming->crypto->EVP_MD_get_type(md) == NID_undef ? NULL : oz_hash_name(naming->crypto, md);
    if (!text || naming->failed)
        return;
    scoped Ref name = oz_str_new(naming->t, text);
    naming->failed = !name || !oz_set_add(naming->t, naming->names, name);
}

static bool add_names(Thread *t, Module *module)
{
    const Crypto *crypto = oz_crypto(t);
    scoped Ref names = crypto ? oz_set_new(t, NULL) : NULL;
    if (!names)
        return false;
    Naming naming = {t, crypto, (Set *)names, false};
    crypto->EVP_MD_do_all_provided(NULL, add_name, &naming);
    return !naming.failed &&
           oz_module_add(t, module, "openssl_md_meth_names", oz_frozenset_new(t, names));
}

static bool add_constructor(Thread *t, Module *module, Dict *constructors, const char *name)
{
    char full[32];
    snprintf(full, sizeof full, "openssl_%s", name);
    scoped Ref key = oz_intern(t, full);
    scoped Ref function = key ? oz_get_attr(t, (Obj)module, key) : NULL;
    scoped Ref text = function ? oz_str_new(t, name) : NULL;
    return text && oz_dict_set(t, constructors, function, text);
}

static bool hashlib_init(Thread *t, Module *module)
{
    Obj error = oz_module_error(t, OZ_ERROR_HASHLIB_DIGEST);
    scoped Ref constructors = error ? oz_dict_new(t) : NULL;
    if (!constructors || !add_names(t, module))
        return false;
    for (HashId id = 0; id < HASH_KNOWN; id++)
        if (!add_constructor(t, module, (Dict *)constructors, oz_hash_id_name(id)))
            return false;
    return oz_module_add(t, module, "_constructors", oz_mapping_proxy_new(t, constructors)) &&
           oz_module_add(t, module, "UnsupportedDigestmodError", oz_retain(error));
}

static const uint32_t hashlib_types[] = {OZ_HASHLIB_HASH, OZ_HASHLIB_XOF, OZ_HASHLIB_HMAC, 0};

#define CONSTRUCTOR_ENTRY(stem, ID) &hashlib_openssl_##stem,

const ModuleDef oz_hashlib_module = {
    .name = "_hashlib",
    .doc = "The hashes of OpenSSL's libcrypto for hashlib.",
    .functions =
        (const NativeDef *const[]){&hashlib_new, &hashlib_compare_digest, &hashlib_get_fips_mode,
                                   &hashlib_hmac_new, &hashlib_hmac_digest, &hashlib_pbkdf2_hmac,
                                   &hashlib_scrypt, CONSTRUCTORS(CONSTRUCTOR_ENTRY) NULL},
    .types = hashlib_types,
    .init = hashlib_init,
};
