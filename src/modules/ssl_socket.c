// SPDX-License-Identifier: MIT
// _ssl._SSLSocket: a connection, over a socket or two memory BIOs.
//
// OpenSSL's object of a connection is for one thread at a time, while programs let one thread read
// and another one write.  So each call of OpenSSL holds a lock of the connection, and none of them
// waits for the network (ssl_bio.c): where OpenSSL wants to read or write, the lock is given up,
// the thread waits for the socket, and calls again.  Calls are made detached: they compute long.
// Writing as a whole has a second lock, over the waits in between.
//
// OpenSSL calls back into Python in the middle of that (ssl_callback.c).  Then the thread has the
// lock still; what the program may do there is to look at the connection and to exchange its
// context, not to read or write.
//
// A context that is changed while a call looks at it: nearly all that a call needs was copied from
// the context when the connection was made, or has a lock or a count in OpenSSL.  The list of
// ciphers and the folders of certificates have neither, so each context counts the calls that are
// under way (`running`), and who changes those waits until there is none.  Who is in a callback
// does not count, or two callbacks would wait for each other.
#include "modules/ssl.h"

#include "types/buffer.h"
#include "types/bytes.h"
#include "types/codec.h"
#include "types/exception.h"
#include "types/weakref.h"

#include <limits.h>
#include <string.h>

OZ_TYPE_LIFE(ssl_socket, SslSocket, SSL_SOCKET_REFS)

static void ssl_socket_free(Thread *t, Object *object)
{
    SslSocket *self = (SslSocket *)object;
    if (self->ssl) {
        const Ssl *ssl = oz_ssl(t);
        ssl->SSL_set_msg_callback(self->ssl, NULL);
        ssl->SSL_free(self->ssl);
    }
}

/* ---- one at a time ---- */

static bool is_whole(Thread *t, const SslSocket *self)
{
    return (self->ssl && self->context) ||
           oz_fail(t, OZ_ValueError, "operation on a connection that is gone");
}

bool oz_ssl_settle(Thread *t, SslSocket *self)
{
    while (self->user != t && oz_lock_held(&self->lock)) {
        oz_lock_take_deaf(t, &self->lock);
        oz_lock_give(&self->lock);
    }
    return is_whole(t, self);
}

static bool enter(Thread *t, SslSocket *self)
{
    if (self->user == t)
        return oz_fail(t, OZ_RuntimeError, "reentrant call inside a callback of this connection");
    oz_lock_take_deaf(t, &self->lock);
    if (!is_whole(t, self)) {
        oz_lock_give(&self->lock);
        return false;
    }
    self->user = t;
    oz_ssl_context_begin((SslContext *)self->context);
    return true;
}

static void leave(SslSocket *self)
{
    if (self->context)
        oz_ssl_context_end((SslContext *)self->context);
    self->user = NULL;
    oz_lock_give(&self->lock);
}

Thread *oz_ssl_callback_begin(SslSocket *self)
{
    Thread *t = self->user; /* a thread that is detached does not know its state */
    oz_attach(t);
    if (self->context)
        oz_ssl_context_end((SslContext *)self->context);
    return t;
}

void oz_ssl_callback_end(Thread *t, SslSocket *self)
{
    if (t->exception) {
        Ref raised = oz_exception_take(t);
        if (self->raised)
            oz_drop(raised); /* the first one is what the call will raise */
        else
            oz_store(&self->base, &self->raised, raised);
    }
    if (self->context)
        oz_ssl_context_begin((SslContext *)self->context);
    oz_detach(t);
}

Ref oz_ssl_known_as(SslSocket *self)
{
    Ref known = self->owner ? oz_weakref_get((const WeakRef *)self->owner) : NULL;
    if (!known && self->socket)
        known = oz_weakref_get((const WeakRef *)self->socket);
    return known ? known : oz_retain((Obj)self);
}

/* ---- calls ---- */

typedef struct Work {
    int (*run)(const Ssl *ssl, SslSocket *self, struct Work *work);
    void *data;
    size_t length; /* of the data */
    size_t done;   /* how many bytes were read or written */
    int closed;    /* SSL_get_shutdown() behind it */
    SslOutcome outcome;
} Work;

static void run_detached(const Ssl *ssl, SslSocket *self, Work *work)
{
    SslOutcome *outcome = &work->outcome;
    self->error_number = 0;
    ssl->ERR_clear_error();
    outcome->result = work->run(ssl, self, work);
    outcome->error = ssl->SSL_get_error(self->ssl, outcome->result);
    outcome->code = ssl->ERR_peek_last_error();
    outcome->error_number = self->error_number;
    work->closed = ssl->SSL_get_shutdown(self->ssl);
    ssl->ERR_clear_error();
}

/* The socket (new reference), or None without an error where there are memory BIOs. */
static Ref socket_get(Thread *t, const SslSocket *self)
{
    if (!self->socket)
        return OZ_NONE;
    Ref found = oz_weakref_get((const WeakRef *)self->socket);
    if (!found || oz_socket_fd((const Socket *)found) < 0) {
        oz_drop(found);
        return oz_ssl_raise_closed(t, "Underlying socket connection gone");
    }
    return found;
}

/* One call.  false: raised, by it or by its callbacks. */
static bool attempt(Thread *t, SslSocket *self, const Socket *socket, Work *work)
{
    if (!enter(t, self))
        return false;
    self->fd = socket ? oz_socket_fd(socket) : -1;
    const Ssl *ssl = oz_ssl(t);
    oz_detach(t);
    run_detached(ssl, self, work);
    oz_attach(t);
    leave(self);
    int error = work->outcome.error;
    if (self->raised && (work->outcome.result >= 0 || error == SSL_ERROR_ZERO_RETURN) &&
        error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE && !work->outcome.code) {
        oz_exception_put(t, oz_move(&self->raised));
        return false;
    }
    return oz_poll(t);
}

static const Socket *as_socket(Obj socket)
{
    return socket == OZ_NONE ? NULL : (const Socket *)socket;
}

/* Wait for what OpenSSL wants.  OZ_MISSING: the socket does not wait. */
static Found wait_wanted(Thread *t, Obj o, int error, OsWait *wait, const char *late)
{
    const Socket *socket = as_socket(o);
    if (!socket || socket->timeout == 0 ||
        (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE))
        return OZ_MISSING;
    if (oz_socket_fd(socket) < 0) {
        oz_ssl_raise_closed(t, "Underlying socket has been closed.");
        return OZ_RAISED;
    }
    oz_wait_again(wait);
    Found ready = oz_socket_wait(t, socket, error == SSL_ERROR_WANT_WRITE, wait);
    if (ready == OZ_MISSING) {
        oz_raise(t, OZ_TimeoutError, "%s", late);
        ready = OZ_RAISED;
    }
    if (ready == OZ_FOUND && oz_socket_fd(socket) < 0) {
        oz_ssl_raise_closed(t, "Underlying socket has been closed.");
        ready = OZ_RAISED;
    }
    return ready;
}

static void wait_start(OsWait *wait, Obj o)
{
    const Socket *socket = as_socket(o);
    oz_wait_start(wait, socket ? socket->timeout : 0);
}

/* Call until it is done or fails, waiting for the socket in between.  false: raised. */
static bool work_on(Thread *t, SslSocket *self, Obj socket, OsWait *wait, Work *work,
                    const char *late)
{
    for (;;) {
        if (!attempt(t, self, as_socket(socket), work))
            return false;
        Found more = wait_wanted(t, socket, work->outcome.error, wait, late);
        if (more != OZ_FOUND)
            return more == OZ_MISSING;
    }
}

/* ---- the handshake ---- */

static int run_handshake(const Ssl *ssl, SslSocket *self, Work *work OZ_UNUSED)
{
    return ssl->SSL_do_handshake(self->ssl);
}

OZ_METHOD(ssl_socket, do_handshake, "($self, /)", "Agree with the other end on how to go on.")
{
    SslSocket *self = (SslSocket *)a[0];
    Work work = {.run = run_handshake};
    OsWait wait;
    scoped Ref socket = socket_get(t, self);
    if (!socket)
        return NULL;
    wait_start(&wait, socket);
    if (!work_on(t, self, socket, &wait, &work, "The handshake operation timed out"))
        return NULL;
    if (work.outcome.result < 1)
        return oz_ssl_raise_outcome(t, self, &work.outcome);
    return OZ_NONE;
}

/* ---- reading and writing ---- */

static int run_read(const Ssl *ssl, SslSocket *self, Work *work)
{
    return ssl->SSL_read_ex(self->ssl, work->data, work->length, &work->done);
}

static int run_write(const Ssl *ssl, SslSocket *self, Work *work)
{
    return ssl->SSL_write_ex(self->ssl, work->data, work->length, &work->done);
}

static bool write_all(Thread *t, SslSocket *self, Obj socket, OsWait *wait, Work *work)
{
    static const char late[] = "The write operation timed out";
    if (as_socket(socket) && as_socket(socket)->timeout > 0 &&
        wait_wanted(t, socket, SSL_ERROR_WANT_WRITE, wait, late) != OZ_FOUND)
        return false;
    if (!work_on(t, self, socket, wait, work, late))
        return false;
    if (work->outcome.result < 1)
        oz_ssl_raise_outcome(t, self, &work->outcome);
    return work->outcome.result > 0;
}

/* One writing after the other: OpenSSL takes the next call for the rest of one that waits. */
static bool write_in_turn(Thread *t, SslSocket *self, Obj socket, Work *work)
{
    OsWait wait;
    if (self->writer == t)
        return oz_fail(t, OZ_RuntimeError, "reentrant call inside a writing of this connection");
    wait_start(&wait, socket);
    int64_t deadline = wait.left > 0 ? oz_monotonic_ns() + wait.left : INT64_MAX;
    Found taken = oz_lock_take(t, &self->write_lock, deadline);
    if (taken != OZ_FOUND)
        return taken == OZ_MISSING && oz_fail(t, OZ_TimeoutError, "The write operation timed out");
    self->writer = t;
    bool done = write_all(t, self, socket, &wait, work);
    self->writer = NULL;
    oz_lock_give(&self->write_lock);
    return done;
}

OZ_METHOD(ssl_socket, write, "($self, b, /)", "Send bytes; how many were sent.")
{
    SslSocket *self = (SslSocket *)a[0];
    Work work = {.run = run_write};
    scoped_buffer view = {0};
    if (!oz_buffer_open(t, a[1], &view))
        return NULL;
    scoped Ref socket = socket_get(t, self);
    if (!socket)
        return NULL;
    work.data = view.data;
    work.length = view.length;
    return write_in_turn(t, self, socket, &work) ? oz_int((int64_t)work.done) : NULL;
}

/* *done is 0 where the other end has closed in order. */
static bool read_some(Thread *t, SslSocket *self, void *data, size_t length, size_t *done)
{
    Work work = {.run = run_read, .data = data, .length = length};
    OsWait wait;
    scoped Ref socket = socket_get(t, self);
    if (!socket)
        return false;
    wait_start(&wait, socket);
    if (!work_on(t, self, socket, &wait, &work, "The read operation timed out"))
        return false;
    *done = work.done;
    if (work.outcome.result > 0)
        return true;
    *done = 0;
    if (work.outcome.error == SSL_ERROR_ZERO_RETURN && work.closed == SSL_RECEIVED_SHUTDOWN)
        return true; /* the end, in order */
    oz_ssl_raise_outcome(t, self, &work.outcome);
    return false;
}

static Ref read_into(Thread *t, SslSocket *self, int size, Obj buffer)
{
    scoped_buffer view = {0};
    if (!oz_buffer_get(t, buffer, &view, OZ_BUFFER_WRITE)) {
        oz_exception_clear(t);
        return oz_raise(t, OZ_TypeError,
                        "read() argument 2 must be read-write bytes-like object, not %T", buffer);
    }
    size_t done = 0, length = size > 0 && (size_t)size < view.length ? (size_t)size : view.length;
    if (length > INT_MAX)
        return oz_raise(t, OZ_OverflowError, "maximum length can't fit in a C 'int'");
    if (length && !read_some(t, self, view.data, length, &done))
        return NULL;
    return oz_int((int64_t)done);
}

OZ_NATIVE_(ssl_socket_read, "read", "($self, /, *args)",
           "read(len[, buffer]): read up to so many bytes, into a buffer if one is given.", 0)
{
    SslSocket *self = (SslSocket *)a[0];
    const Tuple *args = (const Tuple *)a[1];
    ssize_t size;
    if (args->length < 1 || args->length > 2)
        return oz_raise(t, OZ_TypeError, "_ssl._SSLSocket.read requires 1 to 2 arguments");
    if (!oz_as_size_argument(t, args->items[0], &size))
        return NULL;
    if (args->length == 2)
        return read_into(t, self,
                         size > INT_MAX ? INT_MAX
                         : size < 0     ? 0
                                        : (int)size,
                         args->items[1]);
    if (size < 0)
        return oz_raise(t, OZ_ValueError, "size should not be negative");
    scoped Ref bytes = oz_bytes_alloc(t, (size_t)size);
    size_t done = 0;
    if (!bytes ||
        (size && !read_some(t, self, oz_bytes_data((const Bytes *)bytes), (size_t)size, &done)))
        return NULL;
    return oz_bytes_shrink(t, oz_move(&bytes), done);
}

/* ---- the end ---- */

static int run_shutdown(const Ssl *ssl, SslSocket *self, Work *work OZ_UNUSED)
{
    /* What comes behind the close is not TLS any more. */
    if (self->seen_zero)
        ssl->SSL_set_read_ahead(self->ssl, 0);
    return ssl->SSL_shutdown(self->ssl);
}

OZ_METHOD(ssl_socket, shutdown, "($self, /)",
          "Close TLS in order; the socket, for what follows in plain text.")
{
    SslSocket *self = (SslSocket *)a[0];
    Work work = {.run = run_shutdown};
    OsWait wait;
    scoped Ref socket = socket_get(t, self);
    if (!socket)
        return NULL;
    wait_start(&wait, socket);
    /* 0: ours was sent, theirs has not come.  Ask for it, but not for ever. */
    for (int zeros = 0; zeros < 2;) {
        if (!attempt(t, self, as_socket(socket), &work))
            return NULL;
        if (work.outcome.result > 0)
            break;
        if (work.outcome.result == 0) {
            zeros++;
            self->seen_zero = true;
            continue;
        }
        Found more = wait_wanted(t, socket, work.outcome.error, &wait,
                                 work.outcome.error == SSL_ERROR_WANT_READ
                                     ? "The read operation timed out"
                                     : "The write operation timed out");
        if (more == OZ_RAISED)
            return NULL;
        if (more == OZ_MISSING)
            break;
    }
    if (work.outcome.result < 0)
        return oz_ssl_raise_outcome(t, self, &work.outcome);
    return oz_move(&socket);
}

static int run_authentication(const Ssl *ssl, SslSocket *self, Work *work OZ_UNUSED)
{
    return ssl->SSL_verify_client_post_handshake(self->ssl);
}

OZ_METHOD(ssl_socket, verify_client_post_handshake, "($self, /)",
          "Ask the client for a certificate; it comes with the next reading.")
{
    SslSocket *self = (SslSocket *)a[0];
    Work work = {.run = run_authentication};
    if (!attempt(t, self, NULL, &work))
        return NULL;
    if (work.outcome.result < 1)
        return oz_ssl_raise_code(t, work.outcome.code, 0);
    return OZ_NONE;
}

/* ---- making ---- */

/* The name that is asked for, and that the certificate must have. */
static bool set_server_name(Thread *t, SslSocket *self, const char *name)
{
    const Ssl *ssl = oz_ssl(t);
    const SslContext *context = (const SslContext *)self->context;
    if (!*name || *name == '.')
        return oz_fail(t, OZ_ValueError,
                       "server_hostname cannot be an empty string or start with a leading dot.");
    Ref text = oz_str_new(t, name);
    if (!text)
        return false;
    oz_store(&self->base, &self->server_name, text);
    scoped_ssl(octets) ASN1_OCTET_STRING *address = ssl->a2i_IPADDRESS(name);
    ssl->ERR_clear_error();
    if (!address && !ssl->SSL_ctrl(self->ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME,
                                   TLSEXT_NAMETYPE_host_name, (void *)name))
        return oz_ssl_fail(t, NULL);
    if (!context->check_hostname)
        return true;
    X509_VERIFY_PARAM *param = ssl->SSL_get0_param(self->ssl);
    bool ok = address ? ssl->X509_VERIFY_PARAM_set1_ip(param, ssl->ASN1_STRING_get0_data(address),
                                                       (size_t)ssl->ASN1_STRING_length(address))
                      : ssl->X509_VERIFY_PARAM_set1_host(param, name, strlen(name));
    return ok || oz_ssl_fail(t, NULL);
}

/* Where its bytes come from and go to. */
static bool set_bios(Thread *t, SslSocket *self, BIO *in, BIO *out)
{
    const Ssl *ssl = oz_ssl(t);
    if (in) {
        ssl->BIO_up_ref(in);
        ssl->BIO_up_ref(out);
    } else {
        in = out = oz_ssl_socket_bio(t, self);
        if (!in)
            return false;
    }
    ssl->SSL_set_bio(self->ssl, in, out);
    return true;
}

static void set_later_authentication(const Ssl *ssl, const SslSocket *self)
{
    if (!((const SslContext *)self->context)->later_authentication)
        return;
    int mode = ssl->SSL_get_verify_mode(self->ssl);
    if (!self->server)
        ssl->SSL_set_post_handshake_auth(self->ssl, 1);
    else if (mode & SSL_VERIFY_PEER) /* without it the flag would mean something */
        ssl->SSL_set_verify(self->ssl, mode | SSL_VERIFY_POST_HANDSHAKE, NULL);
}

static bool set_weak(Thread *t, SslSocket *self, Ref *place, Obj target)
{
    Ref weak = oz_weakref_new(t, oz_builtin_class(t, OZ_WEAKREF), target, NULL);
    if (weak)
        oz_store(&self->base, place, weak);
    return weak != NULL;
}

/* `name` NULL: none; `socket` NULL: the BIOs. */
static Ref connection_new(Thread *t, SslContext *context, Obj socket, BIO *in, BIO *out,
                          bool server, const char *name, Obj owner, Obj session)
{
    const Ssl *ssl = oz_ssl(t);
    if (server && context->protocol == OZ_TLS_CLIENT)
        return oz_ssl_raise(t, "Cannot create a server socket with a PROTOCOL_TLS_CLIENT context");
    if (!server && context->protocol == OZ_TLS_SERVER)
        return oz_ssl_raise(t, "Cannot create a client socket with a PROTOCOL_TLS_SERVER context");
    Class *cls = oz_builtin_class(t, OZ_SSL_SOCKET);
    scoped Ref made = cls ? oz_instance_new(t, cls, 0) : NULL;
    if (!made)
        return NULL;
    SslSocket *self = (SslSocket *)made;
    OZ_INIT_FIELD(self, context, oz_retain((Obj)context));
    self->server = server;
    self->fd = -1;
    ssl->ERR_clear_error();
    self->ssl = ssl->SSL_new(context->ctx);
    if (!self->ssl)
        return oz_ssl_raise(t, NULL);
    ssl->SSL_set_ex_data(self->ssl, 0, self);
    if (!set_bios(t, self, in, out))
        return NULL;
    ssl->SSL_ctrl(self->ssl, SSL_CTRL_MODE,
                  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_AUTO_RETRY, NULL);
    set_later_authentication(ssl, self);
    if (name && !set_server_name(t, self, name))
        return NULL;
    if (server)
        ssl->SSL_set_accept_state(self->ssl);
    else
        ssl->SSL_set_connect_state(self->ssl);
    if ((socket && !set_weak(t, self, &self->socket, socket)) ||
        (owner != OZ_NONE && !set_weak(t, self, &self->owner, owner)) ||
        (session != OZ_NONE && !oz_ssl_session_set(t, self, session)))
        return NULL;
    return oz_move(&made);
}

/* None, or a name in ASCII, which lies in *keep. */
static bool name_argument(Thread *t, Obj v, const char **name, Ref *keep)
{
    *name = NULL;
    if (v == OZ_NONE)
        return true;
    if (!oz_is_str(v))
        return oz_fail(t, OZ_TypeError, "argument must be str, not %t", v);
    *keep = oz_encode(t, v, "ascii", "strict");
    if (!*keep)
        return false;
    *name = (const char *)oz_bytes_data((const Bytes *)*keep);
    if (strlen(*name) == oz_bytes_length((const Bytes *)*keep))
        return true;
    return oz_fail(t, OZ_TypeError, "argument must be encoded string without null bytes, not str");
}

OZ_SSL_METHOD(oz_ssl_wrap_socket, "_wrap_socket",
              "($self, /, sock, server_side, server_hostname=None, *, owner=None, session=None)",
              "A connection over a socket.")
{
    scoped Ref keep = NULL;
    const char *name;
    int server;
    if (!oz_isa(a[1], OZ_SOCKET))
        return oz_raise(t, OZ_TypeError,
                        "_wrap_socket() argument 'sock' must be _socket.socket, not %t", a[1]);
    if (!oz_as_int(t, a[2], &server) || !name_argument(t, a[3], &name, &keep))
        return NULL;
    return connection_new(t, (SslContext *)a[0], a[1], NULL, NULL, server, name, a[4], a[5]);
}

OZ_SSL_METHOD(oz_ssl_wrap_bio, "_wrap_bio",
              "($self, /, incoming, outgoing, server_side, server_hostname=None, *, owner=None, "
              "session=None)",
              "A connection over two memory BIOs.")
{
    scoped Ref keep = NULL;
    const char *name;
    int server;
    for (int i = 1; i < 3; i++)
        if (!oz_isa(a[i], OZ_SSL_MEMORY_BIO))
            return oz_raise(t, OZ_TypeError,
                            "_wrap_bio() argument '%s' must be _ssl.MemoryBIO, not %t",
                            i == 1 ? "incoming" : "outgoing", a[i]);
    if (!oz_as_int(t, a[3], &server) || !name_argument(t, a[4], &name, &keep))
        return NULL;
    return connection_new(t, (SslContext *)a[0], NULL, ((const MemoryBio *)a[1])->bio,
                          ((const MemoryBio *)a[2])->bio, server, name, a[5], a[6]);
}

const TypeDef oz_ssl_socket_type = {
    .id = OZ_SSL_SOCKET,
    .name = "_ssl._SSLSocket",
    .doc = "An end of a TLS connection; a context makes it.",
    .size = sizeof(SslSocket),
    .flags = OZ_TYPE_NO_NEW | OZ_TYPE_FINAL,
    .visit = ssl_socket_visit,
    .clear = ssl_socket_clear,
    .free = ssl_socket_free,
    .methods =
        (const NativeDef *const[]){
            &ssl_socket_do_handshake, &ssl_socket_write, &ssl_socket_read, &oz_ssl_pending,
            &oz_ssl_getpeercert, &oz_ssl_get_channel_binding, &oz_ssl_cipher,
            &oz_ssl_shared_ciphers, &oz_ssl_version, &oz_ssl_selected_alpn_protocol,
            &oz_ssl_compression, &ssl_socket_shutdown, &ssl_socket_verify_client_post_handshake,
            &oz_ssl_get_unverified_chain, &oz_ssl_get_verified_chain, NULL},
    .getsets = oz_ssl_socket_getsets,
};
