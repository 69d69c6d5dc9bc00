# SPDX-License-Identifier: MIT
"""The functions of struct, which compile a format for one call, and the class do the same."""
import struct
import unittest

LETTERS = {"b": 1, "B": 1, "h": 2, "H": 2, "i": 4, "I": 4, "q": 8, "Q": 8}


class TestFormats(unittest.TestCase):
    def test_ints_at_the_ends_of_their_range(self):
        for letter, size in LETTERS.items():
            bits = 8 * size
            low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if letter.islower() else (0, (1 << bits) - 1)
            for value in (low, low + 1, high - 1, high, 0, 1):
                for order, name in (("<", "little"), (">", "big")):
                    packed = value.to_bytes(size, name, signed=letter.islower())
                    self.assertEqual(struct.pack(order + letter, value), packed)
                    self.assertEqual(struct.Struct(order + letter).pack(value), packed)
                    self.assertEqual(struct.unpack(order + letter, packed), (value,))
            for value in (low - 1, high + 1, 1 << 70, -1 << 70):
                self.assertRaises(struct.error, struct.pack, "<" + letter, value)

    def test_what_is_said_of_too_large_ints(self):
        far, too_large = "argument out of range", "int too large to convert"
        for format, value, message in (
                ("b", 300, "byte format requires -128 <= number <= 127"), ("b", 1 << 63, far),
                (">B", -1, "ubyte format requires 0 <= number <= 255"), ("B", -1 << 64, far),
                ("h", 70000, "short format requires -32768 <= number <= 32767"),
                (">h", 70000, "'h' format requires -32768 <= number <= 32767"),
                ("<H", 70000, "ushort format requires 0 <= number <= 65535"),
                ("!H", 70000, "'H' format requires 0 <= number <= 65535"), ("!H", -1, far),
                ("i", 1 << 31, "'i' format requires -2147483648 <= number <= 2147483647"), ("i", 1 << 63, far),
                ("I", 1 << 63, "'I' format requires 0 <= number <= 4294967295"), ("I", -1, far), ("I", 1 << 64, far),
                ("q", 1 << 63, far), (">q", 1 << 63, too_large), ("!Q", -1, too_large), ("P", 1 << 64, too_large)):
            with self.subTest(format, value=value), self.assertRaises(struct.error) as caught:
                struct.pack(format, value)
            self.assertEqual(str(caught.exception), message)

    def test_many_fields(self):
        for count in (11, 12, 13, 100):
            form = "<" + "bH" * count
            values = tuple(i % 100 for i in range(2 * count))
            self.assertEqual(struct.calcsize(form), 3 * count)
            packed = struct.pack(form, *values)
            self.assertEqual(packed, struct.Struct(form).pack(*values))
            self.assertEqual(struct.unpack(form, packed), values)
            self.assertEqual(struct.unpack_from(form, b"\0" + packed, 1), values)
            room = bytearray(3 * count + 2)
            struct.pack_into(form, room, 2, *values)
            self.assertEqual(bytes(room[2:]), packed)
            self.assertRaises(struct.error, struct.pack, form + "y", *values)

    def test_a_struct_used_while_it_is_compiled_anew(self):
        class Index:
            def __index__(self):
                form.__init__("<b")
                return 5

        form = struct.Struct("<hh")
        try:
            form.pack(Index(), 1)
        except (struct.error, RuntimeError):
            pass
        self.assertEqual(struct.pack("<Hh", True, Other()), b"\1\0\7\0")


class Other:
    def __index__(self):
        return 7


if __name__ == "__main__":
    unittest.main()
