// SPDX-License-Identifier: MIT
// Opening shared libraries on first use.
//
// A library belongs to the process, whatever VMs are in it: dlopen() gives the same handle and
// dlsym() the same addresses each time.  So they are kept in static variables, and two threads that
// come first together write the same values.  A library is never closed.
#include "modules/library.h"

#include <dlfcn.h>

bool oz_library_open(Thread *t, Library *library)
{
    void *handle = dlopen(library->file, RTLD_NOW | RTLD_LOCAL);
    if (!handle)
        return oz_fail(t, OZ_ImportError,
                       "%s cannot be opened; the Debian package %s brings it (%s)", library->file,
                       library->package, dlerror());
    for (size_t i = 0; library->names[i]; i++) {
        library->functions[i] = dlsym(handle, library->names[i]);
        if (!library->functions[i])
            return oz_fail(t, OZ_ImportError, "%s has no function %s; the Debian package is %s",
                           library->file, library->names[i], library->package);
    }
    atomic_store_explicit(&library->open, true, memory_order_release);
    return true;
}
