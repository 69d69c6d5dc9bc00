// SPDX-License-Identifier: MIT
// _ssl.SSLSession: what two ends have agreed on, for a later connection to go on with.
#include "modules/ssl.h"

#include "types/bytes.h"

#include <string.h>

#define SSL_SESSION_REFS(REF) REF(context)

typedef struct SslSession {
    Object base;
    SSL_SESSION_REFS(OZ_FIELD)
    SSL_SESSION *session; /* [const] owned */
} SslSession;
OZ_TYPE_LIFE(session, SslSession, SSL_SESSION_REFS)

static const SSL_SESSION *session_of(Obj self)
{
    return ((const SslSession *)self)->session;
}

static void session_free(Thread *t, Object *object)
{
    SslSession *self = (SslSession *)object;
    if (self->session)
        oz_ssl(t)->SSL_SESSION_free(self->session);
}

Ref oz_ssl_session_get(Thread *t, SslSocket *self)
{
    const Ssl *ssl = oz_ssl(t);
    if (!oz_ssl_settle(t, self))
        return NULL;
    Class *cls = oz_builtin_class(t, OZ_SSL_SESSION);
    scoped Ref made = cls ? oz_instance_new(t, cls, 0) : NULL;
    if (!made || !oz_ssl_settle(t, self))
        return NULL;
    SSL_SESSION *session = ssl->SSL_get1_session(self->ssl);
    if (!session)
        return OZ_NONE;
    if (ssl->i2d_SSL_SESSION(session, NULL) <= 0) { /* it is not agreed on yet */
        ssl->SSL_SESSION_free(session);
        ssl->ERR_clear_error();
        return oz_raise(t, OZ_ValueError, "i2d() failed.");
    }
    /* A copy: the connection goes on changing its own. */
    ((SslSession *)made)->session = ssl->SSL_SESSION_dup(session);
    ssl->SSL_SESSION_free(session);
    if (!((SslSession *)made)->session) {
        ssl->ERR_clear_error();
        return oz_raise_memory(t);
    }
    OZ_INIT_FIELD((SslSession *)made, context, oz_retain(self->context));
    return oz_move(&made);
}

bool oz_ssl_session_set(Thread *t, SslSocket *self, Obj value)
{
    const Ssl *ssl = oz_ssl(t);
    if (!value || !oz_isa(value, OZ_SSL_SESSION))
        return oz_fail(t, OZ_TypeError, "Value is not a SSLSession.");
    if (!oz_ssl_settle(t, self))
        return false;
    const SslSession *given = (const SslSession *)value;
    if (!given->context ||
        ((const SslContext *)given->context)->ctx != ((const SslContext *)self->context)->ctx)
        return oz_fail(t, OZ_ValueError, "Session refers to a different SSLContext.");
    if (self->server)
        return oz_fail(t, OZ_ValueError, "Cannot set session for server-side SSLSocket.");
    if (ssl->SSL_is_init_finished(self->ssl))
        return oz_fail(t, OZ_ValueError, "Cannot set session after handshake.");
    SSL_SESSION *copy = ssl->SSL_SESSION_dup(given->session);
    if (!copy) {
        ssl->ERR_clear_error();
        return oz_raise_memory(t) != NULL;
    }
    bool done = ssl->SSL_set_session(self->ssl, copy);
    ssl->SSL_SESSION_free(copy);
    return done || oz_ssl_fail(t, NULL);
}

static Ref get_id(Thread *t, Obj self)
{
    unsigned length = 0;
    const unsigned char *id = oz_ssl(t)->SSL_SESSION_get_id(session_of(self), &length);
    return oz_bytes_new(t, id, length);
}

static Ref get_time(Thread *t, Obj self)
{
    return oz_int_new(t, oz_ssl(t)->SSL_SESSION_get_time(session_of(self)));
}

static Ref get_timeout(Thread *t, Obj self)
{
    return oz_int_new(t, oz_ssl(t)->SSL_SESSION_get_timeout(session_of(self)));
}

static Ref get_has_ticket(Thread *t, Obj self)
{
    return oz_bool(oz_ssl(t)->SSL_SESSION_has_ticket(session_of(self)));
}

static Ref get_lifetime(Thread *t, Obj self)
{
    return oz_int_from_uint64(t, oz_ssl(t)->SSL_SESSION_get_ticket_lifetime_hint(session_of(self)));
}

static Ref session_compare(Thread *t, Obj a, Obj b, CompareOp op)
{
    if (!oz_isa(a, OZ_SSL_SESSION) || !oz_isa(b, OZ_SSL_SESSION) || (op != OZ_EQ && op != OZ_NE))
        return OZ_NOT_IMPLEMENTED;
    unsigned length = 0, other_length = 0;
    const unsigned char *id = oz_ssl(t)->SSL_SESSION_get_id(session_of(a), &length);
    const unsigned char *other = oz_ssl(t)->SSL_SESSION_get_id(session_of(b), &other_length);
    bool same = a == b || (length == other_length && memcmp(id, other, length) == 0);
    return oz_bool(same == (op == OZ_EQ));
}

const TypeDef oz_ssl_session_type = {
    .id = OZ_SSL_SESSION,
    .name = "_ssl.SSLSession",
    .doc = "What two ends have agreed on.",
    .size = sizeof(SslSession),
    .flags = OZ_TYPE_NO_NEW | OZ_TYPE_FINAL | OZ_TYPE_UNHASHABLE,
    .visit = session_visit,
    .clear = session_clear,
    .free = session_free,
    .slots = {.compare = session_compare},
    .getsets =
        OZ_GETSETS({"has_ticket", get_has_ticket, NULL, "did the server give a ticket?"},
                   {"id", get_id, NULL, "the bytes that name it"},
                   {"ticket_lifetime_hint", get_lifetime, NULL, "seconds that the ticket is good"},
                   {"time", get_time, NULL, "when it was made, in seconds since 1970"},
                   {"timeout", get_timeout, NULL, "seconds that it is good"}),
};
