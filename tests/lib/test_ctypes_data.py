# SPDX-License-Identifier: MIT
"""ctypes: types and data of C, functions of libraries, callbacks; and CPython's own files about what needs no library of
its tests."""
import ctypes
import gc
import pickle
import sys
import threading
import unittest
import weakref
from ctypes import *

# Files of CPython's package ctypes.test that do not need its extension module _ctypes_test.
OF_CPYTHON = ("anon array_in_pointer arrays buffers bytes byteswap cast delattr errno find frombuffer incomplete init "
              "internals keeprefs loading memfunctions numbers objects pep3118 random_things repr simplesubclasses sizes "
              "strings struct_fields unaligned_structures varsize_struct wintypes").split()


def load_tests(loader, tests, pattern):
    try:
        import ctypes.test
    except ImportError:
        return tests
    tests.addTests(loader.loadTestsFromNames("ctypes.test.test_" + name for name in OF_CPYTHON))
    return tests


libc = CDLL(None, use_errno=True)


class Point(Structure):
    _fields_ = [("x", c_int), ("y", c_short), ("name", c_char * 4), ("next", POINTER(c_int))]


class Case(unittest.TestCase):
    def raises(self, error, text, call, /, *args, **kwargs):
        with self.assertRaises(error) as raised:
            call(*args, **kwargs)
        self.assertEqual(str(raised.exception), text)


class Simple(Case):
    def test_values(self):
        for cls, value, read in ((c_byte, 200, -56), (c_ubyte, -1, 255), (c_short, 40000, -25536), (c_int, 1 << 40, 0),
                                 (c_uint, -1, 2 ** 32 - 1), (c_long, -5, -5), (c_ulonglong, -1, 2 ** 64 - 1),
                                 (c_float, 1.5, 1.5), (c_double, 3, 3.0), (c_longdouble, 0.1, 0.1), (c_bool, "x", True),
                                 (c_char, 65, b"A"), (c_wchar, "\u20ac", "\u20ac"), (c_char_p, b"abc", b"abc"),
                                 (c_wchar_p, "\u20acx", "\u20acx"), (c_void_p, None, None), (c_void_p, -1, 2 ** 64 - 1)):
            self.assertEqual(cls(value).value, read, cls)
        self.assertEqual((repr(c_int(3)), repr(c_char(b"x")), bool(c_int()), bool(c_int(1))),
                         ("c_int(3)", "c_char(b'x')", False, True))

    def test_mistakes(self):
        self.raises(TypeError, "'str' object cannot be interpreted as an integer", c_int, "x")
        self.raises(TypeError, "one character bytes, bytearray or integer expected", c_char, 300)
        self.raises(TypeError, "bytes or integer address expected instead of str instance", c_char_p, "x")
        self.raises(TypeError, "one character unicode string expected", c_wchar, "xx")
        self.raises(TypeError, "cannot be converted to pointer", c_void_p, "x")
        self.raises(TypeError, "abstract class", ctypes._SimpleCData)
        self.raises(TypeError, "unhashable type", hash, c_int())
        self.raises(AttributeError, "class must define a '_type_' attribute", type(c_int), "X", (ctypes._SimpleCData,), {})

    def test_orders_of_bytes(self):
        self.assertEqual(bytes(c_int.__ctype_be__(1)), b"\0\0\0\1")
        self.assertIs(c_int.__ctype_le__, c_int)

        class Big(BigEndianStructure):
            _fields_ = [("a", c_int), ("b", c_short), ("c", c_ushort, 4), ("d", c_ushort, 12)]
        big = Big(1, 2, 3, 4)
        self.assertEqual((bytes(big), big.a, big.b, big.c, big.d), (b"\0\0\0\1\0\2\x30\4", 1, 2, 3, 4))

    def test_pickle(self):
        self.assertEqual(pickle.loads(pickle.dumps(c_double(4.5))).value, 4.5)
        self.raises(ValueError, "ctypes objects containing pointers cannot be pickled", pickle.dumps, c_char_p(b"x"))


class Alignment(Case):
    """C copies what holds a long double by instructions that want it at a multiple of 16."""

    def test_data(self):
        class Wide(Structure):
            _fields_ = [("a", c_longdouble), ("b", c_int)]

        class Slots(c_longdouble):
            __slots__ = ("extra",)

        def grown(cls):
            data = cls()
            resize(data, 200)
            return data
        made = [cls() for cls in (c_int, c_longdouble, Wide, Slots, c_longdouble * 3, c_char * 40) for _ in range(20)]
        made += [grown(cls) for cls in (c_longdouble, Wide, c_char * 40) for _ in range(20)]
        self.assertEqual({addressof(each) % 16 for each in made}, {0})
        self.assertTrue(all(each._b_needsfree_ for each in made))


class Compound(Case):
    def test_struct(self):
        point = Point(1, y=2, name=b"ab")
        self.assertEqual((point.x, point.y, point.name, bool(point.next), sizeof(point)), (1, 2, b"ab", False, 24))
        self.assertEqual((Point.y.offset, Point.y.size, Point.name.offset), (4, 2, 6))
        self.assertEqual(repr(Point.x), "<Field type=c_int, ofs=0, size=4>")
        self.raises(TypeError, "too many initializers", Point, 1, 2, b"", None, 5)
        self.raises(TypeError, "duplicate values for field 'x'", Point, 1, x=2)
        self.raises(ValueError, "bytes too long (5, maximum length 4)", setattr, point, "name", b"12345")
        self.raises(TypeError, "expected LP_c_int instance, got int", setattr, point, "next", 3)
        self.raises(AttributeError, "_fields_ is final", setattr, Point, "_fields_", [])
        point.next = pointer(c_int(4))
        gc.collect()
        self.assertEqual((point.next[0], repr(point._objects)), (4, "{'3': {'1': c_int(4)}}"))

    def test_bit_fields(self):
        class Bits(Structure):
            _fields_ = [("a", c_int, 3), ("b", c_uint, 5), ("c", c_int, 24), ("d", c_longlong, 40)]
        bits = Bits(a=7, b=31, c=-5, d=1 << 38)
        self.assertEqual((bits.a, bits.b, bits.c, bits.d, sizeof(Bits)), (-1, 31, -5, 1 << 38, 16))
        for fields, text in (([("a", c_int, 33)], "number of bits invalid for bit field"),
                             ([("a", c_int, 0)], "number of bits invalid for bit field")):
            self.raises(ValueError, text, type(Structure), "X", (Structure,), {"_fields_": fields})
        self.raises(TypeError, "bit fields not allowed for type c_double", type(Structure), "X", (Structure,),
                    {"_fields_": [("a", c_double, 3)]})

    def test_arrays(self):
        array = (c_int * 3)(1, 2, 3)
        array[-1] = 9
        array[:2] = [7, 8]
        self.assertEqual((array[:], array[::-2], len(array), type(array).__name__), ([7, 8, 9], [9, 7], 3, "c_int_Array_3"))
        self.assertIs(c_int * 3, type(array))
        self.raises(IndexError, "invalid index", lambda: array[3])
        self.raises(ValueError, "Can only assign sequence of same size", array.__setitem__, slice(0, 2), [1])
        view = memoryview((c_int * 3 * 2)((1, 2, 3), (4, 5, 6)))
        self.assertEqual((view.format, view.shape, view.itemsize, view.tobytes()[:5]), ("<i", (2, 3), 4, b"\1\0\0\0\2"))
        self.assertEqual(len(memoryview(c_int())), 1)
        text = create_string_buffer(b"hello", 10)
        self.assertEqual((text.value, text.raw, text[1:3], text[1]), (b"hello", b"hello\0\0\0\0\0", b"el", b"e"))
        self.assertEqual(create_unicode_buffer("h\u20acllo").value, "h\u20acllo")

    def test_pointers(self):
        target = c_int(5)
        point = pointer(target)
        point[0] = 6
        point.contents.value += 1
        self.assertEqual((target.value, bool(point), bool(POINTER(c_int)())), (7, True, False))
        self.raises(ValueError, "NULL pointer access", lambda: POINTER(c_int)().contents)
        self.raises(ValueError, "slice stop is required", lambda: point[0:])
        self.assertIs(POINTER(c_int), type(point))
        self.assertEqual(cast((c_int * 3)(1, 2, 3), POINTER(c_int))[:3], [1, 2, 3])

    def test_memory_of_others(self):
        buffer = bytearray(8)
        value = c_int.from_buffer(buffer, 4)
        value.value = 0x01020304
        self.assertEqual(buffer[4:], b"\4\3\2\1")
        self.assertRaises(BufferError, buffer.append, 1)
        self.raises(ValueError, "Buffer size too small (8 instead of at least 9 bytes)", c_int.from_buffer, buffer, 5)
        self.raises(TypeError, "underlying buffer is not writable", c_int.from_buffer, b"1234")
        self.assertEqual(c_int.from_buffer_copy(b"\1\0\0\0").value, 1)
        self.assertEqual(c_int.from_address(addressof(value)).value, 0x01020304)

    @unittest.skipUnless(sys.implementation.name == "ounce", "the view shows memory that was given back")
    def test_resize_leaves_views_whole(self):
        array = (c_char * 20)(*b"a" * 20)
        view = memoryview(array)
        resize(array, 100000)
        self.assertEqual((bytes(view), sizeof(array), array[:3]), (b"a" * 20, 100000, b"aaa"))

    def test_cycles_are_collected(self):
        class Node(Structure):
            pass
        Node._fields_ = [("next", POINTER(Node)), ("value", c_int)]
        node = Node(value=1)
        node.next = pointer(node)
        self.assertEqual(node.next.contents.next.contents.value, 1)
        del node
        gc.collect()


class Functions(Case):
    def test_calls(self):
        self.assertEqual((libc.abs(-3), libc.strlen(b"abc"), libc.toupper(ord("x"))), (3, 3, ord("X")))
        strchr = libc.strchr
        strchr.restype, strchr.argtypes = c_char_p, [c_char_p, c_char]
        self.assertEqual((strchr(b"abcdef", b"d"), strchr(b"abc", b"x")), (b"def", None))
        self.raises(ArgumentError, "argument 2: TypeError: wrong type", strchr, b"abc", "d")
        self.raises(TypeError, "this function takes at least 2 arguments (1 given)", strchr, b"abc")
        self.raises(ArgumentError, "argument 1: TypeError: Don't know how to convert parameter 1", libc.abs, object())
        self.assertRaises(AttributeError, getattr, libc, "no_such_function")
        self.assertRaises(OSError, CDLL, "libnosuchlibrary.so")
        buffer = create_string_buffer(40)
        libc.snprintf(buffer, c_size_t(40), b"%d %s %.2f %lld", 5, b"x", c_double(1.5), c_longlong(1 << 40))
        self.assertEqual(buffer.value, b"5 x 1.50 1099511627776")

    def test_structs_by_value(self):
        class Quotient(Structure):
            _fields_ = [("quot", c_long), ("rem", c_long)]
        ldiv = libc.ldiv
        ldiv.restype, ldiv.argtypes = Quotient, [c_long, c_long]
        result = ldiv(17, 5)
        self.assertEqual((result.quot, result.rem), (3, 2))

    def test_callbacks(self):
        compare_type = CFUNCTYPE(c_int, POINTER(c_int), POINTER(c_int))
        array = (c_int * 5)(5, 1, 4, 2, 3)
        libc.qsort.restype = None
        libc.qsort(array, c_size_t(5), c_size_t(sizeof(c_int)), compare_type(lambda a, b: a[0] - b[0]))
        self.assertEqual(array[:], [1, 2, 3, 4, 5])
        self.assertEqual(CFUNCTYPE(c_double, c_double, c_char)(lambda d, c: d * ord(c))(1.5, b"A"), 97.5)

    def test_a_callback_that_raises(self):
        seen = []
        hook, sys.unraisablehook = sys.unraisablehook, lambda args: seen.append((args.exc_type, args.err_msg))
        try:
            self.assertEqual(CFUNCTYPE(c_int)(lambda: 1 / 0)(), 0)
        finally:
            sys.unraisablehook = hook
        self.assertEqual(seen, [(ZeroDivisionError, "Exception ignored on calling ctypes callback function")])

    def test_callbacks_keep_their_function(self):
        class Table(Structure):
            _fields_ = [("run", CFUNCTYPE(c_int, c_int))]
        table = Table(CFUNCTYPE(c_int, c_int)(lambda n: n + 1))
        gc.collect()
        self.assertEqual(table.run(4), 5)

    def test_errno(self):
        set_errno(0)
        self.assertEqual((libc.close(-1), get_errno()), (-1, 9))

    def test_errcheck_and_outputs(self):
        prototype = CFUNCTYPE(c_int, POINTER(c_int * 2))
        pipe = prototype(("pipe", libc), ((2, "ends"),))
        import os
        ends = pipe()
        os.write(ends[1], b"x")
        self.assertEqual(os.read(ends[0], 1), b"x")
        os.close(ends[0])
        os.close(ends[1])
        labs = CDLL(None).labs
        labs.errcheck = lambda result, function, arguments: (result, arguments)
        self.assertEqual(labs(-4), (4, (-4,)))

    def test_threads_go_on_during_a_call(self):
        import threading
        import time
        thread = threading.Thread(target=lambda: libc.usleep(300000))
        thread.start()
        start = time.monotonic()
        time.sleep(0.01)
        self.assertLess(time.monotonic() - start, 0.25)
        thread.join()


class Classes(unittest.TestCase):
    """Classes of C data are classes like others: collected, and seen by every thread."""

    def test_collected(self):
        def make():
            class Both(Union):
                _fields_ = [("x", c_int), ("y", c_char * 5)]
            return weakref.ref(Both)
        made = make()
        gc.collect()
        self.assertIsNone(made())
        self.assertIn(c_int.__bases__, gc.get_referents(c_int))

    def test_made_in_another_thread(self):
        made = []
        for n in range(3):
            thread = threading.Thread(target=lambda: made.append((c_int * (1000 + n))()))
            thread.start()
            thread.join()
        for n, array in enumerate(made):
            self.assertEqual((len(array), type(array)._type_), (1000 + n, c_int))
            self.assertIn("_length_", dir(array))


if __name__ == "__main__":
    unittest.main()
