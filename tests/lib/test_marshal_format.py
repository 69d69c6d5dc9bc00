# SPDX-License-Identifier: MIT
"""marshal: what CPython's own tests do not look at."""
import array
import io
import marshal
import os
import unittest


def copy(value, version=4):
    return marshal.loads(marshal.dumps(value, version))


class Names(unittest.TestCase):
    def test_shared_objects_stay_shared(self):
        inner = [1.5, "text", b"bytes"]
        value = {"a": inner, "b": (inner, {"c": inner})}
        got = copy(value)
        self.assertEqual(got, value)
        self.assertIs(got["a"], got["b"][0])
        self.assertIs(got["a"], got["b"][1]["c"])

    def test_the_named_are_counted_in_the_order_they_begin(self):
        first, second, third = ["first"], ["second"], ["third"]
        value = [first, [second, [third, third], second], first, second, third]
        got = copy(value)
        self.assertEqual(got, value)
        self.assertIs(got[0], got[2])
        self.assertIs(got[1][0], got[3])
        self.assertIs(got[1][1][1], got[4])

    def test_version_without_names(self):
        inner = ["text"]
        got = copy([inner, inner], 2)
        self.assertEqual(got, [inner, inner])
        self.assertIsNot(got[0], got[1])

    def test_an_object_inside_itself(self):
        loop = []
        loop.append(loop)
        got = copy(loop)
        self.assertIs(got[0], got)
        table = {}
        table["self"] = table
        got = copy(table)
        self.assertIs(got["self"], got)
        with self.assertRaisesRegex(ValueError, "object too deeply nested to marshal"):
            marshal.dumps(loop, 2)

    def test_code_in_a_container_twice(self):
        code = compile("x + 1", "file", "eval")
        got = copy([code, "file", code])
        self.assertEqual(got, [code, "file", code])
        self.assertIs(got[0], got[2])


class Kinds(unittest.TestCase):
    def test_buffers(self):
        for value in bytearray(b"abc"), memoryview(b"abc"), array.array("B", b"abc"):
            self.assertEqual(copy(value), b"abc")

    def test_a_buffer_that_is_not_contiguous(self):
        with self.assertRaisesRegex(ValueError, "^unmarshallable object$"):
            marshal.dumps(memoryview(b"abcdef")[::2])

    def test_subclasses(self):
        for base in int, float, complex, str, tuple, list, dict, set, frozenset:
            with self.assertRaisesRegex(ValueError, "^unmarshallable object$"):
                marshal.dumps(type("Sub", (base,), {})())
        self.assertEqual(copy(type("Sub", (bytes,), {})(b"x")), b"x")

    def test_long_with_a_zero_on_top(self):
        with self.assertRaisesRegex(ValueError, r"bad marshal data \(unnormalized long data\)"):
            marshal.loads(b"l\x02\0\0\0\0\0\0\0")


class Files(unittest.TestCase):
    def test_pipe(self):
        """A value is there as soon as it is written, and no more than it is read."""
        r, w = os.pipe()
        with open(r, "rb") as reader, open(w, "wb", 0) as writer:
            for value in [1, ["two", 2.5]], "three" * 100, 10 ** 50, compile("4", "", "eval"):
                writer.write(marshal.dumps(value))
                self.assertEqual(marshal.load(reader), value)
            writer.write(b"rest")
            self.assertEqual(reader.read(4), b"rest")

    def test_end(self):
        data = marshal.dumps(["text", 1.5])
        for length in range(len(data)):
            with self.assertRaises(EOFError):
                marshal.load(io.BytesIO(data[:length]))
        with self.assertRaisesRegex(EOFError, "^EOF read where object expected$"):
            marshal.load(io.BytesIO())
        with self.assertRaisesRegex(EOFError, "^EOF read where object expected$"):
            marshal.loads(b"")

    def test_text(self):
        with self.assertRaisesRegex(TypeError, r"^file.read\(\) returned not bytes but str$"):
            marshal.load(io.StringIO("N"))

    def test_reader_that_tells_too_much(self):
        class Reader(io.BytesIO):
            def readinto(self, room):
                return super().readinto(room) + 10
        with self.assertRaisesRegex(ValueError, r"read\(\) returned too much data: 1 bytes requested, 11 returned"):
            marshal.load(Reader(marshal.dumps("text")))

    def test_reader_that_keeps_and_shrinks_the_room(self):
        class Reader(io.BytesIO):
            def readinto(self, room):
                n = super().readinto(room)
                try:
                    room.clear()
                except (AttributeError, BufferError):
                    pass
                return n
        try:
            marshal.load(Reader(marshal.dumps("text")))
        except EOFError:
            pass


if __name__ == "__main__":
    unittest.main()
