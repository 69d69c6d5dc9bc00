# SPDX-License-Identifier: MIT
"""math, cmath, _random, struct, array and binascii: values, exceptions, and what may not crash."""
import array
import binascii
import cmath
import math
import struct
import sys
import unittest
from _random import Random


class MathTest(unittest.TestCase):
    def test_domain_and_range(self):
        for call in ("sqrt(-1)", "log(0)", "log(-1)", "acos(2)", "pow(0, -1)", "fmod(1, 0)",
                     "gamma(-1)", "sin(inf)", "remainder(1, 0)", "log1p(-1)"):
            with self.subTest(call), self.assertRaisesRegex(ValueError, "math domain error"):
                eval(call, vars(math))
        for call in ("exp(1000)", "pow(10, 400)", "cosh(1000)", "ldexp(1, 5000)", "gamma(200)"):
            with self.subTest(call), self.assertRaisesRegex(OverflowError, "math range error"):
                eval(call, vars(math))

    def test_ints_of_any_size(self):
        self.assertEqual(math.isqrt(10 ** 400), 10 ** 200)
        self.assertEqual(math.comb(200, 100) * math.factorial(100) ** 2, math.factorial(200))
        self.assertEqual(math.perm(50, 3), 50 * 49 * 48)
        self.assertEqual(math.gcd(6 ** 200, 10 ** 150), 2 ** 150)
        self.assertEqual(math.lcm(2 ** 70, 3 ** 50), 2 ** 70 * 3 ** 50)
        self.assertEqual(math.log2(1 << 5000), 5000)
        self.assertAlmostEqual(math.log10(10 ** 400), 400)
        self.assertEqual(math.prod(range(1, 30)), math.factorial(29))

    def test_exact_sums(self):
        self.assertEqual(math.fsum([0.1] * 10), 1.0)
        self.assertEqual(math.fsum([1e100, 1.0, -1e100]), 1.0)
        self.assertEqual(math.fsum([1e16, 1.0, 1e-16]), 10000000000000002.0)
        with self.assertRaisesRegex(ValueError, "-inf \\+ inf"):
            math.fsum([math.inf, -math.inf])
        self.assertEqual(math.hypot(3, 4), 5)
        self.assertEqual(math.hypot(1e300, 1e300), math.sqrt(2) * 1e300)
        self.assertEqual(math.hypot(5e-324, 0), 5e-324)
        self.assertEqual(math.dist((1, 2, 3), [1, 2, 3]), 0)

    def test_floats_apart(self):
        for x in (0.0, 1.5, -2.75, 1e300, 5e-324):
            mantissa, exponent = math.frexp(x)
            self.assertEqual(math.ldexp(mantissa, exponent), x)
            self.assertEqual(sum(math.modf(x)), x)
        self.assertEqual(math.nextafter(1, 2) - 1, math.ulp(1.0))

    def test_complex(self):
        self.assertEqual(cmath.sqrt(-4), 2j)
        self.assertTrue(cmath.isclose(cmath.exp(1j * math.pi), -1))
        self.assertTrue(cmath.isclose(cmath.rect(*cmath.polar(3 - 4j)), 3 - 4j))
        for call in ("log(0)", "atanh(1)", "rect(1, inf)", "exp(infj)"):
            with self.subTest(call), self.assertRaisesRegex(ValueError, "math domain error"):
                eval(call, vars(cmath))


class RandomTest(unittest.TestCase):
    def test_streams(self):
        r = Random(12345)
        self.assertEqual([r.getrandbits(32) for _ in range(3)], [1789368711, 3146859322, 43676229])
        self.assertEqual(Random(0).random(), 0.8444218515250481)
        self.assertEqual(Random(-5).random(), Random(5).random())
        self.assertEqual(Random(2 ** 100).getrandbits(100), 97103624483852547665086082069)

    def test_state(self):
        r = Random(1)
        r.random()
        state = r.getstate()
        first = [r.random() for _ in range(700)]
        r.setstate(state)
        self.assertEqual([r.random() for _ in range(700)], first)
        self.assertEqual(len(state), 625)
        for bad in ((), (1,) * 625 + (0,), (0,) * 624 + (-1,), (0,) * 624 + (700,)):
            self.assertRaises(ValueError, r.setstate, bad)

    def test_seed_that_has_no_hash(self):
        self.assertRaises(TypeError, Random, [])
        import random
        with self.assertRaisesRegex(TypeError, "The only supported seed types are"):
            random.Random([])


class StructTest(unittest.TestCase):
    def test_round_trips(self):
        for order in ("", "@", "=", "<", ">", "!"):
            for letter, values in (("b", (-128, 127)), ("H", (0, 65535)), ("i", (-2 ** 31, 5)),
                                   ("Q", (2 ** 64 - 1, 0)), ("q", (-2 ** 63,)), ("d", (1.5, -0.0)),
                                   ("f", (0.25,)), ("e", (-2.0, 65504.0)), ("?", (True, False))):
                for value in values:
                    packed = struct.pack(order + letter, value)
                    self.assertEqual(struct.unpack(order + letter, packed), (value,))
                    self.assertEqual(len(packed), struct.calcsize(order + letter))

    def test_layout(self):
        self.assertEqual(struct.calcsize("bi0q"), 8)
        self.assertEqual(struct.calcsize("bq"), 16)
        self.assertEqual(struct.calcsize("=bq"), 9)
        self.assertEqual(struct.pack(">hx3sp", 1, b"ab", b"x"), b"\0\1\0ab\0\0")
        self.assertEqual(list(struct.iter_unpack("<H", b"\1\0\2\0")), [(1,), (2,)])
        buffer = bytearray(8)
        struct.pack_into("<i", buffer, -4, -2)
        self.assertEqual(bytes(buffer), b"\0\0\0\0\xfe\xff\xff\xff")
        self.assertEqual(struct.unpack_from("<i", buffer, 4), (-2,))

    def test_errors(self):
        for format, values in (("b", (128,)), ("B", (-1,)), ("i", ("a",)), ("c", (b"ab",)),
                               ("2i", (1,)), ("z", ()), ("3", ()), ("<n", (1,)), ("d", ("a",)),
                               ("9" * 30 + "i", ())):
            with self.subTest(format), self.assertRaises(struct.error):
                struct.pack(format, *values)
        self.assertRaises(struct.error, struct.unpack, "i", b"abc")
        self.assertRaises(OverflowError, struct.pack, "<f", 1e300)


class ArrayTest(unittest.TestCase):
    def test_sequence(self):
        a = array.array("i", [3, 1, 2])
        a.extend(range(2))
        a.insert(1, 9)
        a[2:4] = array.array("i", [7])
        del a[::2]
        self.assertEqual(a, array.array("i", [9, 0]))
        self.assertEqual(repr(a), "array('i', [9, 0])")
        self.assertEqual((a + a).tolist(), [9, 0, 9, 0])
        self.assertEqual(a.index(0), 1)
        self.assertRaises(OverflowError, a.append, 2 ** 31)
        self.assertRaises(TypeError, a.extend, array.array("b", [1]))

    def test_buffer(self):
        a = array.array("d", [1.5, 2.5])
        with memoryview(a) as view:
            self.assertEqual(view.format, "d")
            view[0] = -1
            self.assertRaises(BufferError, a.append, 1)
        a.append(0)
        self.assertEqual(a.tolist(), [-1, 2.5, 0])
        self.assertEqual(array.array("d", a.tobytes()), a)

    @unittest.skipUnless(sys.implementation.name == "ounce", "CPython writes into freed memory")
    def test_changed_while_converting(self):
        class Shrinks:
            def __index__(self):
                del a[:]
                return 1
        a = array.array("i", range(100))
        with self.assertRaises(IndexError):
            a[50] = Shrinks()


class BinasciiTest(unittest.TestCase):
    def test_round_trips(self):
        for data in (b"", b"a", b"ab", b"abc", bytes(range(45))):
            self.assertEqual(binascii.a2b_base64(binascii.b2a_base64(data)), data)
            self.assertEqual(binascii.unhexlify(binascii.hexlify(data)), data)
            self.assertEqual(binascii.a2b_uu(binascii.b2a_uu(data)), data)
            self.assertEqual(binascii.a2b_qp(binascii.b2a_qp(data, istext=False)), data)

    def test_checksums(self):
        self.assertEqual(binascii.crc32(b"hello"), 907060870)
        self.assertEqual(binascii.crc32(b"lo", binascii.crc32(b"hel")), 907060870)
        self.assertEqual(binascii.crc_hqx(b"hello", 0), 50018)

    def test_errors(self):
        self.assertRaises(binascii.Error, binascii.unhexlify, "abc")
        self.assertRaises(binascii.Error, binascii.a2b_base64, b"abcde")
        self.assertRaises(binascii.Error, binascii.a2b_base64, b"YW=J", strict_mode=True)
        self.assertRaises(ValueError, binascii.a2b_hex, "é")


if __name__ == "__main__":
    unittest.main()
