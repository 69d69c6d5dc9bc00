"""zlib, _bz2, _lzma: streams by pieces, limits, what is left over, messages; modules from a zip file."""
import bz2
import lzma
import os
import random
import signal
import sys
import tempfile
import unittest
import zipfile
import zlib

DATA = b"".join(b"%d and %d; " % (i, i * i % 97) for i in range(10000))
NOISE = random.Random(1).randbytes(100000)


def message(function, *args, **kwargs):
    try:
        function(*args, **kwargs)
    except Exception as e:
        return f"{type(e).__name__}: {e}"
    return "nothing was raised"


def pieces(data, size):
    return [data[i:i + size] for i in range(0, len(data), size)]


class RoundTrip(unittest.TestCase):
    def test_at_once(self):
        for compress, decompress in (zlib.compress, zlib.decompress), (bz2.compress, bz2.decompress), \
                (lzma.compress, lzma.decompress):
            for data in b"", b"x", DATA, NOISE:
                self.assertEqual(decompress(compress(data)), data)

    def test_by_pieces(self):
        for compressor, decompressor in (
                (zlib.compressobj, zlib.decompressobj), (bz2.BZ2Compressor, bz2.BZ2Decompressor),
                (lzma.LZMACompressor, lzma.LZMADecompressor),
                (lambda: zlib.compressobj(wbits=-15, strategy=zlib.Z_FIXED, memLevel=1),
                 lambda: zlib.decompressobj(-15)),
                (lambda: zlib.compressobj(0, wbits=31), lambda: zlib.decompressobj(47)),
                (lambda: lzma.LZMACompressor(lzma.FORMAT_ALONE, preset=0), lzma.LZMADecompressor),
                (lambda: lzma.LZMACompressor(lzma.FORMAT_RAW, filters=[
                    {"id": lzma.FILTER_DELTA, "dist": 4}, {"id": lzma.FILTER_LZMA2, "preset": 1}]),
                 lambda: lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[
                     {"id": lzma.FILTER_DELTA, "dist": 4}, {"id": lzma.FILTER_LZMA2, "preset": 1}]))):
            for size in 7777, 40000:
                c, d = compressor(), decompressor()
                packed = b"".join(map(c.compress, pieces(DATA + NOISE, size))) + c.flush()
                out = b"".join(map(d.decompress, pieces(packed, 5003)))
                self.assertEqual(out, DATA + NOISE)
                self.assertTrue(d.eof)

    def test_limits(self):
        for d, packed in (bz2.BZ2Decompressor(), bz2.compress(DATA)), \
                (lzma.LZMADecompressor(), lzma.compress(DATA)):
            out = [d.decompress(packed + b"tail", 1000)]
            self.assertFalse(d.needs_input)
            while not d.eof:
                out.append(d.decompress(b"", 1000))
                self.assertLessEqual(len(out[-1]), 1000)
            self.assertEqual((b"".join(out), d.unused_data, d.needs_input), (DATA, b"tail", False))
            self.assertIn("EOFError", message(d.decompress, b""))
        d, packed = zlib.decompressobj(), zlib.compress(DATA) + b"tail"
        out = [d.decompress(packed, 1000)]
        while not d.eof:
            out.append(d.decompress(d.unconsumed_tail, 1000))
        self.assertEqual((b"".join(out), d.unused_data), (DATA, b"tail"))
        self.assertEqual(d.unconsumed_tail, b"tail")

    def test_dictionary_copy_flush(self):
        c = zlib.compressobj(zdict=DATA[:1000])
        first = c.compress(DATA) + c.flush(zlib.Z_SYNC_FLUSH)
        other = c.copy()
        d = zlib.decompressobj(zdict=bytearray(DATA[:1000]))
        self.assertEqual(d.decompress(first), DATA)
        branch = d.copy()
        self.assertEqual(d.decompress(c.compress(b"one") + c.flush()), b"one")
        self.assertEqual(branch.decompress(other.compress(b"two") + other.flush()), b"two")
        self.assertEqual(message(zlib.decompress, first), "error: Error 2 while decompressing data")
        self.assertEqual(message(c.compress, b""),
                         "error: Error -2 while compressing data: inconsistent stream state")

    def test_checksums(self):
        self.assertEqual((zlib.crc32(b"a", -1), zlib.crc32(b"a", 2**40 + 1)), (3310005809, 2679148245))
        self.assertEqual((zlib.adler32(b"a"), zlib.adler32(b"a", -1)), (6422626, 8192111))

    def test_messages(self):
        for call, text in (
                (lambda: zlib.decompress(b""), "error: Error -5 while decompressing data: incomplete or truncated stream"),
                (lambda: zlib.compress(b"", 10), "error: Bad compression level"),
                (lambda: zlib.compressobj(wbits=5), "ValueError: Invalid initialization option"),
                (lambda: zlib.decompressobj().flush(0), "ValueError: length must be greater than zero"),
                (lambda: bz2.BZ2Compressor(0), "ValueError: compresslevel must be between 1 and 9"),
                (lambda: bz2.BZ2Decompressor().decompress(b"ab" * 50), "OSError: Invalid data stream"),
                (lambda: lzma.LZMACompressor(9), "ValueError: Invalid container format: 9"),
                (lambda: lzma.LZMACompressor(filters=[{}]), 'ValueError: Filter specifier must have an "id" entry'),
                (lambda: lzma.LZMACompressor(filters=[{"id": lzma.FILTER_LZMA2, "x": 1}]),
                 "ValueError: Invalid filter specifier for LZMA filter"),
                (lambda: lzma.LZMADecompressor(memlimit=10).decompress(lzma.compress(b"a")),
                 "LZMAError: Memory usage limit exceeded"),
                (lambda: lzma.LZMADecompressor().decompress(b"abc" * 20),
                 "LZMAError: Input format not supported by decoder")):
            self.assertEqual(message(call), text)

    def test_after_an_error(self):
        d = bz2.BZ2Decompressor()
        self.assertEqual(message(d.decompress, b"xxxxx"), "OSError: Invalid data stream")
        self.assertEqual(message(d.decompress, b"x"),
                         "ValueError: Decompressor is unusable after a previous error")

    @unittest.skipUnless(sys.implementation.name == "ounce", "CPython heeds signals when it is done")
    def test_long_work_is_interrupted(self):
        def stop(*args):
            raise KeyboardInterrupt
        old = signal.signal(signal.SIGALRM, stop)
        self.addCleanup(signal.signal, signal.SIGALRM, old)
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        with self.assertRaises(KeyboardInterrupt):
            bz2.compress(NOISE * 20)


class ZipImport(unittest.TestCase):
    def test_compressed_modules(self):
        with tempfile.TemporaryDirectory() as folder:
            name = os.path.join(folder, "a.zip")
            with zipfile.ZipFile(name, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr("zipped_module.py", "value = 5\n" + "# filling\n" * 100)
            sys.path.insert(0, name)
            self.addCleanup(sys.path.remove, name)
            import zipped_module
            self.assertEqual(zipped_module.value, 5)
            self.assertEqual(zipped_module.__file__, os.path.join(name, "zipped_module.py"))


if __name__ == "__main__":
    unittest.main()
