// SPDX-License-Identifier: MIT
// The constant part of sys: versions, flags, sizes and limits, the names of modules.
#include "modules/config.h"
#include "modules/modules.h"
#include "modules/sys.h"
#include "object/error.h"
#include "types/dict.h"
#include "types/float.h"
#include "types/int.h"
#include "types/list.h"
#include "types/set.h"
#include "types/simple_namespace.h"
#include "types/str.h"
#include "types/structseq.h"
#include "types/tuple.h"

#include <float.h>
#include <gnu/libc-version.h>
#include <string.h>

/* ---- structures ---- */

static const StructField flag_fields[] = {
    {"debug", "-d"},
    {"inspect", "-i"},
    {"interactive", "-i"},
    {"optimize", "-O or -OO"},
    {"dont_write_bytecode", "-B"},
    {"no_user_site", "-s"},
    {"no_site", "-S"},
    {"ignore_environment", "-E"},
    {"verbose", "-v"},
    {"bytes_warning", "-b"},
    {"quiet", "-q"},
    {"hash_randomization", "-R"},
    {"isolated", "-I"},
    {"dev_mode", "-X dev"},
    {"utf8_mode", "-X utf8"},
    {"warn_default_encoding", "-X warn_default_encoding"},
    {"safe_path", "-P"},
    {"int_max_str_digits", "-X int_max_str_digits"},
};
static const StructDef flags_def = {"sys.flags", "The command line's flags.", flag_fields, 18, 18,
                                    true};

static const StructField version_fields[] = {
    {"major", "Major release number"},
    {"minor", "Minor release number"},
    {"micro", "Patch release number"},
    {"releaselevel", "'alpha', 'beta', 'candidate' or 'final'"},
    {"serial", "Serial release number"}};
static const StructDef version_def = {
    "sys.version_info", "The version as parts.", version_fields, 5, 5, true};

static const StructField float_fields[] = {
    {"max", NULL},     {"max_exp", NULL},    {"max_10_exp", NULL}, {"min", NULL},
    {"min_exp", NULL}, {"min_10_exp", NULL}, {"dig", NULL},        {"mant_dig", NULL},
    {"epsilon", NULL}, {"radix", NULL},      {"rounds", NULL}};
static const StructDef float_def = {
    "sys.float_info", "What floats can hold.", float_fields, 11, 11, false};

static const StructField int_fields[] = {{"bits_per_digit", NULL},
                                         {"sizeof_digit", NULL},
                                         {"default_max_str_digits", NULL},
                                         {"str_digits_check_threshold", NULL}};
static const StructDef int_def = {"sys.int_info", "How ints are made.", int_fields, 4, 4, false};

static const StructField hash_fields[] = {
    {"width", NULL},     {"modulus", NULL},   {"inf", NULL},       {"nan", NULL},   {"imag", NULL},
    {"algorithm", NULL}, {"hash_bits", NULL}, {"seed_bits", NULL}, {"cutoff", NULL}};
static const StructDef hash_def = {
    "sys.hash_info", "How values are hashed.", hash_fields, 9, 9, false};

static const StructField thread_fields[] = {{"name", NULL}, {"lock", NULL}, {"version", NULL}};
static const StructDef thread_def = {
    "sys.thread_info", "How threads are made.", thread_fields, 3, 3, false};

static const StructField hook_fields[] = {{"firstiter", NULL}, {"finalizer", NULL}};
static const StructDef hooks_def = {
    "asyncgen_hooks", "The hooks of async generators.", hook_fields, 2, 2, false};

static const StructField unraisable_fields[] = {{"exc_type", "class"},
                                                {"exc_value", "exception"},
                                                {"exc_traceback", "traceback"},
                                                {"err_msg", "message"},
                                                {"object", "what was being done"}};
static const StructDef unraisable_def = {"UnraisableHookArgs",
                                         "What sys.unraisablehook is called with.",
                                         unraisable_fields,
                                         5,
                                         5,
                                         false};

static bool add_structure(Thread *t, Module *module, const char *name, const StructDef *def,
                          Ref *values)
{
    Class *cls = oz_structseq_class(t, def);
    return cls && oz_module_add(t, module, name, oz_structseq_new(t, cls, values));
}

static Ref version_info(Thread *t)
{
    Class *cls = oz_structseq_class(t, &version_def);
    Ref values[] = {oz_int(OZ_PYTHON_MAJOR), oz_int(OZ_PYTHON_MINOR), oz_int(OZ_PYTHON_MICRO),
                    oz_str_new(t, "final"), oz_int(0)};
    return cls ? oz_structseq_new(t, cls, values) : NULL;
}

static bool add_flags(Thread *t, Module *module)
{
    const Config *c = oz_config(t);
    Ref values[] = {oz_int(c->debug),
                    oz_int(c->inspect),
                    oz_int(c->interactive),
                    oz_int(c->optimize),
                    oz_int(c->dont_write_bytecode),
                    oz_int(c->no_user_site),
                    oz_int(c->no_site),
                    oz_int(c->ignore_environment),
                    oz_int(c->verbose),
                    oz_int(c->bytes_warning),
                    oz_int(c->quiet),
                    oz_int(c->hash_randomization),
                    oz_int(c->isolated),
                    oz_bool(c->dev_mode),
                    oz_int(c->utf8_mode),
                    oz_int(c->warn_default_encoding),
                    oz_bool(c->safe_path),
                    oz_int(c->int_max_str_digits)};
    return add_structure(t, module, "flags", &flags_def, values);
}

static bool add_numbers(Thread *t, Module *module)
{
    Ref floats[] = {oz_float_new(t, DBL_MAX), oz_int(DBL_MAX_EXP),  oz_int(DBL_MAX_10_EXP),
                    oz_float_new(t, DBL_MIN), oz_int(DBL_MIN_EXP),  oz_int(DBL_MIN_10_EXP),
                    oz_int(DBL_DIG),          oz_int(DBL_MANT_DIG), oz_float_new(t, DBL_EPSILON),
                    oz_int(FLT_RADIX),        oz_int(FLT_ROUNDS)};
    Ref ints[] = {oz_int(64), oz_int(8), oz_int(4300), oz_int(640)};
    Ref hashes[] = {oz_int(64),      oz_int((INT64_C(1) << 61) - 1), oz_int(314159), oz_int(0),
                    oz_int(1000003), oz_str_new(t, "siphash13"),     oz_int(32),     oz_int(128),
                    oz_int(0)};
    char libc[64] = "NPTL ";
    strncat(libc, gnu_get_libc_version(), sizeof libc - 6);
    Ref threads[] = {oz_str_new(t, "pthread"), oz_str_new(t, "semaphore"), oz_str_new(t, libc)};
    return add_structure(t, module, "float_info", &float_def, floats) &&
           add_structure(t, module, "int_info", &int_def, ints) &&
           add_structure(t, module, "hash_info", &hash_def, hashes) &&
           add_structure(t, module, "thread_info", &thread_def, threads);
}

Ref oz_sys_asyncgen_hooks(Thread *t, Module *module, Ref *values)
{
    if (!module->state)
        module->state = oz_structseq_class(t, &hooks_def);
    if (module->state)
        return oz_structseq_new(t, module->state, values);
    for (unsigned n = 0; n < hooks_def.count; n++)
        oz_clear(&values[n]);
    return NULL;
}

/* ---- identity ---- */

static bool add_implementation(Thread *t, Module *module)
{
    scoped Ref dict = oz_dict_new(t);
    scoped Ref version = version_info(t);
    if (!dict || !version)
        return false;
    const struct {
        const char *name;
        Ref value;
    } entries[] = {{"name", oz_str_new(t, "ounce")},
                   {"cache_tag", oz_str_new(t, OZ_CACHE_TAG)},
                   {"version", oz_retain(version)},
                   {"hexversion", oz_int(OZ_PYTHON_HEX)},
                   {"_multiarch", oz_str_new(t, "x86_64-linux-gnu")}};
    bool ok = true;
    for (size_t n = 0; n < OZ_COUNT(entries); n++) {
        scoped Ref key = oz_intern(t, entries[n].name);
        scoped Ref value = entries[n].value;
        ok = ok && key && value && oz_dict_set(t, (Dict *)dict, key, value);
    }
    return ok && oz_module_add(t, module, "version_info", oz_move(&version)) &&
           oz_module_add(t, module, "implementation", oz_simple_namespace_new(t, dict));
}

/* ---- module names ---- */

static const char stdlib_names[] =
    "__future__ _abc _aix_support _ast _asyncio _bisect _blake2 _bootsubprocess _bz2 _codecs "
    "_codecs_cn _codecs_hk _codecs_iso2022 _codecs_jp _codecs_kr _codecs_tw _collections "
    "_collections_abc _compat_pickle _compression _contextvars _crypt _csv _ctypes _curses "
    "_curses_panel _datetime _dbm _decimal _elementtree _frozen_importlib "
    "_frozen_importlib_external _functools _gdbm _hashlib _heapq _imp _io _json _locale _lsprof "
    "_lzma _markupbase _md5 _msi _multibytecodec _multiprocessing _opcode _operator "
    "_osx_support _overlapped _pickle _posixshmem _posixsubprocess _py_abc _pydecimal _pyio "
    "_queue _random _scproxy _sha1 _sha256 _sha3 _sha512 _signal _sitebuiltins _socket _sqlite3 "
    "_sre _ssl _stat _statistics _string _strptime _struct _symtable _thread _threading_local "
    "_tkinter _tokenize _tracemalloc _typing _uuid _warnings _weakref _weakrefset _winapi "
    "_zoneinfo abc aifc antigravity argparse array ast asynchat asyncio asyncore atexit audioop "
    "base64 bdb binascii bisect builtins bz2 cProfile calendar cgi cgitb chunk cmath cmd code "
    "codecs codeop collections colorsys compileall concurrent configparser contextlib "
    "contextvars copy copyreg crypt csv ctypes curses dataclasses datetime dbm decimal difflib "
    "dis distutils doctest email encodings ensurepip enum errno faulthandler fcntl filecmp "
    "fileinput fnmatch fractions ftplib functools gc genericpath getopt getpass gettext glob "
    "graphlib grp gzip hashlib heapq hmac html http idlelib imaplib imghdr imp importlib "
    "inspect io ipaddress itertools json keyword lib2to3 linecache locale logging lzma mailbox "
    "mailcap marshal math mimetypes mmap modulefinder msilib msvcrt multiprocessing netrc nis "
    "nntplib nt ntpath nturl2path numbers opcode operator optparse os ossaudiodev pathlib pdb "
    "pickle pickletools pipes pkgutil platform plistlib poplib posix posixpath pprint profile "
    "pstats pty pwd py_compile pyclbr pydoc pydoc_data pyexpat queue quopri random re readline "
    "reprlib resource rlcompleter runpy sched secrets select selectors shelve shlex shutil "
    "signal site smtpd smtplib sndhdr socket socketserver spwd sqlite3 sre_compile "
    "sre_constants sre_parse ssl stat statistics string stringprep struct subprocess sunau "
    "symtable sys sysconfig syslog tabnanny tarfile telnetlib tempfile termios textwrap this "
    "threading time timeit tkinter token tokenize tomllib trace traceback tracemalloc tty "
    "turtle turtledemo types typing unicodedata unittest urllib uu uuid venv warnings wave "
    "weakref webbrowser winreg winsound wsgiref xdrlib xml xmlrpc zipapp zipfile zipimport zlib "
    "zoneinfo";

bool oz_is_stdlib_name(const char *name)
{
    size_t length = strcspn(name, ".");
    for (const char *at = stdlib_names; *at;) {
        size_t each = strcspn(at, " ");
        if (each == length && memcmp(at, name, length) == 0)
            return true;
        at += each + (at[each] == ' ');
    }
    return false;
}

static bool add_names(Thread *t, Module *module)
{
    scoped Ref list = oz_list_new(t, 0), names = oz_list_new(t, 0);
    if (!list || !names)
        return false;
    for (const ModuleEntry *entry = oz_modules; entry->name; entry++)
        if (!oz_list_append_take(t, (List *)list, oz_str_new(t, entry->name)))
            return false;
    for (const char *at = stdlib_names; *at;) {
        size_t length = strcspn(at, " ");
        if (!oz_list_append_take(t, (List *)names, oz_str_from_ascii(t, at, length)))
            return false;
        at += length + (at[length] == ' ');
    }
    return oz_list_sort(t, (List *)list, NULL, false) &&
           oz_module_add(t, module, "builtin_module_names", oz_list_to_tuple(t, (List *)list)) &&
           oz_module_add(t, module, "stdlib_module_names", oz_frozenset_new(t, names));
}

/* Whose source this is, and where in its history: that is not known at run time. */
static bool add_git(Thread *t, Module *module)
{
    scoped Ref name = oz_str_new(t, "Ounce");
    Obj none = OZ_TEXT(t, empty);
    return name && oz_module_add(t, module, "_git", oz_tuple_of(t, 3, name, none, none));
}

bool oz_sys_data_init(Thread *t, Module *module)
{
    static const char version[] =
        OZ_PYTHON_VERSION " (Ounce " OZ_VERSION ", " __DATE__ ") [GCC " __VERSION__ "]";
    Class *unraisable = oz_structseq_class(t, &unraisable_def);
    return unraisable &&
           oz_module_add(t, module, "UnraisableHookArgs", oz_retain((Obj)unraisable)) &&
           add_implementation(t, module) && add_flags(t, module) && add_numbers(t, module) &&
           add_names(t, module) && oz_module_add_str(t, module, "version", version) &&
           oz_module_add_int(t, module, "hexversion", OZ_PYTHON_HEX) &&
           oz_module_add_int(t, module, "api_version", 1013) &&
           oz_module_add_int(t, module, "maxsize", INT64_MAX) &&
           oz_module_add_int(t, module, "maxunicode", 0x10ffff) &&
           oz_module_add_str(t, module, "byteorder", "little") &&
           oz_module_add_str(t, module, "platform", "linux") &&
           oz_module_add_str(t, module, "platlibdir", oz_config(t)->platlibdir) &&
           oz_module_add_str(t, module, "abiflags", "") &&
           oz_module_add_str(t, module, "float_repr_style", "short") &&
           oz_module_add_str(t, module, "_framework", "") && add_git(t, module) &&
           oz_module_add_str(t, module, "copyright", "Copyright (c) 2026 The Ounce authors.");
}
