# SPDX-License-Identifier: MIT
"""Make src/syntax/grammar.gen.h, the tables of the recogniser, from src/syntax/grammar.peg.

    tools/grammar.py OUTPUT
"""
import re
import sys
from pathlib import Path

SYNTAX = Path(__file__).resolve().parent.parent / "src/syntax"
TOKEN = re.compile(r"""\s*(?:('[^']*')|("[^"]*")|([a-z_]+=)|([A-Za-z_]+)|(&&|[&!~?*+.()|])|\{([^}]*)\})""")
ACTION = re.compile(r'(\w+) (\w+|\.)(?: (\w))?(?: ("(?:[^"\\]|\\.)*"))?$')

# What parses a remembered part again when a fault needs its node; other parts are known by their tokens.
FORMS = {"expression": "EXPRESSION", "plain_expression": "EXPRESSION", "disjunction": "DISJUNCTION",
         "bitwise_or": "BITWISE_OR", "star_expressions": "STAR_EXPRESSIONS",
         "star_named_expression": "STAR_NAMED", "bad_annotated_target": "ATOM"}


def token_kinds():
    """Token texts and the kinds that token.def gives them."""
    text = (SYNTAX / "token.def").read_text()
    return {m[2]: m[1] for m in re.finditer(r'(?:TOKEN|OPERATOR|KEYWORD)\((\w+), "([^"]+)"\)', text)}


class Grammar:
    """Nodes are tuples (op, slot, a, b); equal ones are one."""

    def __init__(self, text):
        self.kinds = token_kinds()
        self.nodes, self.items, self.actions, self.words = [], [], [], []
        self.rules = {}
        bodies = []
        for name, mark, body in re.findall(r"^(\w+)(?:\((\w+)\))?:\n((?: .*\n)+)", text, re.M):
            self.rules[name] = (len(bodies), mark)
            bodies.append(body)
        self.roots = [self.rule(body) for body in bodies]

    def node(self, *node):
        if node not in self.nodes:
            self.nodes.append(node)
        return self.nodes.index(node)

    def sequence(self, op, parts, slot=0):
        self.items += parts
        return self.node(op, slot, len(self.items) - len(parts), len(parts))

    def rule(self, body):
        """Alternatives, one or more a line."""
        self.tokens = [m.groups() for m in TOKEN.finditer(body)]
        self.at = 0
        if self.peek() == "|":
            self.at += 1
        return self.choice()

    def peek(self):
        if self.at == len(self.tokens):
            return None
        return next((t for t in self.tokens[self.at] if t is not None), None)

    def choice(self):
        parts = [self.alternative()]
        while self.peek() == "|":
            self.at += 1
            parts.append(self.alternative())
        return self.sequence("CHOICE", parts)

    def alternative(self):
        parts, first = [], self.at
        while self.peek() not in ("|", ")", None) and self.tokens[self.at][5] is None:
            parts.append(self.item())
        slot = 0
        if self.peek() is not None and self.tokens[self.at][5] is not None:
            slot = self.action(self.tokens[self.at][5])
            self.at += 1
        if len(parts) == 1 and self.tokens[first][3] and self.tokens[first][3].startswith("bad_") \
                and self.at == first + 1:
            parts = [self.node("MISTAKE", 0, self.rules[self.tokens[first][3]][0], 0)]
        return self.sequence("SEQUENCE", parts, slot)

    def action(self, text):
        verb, x, y, message = ACTION.match(text).groups()
        slots = {"a": "0", "b": "1", "c": "2", None: "0", ".": "0"}
        action = (f"{{ACT_{verb.upper()}, {slots.get(x, '0')}, {slots[y]}, {message or 'NULL'}, "
                  f"{'oz_mistake_' + x if verb == 'do' else 'NULL'}}}")
        if action not in self.actions:
            self.actions.append(action)
        return self.actions.index(action) + 1

    def item(self):
        mark = self.peek()
        if mark == "&&":
            self.at += 2
            return self.node("FORCED", 0, "T_" + self.kinds[self.tokens[self.at - 1][0][1:-1]], 0)
        if mark in ("&", "!"):
            self.at += 1
            return self.node("AND" if mark == "&" else "NOT", 0, self.atom(), 0)
        if mark == "~":
            self.at += 1
            return self.node("CUT", 0, 0, 0)
        if mark.endswith("=") and self.tokens[self.at][2]:
            self.at += 1
            form = FORMS.get(self.tokens[self.at][3] or "", "TOKENS")
            return self.node("REMEMBER", "abc".index(mark[0]), self.item(), "FORM_" + form)
        part = self.atom()
        follow = self.peek()
        if follow == ".":
            self.at += 1
            element = self.atom()
            assert self.peek() == "+"
            self.at += 1
            return self.node("LIST", 0, part, element)
        names = {"?": "OPTIONAL", "*": "STAR", "+": "PLUS"}
        if follow in names and self.tokens[self.at][4]:
            self.at += 1
            return self.node(names[follow], 0, part, 0)
        return part

    def atom(self):
        quoted, word, _, name, mark, _ = self.tokens[self.at]
        self.at += 1
        if quoted:
            return self.node("TOKEN", 0, "T_" + self.kinds[quoted[1:-1]], 0)
        if word:
            if word not in self.words:
                self.words.append(word)
            return self.node("NAME", 0, self.words.index(word), 0)
        if name in ("STRINGS", "SOFT_WORD"):
            return self.node(name, 0, 0, 0)
        if name and name.isupper():
            return self.node("TOKEN", 0, "T_" + name, 0)
        if name:
            return self.node("RULE", 0, self.rules[name][0], 0)
        assert mark == "(", (mark, self.at)
        part = self.choice()
        assert self.peek() == ")"
        self.at += 1
        return part


def table(head, rows, width=100):
    """C source of an array, several entries a line."""
    lines, line = [head + " = {"], "   "
    for row in rows:
        if len(line) + len(row) + 2 > width:
            lines.append(line)
            line = "   "
        line += " " + row + ","
    return lines + [line, "};", ""]


def make():
    grammar = Grammar((SYNTAX / "grammar.peg").read_text())
    flags = {"": "0", "memo": "RULE_MEMO", "plain": "RULE_PLAIN"}
    out = ["// SPDX-License-Identifier: MIT",
           "// Made by tools/grammar.py from grammar.peg: do not edit.", "// clang-format off", "enum {"]
    out += [f"    R_{name}," for name in grammar.rules] + ["    R_RULES", "};", ""]
    out += table("static const Rule rules[R_RULES]",
                 [f"{{{root}, {flags[mark]}}}" for root, (_, mark) in
                  zip(grammar.roots, grammar.rules.values())])
    out += table("static const GrammarNode nodes[]", [f"{{G_{op}, {slot}, {a}, {b}}}"
                                               for op, slot, a, b in grammar.nodes])
    out += table("static const uint16_t items[]", [str(i) for i in grammar.items])
    out += table("static const char *const words[]", grammar.words)
    out += table("static const Action actions[]", grammar.actions)
    return "\n".join(out)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(make())
