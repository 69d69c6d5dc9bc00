// SPDX-License-Identifier: MIT
// _posixshmem: memory with a name, which processes share: files of the system that mmap maps.
#include "modules/native_type.h"
#include "modules/os_support.h"

#include <sys/mman.h>

static const char *text_of(Thread *t, Obj v, const char *function, Ref *keep)
{
    size_t length;
    if (oz_is_str(v))
        return oz_str_utf8(t, v, &length, keep);
    oz_raise(t, OZ_TypeError, "%s() argument 'path' must be str, not %T", function, v);
    return NULL;
}

OZ_FUNCTION(posixshmem, shm_open, "($module, /, path, flags, mode=511)",
            "A descriptor of the shared memory of that name.")
{
    scoped Ref keep = NULL;
    int flags, mode, fd;
    const char *path = text_of(t, a[1], "shm_open", &keep);
    if (!path || !oz_as_int(t, a[2], &flags) || !oz_as_int(t, a[3], &mode))
        return NULL;
    OZ_RETRY(fd, shm_open(path, flags, (mode_t)mode)) /* closes itself at an exec */
    return fd < 0 ? oz_raise_os_error(t, errno, a[1]) : oz_int(fd);
}

OZ_FUNCTION(posixshmem, shm_unlink, "($module, /, path)",
            "Remove the name of shared memory; who has it mapped keeps it.")
{
    scoped Ref keep = NULL;
    int status;
    const char *path = text_of(t, a[1], "shm_unlink", &keep);
    if (!path)
        return NULL;
    OZ_RETRY(status, shm_unlink(path))
    return status < 0 ? oz_raise_os_error(t, errno, a[1]) : OZ_NONE;
}

const ModuleDef oz_posixshmem_module = {
    .name = "_posixshmem",
    .doc = "Memory with a name, which processes share.",
    .functions = OZ_METHODS(&posixshmem_shm_open, &posixshmem_shm_unlink),
};
