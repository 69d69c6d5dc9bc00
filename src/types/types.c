// SPDX-License-Identifier: MIT
// The table of the core's types, by id.
#include "types/type.h"

#define TYPE(ID, stem) extern const TypeDef oz_##stem##_type;
#define LEAF_END
#include "object/types.def"
#undef TYPE
#undef LEAF_END

const TypeDef *const oz_core_types[OZ_TYPE_END] = {
#define TYPE(ID, stem) [OZ_##ID] = &oz_##stem##_type,
#define LEAF_END
#include "object/types.def"
};
