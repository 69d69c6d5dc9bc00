// SPDX-License-Identifier: MIT
// _ssl._SSLContext: what connections have in common; its attributes.  ssl_load.c has what it reads
// from files.
#include "modules/ssl.h"

#include "types/audit.h"
#include "types/buffer.h"
#include "types/bytes.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

OZ_TYPE_LIFE(context, SslContext, SSL_CONTEXT_REFS)

static SslContext *as_context(Obj self)
{
    return (SslContext *)self;
}

static SSL_CTX *ctx_of(Obj self)
{
    return ((const SslContext *)self)->ctx;
}

static void keylog_close(SslContext *self)
{
    int fd = self->keylog_plus - 1;
    self->keylog_plus = 0;
    if (fd >= 0)
        close(fd);
}

static void context_free(Thread *t, Object *object)
{
    SslContext *self = (SslContext *)object;
    keylog_close(self);
    if (self->ctx) {
        const Ssl *ssl = oz_ssl(t);
        if (self->link)
            self->link->context = NULL;
        ssl->SSL_CTX_free(self->ctx);
        OZ_SSL_FREE(ssl, self->protocols);
    }
}

/* ---- links ---- */

static _Atomic(int) link_index = -1; /* where an SSL_CTX keeps its link; of the process */

static void link_free(void *parent OZ_UNUSED, void *link, CRYPTO_EX_DATA *data OZ_UNUSED,
                      int index OZ_UNUSED, long number OZ_UNUSED, void *pointer OZ_UNUSED)
{
    OZ_SSL_FREE(oz_ssl(oz_thread()), link);
}

bool oz_ssl_links_init(Thread *t)
{
    if (atomic_load(&link_index) >= 0)
        return true;
    int none = -1, made = oz_ssl(t)->CRYPTO_get_ex_new_index(CRYPTO_EX_INDEX_SSL_CTX, 0, NULL, NULL,
                                                             NULL, link_free);
    if (made >= 0) {
        atomic_compare_exchange_strong(&link_index, &none, made);
        return true;
    }
    oz_raise_memory(t);
    return false;
}

static bool link_new(Thread *t, const Ssl *ssl, SslContext *self)
{
    SslLink *link = ssl->CRYPTO_malloc(sizeof *link, __FILE__, __LINE__);
    if (link && ssl->SSL_CTX_set_ex_data(self->ctx, atomic_load(&link_index), link)) {
        link->context = self;
        self->link = link;
        return true;
    }
    OZ_SSL_FREE(ssl, link);
    ssl->ERR_clear_error();
    oz_raise_memory(t);
    return false;
}

/* ---- who uses it ---- */

void oz_ssl_context_begin(SslContext *self)
{
    self->running++;
}

void oz_ssl_context_end(SslContext *self)
{
    if (--self->running)
        return;
    atomic_fetch_add(&self->rested, 1);
    oz_wake(&self->rested);
}

bool oz_ssl_context_wait(Thread *t, SslContext *self)
{
    while (self->running)
        if (oz_wait_change(t, &self->rested, atomic_load(&self->rested), INT64_MAX) == OZ_RAISED)
            return false;
    return true;
}

/* ---- making ---- */

static const struct {
    int protocol;
    const char *old; /* the name of one that programs should not ask for, or NULL */
} protocols[] = {
    {OZ_TLS_ANY, "ssl.PROTOCOL_TLS"},
    {OZ_TLS_1, "ssl.PROTOCOL_TLSv1"},
    {OZ_TLS_1_1, "ssl.PROTOCOL_TLSv1_1"},
    {OZ_TLS_1_2, "ssl.PROTOCOL_TLSv1_2"},
    {OZ_TLS_CLIENT, NULL},
    {OZ_TLS_SERVER, NULL},
};

static const SSL_METHOD *method_of(const Ssl *ssl, int protocol)
{
    switch (protocol) {
    case OZ_TLS_1:
        return ssl->TLSv1_method();
    case OZ_TLS_1_1:
        return ssl->TLSv1_1_method();
    case OZ_TLS_1_2:
        return ssl->TLSv1_2_method();
    case OZ_TLS_CLIENT:
        return ssl->TLS_client_method();
    case OZ_TLS_SERVER:
        return ssl->TLS_server_method();
    default:
        return ssl->TLS_method();
    }
}

static bool check_protocol(Thread *t, int protocol)
{
    for (size_t i = 0; i < OZ_COUNT(protocols); i++)
        if (protocols[i].protocol == protocol)
            return !protocols[i].old ||
                   oz_warn(t, OZ_DeprecationWarning, 2, "%s is deprecated", protocols[i].old);
    return oz_fail(t, OZ_ValueError, "invalid or unsupported protocol version %d", protocol);
}

enum { CERT_NONE, CERT_OPTIONAL, CERT_REQUIRED };

static void verify_as(const Ssl *ssl, SSL_CTX *ctx, int mode)
{
    static const int modes[] = {SSL_VERIFY_NONE, SSL_VERIFY_PEER,
                                SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT};
    ssl->SSL_CTX_set_verify(ctx, modes[mode], NULL);
}

static bool set_defaults(Thread *t, const Ssl *ssl, SslContext *self)
{
    static const unsigned char name[] = "Python";
    SSL_CTX *ctx = self->ctx;
    self->check_hostname = self->protocol == OZ_TLS_CLIENT;
    verify_as(ssl, ctx, self->check_hostname ? CERT_REQUIRED : CERT_NONE);
    ssl->SSL_CTX_set_options(ctx, (SSL_OP_ALL & ~SSL_OP_DONT_INSERT_EMPTY_FRAGMENTS) |
                                      SSL_OP_NO_SSLv3 | SSL_OP_NO_COMPRESSION |
                                      SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_SINGLE_DH_USE |
                                      SSL_OP_SINGLE_ECDH_USE | SSL_OP_ENABLE_MIDDLEBOX_COMPAT |
                                      SSL_OP_IGNORE_UNEXPECTED_EOF);
    ssl->SSL_CTX_ctrl(ctx, SSL_CTRL_MODE, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_AUTO_RETRY, NULL);
    ssl->SSL_CTX_set_post_handshake_auth(ctx, 0);
    ssl->SSL_CTX_set_session_id_context(ctx, name, sizeof name);
    X509_VERIFY_PARAM *param = ssl->SSL_CTX_get0_param(ctx);
    self->host_flags = X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS;
    ssl->X509_VERIFY_PARAM_set_hostflags(param, self->host_flags);
    /* Both ways to find certificates now: a list that grows while a handshake goes along it is not
     * safe. */
    X509_STORE *store = ssl->SSL_CTX_get_cert_store(ctx);
    return (ssl->X509_STORE_add_lookup(store, ssl->X509_LOOKUP_file()) &&
            ssl->X509_STORE_add_lookup(store, ssl->X509_LOOKUP_hash_dir()) &&
            ssl->X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_TRUSTED_FIRST)) ||
           oz_ssl_fail(t, NULL);
}

OZ_NEW(context, "($type, /, *args, **kwargs)")
{
    const Ssl *ssl = oz_ssl(t);
    const Tuple *args = (const Tuple *)a[1];
    int protocol;
    if (oz_dict_length((Dict *)a[2]))
        return oz_raise(t, OZ_TypeError, "_SSLContext() takes no keyword arguments");
    if (args->length != 1)
        return oz_raise(t, OZ_TypeError, "_SSLContext expected 1 argument, got %d",
                        (int)args->length);
    if (!oz_as_int(t, args->items[0], &protocol) || !check_protocol(t, protocol))
        return NULL;
    scoped Ref made = oz_instance_new(t, (Class *)a[0], 0);
    if (!made)
        return NULL;
    SslContext *self = as_context(made);
    self->protocol = protocol;
    ssl->ERR_clear_error();
    self->ctx = ssl->SSL_CTX_new(method_of(ssl, protocol));
    if (!self->ctx)
        return oz_ssl_raise(t, NULL);
    return link_new(t, ssl, self) && set_defaults(t, ssl, self) ? oz_move(&made) : NULL;
}

/* ---- ciphers, protocols, curves ---- */

OZ_METHOD(context, set_ciphers, "($self, cipherlist, /)",
          "Say which ciphers may be used, in the language of OpenSSL.")
{
    const Ssl *ssl = oz_ssl(t);
    scoped Ref keep = NULL;
    const char *text = oz_os_text(t, a[1], "set_ciphers", "", &keep);
    if (!text || !oz_ssl_context_wait(t, as_context(a[0])))
        return NULL;
    if (ssl->SSL_CTX_set_cipher_list(ctx_of(a[0]), text))
        return OZ_NONE;
    ssl->ERR_clear_error();
    return oz_raise_module(t, OZ_ERROR_SSL, "No cipher can be selected.");
}

OZ_METHOD(context, get_ciphers, "($self, /)", "The ciphers that may be used, each as a dict.")
{
    const Ssl *ssl = oz_ssl(t);
    scoped_ssl(connection) SSL *connection = ssl->SSL_new(ctx_of(a[0]));
    if (!connection)
        return oz_ssl_raise(t, NULL);
    STACK_OF(SSL_CIPHER) *ciphers = ssl->SSL_get_ciphers(connection);
    int count = ciphers ? OZ_STACK_COUNT(ssl, ciphers) : 0;
    scoped Ref list = oz_list_new(t, (size_t)count);
    for (int i = 0; list && i < count; i++)
        if (!oz_list_append_take(
                t, (List *)list,
                oz_ssl_cipher_dict(t, OZ_STACK_AT(ssl, const SSL_CIPHER, ciphers, i))))
            return NULL;
    return oz_move(&list);
}

OZ_METHOD(context, _set_alpn_protocols, "($self, protos, /)",
          "Say which protocols above TLS are offered: each behind a byte of its length.")
{
    const Ssl *ssl = oz_ssl(t);
    SslContext *self = as_context(a[0]);
    scoped_buffer view = {0};
    if (!oz_buffer_open(t, a[1], &view))
        return NULL;
    if (view.length > UINT_MAX)
        return oz_raise(t, OZ_OverflowError, "protocols longer than %u bytes", UINT_MAX);
    uint8_t *copy = ssl->CRYPTO_malloc(view.length + 1, __FILE__, __LINE__);
    if (!copy)
        return oz_raise_memory(t);
    memcpy(copy, view.data, view.length);
    if (ssl->SSL_CTX_set_alpn_protos(self->ctx, copy, (unsigned)view.length)) {
        OZ_SSL_FREE(ssl, copy);
        ssl->ERR_clear_error();
        return oz_raise_memory(t);
    }
    OZ_SSL_FREE(ssl, self->protocols);
    self->protocols = copy;
    self->protocols_size = (uint32_t)view.length;
    ssl->SSL_CTX_set_alpn_select_cb(self->ctx, oz_ssl_on_alpn, self->link);
    return OZ_NONE;
}

OZ_METHOD(context, set_ecdh_curve, "($self, name, /)",
          "Say which elliptic curve is used to agree on a key.")
{
    const Ssl *ssl = oz_ssl(t);
    scoped Ref name = oz_encode_path(t, a[1]);
    if (!name)
        return NULL;
    int nid = ssl->OBJ_sn2nid((const char *)oz_bytes_data((const Bytes *)name));
    if (nid == NID_undef)
        return oz_raise(t, OZ_ValueError, "unknown elliptic curve name %R", a[1]);
    if (!ssl->SSL_CTX_ctrl(ctx_of(a[0]), SSL_CTRL_SET_GROUPS, 1, &nid))
        return oz_ssl_raise(t, NULL);
    return OZ_NONE;
}

OZ_METHOD(context, session_stats, "($self, /)", "How often connections were made, and how.")
{
    static const struct {
        const char *name;
        int command;
    } counts[] = {
        {"number", SSL_CTRL_SESS_NUMBER},
        {"connect", SSL_CTRL_SESS_CONNECT},
        {"connect_good", SSL_CTRL_SESS_CONNECT_GOOD},
        {"connect_renegotiate", SSL_CTRL_SESS_CONNECT_RENEGOTIATE},
        {"accept", SSL_CTRL_SESS_ACCEPT},
        {"accept_good", SSL_CTRL_SESS_ACCEPT_GOOD},
        {"accept_renegotiate", SSL_CTRL_SESS_ACCEPT_RENEGOTIATE},
        {"hits", SSL_CTRL_SESS_HIT},
        {"misses", SSL_CTRL_SESS_MISSES},
        {"timeouts", SSL_CTRL_SESS_TIMEOUTS},
        {"cache_full", SSL_CTRL_SESS_CACHE_FULL},
    };
    scoped Ref d = oz_dict_new(t);
    for (size_t i = 0; d && i < OZ_COUNT(counts); i++) {
        scoped Ref name = oz_intern(t, counts[i].name);
        long n = oz_ssl(t)->SSL_CTX_ctrl(ctx_of(a[0]), counts[i].command, 0, NULL);
        if (!name || !oz_dict_set(t, (Dict *)d, name, oz_int(n)))
            return NULL;
    }
    return oz_move(&d);
}

/* ---- attributes ---- */

/* A value that is set, not deleted. */
static bool is_given(Thread *t, Obj value)
{
    return value || oz_fail(t, OZ_TypeError, "function takes at least one argument");
}

static Ref get_options(Thread *t, Obj self)
{
    return oz_int_new(t, (int64_t)oz_ssl(t)->SSL_CTX_get_options(ctx_of(self)));
}

static bool set_options(Thread *t, Obj self, Obj value)
{
    static const uint64_t old = SSL_OP_NO_SSLv3 | SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1 |
                                SSL_OP_NO_TLSv1_2 | SSL_OP_NO_TLSv1_3;
    const Ssl *ssl = oz_ssl(t);
    int64_t given;
    if (!is_given(t, value) || !oz_as_int64(t, value, &given))
        return false;
    uint64_t options = (uint64_t)given, before = ssl->SSL_CTX_get_options(ctx_of(self));
    if (options & ~before & old && !oz_warn(t, OZ_DeprecationWarning, 2,
                                            "ssl.OP_NO_SSL*/ssl.OP_NO_TLS* options are deprecated"))
        return false;
    ssl->SSL_CTX_clear_options(ctx_of(self), before & ~options);
    ssl->SSL_CTX_set_options(ctx_of(self), options & ~before);
    return true;
}

static Ref get_verify_flags(Thread *t, Obj self)
{
    const Ssl *ssl = oz_ssl(t);
    return oz_int_from_uint64(
        t, ssl->X509_VERIFY_PARAM_get_flags(ssl->SSL_CTX_get0_param(ctx_of(self))));
}

/* The lowest 64 bits of an int. */
static bool low_bits(Thread *t, Obj value, uint64_t *bits)
{
    Obj exact = oz_as_exact_int(value);
    if (!exact)
        return oz_fail(t, OZ_TypeError,
                       value == OZ_NONE ? "argument must be int, not None"
                                        : "argument must be int, not %t",
                       value);
    scoped Ref mask = oz_int_from_uint64(t, UINT64_MAX);
    scoped Ref low = mask ? oz_int_and(t, exact, mask) : NULL;
    return low && oz_as_uint64(t, low, bits);
}

static bool set_verify_flags(Thread *t, Obj self, Obj value)
{
    const Ssl *ssl = oz_ssl(t);
    uint64_t flags;
    if (!is_given(t, value) || !low_bits(t, value, &flags))
        return false;
    X509_VERIFY_PARAM *param = ssl->SSL_CTX_get0_param(ctx_of(self));
    uint64_t before = ssl->X509_VERIFY_PARAM_get_flags(param);
    bool ok = (!(before & ~flags) || ssl->X509_VERIFY_PARAM_clear_flags(param, before & ~flags)) &&
              (!(flags & ~before) || ssl->X509_VERIFY_PARAM_set_flags(param, flags & ~before));
    return ok || oz_ssl_fail(t, NULL);
}

static int verify_mode(const Ssl *ssl, SSL_CTX *ctx)
{
    int mode = ssl->SSL_CTX_get_verify_mode(ctx);
    return !(mode & SSL_VERIFY_PEER)                ? CERT_NONE
           : mode & SSL_VERIFY_FAIL_IF_NO_PEER_CERT ? CERT_REQUIRED
                                                    : CERT_OPTIONAL;
}

static Ref get_verify_mode(Thread *t, Obj self)
{
    return oz_int(verify_mode(oz_ssl(t), ctx_of(self)));
}

static bool set_verify_mode(Thread *t, Obj self, Obj value)
{
    int64_t mode;
    if (!is_given(t, value) || !oz_as_int64(t, value, &mode))
        return false;
    if (mode > INT_MAX || mode < INT_MIN)
        return oz_fail(t, OZ_OverflowError, "signed integer is %s than %simum",
                       mode > 0 ? "greater" : "less", mode > 0 ? "max" : "min");
    if (mode == CERT_NONE && as_context(self)->check_hostname)
        return oz_fail(t, OZ_ValueError,
                       "Cannot set verify_mode to CERT_NONE when check_hostname is enabled.");
    if (mode < CERT_NONE || mode > CERT_REQUIRED)
        return oz_fail(t, OZ_ValueError, "invalid value for verify_mode");
    verify_as(oz_ssl(t), ctx_of(self), (int)mode);
    return true;
}

static Ref get_check_hostname(Thread *t OZ_UNUSED, Obj self)
{
    return oz_bool(as_context(self)->check_hostname);
}

static bool set_check_hostname(Thread *t, Obj self, Obj value)
{
    const Ssl *ssl = oz_ssl(t);
    bool check;
    if (!is_given(t, value) || !oz_truth(t, value, &check))
        return false;
    if (check && verify_mode(ssl, ctx_of(self)) == CERT_NONE)
        verify_as(ssl, ctx_of(self), CERT_REQUIRED);
    as_context(self)->check_hostname = check;
    return true;
}

static Ref get_host_flags(Thread *t OZ_UNUSED, Obj self)
{
    return oz_int(as_context(self)->host_flags);
}

static bool set_host_flags(Thread *t, Obj self, Obj value)
{
    const Ssl *ssl = oz_ssl(t);
    uint32_t flags;
    if (!is_given(t, value) || !oz_os_mask(t, value, &flags))
        return false;
    as_context(self)->host_flags = flags;
    ssl->X509_VERIFY_PARAM_set_hostflags(ssl->SSL_CTX_get0_param(ctx_of(self)), flags);
    return true;
}

static Ref get_minimum(Thread *t, Obj self)
{
    long v = oz_ssl(t)->SSL_CTX_ctrl(ctx_of(self), SSL_CTRL_GET_MIN_PROTO_VERSION, 0, NULL);
    return oz_int(v ? v : OZ_TLS_LOWEST);
}

static Ref get_maximum(Thread *t, Obj self)
{
    long v = oz_ssl(t)->SSL_CTX_ctrl(ctx_of(self), SSL_CTRL_GET_MAX_PROTO_VERSION, 0, NULL);
    return oz_int(v ? v : OZ_TLS_HIGHEST);
}

static bool set_version(Thread *t, Obj self, Obj value, bool maximum)
{
    int64_t v;
    if (!is_given(t, value) || !oz_as_int64(t, value, &v))
        return false;
    int protocol = as_context(self)->protocol;
    if (v > INT_MAX)
        return oz_fail(t, OZ_OverflowError, "Option is too long");
    if (protocol != OZ_TLS_CLIENT && protocol != OZ_TLS_SERVER && protocol != OZ_TLS_ANY)
        return oz_fail(t, OZ_ValueError,
                       "The context's protocol doesn't support modification of highest and lowest "
                       "version.");
    const char *old = v == SSL3_VERSION     ? "SSLv3"
                      : v == TLS1_VERSION   ? "TLSv1"
                      : v == TLS1_1_VERSION ? "TLSv1_1"
                                            : NULL;
    if (old && !oz_warn(t, OZ_DeprecationWarning, 2, "ssl.TLSVersion.%s is deprecated", old))
        return false;
    long wanted = v == OZ_TLS_LOWEST    ? (maximum ? TLS1_VERSION : 0)
                  : v == OZ_TLS_HIGHEST ? (maximum ? 0 : TLS1_3_VERSION)
                  : v                   ? (long)v
                                        : -1;
    int command = maximum ? SSL_CTRL_SET_MAX_PROTO_VERSION : SSL_CTRL_SET_MIN_PROTO_VERSION;
    const Ssl *ssl = oz_ssl(t);
    if (wanted >= 0 && ssl->SSL_CTX_ctrl(ctx_of(self), command, wanted, NULL))
        return true;
    ssl->ERR_clear_error();
    return oz_fail(t, OZ_ValueError, "Unsupported TLS/SSL version 0x%x", (unsigned)v);
}

static bool set_minimum(Thread *t, Obj self, Obj value)
{
    return set_version(t, self, value, false);
}

static bool set_maximum(Thread *t, Obj self, Obj value)
{
    return set_version(t, self, value, true);
}

static Ref get_num_tickets(Thread *t, Obj self)
{
    return oz_int((int64_t)oz_ssl(t)->SSL_CTX_get_num_tickets(ctx_of(self)));
}

static bool set_num_tickets(Thread *t, Obj self, Obj value)
{
    int64_t n;
    if (!is_given(t, value) || !oz_as_int64(t, value, &n))
        return false;
    if (n < 0)
        return oz_fail(t, OZ_ValueError, "value must be non-negative");
    if (as_context(self)->protocol != OZ_TLS_SERVER)
        return oz_fail(t, OZ_ValueError, "SSLContext is not a server context.");
    return oz_ssl(t)->SSL_CTX_set_num_tickets(ctx_of(self), (size_t)n) == 1 ||
           oz_fail(t, OZ_ValueError, "failed to set num tickets.");
}

static Ref get_later_authentication(Thread *t OZ_UNUSED, Obj self)
{
    return oz_bool(as_context(self)->later_authentication);
}

static bool set_later_authentication(Thread *t, Obj self, Obj value)
{
    if (!value)
        return oz_fail(t, OZ_AttributeError, "cannot delete attribute");
    return oz_truth(t, value, &as_context(self)->later_authentication);
}

static Ref get_protocol(Thread *t OZ_UNUSED, Obj self)
{
    return oz_int(as_context(self)->protocol);
}

static Ref get_security_level(Thread *t, Obj self)
{
    return oz_int(oz_ssl(t)->SSL_CTX_get_security_level(ctx_of(self)));
}

/* ---- what the program is asked and told ---- */

static Ref or_none(Obj v)
{
    return v ? oz_retain(v) : OZ_NONE;
}

/* None or something to call. */
static bool set_function(Thread *t, SslContext *self, Ref *place, Obj value)
{
    bool none = !value || value == OZ_NONE;
    bool ok = none || oz_is_callable(value);
    oz_store(&self->base, place, ok && !none ? oz_retain(value) : NULL);
    return ok || oz_fail(t, OZ_TypeError, "not a callable object");
}

static Ref get_sni_callback(Thread *t OZ_UNUSED, Obj self)
{
    return or_none(as_context(self)->sni_callback);
}

static bool set_sni_callback(Thread *t, Obj o, Obj value)
{
    const Ssl *ssl = oz_ssl(t);
    SslContext *self = as_context(o);
    if (self->protocol == OZ_TLS_CLIENT)
        return oz_fail(t, OZ_ValueError, "sni_callback cannot be set on TLS_CLIENT context");
    bool ok = set_function(t, self, &self->sni_callback, value);
    ssl->SSL_CTX_callback_ctrl(self->ctx, SSL_CTRL_SET_TLSEXT_SERVERNAME_CB,
                               self->sni_callback ? (void (*)(void))oz_ssl_on_sni : NULL);
    ssl->SSL_CTX_ctrl(self->ctx, SSL_CTRL_SET_TLSEXT_SERVERNAME_ARG, 0, self->link);
    return ok;
}

static Ref get_message_callback(Thread *t OZ_UNUSED, Obj self)
{
    return or_none(as_context(self)->message_callback);
}

static bool set_message_callback(Thread *t, Obj o, Obj value)
{
    SslContext *self = as_context(o);
    bool ok = set_function(t, self, &self->message_callback, value);
    oz_ssl(t)->SSL_CTX_set_msg_callback(self->ctx,
                                        self->message_callback ? oz_ssl_on_message : NULL);
    return ok;
}

static Ref get_keylog(Thread *t OZ_UNUSED, Obj self)
{
    return or_none(as_context(self)->keylog_name);
}

static int keylog_open(const char *path)
{
    static const char header[] = "# TLS secrets log file, generated by OpenSSL / Python\n";
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
    if (fd >= 0 && lseek(fd, 0, SEEK_END) == 0 &&
        write(fd, header, sizeof header - 1) != sizeof header - 1) {
        int number = errno;
        close(fd);
        errno = number;
        return -1;
    }
    return fd;
}

static bool set_keylog(Thread *t, Obj o, Obj value)
{
    const Ssl *ssl = oz_ssl(t);
    SslContext *self = as_context(o);
    if (!value)
        return oz_fail(t, OZ_AttributeError, "cannot delete attribute");
    keylog_close(self);
    ssl->SSL_CTX_set_keylog_callback(self->ctx, NULL);
    oz_store(&self->base, &self->keylog_name, NULL);
    if (value == OZ_NONE)
        return true;
    if (!oz_audit_event(t, "open", "Osn", value, "ab", (int64_t)0))
        return false;
    scoped Ref path = oz_encode_path(t, value);
    if (!path)
        return false;
    const char *text = (const char *)oz_bytes_data((const Bytes *)path);
    int fd = OZ_DETACHED(t, keylog_open(text));
    if (fd < 0) {
        oz_raise_os_error(t, errno, value);
        return false;
    }
    keylog_close(self); /* another thread's, of this moment */
    self->keylog_plus = fd + 1;
    oz_store(&self->base, &self->keylog_name, oz_retain(value));
    ssl->SSL_CTX_set_keylog_callback(self->ctx, oz_ssl_on_keylog);
    return true;
}

/* ---- the type ---- */

const TypeDef oz_ssl_context_type = {
    .id = OZ_SSL_CONTEXT,
    .name = "_ssl._SSLContext",
    .doc = "What connections have in common: certificates, ciphers, what is verified.",
    .size = sizeof(SslContext),
    .visit = context_visit,
    .clear = context_clear,
    .free = context_free,
    .make = &context_new_,
    .methods =
        (const NativeDef *const[]){&oz_ssl_wrap_socket, &oz_ssl_wrap_bio, &context_set_ciphers,
                                   &context__set_alpn_protocols, &oz_ssl_load_cert_chain,
                                   &oz_ssl_load_dh_params, &oz_ssl_load_verify_locations,
                                   &context_session_stats, &oz_ssl_set_default_verify_paths,
                                   &context_set_ecdh_curve, &oz_ssl_cert_store_stats,
                                   &oz_ssl_get_ca_certs, &context_get_ciphers, NULL},
    .getsets = OZ_GETSETS(
        {"check_hostname", get_check_hostname, set_check_hostname,
         "must the certificate be that of the name that was asked for?"},
        {"_host_flags", get_host_flags, set_host_flags, "HOSTFLAG_*: how names are compared"},
        {"minimum_version", get_minimum, set_minimum, "the oldest protocol that may be used"},
        {"maximum_version", get_maximum, set_maximum, "the newest protocol that may be used"},
        {"keylog_filename", get_keylog, set_keylog, "where the secrets are written, or None"},
        {"_msg_callback", get_message_callback, set_message_callback,
         "is told of each message, or None"},
        {"sni_callback", get_sni_callback, set_sni_callback,
         "is told the name that a client asks for, or None"},
        {"num_tickets", get_num_tickets, set_num_tickets, "how many tickets a server gives"},
        {"options", get_options, set_options, "OP_*"},
        {"post_handshake_auth", get_later_authentication, set_later_authentication,
         "may a server ask for a certificate after the handshake?"},
        {"protocol", get_protocol, NULL, "PROTOCOL_*"},
        {"verify_flags", get_verify_flags, set_verify_flags, "VERIFY_*"},
        {"verify_mode", get_verify_mode, set_verify_mode, "CERT_*"},
        {"security_level", get_security_level, NULL, "what OpenSSL holds for safe enough"}),
};
