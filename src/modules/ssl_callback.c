// SPDX-License-Identifier: MIT
// _ssl: what OpenSSL asks and tells while it works.
//
// It calls from inside of a call that a thread makes detached, holding the connection's lock.  The
// callback attaches, runs Python, and detaches again.  What Python raises cannot go through
// OpenSSL: it is reported, or kept in the connection until the call is over.
#include "modules/ssl.h"

#include "modules/os_support.h"
#include "types/bytes.h"
#include "types/codec.h"

#include <string.h>
#include <unistd.h>

static SslSocket *socket_of(const Ssl *ssl, const SSL *connection)
{
    return ssl->SSL_get_ex_data(connection, 0);
}

/* ---- the name that a client asks for ---- */

/* What the program's function says: an alert, or -1: go on. */
static int ask_program(Thread *t, const Ssl *ssl, SslSocket *self, SslContext *context)
{
    scoped Ref own = oz_retain((Obj)context);
    scoped Ref function = context ? oz_retain(context->sni_callback) : NULL;
    if (!function)
        return -1;
    const char *text = ssl->SSL_get_servername(self->ssl, TLSEXT_NAMETYPE_host_name);
    scoped Ref known = oz_ssl_known_as(self);
    scoped Ref bytes = text ? oz_bytes_new(t, text, strlen(text)) : NULL;
    scoped Ref name = !text ? OZ_NONE : bytes ? oz_decode(t, bytes, "ascii", "strict") : NULL;
    if (!name) {
        oz_unraisable(t, bytes ? (Obj)bytes : (Obj)function, NULL);
        return SSL_AD_INTERNAL_ERROR;
    }
    scoped Ref result = oz_call3(t, function, known, name, own);
    if (!result) {
        oz_unraisable(t, function, NULL);
        return SSL_AD_HANDSHAKE_FAILURE;
    }
    int alert;
    if (result == OZ_NONE)
        return -1;
    if (oz_as_int(t, result, &alert))
        return alert & 0xff;
    oz_unraisable(t, result, NULL);
    return SSL_AD_INTERNAL_ERROR;
}

int oz_ssl_on_sni(SSL *connection, int *alert, void *link)
{
    const Ssl *ssl = oz_ssl(oz_thread());
    SslSocket *self = socket_of(ssl, connection);
    Thread *t = oz_ssl_callback_begin(self);
    int answer = ask_program(t, ssl, self, ((const SslLink *)link)->context);
    oz_ssl_callback_end(t, self);
    if (answer < 0)
        return SSL_TLSEXT_ERR_OK;
    *alert = answer;
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

/* ---- protocols above TLS ---- */

int oz_ssl_on_alpn(SSL *connection, const unsigned char **out, unsigned char *out_length,
                   const unsigned char *in, unsigned in_length, void *link)
{
    const Ssl *ssl = oz_ssl(oz_thread());
    SslSocket *self = socket_of(ssl, connection);
    Thread *t = oz_ssl_callback_begin(self);
    const SslContext *context = ((const SslLink *)link)->context;
    /* What it points to is in the client's list or in ours: take it from the client's, for ours
     * may be replaced before it is read. */
    unsigned char *chosen = NULL, length = 0;
    int found = OPENSSL_NPN_NO_OVERLAP;
    if (context && context->protocols)
        found = ssl->SSL_select_next_proto(&chosen, &length, context->protocols,
                                           context->protocols_size, in, in_length);
    const unsigned char *at = in, *end = in + in_length;
    while (found == OPENSSL_NPN_NEGOTIATED && at < end &&
           (at[0] != length || memcmp(at + 1, chosen, length) != 0))
        at += 1 + at[0];
    oz_ssl_callback_end(t, self);
    if (found != OPENSSL_NPN_NEGOTIATED || at >= end)
        return SSL_TLSEXT_ERR_NOACK;
    *out = at + 1;
    *out_length = length;
    return SSL_TLSEXT_ERR_OK;
}

/* ---- messages, for who debugs ---- */

static bool tell_message(Thread *t, SslSocket *self, bool written, int version, int content,
                         const uint8_t *data, size_t length)
{
    const SslContext *context = (const SslContext *)self->context;
    scoped Ref function = context ? oz_retain(context->message_callback) : NULL;
    if (!function || t->exception)
        return true;
    int kind = -1;
    if (content == SSL3_RT_CHANGE_CIPHER_SPEC)
        kind = SSL3_MT_CHANGE_CIPHER_SPEC;
    else if (content == SSL3_RT_ALERT && length > 1)
        kind = data[1];
    else if ((content == SSL3_RT_HANDSHAKE || content == SSL3_RT_INNER_CONTENT_TYPE) && length)
        kind = data[0];
    else if (content == SSL3_RT_HEADER && length > 2) {
        kind = data[0];
        version = data[1] << 8 | data[2];
    }
    scoped Ref known = oz_ssl_known_as(self), bytes = oz_bytes_new(t, data, length);
    scoped Ref direction = oz_str_new(t, written ? "write" : "read");
    if (!bytes || !direction)
        return false;
    Obj values[] = {known, direction, oz_int(version), oz_int(content), oz_int(kind), bytes};
    Args args = {.items = values, .count = OZ_COUNT(values)};
    scoped Ref done = oz_call(t, function, &args);
    return done != NULL;
}

void oz_ssl_on_message(int written, int version, int content, const void *data, size_t length,
                       SSL *connection, void *none OZ_UNUSED)
{
    SslSocket *self = socket_of(oz_ssl(oz_thread()), connection);
    if (!self)
        return;
    Thread *t = oz_ssl_callback_begin(self);
    if (!tell_message(t, self, written, version, content, data, length))
        oz_check(t->exception);
    oz_ssl_callback_end(t, self);
}

/* ---- secrets, for who debugs ---- */

static bool write_secret(Thread *t, const SslContext *context, const char *line)
{
    int fd = context->keylog_plus - 1;
    size_t length = strlen(line);
    char *text = oz_block_alloc(t->heap, length + 1);
    if (!text) {
        oz_raise_memory(t);
        return false;
    }
    memcpy(text, line, length);
    text[length] = '\n';
    ssize_t n = write(fd, text, length + 1);
    oz_block_free(text);
    if (n >= 0)
        return true;
    oz_raise_os_error(t, errno, context->keylog_name);
    return false;
}

void oz_ssl_on_keylog(const SSL *connection, const char *line)
{
    SslSocket *self = socket_of(oz_ssl(oz_thread()), connection);
    if (!self)
        return;
    Thread *t = oz_ssl_callback_begin(self);
    const SslContext *context = (const SslContext *)self->context;
    if (context && context->keylog_plus && !write_secret(t, context, line))
        oz_check(t->exception);
    oz_ssl_callback_end(t, self);
}
