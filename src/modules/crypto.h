// SPDX-License-Identifier: MIT
// libcrypto (OpenSSL 3) for the modules of hashes: its functions, its hashes, its errors.
#ifndef OZ_MODULES_CRYPTO_H
#define OZ_MODULES_CRYPTO_H

#include "modules/object_lock.h"
#include "modules/library.h"
#include "types/buffer.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/params.h>

// clang-format off
#define CRYPTO(F)                                                                                  \
    F(EVP_MD_fetch) F(EVP_MD_free) F(EVP_MD_up_ref) F(EVP_MD_get_size) F(EVP_MD_get_block_size)    \
    F(EVP_MD_get_flags) F(EVP_MD_get_type) F(EVP_MD_get0_name) F(EVP_MD_do_all_provided)           \
    F(EVP_MD_CTX_new) F(EVP_MD_CTX_free) F(EVP_MD_CTX_copy_ex) F(EVP_MD_CTX_get0_md)               \
    F(EVP_DigestInit_ex) F(EVP_DigestUpdate) F(EVP_DigestFinal_ex) F(EVP_DigestFinalXOF)           \
    F(EVP_MAC_fetch) F(EVP_MAC_free) F(EVP_MAC_CTX_new) F(EVP_MAC_CTX_dup) F(EVP_MAC_CTX_free)     \
    F(EVP_MAC_init) F(EVP_MAC_update) F(EVP_MAC_final) F(EVP_PBE_scrypt)                           \
    F(EVP_default_properties_is_fips_enabled) F(OSSL_PARAM_construct_utf8_string)                  \
    F(OSSL_PARAM_construct_end) F(OBJ_nid2ln) F(OBJ_nid2sn) F(OPENSSL_cleanse)                     \
    F(ERR_peek_last_error) F(ERR_clear_error) F(ERR_lib_error_string) F(ERR_reason_error_string)
// clang-format on
OZ_LIBRARY_TYPE(Crypto, CRYPTO);

const Crypto *oz_crypto(Thread *t) OZ_CHECKED; /* NULL: ImportError */

/* The hashes that hashlib promises, in the order of the types of hash_module.c. */
typedef enum HashId {
    HASH_MD5,
    HASH_SHA1,
    HASH_SHA224,
    HASH_SHA256,
    HASH_SHA384,
    HASH_SHA512,
    HASH_SHA3_224,
    HASH_SHA3_256,
    HASH_SHA3_384,
    HASH_SHA3_512,
    HASH_SHAKE_128,
    HASH_SHAKE_256,
    HASH_KNOWN, /* of each of them there is a type or a constructor; the others have two names */
    HASH_SHA512_224 = HASH_KNOWN,
    HASH_SHA512_256,
    HASH_BLAKE2S,
    HASH_BLAKE2B,
    HASH_NAMED,
} HashId;

/* What hashlib calls it. */
const char *oz_hash_id_name(HashId id);
/* What hashlib calls a hash of libcrypto. */
const char *oz_hash_name(const Crypto *crypto, const EVP_MD *md);

/* The hash, owned (EVP_MD_free); NULL: raised.  `name`: as hashlib or as libcrypto calls it. */
EVP_MD *oz_hash_find(Thread *t, const char *name, bool for_security) OZ_CHECKED;
EVP_MD *oz_hash_known(Thread *t, HashId id, bool for_security) OZ_CHECKED;

/* A context that has begun, or a copy of one, owned (EVP_MD_CTX_free); NULL: raised. */
EVP_MD_CTX *oz_hash_begin(Thread *t, const EVP_MD *md) OZ_CHECKED;
EVP_MD_CTX *oz_hash_copy(Thread *t, const EVP_MD_CTX *context) OZ_CHECKED;
/* Let what a bytes-like object holds go in; `lock`: of the object that has the context, NULL: it is
 * not known to anybody yet.  Polls. */
bool oz_hash_update(Thread *t, EVP_MD_CTX *context, LockWord *lock, Obj data) OZ_CHECKED;
/* The digest so far, bytes or hexadecimal digits; `length` of hashes without a length of their
 * own, else 0. */
Ref oz_hash_digest(Thread *t, const EVP_MD_CTX *context, size_t length,
                   bool hexadecimal) OZ_CHECKED;

/* What a function for many hashes does with the bytes: in pieces, with polls between them; it is
 * called detached. */
typedef bool HashPieces(void *context, const void *data, size_t length);
bool oz_hash_pieces(Thread *t, Obj data, HashPieces *update, void *context,
                    LockWord *lock) OZ_CHECKED;
/* Bytes as hexadecimal digits. */
Ref oz_hash_hex(Thread *t, const uint8_t *digest, size_t length) OZ_CHECKED;

/* ValueError with the reason that libcrypto gives; MemoryError. */
Ref oz_crypto_raise(Thread *t, const Crypto *crypto) OZ_COLD;

#endif
