// SPDX-License-Identifier: MIT
// The disassembler: operands are written as the format of the opcode says.
#include "bytecode/disassemble.h"

#include "bytecode/opcode.h"
#include "bytecode/verify.h"
#include "types/str.h"
#include "types/tuple.h"

#include <stdarg.h>
#include <string.h>

typedef struct Line {
    Thread *t;
    const Code *code;
    char *at;
    size_t room;
} Line;

OZ_PRINTF(2, 3)
static void put(Line *line, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(line->at, line->room, format, arguments);
    va_end(arguments);
    size_t used = length < 0 ? 0 : (size_t)length < line->room ? (size_t)length : line->room - 1;
    line->at += used;
    line->room -= used;
}

static void put_str(Line *line, Obj str)
{
    scoped Ref keep = NULL;
    const char *text = str ? oz_str_display(line->t, str, &keep) : NULL;
    put(line, "%s", text ? text : "?");
}

static void put_item(Line *line, Obj tuple, uint32_t index, bool quoted)
{
    const Tuple *items = (const Tuple *)tuple;
    if (index >= items->length) {
        put(line, " ?%u", index);
        return;
    }
    scoped Ref text = quoted ? oz_repr(line->t, items->items[index]) : NULL;
    oz_exception_clear(line->t);
    put(line, " ");
    put_str(line, quoted ? (Obj)text : (Obj)items->items[index]);
}

static void put_register(Line *line, unsigned reg)
{
    if (reg == OZ_NO_REGISTER) {
        put(line, " -");
    } else if (line->code->spilled && reg == line->code->local_count - 1u) {
        put(line, " (spill)");
    } else if (reg < line->code->local_count) {
        put_item(line, line->code->locals, reg, false);
    } else {
        put(line, " t%u", reg - line->code->local_count);
    }
}

static void put_field(Line *line, char kind, unsigned field, uint64_t word, uint32_t at)
{
    switch (kind) {
    case 'r':
    case 'x':
    case 'd':
    case 's':
    case 'l':
    case 'c':
        put_register(line, field);
        break;
    case 'n':
    case 'i':
        put(line, " %u", field);
        break;
    case 'k':
        put_item(line, line->code->constants, field, true);
        break;
    case 'K':
        put_item(line, line->code->constants, (uint32_t)OZ_D(word), true);
        break;
    case 'm':
        put_item(line, line->code->names, field, false);
        break;
    case 'M':
        put_item(line, line->code->names, (uint32_t)OZ_D(word), false);
        break;
    case 'f':
        put_item(line, line->code->frees, field, false);
        break;
    case 'F':
        put_item(line, line->code->frees, (uint32_t)OZ_D(word), false);
        break;
    case 'V':
        put_item(line, line->code->locals, (uint32_t)OZ_D(word), false);
        break;
    case 'N':
        put(line, " %u", (uint32_t)OZ_D(word));
        break;
    case 'j':
    case 'u':
    case 'J':
        put(line, " ->%lld", (long long)oz_jump_target(line->code->instructions, at));
        break;
    case 'I': {
        scoped Ref text = oz_repr(line->t, oz_from_word((Word)(int64_t)OZ_D(word)));
        put(line, " ");
        put_str(line, text);
        break;
    }
    default:
        break;
    }
}

unsigned oz_disassemble_at(Thread *t, const Code *code, uint32_t at, char *out, size_t room)
{
    Line line = {t, code, out, room};
    uint64_t word = code->instructions[at];
    const OpcodeInfo *info = &oz_opcodes[OZ_OP(word)];
    unsigned fields[3] = {OZ_A(word), OZ_B(word), OZ_C(word)};
    put(&line, "%-22s", info->name);
    for (int i = 0; i < 3 && info->format[i]; i++)
        put_field(&line, info->format[i], fields[i], word, at);
    unsigned aux = OZ_AUX(word) & ~oz_temporary_marks(word, code->local_count);
    if (aux)
        put(&line, " aux %u", aux);
    if (strlen(info->format) == 4)
        put_field(&line, info->format[3], (unsigned)code->instructions[at + 1], word, at);
    return info->words;
}

static void ranges(const Code *code, FILE *file)
{
    for (uint32_t i = 0; i < code->range_count; i++) {
        const ExceptionRange *r = &code->ranges[i];
        fprintf(file, "    %u..%u -> %u in t%u\n", r->start, r->end, r->handler,
                r->depth - code->local_count);
    }
}

void oz_disassemble(Thread *t, const Code *code, FILE *file)
{
    scoped Ref keep = NULL;
    fprintf(file, "%s: line %d, %u parameters, %u locals, %u temporaries\n",
            oz_str_display(t, code->qualname, &keep), code->first_line, code->parameters,
            code->local_count, code->registers - code->local_count);
    char text[300];
    int last = -1;
    for (uint32_t at = 0; at < code->count;) {
        int line = oz_code_line(code, at);
        unsigned words = oz_disassemble_at(t, code, at, text, sizeof text);
        char number[16] = "";
        if (line != last)
            snprintf(number, sizeof number, "%d", line);
        fprintf(file, "%5s %5u  %s\n", number, at, text);
        last = line;
        at += words;
    }
    ranges(code, file);
    const Tuple *constants = (const Tuple *)code->constants;
    for (uint32_t i = 0; i < constants->length; i++)
        if (oz_is(constants->items[i], OZ_CODE))
            oz_disassemble(t, (const Code *)constants->items[i], file);
}
