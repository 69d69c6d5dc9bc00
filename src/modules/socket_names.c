// SPDX-License-Identifier: MIT
// _socket: the functions: names of hosts, services and interfaces; numbers in network order;
// descriptors.
#include "modules/socket.h"
#include "modules/module_errors.h"
#include "types/audit.h"
#include "types/buffer.h"
#include "types/bytes.h"
#include "types/codec.h"

#include <arpa/inet.h>
#include <limits.h>
#include <netdb.h>
#include <unistd.h>

/* ---- hosts ---- */

OZ_FUNCTION(socket, gethostbyname, "($module, host, /)", "The IPv4 address of a host, as text.")
{
    scoped Ref keep = NULL;
    SocketAddress address;
    if (!oz_audit_event(t, "socket.gethostbyname", "O", a[1]))
        return NULL;
    const char *name = oz_socket_host(t, a[1], "gethostbyname", &keep);
    return name && oz_socket_resolve(t, name, AF_INET, &address) ? oz_socket_host_new(t, &address)
                                                                 : NULL;
}

static Ref raise_host(Thread *t, int code)
{
    Obj cls = oz_module_error(t, OZ_ERROR_HERROR);
    scoped Ref text = cls ? oz_str_new(t, hstrerror(code)) : NULL;
    scoped Ref error = text ? oz_call2(t, cls, oz_int(code), text) : NULL;
    return error ? oz_raise_object(t, error, NULL) : NULL;
}

/* What the system knows of a host: (name, other names, addresses). */
static Ref host_entry(Thread *t, const struct hostent *host)
{
    scoped Ref names = oz_list_new(t, 0), addresses = oz_list_new(t, 0);
    if (!names || !addresses)
        return NULL;
    for (char **alias = host->h_aliases; alias && *alias; alias++) {
        Ref name = oz_os_name(t, *alias, false);
        if (!name || !oz_list_append_take(t, (List *)names, name))
            return NULL;
    }
    for (char **at = host->h_addr_list; at && *at; at++) {
        SocketAddress address = {.any.sa_family = (sa_family_t)host->h_addrtype};
        if (host->h_addrtype == AF_INET6)
            memcpy(&address.in6.sin6_addr, *at, sizeof address.in6.sin6_addr);
        else
            memcpy(&address.in.sin_addr, *at, sizeof address.in.sin_addr);
        Ref text = oz_socket_host_new(t, &address);
        if (!text || !oz_list_append_take(t, (List *)addresses, text))
            return NULL;
    }
    scoped Ref name = oz_os_name(t, host->h_name, false);
    return name ? oz_tuple_of(t, 3, name, names, addresses) : NULL;
}

OZ_FUNCTION(socket, gethostbyname_ex, "($module, host, /)",
            "A host by its name: (name, other names, IPv4 addresses).")
{
    scoped Ref keep = NULL;
    SocketAddress address;
    struct hostent entry, *found = NULL;
    char room[16384];
    int code = 0;
    if (!oz_audit_event(t, "socket.gethostbyname", "O", a[1]))
        return NULL;
    const char *name = oz_socket_host(t, a[1], "gethostbyname_ex", &keep);
    if (!name || !oz_socket_resolve(t, name, AF_INET, &address))
        return NULL;
    OZ_DETACHED(t, gethostbyname_r(name, &entry, room, sizeof room, &found, &code));
    return found ? host_entry(t, found) : raise_host(t, code);
}

OZ_FUNCTION(socket, gethostbyaddr, "($module, host, /)",
            "A host by its address: (name, other names, addresses).")
{
    scoped Ref keep = NULL;
    SocketAddress address;
    struct hostent entry, *found = NULL;
    char room[16384];
    int code = 0;
    if (!oz_audit_event(t, "socket.gethostbyaddr", "O", a[1]))
        return NULL;
    const char *name = oz_socket_host(t, a[1], "gethostbyaddr", &keep);
    if (!name || !oz_socket_resolve(t, name, AF_UNSPEC, &address))
        return NULL;
    bool six = address.any.sa_family == AF_INET6;
    const void *bytes = six ? (void *)&address.in6.sin6_addr : (void *)&address.in.sin_addr;
    OZ_DETACHED(t, gethostbyaddr_r(bytes, six ? 16 : 4, address.any.sa_family, &entry, room,
                                   sizeof room, &found, &code));
    return found ? host_entry(t, found) : raise_host(t, code);
}

OZ_FUNCTION(socket, gethostname, "($module, /)", "The name of this host.")
{
    char name[1024];
    if (!oz_audit_event(t, "socket.gethostname", ""))
        return NULL;
    if (gethostname(name, sizeof name - 1) < 0)
        return oz_os_raise(t);
    name[sizeof name - 1] = 0;
    return oz_os_name(t, name, false);
}

OZ_FUNCTION(socket, sethostname, "($module, name, /)", "Set the name of this host.")
{
    if (!oz_audit_event(t, "socket.sethostname", "O", a[1]))
        return NULL;
    scoped Ref name = oz_encode_path(t, a[1]);
    if (!name)
        return NULL;
    const Bytes *bytes = (const Bytes *)name;
    return oz_os_result(t, sethostname((const char *)oz_bytes_data(bytes), oz_bytes_length(bytes)));
}

/* ---- getaddrinfo, getnameinfo ---- */

/* A service by its name or number, as text. */
static bool service_of(Thread *t, Obj v, Ref *keep, const char **text)
{
    *text = NULL;
    if (v == OZ_NONE)
        return true;
    Obj exact = oz_as_exact_int(v);
    int64_t number;
    if (exact) {
        if (!oz_int_fits_int64(exact, &number))
            return oz_fail(t, OZ_OverflowError, "Python int too large to convert to C long");
        scoped Ref digits = oz_int_to_str(t, exact, 10);
        *keep = digits ? oz_fs_encode(t, digits) : NULL;
    } else if (oz_is_str(v)) {
        *keep = oz_fs_encode(t, v);
    } else if (oz_as_bytes(v)) {
        *keep = oz_retain(v);
    } else {
        return oz_fail(t, OZ_OSError, "Int or String expected");
    }
    if (*keep)
        *text = (const char *)oz_bytes_data(oz_as_bytes(*keep));
    return *keep != NULL;
}

static Ref info_entry(Thread *t, const struct addrinfo *info)
{
    SocketAddress address;
    memset(&address, 0, sizeof address);
    memcpy(&address, info->ai_addr,
           info->ai_addrlen < sizeof address ? info->ai_addrlen : sizeof address);
    scoped Ref shown = oz_socket_address_new(t, -1, &address, info->ai_addrlen, info->ai_protocol);
    scoped Ref name =
        shown ? oz_os_name(t, info->ai_canonname ? info->ai_canonname : "", false) : NULL;
    return name ? oz_tuple_of(t, 5, oz_int(info->ai_family), oz_int(info->ai_socktype),
                              oz_int(info->ai_protocol), name, shown)
                : NULL;
}

OZ_FUNCTION(socket, getaddrinfo, "($module, host, port, family=0, type=0, proto=0, flags=0)",
            "The addresses of a host and service: a list of (family, type, proto, canonical name, "
            "address).")
{
    scoped Ref keep_host = NULL, keep_port = NULL;
    const char *host = NULL, *port;
    struct addrinfo hints = {0}, *info = NULL;
    if (!oz_audit_event(t, "socket.getaddrinfo", "OOOOO", a[1], a[2], a[3], a[4], a[5]))
        return NULL;
    if (!oz_as_int(t, a[3], &hints.ai_family) || !oz_as_int(t, a[4], &hints.ai_socktype) ||
        !oz_as_int(t, a[5], &hints.ai_protocol) || !oz_as_int(t, a[6], &hints.ai_flags))
        return NULL;
    if (oz_as_bytes(a[1])) {
        host = (const char *)oz_bytes_data(oz_as_bytes(a[1]));
    } else if (oz_is_str(a[1])) {
        host = oz_socket_host(t, a[1], "getaddrinfo", &keep_host);
        if (!host)
            return NULL;
    } else if (a[1] != OZ_NONE) {
        return oz_raise(t, OZ_TypeError, "getaddrinfo() argument 1 must be string or None");
    }
    if (!service_of(t, a[2], &keep_port, &port))
        return NULL;
    int error = OZ_DETACHED(t, getaddrinfo(host, port, &hints, &info));
    if (error)
        return oz_socket_raise_gai(t, error);
    scoped Ref list = oz_list_new(t, 0);
    bool ok = list != NULL;
    for (const struct addrinfo *each = info; ok && each; each = each->ai_next) {
        Ref entry = info_entry(t, each);
        ok = entry && oz_list_append_take(t, (List *)list, entry);
    }
    freeaddrinfo(info);
    return ok ? oz_move(&list) : NULL;
}

/* The numbers of an address for getnameinfo: (host, port[, flowinfo[, scope]]). */
static const char *name_argument(Thread *t, Obj v, int *port, uint32_t *flow, uint32_t *scope,
                                 Ref *keep)
{
    const Tuple *tuple = oz_as_tuple(v);
    if (!tuple) {
        oz_raise(t, OZ_TypeError, "getnameinfo() argument 1 must be a tuple");
        return NULL;
    }
    if (tuple->length < 2 || tuple->length > 4) {
        oz_raise(t, OZ_TypeError, "getnameinfo(): illegal sockaddr argument");
        return NULL;
    }
    const char *host = oz_os_text(t, tuple->items[0], "getnameinfo", " 1", keep);
    if (!host || !oz_as_int(t, tuple->items[1], port) ||
        (tuple->length > 2 && !oz_os_mask(t, tuple->items[2], flow)) ||
        (tuple->length > 3 && !oz_os_mask(t, tuple->items[3], scope)))
        return NULL;
    if (*flow <= 0xfffff)
        return host;
    oz_raise(t, OZ_OverflowError, "getnameinfo(): flowinfo must be 0-1048575.");
    return NULL;
}

static Ref name_info(Thread *t, const struct sockaddr *address, socklen_t length, int flags)
{
    char host[NI_MAXHOST], service[NI_MAXSERV];
    int error = OZ_DETACHED(
        t, getnameinfo(address, length, host, sizeof host, service, sizeof service, flags));
    if (error)
        return oz_socket_raise_gai(t, error);
    scoped Ref first = oz_os_name(t, host, false);
    scoped Ref second = first ? oz_os_name(t, service, false) : NULL;
    return second ? oz_tuple_of(t, 2, first, second) : NULL;
}

OZ_NATIVE_(socket_getnameinfo, "getnameinfo", "($module, sockaddr, flags, /)",
           "The names of the host and service of an address.", OZ_FN_PARSED)
{
    scoped Ref keep = NULL;
    char digits[16];
    int flags, port = 0;
    uint32_t flow = 0, scope = 0;
    if (!oz_audit_event(t, "socket.getnameinfo", "O", a[1]))
        return NULL;
    struct addrinfo hints = {
        .ai_family = AF_UNSPEC, .ai_socktype = SOCK_DGRAM, .ai_flags = AI_NUMERICHOST};
    struct addrinfo *info = NULL;
    if (!oz_as_int(t, a[2], &flags))
        return NULL;
    const char *host = name_argument(t, a[1], &port, &flow, &scope, &keep);
    if (!host)
        return NULL;
    snprintf(digits, sizeof digits, "%d", port);
    int error = OZ_DETACHED(t, getaddrinfo(host, digits, &hints, &info));
    if (error)
        return oz_socket_raise_gai(t, error);
    bool four = info->ai_family == AF_INET, several = info->ai_next != NULL;
    SocketAddress address;
    socklen_t length = info->ai_addrlen;
    memset(&address, 0, sizeof address);
    memcpy(&address, info->ai_addr, length < sizeof address ? length : sizeof address);
    freeaddrinfo(info);
    if (several)
        return oz_raise(t, OZ_OSError, "sockaddr resolved to multiple addresses");
    if (four && oz_as_tuple(a[1])->length != 2)
        return oz_raise(t, OZ_OSError, "IPv4 sockaddr must be 2 tuple");
    if (!four) {
        address.in6.sin6_flowinfo = htonl(flow);
        address.in6.sin6_scope_id = scope;
    }
    return name_info(t, &address.any, length, flags);
}

/* ---- services and protocols ---- */

static bool protocol_argument(Thread *t, Obj v, const char *function, Ref *keep, const char **name)
{
    *name = NULL;
    return !v || (*name = oz_os_text(t, v, function, " 2", keep)) != NULL;
}

OZ_NATIVE_(socket_getservbyname, "getservbyname",
           "($module, servicename, protocolname=<unrepresentable>, /)",
           "The port of a service by its name.", OZ_FN_PARSED)
{
    scoped Ref keep = NULL, keep_protocol = NULL;
    const char *protocol, *name = oz_os_text(t, a[1], "getservbyname", " 1", &keep);
    if (!oz_audit_event(t, "socket.getservbyname", "OO", a[1], a[2]))
        return NULL;
    if (!name || !protocol_argument(t, a[2], "getservbyname", &keep_protocol, &protocol))
        return NULL;
    const struct servent *found = getservbyname(name, protocol);
    return found ? oz_int(ntohs((uint16_t)found->s_port))
                 : oz_raise(t, OZ_OSError, "service/proto not found");
}

OZ_NATIVE_(socket_getservbyport, "getservbyport",
           "($module, port, protocolname=<unrepresentable>, /)",
           "The name of a service by its port.", OZ_FN_PARSED)
{
    scoped Ref keep = NULL;
    const char *protocol;
    int port;
    if (!oz_audit_event(t, "socket.getservbyport", "OO", a[1], a[2]))
        return NULL;
    if (!oz_as_int(t, a[1], &port) ||
        !protocol_argument(t, a[2], "getservbyport", &keep, &protocol))
        return NULL;
    if (port < 0 || port > 0xffff)
        return oz_raise(t, OZ_OverflowError, "getservbyport: port must be 0-65535.");
    const struct servent *found = getservbyport(htons((uint16_t)port), protocol);
    return found ? oz_os_name(t, found->s_name, false)
                 : oz_raise(t, OZ_OSError, "port/proto not found");
}

OZ_NATIVE_(socket_getprotobyname, "getprotobyname", "($module, name, /)",
           "The number of a protocol by its name.", OZ_FN_PARSED)
{
    scoped Ref keep = NULL;
    const char *name = oz_os_text(t, a[1], "getprotobyname", " 1", &keep);
    if (!name)
        return NULL;
    const struct protoent *found = getprotobyname(name);
    return found ? oz_int(found->p_proto) : oz_raise(t, OZ_OSError, "protocol not found");
}

/* ---- network order ---- */

static Ref swap_short(Thread *t, Obj v, const char *function)
{
    int n;
    if (!oz_as_int(t, v, &n))
        return NULL;
    if (n < 0)
        return oz_raise(t, OZ_OverflowError,
                        "%s: can't convert negative Python int to C 16-bit unsigned integer",
                        function);
    if (n > 0xffff)
        return oz_raise(t, OZ_OverflowError,
                        "%s: Python int too large to convert to C 16-bit unsigned integer",
                        function);
    return oz_int(htons((uint16_t)n));
}

static Ref swap_long(Thread *t, Obj v)
{
    Obj exact = oz_as_exact_int(v);
    int64_t n;
    if (!exact)
        return oz_raise(t, OZ_TypeError, "expected int, %T found", v);
    if (oz_int_sign(exact) < 0)
        return oz_raise(t, OZ_OverflowError, "can't convert negative value to unsigned int");
    if (!oz_int_fits_int64(exact, &n) || n > UINT32_MAX)
        return oz_raise(t, OZ_OverflowError, "int larger than 32 bits");
    return oz_int(htonl((uint32_t)n));
}

OZ_NATIVE_(socket_htons, "htons", "($module, x, /)", "16 bits into network order.", OZ_FN_PARSED)
{
    return swap_short(t, a[1], "htons");
}

OZ_NATIVE_(socket_ntohs, "ntohs", "($module, x, /)", "16 bits from network order.", OZ_FN_PARSED)
{
    return swap_short(t, a[1], "ntohs");
}

OZ_FUNCTION(socket, htonl, "($module, x, /)", "32 bits into network order.")
{
    return swap_long(t, a[1]);
}

OZ_FUNCTION(socket, ntohl, "($module, x, /)", "32 bits from network order.")
{
    return swap_long(t, a[1]);
}

OZ_NATIVE_(socket_inet_aton, "inet_aton", "($module, string, /)", "The 4 bytes of an IPv4 address.",
           OZ_FN_PARSED)
{
    scoped Ref keep = NULL;
    struct in_addr address;
    const char *text = oz_os_text(t, a[1], "inet_aton", " 1", &keep);
    if (!text)
        return NULL;
    if (!inet_aton(text, &address))
        return oz_raise(t, OZ_OSError, "illegal IP address string passed to inet_aton");
    return oz_bytes_new(t, &address, sizeof address);
}

OZ_NATIVE_(socket_inet_ntoa, "inet_ntoa", "($module, packed_ip, /)",
           "The text of the 4 bytes of an IPv4 address.", OZ_FN_PARSED)
{
    scoped_buffer view = {0};
    SocketAddress address = {.any.sa_family = AF_INET};
    if (!oz_buffer_open(t, a[1], &view))
        return NULL;
    if (view.length != sizeof address.in.sin_addr)
        return oz_raise(t, OZ_OSError, "packed IP wrong length for inet_ntoa");
    memcpy(&address.in.sin_addr, view.data, view.length);
    return oz_socket_host_new(t, &address);
}

OZ_NATIVE_(socket_inet_pton, "inet_pton", "($module, af, ip, /)",
           "The bytes of an address of a family.", OZ_FN_PARSED)
{
    scoped Ref keep = NULL;
    uint8_t packed[16];
    int family;
    const char *text;
    if (!oz_as_int(t, a[1], &family) || !(text = oz_os_text(t, a[2], "inet_pton", " 2", &keep)))
        return NULL;
    int answer = inet_pton(family, text, packed);
    if (answer < 0)
        return oz_os_raise(t);
    if (answer == 0)
        return oz_raise(t, OZ_OSError, "illegal IP address string passed to inet_pton");
    return oz_bytes_new(t, packed, family == AF_INET ? 4 : 16);
}

OZ_NATIVE_(socket_inet_ntop, "inet_ntop", "($module, af, packed_ip, /)",
           "The text of the bytes of an address of a family.", OZ_FN_PARSED)
{
    scoped_buffer view = {0};
    SocketAddress address = {0};
    int family;
    if (!oz_os_pid(t, a[1], &family) || !oz_buffer_open(t, a[2], &view))
        return NULL;
    if (family != AF_INET && family != AF_INET6)
        return oz_raise(t, OZ_ValueError, "unknown address family %d", family);
    if (view.length != (family == AF_INET ? 4 : 16))
        return oz_raise(t, OZ_ValueError, "invalid length of packed IP address string");
    address.any.sa_family = (sa_family_t)family;
    memcpy(family == AF_INET ? (void *)&address.in.sin_addr : (void *)&address.in6.sin6_addr,
           view.data, view.length);
    return oz_socket_host_new(t, &address);
}

/* ---- interfaces ---- */

OZ_FUNCTION(socket, if_nameindex, "($module, /)", "The network interfaces: pairs (index, name).")
{
    struct if_nameindex *all = OZ_DETACHED(t, if_nameindex());
    if (!all)
        return oz_os_raise(t);
    scoped Ref list = oz_list_new(t, 0);
    bool ok = list != NULL;
    for (const struct if_nameindex *each = all; ok && each->if_index; each++) {
        scoped Ref name = oz_os_name(t, each->if_name, false);
        Ref pair = name ? oz_tuple_of(t, 2, oz_int(each->if_index), name) : NULL;
        ok = pair && oz_list_append_take(t, (List *)list, pair);
    }
    if_freenameindex(all);
    return ok ? oz_move(&list) : NULL;
}

OZ_NATIVE_(socket_if_nametoindex, "if_nametoindex", "($module, name, /)",
           "The index of a network interface.", OZ_FN_PARSED)
{
    scoped Ref name = oz_encode_path(t, a[1]);
    if (!name)
        return NULL;
    unsigned index = if_nametoindex((const char *)oz_bytes_data((const Bytes *)name));
    return index ? oz_int(index) : oz_raise(t, OZ_OSError, "no interface with this name");
}

OZ_FUNCTION(socket, if_indextoname, "($module, index, /)", "The name of a network interface.")
{
    char name[IF_NAMESIZE + 1];
    Obj exact = oz_as_exact_int(a[1]);
    int64_t n;
    if (!exact)
        return oz_raise(t, OZ_TypeError, "an integer is required");
    if (oz_int_sign(exact) < 0)
        return oz_raise(t, OZ_OverflowError, "can't convert negative value to unsigned int");
    if (oz_int_bits(exact) > 64)
        return oz_raise(t, OZ_OverflowError, "Python int too large to convert to C unsigned long");
    if (!oz_int_fits_int64(exact, &n) || n > UINT32_MAX) {
        errno = ENXIO;
        return oz_os_raise(t);
    }
    return if_indextoname((unsigned)n, name) ? oz_os_name(t, name, false) : oz_os_raise(t);
}

/* ---- descriptors, pairs, time ---- */

OZ_FUNCTION(socket, close, "($module, fd, /)", "Close the descriptor of a socket.")
{
    int fd;
    if (!oz_as_int(t, a[1], &fd))
        return NULL;
    return OZ_DETACHED(t, close(fd)) < 0 && errno != ECONNRESET ? oz_os_raise(t) : OZ_NONE;
}

OZ_FUNCTION(socket, dup, "($module, fd, /)", "One more descriptor of a socket.")
{
    int fd;
    if (!oz_as_int(t, a[1], &fd))
        return NULL;
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    return copy < 0 ? oz_os_raise(t) : oz_int(copy);
}

OZ_NATIVE_(socket_socketpair, "socketpair", "($module, family=1, type=1, proto=0, /)",
           "Two sockets that are connected with each other.", OZ_FN_PARSED)
{
    int family, type, proto, fds[2];
    if (!oz_as_int(t, a[1], &family) || !oz_as_int(t, a[2], &type) || !oz_as_int(t, a[3], &proto))
        return NULL;
    if (socketpair(family, type | SOCK_CLOEXEC, proto, fds) < 0)
        return oz_os_raise(t);
    scoped Ref first = oz_socket_new(t, fds[0], family, type, proto);
    if (!first) {
        close(fds[1]);
        return NULL;
    }
    scoped Ref second = oz_socket_new(t, fds[1], family, type, proto);
    return second ? oz_tuple_of(t, 2, first, second) : NULL;
}

OZ_FUNCTION(socket, getdefaulttimeout, "($module, /)",
            "The timeout of new sockets, in seconds; None: they wait for ever.")
{
    const int64_t *timeout = oz_socket_default_timeout(t);
    return timeout ? oz_socket_timeout_new(t, *timeout) : NULL;
}

OZ_FUNCTION(socket, setdefaulttimeout, "($module, timeout, /)", "Set the timeout of new sockets.")
{
    int64_t given, *timeout;
    if (!oz_socket_timeout_from(t, a[1], &given) || !(timeout = oz_socket_default_timeout(t)))
        return NULL;
    *timeout = given;
    return OZ_NONE;
}

/* ---- ancillary data ---- */

/* A length that leaves room for `head` bytes. */
static bool ancillary_length(Thread *t, Obj v, size_t head, const char *function, ssize_t *length)
{
    if (!oz_as_size_argument(t, v, length))
        return false;
    return (*length >= 0 && *length <= INT_MAX - (ssize_t)head) ||
           oz_fail(t, OZ_OverflowError, "%s() argument out of range", function);
}

OZ_NATIVE_(socket_CMSG_LEN, "CMSG_LEN", "($module, length, /)",
           "The length of an ancillary data item with so many bytes.", OZ_FN_PARSED)
{
    ssize_t length;
    return ancillary_length(t, a[1], CMSG_LEN(0), "CMSG_LEN", &length)
               ? oz_int((int64_t)CMSG_LEN(length))
               : NULL;
}

OZ_NATIVE_(socket_CMSG_SPACE, "CMSG_SPACE", "($module, length, /)",
           "The room that an ancillary data item with so many bytes takes.", OZ_FN_PARSED)
{
    ssize_t length;
    return ancillary_length(t, a[1], CMSG_SPACE(1), "CMSG_SPACE", &length)
               ? oz_int((int64_t)CMSG_SPACE(length))
               : NULL;
}

const NativeDef *const oz_socket_name_functions[] = {
    &socket_close,
    &socket_CMSG_LEN,
    &socket_CMSG_SPACE,
    &socket_dup,
    &socket_getaddrinfo,
    &socket_getdefaulttimeout,
    &socket_gethostbyaddr,
    &socket_gethostbyname,
    &socket_gethostbyname_ex,
    &socket_gethostname,
    &socket_getnameinfo,
    &socket_getprotobyname,
    &socket_getservbyname,
    &socket_getservbyport,
    &socket_htonl,
    &socket_htons,
    &socket_if_indextoname,
    &socket_if_nameindex,
    &socket_if_nametoindex,
    &socket_inet_aton,
    &socket_inet_ntoa,
    &socket_inet_ntop,
    &socket_inet_pton,
    &socket_ntohl,
    &socket_ntohs,
    &socket_setdefaulttimeout,
    &socket_sethostname,
    &socket_socketpair,
    NULL,
};
