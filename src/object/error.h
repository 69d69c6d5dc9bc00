// SPDX-License-Identifier: MIT
// Raising.  The pending exception is t->exception: an instance, one owner.  A function that fails
// returns NULL or false with it set.
#ifndef OZ_OBJECT_ERROR_H
#define OZ_OBJECT_ERROR_H

#include "object/thread.h"

/* Result of a lookup that may find nothing. */
typedef enum Found { OZ_RAISED = -1, OZ_MISSING, OZ_FOUND } Found;

/* Raise errors[kind] with a formatted message.  Formats: %s C string (UTF-8), %d int, %zd ssize_t,
 * %lld int64, %u, %zu, %c character code, %x, %% and for objects: %S str(o), %R repr(o), %A
 * ascii(o), %T name of o's class (native ones with their module), %t type(o).__name__, %N name of
 * class o as %T; %.200s as in printf.
 * Always returns NULL, so: return oz_raise(...).  Sets __context__ from oz_handled(t). */
Ref oz_raise(Thread *t, int kind, const char *format, ...) OZ_COLD;
/* The same for bool functions: always false. */
#define oz_fail(...) (oz_raise(__VA_ARGS__), false)
/* Raise class or instance `what` as the raise statement does; `cause` may be NULL. */
Ref oz_raise_object(Thread *t, Obj what, Obj cause);
/* Raise errors[kind](value): for KeyError, StopIteration(value), SystemExit ... */
Ref oz_raise_value(Thread *t, int kind, Obj value) OZ_COLD;
Ref oz_raise_memory(Thread *t) OZ_COLD; /* preallocated: cannot fail */
Ref oz_raise_os_error(Thread *t, int error_number, Obj filename /* or NULL */) OZ_COLD;
Ref oz_raise_os_error2(Thread *t, int error_number, Obj filename, Obj filename2) OZ_COLD;

/* Is the pending exception an instance of errors[kind]?  (false when none is pending) */
bool oz_raised(Thread *t, int kind);
/* Something has failed without effect.  If the pending exception is a MemoryError of the heap's
 * limit, and a collection makes room: it is cleared, and the caller tries once more.
 * Runs Python: yes (as oz_gc_poll). */
bool oz_memory_try_again(Thread *t) OZ_COLD;
/* Take the pending exception away (owned; NULL if none) / put it back (taken; replaces any). */
Ref oz_exception_take(Thread *t);
void oz_exception_put(Thread *t, Ref exception);
void oz_exception_clear(Thread *t);
/* Give the pending exception `handled` (or NULL: nothing to do) as its context. */
void oz_exception_chain(Thread *t, Obj handled);
/* If errors[kind] is pending, clear it and return true. */
bool oz_exception_forget(Thread *t, int kind);
/* Report the pending exception to sys.unraisablehook and clear it; `where` may be NULL. */
void oz_unraisable(Thread *t, Obj where, const char *message);
/* What the default hook does: write the report.  Raises nothing. */
void oz_unraisable_print(Thread *t, Obj exception, Obj where, const char *message);
/* Write text to sys.stderr, or to the process's if there is none.  false: raised. */
bool oz_error_write(Thread *t, Obj text);
/* The same to a file: None: nowhere; NULL: the process's. */
bool oz_error_write_to(Thread *t, Obj stream, Obj text);

/* warnings.warn(category, message): false if it was turned into an exception. */
bool oz_warn(Thread *t, int kind, int stack_level, const char *format, ...) OZ_CHECKED;

#endif
