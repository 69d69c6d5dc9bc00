// SPDX-License-Identifier: MIT
// _stat: what the mode of a file says; the module stat takes these in place of its own.
#include "modules/native_type.h"
#include "modules/os_support.h"

#include <sys/stat.h>

/* The modes and flags that C has under these names; those that Linux lacks are 0. */
static const OsConstant constants[] = {
#define CONSTANT(name) {#name, (int64_t)(name)},
    CONSTANT(S_IFDIR) CONSTANT(S_IFCHR) CONSTANT(S_IFBLK) CONSTANT(S_IFREG) CONSTANT(S_IFIFO)
        CONSTANT(S_IFLNK) CONSTANT(S_IFSOCK) CONSTANT(S_ISUID) CONSTANT(S_ISGID) CONSTANT(S_ISVTX)
            CONSTANT(S_IREAD) CONSTANT(S_IWRITE) CONSTANT(S_IEXEC) CONSTANT(S_IRWXU)
                CONSTANT(S_IRUSR) CONSTANT(S_IWUSR) CONSTANT(S_IXUSR) CONSTANT(S_IRWXG)
                    CONSTANT(S_IRGRP) CONSTANT(S_IWGRP) CONSTANT(S_IXGRP) CONSTANT(S_IRWXO)
                        CONSTANT(S_IROTH) CONSTANT(S_IWOTH) CONSTANT(S_IXOTH)
#undef CONSTANT
                            {"S_ENFMT", S_ISGID},
    {"S_IFDOOR", 0},
    {"S_IFPORT", 0},
    {"S_IFWHT", 0},
    {"UF_NODUMP", 0x1},
    {"UF_IMMUTABLE", 0x2},
    {"UF_APPEND", 0x4},
    {"UF_OPAQUE", 0x8},
    {"UF_NOUNLINK", 0x10},
    {"UF_COMPRESSED", 0x20},
    {"UF_HIDDEN", 0x8000},
    {"SF_ARCHIVED", 0x10000},
    {"SF_IMMUTABLE", 0x20000},
    {"SF_APPEND", 0x40000},
    {"SF_NOUNLINK", 0x100000},
    {"SF_SNAPSHOT", 0x200000},
    {"ST_MODE", 0},
    {"ST_INO", 1},
    {"ST_DEV", 2},
    {"ST_NLINK", 3},
    {"ST_UID", 4},
    {"ST_GID", 5},
    {"ST_SIZE", 6},
    {"ST_ATIME", 7},
    {"ST_MTIME", 8},
    {"ST_CTIME", 9},
    {NULL, 0},
};

static bool mode_of(Thread *t, Obj v, unsigned *mode)
{
    uint64_t n;
    if (!oz_isa(v, OZ_INT))
        return oz_fail(t, OZ_TypeError, "an integer is required");
    if (!oz_as_uint64(t, v, &n))
        return false;
    *mode = (unsigned)n;
    return n <= UINT32_MAX || oz_fail(t, OZ_OverflowError, "mode out of range");
}

static Ref is_kind(Thread *t, Obj v, unsigned kind)
{
    unsigned mode;
    return mode_of(t, v, &mode) ? oz_bool(kind && (mode & S_IFMT) == kind) : NULL;
}

#define KIND(name, kind, doc)                                                                      \
    OZ_FUNCTION(stat, name, "($module, mode, /)", doc)                                             \
    {                                                                                              \
        return is_kind(t, a[1], kind);                                                             \
    }

KIND(S_ISDIR, S_IFDIR, "Is it the mode of a folder?")
KIND(S_ISCHR, S_IFCHR, "Is it the mode of a character device?")
KIND(S_ISBLK, S_IFBLK, "Is it the mode of a block device?")
KIND(S_ISREG, S_IFREG, "Is it the mode of a regular file?")
KIND(S_ISFIFO, S_IFIFO, "Is it the mode of a named pipe?")
KIND(S_ISLNK, S_IFLNK, "Is it the mode of a symbolic link?")
KIND(S_ISSOCK, S_IFSOCK, "Is it the mode of a socket?")
KIND(S_ISDOOR, 0, "Is it the mode of a door? Linux has none.")
KIND(S_ISPORT, 0, "Is it the mode of an event port? Linux has none.")
KIND(S_ISWHT, 0, "Is it the mode of a whiteout? Linux has none.")

OZ_FUNCTION(stat, S_IMODE, "($module, mode, /)", "The part of the mode that chmod() can set.")
{
    unsigned mode;
    return mode_of(t, a[1], &mode) ? oz_int(mode & 07777) : NULL;
}

OZ_FUNCTION(stat, S_IFMT, "($module, mode, /)", "The part of the mode that says the kind of file.")
{
    unsigned mode;
    return mode_of(t, a[1], &mode) ? oz_int(mode & S_IFMT) : NULL;
}

static char letter_of(unsigned mode)
{
    switch (mode & S_IFMT) {
    case S_IFREG:
        return '-';
    case S_IFDIR:
        return 'd';
    case S_IFLNK:
        return 'l';
    case S_IFBLK:
        return 'b';
    case S_IFCHR:
        return 'c';
    case S_IFIFO:
        return 'p';
    case S_IFSOCK:
        return 's';
    default:
        return '?';
    }
}

OZ_FUNCTION(stat, filemode, "($module, mode, /)", "The mode as ls -l shows it: '-rwxr-xr-x'.")
{
    unsigned mode;
    if (!mode_of(t, a[1], &mode))
        return NULL;
    char text[] = "?rwxrwxrwx";
    text[0] = letter_of(mode);
    for (unsigned n = 0; n < 9; n++)
        if (!(mode & 0400 >> n))
            text[n + 1] = '-';
    static const unsigned special[] = {S_ISUID, S_ISGID, S_ISVTX};
    for (unsigned n = 0; n < 3; n++) { /* over the x: in capitals where that is not there */
        char *x = &text[3 + 3 * n];
        if (mode & special[n])
            *x = *x == 'x' ? "sst"[n] : "SST"[n];
    }
    return oz_str_new(t, text);
}

static bool stat_init(Thread *t, Module *module)
{
    return oz_os_constants(t, module, constants);
}

const ModuleDef oz_stat_module = {
    .name = "_stat",
    .doc = "What the mode of a file says.",
    .functions =
        OZ_METHODS(&stat_S_ISDIR, &stat_S_ISCHR, &stat_S_ISBLK, &stat_S_ISREG, &stat_S_ISFIFO,
                   &stat_S_ISLNK, &stat_S_ISSOCK, &stat_S_ISDOOR, &stat_S_ISPORT, &stat_S_ISWHT,
                   &stat_S_IMODE, &stat_S_IFMT, &stat_filemode),
    .init = stat_init,
};
