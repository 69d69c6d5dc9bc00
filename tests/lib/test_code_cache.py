# SPDX-License-Identifier: MIT
"""Code in files: marshal of code objects, __pycache__, the user's own cache, modules without a source."""
import gc
import importlib.util
import marshal
import os
import py_compile
import random
import stat
import subprocess
import sys
import tempfile
import types
import unittest
import zipfile

ENVIRONMENT = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
TAG = sys.implementation.cache_tag

SOURCE = '''"""The docstring."""
from dataclasses import dataclass

def outer(a, /, b=(1, 2.5, "\\xe9\\u20ac\\U0001f600"), *args, c=frozenset({"x", 3}), **kw) -> "text":
    total = 0
    def inner(x: int):
        nonlocal total
        try:
            total += x if 1 < x <= 10**30 else -1j.imag
        except (TypeError, ValueError) as e:
            raise KeyError(f"{e!r:>10} {...}") from e
        finally:
            print(a, b, sep="", end=b"" and None)
        return [i * y for i in range(3) if i for y in args] or {**kw, "k": lambda: (yield total)}
    with open(a) as f, open(b):
        async def later():
            async for each in f:
                await each
        class Local(dict):
            __slots__ = ()
            def get(self): return super().get(total, __class__)
    match a:
        case {"k": [1, *rest], **others} | Local(x=rest, y=others):
            return rest
    return inner, later, Local

class A:
    a = [1]
    def m(self, x): return x
'''


class Code(unittest.TestCase):
    def setUp(self):
        self.code = compile(SOURCE, "file.py", "exec")
        self.data = marshal.dumps(self.code)

    def test_round_trip(self):
        copy = marshal.loads(self.data)
        self.assertEqual(copy, self.code)
        self.assertEqual(hash(copy), hash(self.code))
        self.assertEqual(marshal.dumps(copy), self.data)
        for name in dir(self.code):
            if name.startswith("co_") and name not in ("co_lines", "co_positions"):
                self.assertEqual(getattr(copy, name), getattr(self.code, name), name)
        self.assertEqual(list(copy.co_positions()), list(self.code.co_positions()))
        self.assertEqual(list(copy.co_lines()), list(self.code.co_lines()))

    def test_what_was_read_runs(self):
        space = {}
        exec(marshal.loads(self.data), space)
        self.assertEqual(space["A"]().m(3), 3)
        self.assertEqual(space["outer"].__kwdefaults__, {"c": frozenset({"x", 3})})
        self.assertEqual(space["outer"].__defaults__, ((1, 2.5, "\xe9\u20ac\U0001f600"),))
        self.assertIs(space["outer"].__code__.co_names[0], sys.intern(space["outer"].__code__.co_names[0]))

    def test_code_that_has_run_is_the_same(self):
        def read(o):
            o.b = o.a
            return o.m(len(o.a))
        before, data, written = read.__code__.replace(), marshal.dumps(read.__code__), read.__code__.co_code
        space = {}
        exec(self.code, space)
        for cls in (space["A"], type("B", (space["A"],), {}), type("C", (space["A"],), {"a": ()})):
            for _ in range(3):
                read(cls())
        self.assertEqual(read.__code__, before)
        self.assertEqual(hash(read.__code__), hash(before))
        self.assertEqual(read.__code__.co_code, written)
        self.assertEqual(marshal.dumps(read.__code__), data)
        self.assertEqual(read.__code__.replace(co_code=written), before)

    def test_a_copy_of_code_that_has_run_shares_nothing_with_it(self):
        def read(o):
            return o.m(o.a)
        space = {}
        exec(self.code, space)
        classes = [type(f"C{n}", (space["A"],), {"a": n}) for n in range(4)]
        for cls in classes:
            read(cls())
        copy = types.FunctionType(read.__code__.replace(co_name="copy"), {})
        del read
        gc.collect()
        self.assertEqual([copy(cls()) for cls in classes * 2], [0, 1, 2, 3] * 2)

    def test_constants_are_told_apart(self):
        def code(text):
            return compile(text, "", "eval")
        self.assertNotEqual(code("0.0"), code("-0.0"))
        self.assertNotEqual(code("(1,)"), code("(1.0,)"))
        self.assertNotEqual(code("0j, 1"), code("-0j, 1"))
        nan = code("1e999 - 1e999")
        self.assertEqual(marshal.loads(marshal.dumps(nan)), nan)

    def test_sets_are_written_in_one_order(self):
        words = [f"word{n}" for n in range(50)]
        self.assertEqual(marshal.dumps(frozenset(words)), marshal.dumps(frozenset(reversed(words))))

    def test_in_containers(self):
        value = [self.code, {"a": self.code}, (self.code.co_consts, "text")]
        self.assertEqual(marshal.loads(marshal.dumps(value)), value)

    def test_file_of_several(self):
        with tempfile.TemporaryFile() as file:
            for value in (self.code, 12, "text"):
                marshal.dump(value, file)
            file.seek(0)
            self.assertEqual([marshal.load(file) for _ in range(3)], [self.code, 12, "text"])
            self.assertRaises(EOFError, marshal.load, file)

    def test_cut_short(self):
        for length in range(0, len(self.data), 7):
            self.assertRaises((EOFError, ValueError), marshal.loads, self.data[:length])

    def test_damaged(self):
        chance = random.Random(1)
        for _ in range(2000):
            data = bytearray(self.data)
            data[chance.randrange(13, len(data))] ^= 1 << chance.randrange(8)
            with self.assertRaisesRegex(ValueError, "bad marshal data .code that this version of Ounce did not"):
                marshal.loads(data)

    def test_foreign(self):
        self.assertRaises((ValueError, EOFError, TypeError), marshal.loads, b"c" + bytes(200))
        self.assertRaises((ValueError, EOFError, TypeError), marshal.loads, b"\xe3" + bytes(range(200)))
        self.assertRaises(ValueError, marshal.loads, b"v\0")

    def test_file_name(self):
        copy = marshal.loads(self.data)
        import _imp
        _imp._fix_co_filename(copy, "other.py")
        self.assertEqual({copy.co_filename, copy.co_consts[-2].co_filename if
                          isinstance(copy.co_consts[-2], types.CodeType) else "other.py"}, {"other.py"})


class Files(unittest.TestCase):
    """Programs that import from a scratch folder."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = os.path.realpath(folder.name)
        self.source = self.write("mod.py", "print('running')\nimport sys\nWHERE = sys._getframe().f_code.co_filename\n")
        self.cached = f"{self.folder}/__pycache__/mod.{TAG}.pyc"

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(text)
        return path

    def run_program(self, *args, **environment):
        done = subprocess.run([sys.executable, *args], capture_output=True, text=True, timeout=60, cwd=self.folder,
                              env={**ENVIRONMENT, **environment})
        return done.stdout + done.stderr.splitlines()[-1] if done.stderr else done.stdout

    def import_mod(self, *options, **environment):
        return self.run_program(*options, "-c", "import mod; print(mod.__cached__)", **environment)

    def patch_code(self, path=None):
        """Code of another source under the name of this one: who prints it has read the file."""
        path = path or self.cached
        with open(path, "rb") as file:
            header = file.read(16)
        with open(path, "wb") as file:
            file.write(header + marshal.dumps(compile("print('cached')", "elsewhere.py", "exec")))


class Cache(Files):
    def test_written_and_read(self):
        self.assertEqual(self.import_mod(), f"running\n{self.cached}\n")
        with open(self.cached, "rb") as file:
            data = file.read()
        self.assertEqual(data[:4], importlib.util.MAGIC_NUMBER)
        info = os.stat(self.source)
        self.assertEqual(data[4:16], b"".join(n.to_bytes(4, "little") for n in (0, int(info.st_mtime), info.st_size)))
        self.assertEqual(marshal.loads(data[16:]).co_filename, self.source)
        self.assertEqual(os.listdir(f"{self.folder}/__pycache__"), [os.path.basename(self.cached)])
        self.patch_code()
        self.assertEqual(self.import_mod(), f"cached\n{self.cached}\n")

    def test_name_and_magic(self):
        self.assertEqual(TAG, "ounce-311")
        self.assertEqual(importlib.util.cache_from_source(self.source), self.cached)
        self.assertEqual(importlib.util.source_from_cache(self.cached), self.source)
        self.assertEqual(len(importlib.util.MAGIC_NUMBER), 4)
        self.assertEqual(importlib.util.MAGIC_NUMBER[2:], b"\r\n")
        self.assertGreaterEqual(importlib.util.MAGIC_NUMBER[1], 0xc0)

    def test_source_changes(self):
        self.import_mod()
        self.patch_code()
        os.utime(self.source, (1, 1))
        self.assertIn("running", self.import_mod())
        self.patch_code()
        self.assertIn("cached", self.import_mod())
        with open(self.source, "a") as file:
            file.write("#\n")
        os.utime(self.source, (1, 1))
        self.assertIn("running", self.import_mod())

    def test_damaged_file_is_replaced(self):
        self.import_mod()
        with open(self.cached, "rb") as file:
            good = file.read()
        for bad in (b"", good[:3], good[:16], good[:-1], good[:40] + b"?" + good[41:], b"\xa7\r\r\n" + good[4:],
                    good[:4] + b"\x08" + good[5:], good[:16] + marshal.dumps(12)):
            with open(self.cached, "wb") as file:
                file.write(bad)
            self.assertEqual(self.import_mod(), f"running\n{self.cached}\n")
            with open(self.cached, "rb") as file:
                self.assertEqual(file.read(), good)

    def test_no_file_in_its_place(self):
        """A FIFO, a folder, an endless device, a link to itself: as if nothing were there."""
        os.mkdir(os.path.dirname(self.cached))
        for make in (os.mkfifo, os.mkdir, lambda path: os.symlink("/dev/zero", path), lambda path: os.symlink(path, path)):
            make(self.cached)
            self.assertEqual(self.import_mod(), f"running\n{self.cached}\n")
            (os.rmdir if os.path.isdir(self.cached) else os.unlink)(self.cached)

    def test_not_written(self):
        for options, environment in ((["-B"], {}), ([], {"PYTHONDONTWRITEBYTECODE": "1"})):
            self.assertEqual(self.import_mod(*options, **environment), f"running\n{self.cached}\n")
            self.assertFalse(os.path.exists(self.cached))
        self.run_program("-c", "import sys; sys.dont_write_bytecode = True; import mod")
        self.assertFalse(os.path.exists(self.cached))

    def test_prefix(self):
        prefix = self.folder + "/pre"
        expected = f"{prefix}{self.folder}/mod.{TAG}.pyc"
        self.assertEqual(self.import_mod("-X", "pycache_prefix=" + prefix), f"running\n{expected}\n")
        self.assertTrue(os.path.exists(expected))
        self.patch_code(expected)
        self.assertEqual(self.import_mod(PYTHONPYCACHEPREFIX=prefix), f"cached\n{expected}\n")
        self.assertFalse(os.path.exists(self.cached))

    def test_levels(self):
        self.write("mod.py", "assert False\nprint('running')\ndef f(): 'doc'\nprint(f.__doc__)")
        self.import_mod()
        self.assertIn("running\ndoc", self.import_mod("-O"))
        self.assertIn("running\nNone", self.import_mod("-OO"))
        names = sorted(os.listdir(f"{self.folder}/__pycache__"))
        self.assertEqual(names, [f"mod.{TAG}.opt-1.pyc", f"mod.{TAG}.opt-2.pyc", f"mod.{TAG}.pyc"])

    def test_hash(self):
        for checked, after in ((True, "running"), (False, "cached")):
            mode = "CHECKED_HASH" if checked else "UNCHECKED_HASH"
            py_compile.compile(self.source, invalidation_mode=py_compile.PycInvalidationMode[mode])
            self.patch_code()
            os.utime(self.source, (1, 1))
            self.assertIn("cached", self.import_mod())
            with open(self.source, "a") as file:
                file.write("#\n")
            self.assertIn("cached", self.import_mod("--check-hash-based-pycs", "never"))
            self.assertIn(after, self.import_mod())
            self.patch_code()
            if checked:                    # what replaces it is checked as well
                with open(self.cached, "rb") as file:
                    self.assertEqual(file.read(5)[4], 3)
            else:
                with open(self.source, "a") as file:
                    file.write("#\n")
                self.assertIn("running", self.import_mod("--check-hash-based-pycs", "always"))

    def test_folder_that_cannot_be_written(self):
        self.write("__pycache__", "a file")
        self.assertEqual(self.import_mod(), f"running\n{self.cached}\n")

    def test_mode_of_the_file(self):
        os.chmod(self.source, 0o440)
        self.import_mod()
        self.assertEqual(stat.S_IMODE(os.stat(self.cached).st_mode), 0o640 & ~self.umask())

    @staticmethod
    def umask():
        mask = os.umask(0)
        os.umask(mask)
        return mask

    def test_moved_source_has_its_new_name(self):
        self.import_mod()
        os.rename(self.folder + "/mod.py", self.write("new/x", ""))
        os.rename(self.folder + "/new/x", self.folder + "/new/mod.py")
        os.rename(self.folder + "/__pycache__", self.folder + "/new/__pycache__")
        out = self.run_program("-c", "import sys; sys.path[:0] = ['new']; import mod; print(mod.WHERE)")
        self.assertEqual(out, f"running\n{self.folder}/new/mod.py\n")

    def test_package(self):
        self.write("pack/__init__.py", "from . import part\nprint(__cached__, part.__cached__)")
        self.write("pack/part.py", "")
        folder = f"{self.folder}/pack/__pycache__/"
        expected = f"{folder}__init__.{TAG}.pyc {folder}part.{TAG}.pyc\n"
        self.assertEqual(self.run_program("-c", f"import sys; sys.path[0] = '{self.folder}'; import pack"), expected)

    def test_compileall(self):
        self.assertEqual(self.run_program("-m", "compileall", "-q", "."), "")
        self.assertEqual(os.listdir(f"{self.folder}/__pycache__"), [os.path.basename(self.cached)])


class SystemCache(Files):
    """Code of the standard library, which lies below /usr."""

    def place(self, root="cache/ounce"):
        return f"{self.folder}/{root}/usr/lib/python3.11/bisect.{TAG}.pyc"

    def import_bisect(self, *options, **environment):
        return self.run_program(*options, "-c", "import bisect; print(bisect.__cached__)", **environment)

    def test_in_the_users_folder(self):
        out = self.import_bisect(XDG_CACHE_HOME=self.folder + "/cache")
        self.assertEqual(out, self.place() + "\n")
        self.assertEqual(stat.S_IMODE(os.stat(self.place()).st_mode), 0o600)
        self.assertEqual(stat.S_IMODE(os.stat(self.folder + "/cache/ounce").st_mode), 0o700)
        self.assertFalse(os.path.exists(f"/usr/lib/python3.11/__pycache__/bisect.{TAG}.pyc"))
        self.patch_code(self.place())
        self.assertIn("cached", self.import_bisect(XDG_CACHE_HOME=self.folder + "/cache"))

    def test_home(self):
        out = self.import_bisect(XDG_CACHE_HOME="", HOME=self.folder)
        self.assertEqual(out, self.place(".cache/ounce") + "\n")
        self.assertTrue(os.path.exists(out.strip()))

    def test_nowhere(self):
        os.chmod(self.folder, 0o777)
        for home in (self.folder, "/nonexistent", "", "relative"):
            self.import_bisect(XDG_CACHE_HOME="", HOME=home)
        self.assertEqual(os.listdir(self.folder), ["mod.py"])

    @unittest.skipUnless(os.geteuid() == 0, "needs a file of another user")
    def test_another_users_code_is_not_run(self):
        cache = self.folder + "/cache"
        self.import_bisect(XDG_CACHE_HOME=cache)
        self.patch_code(self.place())
        os.chown(self.place(), 12345, 12345)
        self.assertEqual(self.import_bisect(XDG_CACHE_HOME=cache), self.place() + "\n")
        os.chown(cache, 12345, 12345)
        self.patch_code(self.place())
        self.assertNotIn("cached\n", self.import_bisect(XDG_CACHE_HOME=cache))

    def test_importlib_knows_the_place(self):
        code = """if True:
            import importlib.util, os, py_compile
            place = importlib.util.cache_from_source('/usr/lib/python3.11/bisect.py')
            print(place, importlib.util.source_from_cache(place))
            print(py_compile.compile('/usr/lib/python3.11/bisect.py') == place, os.path.exists(place))"""
        out = self.run_program("-c", code, XDG_CACHE_HOME=self.folder + "/cache")
        self.assertEqual(out, f"{self.place()} /usr/lib/python3.11/bisect.py\nTrue True\n")

    def test_prefix_counts_more(self):
        out = self.import_bisect("-X", f"pycache_prefix={self.folder}/pre", XDG_CACHE_HOME=self.folder + "/cache")
        self.assertEqual(out, self.place("pre") + "\n")


class NoSource(Files):
    def compile(self, name="mod.pyc"):
        path = os.path.join(self.folder, name)
        py_compile.compile(self.source, cfile=path)
        os.remove(self.source)
        return path

    def test_module(self):
        path = self.compile()
        code = "import mod; print(mod.__file__, mod.__cached__, mod.WHERE, type(mod.__loader__).__name__)"
        self.assertEqual(self.run_program("-c", code).split()[1:3], [path] * 2)
        self.assertTrue(os.path.exists(path))

    def test_package(self):
        os.mkdir(self.folder + "/pack")
        self.compile("pack/__init__.pyc")
        self.assertEqual(self.run_program("-c", "import pack; print(pack.__path__)"), f"running\n['{self.folder}/pack']\n")

    def test_source_comes_first(self):
        path = self.compile()
        self.write("mod.py", "print('source')")
        self.assertEqual(self.run_program("-c", "import mod"), "source\n")
        self.assertTrue(os.path.exists(path))

    def test_bad(self):
        path = self.compile()
        with open(path, "rb") as file:
            good = file.read()
        for data, message in ((b"", "ImportError: bad magic number in 'mod': b''"),
                              (b"\xa7\r\r\n" + good[4:], r"ImportError: bad magic number in 'mod': b'\xa7\r\r\n'"),
                              (good[:9], "EOFError: reached EOF while reading pyc header of 'mod'"),
                              (good[:4] + b"\4" + good[5:], "ImportError: invalid flags 4 in 'mod'"),
                              (good[:16], "EOFError: EOF read where object expected"),
                              (good[:16] + marshal.dumps(1), "ImportError: Non-code object in '" + path + "'"),
                              (good[:-1] + bytes([good[-1] ^ 1]), "ValueError: bad marshal data (code that this "
                               "version of Ounce did not write, or that is damaged)")):
            with open(path, "wb") as file:
                file.write(data)
            self.assertEqual(self.run_program("-c", "import mod"), message)

    def test_program(self):
        path = self.compile("prog.pyc")
        self.assertEqual(self.run_program(path), "running\n")
        os.rename(path, self.folder + "/prog")
        self.assertEqual(self.run_program("prog"), "running\n")
        self.assertEqual(self.run_program(self.write("other.pyc", "print(1)")),
                         "RuntimeError: Bad magic number in .pyc file")

    def test_zip(self):
        self.compile()
        with zipfile.ZipFile(self.folder + "/all.zip", "w") as file:
            file.write(self.folder + "/mod.pyc", "mod.pyc")
        os.remove(self.folder + "/mod.pyc")
        self.assertEqual(self.run_program("-c", "import mod", PYTHONPATH="all.zip"), "running\n")


if __name__ == "__main__":
    unittest.main()
