// SPDX-License-Identifier: MIT
// errno: the numbers of the system's errors by name, and their names by number.
#include "modules/native_type.h"

#include <errno.h>

static const struct {
    const char *name;
    int number;
} numbers[] = {
#define ERRNO(name) {#name, name},
#include "modules/errno.def"
#undef ERRNO
};

static bool errno_init(Thread *t, Module *module)
{
    scoped Ref codes = oz_dict_new(t);
    if (!codes)
        return false;
    for (size_t n = 0; n < OZ_COUNT(numbers); n++) {
        scoped Ref name = oz_intern(t, numbers[n].name);
        if (!name || !oz_dict_set(t, (Dict *)codes, oz_int(numbers[n].number), name) ||
            !oz_module_add_int(t, module, numbers[n].name, numbers[n].number))
            return false;
    }
    return oz_module_add(t, module, "errorcode", oz_move(&codes));
}

const ModuleDef oz_errno_codes_module = {
    .name = "errno",
    .doc = "The system's error numbers.",
    .init = errno_init,
};
