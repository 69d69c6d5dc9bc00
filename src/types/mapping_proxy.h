// SPDX-License-Identifier: MIT
// mappingproxy: a read-only look at a mapping (cls.__dict__, types.MappingProxyType).
#ifndef OZ_TYPES_MAPPING_PROXY_H
#define OZ_TYPES_MAPPING_PROXY_H

#include "types/protocol.h"

Ref oz_mapping_proxy_new(Thread *t, Obj mapping) OZ_CHECKED;

#endif
