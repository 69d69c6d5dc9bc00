// SPDX-License-Identifier: MIT
// _ssl: exceptions.
//
// An SSLError tells the library and the reason of OpenSSL's error code as words, beside a text.
// OpenSSL has the text of a reason only; its word is the same in capitals, for the texts are made
// of the words.  The few that were edited since stand in a table.  The texts end with a line
// number, in the form that CPython gives them.
#include "modules/ssl.h"

#include "types/exception.h"
#include "types/exception_kinds.h"
#include "types/str.h"

#include <ctype.h>
#include <string.h>

static const struct {
    int lib;
    const char *name;
} libraries[] = {
#define LIBRARY(name) {ERR_LIB_##name, #name},
#include "modules/ssl_libraries.def"
#undef LIBRARY
};

static const struct {
    int lib, reason;
    const char *name;
} reasons[] = {
#define REASON(lib, number, name) {ERR_LIB_##lib, number, #name},
#include "modules/ssl_reasons.def"
#undef REASON
};

/* ---- words ---- */

static const char *library_name(int lib)
{
    for (size_t i = 0; i < OZ_COUNT(libraries); i++)
        if (libraries[i].lib == lib)
            return libraries[i].name;
    return NULL;
}

/* The word of a library's own reason; None for those that all libraries share. */
static Ref reason_name(Thread *t, unsigned long code)
{
    int lib = ERR_GET_LIB(code), reason = ERR_GET_REASON(code);
    for (size_t i = 0; i < OZ_COUNT(reasons); i++)
        if (reasons[i].lib == lib && reasons[i].reason == reason)
            return oz_str_new(t, reasons[i].name);
    const char *text = oz_ssl(t)->ERR_reason_error_string(code);
    char name[128];
    size_t n = text ? strlen(text) : 0;
    if (ERR_SYSTEM_ERROR(code) || reason < 100 || reason >= ERR_RFLAG_COMMON || !n ||
        n > sizeof name)
        return OZ_NONE;
    for (size_t i = 0; i < n; i++)
        name[i] = isalnum((unsigned char)text[i]) ? (char)toupper((unsigned char)text[i]) : '_';
    return oz_str_from_ascii(t, name, n);
}

static Ref library_word(Thread *t, unsigned long code)
{
    const char *name = code ? library_name(ERR_GET_LIB(code)) : NULL;
    return name ? oz_str_new(t, name) : OZ_NONE;
}

/* ---- making ---- */

/* What is wrong with the certificate of the other end. */
static Ref verify_message(Thread *t, SslSocket *self, long code)
{
    if (code == X509_V_ERR_HOSTNAME_MISMATCH || code == X509_V_ERR_IP_ADDRESS_MISMATCH)
        return oz_str_format(t, "%s mismatch, certificate is not valid for '%S'.",
                             code == X509_V_ERR_HOSTNAME_MISMATCH ? "Hostname" : "IP address",
                             self->server_name ? (Obj)self->server_name : (Obj)OZ_NONE);
    const char *text = oz_ssl(t)->X509_verify_cert_error_string(code);
    return text ? oz_str_new(t, text) : OZ_NONE;
}

static bool set(Thread *t, Obj exception, const char *name, Obj value)
{
    scoped Ref key = value ? oz_intern(t, name) : NULL;
    return key && oz_set_attr(t, exception, key, value);
}

/* Raise `which` with errno `number`: of an OpenSSL error (or 0), with a text (or that of the
 * error). `self`: whose certificate was refused, or NULL. */
static Ref raise_error(Thread *t, ModuleError which, int number, const char *text,
                       unsigned long code, SslSocket *self, int line)
{
    scoped Ref library = library_word(t, code);
    scoped Ref reason = library && code ? reason_name(t, code) : OZ_NONE;
    scoped Ref message = NULL, value = NULL;
    long verified = 0;
    if (!library || !reason)
        return NULL;
    if (!text && code)
        text = oz_ssl(t)->ERR_reason_error_string(code);
    if (!text)
        text = "unknown error";
    if (self) {
        verified = oz_ssl(t)->SSL_get_verify_result(self->ssl);
        value = verify_message(t, self, verified);
        if (!value)
            return NULL;
    }
    if (value && reason != OZ_NONE && library != OZ_NONE)
        message =
            oz_str_format(t, "[%S: %S] %s: %S (_ssl.c:%d)", library, reason, text, value, line);
    else if (reason != OZ_NONE && library != OZ_NONE)
        message = oz_str_format(t, "[%S: %S] %s (_ssl.c:%d)", library, reason, text, line);
    else if (library != OZ_NONE)
        message = oz_str_format(t, "[%S] %s (_ssl.c:%d)", library, text, line);
    else
        message = oz_str_format(t, "%s (_ssl.c:%d)", text, line);
    Obj cls = message ? oz_module_error(t, which) : NULL;
    scoped Ref exception = cls ? oz_call2(t, cls, oz_int(number), message) : NULL;
    if (!exception || !set(t, exception, "reason", reason) ||
        !set(t, exception, "library", library))
        return NULL;
    if (self && (!set(t, exception, "verify_code", oz_int(verified)) ||
                 !set(t, exception, "verify_message", value)))
        return NULL;
    return oz_raise_object(t, exception, NULL);
}

Ref oz_ssl_raise_code_at(Thread *t, unsigned long code, int error_number, int line)
{
    if (error_number)
        return oz_raise_os_error(t, error_number, NULL);
    return raise_error(t, OZ_ERROR_SSL, (int)code, NULL, code, NULL, line);
}

Ref oz_ssl_raise_at(Thread *t, const char *text, int line)
{
    const Ssl *ssl = oz_ssl(t);
    unsigned long code = text ? 0 : ssl->ERR_peek_last_error();
    ssl->ERR_clear_error();
    return raise_error(t, OZ_ERROR_SSL, (int)code, text, code, NULL, line);
}

static bool is_ssl_reason(unsigned long code, int reason)
{
    return ERR_GET_LIB(code) == ERR_LIB_SSL && ERR_GET_REASON(code) == reason;
}

static Ref raise_outcome(Thread *t, SslSocket *self, const SslOutcome *outcome, int line)
{
    static const char ended[] = "EOF occurred in violation of protocol";
    unsigned long code = outcome->code;
    int number = outcome->error;
    ModuleError which = OZ_ERROR_SSL;
    const char *text = NULL;
    switch (number) {
    case SSL_ERROR_ZERO_RETURN:
        which = OZ_ERROR_SSL_ZERO_RETURN;
        text = "TLS/SSL connection has been closed (EOF)";
        break;
    case SSL_ERROR_WANT_READ:
        which = OZ_ERROR_SSL_WANT_READ;
        text = "The operation did not complete (read)";
        break;
    case SSL_ERROR_WANT_WRITE:
        which = OZ_ERROR_SSL_WANT_WRITE;
        text = "The operation did not complete (write)";
        break;
    case SSL_ERROR_WANT_X509_LOOKUP:
        text = "The operation did not complete (X509 lookup)";
        break;
    case SSL_ERROR_WANT_CONNECT:
        text = "The operation did not complete (connect)";
        break;
    case SSL_ERROR_SYSCALL:
        if (code) {
            which = OZ_ERROR_SSL_SYSCALL;
        } else if (outcome->result < 0 && self->socket && outcome->error_number) {
            return oz_raise_os_error(t, outcome->error_number, NULL);
        } else {
            which = OZ_ERROR_SSL_EOF;
            number = OZ_SSL_ERROR_EOF;
            text = ended;
        }
        break;
    case SSL_ERROR_SSL:
        if (!code)
            text = "A failure in the SSL library occurred";
        else if (is_ssl_reason(code, SSL_R_CERTIFICATE_VERIFY_FAILED))
            which = OZ_ERROR_SSL_CERT_VERIFICATION;
        else if (is_ssl_reason(code, SSL_R_UNEXPECTED_EOF_WHILE_READING)) {
            which = OZ_ERROR_SSL_EOF;
            number = OZ_SSL_ERROR_EOF;
            text = ended;
        }
        break;
    default:
        number = OZ_SSL_ERROR_INVALID;
        text = "Invalid error code";
    }
    return raise_error(t, which, number, text, code,
                       which == OZ_ERROR_SSL_CERT_VERIFICATION ? self : NULL, line);
}

Ref oz_ssl_raise_outcome_at(Thread *t, SslSocket *self, const SslOutcome *outcome, int line)
{
    raise_outcome(t, self, outcome, line);
    scoped Ref before = oz_move(&self->raised);
    oz_exception_chain(t, before);
    return NULL;
}

Ref oz_ssl_raise_closed_at(Thread *t, const char *text, int line)
{
    return raise_error(t, OZ_ERROR_SSL, OZ_SSL_ERROR_NO_SOCKET, text, 0, NULL, line);
}

/* ---- the classes ---- */

/* The text of OpenSSL alone, where there is one. */
static Ref ssl_error_str(Thread *t, Obj self)
{
    const BaseException *e = (const BaseException *)self;
    Obj text = oz_exception_field(e, OZ_X_STRERROR);
    return text && oz_is_str(text) ? oz_retain(text) : oz_str(t, e->args);
}

/* SSLError: an OSError with another str(). */
static Class *make_base(Thread *t)
{
    Class *os_error = t->vm->errors[OZ_OSError];
    TypeDef *def = oz_block_alloc(t->heap, sizeof *def);
    if (!def) {
        oz_raise_memory(t);
        return NULL;
    }
    *def = *os_error->def;
    def->name = "ssl.SSLError";
    def->doc = "TLS has failed; `library` and `reason` tell where and why.";
    def->slots = (Slots){.str = ssl_error_str};
    def->make = def->initialise = NULL;
    def->methods = NULL;
    def->getsets = NULL;
    def->members = NULL;
    Class *cls = oz_class_from_def(t, def, &os_error, 1);
    if (cls)
        cls->flags |= OZ_CLASS_EXCEPTION;
    return cls;
}

static const struct {
    ModuleError error;
    const char *name, *doc;
} derived[] = {
    {OZ_ERROR_SSL_ZERO_RETURN, "SSLZeroReturnError", "The other end has closed TLS in order."},
    {OZ_ERROR_SSL_WANT_READ, "SSLWantReadError", "It goes on when there is more to be read."},
    {OZ_ERROR_SSL_WANT_WRITE, "SSLWantWriteError", "It goes on when more can be written."},
    {OZ_ERROR_SSL_SYSCALL, "SSLSyscallError", "A system call has failed beneath TLS."},
    {OZ_ERROR_SSL_EOF, "SSLEOFError", "The connection has ended without a close of TLS."},
    {OZ_ERROR_SSL_CERT_VERIFICATION, "SSLCertVerificationError",
     "A certificate was refused; `verify_code` and `verify_message` tell why."},
};

bool oz_ssl_errors_init(Thread *t, Module *module)
{
    if (!oz_module_error_made(t, OZ_ERROR_SSL)) {
        Class *base = make_base(t);
        if (!base || !oz_module_error_set(t, OZ_ERROR_SSL, (Obj)base))
            return false;
    }
    Obj base = oz_module_error(t, OZ_ERROR_SSL);
    if (!base || !oz_module_add(t, module, "SSLError", oz_retain(base)))
        return false;
    for (size_t i = 0; i < OZ_COUNT(derived); i++) {
        Obj cls = oz_module_error(t, derived[i].error);
        scoped Ref doc = cls ? oz_str_new(t, derived[i].doc) : NULL;
        if (!doc || !set(t, cls, "__doc__", doc) ||
            !oz_module_add(t, module, derived[i].name, oz_retain(cls)))
            return false;
    }
    return true;
}

/* ---- the tables, as a program may ask for them ---- */

Ref oz_ssl_library_names(Thread *t)
{
    scoped Ref names = oz_dict_new(t);
    for (size_t i = 0; names && i < OZ_COUNT(libraries); i++) {
        scoped Ref name = oz_str_new(t, libraries[i].name);
        if (!name || !oz_dict_set(t, (Dict *)names, oz_int(libraries[i].lib), name))
            return NULL;
    }
    return oz_move(&names);
}

#define LAST_REASON 1200 /* OpenSSL's reasons of alerts end at 1120 */

static bool add_reason(Thread *t, Dict *codes, Dict *names, int lib, int reason)
{
    scoped Ref name = reason_name(t, ERR_PACK(lib, 0, reason));
    if (name == OZ_NONE)
        return true;
    scoped Ref pair = name ? oz_tuple_of(t, 2, oz_int(lib), oz_int(reason)) : NULL;
    return pair && oz_dict_set(t, codes, pair, name) && oz_dict_set(t, names, name, pair);
}

bool oz_ssl_reason_names(Thread *t, Dict *codes, Dict *names)
{
    for (size_t i = 0; i < OZ_COUNT(libraries); i++) {
        for (int reason = 100; reason < LAST_REASON; reason++)
            if (!add_reason(t, codes, names, libraries[i].lib, reason))
                return false;
        if (!oz_poll(t))
            return false;
    }
    return true;
}
