"""dis on our instructions: listings, offsets that agree, jumps, handlers, tracebacks."""
import dis
import io
import re
import sys
import unittest


def add(a, b):
    return a + b


def loop(n):
    total = 0
    for i in range(n):
        try:
            total += i ** 2
        except ValueError as e:
            print(e, total)
    return [x for x in range(total)]


def listing(x, show=dis.dis):
    out = io.StringIO()
    show(x, file=out)
    return out.getvalue()


class Disassembly(unittest.TestCase):
    def test_what_goes_in_and_what_is_done(self):
        text = listing(add)
        for each in r"(?i)load.*\ba\b", r"(?i)load.*\bb\b", r"(?i)add|\+", r"(?i)return":
            found = re.search(each, text)
            self.assertIsNotNone(found, each)
            text = text[found.end():]

    def test_offsets_agree(self):
        code = loop.__code__
        instructions = list(dis.get_instructions(loop))
        offsets = [each.offset for each in instructions]
        self.assertEqual(offsets, sorted(set(offsets)))
        self.assertEqual(len(list(code.co_positions())), len(code.co_code) // 2)
        self.assertEqual(max(end for _, end, _ in code.co_lines()), len(code.co_code))
        starts = {each.offset: each.starts_line for each in instructions if each.starts_line}
        self.assertEqual(starts, dict(dis.findlinestarts(code)))
        targets = {each.offset for each in instructions if each.is_jump_target}
        self.assertLessEqual(set(dis.findlabels(code.co_code)), targets)
        for each in instructions:
            self.assertEqual(tuple(each.positions), list(code.co_positions())[each.offset // 2])

    def test_values(self):
        values = [each.argval for each in dis.get_instructions(loop)]
        self.assertIn("range", values)
        self.assertIn("n", values)
        self.assertEqual(add.__code__._varname_from_oparg(1), "b")

    def test_other_ways_in(self):
        self.assertIn("print", listing("x = 1\nprint(x)"))
        self.assertIn("Disassembly of <code object <listcomp>", listing(loop))
        self.assertIn("ExceptionTable:", listing(loop))
        self.assertIn("Argument count:    1", dis.code_info(loop))
        self.assertGreater(len(listing(add.__code__.co_code).splitlines()), 1)
        try:
            loop("a")
        except TypeError as e:
            where = e.__traceback__.tb_next
        self.assertEqual(list(where.tb_frame.f_code.co_positions())[where.tb_lasti // 2][0], where.tb_lineno)
        self.assertIn("range", listing(where, dis.distb))


if __name__ == "__main__":
    unittest.main()
