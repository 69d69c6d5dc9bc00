// SPDX-License-Identifier: MIT
// _ssl: what its files share.
#ifndef OZ_MODULES_SSL_H
#define OZ_MODULES_SSL_H

#include "modules/library.h"
#include "modules/module_errors.h"
#include "modules/native_type.h"
#include "modules/socket.h"

/* TLSv1_method() and its like are what programs may still ask for. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

// clang-format off
#define SSL_LIBRARY(F)                                                                             \
    F(OPENSSL_init_ssl) F(OpenSSL_version) F(OpenSSL_version_num)                                  \
    F(SSL_CTX_new) F(SSL_CTX_free) F(SSL_CTX_ctrl) F(SSL_CTX_callback_ctrl) F(SSL_CTX_get_options) \
    F(SSL_CTX_set_options) F(SSL_CTX_clear_options) F(SSL_CTX_set_verify)                          \
    F(SSL_CTX_get_verify_mode) F(SSL_CTX_get0_param) F(SSL_CTX_get_security_level)                 \
    F(SSL_CTX_set_security_level) F(SSL_CTX_set_session_id_context) F(SSL_CTX_set_cipher_list)     \
    F(SSL_CTX_set_alpn_protos) F(SSL_CTX_set_alpn_select_cb) F(SSL_CTX_set_num_tickets)            \
    F(SSL_CTX_get_num_tickets) F(SSL_CTX_set_msg_callback) F(SSL_CTX_set_keylog_callback)          \
    F(SSL_CTX_set_default_passwd_cb) F(SSL_CTX_set_default_passwd_cb_userdata)                     \
    F(SSL_CTX_use_certificate_chain_file) F(SSL_CTX_use_PrivateKey_file)                           \
    F(SSL_CTX_check_private_key) F(SSL_CTX_use_cert_and_key) F(SSL_CTX_get0_certificate)           \
    F(SSL_CTX_get0_privatekey) F(SSL_CTX_load_verify_file) F(SSL_CTX_load_verify_dir)                                    \
    F(SSL_CTX_set_default_verify_paths) F(SSL_CTX_get_cert_store)      \
    F(SSL_CTX_set_post_handshake_auth) F(SSL_CTX_set_ex_data) F(CRYPTO_get_ex_new_index)                                                             \
    F(TLS_method) F(TLS_client_method) F(TLS_server_method) F(SSL_select_next_proto)               \
    F(SSL_new) F(SSL_free) F(SSL_ctrl) F(SSL_set_ex_data) F(SSL_get_ex_data) F(SSL_set_bio)        \
    F(SSL_get0_param) F(SSL_get_verify_mode) F(SSL_set_verify) F(SSL_set_post_handshake_auth)      \
    F(SSL_set_connect_state) F(SSL_set_accept_state) F(SSL_do_handshake) F(SSL_read_ex)            \
    F(SSL_write_ex) F(SSL_pending) F(SSL_shutdown) F(SSL_get_shutdown) F(SSL_get_error)            \
    F(SSL_set_read_ahead) F(SSL_is_init_finished) F(SSL_get_version) F(SSL_get_ciphers)            \
    F(SSL_get_current_cipher) F(SSL_get0_alpn_selected) F(SSL_get_current_compression)             \
    F(SSL_get_SSL_CTX) F(SSL_set_SSL_CTX) F(SSL_set_msg_callback) F(SSL_get_servername)            \
    F(SSL_get1_peer_certificate) F(SSL_get_peer_cert_chain) F(SSL_get0_verified_chain)             \
    F(SSL_get_verify_result) F(SSL_get_finished) F(SSL_get_peer_finished)                          \
    F(SSL_verify_client_post_handshake) F(SSL_session_reused) F(SSL_get1_session) F(SSL_set_session) \
    F(SSL_SESSION_dup) F(i2d_SSL_SESSION) F(SSL_SESSION_free) F(SSL_SESSION_get_id) F(SSL_SESSION_get_time)           \
    F(SSL_SESSION_get_timeout) F(SSL_SESSION_has_ticket)                                           \
    F(SSL_SESSION_get_ticket_lifetime_hint)                                                        \
    F(SSL_CIPHER_get_name) F(SSL_CIPHER_get_version) F(SSL_CIPHER_get_bits) F(SSL_CIPHER_get_id)   \
    F(SSL_CIPHER_description) F(SSL_CIPHER_is_aead) F(SSL_CIPHER_get_cipher_nid)                   \
    F(SSL_CIPHER_get_digest_nid) F(SSL_CIPHER_get_kx_nid) F(SSL_CIPHER_get_auth_nid)               \
    F(COMP_get_type)                                                                               \
    F(ERR_peek_last_error) F(ERR_clear_error) F(ERR_reason_error_string)                           \
    F(BIO_new) F(BIO_free) F(BIO_up_ref) F(BIO_ctrl) F(BIO_gets) F(BIO_new_mem_buf) F(BIO_new_file) \
    F(BIO_s_mem) F(BIO_meth_new) F(BIO_meth_free) F(BIO_meth_set_read) F(BIO_meth_set_write)       \
    F(BIO_meth_set_ctrl) F(BIO_meth_set_destroy) F(BIO_get_new_index) F(BIO_set_data)              \
    F(BIO_get_data) F(BIO_set_init) F(BIO_set_flags) F(BIO_clear_flags) F(BIO_test_flags)                           \
    F(OPENSSL_sk_num) F(OPENSSL_sk_value) F(OPENSSL_sk_pop_free)                                   \
    F(CRYPTO_malloc) F(CRYPTO_realloc) F(CRYPTO_free)                                              \
    F(X509_STORE_add_lookup) F(X509_LOOKUP_file) F(X509_LOOKUP_hash_dir) F(X509_STORE_get0_objects) F(X509_STORE_lock) F(X509_STORE_unlock) F(X509_STORE_add_cert)      \
    F(X509_STORE_get1_all_certs) F(X509_OBJECT_get_type) F(X509_OBJECT_get0_X509)                  \
    F(X509_VERIFY_PARAM_get_flags) F(X509_VERIFY_PARAM_set_flags)                                  \
    F(X509_VERIFY_PARAM_clear_flags) F(X509_VERIFY_PARAM_set_hostflags)                            \
    F(X509_VERIFY_PARAM_set1_host) F(X509_VERIFY_PARAM_set1_ip) F(X509_verify_cert_error_string)   \
    F(X509_check_ca) F(X509_free) F(X509_up_ref) F(X509_cmp) F(X509_get_subject_name)              \
    F(X509_get_issuer_name) F(X509_get_version) F(X509_get_serialNumber) F(X509_get0_notBefore)    \
    F(X509_get0_notAfter) F(X509_get_ext_d2i) F(X509_subject_name_hash) F(i2d_X509)                \
    F(d2i_X509_bio) F(i2a_ASN1_INTEGER) F(ASN1_TIME_print) F(ASN1_STRING_to_UTF8)                  \
    F(ASN1_STRING_get0_data) F(ASN1_STRING_length) F(ASN1_OCTET_STRING_free) F(ASN1_OBJECT_free)   \
    F(X509_NAME_entry_count) F(X509_NAME_get_entry) F(X509_NAME_ENTRY_set)                         \
    F(X509_NAME_ENTRY_get_object) F(X509_NAME_ENTRY_get_data) F(X509_NAME_print_ex)                \
    F(GENERAL_NAMES_free) F(GENERAL_NAME_print) F(AUTHORITY_INFO_ACCESS_free)                      \
    F(CRL_DIST_POINTS_free) F(a2i_IPADDRESS) F(X509_get_default_cert_file_env)                     \
    F(X509_get_default_cert_file) F(X509_get_default_cert_dir_env) F(X509_get_default_cert_dir)    \
    F(PEM_read_bio_X509) F(PEM_read_bio_DHparams) F(PEM_write_bio_X509) F(DH_free)         \
    F(OBJ_obj2nid) F(OBJ_nid2obj) F(OBJ_nid2sn) F(OBJ_nid2ln) F(OBJ_sn2nid) F(OBJ_txt2obj)         \
    F(OBJ_obj2txt) F(RAND_add) F(RAND_bytes) F(RAND_status)                                        \
    F(TLSv1_method) F(TLSv1_1_method) F(TLSv1_2_method)
// clang-format on
OZ_LIBRARY_TYPE(Ssl, SSL_LIBRARY);

const Ssl *oz_ssl(Thread *t) OZ_CHECKED; /* NULL: ImportError; never so once _ssl is imported */

/* What macros of OpenSSL's headers do with functions that are not linked here. */
#define OZ_STACK_COUNT(ssl, stack) (ssl)->OPENSSL_sk_num((const OPENSSL_STACK *)(stack))
#define OZ_STACK_AT(ssl, Type, stack, i)                                                           \
    ((Type *)(ssl)->OPENSSL_sk_value((const OPENSSL_STACK *)(stack), i))
#define OZ_SSL_FREE(ssl, memory) (ssl)->CRYPTO_free(memory, __FILE__, __LINE__)

/* The numbers of protocols, as PROTOCOL_* of the module. */
enum {
    OZ_TLS_ANY = 2,
    OZ_TLS_1,
    OZ_TLS_1_1,
    OZ_TLS_1_2,
    OZ_TLS_CLIENT = 0x10,
    OZ_TLS_SERVER,
};
enum { OZ_TLS_LOWEST = -2, OZ_TLS_HIGHEST = -1 }; /* PROTO_MINIMUM_SUPPORTED and its like */

/* ---- contexts (ssl_context.c) ---- */

#define SSL_CONTEXT_REFS(REF)                                                                      \
    REF(sni_callback)     /* or empty */                                                           \
    REF(message_callback) /* or empty */                                                           \
    REF(keylog_name)      /* as it was given, or empty */

typedef struct SslContext SslContext;
/* What OpenSSL's callbacks are given for a context: it lives as long as the SSL_CTX, which
 * connections may go on using when the program has dropped the context. */
typedef struct SslLink {
    SslContext *context; /* [turn] NULL: it is dead */
} SslLink;

struct SslContext {
    Object base;
    SSL_CONTEXT_REFS(OZ_FIELD)
    SSL_CTX *ctx;              /* [const] owned; given back at death, after clear */
    SslLink *link;             /* [const] owned by ctx */
    uint8_t *protocols;        /* [object] ALPN: OpenSSL's memory, or NULL */
    uint32_t protocols_size;   /* [object] */
    int keylog_plus;           /* [object] the descriptor + 1; 0: no file */
    int protocol;              /* [const] OZ_TLS_* */
    unsigned host_flags;       /* [object] X509_CHECK_FLAG_* */
    bool check_hostname;       /* [object] */
    bool later_authentication; /* [object] post_handshake_auth */
    uint32_t running;          /* [object] calls of OpenSSL that use it at this moment */
    _Atomic(uint32_t) rested;  /* [atomic] how often `running` became 0 */
};

bool oz_ssl_links_init(Thread *t) OZ_CHECKED; /* once for the process */

/* A call of OpenSSL that looks at the context begins, ends. */
void oz_ssl_context_begin(SslContext *self);
void oz_ssl_context_end(SslContext *self);
/* Wait until there is none: it may be changed then, up to the next safepoint. */
bool oz_ssl_context_wait(Thread *t, SslContext *self) OZ_CHECKED;
extern const NativeDef oz_ssl_load_cert_chain, oz_ssl_load_dh_params; /* ssl_load.c */
extern const NativeDef oz_ssl_load_verify_locations, oz_ssl_set_default_verify_paths;
extern const NativeDef oz_ssl_cert_store_stats, oz_ssl_get_ca_certs;
extern const NativeDef oz_ssl_wrap_socket, oz_ssl_wrap_bio; /* ssl_socket.c */

/* ---- connections (ssl_socket.c) ---- */

#define SSL_SOCKET_REFS(REF)                                                                       \
    REF(context)     /* SslContext; empty once the collector has cleared it */                     \
    REF(socket)      /* weak reference to the socket, or empty: it has memory BIOs */              \
    REF(owner)       /* weak reference, or empty */                                                \
    REF(server_name) /* str, or empty */                                                           \
    REF(raised)      /* by a callback: to be raised when the call is over; or empty */

typedef struct SslSocket {
    Object base;
    SSL_SOCKET_REFS(OZ_FIELD)
    SSL *ssl;            /* [lock] owned; given back at death, after clear */
    LockWord lock;       /* [atomic] for one call of OpenSSL, which never waits for the network */
    Thread *user;        /* [object] who has the lock, or NULL */
    LockWord write_lock; /* [atomic] for one writing, the waits in between too */
    Thread *writer;      /* [object] who has that lock, or NULL */
    int fd;              /* [lock] what the call reads and writes */
    int error_number;    /* [lock] of its system calls */
    bool server;         /* [const] */
    bool seen_zero;      /* [object] SSL_shutdown has returned 0 */
} SslSocket;

/* Nobody else works on it now, and so up to the next safepoint.  false: raised. */
bool oz_ssl_settle(Thread *t, SslSocket *self) OZ_CHECKED;
/* In a callback of OpenSSL: the thread is attached from here on; at the end, what it has raised is
 * kept for the end of the call. */
Thread *oz_ssl_callback_begin(SslSocket *self);
void oz_ssl_callback_end(Thread *t, SslSocket *self);
/* The object that a program knows the connection by: owner, socket or itself; new reference. */
Ref oz_ssl_known_as(SslSocket *self);

/* ---- facts of a connection (ssl_facts.c) ---- */

extern const NativeDef oz_ssl_getpeercert, oz_ssl_cipher, oz_ssl_shared_ciphers, oz_ssl_version;
extern const NativeDef oz_ssl_selected_alpn_protocol, oz_ssl_compression, oz_ssl_pending;
extern const NativeDef oz_ssl_get_channel_binding, oz_ssl_get_verified_chain;
extern const NativeDef oz_ssl_get_unverified_chain;
extern const GetSetDef oz_ssl_socket_getsets[];
/* What get_ciphers() tells of one. */
Ref oz_ssl_cipher_dict(Thread *t, const SSL_CIPHER *cipher) OZ_CHECKED;

/* Let the connection go on with a session of another one. */
bool oz_ssl_session_set(Thread *t, SslSocket *self, Obj session) OZ_CHECKED; /* ssl_session.c */
Ref oz_ssl_session_get(Thread *t, SslSocket *self) OZ_CHECKED;               /* None: none */

/* ---- callbacks (ssl_callback.c) ---- */

int oz_ssl_on_sni(SSL *ssl, int *alert, void *link);
int oz_ssl_on_alpn(SSL *ssl, const unsigned char **out, unsigned char *out_length,
                   const unsigned char *in, unsigned in_length, void *link);
void oz_ssl_on_message(int written, int version, int content, const void *data, size_t length,
                       SSL *ssl, void *none);
void oz_ssl_on_keylog(const SSL *ssl, const char *line);

/* ---- BIOs (ssl_bio.c) ---- */

typedef struct SslMemory SslMemory; /* what a memory BIO holds */
typedef struct MemoryBio {
    Object base;
    BIO *bio; /* [const] owned; its data is guarded by a lock of its own */
} MemoryBio;

/* Make the two kinds of BIO, once for the process. */
bool oz_ssl_bios_init(Thread *t) OZ_CHECKED;
BIO *oz_ssl_socket_bio(Thread *t, SslSocket *self) OZ_CHECKED; /* owned */

/* ---- certificates (ssl_certificate.c) ---- */

Ref oz_ssl_certificate_dict(Thread *t, const Ssl *ssl, X509 *x509) OZ_CHECKED;
Ref oz_ssl_certificate_bytes(Thread *t, const Ssl *ssl, X509 *x509) OZ_CHECKED; /* DER */
Ref oz_ssl_certificate_new(Thread *t, const Ssl *ssl, X509 *x509) OZ_CHECKED;   /* retains it */
/* The name or, with `number`, the dotted number of an object; None if there is none. */
Ref oz_ssl_object_text(Thread *t, const Ssl *ssl, const ASN1_OBJECT *object,
                       bool number) OZ_CHECKED;

/* ---- errors (ssl_error.c) ---- */

/* The errno of an SSLError: SSL_ERROR_* and what the module adds to them. */
enum { OZ_SSL_ERROR_EOF = 8, OZ_SSL_ERROR_NO_SOCKET, OZ_SSL_ERROR_INVALID };

/* What a call of OpenSSL has left behind. */
typedef struct SslOutcome {
    int result;         /* > 0: it is done */
    int error;          /* SSL_ERROR_* */
    int error_number;   /* errno */
    unsigned long code; /* the last error of OpenSSL's queue, which is empty now */
} SslOutcome;

bool oz_ssl_errors_init(Thread *t, Module *module) OZ_CHECKED;
/* The exception of a call that has failed. */
Ref oz_ssl_raise_outcome_at(Thread *t, SslSocket *self, const SslOutcome *outcome,
                            int line) OZ_COLD;
#define oz_ssl_raise_outcome(t, self, outcome) oz_ssl_raise_outcome_at(t, self, outcome, __LINE__)
/* SSLError of the last error of OpenSSL's queue, which is emptied, or of `text`. */
Ref oz_ssl_raise_at(Thread *t, const char *text, int line) OZ_COLD;
#define oz_ssl_raise(t, text) oz_ssl_raise_at(t, text, __LINE__)
#define oz_ssl_fail(t, text) (oz_ssl_raise_at(t, text, __LINE__), false)
/* The same, of a code that was taken from the queue; OSError if `error_number` is set. */
Ref oz_ssl_raise_code_at(Thread *t, unsigned long code, int error_number, int line) OZ_COLD;
#define oz_ssl_raise_code(t, code, number) oz_ssl_raise_code_at(t, code, number, __LINE__)

/* The socket of a connection is not there any more. */
Ref oz_ssl_raise_closed_at(Thread *t, const char *text, int line) OZ_COLD;
#define oz_ssl_raise_closed(t, text) oz_ssl_raise_closed_at(t, text, __LINE__)
/* lib_codes_to_names; err_codes_to_names and err_names_to_codes, for which OpenSSL is asked for
 * every possible reason. */
Ref oz_ssl_library_names(Thread *t) OZ_CHECKED;
bool oz_ssl_reason_names(Thread *t, Dict *codes, Dict *names) OZ_CHECKED;

/* A method whose type is in another file. */
#define OZ_SSL_METHOD(symbol, name, signature, doc)                                                \
    static Ref symbol##_body(Thread *t, const Obj *a);                                             \
    const NativeDef symbol = {name, signature, doc, symbol##_body, 0};                             \
    static Ref symbol##_body(Thread *t OZ_UNUSED, const Obj *a OZ_UNUSED)

/* Give back what a local variable holds. */
#define OZ_SSL_SCOPED(name, Type, function)                                                        \
    static inline void oz_ssl_scoped_##name(Type **place)                                          \
    {                                                                                              \
        if (*place)                                                                                \
            oz_ssl(oz_thread())->function(*place);                                                 \
    }
OZ_SSL_SCOPED(bio, BIO, BIO_free)
OZ_SSL_SCOPED(x509, X509, X509_free)
OZ_SSL_SCOPED(ctx, SSL_CTX, SSL_CTX_free)
OZ_SSL_SCOPED(connection, SSL, SSL_free)
OZ_SSL_SCOPED(object, ASN1_OBJECT, ASN1_OBJECT_free)
OZ_SSL_SCOPED(numbers, DH, DH_free)
OZ_SSL_SCOPED(octets, ASN1_OCTET_STRING, ASN1_OCTET_STRING_free)
#define scoped_ssl(name) __attribute__((cleanup(oz_ssl_scoped_##name)))

#endif
