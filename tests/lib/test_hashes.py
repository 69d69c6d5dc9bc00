"""The native half of hashlib, hmac and random: digests, parameters, messages, what is opened when."""
import hashlib
import hmac
import os
import signal
import sys
import tempfile
import unittest

import _blake2
import _hashlib
import _md5
import _sha1
import _sha256
import _sha3
import _sha512


def message(function, *args, **kwargs):
    try:
        function(*args, **kwargs)
    except Exception as e:
        return f"{type(e).__name__}: {e}"
    return "nothing was raised"


class Digests(unittest.TestCase):
    def test_both_halves_agree(self):
        plain = {"md5": _md5.md5, "sha1": _sha1.sha1, "sha224": _sha256.sha224, "sha256": _sha256.sha256,
                 "sha384": _sha512.sha384, "sha512": _sha512.sha512, "sha3_224": _sha3.sha3_224,
                 "sha3_256": _sha3.sha3_256, "sha3_384": _sha3.sha3_384, "sha3_512": _sha3.sha3_512}
        for data in b"", b"abc", bytes(range(256)) * 1000:
            for name, make in plain.items():
                with self.subTest(name=name, size=len(data)):
                    a, b = make(data), _hashlib.new(name, data)
                    self.assertEqual(a.hexdigest(), b.hexdigest())
                    self.assertEqual(a.digest(), bytes.fromhex(a.hexdigest()))
                    self.assertEqual((a.name, a.block_size, a.digest_size), (b.name, b.block_size, b.digest_size))
            for name in "shake_128", "shake_256":
                a, b = getattr(_sha3, name)(data), _hashlib.new(name, data)
                self.assertEqual(a.digest(500), b.digest(500))
                self.assertEqual(a.hexdigest(7), b.hexdigest(7))
                self.assertEqual(a.digest(0), b"")
        self.assertEqual(_md5.md5(b"abc").hexdigest(), "900150983cd24fb0d6963f7d28e17f72")

    def test_digest_leaves_the_hash_open(self):
        for h in _md5.md5(), _hashlib.new("sha256"), _blake2.blake2b(), hmac.new(b"k", digestmod="sha1"):
            h.update(b"one")
            first, copy = h.digest(), h.copy()
            h.update(b"two")
            self.assertEqual(copy.digest(), first)
            self.assertNotEqual(h.digest(), first)

    def test_names(self):
        self.assertEqual(_hashlib.new("SHA3-256").name, "sha3_256")
        self.assertEqual(_hashlib.new("Sha256").name, "sha256")
        self.assertEqual(_hashlib.new("blake2b512").name, "blake2b")
        self.assertLessEqual(hashlib.algorithms_guaranteed, set(_hashlib.openssl_md_meth_names) | {"blake2b", "blake2s"})
        self.assertEqual(message(_hashlib.new, "nope"), "ValueError: [digital envelope routines] unsupported")
        self.assertEqual(message(_hashlib.new, 5), "TypeError: name must be a string")

    def test_arguments(self):
        for make in _md5.md5, _sha3.sha3_256, _hashlib.openssl_sha1, _blake2.blake2s:
            self.assertEqual(message(make, "text"), "TypeError: Strings must be encoded before hashing")
            self.assertEqual(message(make, 5), "TypeError: object supporting the buffer API required")
            self.assertEqual(message(make, memoryview(b"abcd")[::2]),
                             "BufferError: memoryview: underlying buffer is not C-contiguous")
        self.assertEqual(message(_md5.MD5Type), "TypeError: cannot create '_md5.md5' instances")
        self.assertEqual(message(_sha3.shake_128().digest, -1), "ValueError: value must be positive")
        self.assertEqual(message(_sha3.shake_128().digest, 1 << 29), "ValueError: length is too large")

    def test_blake2_parameters(self):
        h = _blake2.blake2b(b"abc", digest_size=20, key=b"k", salt=b"s", person=b"p", fanout=2, depth=3, leaf_size=4,
                            node_offset=5, node_depth=1, inner_size=7, last_node=True)
        self.assertEqual(h.hexdigest(), "3c6e70330df9fa58ecc1028a7153f9430583fea0")
        h = _blake2.blake2s(b"abc", digest_size=20, key=b"k", salt=b"s", person=b"p", fanout=2, depth=3, leaf_size=4,
                            node_offset=(1 << 48) - 1, node_depth=1, inner_size=7, last_node=True)
        self.assertEqual(h.hexdigest(), "58f8426a5725de4a3b6091a7321f5a610de7c6f4")
        for wrong, text in (
                (dict(digest_size=65), "ValueError: digest_size must be between 1 and 64 bytes"),
                (dict(key=b"x" * 65), "ValueError: maximum key length is 64 bytes"),
                (dict(salt=b"x" * 17), "ValueError: maximum salt length is 16 bytes"),
                (dict(fanout=256), "ValueError: fanout must be between 0 and 255"),
                (dict(leaf_size=-1), "ValueError: value must be positive"),
                (dict(leaf_size=1 << 32), "OverflowError: leaf_size is too large"),
                (dict(node_offset=1 << 64), "OverflowError: int too big to convert"),
                (dict(inner_size=65), "ValueError: inner_size must be between 0 and is 64")):
            self.assertEqual(message(_blake2.blake2b, **wrong), text)


class Keys(unittest.TestCase):
    def test_hmac(self):
        self.assertEqual(_hashlib.hmac_digest(b"k", b"m", "md5"), hmac.HMAC(b"k", b"m", _md5.md5).digest())
        h = _hashlib.hmac_new(b"k" * 300, b"m", _hashlib.openssl_sha3_256)
        self.assertEqual(h.digest(), hmac.HMAC(b"k" * 300, b"m", _sha3.sha3_256).digest())
        self.assertEqual((h.name, h.block_size, h.digest_size), ("hmac-sha3_256", 136, 32))
        self.assertEqual(message(_hashlib.hmac_new, b"k"), "TypeError: Missing required parameter 'digestmod'.")
        self.assertRegex(message(_hashlib.hmac_new, b"k", b"", _md5.md5),
                         "UnsupportedDigestmodError: Unsupported digestmod <built-in function md5>")
        self.assertEqual(message(_hashlib.hmac_new, b"k", b"", "shake_128"), "ValueError: no reason supplied")

    def test_pbkdf2(self):
        # RFC 6070
        self.assertEqual(hashlib.pbkdf2_hmac("sha1", b"password", b"salt", 4096).hex(),
                         "4b007901b765489abead49d926f721d065a429c1")
        self.assertEqual(hashlib.pbkdf2_hmac("sha1", b"passwordPASSWORDpassword",
                                             b"saltSALTsaltSALTsaltSALTsaltSALTsalt", 4096, 25).hex(),
                         "3d2eec4fe41c849b80c8d83662c0e44a8b291a964cf2f07038")
        self.assertEqual(hashlib.pbkdf2_hmac("sha3_512", b"p" * 200, b"", 2, 100).hex()[:40], "93a2ceba7f5e2c9692add7be6ba2a1271c985bee")
        self.assertEqual(message(hashlib.pbkdf2_hmac, "md5", b"", b"", 0),
                         "ValueError: iteration value must be greater than 0.")
        self.assertEqual(message(hashlib.pbkdf2_hmac, "shake_128", b"", b"", 1, 5), "ValueError: no reason supplied")

    def test_scrypt(self):
        # RFC 7914
        self.assertEqual(hashlib.scrypt(b"password", salt=b"NaCl", n=1024, r=8, p=16).hex()[:32],
                         "fdbabe1c9d3472007856e7190d01e9fe")
        self.assertEqual(message(hashlib.scrypt, b"", salt=b"", n=3, r=8, p=1), "ValueError: n must be a power of 2.")
        self.assertEqual(message(hashlib.scrypt, b"", salt=b"", n=2, r=0, p=1),
                         "ValueError: Invalid parameter combination for n, r, p, maxmem.")
        self.assertEqual(message(hashlib.scrypt, b"", salt=b"", n=1 << 30, r=8, p=1),
                         "ValueError: [digital envelope routines] memory limit exceeded")


class Opening(unittest.TestCase):
    def maps(self, program):
        with tempfile.NamedTemporaryFile() as file:
            text = program + "\nprint(open('/proc/self/maps').read())"
            to_file = os.POSIX_SPAWN_OPEN, 1, file.name, os.O_WRONLY, 0
            child = os.posix_spawn(sys.executable, [sys.executable, "-c", text], os.environ, file_actions=[to_file])
            self.assertEqual(os.waitpid(child, 0)[1], 0)
            return file.read().decode()

    @unittest.skipUnless(sys.implementation.name == "ounce", "CPython links it")
    def test_opened_at_the_first_hash(self):
        self.assertNotIn("libcrypto", self.maps("import random, _md5, _sha3"))
        self.assertIn("libcrypto", self.maps("import _md5; _md5.md5()"))

    @unittest.skipUnless(sys.implementation.name == "ounce", "CPython heeds signals when it is done")
    def test_long_derivation_is_interrupted(self):
        def stop(*args):
            raise KeyboardInterrupt
        old = signal.signal(signal.SIGALRM, stop)
        self.addCleanup(signal.signal, signal.SIGALRM, old)
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        with self.assertRaises(KeyboardInterrupt):
            hashlib.pbkdf2_hmac("sha256", b"", b"", 2_000_000_000)


if __name__ == "__main__":
    unittest.main()
