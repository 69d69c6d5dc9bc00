// SPDX-License-Identifier: MIT
// _ssl: the module: its constants and functions, by OpenSSL's libssl, which is opened when it is
// imported.  The files beside it: ssl_context.c and ssl_load.c contexts, ssl_socket.c, ssl_facts.c,
// ssl_callback.c and ssl_bio.c connections, ssl_session.c, ssl_certificate.c, ssl_error.c.
#include "modules/ssl.h"

#include "types/buffer.h"
#include "types/bytes.h"
#include "types/codec.h"

#include <limits.h>
#include <string.h>

OZ_LIBRARY_GET(Ssl, oz_ssl, SSL_LIBRARY, "libssl.so.3", "libssl3")

/* ---- random numbers ---- */

OZ_FUNCTION(ssl, RAND_add, "($module, string, entropy, /)",
            "Mix bytes into OpenSSL's random numbers, which hold so many bytes of entropy.")
{
    scoped Ref text = NULL;
    scoped_buffer view = {0};
    double entropy;
    if (oz_is_str(a[1])) {
        text = oz_encode(t, a[1], "utf-8", "strict");
        if (!text)
            return NULL;
    }
    if (!oz_buffer_open(t, text ? (Obj)text : a[1], &view) || !oz_as_double(t, a[2], &entropy))
        return NULL;
    for (size_t at = 0; at < view.length; at += INT_MAX) {
        size_t left = view.length - at;
        oz_ssl(t)->RAND_add(view.data + at, left < INT_MAX ? (int)left : INT_MAX, entropy);
    }
    return OZ_NONE;
}

/* So many bytes; *strong: are they good enough for keys? */
static Ref random_bytes(Thread *t, Obj n, bool *strong)
{
    const Ssl *ssl = oz_ssl(t);
    int length;
    if (!oz_as_int(t, n, &length))
        return NULL;
    if (length < 0)
        return oz_raise(t, OZ_ValueError, "num must be positive");
    scoped Ref bytes = oz_bytes_alloc(t, (size_t)length);
    if (!bytes)
        return NULL;
    *strong = ssl->RAND_bytes(oz_bytes_data((const Bytes *)bytes), length) == 1;
    return *strong ? oz_move(&bytes) : oz_ssl_raise(t, NULL);
}

OZ_FUNCTION(ssl, RAND_bytes, "($module, n, /)", "So many random bytes, good enough for keys.")
{
    bool strong;
    return random_bytes(t, a[1], &strong);
}

OZ_FUNCTION(ssl, RAND_pseudo_bytes, "($module, n, /)",
            "So many random bytes, and whether they are good enough for keys.  Deprecated.")
{
    bool strong;
    if (!oz_warn(t, OZ_DeprecationWarning, 1, "ssl.RAND_pseudo_bytes() is deprecated"))
        return NULL;
    scoped Ref bytes = random_bytes(t, a[1], &strong);
    return bytes ? oz_tuple_of(t, 2, bytes, oz_bool(strong)) : NULL;
}

OZ_FUNCTION(ssl, RAND_status, "($module, /)", "Has OpenSSL got enough entropy?")
{
    return oz_bool(oz_ssl(t)->RAND_status() == 1);
}

/* ---- objects of ASN.1 ---- */

/* (number in OpenSSL, short name, long name, dotted number) */
static Ref object_tuple(Thread *t, const Ssl *ssl, const ASN1_OBJECT *object)
{
    int nid = ssl->OBJ_obj2nid(object);
    if (nid == NID_undef)
        return oz_raise(t, OZ_ValueError, "Unknown object");
    scoped Ref name = oz_str_new(t, ssl->OBJ_nid2sn(nid));
    scoped Ref full = oz_str_new(t, ssl->OBJ_nid2ln(nid));
    scoped Ref number = name && full ? oz_ssl_object_text(t, ssl, object, true) : NULL;
    return number ? oz_tuple_of(t, 4, oz_int(nid), name, full, number) : NULL;
}

OZ_FUNCTION(ssl, txt2obj, "($module, /, txt, name=False)",
            "What is known of an object by its dotted number, or by its name.")
{
    const Ssl *ssl = oz_ssl(t);
    scoped Ref keep = NULL;
    bool named;
    const char *text = oz_os_text(t, a[1], "txt2obj", " 'txt'", &keep);
    if (!text || !oz_truth(t, a[2], &named))
        return NULL;
    scoped_ssl(object) ASN1_OBJECT *object = ssl->OBJ_txt2obj(text, !named);
    ssl->ERR_clear_error();
    if (!object)
        return oz_raise(t, OZ_ValueError, "unknown object '%.100s'", text);
    return object_tuple(t, ssl, object);
}

OZ_FUNCTION(ssl, nid2obj, "($module, nid, /)",
            "What is known of an object by its number in OpenSSL.")
{
    const Ssl *ssl = oz_ssl(t);
    int nid;
    if (!oz_as_int(t, a[1], &nid))
        return NULL;
    if (nid < NID_undef)
        return oz_raise(t, OZ_ValueError, "NID must be positive.");
    scoped_ssl(object) ASN1_OBJECT *object = ssl->OBJ_nid2obj(nid);
    ssl->ERR_clear_error();
    if (!object)
        return oz_raise(t, OZ_ValueError, "unknown NID %d", nid);
    return object_tuple(t, ssl, object);
}

/* ---- certificates ---- */

OZ_FUNCTION(ssl, get_default_verify_paths, "($module, /)",
            "Where OpenSSL looks for certificates to trust: a file and a folder, each behind the "
            "variable of the environment that changes it.")
{
    const Ssl *ssl = oz_ssl(t);
    const char *const texts[] = {
        ssl->X509_get_default_cert_file_env(), ssl->X509_get_default_cert_file(),
        ssl->X509_get_default_cert_dir_env(), ssl->X509_get_default_cert_dir()};
    scoped Ref list = oz_list_new(t, OZ_COUNT(texts));
    for (size_t i = 0; list && i < OZ_COUNT(texts); i++)
        if (!oz_list_append_take(t, (List *)list, oz_fs_decode(t, texts[i], strlen(texts[i]))))
            return NULL;
    return list ? oz_list_to_tuple(t, (List *)list) : NULL;
}

OZ_FUNCTION(ssl, _test_decode_cert, "($module, path, /)",
            "What getpeercert() would tell of a certificate in a file.")
{
    const Ssl *ssl = oz_ssl(t);
    scoped Ref path = oz_encode_path(t, a[1]);
    if (!path)
        return NULL;
    scoped_ssl(bio) BIO *bio =
        ssl->BIO_new_file((const char *)oz_bytes_data((const Bytes *)path), "r");
    ssl->ERR_clear_error();
    if (!bio)
        return oz_raise_module(t, OZ_ERROR_SSL, "Can't open file");
    scoped_ssl(x509) X509 *x509 = ssl->PEM_read_bio_X509(bio, NULL, NULL, NULL);
    ssl->ERR_clear_error();
    if (!x509)
        return oz_raise_module(t, OZ_ERROR_SSL, "Error decoding PEM-encoded file");
    return oz_ssl_certificate_dict(t, ssl, x509);
}

/* ---- what is made when it is asked for ---- */

OZ_FUNCTION(ssl, __getattr__, "($module, name, /)",
            "The tables of OpenSSL's reasons: of the two thousand few programs want one.")
{
    static const char *const tables[] = {"err_codes_to_names", "err_names_to_codes"};
    scoped Ref codes = oz_dict_new(t), names = oz_dict_new(t);
    const Str *name = oz_as_str(a[1]);
    bool known = name && (oz_str_equal_utf8(name, tables[0]) || oz_str_equal_utf8(name, tables[1]));
    if (!known)
        return oz_raise(t, OZ_AttributeError, "module '_ssl' has no attribute '%S'", a[1]);
    if (!codes || !names || !oz_ssl_reason_names(t, (Dict *)codes, (Dict *)names) ||
        !oz_module_add(t, (Module *)a[0], tables[0], oz_retain(codes)) ||
        !oz_module_add(t, (Module *)a[0], tables[1], oz_retain(names)))
        return NULL;
    return oz_move(oz_str_equal_utf8(name, tables[0]) ? &codes : &names);
}

/* ---- the module ---- */

static const OsConstant constants[] = {
#define CONSTANT(name, value) {#name, (int64_t)(value)},
#include "modules/ssl.def"
#undef CONSTANT
    {NULL, 0},
};

static const struct {
    const char *name;
    bool there;
} features[] = {
    {"HAS_SNI", true},     {"HAS_ECDH", true},    {"HAS_TLS_UNIQUE", true}, {"HAS_NPN", false},
    {"HAS_ALPN", true},    {"HAS_SSLv2", false},  {"HAS_SSLv3", false},     {"HAS_TLSv1", true},
    {"HAS_TLSv1_1", true}, {"HAS_TLSv1_2", true}, {"HAS_TLSv1_3", true},
};

/* (major, minor, fix, patch, status) of a number of OpenSSL's. */
static Ref version_tuple(Thread *t, unsigned long v)
{
    return oz_tuple_of(t, 5, oz_int(v >> 28 & 15), oz_int(v >> 20 & 255), oz_int(v >> 12 & 255),
                       oz_int(v >> 4 & 255), oz_int(v & 15));
}

static bool add_versions(Thread *t, Module *module, const Ssl *ssl)
{
    unsigned long version = ssl->OpenSSL_version_num();
    return oz_module_add_int(t, module, "OPENSSL_VERSION_NUMBER", (int64_t)version) &&
           oz_module_add(t, module, "OPENSSL_VERSION_INFO", version_tuple(t, version)) &&
           oz_module_add_str(t, module, "OPENSSL_VERSION", ssl->OpenSSL_version(OPENSSL_VERSION)) &&
           oz_module_add(t, module, "_OPENSSL_API_VERSION",
                         version_tuple(t, OPENSSL_VERSION_NUMBER)) &&
           oz_module_add_str(t, module, "_DEFAULT_CIPHERS", SSL_DEFAULT_CIPHER_LIST);
}

static bool ssl_init(Thread *t, Module *module)
{
    const Ssl *ssl = oz_ssl(t);
    if (!ssl)
        return false;
    /* Threads that still compute when the process ends need its tables: they stay. */
    if (!ssl->OPENSSL_init_ssl(OPENSSL_INIT_NO_ATEXIT | OPENSSL_INIT_LOAD_SSL_STRINGS |
                                   OPENSSL_INIT_LOAD_CRYPTO_STRINGS,
                               NULL))
        return oz_fail(t, OZ_ImportError, "OpenSSL cannot be initialized");
    if (!oz_ssl_bios_init(t) || !oz_ssl_links_init(t) || !oz_ssl_errors_init(t, module) ||
        !oz_os_constants(t, module, constants) || !add_versions(t, module, ssl))
        return false;
    for (size_t i = 0; i < OZ_COUNT(features); i++)
        if (!oz_module_add(t, module, features[i].name, oz_bool(features[i].there)))
            return false;
    return oz_module_add(t, module, "lib_codes_to_names", oz_ssl_library_names(t));
}

static const uint32_t types[] = {OZ_SSL_CONTEXT, OZ_SSL_SOCKET,      OZ_SSL_MEMORY_BIO,
                                 OZ_SSL_SESSION, OZ_SSL_CERTIFICATE, 0};

const ModuleDef oz_ssl_module = {
    .name = "_ssl",
    .doc = "TLS by OpenSSL: the native part of ssl.",
    .functions = (const NativeDef *const[]){&ssl_RAND_add, &ssl_RAND_bytes, &ssl_RAND_pseudo_bytes,
                                            &ssl_RAND_status, &ssl_txt2obj, &ssl_nid2obj,
                                            &ssl_get_default_verify_paths, &ssl__test_decode_cert,
                                            &ssl___getattr__, NULL},
    .types = types,
    .init = ssl_init,
};
