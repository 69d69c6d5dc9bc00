// SPDX-License-Identifier: MIT
// Numbers: from the token's text to a constant.
#include "syntax/parser_state.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

/* The token's text without underscores, in scratch memory with a zero at the end. */
static char *digits_of(Parser *p, const Token *token, size_t *length)
{
    const char *from = token_bytes(p, token);
    char *text = oz_arena_alloc(p->scratch, (size_t)token->length + 1);
    if (!text)
        return oz_parse_memory(p);
    size_t used = 0;
    for (uint32_t i = 0; i < token->length; i++) {
        if (from[i] != '_')
            text[used++] = from[i];
    }
    text[used] = 0;
    *length = used;
    return text;
}

static int digit_value(char c)
{
    return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

/* An int that does not fit in 63 bits keeps its digits. */
static bool set_integer(Parser *p, AstLiteral *value, const char *digits, size_t length, int base)
{
    int64_t sum = 0;
    bool fits = true;
    while (length > 1 && *digits == '0') {
        digits++;
        length--;
    }
    for (size_t i = 0; i < length && fits; i++)
        fits = !__builtin_mul_overflow(sum, base, &sum) &&
               !__builtin_add_overflow(sum, digit_value(digits[i]), &sum);
    if (fits) {
        value->tag = AST_INT;
        value->integer = sum;
        return true;
    }
    value->tag = AST_BIG_INT;
    value->base = base;
    value->text = oz_ast_text_copy(p->arena, digits, length);
    return value->text || oz_parse_memory(p);
}

static bool check_digits(Parser *p, const Token *token, size_t length)
{
    int most = p->options->max_int_digits;
    if (!most || length <= (size_t)most)
        return true;
    oz_raise_at(
        p, OZ_FAULT_SYNTAX, token->line, OZ_NO_COL, token->end_line, OZ_NO_COL,
        "Exceeds the limit (%d digits) for integer string conversion: value has %zu digits; "
        "use sys.set_int_max_str_digits() to increase the limit - Consider hexadecimal for "
        "huge integer literals to avoid decimal conversion limits.",
        most, length);
    return false;
}

/* A float in the C locale, whatever the program has set. */
static double to_double(const char *text)
{
    locale_t c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    double number = c_locale ? strtod_l(text, NULL, c_locale) : strtod(text, NULL);
    if (c_locale)
        freelocale(c_locale);
    return number;
}

static bool set_number(Parser *p, AstLiteral *value, const Token *token)
{
    size_t length = 0;
    char *text = digits_of(p, token, &length);
    if (!text)
        return false;
    char second = length > 1 ? (char)(text[1] | 0x20) : 0;
    if (text[0] == '0' && (second == 'x' || second == 'o' || second == 'b'))
        return set_integer(p, value, text + 2, length - 2,
                           second == 'x'   ? 16
                           : second == 'o' ? 8
                                           : 2);
    bool imaginary = (text[length - 1] | 0x20) == 'j';
    if (!imaginary && strspn(text, "0123456789") == length)
        return check_digits(p, token, length) && set_integer(p, value, text, length, 10);
    if (imaginary)
        text[length - 1] = 0;
    value->tag = imaginary ? AST_COMPLEX : AST_FLOAT;
    value->number = to_double(text);
    return true;
}

AstNode *oz_parse_number(Parser *p)
{
    Token token = *peek(p);
    AstLiteral value = {0};
    if (memchr(token_bytes(p, &token), '_', token.length) &&
        !oz_check_version(p, 6, "Underscores in numeric literals are"))
        return NULL;
    if (!set_number(p, &value, &token))
        return NULL;
    advance(p);
    return NEW(p, Constant, token, .value = value);
}
