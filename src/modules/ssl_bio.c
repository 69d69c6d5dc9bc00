// SPDX-License-Identifier: MIT
// _ssl: where a connection's bytes come from and go to.
//
// OpenSSL reads and writes through BIOs, while the thread is detached and holds the lock of the
// connection.  So a BIO must never wait, or another thread could not use the other direction
// meanwhile: that of a socket asks the system not to wait (MSG_DONTWAIT), whatever the socket does
// otherwise, and who calls OpenSSL waits for the socket with the lock given up.
//
// Memory BIOs are filled and emptied by threads that do not know of the connection.  Their bytes
// are behind a lock of their own, which is held for a copy and nothing else, so that two
// connections that talk to each other through two of them cannot wait for each other.
#include "modules/ssl.h"

#include "types/buffer.h"
#include "types/bytes.h"

#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>

struct SslMemory {
    pthread_mutex_t lock;
    uint8_t *data;        /* [lock] OpenSSL's memory: [start, start + length) is to be read */
    size_t start, length; /* [lock] */
    size_t capacity;      /* [lock] */
    bool ended;           /* [lock] write_eof() */
};

/* Of the process, as the library is. */
static _Atomic(BIO_METHOD *) socket_method, memory_method;

/* ---- sockets ---- */

static bool is_passing(int number)
{
    return number == EAGAIN || number == EWOULDBLOCK || number == EINTR || number == EINPROGRESS ||
           number == EALREADY;
}

static int socket_read(BIO *bio, char *data, int length)
{
    const Ssl *ssl = oz_ssl(oz_thread());
    SslSocket *self = ssl->BIO_get_data(bio);
    ssl->BIO_clear_flags(bio, BIO_FLAGS_RWS | BIO_FLAGS_SHOULD_RETRY | BIO_FLAGS_IN_EOF);
    ssize_t n = recv(self->fd, data, (size_t)length, MSG_DONTWAIT);
    if (n == 0)
        ssl->BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
    if (n < 0 && is_passing(errno))
        ssl->BIO_set_flags(bio, BIO_FLAGS_READ | BIO_FLAGS_SHOULD_RETRY);
    else if (n < 0)
        self->error_number = errno;
    return (int)n;
}

static int socket_write(BIO *bio, const char *data, int length)
{
    const Ssl *ssl = oz_ssl(oz_thread());
    SslSocket *self = ssl->BIO_get_data(bio);
    ssl->BIO_clear_flags(bio, BIO_FLAGS_RWS | BIO_FLAGS_SHOULD_RETRY);
    ssize_t n = send(self->fd, data, (size_t)length, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n < 0 && is_passing(errno))
        ssl->BIO_set_flags(bio, BIO_FLAGS_WRITE | BIO_FLAGS_SHOULD_RETRY);
    else if (n < 0)
        self->error_number = errno;
    return (int)n;
}

static long socket_control(BIO *bio, int command, long number OZ_UNUSED, void *pointer OZ_UNUSED)
{
    if (command == BIO_CTRL_EOF)
        return oz_ssl(oz_thread())->BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0;
    return command == BIO_CTRL_FLUSH || command == BIO_CTRL_DUP;
}

BIO *oz_ssl_socket_bio(Thread *t, SslSocket *self)
{
    const Ssl *ssl = oz_ssl(t);
    BIO *bio = ssl->BIO_new(socket_method);
    if (!bio) {
        oz_raise_memory(t);
        return NULL;
    }
    ssl->BIO_set_data(bio, self);
    ssl->BIO_set_init(bio, 1);
    return bio;
}

/* ---- memory ---- */

/* Make room for `length` bytes behind those that are there.  The lock is held. */
static bool memory_reserve(const Ssl *ssl, SslMemory *m, size_t length)
{
    if (m->start && m->start + m->length + length > m->capacity) {
        memmove(m->data, m->data + m->start, m->length);
        m->start = 0;
    }
    size_t needed = m->length + length;
    if (m->start + needed <= m->capacity)
        return true;
    size_t capacity = needed < 512 ? 512 : needed + needed / 2;
    uint8_t *data = ssl->CRYPTO_realloc(m->data, capacity, __FILE__, __LINE__);
    if (!data)
        return false;
    m->data = data;
    m->capacity = capacity;
    return true;
}

static bool memory_put(const Ssl *ssl, SslMemory *m, const void *data, size_t length)
{
    pthread_mutex_lock(&m->lock);
    bool done = memory_reserve(ssl, m, length);
    if (done && length) {
        memcpy(m->data + m->start + m->length, data, length);
        m->length += length;
    }
    pthread_mutex_unlock(&m->lock);
    return done;
}

static size_t memory_take(SslMemory *m, void *data, size_t length, bool *ended)
{
    pthread_mutex_lock(&m->lock);
    size_t n = length < m->length ? length : m->length;
    if (n)
        memcpy(data, m->data + m->start, n);
    m->length -= n;
    m->start = m->length ? m->start + n : 0;
    *ended = m->ended;
    pthread_mutex_unlock(&m->lock);
    return n;
}

static size_t memory_length(SslMemory *m, bool *ended)
{
    pthread_mutex_lock(&m->lock);
    size_t n = m->length;
    *ended = m->ended;
    pthread_mutex_unlock(&m->lock);
    return n;
}

static int memory_read(BIO *bio, char *data, int length)
{
    const Ssl *ssl = oz_ssl(oz_thread());
    bool ended;
    ssl->BIO_clear_flags(bio, BIO_FLAGS_RWS | BIO_FLAGS_SHOULD_RETRY);
    size_t n = memory_take(ssl->BIO_get_data(bio), data, (size_t)length, &ended);
    if (n || ended)
        return (int)n;
    ssl->BIO_set_flags(bio, BIO_FLAGS_READ | BIO_FLAGS_SHOULD_RETRY);
    return -1;
}

static int memory_write(BIO *bio, const char *data, int length)
{
    const Ssl *ssl = oz_ssl(oz_thread());
    ssl->BIO_clear_flags(bio, BIO_FLAGS_RWS | BIO_FLAGS_SHOULD_RETRY);
    return memory_put(ssl, ssl->BIO_get_data(bio), data, (size_t)length) ? length : -1;
}

static long memory_control(BIO *bio, int command, long number OZ_UNUSED, void *pointer OZ_UNUSED)
{
    bool ended;
    SslMemory *m = oz_ssl(oz_thread())->BIO_get_data(bio);
    switch (command) {
    case BIO_CTRL_EOF:
        return memory_length(m, &ended) == 0;
    case BIO_CTRL_PENDING:
        return (long)memory_length(m, &ended);
    case BIO_CTRL_FLUSH:
    case BIO_CTRL_DUP:
        return 1;
    default:
        return 0;
    }
}

static int memory_destroy(BIO *bio)
{
    const Ssl *ssl = oz_ssl(oz_thread());
    SslMemory *m = ssl->BIO_get_data(bio);
    if (m) {
        pthread_mutex_destroy(&m->lock);
        OZ_SSL_FREE(ssl, m->data);
        OZ_SSL_FREE(ssl, m);
    }
    ssl->BIO_set_data(bio, NULL);
    return 1;
}

/* ---- the two kinds ---- */

static bool make_method(const Ssl *ssl, _Atomic(BIO_METHOD *) *place, const char *name,
                        int (*reading)(BIO *, char *, int),
                        int (*writing)(BIO *, const char *, int),
                        long (*control)(BIO *, int, long, void *), int (*destroy)(BIO *))
{
    if (atomic_load(place))
        return true;
    BIO_METHOD *none = NULL,
               *made = ssl->BIO_meth_new(ssl->BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, name);
    bool ok = made && ssl->BIO_meth_set_read(made, reading) &&
              ssl->BIO_meth_set_write(made, writing) && ssl->BIO_meth_set_ctrl(made, control) &&
              (!destroy || ssl->BIO_meth_set_destroy(made, destroy));
    if (!ok || !atomic_compare_exchange_strong(place, &none, made))
        ssl->BIO_meth_free(made);
    return ok;
}

bool oz_ssl_bios_init(Thread *t)
{
    const Ssl *ssl = oz_ssl(t);
    if (make_method(ssl, &socket_method, "socket", socket_read, socket_write, socket_control,
                    NULL) &&
        make_method(ssl, &memory_method, "memory", memory_read, memory_write, memory_control,
                    memory_destroy))
        return true;
    oz_raise_memory(t);
    return false;
}

/* ---- MemoryBIO ---- */

static void memory_bio_free(Thread *t, Object *object)
{
    MemoryBio *self = (MemoryBio *)object;
    if (self->bio)
        oz_ssl(t)->BIO_free(self->bio);
}

static SslMemory *memory_of(Thread *t, Obj self)
{
    return oz_ssl(t)->BIO_get_data(((const MemoryBio *)self)->bio);
}

OZ_NEW(memory_bio, "($type, /, *args, **kwargs)")
{
    const Ssl *ssl = oz_ssl(t);
    size_t named = oz_dict_length((Dict *)a[2]);
    if (((const Tuple *)a[1])->length)
        return oz_raise(t, OZ_TypeError, "MemoryBIO() takes no positional arguments");
    if (named)
        return oz_raise(t, OZ_TypeError, "MemoryBIO() takes no keyword arguments");
    scoped Ref self = oz_instance_new(t, (Class *)a[0], 0);
    if (!self)
        return NULL;
    BIO *bio = ssl->BIO_new(memory_method);
    SslMemory *m = bio ? ssl->CRYPTO_malloc(sizeof *m, __FILE__, __LINE__) : NULL;
    if (!m) {
        if (bio)
            ssl->BIO_free(bio);
        ssl->ERR_clear_error();
        return oz_raise_memory(t);
    }
    *m = (SslMemory){0};
    pthread_mutex_init(&m->lock, NULL);
    ssl->BIO_set_data(bio, m);
    ssl->BIO_set_init(bio, 1);
    ((MemoryBio *)self)->bio = bio;
    return oz_move(&self);
}

OZ_METHOD(memory_bio, read, "($self, size=-1, /)",
          "Take up to so many bytes out; all of them if it is negative.")
{
    int size;
    bool ended;
    if (!oz_as_int(t, a[1], &size))
        return NULL;
    size_t there = memory_length(memory_of(t, a[0]), &ended);
    size_t length = size < 0 || (size_t)size > there ? there : (size_t)size;
    scoped Ref bytes = oz_bytes_alloc(t, length);
    if (!bytes)
        return NULL;
    length = memory_take(memory_of(t, a[0]), oz_bytes_data((const Bytes *)bytes), length, &ended);
    return oz_bytes_shrink(t, oz_move(&bytes), length);
}

OZ_METHOD(memory_bio, write, "($self, b, /)", "Put bytes in; how many they are.")
{
    scoped_buffer view = {0};
    bool ended;
    if (!oz_buffer_open(t, a[1], &view))
        return NULL;
    if (view.length > INT_MAX)
        return oz_raise(t, OZ_OverflowError, "string longer than %d bytes", INT_MAX);
    memory_length(memory_of(t, a[0]), &ended);
    if (ended)
        return oz_raise_module(t, OZ_ERROR_SSL, "cannot write() after write_eof()");
    if (!memory_put(oz_ssl(t), memory_of(t, a[0]), view.data, view.length)) {
        oz_ssl(t)->ERR_clear_error();
        return oz_raise_memory(t);
    }
    return oz_int((int64_t)view.length);
}

OZ_METHOD(memory_bio, write_eof, "($self, /)",
          "Nothing more will be put in: who has read it all finds the end.")
{
    SslMemory *m = memory_of(t, a[0]);
    pthread_mutex_lock(&m->lock);
    m->ended = true;
    pthread_mutex_unlock(&m->lock);
    return OZ_NONE;
}

static Ref get_pending(Thread *t, Obj self)
{
    bool ended;
    return oz_int((int64_t)memory_length(memory_of(t, self), &ended));
}

static Ref get_eof(Thread *t, Obj self)
{
    bool ended;
    size_t length = memory_length(memory_of(t, self), &ended);
    return oz_bool(ended && !length);
}

const TypeDef oz_ssl_memory_bio_type = {
    .id = OZ_SSL_MEMORY_BIO,
    .name = "_ssl.MemoryBIO",
    .doc = "Bytes on their way between a connection and a program.",
    .size = sizeof(MemoryBio),
    .free = memory_bio_free,
    .make = &memory_bio_new_,
    .methods = OZ_METHODS(&memory_bio_read, &memory_bio_write, &memory_bio_write_eof),
    .getsets = OZ_GETSETS({"pending", get_pending, NULL, "how many bytes are in it"},
                          {"eof", get_eof, NULL, "is the end reached?"}),
};
