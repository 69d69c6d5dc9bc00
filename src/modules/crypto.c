// SPDX-License-Identifier: MIT
// Hashes by libcrypto.
//
// The hashes of hashlib are fetched from the provider once and kept for the life of the process:
// a fetch takes locks and compares names, three times as long as hashing a short text.  A context
// holds the state of one hash; digest() finishes a copy, so that the hash can go on.
#include "modules/crypto.h"

#include <assert.h>

#include "types/bytes.h"
#include "types/bytes_methods.h"
#include "types/str.h"

#include <string.h>
#include <strings.h>

OZ_LIBRARY_GET(Crypto, oz_crypto, CRYPTO, "libcrypto.so.3", "libssl3")

#define PIECE ((size_t)65536) /* bytes between two polls */

static const struct {
    const char *name;    /* as hashlib calls it */
    const char *openssl; /* as libcrypto does */
    int nid;             /* its number there */
} hashes[] = {
    [HASH_MD5] = {"md5", "MD5", NID_md5},
    [HASH_SHA1] = {"sha1", "SHA1", NID_sha1},
    [HASH_SHA224] = {"sha224", "SHA224", NID_sha224},
    [HASH_SHA256] = {"sha256", "SHA256", NID_sha256},
    [HASH_SHA384] = {"sha384", "SHA384", NID_sha384},
    [HASH_SHA512] = {"sha512", "SHA512", NID_sha512},
    [HASH_SHA3_224] = {"sha3_224", "SHA3-224", NID_sha3_224},
    [HASH_SHA3_256] = {"sha3_256", "SHA3-256", NID_sha3_256},
    [HASH_SHA3_384] = {"sha3_384", "SHA3-384", NID_sha3_384},
    [HASH_SHA3_512] = {"sha3_512", "SHA3-512", NID_sha3_512},
    [HASH_SHAKE_128] = {"shake_128", "SHAKE128", NID_shake128},
    [HASH_SHAKE_256] = {"shake_256", "SHAKE256", NID_shake256},
    [HASH_SHA512_224] = {"sha512_224", "SHA512-224", NID_sha512_224},
    [HASH_SHA512_256] = {"sha512_256", "SHA512-256", NID_sha512_256},
    [HASH_BLAKE2S] = {"blake2s", "BLAKE2S-256", NID_blake2s256},
    [HASH_BLAKE2B] = {"blake2b", "BLAKE2B-512", NID_blake2b512},
};
static_assert(OZ_COUNT(hashes) == HASH_NAMED, "every hash has its names");

const char *oz_hash_id_name(HashId id)
{
    return hashes[id].name;
}

const char *oz_hash_name(const Crypto *crypto, const EVP_MD *md)
{
    int nid = crypto->EVP_MD_get_type(md);
    for (size_t i = 0; i < HASH_NAMED; i++)
        if (hashes[i].nid == nid)
            return hashes[i].name;
    const char *name = crypto->OBJ_nid2ln(nid);
    if (!name)
        name = crypto->OBJ_nid2sn(nid);
    return name ? name : crypto->EVP_MD_get0_name(md);
}

Ref oz_crypto_raise(Thread *t, const Crypto *crypto)
{
    unsigned long code = crypto->ERR_peek_last_error();
    const char *library = code ? crypto->ERR_lib_error_string(code) : NULL;
    const char *reason = code ? crypto->ERR_reason_error_string(code) : NULL;
    bool no_memory = code && ERR_GET_REASON(code) == ERR_R_MALLOC_FAILURE;
    crypto->ERR_clear_error();
    if (no_memory)
        return oz_raise_memory(t);
    if (library && reason)
        return oz_raise(t, OZ_ValueError, "[%s] %s", library, reason);
    return oz_raise(t, OZ_ValueError, "%s", reason ? reason : "no reason supplied");
}

/* ---- finding a hash ---- */

static EVP_MD *fetch(Thread *t, const Crypto *crypto, const char *name, bool for_security)
{
    EVP_MD *md = crypto->EVP_MD_fetch(NULL, name, for_security ? NULL : "-fips");
    if (!md)
        oz_crypto_raise(t, crypto);
    return md;
}

EVP_MD *oz_hash_known(Thread *t, HashId id, bool for_security)
{
    static _Atomic(EVP_MD *) kept[HASH_NAMED][2];
    const Crypto *crypto = oz_crypto(t);
    if (!crypto)
        return NULL;
    _Atomic(EVP_MD *) *place = &kept[id][for_security];
    EVP_MD *md = atomic_load_explicit(place, memory_order_acquire), *none = NULL;
    if (!md) {
        md = fetch(t, crypto, hashes[id].openssl, for_security);
        if (!md)
            return NULL;
        if (!atomic_compare_exchange_strong(place, &none, md)) {
            crypto->EVP_MD_free(md);
            md = none; /* another thread was first */
        }
    }
    crypto->EVP_MD_up_ref(md);
    return md;
}

EVP_MD *oz_hash_find(Thread *t, const char *name, bool for_security)
{
    for (HashId id = 0; id < HASH_NAMED; id++)
        if (strcmp(hashes[id].name, name) == 0 || strcasecmp(hashes[id].openssl, name) == 0)
            return oz_hash_known(t, id, for_security);
    const Crypto *crypto = oz_crypto(t);
    return crypto ? fetch(t, crypto, name, for_security) : NULL;
}

/* ---- contexts ---- */

EVP_MD_CTX *oz_hash_begin(Thread *t, const EVP_MD *md)
{
    const Crypto *crypto = oz_crypto(t);
    if (!crypto)
        return NULL;
    EVP_MD_CTX *context = crypto->EVP_MD_CTX_new();
    if (!context)
        oz_raise_memory(t);
    else if (!crypto->EVP_DigestInit_ex(context, md, NULL)) {
        oz_crypto_raise(t, crypto);
        crypto->EVP_MD_CTX_free(context);
        context = NULL;
    }
    return context;
}

EVP_MD_CTX *oz_hash_copy(Thread *t, const EVP_MD_CTX *context)
{
    const Crypto *crypto = oz_crypto(t);
    if (!crypto)
        return NULL;
    EVP_MD_CTX *copy = crypto->EVP_MD_CTX_new();
    if (!copy)
        oz_raise_memory(t);
    else if (!crypto->EVP_MD_CTX_copy_ex(copy, context)) {
        oz_crypto_raise(t, crypto);
        crypto->EVP_MD_CTX_free(copy);
        copy = NULL;
    }
    return copy;
}

bool oz_hash_pieces(Thread *t, Obj data, HashPieces *update, void *context, LockWord *lock)
{
    if (oz_is_str(data))
        return oz_fail(t, OZ_TypeError, "Strings must be encoded before hashing");
    if (!oz_has_buffer(data))
        return oz_fail(t, OZ_TypeError, "object supporting the buffer API required");
    scoped_buffer view = {0};
    if (!oz_buffer_open(t, data, &view))
        return false;
    for (size_t at = 0; at < view.length; at += PIECE) {
        size_t left = view.length - at;
        if (at && !oz_poll(t))
            return false;
        size_t n = left < PIECE ? left : PIECE;
        if (lock)
            oz_object_settle(t, lock);
        const uint8_t *piece = view.data + at;
        if (!(n < OZ_WORTH_DETACHING ? update(context, piece, n)
                                     : OZ_LOCKED_AND_DETACHED(t, lock, update(context, piece, n))))
            return oz_crypto_raise(t, oz_crypto(t)) != NULL;
    }
    return true;
}

typedef struct Updating {
    const Crypto *crypto;
    EVP_MD_CTX *context;
} Updating;

static bool update_piece(void *context, const void *data, size_t length)
{
    const Updating *u = context;
    return u->crypto->EVP_DigestUpdate(u->context, data, length);
}

bool oz_hash_update(Thread *t, EVP_MD_CTX *context, LockWord *lock, Obj data)
{
    Updating updating = {oz_crypto(t), context};
    return updating.crypto && oz_hash_pieces(t, data, update_piece, &updating, lock);
}

/* ---- digests ---- */

Ref oz_hash_hex(Thread *t, const uint8_t *digest, size_t length)
{
    return oz_bytes_hex(t, digest, length, NULL, 1);
}

/* Finish a copy of the context; `out` has room for `length` or for the hash's own length. */
static bool finish(Thread *t, const Crypto *crypto, const EVP_MD_CTX *context, uint8_t *out,
                   size_t length, bool endless)
{
    EVP_MD_CTX *copy = oz_hash_copy(t, context);
    if (!copy)
        return false;
    bool done = endless ? crypto->EVP_DigestFinalXOF(copy, out, length)
                        : crypto->EVP_DigestFinal_ex(copy, out, NULL);
    if (!done)
        oz_crypto_raise(t, crypto);
    crypto->EVP_MD_CTX_free(copy);
    return done;
}

Ref oz_hash_digest(Thread *t, const EVP_MD_CTX *context, size_t length, bool hexadecimal)
{
    const Crypto *crypto = oz_crypto(t);
    if (!crypto)
        return NULL;
    const EVP_MD *md = crypto->EVP_MD_CTX_get0_md(context);
    bool endless = crypto->EVP_MD_get_flags(md) & EVP_MD_FLAG_XOF;
    uint8_t small[EVP_MAX_MD_SIZE];
    if (!endless)
        length = (size_t)crypto->EVP_MD_get_size(md);
    if (!hexadecimal || length > sizeof small) {
        scoped Ref digest = oz_bytes_alloc(t, length);
        uint8_t *out = digest ? oz_bytes_data((const Bytes *)digest) : NULL;
        if (!out || (length && !finish(t, crypto, context, out, length, endless)))
            return NULL;
        return hexadecimal ? oz_hash_hex(t, out, length) : oz_move(&digest);
    }
    if (length && !finish(t, crypto, context, small, length, endless))
        return NULL;
    return oz_hash_hex(t, small, length);
}
