// SPDX-License-Identifier: MIT
// The table of native modules.
#include "modules/modules.h"

#include "modules/io.h"
#include "modules/native_type.h"

#include "object/error.h"
#include "types/buffer.h"
#include "types/bytes.h"
#include "types/codec.h"
#include "types/dict.h"
#include "types/str.h"
#include "types/str_text.h"
#include "types/warning.h"

#include <string.h>

#define MODULE(symbol, name) extern const ModuleDef oz_##symbol##_module;
#include "modules/modules.def"
#undef MODULE

const ModuleEntry oz_modules[] = {
#define MODULE(symbol, name) {name, &oz_##symbol##_module},
#include "modules/modules.def"
#undef MODULE
    {NULL, NULL}};

#define TYPE(ID, stem) extern const TypeDef oz_##stem##_type;
#include "object/module_types.def"
#undef TYPE

const TypeDef *const oz_module_types[] = {
#define TYPE(ID, stem) &oz_##stem##_type,
#include "object/module_types.def"
#undef TYPE
    NULL};

bool oz_class_constant(Thread *t, uint32_t id, const char *name, Ref value)
{
    scoped Ref held = value;
    scoped Ref key = held ? oz_intern(t, name) : NULL;
    Class *cls = key ? oz_builtin_class(t, id) : NULL;
    Obj found = NULL;
    if (!cls || oz_class_own(t, cls, key, &found) == OZ_RAISED)
        return false;
    return found || oz_class_store(t, cls, key, held) != OZ_RAISED; /* of an earlier import */
}

const ModuleDef *oz_module_find(const char *name)
{
    for (const ModuleEntry *entry = oz_modules; entry->name; entry++)
        if (strcmp(entry->name, name) == 0)
            return entry->def;
    return NULL;
}

Found oz_sys_get(Thread *t, const char *name, Ref *value)
{
    if (!t->vm->sys) /* while it is being made */
        return OZ_MISSING;
    scoped Ref key = oz_intern(t, name);
    return key ? oz_dict_get(t, (Dict *)t->vm->sys, key, value) : OZ_RAISED;
}

bool oz_file_write(Thread *t, Obj file, Obj text)
{
    Found found = oz_text_io_put(t, file, text);
    if (found != OZ_MISSING)
        return found == OZ_FOUND;
    scoped Ref result = oz_call_method(t, file, OZ_NAME(t, write), 1, &text);
    return result != NULL;
}

bool oz_file_flush(Thread *t, Obj file)
{
    return oz_io_flush(t, file);
}

bool oz_file_closed(Thread *t, Obj file, bool *closed)
{
    return oz_io_closed(t, file, closed);
}

Ref oz_decode_path(Thread *t, const char *path)
{
    scoped Ref bytes = oz_bytes_new(t, path, strlen(path));
    return bytes ? oz_decode(t, bytes, "utf-8", "surrogateescape") : NULL;
}

Ref oz_fspath(Thread *t, Obj path)
{
    if (oz_is_str(path) || oz_as_bytes(path))
        return oz_retain(path);
    scoped Ref method = NULL;
    Found found = oz_find_special(t, path, OZ_NAME(t, __fspath__), &method);
    if (found == OZ_MISSING)
        return oz_raise(t, OZ_TypeError, "expected str, bytes or os.PathLike object, not %T", path);
    scoped Ref plain = found == OZ_FOUND ? oz_call0(t, method) : NULL;
    if (plain && !oz_is_str(plain) && !oz_as_bytes(plain))
        return oz_raise(t, OZ_TypeError, "expected %T.__fspath__() to return str or bytes, not %T",
                        path, plain);
    return oz_move(&plain);
}

Ref oz_path_text(Thread *t, Obj path)
{
    bool buffer = !oz_is_str(path) && !oz_as_bytes(path) && oz_has_buffer(path);
    if (buffer && !oz_warn(t, OZ_DeprecationWarning, 1,
                           "path should be string, bytes, or os.PathLike, not %T", path))
        return NULL;
    scoped Ref plain = buffer ? oz_bytes_from_object(t, path) : oz_fspath(t, path);
    if (!plain)
        return NULL;
    scoped Ref text =
        oz_is_str(plain) ? oz_move(&plain) : oz_decode(t, plain, "utf-8", "surrogateescape");
    if (text && oz_text_find_char(oz_text_of(oz_as_str(text)), 0) != OZ_NOT_FOUND)
        return oz_raise(t, OZ_ValueError, "embedded null character");
    return oz_move(&text);
}

Ref oz_encode_path(Thread *t, Obj path)
{
    scoped Ref given = oz_fspath(t, path);
    if (!given)
        return NULL;
    scoped Ref bytes =
        oz_is_str(given) ? oz_encode(t, given, "utf-8", "surrogateescape") : oz_move(&given);
    if (!bytes)
        return NULL;
    const Bytes *b = oz_as_bytes(bytes);
    if (memchr(oz_bytes_data(b), 0, oz_bytes_length(b)))
        return oz_raise(t, OZ_ValueError, "embedded null byte");
    return oz_move(&bytes);
}

const char *oz_path_bytes(Thread *t, Obj path, Ref *keep)
{
    *keep = oz_encode_path(t, path);
    return *keep ? (const char *)oz_bytes_data((const Bytes *)*keep) : NULL;
}
