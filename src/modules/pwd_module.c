// SPDX-License-Identifier: MIT
// pwd and grp: the users and groups that the system knows.
//
// The calls that fill a buffer of ours are used, with a larger one where it was too small.
#include "modules/modules.h"
#include "modules/native_type.h"
#include "modules/os_support.h"
#include "types/bytes.h"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

enum { ROOM_FIRST = 1024, ROOM_MOST = 1 << 24 };

/* An absent text is None. */
static Ref text_or_none(Thread *t, const char *text)
{
    return text ? oz_os_name(t, text, false) : OZ_NONE;
}

/* A name without zeros as the system has it. */
static const char *name_argument(Thread *t, Obj v, Ref *keep)
{
    *keep = oz_encode_path(t, v);
    return *keep ? (const char *)oz_bytes_data((const Bytes *)*keep) : NULL;
}

/* ---- users ---- */

static const StructField user_fields[] = {
    {"pw_name", "user name"},      {"pw_passwd", "password"}, {"pw_uid", "user id"},
    {"pw_gid", "group id"},        {"pw_gecos", "real name"}, {"pw_dir", "home directory"},
    {"pw_shell", "shell program"},
};
static const StructDef user_def = {
    .name = "pwd.struct_passwd",
    .doc = "A user: a tuple of seven, and attributes.",
    .fields = user_fields,
    .count = OZ_COUNT(user_fields),
    .visible = OZ_COUNT(user_fields),
};

static Ref user_new(Thread *t, Obj module, const struct passwd *user)
{
    Ref v[] = {text_or_none(t, user->pw_name),  text_or_none(t, user->pw_passwd),
               oz_os_id_new(t, user->pw_uid),   oz_os_id_new(t, user->pw_gid),
               text_or_none(t, user->pw_gecos), text_or_none(t, user->pw_dir),
               text_or_none(t, user->pw_shell)};
    bool whole = true;
    for (size_t n = 0; n < OZ_COUNT(v); n++)
        whole = whole && v[n];
    if (whole)
        return oz_structseq_new(t, ((const Module *)module)->state, v);
    for (size_t n = 0; n < OZ_COUNT(v); n++)
        oz_drop(v[n]);
    return NULL;
}

/* The user of a name, or (NULL) of a number: OZ_MISSING with nothing raised. */
static Found find_user(Thread *t, Obj module, const char *name, uid_t id, Ref *user)
{
    for (size_t room = ROOM_FIRST; room <= ROOM_MOST; room *= 2) {
        struct passwd entry, *found = NULL;
        char *buffer = oz_block_alloc(t->heap, room);
        if (!buffer) {
            oz_raise_memory(t);
            return OZ_RAISED;
        }
        int error = OZ_DETACHED(t, name ? getpwnam_r(name, &entry, buffer, room, &found)
                                        : getpwuid_r(id, &entry, buffer, room, &found));
        *user = found ? user_new(t, module, found) : NULL;
        oz_block_free(buffer);
        if (found)
            return *user ? OZ_FOUND : OZ_RAISED;
        if (error != ERANGE)
            return OZ_MISSING;
    }
    oz_raise_memory(t);
    return OZ_RAISED;
}

OZ_FUNCTION(pwd, getpwuid, "($module, uid, /)", "The user of a number.")
{
    uint32_t id;
    Ref user = NULL;
    if (!oz_os_id(t, a[1], "uid", &id)) {
        if (oz_exception_forget(t, OZ_OverflowError))
            oz_raise(t, OZ_KeyError, "getpwuid(): uid not found");
        return NULL;
    }
    if (find_user(t, a[0], NULL, id, &user) != OZ_MISSING)
        return user;
    scoped Ref shown = oz_os_id_new(t, id);
    return oz_raise(t, OZ_KeyError, "getpwuid(): uid not found: %S", shown);
}

OZ_FUNCTION(pwd, getpwnam, "($module, name, /)", "The user of a name.")
{
    scoped Ref keep = NULL;
    Ref user = NULL;
    if (!oz_is_str(a[1]))
        return oz_raise_argument(t, "getpwnam", "str", a[1]);
    const char *name = name_argument(t, a[1], &keep);
    if (!name)
        return NULL;
    if (find_user(t, a[0], name, 0, &user) != OZ_MISSING)
        return user;
    return oz_raise(t, OZ_KeyError, "getpwnam(): name not found: %R", a[1]);
}

OZ_FUNCTION(pwd, getpwall, "($module, /)", "All users, in no certain order.")
{
    scoped Ref list = oz_list_new(t, 0);
    const struct passwd *each;
    bool ok = list != NULL;
    setpwent();
    while (ok && (each = getpwent())) {
        Ref user = user_new(t, a[0], each);
        ok = user && oz_list_append_take(t, (List *)list, user) && oz_poll(t);
    }
    endpwent();
    return ok ? oz_move(&list) : NULL;
}

static bool pwd_init(Thread *t, Module *module)
{
    module->state = oz_structseq_class(t, &user_def);
    return module->state &&
           oz_module_add(t, module, "struct_passwd", oz_retain((Obj)module->state));
}

const ModuleDef oz_pwd_module = {
    .name = "pwd",
    .doc = "The users that the system knows.",
    .functions = OZ_METHODS(&pwd_getpwuid, &pwd_getpwnam, &pwd_getpwall),
    .init = pwd_init,
};

/* ---- groups ---- */

static const StructField group_fields[] = {
    {"gr_name", "group name"},
    {"gr_passwd", "password"},
    {"gr_gid", "group id"},
    {"gr_mem", "group members"},
};
static const StructDef group_def = {
    .name = "grp.struct_group",
    .doc = "A group: a tuple of four, and attributes.",
    .fields = group_fields,
    .count = OZ_COUNT(group_fields),
    .visible = OZ_COUNT(group_fields),
};

static Ref group_new(Thread *t, Obj module, const struct group *group)
{
    scoped Ref members = oz_list_new(t, 0);
    for (char **each = group->gr_mem; members && *each; each++) {
        Ref name = oz_os_name(t, *each, false);
        if (!name || !oz_list_append_take(t, (List *)members, name))
            return NULL;
    }
    scoped Ref name = members ? text_or_none(t, group->gr_name) : NULL;
    scoped Ref password = name ? text_or_none(t, group->gr_passwd) : NULL;
    if (!password)
        return NULL;
    Ref v[] = {oz_move(&name), oz_move(&password), oz_os_id_new(t, group->gr_gid),
               oz_move(&members)};
    return oz_structseq_new(t, ((const Module *)module)->state, v);
}

static Found find_group(Thread *t, Obj module, const char *name, gid_t id, Ref *group)
{
    for (size_t room = ROOM_FIRST; room <= ROOM_MOST; room *= 2) {
        struct group entry, *found = NULL;
        char *buffer = oz_block_alloc(t->heap, room);
        if (!buffer) {
            oz_raise_memory(t);
            return OZ_RAISED;
        }
        int error = OZ_DETACHED(t, name ? getgrnam_r(name, &entry, buffer, room, &found)
                                        : getgrgid_r(id, &entry, buffer, room, &found));
        *group = found ? group_new(t, module, found) : NULL;
        oz_block_free(buffer);
        if (found)
            return *group ? OZ_FOUND : OZ_RAISED;
        if (error != ERANGE)
            return OZ_MISSING;
    }
    oz_raise_memory(t);
    return OZ_RAISED;
}

OZ_FUNCTION(grp, getgrgid, "($module, /, id)", "The group of a number.")
{
    uint32_t id;
    Ref group = NULL;
    if (!oz_os_id(t, a[1], "gid", &id) || find_group(t, a[0], NULL, id, &group) != OZ_MISSING)
        return group;
    scoped Ref shown = oz_os_id_new(t, id);
    return oz_raise(t, OZ_KeyError, "getgrgid(): gid not found: %S", shown);
}

OZ_FUNCTION(grp, getgrnam, "($module, /, name)", "The group of a name.")
{
    scoped Ref keep = NULL;
    Ref group = NULL;
    if (!oz_is_str(a[1]))
        return oz_raise(t, OZ_TypeError, "getgrnam() argument 'name' must be str, not %T", a[1]);
    const char *name = name_argument(t, a[1], &keep);
    if (!name || find_group(t, a[0], name, 0, &group) != OZ_MISSING)
        return group;
    return oz_raise(t, OZ_KeyError, "getgrnam(): name not found: %R", a[1]);
}

OZ_FUNCTION(grp, getgrall, "($module, /)", "All groups, in no certain order.")
{
    scoped Ref list = oz_list_new(t, 0);
    const struct group *each;
    bool ok = list != NULL;
    setgrent();
    while (ok && (each = getgrent())) {
        Ref group = group_new(t, a[0], each);
        ok = group && oz_list_append_take(t, (List *)list, group) && oz_poll(t);
    }
    endgrent();
    return ok ? oz_move(&list) : NULL;
}

static bool grp_init(Thread *t, Module *module)
{
    module->state = oz_structseq_class(t, &group_def);
    return module->state && oz_module_add(t, module, "struct_group", oz_retain((Obj)module->state));
}

const ModuleDef oz_grp_module = {
    .name = "grp",
    .doc = "The groups that the system knows.",
    .functions = OZ_METHODS(&grp_getgrgid, &grp_getgrnam, &grp_getgrall),
    .init = grp_init,
};
