// SPDX-License-Identifier: MIT
// What the files of the exception classes share; for types/exception*.c, error.c and codec.c.
#ifndef OZ_TYPES_EXCEPTION_KINDS_H
#define OZ_TYPES_EXCEPTION_KINDS_H

#include "types/exception.h"

/* Make the instance with args = the positional arguments; check that there are no keywords. */
Ref oz_exception_new(Thread *t, Class *cls, const Args *args);
bool oz_exception_init(Thread *t, Obj self, const Args *args);
/* Is calling the class oz_exception_new and then its __init__, and nothing else? */
bool oz_exception_allocates(const Class *cls);
/* str() of a plain exception: of its only argument, or of all. */
Ref oz_exception_str(Thread *t, Obj self);
bool oz_exception_no_keywords(Thread *t, Class *cls, const Args *args) OZ_CHECKED;
/* args = tuple of the positional arguments */
bool oz_exception_set_args(Thread *t, BaseException *e, const Args *args) OZ_CHECKED;
Ref oz_exception_get(Obj self, unsigned index); /* None if not set: what attributes show */

/* Attributes that are fields: get_NAME and set_NAME for a GetSetDef. */
#define OZ_X_ATTRIBUTE(prefix, name, index, count)                                                 \
    static Ref prefix##_get_##name(Thread *t OZ_UNUSED, Obj self)                                  \
    {                                                                                              \
        return oz_exception_get(self, index);                                                      \
    }                                                                                              \
    static bool prefix##_set_##name(Thread *t, Obj self, Obj value)                                \
    {                                                                                              \
        return oz_exception_field_set(t, (BaseException *)self, index, count, value);              \
    }
#define OZ_X_GETSET(prefix, name, doc)                                                             \
    {                                                                                              \
#name, prefix##_get_##name, prefix##_set_##name, doc                                       \
    }

/* Slots and attributes of the kinds that are not plain (exception_kinds.c, exception_os.c,
 * exception_unicode.c, exception_group.c). */
extern const GetSetDef oz_stop_iteration_getsets[], oz_system_exit_getsets[];
extern const GetSetDef oz_attribute_error_getsets[], oz_name_error_getsets[];
extern const GetSetDef oz_import_error_getsets[], oz_syntax_error_getsets[];
extern const GetSetDef oz_os_error_getsets[], oz_unicode_error_getsets[];
extern const GetSetDef oz_exception_group_getsets[];
extern const NativeDef *const oz_import_error_methods[], *const oz_os_error_methods[];
extern const NativeDef *const oz_exception_group_methods[];

bool oz_stop_iteration_init(Thread *t, Obj self, const Args *args);
bool oz_system_exit_init(Thread *t, Obj self, const Args *args);
bool oz_attribute_error_init(Thread *t, Obj self, const Args *args);
bool oz_name_error_init(Thread *t, Obj self, const Args *args);
bool oz_import_error_init(Thread *t, Obj self, const Args *args);
Ref oz_import_error_str(Thread *t, Obj self);
Ref oz_key_error_str(Thread *t, Obj self);
bool oz_syntax_error_init(Thread *t, Obj self, const Args *args);
Ref oz_syntax_error_str(Thread *t, Obj self);
Ref oz_os_error_new(Thread *t, Class *cls, const Args *args);
bool oz_os_error_init(Thread *t, Obj self, const Args *args);
Ref oz_os_error_str(Thread *t, Obj self);
bool oz_unicode_decode_init(Thread *t, Obj self, const Args *args);
bool oz_unicode_encode_init(Thread *t, Obj self, const Args *args);
bool oz_unicode_translate_init(Thread *t, Obj self, const Args *args);
Ref oz_unicode_decode_str(Thread *t, Obj self);
Ref oz_unicode_encode_str(Thread *t, Obj self);
Ref oz_unicode_translate_str(Thread *t, Obj self);
Ref oz_exception_group_new(Thread *t, Class *cls, const Args *args);
bool oz_exception_group_init(Thread *t, Obj self, const Args *args);
Ref oz_exception_group_str(Thread *t, Obj self);

#endif
