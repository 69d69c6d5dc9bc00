// SPDX-License-Identifier: MIT
// _ssl._SSLSocket: what a connection tells of itself.
#include "modules/ssl.h"

#include "types/bytes.h"
#include "types/codec.h"
#include "types/weakref.h"

#include <string.h>

/* Open the body of a function that asks OpenSSL. */
#define ASK(self, ssl, value)                                                                      \
    SslSocket *self = (SslSocket *)(value);                                                        \
    const Ssl *ssl = oz_ssl(t);                                                                    \
    if (!oz_ssl_settle(t, self))                                                                   \
    return NULL

static Ref text_or_none(Thread *t, const char *text)
{
    return text ? oz_str_new(t, text) : OZ_NONE;
}

/* ---- certificates ---- */

OZ_SSL_METHOD(
    oz_ssl_getpeercert, "getpeercert", "($self, der=False, /)",
    "The certificate of the other end: as a dict, which is empty if it was not verified, or "
    "as DER; None: it has none.")
{
    bool binary;
    if (!oz_truth(t, a[1], &binary))
        return NULL;
    ASK(self, ssl, a[0]);
    if (!ssl->SSL_is_init_finished(self->ssl))
        return oz_raise(t, OZ_ValueError, "handshake not done yet");
    scoped_ssl(x509) X509 *x509 = ssl->SSL_get1_peer_certificate(self->ssl);
    if (!x509)
        return OZ_NONE;
    if (binary)
        return oz_ssl_certificate_bytes(t, ssl, x509);
    if (!(ssl->SSL_CTX_get_verify_mode(ssl->SSL_get_SSL_CTX(self->ssl)) & SSL_VERIFY_PEER))
        return oz_dict_new(t);
    return oz_ssl_certificate_dict(t, ssl, x509);
}

/* The X509s of a stack, those first that come before; the objects that are made of them may run
 * nothing, so that the stack stays. */
static Ref chain_list(Thread *t, const Ssl *ssl, X509 *first, const STACK_OF(X509) * chain)
{
    scoped Ref list = oz_list_new(t, 0);
    if (!list ||
        (first && !oz_list_append_take(t, (List *)list, oz_ssl_certificate_new(t, ssl, first))))
        return NULL;
    int count = chain ? OZ_STACK_COUNT(ssl, chain) : 0;
    for (int i = 0; i < count; i++)
        if (!oz_list_append_take(t, (List *)list,
                                 oz_ssl_certificate_new(t, ssl, OZ_STACK_AT(ssl, X509, chain, i))))
            return NULL;
    return oz_move(&list);
}

OZ_SSL_METHOD(oz_ssl_get_verified_chain, "get_verified_chain", "($self, /)",
              "The certificates from the other end's to a trusted one; None: there are none.")
{
    ASK(self, ssl, a[0]);
    STACK_OF(X509) *chain = ssl->SSL_get0_verified_chain(self->ssl);
    return chain ? chain_list(t, ssl, NULL, chain) : OZ_NONE;
}

OZ_SSL_METHOD(oz_ssl_get_unverified_chain, "get_unverified_chain", "($self, /)",
              "The certificates as the other end has sent them; None: there are none.")
{
    ASK(self, ssl, a[0]);
    STACK_OF(X509) *chain = ssl->SSL_get_peer_cert_chain(self->ssl);
    if (!chain)
        return OZ_NONE;
    /* A server's chain lacks the client's own certificate. */
    scoped_ssl(x509) X509 *own = self->server ? ssl->SSL_get1_peer_certificate(self->ssl) : NULL;
    return chain_list(t, ssl, own, chain);
}

/* ---- ciphers ---- */

static Ref cipher_tuple(Thread *t, const Ssl *ssl, const SSL_CIPHER *cipher)
{
    scoped Ref name = text_or_none(t, ssl->SSL_CIPHER_get_name(cipher));
    scoped Ref version = name ? text_or_none(t, ssl->SSL_CIPHER_get_version(cipher)) : NULL;
    return version
               ? oz_tuple_of(t, 3, name, version, oz_int(ssl->SSL_CIPHER_get_bits(cipher, NULL)))
               : NULL;
}

OZ_SSL_METHOD(oz_ssl_cipher, "cipher", "($self, /)",
              "The cipher in use: (name, protocol, bits); or None.")
{
    ASK(self, ssl, a[0]);
    const SSL_CIPHER *cipher = ssl->SSL_get_current_cipher(self->ssl);
    return cipher ? cipher_tuple(t, ssl, cipher) : OZ_NONE;
}

OZ_SSL_METHOD(oz_ssl_shared_ciphers, "shared_ciphers", "($self, /)",
              "The ciphers that this end offers, as cipher() tells them; or None.")
{
    ASK(self, ssl, a[0]);
    STACK_OF(SSL_CIPHER) *ciphers = ssl->SSL_get_ciphers(self->ssl);
    if (!ciphers)
        return OZ_NONE;
    int count = OZ_STACK_COUNT(ssl, ciphers);
    scoped Ref list = oz_list_new(t, (size_t)count);
    for (int i = 0; list && i < count; i++)
        if (!oz_list_append_take(
                t, (List *)list,
                cipher_tuple(t, ssl, OZ_STACK_AT(ssl, const SSL_CIPHER, ciphers, i))))
            return NULL;
    return oz_move(&list);
}

/* The value is taken. */
static bool add(Thread *t, Obj dict, const char *name, Ref value)
{
    scoped Ref own = value;
    scoped Ref key = own ? oz_intern(t, name) : NULL;
    return key && oz_dict_set(t, (Dict *)dict, key, own);
}

static Ref short_name(Thread *t, const Ssl *ssl, int nid)
{
    return nid == NID_undef ? OZ_NONE : text_or_none(t, ssl->OBJ_nid2ln(nid));
}

Ref oz_ssl_cipher_dict(Thread *t, const SSL_CIPHER *cipher)
{
    const Ssl *ssl = oz_ssl(t);
    char text[512];
    int bits = 0, strength = ssl->SSL_CIPHER_get_bits(cipher, &bits);
    if (!ssl->SSL_CIPHER_description(cipher, text, sizeof text))
        return oz_ssl_raise(t, NULL);
    text[strcspn(text, "\n")] = 0;
    scoped Ref d = oz_dict_new(t);
    bool ok = d && add(t, d, "id", oz_int(ssl->SSL_CIPHER_get_id(cipher))) &&
              add(t, d, "name", text_or_none(t, ssl->SSL_CIPHER_get_name(cipher))) &&
              add(t, d, "protocol", text_or_none(t, ssl->SSL_CIPHER_get_version(cipher))) &&
              add(t, d, "description", oz_str_new(t, text)) &&
              add(t, d, "strength_bits", oz_int(strength)) && add(t, d, "alg_bits", oz_int(bits)) &&
              add(t, d, "aead", oz_bool(ssl->SSL_CIPHER_is_aead(cipher))) &&
              add(t, d, "symmetric", short_name(t, ssl, ssl->SSL_CIPHER_get_cipher_nid(cipher))) &&
              add(t, d, "digest", short_name(t, ssl, ssl->SSL_CIPHER_get_digest_nid(cipher))) &&
              add(t, d, "kea", short_name(t, ssl, ssl->SSL_CIPHER_get_kx_nid(cipher))) &&
              add(t, d, "auth", short_name(t, ssl, ssl->SSL_CIPHER_get_auth_nid(cipher)));
    return ok ? oz_move(&d) : NULL;
}

/* ---- what was agreed on ---- */

OZ_SSL_METHOD(oz_ssl_version, "version", "($self, /)",
              "The protocol in use, as 'TLSv1.3'; or None.")
{
    ASK(self, ssl, a[0]);
    if (!ssl->SSL_is_init_finished(self->ssl))
        return OZ_NONE;
    const char *text = ssl->SSL_get_version(self->ssl);
    return strcmp(text, "unknown") == 0 ? OZ_NONE : oz_str_new(t, text);
}

OZ_SSL_METHOD(oz_ssl_selected_alpn_protocol, "selected_alpn_protocol", "($self, /)",
              "The protocol above TLS that both ends have chosen; or None.")
{
    ASK(self, ssl, a[0]);
    const unsigned char *text = NULL;
    unsigned length = 0;
    ssl->SSL_get0_alpn_selected(self->ssl, &text, &length);
    if (!text)
        return OZ_NONE;
    return oz_decode_utf8(t, text, length, "strict");
}

OZ_SSL_METHOD(oz_ssl_compression, "compression", "($self, /)", "The compression in use; or None.")
{
    ASK(self, ssl, a[0]);
    const COMP_METHOD *method = ssl->SSL_get_current_compression(self->ssl);
    int nid = method ? ssl->COMP_get_type(method) : NID_undef;
    return nid == NID_undef ? OZ_NONE : text_or_none(t, ssl->OBJ_nid2sn(nid));
}

OZ_SSL_METHOD(
    oz_ssl_get_channel_binding, "get_channel_binding", "($self, /, cb_type='tls-unique')",
    "Bytes that are those of this connection alone, for authentication above it; or None.")
{
    if (!oz_is_str(a[1]))
        return oz_raise(t, OZ_TypeError,
                        "get_channel_binding() argument 'cb_type' must be str, not %t", a[1]);
    if (!oz_str_equal_utf8(oz_as_str(a[1]), "tls-unique"))
        return oz_raise(t, OZ_ValueError, "'%S' channel binding type not implemented", a[1]);
    ASK(self, ssl, a[0]);
    uint8_t data[EVP_MAX_MD_SIZE];
    /* The first Finished message: the client's, or where a session goes on the server's. */
    bool reused = ssl->SSL_session_reused(self->ssl);
    size_t length = reused == self->server
                        ? ssl->SSL_get_finished(self->ssl, data, sizeof data)
                        : ssl->SSL_get_peer_finished(self->ssl, data, sizeof data);
    if (length > sizeof data)
        length = sizeof data;
    return length ? oz_bytes_new(t, data, length) : OZ_NONE;
}

OZ_SSL_METHOD(oz_ssl_pending, "pending", "($self, /)",
              "How many bytes can be read without waiting for the other end.")
{
    ASK(self, ssl, a[0]);
    return oz_int(ssl->SSL_pending(self->ssl));
}

/* ---- attributes ---- */

static Ref get_context(Thread *t, Obj self)
{
    return oz_ssl_settle(t, (SslSocket *)self) ? oz_retain(((const SslSocket *)self)->context)
                                               : NULL;
}

static bool set_context(Thread *t, Obj o, Obj value)
{
    SslSocket *self = (SslSocket *)o;
    const Ssl *ssl = oz_ssl(t);
    if (!value || !oz_isa(value, OZ_SSL_CONTEXT))
        return oz_fail(t, OZ_TypeError, "The value must be a SSLContext");
    if (!oz_ssl_settle(t, self))
        return false;
    SslContext *context = (SslContext *)value;
    if (!ssl->SSL_set_SSL_CTX(self->ssl, context->ctx))
        return oz_ssl_fail(t, NULL);
    ssl->SSL_set_msg_callback(self->ssl, context->message_callback ? oz_ssl_on_message : NULL);
    oz_store(&self->base, &self->context, oz_retain(value));
    return true;
}

static Ref get_server_side(Thread *t OZ_UNUSED, Obj self)
{
    return oz_bool(((const SslSocket *)self)->server);
}

static Ref get_server_name(Thread *t OZ_UNUSED, Obj self)
{
    Obj name = ((const SslSocket *)self)->server_name;
    return name ? oz_retain(name) : OZ_NONE;
}

static Ref get_owner(Thread *t OZ_UNUSED, Obj self)
{
    Obj owner = ((const SslSocket *)self)->owner;
    Ref target = owner ? oz_weakref_get((const WeakRef *)owner) : NULL;
    return target ? target : OZ_NONE;
}

static bool set_owner(Thread *t, Obj o, Obj value)
{
    SslSocket *self = (SslSocket *)o;
    if (!value)
        return oz_fail(t, OZ_AttributeError, "cannot delete attribute");
    Ref owner = oz_weakref_new(t, oz_builtin_class(t, OZ_WEAKREF), value, NULL);
    if (!owner)
        return false;
    oz_store(&self->base, &self->owner, owner);
    return true;
}

static Ref get_session(Thread *t, Obj self)
{
    return oz_ssl_session_get(t, (SslSocket *)self);
}

static bool set_session(Thread *t, Obj self, Obj value)
{
    return oz_ssl_session_set(t, (SslSocket *)self, value);
}

static Ref get_session_reused(Thread *t, Obj o)
{
    ASK(self, ssl, o);
    return oz_bool(ssl->SSL_session_reused(self->ssl));
}

const GetSetDef oz_ssl_socket_getsets[] = {
    {"context", get_context, set_context,
     "the context; a server may exchange it when the client has told its name"},
    {"server_side", get_server_side, NULL, "is this end the server?"},
    {"server_hostname", get_server_name, NULL, "the name that the other end must have, or None"},
    {"owner", get_owner, set_owner, "what callbacks are told instead of this object"},
    {"session", get_session, set_session, "what both ends have agreed on"},
    {"session_reused", get_session_reused, NULL, "does it go on with an earlier session?"},
    {NULL, NULL, NULL, NULL},
};
