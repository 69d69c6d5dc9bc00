// SPDX-License-Identifier: MIT
// _ssl._SSLContext: certificates and keys from files and from memory.
//
// Files are read detached.  A certificate chain goes into a context of its own first, where its key
// is checked: the program's context, which connections of other threads may be made of meanwhile,
// then takes all of it at once, or nothing.
#include "modules/ssl.h"

#include "modules/modules.h"
#include "types/audit.h"
#include "types/buffer.h"
#include "types/bytearray.h"
#include "types/bytes.h"
#include "types/codec.h"

#include <limits.h>
#include <string.h>

static SSL_CTX *ctx_of(Obj self)
{
    return ((const SslContext *)self)->ctx;
}

/* The bytes of a path, kept in *keep; false: raised. */
static bool path_argument(Thread *t, Obj v, const char *what, const char **path, Ref *keep)
{
    *path = NULL;
    if (v == OZ_NONE)
        return true;
    *keep = oz_encode_path(t, v);
    if (!*keep)
        return oz_exception_forget(t, OZ_TypeError) &&
               oz_fail(t, OZ_TypeError, "%s should be a valid filesystem path", what);
    *path = (const char *)oz_bytes_data((const Bytes *)*keep);
    return true;
}

/* ---- passwords of keys ---- */

typedef struct Password {
    Thread *t;
    Obj function; /* borrowed: gives it; or NULL */
    Ref bytes;    /* or empty */
    bool failed;  /* something is raised */
} Password;

static void password_fini(Password *password)
{
    oz_drop(password->bytes);
}
#define scoped_password __attribute__((cleanup(password_fini))) Password

static bool password_set(Thread *t, Password *password, Obj v, const char *message)
{
    Ref bytes = NULL;
    if (oz_is_str(v))
        bytes = oz_encode(t, v, "utf-8", "strict");
    else if (oz_as_bytes(v) || oz_isa(v, OZ_BYTEARRAY))
        bytes = oz_bytes_from_object(t, v);
    else
        oz_raise(t, OZ_TypeError, "%s", message);
    oz_clear(&password->bytes);
    password->bytes = bytes;
    if (bytes && oz_bytes_length((const Bytes *)bytes) > INT_MAX)
        return oz_fail(t, OZ_ValueError, "password cannot be longer than %d bytes", INT_MAX);
    return bytes != NULL;
}

static int password_write(Thread *t, Password *password, char *out, int size)
{
    if (password->function) {
        scoped Ref given = oz_call0(t, password->function);
        if (!given || !password_set(t, password, given, "password callback must return a string"))
            return -1;
    }
    size_t length = oz_bytes_length((const Bytes *)password->bytes);
    if (length > (size_t)size) {
        oz_raise(t, OZ_ValueError, "password cannot be longer than %d bytes", size);
        return -1;
    }
    memcpy(out, oz_bytes_data((const Bytes *)password->bytes), length);
    return (int)length;
}

static int on_password(char *out, int size, int writing OZ_UNUSED, void *arg)
{
    Password *password = arg;
    if (password->failed)
        return -1;
    Thread *t = password->t;
    oz_attach(t);
    int length = password_write(t, password, out, size);
    password->failed = length < 0;
    oz_detach(t);
    return length;
}

/* ---- a certificate and its key ---- */

static bool read_chain(const Ssl *ssl, SSL_CTX *into, const char *certificate, const char *key)
{
    errno = 0;
    return ssl->SSL_CTX_use_certificate_chain_file(into, certificate) == 1 &&
           (errno = 0, ssl->SSL_CTX_use_PrivateKey_file(into, key, SSL_FILETYPE_PEM) == 1) &&
           ssl->SSL_CTX_check_private_key(into);
}

/* Let the context have the certificate, its chain and its key. */
static bool take_chain(Thread *t, const Ssl *ssl, SSL_CTX *ctx, SSL_CTX *from)
{
    STACK_OF(X509) *chain = NULL;
    ssl->SSL_CTX_ctrl(from, SSL_CTRL_GET_CHAIN_CERTS, 0, &chain);
    return ssl->SSL_CTX_use_cert_and_key(ctx, ssl->SSL_CTX_get0_certificate(from),
                                         ssl->SSL_CTX_get0_privatekey(from), chain, 1) ||
           oz_ssl_fail(t, NULL);
}

OZ_SSL_METHOD(oz_ssl_load_cert_chain, "load_cert_chain",
              "($self, /, certfile, keyfile=None, password=None)",
              "Read the own certificate and its key.")
{
    const Ssl *ssl = oz_ssl(t);
    scoped Ref keep = NULL, keep_key = NULL;
    scoped_password password = {.t = t};
    const char *certificate, *key;
    if (a[1] == OZ_NONE)
        return oz_raise(t, OZ_TypeError, "certfile should be a valid filesystem path");
    if (!path_argument(t, a[1], "certfile", &certificate, &keep) ||
        !path_argument(t, a[2], "keyfile", &key, &keep_key))
        return NULL;
    if (a[3] != OZ_NONE && oz_is_callable(a[3]))
        password.function = a[3];
    else if (a[3] != OZ_NONE &&
             !password_set(t, &password, a[3], "password should be a string or callable"))
        return NULL;
    ssl->ERR_clear_error();
    scoped_ssl(ctx) SSL_CTX *own = ssl->SSL_CTX_new(ssl->TLS_method());
    if (!own)
        return oz_ssl_raise(t, NULL);
    ssl->SSL_CTX_set_security_level(own, ssl->SSL_CTX_get_security_level(ctx_of(a[0])));
    if (a[3] != OZ_NONE) {
        ssl->SSL_CTX_set_default_passwd_cb(own, on_password);
        ssl->SSL_CTX_set_default_passwd_cb_userdata(own, &password);
    }
    bool done = OZ_DETACHED(t, read_chain(ssl, own, certificate, key ? key : certificate));
    int number = errno;
    unsigned long code = ssl->ERR_peek_last_error();
    ssl->ERR_clear_error();
    if (password.failed)
        return NULL;
    if (!done)
        return oz_ssl_raise_code(t, code, number);
    return take_chain(t, ssl, ctx_of(a[0]), own) ? OZ_NONE : NULL;
}

/* ---- certificates to trust ---- */

/* Is `code` what a reader of PEM or DER finds at the end of it all? */
static bool is_end(unsigned long code, bool der)
{
    return der ? ERR_GET_LIB(code) == ERR_LIB_ASN1 && ERR_GET_REASON(code) == ASN1_R_HEADER_TOO_LONG
               : ERR_GET_LIB(code) == ERR_LIB_PEM && ERR_GET_REASON(code) == PEM_R_NO_START_LINE;
}

static X509 *read_one(const Ssl *ssl, BIO *bio, bool der)
{
    return der ? ssl->d2i_X509_bio(bio, NULL) : ssl->PEM_read_bio_X509(bio, NULL, NULL, NULL);
}

static bool add_certificates(Thread *t, const Ssl *ssl, SSL_CTX *ctx, const void *data,
                             size_t length, bool der)
{
    if (!length)
        return oz_fail(t, OZ_ValueError, "Empty certificate data");
    if (length > INT_MAX)
        return oz_fail(t, OZ_OverflowError, "Certificate data is too long.");
    ssl->ERR_clear_error();
    scoped_ssl(bio) BIO *bio = ssl->BIO_new_mem_buf(data, (int)length);
    if (!bio)
        return oz_ssl_fail(t, NULL);
    X509_STORE *store = ssl->SSL_CTX_get_cert_store(ctx);
    int loaded = 0;
    for (;;) {
        scoped_ssl(x509) X509 *x509 = read_one(ssl, bio, der);
        if (!x509)
            break;
        if (!ssl->X509_STORE_add_cert(store, x509))
            break;
        loaded++;
        if (!oz_poll(t))
            return false;
    }
    unsigned long code = ssl->ERR_peek_last_error();
    if (!loaded)
        return oz_ssl_fail(t, der ? "not enough data: cadata does not contain a certificate"
                                  : "no start line: cadata does not contain a certificate");
    if (code && !is_end(code, der))
        return oz_ssl_fail(t, NULL);
    ssl->ERR_clear_error();
    return true;
}

static bool add_data(Thread *t, const Ssl *ssl, SSL_CTX *ctx, Obj data)
{
    static const char kind[] = "cadata should be an ASCII string or a bytes-like object";
    if (oz_is_str(data)) {
        scoped Ref text = oz_encode(t, data, "ascii", "strict");
        if (!text)
            return oz_exception_forget(t, OZ_UnicodeEncodeError) &&
                   oz_fail(t, OZ_TypeError, "%s", kind);
        return add_certificates(t, ssl, ctx, oz_bytes_data((const Bytes *)text),
                                oz_bytes_length((const Bytes *)text), false);
    }
    if (!oz_has_buffer(data))
        return oz_fail(t, OZ_TypeError, "%s", kind);
    scoped_buffer view = {0};
    return oz_buffer_open(t, data, &view) &&
           add_certificates(t, ssl, ctx, view.data, view.length, true);
}

static int load_file(const Ssl *ssl, SSL_CTX *ctx, const char *file)
{
    errno = 0;
    return ssl->SSL_CTX_load_verify_file(ctx, file);
}

/* What `done` says, which has set errno and OpenSSL's queue. */
static Ref loaded(Thread *t, const Ssl *ssl, int done)
{
    int number = errno;
    unsigned long code = ssl->ERR_peek_last_error();
    ssl->ERR_clear_error();
    return done == 1 ? OZ_NONE : oz_ssl_raise_code(t, code, number);
}

OZ_SSL_METHOD(oz_ssl_load_verify_locations, "load_verify_locations",
              "($self, /, cafile=None, capath=None, cadata=None)",
              "Trust the certificates in a file, in a folder, and in memory.")
{
    const Ssl *ssl = oz_ssl(t);
    scoped Ref keep = NULL, keep_folder = NULL;
    const char *file, *folder;
    if (a[1] == OZ_NONE && a[2] == OZ_NONE && a[3] == OZ_NONE)
        return oz_raise(t, OZ_TypeError, "cafile, capath and cadata cannot be all omitted");
    if (!path_argument(t, a[1], "cafile", &file, &keep) ||
        !path_argument(t, a[2], "capath", &folder, &keep_folder))
        return NULL;
    if (a[3] != OZ_NONE && !add_data(t, ssl, ctx_of(a[0]), a[3]))
        return NULL;
    SSL_CTX *ctx = ctx_of(a[0]);
    ssl->ERR_clear_error();
    if (file && !loaded(t, ssl, OZ_DETACHED(t, load_file(ssl, ctx, file))))
        return NULL;
    if (!folder)
        return OZ_NONE;
    /* It is only noted now, and read when it is asked for. */
    if (!oz_ssl_context_wait(t, (SslContext *)a[0]))
        return NULL;
    errno = 0;
    return loaded(t, ssl, ssl->SSL_CTX_load_verify_dir(ctx, folder));
}

OZ_SSL_METHOD(oz_ssl_set_default_verify_paths, "set_default_verify_paths", "($self, /)",
              "Trust the certificates that the system trusts.")
{
    const Ssl *ssl = oz_ssl(t);
    if (!oz_ssl_context_wait(t, (SslContext *)a[0]))
        return NULL;
    if (!ssl->SSL_CTX_set_default_verify_paths(ctx_of(a[0])))
        return oz_ssl_raise(t, NULL);
    ssl->ERR_clear_error();
    return OZ_NONE;
}

/* ---- what is trusted ---- */

OZ_SSL_METHOD(oz_ssl_cert_store_stats, "cert_store_stats", "($self, /)",
              "How many certificates and revocation lists were read.")
{
    const Ssl *ssl = oz_ssl(t);
    int64_t x509 = 0, crl = 0, authorities = 0;
    X509_STORE *store = ssl->SSL_CTX_get_cert_store(ctx_of(a[0]));
    ssl->X509_STORE_lock(store);
    STACK_OF(X509_OBJECT) *objects = ssl->X509_STORE_get0_objects(store);
    int count = OZ_STACK_COUNT(ssl, objects);
    for (int i = 0; i < count; i++) {
        const X509_OBJECT *object = OZ_STACK_AT(ssl, X509_OBJECT, objects, i);
        switch (ssl->X509_OBJECT_get_type(object)) {
        case X509_LU_X509:
            x509++;
            authorities += ssl->X509_check_ca(ssl->X509_OBJECT_get0_X509(object)) > 0;
            break;
        case X509_LU_CRL:
            crl++;
            break;
        default:
            break;
        }
    }
    ssl->X509_STORE_unlock(store);
    scoped Ref d = oz_dict_new(t);
    const struct {
        const char *name;
        int64_t n;
    } counts[] = {{"x509", x509}, {"crl", crl}, {"x509_ca", authorities}};
    for (size_t i = 0; d && i < OZ_COUNT(counts); i++) {
        scoped Ref name = oz_intern(t, counts[i].name);
        if (!name || !oz_dict_set(t, (Dict *)d, name, oz_int(counts[i].n)))
            return NULL;
    }
    return oz_move(&d);
}

static bool add_authority(Thread *t, const Ssl *ssl, List *list, X509 *x509, bool binary)
{
    if (ssl->X509_check_ca(x509) <= 0)
        return true;
    return oz_list_append_take(t, list,
                               binary ? oz_ssl_certificate_bytes(t, ssl, x509)
                                      : oz_ssl_certificate_dict(t, ssl, x509));
}

OZ_SSL_METHOD(oz_ssl_get_ca_certs, "get_ca_certs", "($self, /, binary_form=False)",
              "The certificates of authorities that were read, as dicts or as DER.")
{
    const Ssl *ssl = oz_ssl(t);
    bool binary;
    scoped Ref list = oz_list_new(t, 0);
    if (!list || !oz_truth(t, a[1], &binary))
        return NULL;
    STACK_OF(X509) *all = ssl->X509_STORE_get1_all_certs(ssl->SSL_CTX_get_cert_store(ctx_of(a[0])));
    if (!all)
        return oz_ssl_raise(t, NULL);
    bool ok = true;
    int count = OZ_STACK_COUNT(ssl, all);
    for (int i = 0; ok && i < count; i++)
        ok = add_authority(t, ssl, (List *)list, OZ_STACK_AT(ssl, X509, all, i), binary) &&
             oz_poll(t);
    ssl->OPENSSL_sk_pop_free((OPENSSL_STACK *)all, (OPENSSL_sk_freefunc)ssl->X509_free);
    return ok ? oz_move(&list) : NULL;
}

/* ---- Diffie and Hellman's numbers ---- */

static DH *read_parameters(const Ssl *ssl, const char *path)
{
    errno = 0;
    scoped_ssl(bio) BIO *bio = ssl->BIO_new_file(path, "r");
    if (!bio)
        return NULL;
    errno = 0;
    return ssl->PEM_read_bio_DHparams(bio, NULL, NULL, NULL);
}

OZ_SSL_METHOD(oz_ssl_load_dh_params, "load_dh_params", "($self, path, /)",
              "Read the numbers with which keys are agreed on.")
{
    const Ssl *ssl = oz_ssl(t);
    if (!oz_audit_event(t, "open", "Osn", a[1], "rb", (int64_t)0))
        return NULL;
    scoped Ref path = oz_encode_path(t, a[1]);
    if (!path)
        return NULL;
    const char *text = (const char *)oz_bytes_data((const Bytes *)path);
    ssl->ERR_clear_error();
    scoped_ssl(numbers) DH *numbers = OZ_DETACHED(t, read_parameters(ssl, text));
    int number = errno;
    unsigned long code = ssl->ERR_peek_last_error();
    ssl->ERR_clear_error();
    if (!numbers && number)
        return oz_raise_os_error(t, number, a[1]);
    if (!numbers)
        return oz_ssl_raise_code(t, code, 0);
    if (!ssl->SSL_CTX_ctrl(ctx_of(a[0]), SSL_CTRL_SET_TMP_DH, 0, numbers))
        return oz_ssl_raise(t, NULL);
    return OZ_NONE;
}
