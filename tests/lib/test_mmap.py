# SPDX-License-Identifier: MIT
"""mmap: what CPython's own tests do not look at."""
import mmap
import sys
import tempfile
import unittest


class Map(unittest.TestCase):
    def setUp(self):
        self.file = tempfile.TemporaryFile()
        self.file.write(b"abc\ndef\nghi" + b"x" * 5000)
        self.file.flush()
        self.map = mmap.mmap(self.file.fileno(), 0)
        self.addCleanup(self.file.close)
        self.addCleanup(self.map.close)

    def raises(self, kind, text, call, *args, **kwargs):
        with self.assertRaises(kind) as raised:
            call(*args, **kwargs)
        self.assertEqual(str(raised.exception), text)

    def test_as_a_file(self):
        m = self.map
        self.assertEqual((m.read(3), m.readline(), m.readline(), m.read_byte()), (b"abc", b"\n", b"def\n", ord("g")))
        m.seek(-2, 2)
        self.assertEqual((m.read(), m.read(), m.tell()), (b"xx", b"", m.size()))
        self.raises(ValueError, "read byte out of range", m.read_byte)
        self.raises(ValueError, "data out of range", m.write, b"a")
        self.raises(ValueError, "seek out of range", m.seek, -1)
        self.raises(ValueError, "unknown seek type", m.seek, 0, 5)
        m.seek(0)
        m.write(b"ABC")
        m.flush()
        self.file.seek(0)
        self.assertEqual(self.file.read(4), b"ABC\n")

    def test_as_a_sequence(self):
        m = self.map
        self.assertEqual((m[0], m[-1], m[:4], m[0:8:3], m[3:0:-1]), (97, 120, b"abc\n", b"a\nf", b"\ncb"))
        m[0:6:2] = b"123"
        self.assertEqual(m[:7], b"1b2\n3ef")
        self.assertEqual(next(iter(m)), b"1")
        self.raises(IndexError, "mmap slice assignment is wrong size", m.__setitem__, slice(0, 3), b"xy")
        self.raises(ValueError, "mmap item value must be in range(0, 256)", m.__setitem__, 0, 300)
        self.raises(TypeError, "mmap doesn't support item deletion", m.__delitem__, 0)
        self.raises(TypeError, "mmap indices must be integers", m.__getitem__, "a")

    def test_views_hold_it(self):
        view = memoryview(self.map)
        self.raises(BufferError, "cannot close exported pointers exist", self.map.close)
        self.raises(BufferError, "mmap can't resize with extant buffers exported.", self.map.resize, 100)
        view.release()
        self.map.resize(8192)
        self.assertEqual((len(self.map), self.map.size()), (8192, 8192))

    def test_access(self):
        with mmap.mmap(self.file.fileno(), 0, access=mmap.ACCESS_READ) as m:
            for call in (lambda: m.write(b"a"), lambda: m.__setitem__(0, 1), lambda: m.move(0, 1, 1)):
                self.raises(TypeError, "mmap can't modify a readonly memory map.", call)
            self.assertTrue(memoryview(m).readonly)
        with mmap.mmap(self.file.fileno(), 0, access=mmap.ACCESS_COPY) as m:
            m[0] = 1
            self.assertEqual(self.map[0], 97)
        self.assertEqual(repr(m), "<mmap.mmap closed=True>")

    def test_arguments(self):
        self.raises(OverflowError, "memory mapped length must be positive", mmap.mmap, -1, -1)
        self.raises(ValueError, "mmap can't specify both access and flags, prot.", mmap.mmap, -1, 10, access=1, prot=1)
        self.raises(ValueError, "mmap invalid access parameter.", mmap.mmap, -1, 10, access=9)
        self.raises(ValueError, "mmap length is greater than file size", mmap.mmap, self.file.fileno(), 9000)
        with tempfile.TemporaryFile() as empty:
            self.raises(ValueError, "cannot mmap an empty file", mmap.mmap, empty.fileno(), 0)

    @unittest.skipUnless(sys.implementation.name == "ounce", "CPython 3.11 crashes")
    def test_closed_by_an_argument(self):
        class Closes:
            def __index__(self):
                m.close()
                return 1
        for use in (lambda: m[Closes()], lambda: m[:Closes()], lambda: m.seek(Closes()), lambda: m.read(Closes()),
                    lambda: m.__setitem__(1, Closes()), lambda: m.move(0, Closes(), 1), lambda: m.find(b"a", Closes()),
                    lambda: m.resize(Closes()), lambda: m.flush(Closes())):
            m = mmap.mmap(-1, 10)
            self.raises(ValueError, "mmap closed or invalid", use)


if __name__ == "__main__":
    unittest.main()
