// SPDX-License-Identifier: MIT
// _ssl: certificates as dicts, as bytes, and as objects.
#include "modules/ssl.h"

#include "types/bytes.h"
#include "types/codec.h"

#include <string.h>

/* ---- pieces of text ---- */

static Ref utf8_text(Thread *t, const void *data, int length)
{
    return oz_decode_utf8(t, data, length < 0 ? 0 : (size_t)length, "strict");
}

static Ref string_text(Thread *t, const Ssl *ssl, const ASN1_STRING *string)
{
    return utf8_text(t, ssl->ASN1_STRING_get0_data(string), ssl->ASN1_STRING_length(string));
}

/* What a function of OpenSSL has written into a memory BIO, a line at most. */
static Ref line_text(Thread *t, const Ssl *ssl, BIO *bio)
{
    char line[2048];
    int n = ssl->BIO_gets(bio, line, sizeof line);
    if (n < 0)
        return oz_ssl_raise(t, NULL);
    return utf8_text(t, line, n);
}

static BIO *memory_bio(Thread *t, const Ssl *ssl)
{
    BIO *bio = ssl->BIO_new(ssl->BIO_s_mem());
    if (!bio) {
        ssl->ERR_clear_error();
        oz_raise_memory(t);
    }
    return bio;
}

Ref oz_ssl_object_text(Thread *t, const Ssl *ssl, const ASN1_OBJECT *object, bool number)
{
    char small[256];
    int length = ssl->OBJ_obj2txt(small, sizeof small, object, number);
    if (length < 0)
        return oz_ssl_raise(t, NULL);
    if (!length)
        return OZ_NONE;
    if ((size_t)length < sizeof small)
        return utf8_text(t, small, length);
    char *large = oz_block_alloc(t->heap, (size_t)length + 1);
    if (!large)
        return oz_raise_memory(t);
    length = ssl->OBJ_obj2txt(large, length + 1, object, number);
    Ref text = length < 0 ? oz_ssl_raise(t, NULL) : utf8_text(t, large, length);
    oz_block_free(large);
    return text;
}

/* ---- names ---- */

static Ref attribute_pair(Thread *t, const Ssl *ssl, const X509_NAME_ENTRY *entry)
{
    unsigned char *value = NULL;
    scoped Ref name = oz_ssl_object_text(t, ssl, ssl->X509_NAME_ENTRY_get_object(entry), false);
    if (!name)
        return NULL;
    int length = ssl->ASN1_STRING_to_UTF8(&value, ssl->X509_NAME_ENTRY_get_data(entry));
    if (length < 0)
        return oz_ssl_raise(t, NULL);
    scoped Ref text = utf8_text(t, value, length);
    OZ_SSL_FREE(ssl, value);
    return text ? oz_tuple_of(t, 2, name, text) : NULL;
}

/* A tuple of sets, each a tuple of pairs (name, value). */
static Ref name_tuple(Thread *t, const Ssl *ssl, const X509_NAME *name)
{
    scoped Ref sets = oz_list_new(t, 0), set = oz_list_new(t, 0);
    if (!sets || !set)
        return NULL;
    int count = ssl->X509_NAME_entry_count(name), last = -1;
    for (int i = 0; i < count; i++) {
        X509_NAME_ENTRY *entry = ssl->X509_NAME_get_entry(name, i);
        int number = ssl->X509_NAME_ENTRY_set(entry);
        if (i && number != last) {
            if (!oz_list_append_take(t, (List *)sets, oz_list_to_tuple(t, (List *)set)))
                return NULL;
            oz_clear(&set);
            set = oz_list_new(t, 0);
        }
        last = number;
        if (!set || !oz_list_append_take(t, (List *)set, attribute_pair(t, ssl, entry)))
            return NULL;
    }
    if (count && !oz_list_append_take(t, (List *)sets, oz_list_to_tuple(t, (List *)set)))
        return NULL;
    return oz_list_to_tuple(t, (List *)sets);
}

/* ---- other names of the subject ---- */

static Ref pair_of(Thread *t, const char *kind, Ref value)
{
    scoped Ref own = value;
    scoped Ref name = own ? oz_str_new(t, kind) : NULL;
    return name ? oz_tuple_of(t, 2, name, own) : NULL;
}

static Ref address_text(Thread *t, const Ssl *ssl, const ASN1_OCTET_STRING *octets)
{
    const unsigned char *p = ssl->ASN1_STRING_get0_data(octets);
    int length = ssl->ASN1_STRING_length(octets);
    if (length == 4)
        return oz_str_format(t, "%d.%d.%d.%d", p[0], p[1], p[2], p[3]);
    if (length != 16)
        return oz_str_new(t, "<invalid>");
    char text[sizeof "FFFF:" * 8];
    int n = 0;
    for (int i = 0; i < 16; i += 2)
        n += snprintf(text + n, sizeof text - (size_t)n, i ? ":%X" : "%X", p[i] << 8 | p[i + 1]);
    return oz_str_new(t, text);
}

/* Names of other kinds are what OpenSSL prints of them: "kind:value". */
static Ref printed_name(Thread *t, const Ssl *ssl, GENERAL_NAME *name)
{
    if (name->type != GEN_OTHERNAME && name->type != GEN_X400 && name->type != GEN_EDIPARTY &&
        !oz_warn(t, OZ_RuntimeWarning, 1, "Unknown general name type %d", name->type))
        return NULL;
    scoped_ssl(bio) BIO *bio = memory_bio(t, ssl);
    if (!bio)
        return NULL;
    char line[2048];
    ssl->GENERAL_NAME_print(bio, name);
    int n = ssl->BIO_gets(bio, line, sizeof line);
    char *colon = n > 0 ? memchr(line, ':', (size_t)n) : NULL;
    if (!colon)
        return oz_raise(t, OZ_ValueError, "Invalid value %.200s", n > 0 ? line : "");
    scoped Ref kind = utf8_text(t, line, (int)(colon - line));
    scoped Ref value = kind ? utf8_text(t, colon + 1, n - (int)(colon + 1 - line)) : NULL;
    return value ? oz_tuple_of(t, 2, kind, value) : NULL;
}

static Ref number_text(Thread *t, const Ssl *ssl, const ASN1_OBJECT *number)
{
    Ref text = oz_ssl_object_text(t, ssl, number, false);
    return text == OZ_NONE ? oz_str_new(t, "<INVALID>") : text;
}

static Ref other_name(Thread *t, const Ssl *ssl, GENERAL_NAME *name)
{
    switch (name->type) {
    case GEN_DIRNAME:
        return pair_of(t, "DirName", name_tuple(t, ssl, name->d.dirn));
    case GEN_EMAIL:
        return pair_of(t, "email", string_text(t, ssl, name->d.rfc822Name));
    case GEN_DNS:
        return pair_of(t, "DNS", string_text(t, ssl, name->d.dNSName));
    case GEN_URI:
        return pair_of(t, "URI", string_text(t, ssl, name->d.uniformResourceIdentifier));
    case GEN_RID:
        return pair_of(t, "Registered ID", number_text(t, ssl, name->d.rid));
    case GEN_IPADD:
        return pair_of(t, "IP Address", address_text(t, ssl, name->d.ip));
    default:
        return printed_name(t, ssl, name);
    }
}

static Ref other_names(Thread *t, const Ssl *ssl, const X509 *x509)
{
    GENERAL_NAMES *names = ssl->X509_get_ext_d2i(x509, NID_subject_alt_name, NULL, NULL);
    if (!names)
        return OZ_NONE;
    scoped Ref list = oz_list_new(t, 0);
    bool ok = list != NULL;
    int count = OZ_STACK_COUNT(ssl, names);
    for (int i = 0; ok && i < count; i++)
        ok = oz_list_append_take(t, (List *)list,
                                 other_name(t, ssl, OZ_STACK_AT(ssl, GENERAL_NAME, names, i)));
    ssl->GENERAL_NAMES_free(names);
    return ok ? oz_list_to_tuple(t, (List *)list) : NULL;
}

/* ---- addresses of who knows more ---- */

static Ref list_or_none(Thread *t, bool ok, Obj list)
{
    if (!ok)
        return NULL;
    return oz_list_length((List *)list) ? oz_list_to_tuple(t, (List *)list) : OZ_NONE;
}

static Ref access_addresses(Thread *t, const Ssl *ssl, const X509 *x509, int nid)
{
    AUTHORITY_INFO_ACCESS *info = ssl->X509_get_ext_d2i(x509, NID_info_access, NULL, NULL);
    if (!info)
        return OZ_NONE;
    scoped Ref list = oz_list_new(t, 0);
    bool ok = list != NULL;
    int count = OZ_STACK_COUNT(ssl, info);
    for (int i = 0; ok && i < count; i++) {
        const ACCESS_DESCRIPTION *one = OZ_STACK_AT(ssl, ACCESS_DESCRIPTION, info, i);
        if (ssl->OBJ_obj2nid(one->method) == nid && one->location->type == GEN_URI)
            ok = oz_list_append_take(
                t, (List *)list, string_text(t, ssl, one->location->d.uniformResourceIdentifier));
    }
    ssl->AUTHORITY_INFO_ACCESS_free(info);
    return list_or_none(t, ok, list);
}

static bool add_point(Thread *t, const Ssl *ssl, List *list, const DIST_POINT *point)
{
    if (!point->distpoint || point->distpoint->type != 0)
        return true; /* without a name, or a name relative to the issuer's */
    const GENERAL_NAMES *names = point->distpoint->name.fullname;
    int count = OZ_STACK_COUNT(ssl, names);
    for (int i = 0; i < count; i++) {
        const GENERAL_NAME *name = OZ_STACK_AT(ssl, GENERAL_NAME, names, i);
        if (name->type == GEN_URI &&
            !oz_list_append_take(t, list, string_text(t, ssl, name->d.uniformResourceIdentifier)))
            return false;
    }
    return true;
}

static Ref revocation_addresses(Thread *t, const Ssl *ssl, const X509 *x509)
{
    CRL_DIST_POINTS *points = ssl->X509_get_ext_d2i(x509, NID_crl_distribution_points, NULL, NULL);
    if (!points)
        return OZ_NONE;
    scoped Ref list = oz_list_new(t, 0);
    bool ok = list != NULL;
    int count = OZ_STACK_COUNT(ssl, points);
    for (int i = 0; ok && i < count; i++)
        ok = add_point(t, ssl, (List *)list, OZ_STACK_AT(ssl, DIST_POINT, points, i));
    ssl->CRL_DIST_POINTS_free(points);
    return list_or_none(t, ok, list);
}

/* ---- the dict ---- */

/* The value is taken; None: there is none. */
static bool add(Thread *t, Obj dict, const char *name, Ref value)
{
    scoped Ref own = value;
    if (!own || own == OZ_NONE)
        return own != NULL;
    scoped Ref key = oz_intern(t, name);
    return key && oz_dict_set(t, (Dict *)dict, key, own);
}

static Ref serial_text(Thread *t, const Ssl *ssl, X509 *x509)
{
    scoped_ssl(bio) BIO *bio = memory_bio(t, ssl);
    if (!bio)
        return NULL;
    ssl->i2a_ASN1_INTEGER(bio, ssl->X509_get_serialNumber(x509));
    return line_text(t, ssl, bio);
}

static Ref time_text(Thread *t, const Ssl *ssl, const ASN1_TIME *time)
{
    scoped_ssl(bio) BIO *bio = memory_bio(t, ssl);
    if (!bio)
        return NULL;
    ssl->ASN1_TIME_print(bio, time);
    return line_text(t, ssl, bio);
}

Ref oz_ssl_certificate_dict(Thread *t, const Ssl *ssl, X509 *x509)
{
    scoped Ref d = oz_dict_new(t);
    bool ok = d && add(t, d, "subject", name_tuple(t, ssl, ssl->X509_get_subject_name(x509))) &&
              add(t, d, "issuer", name_tuple(t, ssl, ssl->X509_get_issuer_name(x509))) &&
              add(t, d, "version", oz_int_new(t, ssl->X509_get_version(x509) + 1)) &&
              add(t, d, "serialNumber", serial_text(t, ssl, x509)) &&
              add(t, d, "notBefore", time_text(t, ssl, ssl->X509_get0_notBefore(x509))) &&
              add(t, d, "notAfter", time_text(t, ssl, ssl->X509_get0_notAfter(x509))) &&
              add(t, d, "subjectAltName", other_names(t, ssl, x509)) &&
              add(t, d, "OCSP", access_addresses(t, ssl, x509, NID_ad_OCSP)) &&
              add(t, d, "caIssuers", access_addresses(t, ssl, x509, NID_ad_ca_issuers)) &&
              add(t, d, "crlDistributionPoints", revocation_addresses(t, ssl, x509));
    ssl->ERR_clear_error(); /* of extensions that cannot be read */
    return ok ? oz_move(&d) : NULL;
}

Ref oz_ssl_certificate_bytes(Thread *t, const Ssl *ssl, X509 *x509)
{
    unsigned char *data = NULL;
    int length = ssl->i2d_X509(x509, &data);
    if (length < 0)
        return oz_ssl_raise(t, NULL);
    Ref bytes = oz_bytes_new(t, data, (size_t)length);
    OZ_SSL_FREE(ssl, data);
    return bytes;
}

/* ---- Certificate ---- */

typedef struct SslCertificate {
    Object base;
    X509 *x509; /* [const] owned */
} SslCertificate;

static X509 *x509_of(Obj self)
{
    return ((const SslCertificate *)self)->x509;
}

static void certificate_free(Thread *t, Object *object)
{
    SslCertificate *self = (SslCertificate *)object;
    if (self->x509)
        oz_ssl(t)->X509_free(self->x509);
}

Ref oz_ssl_certificate_new(Thread *t, const Ssl *ssl, X509 *x509)
{
    Class *cls = oz_builtin_class(t, OZ_SSL_CERTIFICATE);
    SslCertificate *self = cls ? oz_instance_new(t, cls, 0) : NULL;
    if (self) {
        ssl->X509_up_ref(x509);
        self->x509 = x509;
    }
    return (Ref)self;
}

enum { ENCODING_PEM = 1, ENCODING_DER };

static Ref all_bytes(Thread *t, const Ssl *ssl, BIO *bio)
{
    char *data = NULL;
    long length = ssl->BIO_ctrl(bio, BIO_CTRL_INFO, 0, &data);
    return oz_bytes_new(t, data, length < 0 ? 0 : (size_t)length);
}

OZ_METHOD(certificate, public_bytes, "($self, /, format=1)",
          "The certificate as PEM (a str) or DER (bytes).")
{
    const Ssl *ssl = oz_ssl(t);
    int format;
    if (!oz_as_int(t, a[1], &format))
        return NULL;
    if (format == ENCODING_DER)
        return oz_ssl_certificate_bytes(t, ssl, x509_of(a[0]));
    if (format != ENCODING_PEM)
        return oz_raise(t, OZ_ValueError, "Unsupported format");
    scoped_ssl(bio) BIO *bio = memory_bio(t, ssl);
    if (!bio)
        return NULL;
    if (ssl->PEM_write_bio_X509(bio, x509_of(a[0])) != 1)
        return oz_ssl_raise(t, NULL);
    scoped Ref bytes = all_bytes(t, ssl, bio);
    return bytes ? oz_decode(t, bytes, "utf-8", "strict") : NULL;
}

OZ_METHOD(certificate, get_info, "($self, /)", "What getpeercert() tells of a certificate.")
{
    return oz_ssl_certificate_dict(t, oz_ssl(t), x509_of(a[0]));
}

static Ref certificate_repr(Thread *t, Obj self)
{
    const Ssl *ssl = oz_ssl(t);
    scoped_ssl(bio) BIO *bio = memory_bio(t, ssl);
    if (!bio)
        return NULL;
    ssl->X509_NAME_print_ex(bio, ssl->X509_get_subject_name(x509_of(self)), 0,
                            XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
    scoped Ref bytes = all_bytes(t, ssl, bio);
    scoped Ref text = bytes ? oz_decode(t, bytes, "utf-8", "strict") : NULL;
    return text ? oz_str_format(t, "<_ssl.Certificate '%S'>", text) : NULL;
}

static bool certificate_hash(Thread *t, Obj self, int64_t *hash)
{
    *hash = (int64_t)oz_ssl(t)->X509_subject_name_hash(x509_of(self));
    return true;
}

static Ref certificate_compare(Thread *t, Obj a, Obj b, CompareOp op)
{
    if (!oz_isa(a, OZ_SSL_CERTIFICATE) || !oz_isa(b, OZ_SSL_CERTIFICATE) ||
        (op != OZ_EQ && op != OZ_NE))
        return OZ_NOT_IMPLEMENTED;
    return oz_bool((oz_ssl(t)->X509_cmp(x509_of(a), x509_of(b)) == 0) == (op == OZ_EQ));
}

const TypeDef oz_ssl_certificate_type = {
    .id = OZ_SSL_CERTIFICATE,
    .name = "_ssl.Certificate",
    .doc = "A certificate of the chain that a connection was given.",
    .size = sizeof(SslCertificate),
    .flags = OZ_TYPE_NO_NEW | OZ_TYPE_FINAL,
    .free = certificate_free,
    .slots = {.repr = certificate_repr, .hash = certificate_hash, .compare = certificate_compare},
    .methods = OZ_METHODS(&certificate_public_bytes, &certificate_get_info),
};
