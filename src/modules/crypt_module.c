// SPDX-License-Identifier: MIT
// The modules _crypt and spwd: passwords as hashes, by libcrypt, which is opened at the first hash,
// and those that the system keeps.
#include "modules/library.h"
#include "modules/modules.h"
#include "modules/native_type.h"
#include "modules/os_support.h"
#include "object/error.h"
#include "types/bytes.h"

#include <crypt.h>
#include <shadow.h>
#include <string.h>

/* ---- _crypt ---- */

#define CRYPT(F) F(crypt_r)
OZ_LIBRARY_TYPE(Crypt, CRYPT);
static OZ_LIBRARY_GET(Crypt, library, CRYPT, "libcrypt.so.1", "libcrypt1")

    OZ_FUNCTION(
        crypt, crypt, "($module, word, salt, /)",
        "The hash of a word by the method and the salt that the second argument begins with.")
{
    scoped Ref keep_word = NULL, keep_salt = NULL;
    const char *word = oz_os_text(t, a[1], "crypt", " 1", &keep_word);
    const char *salt = word ? oz_os_text(t, a[2], "crypt", " 2", &keep_salt) : NULL;
    const Crypt *crypt = salt ? library(t) : NULL;
    if (!crypt)
        return NULL;
    struct crypt_data *data = oz_block_alloc(t->heap, sizeof *data);
    if (!data)
        return oz_raise_memory(t);
    memset(data, 0, sizeof *data);
    const char *hash = OZ_DETACHED(t, crypt->crypt_r(word, salt, data));
    int error = errno;
    Ref result = hash ? oz_os_name(t, hash, false) : oz_raise_os_error(t, error, NULL);
    oz_block_free(data);
    return result;
}

const ModuleDef oz_crypt_module = {
    .name = "_crypt",
    .functions = OZ_METHODS(&crypt_crypt),
};

/* ---- spwd ---- */

enum { ROOM_FIRST = 1024, ROOM_MOST = 1 << 24 };

static const StructField shadow_fields[] = {
    {"sp_namp", "login name"},
    {"sp_pwdp", "encrypted password"},
    {"sp_lstchg", "date of last change"},
    {"sp_min", "min #days between changes"},
    {"sp_max", "max #days between changes"},
    {"sp_warn", "#days before pw expires to warn user about it"},
    {"sp_inact", "#days after pw expires until account is disabled"},
    {"sp_expire", "#days since 1970-01-01 when account expires"},
    {"sp_flag", "reserved"},
    {"sp_nam", "login name; an older name of the field"},
    {"sp_pwd", "encrypted password; an older name of the field"},
};
static const StructDef shadow_def = {
    .name = "spwd.struct_spwd",
    .doc = "What the system keeps of a user's password: a tuple of nine, and attributes.",
    .fields = shadow_fields,
    .count = OZ_COUNT(shadow_fields),
    .visible = OZ_COUNT(shadow_fields) - 2,
};

static Ref text_or_none(Thread *t, const char *text)
{
    return text ? oz_os_name(t, text, false) : OZ_NONE;
}

static Ref shadow_new(Thread *t, Obj module, const struct spwd *entry)
{
    scoped Ref name = text_or_none(t, entry->sp_namp);
    scoped Ref password = name ? text_or_none(t, entry->sp_pwdp) : NULL;
    if (!password)
        return NULL;
    const long numbers[] = {entry->sp_lstchg, entry->sp_min,    entry->sp_max,       entry->sp_warn,
                            entry->sp_inact,  entry->sp_expire, (long)entry->sp_flag};
    Ref v[OZ_COUNT(shadow_fields)] = {oz_retain(name), oz_retain(password)};
    bool whole = true;
    for (size_t n = 0; n < OZ_COUNT(numbers); n++) {
        v[n + 2] = oz_int_new(t, numbers[n]);
        whole = whole && v[n + 2];
    }
    v[9] = oz_move(&name);
    v[10] = oz_move(&password);
    if (whole)
        return oz_structseq_new(t, ((const Module *)module)->state, v);
    for (size_t n = 0; n < OZ_COUNT(v); n++)
        oz_drop(v[n]);
    return NULL;
}

OZ_FUNCTION(spwd, getspnam, "($module, arg, /)", "What is kept of the password of a user's name.")
{
    if (!oz_is_str(a[1]))
        return oz_raise_argument(t, "getspnam", "str", a[1]);
    scoped Ref keep = oz_encode_path(t, a[1]);
    if (!keep)
        return NULL;
    const char *name = (const char *)oz_bytes_data((const Bytes *)keep);
    int error = ERANGE;
    for (size_t room = ROOM_FIRST; error == ERANGE && room <= ROOM_MOST; room *= 2) {
        struct spwd entry, *found = NULL;
        char *buffer = oz_block_alloc(t->heap, room);
        if (!buffer)
            return oz_raise_memory(t);
        error = OZ_DETACHED(t, getspnam_r(name, &entry, buffer, room, &found));
        Ref result = found ? shadow_new(t, a[0], found) : NULL;
        oz_block_free(buffer);
        if (found)
            return result;
    }
    return error ? oz_raise_os_error(t, error, NULL)
                 : oz_raise(t, OZ_KeyError, "getspnam(): name not found");
}

OZ_FUNCTION(spwd, getspall, "($module, /)", "What is kept of all passwords, in no certain order.")
{
    scoped Ref list = oz_list_new(t, 0);
    const struct spwd *each;
    bool ok = list != NULL;
    setspent();
    while (ok && (each = getspent())) {
        Ref entry = shadow_new(t, a[0], each);
        ok = entry && oz_list_append_take(t, (List *)list, entry) && oz_poll(t);
    }
    endspent();
    return ok ? oz_move(&list) : NULL;
}

static bool spwd_init(Thread *t, Module *module)
{
    module->state = oz_structseq_class(t, &shadow_def);
    return module->state &&
           oz_module_add(t, module, "struct_spwd", oz_retain((Obj)module->state)) &&
           oz_warn(t, OZ_DeprecationWarning, 1,
                   "'spwd' is deprecated and slated for removal in Python 3.13");
}

const ModuleDef oz_spwd_module = {
    .name = "spwd",
    .doc = "The shadow passwords that the system keeps; for root only.",
    .functions = OZ_METHODS(&spwd_getspnam, &spwd_getspall),
    .init = spwd_init,
};
