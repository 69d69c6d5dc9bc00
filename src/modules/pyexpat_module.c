// SPDX-License-Identifier: MIT
// The module pyexpat: XML by libexpat, which is opened when the module is imported.
//
// The parser's functions call back with each piece of the document; each callback builds the
// arguments of the handler that the program has set and calls it.  What a handler raises stops the
// parser, and Parse() passes it on.  Text may be gathered (buffer_text): it is told before anything
// else is, and at the end of each Parse().
//
// A parser is not parsed with again from its own handlers: libexpat does not allow that and does
// not notice it.  A parser of an external entity shares the tables of the one that made it, and
// therefore holds it.
#include "modules/library.h"
#include "modules/module_errors.h"
#include "modules/native_type.h"
#include "object/error.h"
#include "types/buffer.h"
#include "types/bytes.h"
#include "types/codec.h"

#include <expat.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

// clang-format off
#define EXPAT(F)                                                                                   \
    F(XML_ParserCreate_MM) F(XML_ExternalEntityParserCreate) F(XML_ParserFree) F(XML_Parse)        \
    F(XML_StopParser) F(XML_SetUserData) F(XML_SetEncoding) F(XML_SetBase) F(XML_GetBase)          \
    F(XML_GetErrorCode) F(XML_ErrorString) F(XML_GetCurrentLineNumber)                             \
    F(XML_GetCurrentColumnNumber) F(XML_GetCurrentByteIndex) F(XML_GetInputContext)                \
    F(XML_GetSpecifiedAttributeCount) F(XML_SetReturnNSTriplet) F(XML_SetParamEntityParsing)       \
    F(XML_UseForeignDTD) F(XML_FreeContentModel) F(XML_SetUnknownEncodingHandler)                  \
    F(XML_ExpatVersion) F(XML_ExpatVersionInfo) F(XML_GetFeatureList)                              \
    F(XML_SetStartElementHandler) F(XML_SetEndElementHandler)                                      \
    F(XML_SetProcessingInstructionHandler) F(XML_SetCharacterDataHandler)                          \
    F(XML_SetUnparsedEntityDeclHandler) F(XML_SetNotationDeclHandler)                              \
    F(XML_SetStartNamespaceDeclHandler) F(XML_SetEndNamespaceDeclHandler)                          \
    F(XML_SetCommentHandler) F(XML_SetStartCdataSectionHandler) F(XML_SetEndCdataSectionHandler)   \
    F(XML_SetDefaultHandler) F(XML_SetDefaultHandlerExpand) F(XML_SetNotStandaloneHandler)         \
    F(XML_SetExternalEntityRefHandler) F(XML_SetStartDoctypeDeclHandler)                           \
    F(XML_SetEndDoctypeDeclHandler) F(XML_SetEntityDeclHandler) F(XML_SetXmlDeclHandler)           \
    F(XML_SetElementDeclHandler) F(XML_SetAttlistDeclHandler) F(XML_SetSkippedEntityHandler)

/* H(the attribute, its callback). */
#define HANDLERS(H)                                                                                \
    H(StartElementHandler, start_element) H(EndElementHandler, end_element)                        \
    H(ProcessingInstructionHandler, instruction) H(CharacterDataHandler, character_data)           \
    H(UnparsedEntityDeclHandler, unparsed_entity) H(NotationDeclHandler, notation)                 \
    H(StartNamespaceDeclHandler, start_namespace) H(EndNamespaceDeclHandler, end_namespace)        \
    H(CommentHandler, comment) H(StartCdataSectionHandler, start_cdata)                            \
    H(EndCdataSectionHandler, end_cdata) H(DefaultHandler, default_text)                           \
    H(DefaultHandlerExpand, default_expanded) H(NotStandaloneHandler, not_standalone)              \
    H(ExternalEntityRefHandler, external_entity) H(StartDoctypeDeclHandler, start_doctype)         \
    H(EndDoctypeDeclHandler, end_doctype) H(EntityDeclHandler, entity)                             \
    H(XmlDeclHandler, xml_declaration) H(ElementDeclHandler, element)                              \
    H(AttlistDeclHandler, attribute_list) H(SkippedEntityHandler, skipped_entity)
// clang-format on

OZ_LIBRARY_TYPE(Expat, EXPAT);
static OZ_LIBRARY_GET(Expat, library, EXPAT, "libexpat.so.1", "libexpat1")

    typedef enum HandlerId {
#define HANDLER_ID(name, function) ID_##name,
        HANDLERS(HANDLER_ID)
#undef HANDLER_ID
            HANDLER_COUNT
    } HandlerId;

#define PIECE 65536 /* bytes between two polls */
enum { BUFFER_SIZE = 8192 };

typedef struct Parser {
    Object base;
    const Expat *expat;           /* [const] */
    XML_Parser parser;            /* [const] */
    Thread *t;                    /* [object] while it is active: whose callbacks run */
    Ref handlers[HANDLER_COUNT];  /* [object] or empty */
    Ref intern;                   /* [const] dict of names, or empty */
    Ref parent;                   /* [const] the parser whose tables it shares, or empty */
    char *text;                   /* [object] a block of buffer_size; NULL: not buffered */
    int buffer_size, buffer_used; /* [object] */
    bool active;                  /* [object] inside XML_Parse */
    bool ordered_attributes;      /* [object] attributes come as a list */
    bool specified_attributes;    /* [object] without those that a DTD brings */
    bool namespace_prefixes;      /* [object] names come with their prefixes */
} Parser;

static const char *const handler_names[] = {
#define HANDLER_NAME(name, function) #name,
    HANDLERS(HANDLER_NAME)
#undef HANDLER_NAME
};

static void parser_visit(const Object *object, Visitor *v)
{
    const Parser *self = (const Parser *)object;
    OZ_VISIT(intern)
    OZ_VISIT(parent)
    for (int i = 0; i < HANDLER_COUNT; i++)
        oz_visit(v, self->handlers[i], handler_names[i], -1);
}

static void parser_clear(Thread *t OZ_UNUSED, Object *object)
{
    Parser *self = (Parser *)object;
    for (int i = 0; i < HANDLER_COUNT; i++)
        oz_clear(&self->handlers[i]);
    OZ_CLEAR(intern)
}

static void parser_free(Thread *t, Object *object)
{
    Parser *self = (Parser *)object;
    if (self->parser)
        self->expat->XML_ParserFree(self->parser);
    oz_block_free(self->text);
    parser_clear(t, object);
    OZ_CLEAR(parent)
}

/* ---- arguments ---- */

static Ref text_of(Thread *t, const char *text)
{
    return text ? oz_str_new(t, text) : OZ_NONE;
}

/* A name: the same object each time it comes. */
static Ref name_of(Parser *self, const char *text)
{
    Thread *t = self->t;
    scoped Ref name = text_of(t, text);
    Ref kept = NULL;
    if (!name || name == OZ_NONE || !self->intern)
        return oz_move(&name);
    return oz_dict_set_default(t, (Dict *)self->intern, name, name, &kept) == OZ_RAISED ? NULL
                                                                                        : kept;
}

/* Call a handler that is set; the arguments are taken.  NULL: raised, and the parser stops. */
static Ref call(Parser *self, HandlerId id, uint32_t count, Ref *values)
{
    Thread *t = self->t;
    bool whole = true;
    for (uint32_t i = 0; i < count; i++)
        whole = whole && values[i];
    scoped Ref handler = oz_retain(self->handlers[id]);
    Args args = {.items = (const Obj *)values, .count = count};
    Ref result = whole && handler && !t->exception ? oz_call(t, handler, &args) : NULL;
    for (uint32_t i = 0; i < count; i++)
        oz_drop(values[i]);
    if (!result)
        self->expat->XML_StopParser(self->parser, XML_FALSE);
    return result;
}

static bool flush_text(Parser *self);

/* Is the handler to be called?  What text was gathered comes first. */
static bool wanted(Parser *self, HandlerId id)
{
    return !self->t->exception && flush_text(self) && self->handlers[id];
}

#define TELL(self, id, ...)                                                                        \
    do {                                                                                           \
        Ref values_[] = {__VA_ARGS__};                                                             \
        oz_drop(call(self, id, OZ_COUNT(values_), values_));                                       \
    } while (0)

/* ---- text ---- */

static bool tell_text(Parser *self, const char *text, int length)
{
    if (!self->handlers[ID_CharacterDataHandler])
        return true;
    Ref values[] = {oz_str_from_utf8(self->t, text, (size_t)length)};
    scoped Ref done = call(self, ID_CharacterDataHandler, 1, values);
    return done != NULL;
}

static bool flush_text(Parser *self)
{
    int used = self->buffer_used;
    self->buffer_used = 0;
    return !used || tell_text(self, self->text, used);
}

static void character_data(void *user, const char *text, int length)
{
    Parser *self = user;
    if (self->t->exception)
        return;
    if (!self->text) {
        (void)tell_text(self, text, length);
        return;
    }
    if (length > self->buffer_size - self->buffer_used && !flush_text(self))
        return;
    if (!self->text || length > self->buffer_size) { /* the handler may have changed them */
        (void)tell_text(self, text, length);
        return;
    }
    memcpy(self->text + self->buffer_used, text, (size_t)length);
    self->buffer_used += length;
}

/* ---- callbacks ---- */

static Ref attributes_of(Parser *self, const char **pairs)
{
    Thread *t = self->t;
    int specified = self->specified_attributes
                        ? self->expat->XML_GetSpecifiedAttributeCount(self->parser)
                        : INT_MAX;
    scoped Ref all = self->ordered_attributes ? oz_list_new(t, 0) : oz_dict_new(t);
    for (int i = 0; all && i < specified && pairs[i]; i += 2) {
        scoped Ref name = name_of(self, pairs[i]), value = name ? text_of(t, pairs[i + 1]) : NULL;
        bool ok = value && (self->ordered_attributes ? oz_list_append(t, (List *)all, name) &&
                                                           oz_list_append(t, (List *)all, value)
                                                     : oz_dict_set(t, (Dict *)all, name, value));
        if (!ok)
            return NULL;
    }
    return oz_move(&all);
}

static void start_element(void *user, const char *name, const char **pairs)
{
    Parser *self = user;
    if (wanted(self, ID_StartElementHandler))
        TELL(self, ID_StartElementHandler, name_of(self, name), attributes_of(self, pairs));
}

static void end_element(void *user, const char *name)
{
    Parser *self = user;
    if (wanted(self, ID_EndElementHandler))
        TELL(self, ID_EndElementHandler, name_of(self, name));
}

static void instruction(void *user, const char *target, const char *data)
{
    Parser *self = user;
    if (wanted(self, ID_ProcessingInstructionHandler))
        TELL(self, ID_ProcessingInstructionHandler, name_of(self, target), text_of(self->t, data));
}

static void unparsed_entity(void *user, const char *entity_name, const char *base,
                            const char *system_id, const char *public_id, const char *notation_name)
{
    Parser *self = user;
    if (wanted(self, ID_UnparsedEntityDeclHandler))
        TELL(self, ID_UnparsedEntityDeclHandler, name_of(self, entity_name), name_of(self, base),
             name_of(self, system_id), name_of(self, public_id), name_of(self, notation_name));
}

static void notation(void *user, const char *name, const char *base, const char *system_id,
                     const char *public_id)
{
    Parser *self = user;
    if (wanted(self, ID_NotationDeclHandler))
        TELL(self, ID_NotationDeclHandler, name_of(self, name), name_of(self, base),
             name_of(self, system_id), name_of(self, public_id));
}

static void start_namespace(void *user, const char *prefix, const char *uri)
{
    Parser *self = user;
    if (wanted(self, ID_StartNamespaceDeclHandler))
        TELL(self, ID_StartNamespaceDeclHandler, name_of(self, prefix), name_of(self, uri));
}

static void end_namespace(void *user, const char *prefix)
{
    Parser *self = user;
    if (wanted(self, ID_EndNamespaceDeclHandler))
        TELL(self, ID_EndNamespaceDeclHandler, name_of(self, prefix));
}

static void comment(void *user, const char *text)
{
    Parser *self = user;
    if (wanted(self, ID_CommentHandler))
        TELL(self, ID_CommentHandler, text_of(self->t, text));
}

static void tell_plain(Parser *self, HandlerId id)
{
    if (wanted(self, id))
        oz_drop(call(self, id, 0, NULL));
}

static void start_cdata(void *user)
{
    tell_plain(user, ID_StartCdataSectionHandler);
}

static void end_cdata(void *user)
{
    tell_plain(user, ID_EndCdataSectionHandler);
}

static void end_doctype(void *user)
{
    tell_plain(user, ID_EndDoctypeDeclHandler);
}

static void default_text(void *user, const char *text, int length)
{
    Parser *self = user;
    if (wanted(self, ID_DefaultHandler))
        TELL(self, ID_DefaultHandler, oz_str_from_utf8(self->t, text, (size_t)length));
}

static void default_expanded(void *user, const char *text, int length)
{
    Parser *self = user;
    if (wanted(self, ID_DefaultHandlerExpand))
        TELL(self, ID_DefaultHandlerExpand, oz_str_from_utf8(self->t, text, (size_t)length));
}

/* What a handler answers that says whether to go on. */
static int answer(Parser *self, Ref taken)
{
    scoped Ref result = taken;
    int n = 0;
    if (result && !oz_as_int(self->t, result, &n)) {
        self->expat->XML_StopParser(self->parser, XML_FALSE);
        return XML_STATUS_ERROR;
    }
    return n;
}

static int not_standalone(void *user)
{
    Parser *self = user;
    if (!wanted(self, ID_NotStandaloneHandler))
        return self->t->exception ? XML_STATUS_ERROR : XML_STATUS_OK;
    return answer(self, call(self, ID_NotStandaloneHandler, 0, NULL));
}

static int external_entity(XML_Parser parser, const char *context, const char *base,
                           const char *system_id, const char *public_id)
{
    Parser *self = XML_GetUserData(parser);
    if (!wanted(self, ID_ExternalEntityRefHandler))
        return self->t->exception ? XML_STATUS_ERROR : XML_STATUS_OK;
    Ref values[] = {text_of(self->t, context), name_of(self, base), name_of(self, system_id),
                    name_of(self, public_id)};
    return answer(self, call(self, ID_ExternalEntityRefHandler, OZ_COUNT(values), values));
}

static void start_doctype(void *user, const char *name, const char *system_id,
                          const char *public_id, int has_internal_subset)
{
    Parser *self = user;
    if (wanted(self, ID_StartDoctypeDeclHandler))
        TELL(self, ID_StartDoctypeDeclHandler, name_of(self, name), name_of(self, system_id),
             name_of(self, public_id), oz_int(has_internal_subset));
}

static void entity(void *user, const char *name, int is_parameter, const char *value, int length,
                   const char *base, const char *system_id, const char *public_id,
                   const char *notation_name)
{
    Parser *self = user;
    if (wanted(self, ID_EntityDeclHandler))
        TELL(self, ID_EntityDeclHandler, name_of(self, name), oz_int(is_parameter),
             value ? oz_str_from_utf8(self->t, value, (size_t)length) : OZ_NONE,
             name_of(self, base), name_of(self, system_id), name_of(self, public_id),
             name_of(self, notation_name));
}

static void xml_declaration(void *user, const char *version, const char *encoding, int standalone)
{
    Parser *self = user;
    if (wanted(self, ID_XmlDeclHandler))
        TELL(self, ID_XmlDeclHandler, text_of(self->t, version), text_of(self->t, encoding),
             oz_int(standalone));
}

/* (type, quantifier, name, children) */
static Ref model_of(Parser *self, const XML_Content *model)
{
    Thread *t = self->t;
    if (!oz_native_enter(t, ""))
        return NULL;
    scoped Ref children = oz_list_new(t, 0);
    for (unsigned i = 0; children && i < model->numchildren; i++)
        if (!oz_list_append_take(t, (List *)children, model_of(self, &model->children[i])))
            return NULL;
    scoped Ref tuple = children ? oz_tuple_from(t, children) : NULL;
    scoped Ref name = tuple ? name_of(self, model->name) : NULL;
    return name ? oz_tuple_of(t, 4, oz_int(model->type), oz_int(model->quant), name, tuple) : NULL;
}

static void element(void *user, const char *name, XML_Content *model)
{
    Parser *self = user;
    if (wanted(self, ID_ElementDeclHandler))
        TELL(self, ID_ElementDeclHandler, name_of(self, name), model_of(self, model));
    self->expat->XML_FreeContentModel(self->parser, model);
}

static void attribute_list(void *user, const char *element_name, const char *name, const char *type,
                           const char *otherwise, int required)
{
    Parser *self = user;
    if (wanted(self, ID_AttlistDeclHandler))
        TELL(self, ID_AttlistDeclHandler, name_of(self, element_name), name_of(self, name),
             text_of(self->t, type), text_of(self->t, otherwise), oz_int(required));
}

static void skipped_entity(void *user, const char *name, int is_parameter)
{
    Parser *self = user;
    if (wanted(self, ID_SkippedEntityHandler))
        TELL(self, ID_SkippedEntityHandler, name_of(self, name), oz_int(is_parameter));
}

/* An encoding of one byte for each character, by the codec of that name. */
static int unknown_encoding(void *data, const char *name, XML_Encoding *info)
{
    Parser *self = data;
    Thread *t = self->t;
    uint8_t all[256];
    for (int i = 0; i < 256; i++)
        all[i] = (uint8_t)i;
    if (t->exception || !flush_text(self))
        return XML_STATUS_ERROR;
    scoped Ref bytes = oz_bytes_new(t, all, sizeof all);
    scoped Ref text = bytes ? oz_decode(t, bytes, name, "replace") : NULL;
    if (!text)
        return XML_STATUS_ERROR;
    if (!oz_is_str(text) || oz_str_length(oz_as_str(text)) != 256) {
        oz_raise(t, OZ_ValueError, "multi-byte encodings are not supported");
        return XML_STATUS_ERROR;
    }
    for (int i = 0; i < 256; i++) {
        uint32_t c = oz_str_at(oz_as_str(text), (size_t)i);
        info->map[i] = c == 0xfffd ? -1 : (int)c;
    }
    info->data = NULL;
    info->convert = NULL;
    info->release = NULL;
    return XML_STATUS_OK;
}

static void register_handler(Parser *self, HandlerId id)
{
    const Expat *x = self->expat;
    bool on = self->handlers[id] != NULL;
    switch (id) {
#define REGISTER(name, function)                                                                   \
    case ID_##name:                                                                                \
        x->XML_Set##name(self->parser, on ? function : NULL);                                      \
        break;
        HANDLERS(REGISTER)
#undef REGISTER
    case HANDLER_COUNT:
        break;
    }
}

/* ---- making ---- */

static Parser *make(Thread *t, const Expat *expat, XML_Parser parser, Obj intern)
{
    Parser *self = parser ? oz_object_new(t, OZ_PYEXPAT_PARSER, sizeof *self) : NULL;
    if (!self) {
        if (parser)
            expat->XML_ParserFree(parser);
        else
            oz_raise_memory(t);
        return NULL;
    }
    self->expat = expat;
    self->parser = parser;
    self->buffer_size = BUFFER_SIZE;
    oz_store_raw(&self->base, &self->intern, oz_retain(intern));
    expat->XML_SetUserData(parser, self);
    expat->XML_SetUnknownEncodingHandler(parser, unknown_encoding, self);
    return self;
}

/* An argument that is a str, or None; *text is NULL for that. */
static bool text_or_none(Thread *t, Obj v, const char *what, const char **text, Ref *keep)
{
    *text = NULL;
    if (v == OZ_NONE || !v)
        return true;
    size_t length;
    if (!oz_is_str(v))
        return oz_fail(t, OZ_TypeError, "%s must be str or None, not %T", what, v);
    *text = oz_str_utf8(t, v, &length, keep);
    if (*text && strlen(*text) != length)
        return oz_fail(t, OZ_ValueError, "embedded null character");
    return *text != NULL;
}

OZ_FUNCTION(pyexpat, ParserCreate,
            "($module, /, encoding=None, namespace_separator=None, intern=<unrepresentable>)",
            "Return a new XML parser object.")
{
    const Expat *expat = library(t);
    const char *encoding, *separator;
    scoped Ref keep = NULL, keep_separator = NULL, intern = NULL;
    if (!expat || !text_or_none(t, a[1], "ParserCreate() argument 'encoding'", &encoding, &keep) ||
        !text_or_none(t, a[2], "ParserCreate() argument 'namespace_separator'", &separator,
                      &keep_separator))
        return NULL;
    if (separator && strlen(separator) > 1)
        return oz_raise(t, OZ_ValueError,
                        "namespace_separator must be at most one character, omitted, or None");
    if (a[3] && a[3] != OZ_NONE && !oz_as_dict(a[3]))
        return oz_raise(t, OZ_TypeError, "intern must be a dictionary");
    if (a[3] != OZ_NONE && !(intern = a[3] ? oz_retain(a[3]) : oz_dict_new(t)))
        return NULL;
    return (Ref)make(t, expat, expat->XML_ParserCreate_MM(encoding, NULL, separator), intern);
}

OZ_FUNCTION(pyexpat, ErrorString, "($module, code, /)",
            "Return what an error's code means, in words.")
{
    int64_t code;
    const Expat *expat = library(t);
    if (!expat || !oz_as_int64(t, a[1], &code))
        return NULL;
    return text_of(t, expat->XML_ErrorString(code < 0 || code > INT_MAX ? (enum XML_Error)INT_MAX
                                                                        : (enum XML_Error)code));
}

/* ---- parsing ---- */

static bool set_number(Thread *t, Obj e, const char *name, uint64_t n)
{
    scoped Ref key = oz_intern(t, name), value = key ? oz_int_from_uint64(t, n) : NULL;
    return value && oz_set_attr(t, e, key, value);
}

static Ref raise_expat(Thread *t, const Parser *self)
{
    const Expat *x = self->expat;
    enum XML_Error code = x->XML_GetErrorCode(self->parser);
    if (code == XML_ERROR_NO_MEMORY)
        return oz_raise_memory(t);
    uint64_t line = x->XML_GetCurrentLineNumber(self->parser);
    uint64_t column = x->XML_GetCurrentColumnNumber(self->parser);
    const char *words = x->XML_ErrorString(code);
    oz_raise_module(t, OZ_ERROR_EXPAT, "%s: line %zu, column %zu", words ? words : "unknown error",
                    (size_t)line, (size_t)column);
    scoped Ref e = oz_exception_take(t);
    if (set_number(t, e, "code", code) && set_number(t, e, "offset", column) &&
        set_number(t, e, "lineno", line))
        oz_exception_put(t, oz_move(&e));
    return NULL;
}

static bool enter(Thread *t, Parser *self)
{
    if (self->active)
        return oz_fail(t, OZ_RuntimeError, "the parser is parsing already");
    return oz_native_enter(t, "");
}

/* Parse by pieces; false: raised. */
static bool parse(Thread *t, Parser *self, const char *data, size_t length, bool last)
{
    int status = XML_STATUS_OK;
    do {
        size_t piece = length < PIECE ? length : PIECE;
        self->active = true;
        self->t = t;
        status = self->expat->XML_Parse(self->parser, data, (int)piece, last && piece == length);
        self->active = false;
        data += piece;
        length -= piece;
        if (t->exception || !oz_poll(t))
            return false;
    } while (length && status == XML_STATUS_OK);
    if (status != XML_STATUS_OK) {
        raise_expat(t, self);
        return false;
    }
    return flush_text(self);
}

OZ_METHOD(parser, Parse, "($self, data, isfinal=False, /)",
          "Parse a piece of the document, a str or bytes; isfinal: it is the last one.")
{
    Parser *self = (Parser *)a[0];
    bool last;
    scoped Ref keep = NULL;
    scoped_buffer view = {0};
    if (!oz_truth(t, a[2], &last) || !enter(t, self))
        return NULL;
    if (oz_is_str(a[1])) {
        size_t length;
        const char *text = oz_str_utf8(t, a[1], &length, &keep);
        if (!text)
            return NULL;
        (void)self->expat->XML_SetEncoding(self->parser, "utf-8");
        return parse(t, self, text, length, last) ? oz_int(1) : NULL;
    }
    if (!oz_buffer_open(t, a[1], &view))
        return NULL;
    return parse(t, self, (const char *)view.data, view.length, last) ? oz_int(1) : NULL;
}

OZ_METHOD(parser, ParseFile, "($self, file, /)", "Parse all that the file's read() gives.")
{
    Parser *self = (Parser *)a[0];
    scoped Ref name = oz_intern(t, "read"), read = NULL;
    Found found = name ? oz_find_attr(t, a[1], name, &read) : OZ_RAISED;
    if (found != OZ_FOUND)
        return found == OZ_RAISED
                   ? NULL
                   : oz_raise(t, OZ_TypeError, "argument must have 'read' attribute");
    for (;;) {
        scoped Ref bytes = oz_call1(t, read, oz_int(PIECE));
        const Bytes *data = bytes ? oz_as_bytes(bytes) : NULL;
        if (!data)
            return bytes ? oz_raise(t, OZ_TypeError,
                                    "read() did not return a bytes object (type=%T)", bytes)
                         : NULL;
        size_t length = oz_bytes_length(data);
        if (!enter(t, self) ||
            !parse(t, self, (const char *)oz_bytes_data(data), length, length == 0))
            return NULL;
        if (length == 0)
            return oz_int(1);
    }
}

OZ_METHOD(parser, SetBase, "($self, base, /)", "Set the base that relative system ids have.")
{
    Parser *self = (Parser *)a[0];
    const char *base;
    scoped Ref keep = NULL;
    if (!oz_is_str(a[1]))
        return oz_raise(t, OZ_TypeError, "SetBase() argument must be str, not %T", a[1]);
    if (!text_or_none(t, a[1], "", &base, &keep))
        return NULL;
    return self->expat->XML_SetBase(self->parser, base) ? OZ_NONE : oz_raise_memory(t);
}

OZ_METHOD(parser, GetBase, "($self, /)", "Return the base, or None.")
{
    const Parser *self = (const Parser *)a[0];
    return text_of(t, self->expat->XML_GetBase(self->parser));
}

OZ_METHOD(parser, GetInputContext, "($self, /)",
          "Return the bytes of the input that the current call is about, or None.")
{
    const Parser *self = (const Parser *)a[0];
    int offset, size;
    const char *text =
        self->active ? self->expat->XML_GetInputContext(self->parser, &offset, &size) : NULL;
    return text ? oz_bytes_new(t, text + offset, (size_t)(size - offset)) : OZ_NONE;
}

OZ_METHOD(parser, ExternalEntityParserCreate, "($self, context, encoding=<unrepresentable>, /)",
          "Return a parser for an external entity, with the handlers of this one.")
{
    Parser *self = (Parser *)a[0];
    const char *context, *encoding;
    scoped Ref keep = NULL, keep_encoding = NULL;
    if (!text_or_none(t, a[1], "ExternalEntityParserCreate() argument 1", &context, &keep) ||
        !text_or_none(t, a[2], "ExternalEntityParserCreate() argument 2", &encoding,
                      &keep_encoding))
        return NULL;
    XML_Parser parser =
        self->expat->XML_ExternalEntityParserCreate(self->parser, context, encoding);
    Parser *child = make(t, self->expat, parser, self->intern);
    scoped Ref held = (Ref)child;
    if (!child)
        return NULL;
    child->t = t;
    child->ordered_attributes = self->ordered_attributes;
    child->specified_attributes = self->specified_attributes;
    child->namespace_prefixes = self->namespace_prefixes;
    child->buffer_size = self->buffer_size;
    oz_store_raw(&child->base, &child->parent, oz_retain(a[0]));
    if (self->text && !(child->text = oz_block_alloc(t->heap, (size_t)child->buffer_size)))
        return oz_raise_memory(t);
    for (int i = 0; i < HANDLER_COUNT; i++) {
        oz_store_raw(&child->base, &child->handlers[i], oz_retain(self->handlers[i]));
        register_handler(child, (HandlerId)i);
    }
    return oz_move(&held);
}

OZ_METHOD(parser, SetParamEntityParsing, "($self, flag, /)",
          "Say which parameter entities are parsed; return whether that could be set.")
{
    const Parser *self = (const Parser *)a[0];
    int flag;
    if (!oz_as_int(t, a[1], &flag))
        return NULL;
    return oz_int(
        self->expat->XML_SetParamEntityParsing(self->parser, (enum XML_ParamEntityParsing)flag));
}

OZ_METHOD(parser, UseForeignDTD, "($self, flag=True, /)",
          "Ask for an external subset by the handler although the document names none.")
{
    const Parser *self = (const Parser *)a[0];
    bool flag;
    if (!oz_truth(t, a[1], &flag))
        return NULL;
    if (self->expat->XML_UseForeignDTD(self->parser, flag) != XML_ERROR_NONE)
        return raise_expat(t, self);
    return OZ_NONE;
}

/* ---- attributes ---- */

static bool set_handler(Thread *t, Parser *self, HandlerId id, Obj value)
{
    if (!value)
        return oz_fail(t, OZ_RuntimeError, "Cannot delete attribute");
    if (id == ID_CharacterDataHandler && self->active && !flush_text(self))
        return false;
    oz_store(&self->base, &self->handlers[id], value == OZ_NONE ? NULL : oz_retain(value));
    register_handler(self, id);
    return true;
}

#define HANDLER_ACCESS(name, function)                                                             \
    static Ref get_##function(Thread *t OZ_UNUSED, Obj self)                                       \
    {                                                                                              \
        Obj handler = ((const Parser *)self)->handlers[ID_##name];                                 \
        return handler ? oz_retain(handler) : OZ_NONE;                                             \
    }                                                                                              \
    static bool set_##function(Thread *t, Obj self, Obj value)                                     \
    {                                                                                              \
        return set_handler(t, (Parser *)self, ID_##name, value);                                   \
    }
HANDLERS(HANDLER_ACCESS)
#undef HANDLER_ACCESS

#define FLAG(name)                                                                                 \
    static Ref get_##name(Thread *t OZ_UNUSED, Obj self)                                           \
    {                                                                                              \
        return oz_bool(((const Parser *)self)->name);                                              \
    }                                                                                              \
    static bool set_##name(Thread *t, Obj self, Obj value)                                         \
    {                                                                                              \
        if (!value)                                                                                \
            return oz_fail(t, OZ_RuntimeError, "Cannot delete attribute");                         \
        return oz_truth(t, value, &((Parser *)self)->name);                                        \
    }
FLAG(ordered_attributes)
FLAG(specified_attributes)

static Ref get_namespace_prefixes(Thread *t OZ_UNUSED, Obj self)
{
    return oz_bool(((const Parser *)self)->namespace_prefixes);
}

static bool set_namespace_prefixes(Thread *t, Obj object, Obj value)
{
    Parser *self = (Parser *)object;
    if (!value)
        return oz_fail(t, OZ_RuntimeError, "Cannot delete attribute");
    if (!oz_truth(t, value, &self->namespace_prefixes))
        return false;
    self->expat->XML_SetReturnNSTriplet(self->parser, self->namespace_prefixes);
    return true;
}

/* What was gathered is told by whoever changes how it is gathered. */
static bool flush_now(Thread *t, Parser *self)
{
    self->t = t;
    return flush_text(self);
}

static Ref get_buffer_text(Thread *t OZ_UNUSED, Obj self)
{
    return oz_bool(((const Parser *)self)->text != NULL);
}

static bool set_buffer_text(Thread *t, Obj object, Obj value)
{
    Parser *self = (Parser *)object;
    bool on;
    if (!value)
        return oz_fail(t, OZ_RuntimeError, "Cannot delete attribute");
    if (!oz_truth(t, value, &on))
        return false;
    if (on == (self->text != NULL))
        return true;
    if (on) {
        self->text = oz_block_alloc(t->heap, (size_t)self->buffer_size);
        return self->text || oz_raise_memory(t) != NULL;
    }
    if (!flush_now(t, self))
        return false;
    oz_block_free(self->text);
    self->text = NULL;
    return true;
}

static Ref get_buffer_size(Thread *t OZ_UNUSED, Obj self)
{
    return oz_int(((const Parser *)self)->buffer_size);
}

static bool set_buffer_size(Thread *t, Obj object, Obj value)
{
    Parser *self = (Parser *)object;
    int64_t size;
    if (!value)
        return oz_fail(t, OZ_RuntimeError, "Cannot delete attribute");
    if (!oz_as_exact_int(value))
        return oz_fail(t, OZ_TypeError, "buffer_size must be an integer");
    if (!oz_as_int64(t, value, &size))
        return false;
    if (size <= 0)
        return oz_fail(t, OZ_ValueError, "buffer_size must be greater than zero");
    if (size > INT_MAX)
        return oz_fail(t, OZ_ValueError, "buffer_size must not be greater than %i", INT_MAX);
    if (size == self->buffer_size)
        return true;
    if (!flush_now(t, self))
        return false;
    if (self->text) {
        char *more = oz_block_alloc(t->heap, (size_t)size);
        if (!more)
            return oz_raise_memory(t) != NULL;
        oz_block_free(self->text);
        self->text = more;
    }
    self->buffer_size = (int)size;
    return true;
}

static Ref get_buffer_used(Thread *t OZ_UNUSED, Obj self)
{
    return oz_int(((const Parser *)self)->buffer_used);
}

#define PLACE(name, expression)                                                                    \
    static Ref get_##name(Thread *t, Obj object)                                                   \
    {                                                                                              \
        const Parser *self = (const Parser *)object;                                               \
        return oz_int_new(t, (int64_t)(expression));                                               \
    }
PLACE(code, self->expat->XML_GetErrorCode(self->parser))
PLACE(line, self->expat->XML_GetCurrentLineNumber(self->parser))
PLACE(column, self->expat->XML_GetCurrentColumnNumber(self->parser))
PLACE(index, self->expat->XML_GetCurrentByteIndex(self->parser))

#define HANDLER_GETSET(name, function) {#name, get_##function, set_##function, NULL},
#define OPTION(name)                                                                               \
    {                                                                                              \
#name, get_##name, set_##name, NULL                                                        \
    }
const TypeDef oz_pyexpat_parser_type = {
    .id = OZ_PYEXPAT_PARSER,
    .name = "pyexpat.xmlparser",
    .doc = "XML parser",
    .size = sizeof(Parser),
    .flags = OZ_TYPE_FINAL | OZ_TYPE_NO_NEW,
    .visit = parser_visit,
    .clear = parser_clear,
    .free = parser_free,
    .methods = OZ_METHODS(&parser_Parse, &parser_ParseFile, &parser_SetBase, &parser_GetBase,
                          &parser_GetInputContext, &parser_ExternalEntityParserCreate,
                          &parser_SetParamEntityParsing, &parser_UseForeignDTD),
    .getsets = OZ_GETSETS(
        HANDLERS(HANDLER_GETSET) OPTION(ordered_attributes), OPTION(specified_attributes),
        OPTION(namespace_prefixes), OPTION(buffer_text), OPTION(buffer_size),
        {"buffer_used", get_buffer_used, NULL, NULL}, {"ErrorCode", get_code, NULL, NULL},
        {"ErrorLineNumber", get_line, NULL, NULL}, {"ErrorColumnNumber", get_column, NULL, NULL},
        {"ErrorByteIndex", get_index, NULL, NULL}, {"CurrentLineNumber", get_line, NULL, NULL},
        {"CurrentColumnNumber", get_column, NULL, NULL},
        {"CurrentByteIndex", get_index, NULL, NULL}),
    .members = OZ_MEMBERS(
        {"intern", offsetof(Parser, intern), OZ_MEMBER_READONLY | OZ_MEMBER_NONE_IF_EMPTY, NULL}),
};

/* ---- the module ---- */

static const char *const error_names[] = {
    "NO_MEMORY",
    "SYNTAX",
    "NO_ELEMENTS",
    "INVALID_TOKEN",
    "UNCLOSED_TOKEN",
    "PARTIAL_CHAR",
    "TAG_MISMATCH",
    "DUPLICATE_ATTRIBUTE",
    "JUNK_AFTER_DOC_ELEMENT",
    "PARAM_ENTITY_REF",
    "UNDEFINED_ENTITY",
    "RECURSIVE_ENTITY_REF",
    "ASYNC_ENTITY",
    "BAD_CHAR_REF",
    "BINARY_ENTITY_REF",
    "ATTRIBUTE_EXTERNAL_ENTITY_REF",
    "MISPLACED_XML_PI",
    "UNKNOWN_ENCODING",
    "INCORRECT_ENCODING",
    "UNCLOSED_CDATA_SECTION",
    "EXTERNAL_ENTITY_HANDLING",
    "NOT_STANDALONE",
    "UNEXPECTED_STATE",
    "ENTITY_DECLARED_IN_PE",
    "FEATURE_REQUIRES_XML_DTD",
    "CANT_CHANGE_FEATURE_ONCE_PARSING",
    "UNBOUND_PREFIX",
    "UNDECLARING_PREFIX",
    "INCOMPLETE_PE",
    "XML_DECL",
    "TEXT_DECL",
    "PUBLICID",
    "SUSPENDED",
    "NOT_SUSPENDED",
    "ABORTED",
    "FINISHED",
    "SUSPEND_PE",
    "RESERVED_PREFIX_XML",
    "RESERVED_PREFIX_XMLNS",
    "RESERVED_NAMESPACE_URI",
    "INVALID_ARGUMENT",
    "NO_BUFFER",
    "AMPLIFICATION_LIMIT_BREACH",
};

/* A module inside of the module, in sys.modules too. */
static Ref submodule(Thread *t, Module *module, const char *name, const char *full)
{
    scoped Ref key = oz_intern(t, full), made = key ? oz_module_new(t, key) : NULL;
    if (!made || !oz_set_item(t, t->vm->modules, key, made) ||
        !oz_module_add(t, module, name, oz_retain(made)))
        return NULL;
    return oz_move(&made);
}

static bool add_error(Thread *t, Module *errors, Dict *codes, Dict *messages, int code,
                      const char *words)
{
    char name[64];
    snprintf(name, sizeof name, "XML_ERROR_%s", error_names[code - 1]);
    scoped Ref text = oz_str_new(t, words);
    return text && oz_dict_set(t, codes, text, oz_int(code)) &&
           oz_dict_set(t, messages, oz_int(code), text) &&
           oz_module_add(t, errors, name, oz_retain(text));
}

static bool add_errors(Thread *t, Module *module, const Expat *expat)
{
    scoped Ref errors = submodule(t, module, "errors", "pyexpat.errors");
    scoped Ref codes = errors ? oz_dict_new(t) : NULL;
    scoped Ref messages = codes ? oz_dict_new(t) : NULL;
    for (int code = 1; messages && code <= (int)OZ_COUNT(error_names); code++) {
        const char *words = expat->XML_ErrorString((enum XML_Error)code);
        if (words && !add_error(t, (Module *)errors, (Dict *)codes, (Dict *)messages, code, words))
            return false;
    }
    return messages && oz_module_add(t, (Module *)errors, "codes", oz_move(&codes)) &&
           oz_module_add(t, (Module *)errors, "messages", oz_move(&messages));
}

static bool add_model(Thread *t, Module *module)
{
    static const struct {
        const char *name;
        int value;
    } constants[] = {{"XML_CTYPE_EMPTY", XML_CTYPE_EMPTY},   {"XML_CTYPE_ANY", XML_CTYPE_ANY},
                     {"XML_CTYPE_MIXED", XML_CTYPE_MIXED},   {"XML_CTYPE_NAME", XML_CTYPE_NAME},
                     {"XML_CTYPE_CHOICE", XML_CTYPE_CHOICE}, {"XML_CTYPE_SEQ", XML_CTYPE_SEQ},
                     {"XML_CQUANT_NONE", XML_CQUANT_NONE},   {"XML_CQUANT_OPT", XML_CQUANT_OPT},
                     {"XML_CQUANT_REP", XML_CQUANT_REP},     {"XML_CQUANT_PLUS", XML_CQUANT_PLUS}};
    scoped Ref model = submodule(t, module, "model", "pyexpat.model");
    for (size_t i = 0; model && i < OZ_COUNT(constants); i++)
        if (!oz_module_add_int(t, (Module *)model, constants[i].name, constants[i].value))
            return false;
    return model != NULL;
}

static bool add_version(Thread *t, Module *module, const Expat *expat)
{
    XML_Expat_Version version = expat->XML_ExpatVersionInfo();
    scoped Ref features = oz_list_new(t, 0);
    const XML_Feature *each = expat->XML_GetFeatureList();
    for (; features && each->feature != XML_FEATURE_END; each++) {
        scoped Ref name = oz_str_new(t, each->name), value = oz_int_new(t, each->value);
        if (!name || !value ||
            !oz_list_append_take(t, (List *)features, oz_tuple_of(t, 2, name, value)))
            return false;
    }
    return features && oz_module_add(t, module, "features", oz_move(&features)) &&
           oz_module_add_str(t, module, "EXPAT_VERSION", expat->XML_ExpatVersion()) &&
           oz_module_add_str(t, module, "native_encoding", "UTF-8") &&
           oz_module_add(t, module, "version_info",
                         oz_tuple_of(t, 3, oz_int(version.major), oz_int(version.minor),
                                     oz_int(version.micro)));
}

static bool pyexpat_init(Thread *t, Module *module)
{
    const Expat *expat = library(t);
    Obj error = expat ? oz_module_error(t, OZ_ERROR_EXPAT) : NULL;
    Class *cls = error ? oz_builtin_class(t, OZ_PYEXPAT_PARSER) : NULL;
    return cls && oz_module_add(t, module, "ExpatError", oz_retain(error)) &&
           oz_module_add(t, module, "error", oz_retain(error)) &&
           oz_module_add(t, module, "XMLParserType", oz_retain((Obj)cls)) &&
           oz_module_add_int(t, module, "XML_PARAM_ENTITY_PARSING_NEVER",
                             XML_PARAM_ENTITY_PARSING_NEVER) &&
           oz_module_add_int(t, module, "XML_PARAM_ENTITY_PARSING_UNLESS_STANDALONE",
                             XML_PARAM_ENTITY_PARSING_UNLESS_STANDALONE) &&
           oz_module_add_int(t, module, "XML_PARAM_ENTITY_PARSING_ALWAYS",
                             XML_PARAM_ENTITY_PARSING_ALWAYS) &&
           add_version(t, module, expat) && add_errors(t, module, expat) && add_model(t, module);
}

const ModuleDef oz_pyexpat_module = {
    .name = "pyexpat",
    .doc = "XML parsing by libexpat.",
    .functions = OZ_METHODS(&pyexpat_ParserCreate, &pyexpat_ErrorString),
    .init = pyexpat_init,
};
