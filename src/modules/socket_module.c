// SPDX-License-Identifier: MIT
// _socket: the module: its constants, errors and default timeout. The files beside it:
// socket_object.c and socket_message.c the type, socket_address.c addresses, socket_names.c the
// functions.
#include "modules/import.h"
#include "modules/module_errors.h"
#include "modules/socket.h"

#include <linux/can/bcm.h>
#include <linux/can/isotp.h>
#include <linux/can/j1939.h>
#include <linux/can/raw.h>
#include <netdb.h>
#include <net/ethernet.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>

static const OsConstant constants[] = {
#define CONSTANT(name) {#name, (int64_t)(name)},
#include "modules/socket.def"
#undef CONSTANT
    /* Where the headers have other names for them, or none. */
    {"ALG_OP_SIGN", 2},
    {"ALG_OP_VERIFY", 3},
    {"ALG_SET_PUBKEY", 6},
    {"BTPROTO_HCI", 1},
    {"BTPROTO_L2CAP", 0},
    {"BTPROTO_RFCOMM", 3},
    {"BTPROTO_SCO", 2},
    {"CAN_BCM_CAN_FD_FRAME", 2048},
    {"CAN_BCM_RX_ANNOUNCE_RESUME", 256},
    {"CAN_BCM_RX_CHANGED", 12},
    {"CAN_BCM_RX_CHECK_DLC", 64},
    {"CAN_BCM_RX_DELETE", 6},
    {"CAN_BCM_RX_FILTER_ID", 32},
    {"CAN_BCM_RX_NO_AUTOTIMER", 128},
    {"CAN_BCM_RX_READ", 7},
    {"CAN_BCM_RX_RTR_FRAME", 1024},
    {"CAN_BCM_RX_SETUP", 5},
    {"CAN_BCM_RX_STATUS", 10},
    {"CAN_BCM_RX_TIMEOUT", 11},
    {"CAN_BCM_SETTIMER", 1},
    {"CAN_BCM_STARTTIMER", 2},
    {"CAN_BCM_TX_ANNOUNCE", 8},
    {"CAN_BCM_TX_COUNTEVT", 4},
    {"CAN_BCM_TX_CP_CAN_ID", 16},
    {"CAN_BCM_TX_DELETE", 2},
    {"CAN_BCM_TX_EXPIRED", 9},
    {"CAN_BCM_TX_READ", 3},
    {"CAN_BCM_TX_RESET_MULTI_IDX", 512},
    {"CAN_BCM_TX_SEND", 4},
    {"CAN_BCM_TX_SETUP", 1},
    {"CAN_BCM_TX_STATUS", 8},
    {"HCI_DATA_DIR", 1},
    {"HCI_FILTER", 2},
    {"HCI_TIME_STAMP", 3},
    {"SOL_HCI", 0},
    {"SOL_UDP", 17},
    {"UDPLITE_RECV_CSCOV", 11},
    {"UDPLITE_SEND_CSCOV", 10},
    {NULL, 0},
};

extern const ModuleDef oz_socket_module;

/* What module->state is. */
int64_t *oz_socket_default_timeout(Thread *t)
{
    scoped Ref module = oz_import(t, "_socket");
    if (!module)
        return NULL;
    const Module *own = oz_isa(module, OZ_MODULE) ? (const Module *)module : NULL;
    if (!own || own->def != &oz_socket_module || !own->state)
        return oz_raise(t, OZ_ImportError, "_socket is not the native module"), NULL;
    return own->state;
}

static bool socket_init(Thread *t, Module *module)
{
    Obj gai = oz_module_error(t, OZ_ERROR_GAIERROR);
    Obj host = gai ? oz_module_error(t, OZ_ERROR_HERROR) : NULL;
    if (!host)
        return false;
    int64_t *timeout = oz_block_alloc(t->heap, sizeof *timeout);
    if (!timeout) {
        oz_raise_memory(t);
        return false;
    }
    *timeout = -1;
    module->state = timeout;
    return oz_os_constants(t, module, constants) &&
           oz_module_add(t, module, "error", oz_retain((Obj)t->vm->errors[OZ_OSError])) &&
           oz_module_add(t, module, "timeout", oz_retain((Obj)t->vm->errors[OZ_TimeoutError])) &&
           oz_module_add(t, module, "gaierror", oz_retain(gai)) &&
           oz_module_add(t, module, "herror", oz_retain(host)) &&
           oz_module_add(t, module, "SocketType", oz_retain((Obj)oz_builtin_class(t, OZ_SOCKET))) &&
           oz_module_add(t, module, "has_ipv6", OZ_TRUE) &&
           oz_module_add_str(t, module, "BDADDR_ANY", "00:00:00:00:00:00") &&
           oz_module_add_str(t, module, "BDADDR_LOCAL", "00:00:00:FF:FF:FF");
}

static void socket_fini(Thread *t OZ_UNUSED, Module *module)
{
    oz_block_free(module->state);
    module->state = NULL;
}

static const uint32_t types[] = {OZ_SOCKET, 0};

const ModuleDef oz_socket_module = {
    .name = "_socket",
    .doc = "The native part of socket.",
    .functions = oz_socket_name_functions,
    .types = types,
    .init = socket_init,
    .fini = socket_fini,
};
