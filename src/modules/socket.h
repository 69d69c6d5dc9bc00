// SPDX-License-Identifier: MIT
// _socket: what its files share.
#ifndef OZ_MODULES_SOCKET_H
#define OZ_MODULES_SOCKET_H

#include "modules/modules.h"
#include "modules/native_type.h"
#include "modules/os_support.h"

#include <linux/can.h>
#include <linux/if_alg.h>
#include <linux/netlink.h>
#include <linux/qrtr.h>
#include <linux/tipc.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netpacket/packet.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
/* after sys/socket.h, which they need */
#include <linux/vm_sockets.h>

typedef struct Socket {
    Object base;
    int fd_plus;             /* [owner] the descriptor + 1; 0: closed */
    int family, type, proto; /* [owner] */
    int64_t timeout;         /* [owner] nanoseconds; 0: does not wait, negative: waits for ever */
} Socket;

OZ_INLINE int oz_socket_fd(const Socket *s)
{
    return s->fd_plus - 1;
}

typedef union SocketAddress {
    struct sockaddr any;
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
    struct sockaddr_un un;
    struct sockaddr_nl nl;
    struct sockaddr_ll ll;
    struct sockaddr_vm vm;
    struct sockaddr_can can;
    struct sockaddr_alg alg;
    struct sockaddr_tipc tipc;
    struct sockaddr_qrtr qrtr;
    struct sockaddr_storage storage;
} SocketAddress;

/* ---- addresses (socket_address.c) ---- */

/* What a program gives as the address for a socket; `function` is for messages. */
bool oz_socket_address(Thread *t, const Socket *s, Obj v, const char *function,
                       SocketAddress *address, socklen_t *length) OZ_CHECKED;
/* The value that shows an address; None if it has no bytes.  `fd` finds names of interfaces. */
Ref oz_socket_address_new(Thread *t, int fd, const SocketAddress *address, socklen_t length,
                          int proto) OZ_CHECKED;
/* The numeric text of an IPv4 or IPv6 address. */
Ref oz_socket_host_new(Thread *t, const SocketAddress *address) OZ_CHECKED;
/* The address of a host by its name, with port 0: family AF_UNSPEC, AF_INET or AF_INET6. */
bool oz_socket_resolve(Thread *t, const char *name, int family, SocketAddress *address) OZ_CHECKED;
/* The text of a host name: a str that is not ASCII in IDNA.  `function` has the name as its first
 * argument, and labels of ASCII are checked too; NULL: it stands in an address.  *keep owns what is
 * pointed to. */
const char *oz_socket_host(Thread *t, Obj v, const char *function, Ref *keep) OZ_CHECKED;
/* gaierror of a code of getaddrinfo(). */
Ref oz_socket_raise_gai(Thread *t, int code) OZ_COLD;

/* ---- sockets (socket_object.c) ---- */

/* A system call on a socket, and what it needs. */
typedef struct SocketCall {
    void *data;
    size_t length;
    int flags;
    SocketAddress *address;
    socklen_t address_length;
    struct msghdr *message;
    ssize_t result;
} SocketCall;
typedef ssize_t (*SocketRun)(int fd, SocketCall *call);

/* Make the call, waiting first where the socket has a timeout, again after a signal.  `wait` NULL:
 * the socket's own time.  false: raised. */
bool oz_socket_call(Thread *t, const Socket *s, bool writing, OsWait *wait, SocketRun run,
                    SocketCall *call) OZ_CHECKED;

/* Wait until it can be read or written, or was closed: OZ_MISSING when the time is over. */
Found oz_socket_wait(Thread *t, const Socket *s, bool writing, OsWait *wait) OZ_CHECKED;

/* None or seconds; as the timeout of a socket. */
bool oz_socket_timeout_from(Thread *t, Obj v, int64_t *timeout) OZ_CHECKED;
Ref oz_socket_timeout_new(Thread *t, int64_t timeout) OZ_CHECKED;
/* The module's default timeout, in its state. */
int64_t *oz_socket_default_timeout(Thread *t) OZ_CHECKED;
/* A socket of a new descriptor, which is taken, always. */
Ref oz_socket_new(Thread *t, int fd, int family, int type, int proto) OZ_CHECKED;

/* The bodies of methods (socket_message.c). */
Ref oz_socket_recvmsg(Thread *t, const Obj *a) OZ_CHECKED;
Ref oz_socket_recvmsg_into(Thread *t, const Obj *a) OZ_CHECKED;
Ref oz_socket_sendmsg(Thread *t, const Obj *a) OZ_CHECKED;
Ref oz_socket_sendmsg_afalg(Thread *t, const Obj *a) OZ_CHECKED;
extern const NativeDef *const oz_socket_name_functions[]; /* socket_names.c */

#endif
