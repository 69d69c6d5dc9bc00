// SPDX-License-Identifier: MIT
// Shared libraries that are opened on first use: what few programs need costs the others nothing.
//
// The functions that a module takes from a library are listed once:
//     #define BZIP(F) F(BZ2_bzCompressInit) F(BZ2_bzCompress)
//     OZ_LIBRARY_TYPE(Bzip, BZIP);
//     static OZ_LIBRARY_GET(Bzip, bzip, BZIP, "libbz2.so.1.0", "libbz2-1.0")
//     ...
//     const Bzip *bz = bzip(t);
//     if (!bz) return NULL;
//     bz->BZ2_bzCompress(...);
// The types of the functions are those of the library's header.
#ifndef OZ_MODULES_LIBRARY_H
#define OZ_MODULES_LIBRARY_H

#include "object/error.h"

typedef struct Library {
    const char *file;         /* [const] its name for dlopen() */
    const char *package;      /* [const] the Debian package that brings it */
    const char *const *names; /* [const] of the functions; ends with NULL */
    void **functions;         /* [const] where they go: every thread writes the same values */
    _Atomic(bool) open;       /* [atomic] all of them are there */
} Library;

/* Open it, if it is not; ImportError that names the package where that cannot be. */
bool oz_library_open(Thread *t, Library *library) OZ_CHECKED;

#define OZ_LIBRARY_FIELD_(name) __typeof__(name) *name; /* [once] */
#define OZ_LIBRARY_NAME_(name) #name,
/* Declare struct Type of the functions in LIST. */
#define OZ_LIBRARY_TYPE(Type, LIST)                                                                \
    typedef struct Type {                                                                          \
        LIST(OZ_LIBRARY_FIELD_)                                                                    \
    } Type
/* Define `const Type *get(Thread *t)`, which opens the library; NULL: raised. */
#define OZ_LIBRARY_GET(Type, get, LIST, file, package)                                             \
    const Type *get(Thread *t)                                                                     \
    {                                                                                              \
        static Type functions;                                                                     \
        static const char *const names[] = {LIST(OZ_LIBRARY_NAME_) NULL};                          \
        static Library library = {file, package, names, (void **)&functions, false};               \
        if (!atomic_load_explicit(&library.open, memory_order_acquire) &&                          \
            !oz_library_open(t, &library))                                                         \
            return NULL;                                                                           \
        return &functions;                                                                         \
    }

#endif
