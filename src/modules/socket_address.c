// SPDX-License-Identifier: MIT
// _socket: addresses, as programs write them and as the system does.
#include "modules/socket.h"
#include "modules/module_errors.h"
#include "types/buffer.h"
#include "types/bytes.h"
#include "types/codec.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <sys/ioctl.h>

/* ---- names of hosts ---- */

Ref oz_socket_raise_gai(Thread *t, int code)
{
    if (code == EAI_SYSTEM)
        return oz_os_raise(t);
    Obj cls = oz_module_error(t, OZ_ERROR_GAIERROR);
    scoped Ref text = cls ? oz_str_new(t, gai_strerror(code)) : NULL;
    scoped Ref error = text ? oz_call2(t, cls, oz_int(code), text) : NULL;
    return error ? oz_raise_object(t, error, NULL) : NULL;
}

/* Does the name stand for itself in IDNA?  `labels`: IDNA also refuses parts of a wrong length. */
static bool is_plain(Obj v, bool labels)
{
    const Str *s = oz_as_str(v);
    size_t length = oz_str_length(s), start = 0;
    for (size_t n = 0; n <= length; n++) {
        if (n < length && oz_str_at(s, n) > 127)
            return false;
        if (n < length && oz_str_at(s, n) != '.')
            continue;
        if (labels && (n - start > 63 || (n == start && n < length)))
            return false;
        start = n + 1;
    }
    return true;
}

const char *oz_socket_host(Thread *t, Obj v, const char *function, Ref *keep)
{
    if (oz_is_str(v)) {
        if (is_plain(v, function != NULL)) {
            *keep = oz_fs_encode(t, v);
        } else {
            scoped Ref method = oz_intern(t, "encode"), codec = oz_intern(t, "idna");
            const Obj codecs[] = {codec};
            *keep = method && codec ? oz_call_method(t, v, method, 1, codecs) : NULL;
            if (!*keep && !function && oz_exception_forget(t, OZ_UnicodeError))
                oz_raise(t, OZ_TypeError, "encoding of hostname failed");
        }
    } else if (oz_as_bytes(v) || oz_isa(v, OZ_BYTEARRAY)) {
        scoped_buffer view = {0};
        *keep = oz_buffer_open(t, v, &view) ? oz_bytes_new(t, view.data, view.length) : NULL;
    } else if (function) {
        oz_raise(t, OZ_TypeError, "%s() argument 1 must be str, bytes or bytearray, not %T",
                 function, v);
    } else {
        oz_raise(t, OZ_TypeError, "str, bytes or bytearray expected, not %T", v);
    }
    const Bytes *bytes = *keep ? oz_as_bytes(*keep) : NULL;
    if (!bytes)
        return NULL;
    const char *text = (const char *)oz_bytes_data(bytes);
    if (strlen(text) == oz_bytes_length(bytes))
        return text;
    if (function)
        oz_raise(t, OZ_TypeError,
                 "%s() argument 1 must be encoded string without null bytes, not %T", function, v);
    else
        oz_raise(t, OZ_TypeError, "host name must not contain null character");
    return NULL;
}

static bool from_info(Thread *t, int error, struct addrinfo *info, SocketAddress *address)
{
    if (error) {
        oz_socket_raise_gai(t, error);
        return false;
    }
    socklen_t length = info->ai_addrlen < sizeof *address ? info->ai_addrlen : sizeof *address;
    memcpy(address, info->ai_addr, length);
    freeaddrinfo(info);
    return true;
}

/* "": any address of this host. */
static bool resolve_any(Thread *t, int family, SocketAddress *address)
{
    const struct addrinfo hints = {
        .ai_family = family, .ai_socktype = SOCK_DGRAM, .ai_flags = AI_PASSIVE};
    struct addrinfo *info = NULL;
    int error = OZ_DETACHED(t, getaddrinfo(NULL, "0", &hints, &info));
    if (!error && info->ai_next) {
        freeaddrinfo(info);
        return oz_fail(t, OZ_OSError, "wildcard resolved to multiple address");
    }
    return from_info(t, error, info, address);
}

bool oz_socket_resolve(Thread *t, const char *name, int family, SocketAddress *address)
{
    memset(address, 0, sizeof *address);
    if (!*name)
        return resolve_any(t, family, address);
    if (strcmp(name, "255.255.255.255") == 0 || strcmp(name, "<broadcast>") == 0) {
        if (family != AF_INET && family != AF_UNSPEC)
            return oz_fail(t, OZ_OSError, "address family mismatched");
        address->in.sin_family = AF_INET;
        address->in.sin_addr.s_addr = INADDR_BROADCAST;
        return true;
    }
    if ((family == AF_UNSPEC || family == AF_INET) &&
        inet_pton(AF_INET, name, &address->in.sin_addr) > 0) {
        address->in.sin_family = AF_INET;
        return true;
    }
    if ((family == AF_UNSPEC || family == AF_INET6) && !strchr(name, '%') &&
        inet_pton(AF_INET6, name, &address->in6.sin6_addr) > 0) {
        address->in6.sin6_family = AF_INET6;
        return true;
    }
    memset(address, 0, sizeof *address);
    const struct addrinfo hints = {.ai_family = family};
    struct addrinfo *info = NULL;
    int error = OZ_DETACHED(t, getaddrinfo(name, NULL, &hints, &info));
    return from_info(t, error, info, address);
}

/* ---- from a program ---- */

/* Where a part of an address goes. */
typedef struct Parts {
    Thread *t;
    const char *function;
    const Tuple *tuple;
} Parts;

static bool is_tuple(Parts *p, Obj v, const char *family, size_t least, size_t most,
                     const char *message)
{
    p->tuple = oz_as_tuple(v);
    if (!p->tuple)
        return oz_fail(p->t, OZ_TypeError, "%s: %s address must be tuple, not %T", p->function,
                       family, v);
    return (p->tuple->length >= least && p->tuple->length <= most) ||
           oz_fail(p->t, OZ_TypeError, "%s", message);
}

/* Part `n`, or what is there already if it is left out. */
static bool part_int(const Parts *p, uint32_t n, int *value)
{
    return n >= p->tuple->length || oz_as_int(p->t, p->tuple->items[n], value);
}

static bool part_mask(const Parts *p, uint32_t n, uint32_t *value)
{
    return n >= p->tuple->length || oz_os_mask(p->t, p->tuple->items[n], value);
}

static bool part_port(const Parts *p, uint32_t n, const char *what, uint16_t *port)
{
    int number = 0;
    if (!part_int(p, n, &number))
        return false;
    if (number < 0 || number > 0xffff)
        return oz_fail(p->t, OZ_OverflowError, "%s: %s must be 0-65535.", p->function, what);
    *port = htons((uint16_t)number);
    return true;
}

static bool part_host(const Parts *p, int family, SocketAddress *address)
{
    scoped Ref keep = NULL;
    const char *name = oz_socket_host(p->t, p->tuple->items[0], NULL, &keep);
    return name && oz_socket_resolve(p->t, name, family, address);
}

static bool part_interface(const Parts *p, int fd, int *index)
{
    scoped Ref name = oz_encode_path(p->t, p->tuple->items[0]);
    struct ifreq request = {0};
    *index = 0;
    if (!name)
        return false;
    const Bytes *bytes = (const Bytes *)name;
    if (oz_bytes_length(bytes) == 0)
        return true;
    strncpy(request.ifr_name, (const char *)oz_bytes_data(bytes), sizeof request.ifr_name - 1);
    if (ioctl(fd, SIOCGIFINDEX, &request) < 0) {
        oz_os_raise(p->t);
        return false;
    }
    *index = request.ifr_ifindex;
    return true;
}

static bool unix_address(Thread *t, Obj v, SocketAddress *address, socklen_t *length)
{
    scoped Ref path = oz_is_str(v) ? oz_fs_encode(t, v) : oz_retain(v);
    scoped_buffer view = {0};
    if (!path || !oz_buffer_open(t, path, &view))
        return false;
    bool abstract = view.length > 0 && view.data[0] == 0;
    if (view.length + !abstract > sizeof address->un.sun_path)
        return oz_fail(t, OZ_OSError, "AF_UNIX path too long");
    address->un.sun_family = AF_UNIX;
    memcpy(address->un.sun_path, view.data, view.length);
    *length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + view.length +
                          (view.length > 0 && !abstract));
    return true;
}

static bool inet_address(Parts *p, Obj v, SocketAddress *address)
{
    uint16_t port;
    if (!is_tuple(p, v, "AF_INET", 2, 2, "AF_INET address must be a pair (host, port)") ||
        !part_host(p, AF_INET, address) || !part_port(p, 1, "port", &port))
        return false;
    address->in.sin_family = AF_INET;
    address->in.sin_port = port;
    return true;
}

static bool inet6_address(Parts *p, Obj v, SocketAddress *address)
{
    uint32_t flow = 0, scope = 0;
    uint16_t port;
    if (!is_tuple(p, v, "AF_INET6", 2, 4,
                  "AF_INET6 address must be a tuple (host, port[, flowinfo[, scopeid]])") ||
        !part_host(p, AF_INET6, address) || !part_port(p, 1, "port", &port) ||
        !part_mask(p, 2, &flow) || !part_mask(p, 3, &scope))
        return false;
    if (flow > 0xfffff)
        return oz_fail(p->t, OZ_OverflowError, "%s: flowinfo must be 0-1048575.", p->function);
    address->in6.sin6_family = AF_INET6;
    address->in6.sin6_port = port;
    address->in6.sin6_flowinfo = htonl(flow);
    address->in6.sin6_scope_id = scope;
    return true;
}

static bool netlink_address(Parts *p, Obj v, SocketAddress *address)
{
    if (!is_tuple(p, v, "AF_NETLINK", 2, 2, "AF_NETLINK address must be a pair (pid, groups)"))
        return false;
    address->nl.nl_family = AF_NETLINK;
    return part_mask(p, 0, &address->nl.nl_pid) && part_mask(p, 1, &address->nl.nl_groups);
}

static bool packet_address(Parts *p, int fd, Obj v, SocketAddress *address)
{
    int kind = 0, hardware = 0, index;
    uint16_t proto;
    static const char message[] = "AF_PACKET address must be a tuple of two to five elements";
    if (!is_tuple(p, v, "AF_PACKET", 2, 5, message))
        return false;
    if (!oz_is_str(p->tuple->items[0]) && !oz_as_bytes(p->tuple->items[0]))
        return oz_fail(p->t, OZ_TypeError, "%s", message);
    if (!part_int(p, 2, &kind) || !part_int(p, 3, &hardware))
        return false;
    if (p->tuple->length > 4) {
        scoped_buffer view = {0};
        if (!oz_buffer_open(p->t, p->tuple->items[4], &view))
            return false;
        if (view.length > sizeof address->ll.sll_addr)
            return oz_fail(p->t, OZ_ValueError, "Hardware address must be 8 bytes or less");
        memcpy(address->ll.sll_addr, view.data, view.length);
        address->ll.sll_halen = (uint8_t)view.length;
    }
    if (!part_port(p, 1, "proto", &proto) || !part_interface(p, fd, &index))
        return false;
    address->ll.sll_family = AF_PACKET;
    address->ll.sll_protocol = proto;
    address->ll.sll_ifindex = index;
    address->ll.sll_pkttype = (uint8_t)kind;
    address->ll.sll_hatype = (uint16_t)hardware;
    return true;
}

static bool pair_of_masks(Parts *p, Obj v, const char *family, uint32_t *first, uint32_t *second)
{
    p->function = "getsockaddrarg";
    p->tuple = oz_as_tuple(v);
    if (!p->tuple)
        return oz_fail(p->t, OZ_TypeError, "getsockaddrarg: %s address must be tuple, not %T",
                       family, v);
    if (p->tuple->length != 2)
        return oz_fail(p->t, OZ_TypeError, "getsockaddrarg() takes exactly 2 arguments (%d given)",
                       (int)p->tuple->length);
    return part_mask(p, 0, first) && part_mask(p, 1, second);
}

static bool can_address(Parts *p, const Socket *s, Obj v, SocketAddress *address)
{
    static const char *const messages[] = {
        "AF_CAN address must be a tuple (interface, )",
        "AF_CAN address must be a tuple (interface, rx_addr, tx_addr)",
        "AF_CAN address must be a tuple (interface, name, pgn, addr)",
    };
    bool isotp = s->proto == CAN_ISOTP, j1939 = s->proto == CAN_J1939;
    size_t count = isotp ? 3 : j1939 ? 4 : 1;
    int index;
    if (!is_tuple(p, v, "AF_CAN", count, count,
                  messages[isotp   ? 1
                           : j1939 ? 2
                                   : 0]) ||
        !part_interface(p, oz_socket_fd(s), &index))
        return false;
    address->can.can_family = AF_CAN;
    address->can.can_ifindex = index;
    if (isotp)
        return part_mask(p, 1, &address->can.can_addr.tp.rx_id) &&
               part_mask(p, 2, &address->can.can_addr.tp.tx_id);
    if (!j1939)
        return true;
    uint64_t name;
    uint32_t pgn = 0, addr = 0;
    if (!oz_as_uint64(p->t, p->tuple->items[1], &name) || !part_mask(p, 2, &pgn) ||
        !part_mask(p, 3, &addr))
        return false;
    address->can.can_addr.j1939.name = name;
    address->can.can_addr.j1939.pgn = pgn;
    address->can.can_addr.j1939.addr = (uint8_t)addr;
    return true;
}

static bool tipc_address(Parts *p, Obj v, SocketAddress *address)
{
    uint32_t kind = 0, n[3] = {0}, scope = TIPC_CLUSTER_SCOPE;
    if (!is_tuple(p, v, "AF_TIPC", 4, 5,
                  "AF_TIPC address must be a tuple (addr_type, v1, v2, v3[, scope])") ||
        !part_mask(p, 0, &kind) || !part_mask(p, 1, &n[0]) || !part_mask(p, 2, &n[1]) ||
        !part_mask(p, 3, &n[2]) || !part_mask(p, 4, &scope))
        return false;
    struct sockaddr_tipc *tipc = &address->tipc;
    tipc->family = AF_TIPC;
    tipc->addrtype = (uint8_t)kind;
    tipc->scope = (int8_t)scope;
    if (kind == TIPC_ADDR_NAMESEQ) {
        tipc->addr.nameseq.type = n[0];
        tipc->addr.nameseq.lower = n[1];
        tipc->addr.nameseq.upper = n[2];
    } else if (kind == TIPC_ADDR_NAME) {
        tipc->addr.name.name.type = n[0];
        tipc->addr.name.name.instance = n[1];
    } else if (kind == TIPC_ADDR_ID) {
        tipc->addr.id.node = n[0];
        tipc->addr.id.ref = n[1];
    } else {
        return oz_fail(p->t, OZ_TypeError, "Invalid address type");
    }
    return true;
}

static bool part_text(const Parts *p, uint32_t n, uint8_t *out, size_t room, const char *message)
{
    scoped Ref keep = NULL;
    size_t length;
    if (!oz_is_str(p->tuple->items[n]))
        return oz_fail(p->t, OZ_TypeError, "getsockaddrarg() argument %d must be str, not %T",
                       (int)n + 1, p->tuple->items[n]);
    const char *text = oz_str_utf8(p->t, p->tuple->items[n], &length, &keep);
    if (!text)
        return false;
    if (length >= room)
        return oz_fail(p->t, OZ_ValueError, "%s", message);
    memcpy(out, text, length);
    return true;
}

static bool alg_address(Parts *p, Obj v, SocketAddress *address)
{
    p->tuple = oz_as_tuple(v);
    if (!p->tuple)
        return oz_fail(p->t, OZ_TypeError, "getsockaddrarg: AF_ALG address must be tuple, not %T",
                       v);
    if (p->tuple->length < 2 || p->tuple->length > 4)
        return oz_fail(p->t, OZ_TypeError,
                       "AF_ALG address must be a tuple (type, name[, feat[, "
                       "mask]])");
    struct sockaddr_alg *alg = &address->alg;
    alg->salg_family = AF_ALG;
    return part_text(p, 0, alg->salg_type, sizeof alg->salg_type, "AF_ALG type too long.") &&
           part_text(p, 1, alg->salg_name, sizeof alg->salg_name, "AF_ALG name too long.") &&
           part_mask(p, 2, &alg->salg_feat) && part_mask(p, 3, &alg->salg_mask);
}

bool oz_socket_address(Thread *t, const Socket *s, Obj v, const char *function,
                       SocketAddress *address, socklen_t *length)
{
    char name[40];
    snprintf(name, sizeof name, "%s()", function);
    Parts p = {.t = t, .function = name};
    memset(address, 0, sizeof *address);
    switch (s->family) {
    case AF_UNIX:
        return unix_address(t, v, address, length);
    case AF_INET:
    case AF_RDS:
        *length = sizeof address->in;
        return inet_address(&p, v, address);
    case AF_INET6:
        *length = sizeof address->in6;
        return inet6_address(&p, v, address);
    case AF_NETLINK:
        *length = sizeof address->nl;
        return netlink_address(&p, v, address);
    case AF_PACKET:
        *length = sizeof address->ll;
        return packet_address(&p, oz_socket_fd(s), v, address);
    case AF_VSOCK:
        *length = sizeof address->vm;
        address->vm.svm_family = AF_VSOCK;
        return pair_of_masks(&p, v, "AF_VSOCK", &address->vm.svm_cid, &address->vm.svm_port);
    case AF_QIPCRTR:
        *length = sizeof address->qrtr;
        address->qrtr.sq_family = AF_QIPCRTR;
        return pair_of_masks(&p, v, "AF_QIPCRTR", &address->qrtr.sq_node, &address->qrtr.sq_port);
    case AF_CAN:
        *length = sizeof address->can;
        return can_address(&p, s, v, address);
    case AF_TIPC:
        *length = sizeof address->tipc;
        return tipc_address(&p, v, address);
    case AF_ALG:
        *length = sizeof address->alg;
        return alg_address(&p, v, address);
    default:
        return oz_fail(t, OZ_OSError, "%s(): bad family", function);
    }
}

/* ---- from the system ---- */

Ref oz_socket_host_new(Thread *t, const SocketAddress *address)
{
    char text[INET6_ADDRSTRLEN];
    if (address->any.sa_family == AF_INET6)
        inet_ntop(AF_INET6, &address->in6.sin6_addr, text, sizeof text);
    else
        inet_ntop(AF_INET, &address->in.sin_addr, text, sizeof text);
    return oz_str_new(t, text);
}

static Ref interface_name(Thread *t, int fd, int index)
{
    struct ifreq request = {.ifr_ifindex = index};
    bool known = index && ioctl(fd, SIOCGIFNAME, &request) == 0;
    return oz_os_name(t, known ? request.ifr_name : "", false);
}

static Ref unix_address_new(Thread *t, const SocketAddress *address, socklen_t length)
{
    const char *path = address->un.sun_path;
    size_t room = length > offsetof(struct sockaddr_un, sun_path)
                      ? length - offsetof(struct sockaddr_un, sun_path)
                      : 0;
    if (room > 0 && path[0] == 0)
        return oz_bytes_new(t, path, room);
    return oz_fs_decode(t, path, strnlen(path, room));
}

static Ref inet_address_new(Thread *t, const SocketAddress *address)
{
    scoped Ref host = oz_socket_host_new(t, address);
    if (!host)
        return NULL;
    if (address->any.sa_family != AF_INET6)
        return oz_tuple_of(t, 2, host, oz_int(ntohs(address->in.sin_port)));
    return oz_tuple_of(t, 4, host, oz_int(ntohs(address->in6.sin6_port)),
                       oz_int(ntohl(address->in6.sin6_flowinfo)),
                       oz_int(address->in6.sin6_scope_id));
}

static Ref packet_address_new(Thread *t, int fd, const SocketAddress *address)
{
    const struct sockaddr_ll *ll = &address->ll;
    scoped Ref name = interface_name(t, fd, ll->sll_ifindex);
    size_t length = ll->sll_halen < sizeof ll->sll_addr ? ll->sll_halen : sizeof ll->sll_addr;
    scoped Ref hardware = name ? oz_bytes_new(t, ll->sll_addr, length) : NULL;
    return hardware ? oz_tuple_of(t, 5, name, oz_int(ntohs(ll->sll_protocol)),
                                  oz_int(ll->sll_pkttype), oz_int(ll->sll_hatype), hardware)
                    : NULL;
}

static Ref can_address_new(Thread *t, int fd, const SocketAddress *address, int proto)
{
    const struct sockaddr_can *can = &address->can;
    scoped Ref name = interface_name(t, fd, can->can_ifindex);
    if (!name)
        return NULL;
    if (proto == CAN_ISOTP)
        return oz_tuple_of(t, 3, name, oz_int(can->can_addr.tp.rx_id),
                           oz_int(can->can_addr.tp.tx_id));
    if (proto != CAN_J1939)
        return oz_tuple_of(t, 1, name);
    scoped Ref number = oz_int_from_uint64(t, can->can_addr.j1939.name);
    return number ? oz_tuple_of(t, 4, name, number, oz_int(can->can_addr.j1939.pgn),
                                oz_int(can->can_addr.j1939.addr))
                  : NULL;
}

static Ref tipc_address_new(Thread *t, const SocketAddress *address)
{
    const struct sockaddr_tipc *tipc = &address->tipc;
    uint32_t n[3] = {0};
    if (tipc->addrtype == TIPC_ADDR_NAMESEQ) {
        n[0] = tipc->addr.nameseq.type;
        n[1] = tipc->addr.nameseq.lower;
        n[2] = tipc->addr.nameseq.upper;
    } else if (tipc->addrtype == TIPC_ADDR_NAME) {
        n[0] = tipc->addr.name.name.type;
        n[1] = n[2] = tipc->addr.name.name.instance;
    } else if (tipc->addrtype == TIPC_ADDR_ID) {
        n[0] = tipc->addr.id.node;
        n[1] = tipc->addr.id.ref;
    } else {
        return oz_raise(t, OZ_ValueError, "Invalid address type");
    }
    return oz_tuple_of(t, 5, oz_int(tipc->addrtype), oz_int(n[0]), oz_int(n[1]), oz_int(n[2]),
                       oz_int(tipc->scope));
}

Ref oz_socket_address_new(Thread *t, int fd, const SocketAddress *address, socklen_t length,
                          int proto)
{
    if (length == 0)
        return OZ_NONE;
    switch (address->any.sa_family) {
    case AF_UNIX:
        return unix_address_new(t, address, length);
    case AF_INET:
    case AF_INET6:
        return inet_address_new(t, address);
    case AF_NETLINK:
        return oz_tuple_of(t, 2, oz_int(address->nl.nl_pid), oz_int(address->nl.nl_groups));
    case AF_PACKET:
        return packet_address_new(t, fd, address);
    case AF_VSOCK:
        return oz_tuple_of(t, 2, oz_int(address->vm.svm_cid), oz_int(address->vm.svm_port));
    case AF_QIPCRTR:
        return oz_tuple_of(t, 2, oz_int(address->qrtr.sq_node), oz_int(address->qrtr.sq_port));
    case AF_CAN:
        return can_address_new(t, fd, address, proto);
    case AF_TIPC:
        return tipc_address_new(t, address);
    default: {
        scoped Ref data = oz_bytes_new(t, address->any.sa_data,
                                       length > offsetof(struct sockaddr, sa_data)
                                           ? length - offsetof(struct sockaddr, sa_data)
                                           : 0);
        return data ? oz_tuple_of(t, 2, oz_int(address->any.sa_family), data) : NULL;
    }
    }
}
