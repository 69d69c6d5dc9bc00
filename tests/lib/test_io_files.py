# SPDX-License-Identifier: MIT
"""Files: raw, buffered and text, in memory and on disk, and the standard ones at their end."""
import io
import os
import subprocess
import sys
import tempfile
import unittest


ENVIRONMENT = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}


class Raw(io.RawIOBase):
    """Gives the parts of a list, and takes as much as another list says; None would block."""

    def __init__(self, parts=(), accept=()):
        self.parts = list(parts)
        self.accept = list(accept)
        self.written = []

    def readable(self):
        return True

    def writable(self):
        return True

    def readinto(self, buffer):
        if not self.parts:
            return 0
        part = self.parts.pop(0)
        if part is None:
            return None
        buffer[: len(part)] = part
        return len(part)

    def write(self, data):
        count = self.accept.pop(0) if self.accept else len(data)
        if count is not None:
            self.written.append(bytes(data[:count]))
        return count


class OnDisk(unittest.TestCase):
    def setUp(self):
        handle, self.path = tempfile.mkstemp()
        os.close(handle)
        self.addCleanup(os.remove, self.path)

    def put(self, data):
        with open(self.path, "wb") as file:
            file.write(data)

    def test_modes(self):
        for mode in ("rw", "z", "rbt", "r++", "U"):
            with self.assertRaises(ValueError, msg=mode):
                open(self.path, mode)
        with self.assertRaises(FileExistsError):
            open(self.path, "x")
        for arguments in ({"encoding": "utf-8"}, {"errors": "x"}, {"newline": ""}):
            with self.assertRaises(ValueError):
                open(self.path, "rb", **arguments)
        with self.assertRaises(ValueError):
            open(self.path, "w", 0)

    def test_random_access(self):
        self.put(b"0123456789")
        with open(self.path, "r+b", buffering=4) as file:
            self.assertEqual(file.read(3), b"012")
            file.write(b"ABC")
            self.assertEqual(file.read(2), b"67")
            self.assertEqual(file.tell(), 8)
            file.seek(-2, 2)
            file.write(b"xyz")
            file.seek(0)
            self.assertEqual(file.read(), b"012ABC67xyz")
            self.assertEqual(file.truncate(4), 4)
        self.assertEqual(os.path.getsize(self.path), 4)

    def test_newlines(self):
        self.put(b"a\r\nb\rc\nd")
        expected = {
            None: ["a\n", "b\n", "c\n", "d"],
            "": ["a\r\n", "b\r", "c\n", "d"],
            "\n": ["a\r\n", "b\rc\n", "d"],
            "\r": ["a\r", "\nb\r", "c\nd"],
            "\r\n": ["a\r\n", "b\rc\nd"],
        }
        for newline, lines in expected.items():
            with open(self.path, newline=newline) as file:
                self.assertEqual(list(file), lines)

    def test_tell_in_text(self):
        text = "ä€😀\r\nline\n" * 500
        for encoding in ("utf-8", "utf-16-le", "utf-16", "utf-8-sig", "shift_jis"):
            plain = text if encoding != "shift_jis" else "あいう\nabc\n" * 700
            with open(self.path, "w", encoding=encoding, newline="") as file:
                file.write(plain)
            with open(self.path, encoding=encoding, newline="") as file:
                places = []
                while part := file.read(37):
                    places.append((file.tell(), part))
                for (place, _), (_, part) in list(zip(places, places[1:]))[::9]:
                    file.seek(place)
                    self.assertEqual(file.read(37), part, encoding)

    def test_iteration_forbids_tell(self):
        self.put(b"a\nb\n")
        with open(self.path) as file:
            next(file)
            with self.assertRaisesRegex(OSError, "disabled by next"):
                file.tell()
            self.assertEqual(list(file), ["b\n"])
            self.assertEqual(file.tell(), 4)

    def test_opener_and_descriptor(self):
        def opener(path, flags):
            return os.open(path, flags)

        with open(self.path, "w", opener=opener) as file:
            file.write("x")
        descriptor = os.open(self.path, os.O_RDONLY)
        with open(descriptor, closefd=False) as file:
            self.assertEqual(file.read(), "x")
        os.close(descriptor)
        with self.assertRaises(OSError):
            open(descriptor)

    def test_closed(self):
        file = open(self.path)
        file.close()
        file.close()
        for method in (file.read, file.readline, file.tell, file.flush, file.__enter__):
            with self.assertRaisesRegex(ValueError, "closed file"):
                method()


class Buffers(unittest.TestCase):
    def test_pieces(self):
        file = io.BufferedReader(Raw([b"ab", b"c\nd", None, b"e"]))
        self.assertEqual(file.read(4), b"abc\n")
        self.assertEqual(file.readline(), b"d")
        self.assertEqual(file.readline(), b"e")
        self.assertEqual(file.read(), b"")

    def test_blocking(self):
        raw = Raw(accept=[3, None, None, None])
        file = io.BufferedWriter(raw, 8)
        self.assertEqual(file.write(b"12345"), 5)
        with self.assertRaises(BlockingIOError) as caught:
            file.write(b"6" * 30)
        self.assertEqual(caught.exception.characters_written, 6)
        raw.accept = []
        file.flush()
        self.assertEqual(b"".join(raw.written), b"12345666666")

    def test_reentrant(self):
        class Inward(Raw):
            def write(self, data):
                return file.write(data)

        file = io.BufferedWriter(Inward())
        file.write(b"x")
        with self.assertRaisesRegex(RuntimeError, "reentrant call"):
            file.flush()

    def test_memory(self):
        file = io.BytesIO(b"abc")
        view = file.getbuffer()
        view[0] = 90
        with self.assertRaises(BufferError):
            file.write(b"long enough")
        view.release()
        self.assertEqual(file.getvalue(), b"Zbc")
        file.seek(5)
        file.write(b"!")
        self.assertEqual(file.getvalue(), b"Zbc\0\0!")
        text = io.StringIO("héllo", newline=None)
        text.seek(7)
        text.write("😀\r\n")
        self.assertEqual(text.getvalue(), "héllo\0\0😀\n")


class Corners(unittest.TestCase):
    def test_readinto1(self):
        file = io.BufferedReader(Raw([b"abc", b"defg"]), 10)
        self.assertEqual(file.peek(1), b"abc")
        buffer = bytearray(20)          # larger than the file's: what comes next goes right there
        self.assertEqual(file.readinto1(buffer), 7)
        self.assertEqual(buffer[:7], b"abcdefg")

    def test_size_without_bounds(self):
        for cls in io.BufferedReader, io.BufferedWriter:
            with self.assertRaises((MemoryError, OverflowError)):
                cls(Raw(), sys.maxsize)

    def test_answer_of_raw(self):
        raw = Raw()
        raw.readinto = lambda buffer: b""
        with self.assertRaises(OSError) as caught:
            io.BufferedReader(raw).readline()
        self.assertIsInstance(caught.exception.__cause__, TypeError)

    def test_own_flush(self):
        file = open(os.devnull, "wb", buffering=0)
        called = []
        file.flush = lambda: called.append(file.closed)
        file.close()
        self.assertEqual(called, [False])

    def test_detached(self):
        text = io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="replace", line_buffering=True)
        text.detach()
        self.assertEqual((text.encoding, text.errors, text.line_buffering), ("ascii", "replace", True))

    def test_errors_in_development_mode(self):
        code = "open(__import__('os').devnull, errors='no such')"
        done = subprocess.run([sys.executable, "-X", "dev", "-c", code], capture_output=True, text=True)
        self.assertIn("LookupError: unknown error handler name 'no such'", done.stderr)


class Ends(unittest.TestCase):
    def run_code(self, code, *options, **keywords):
        return subprocess.run([sys.executable, *options, "-c", code], capture_output=True,
                              env=ENVIRONMENT, **keywords)

    def test_unwritten_at_the_end(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "file")
            self.run_code(f"f = open({path!r}, 'w'); f.write('kept')")
            with open(path) as file:
                self.assertEqual(file.read(), "kept")

    def test_full_disk(self):
        with open("/dev/full", "w") as full:
            done = subprocess.run([sys.executable, "-c", "print('x')"], stdout=full,
                                  stderr=subprocess.PIPE, env=ENVIRONMENT)
        self.assertEqual(done.returncode, 120)
        self.assertIn(b"No space left", done.stderr)

    def test_unclosed(self):
        done = self.run_code(f"open({__file__!r})", "-Walways")
        self.assertIn(b"ResourceWarning: unclosed file", done.stderr)


if __name__ == "__main__":
    unittest.main()
