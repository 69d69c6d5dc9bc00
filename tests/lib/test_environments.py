# Virtual environments, and where the program finds itself, its library and its packages.
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

PLACES = "import sys; print(sys.executable, sys.prefix, sys.exec_prefix, sys.base_prefix)"


class Folder(unittest.TestCase):
    def setUp(self):
        self.folder = os.path.realpath(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)

    def run_program(self, *words, env=None, cwd=None, executable=None, status=0):
        clean = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
        done = subprocess.run(words, env={**clean, **(env or {})}, cwd=cwd, executable=executable,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True)
        self.assertEqual(done.returncode, status, done.stderr)
        self.error = done.stderr
        return done.stdout.strip()

    def write(self, path, text):
        path = os.path.join(self.folder, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(text)
        return path


class Environments(Folder):
    def make(self, *options):
        self.home = os.path.join(self.folder, "env")
        self.run_program(sys.executable, "-m", "venv", "--without-pip", *options, self.home)
        self.python = os.path.join(self.home, "bin", "python")
        self.packages = os.path.join(self.home, "lib", "python3.11", "site-packages")

    def evaluate(self, expression, *options, **keywords):
        return eval(self.run_program(self.python, *options, "-c",
                                     "import sys; print(repr(%s))" % expression, **keywords))

    def check_environment(self):
        for name in "python", "python3", "python3.11":
            python = os.path.join(self.home, "bin", name)
            self.assertEqual(self.run_program(python, "-c", PLACES).split(),
                             [python, self.home, self.home, sys.base_prefix])
        path = self.evaluate("sys.path")
        self.assertEqual(path[-1], self.packages)
        self.assertFalse([each for each in path if each.endswith("dist-packages")])
        base = self.evaluate("sys._base_executable")
        self.assertTrue(os.path.samefile(base, sys.executable), base)
        self.assertEqual(self.evaluate("__import__('objgraph').__name__"), "objgraph")

    def test_links(self):
        self.make()
        self.assertTrue(os.path.islink(self.python))
        self.check_environment()

    def test_copies(self):
        self.make("--copies")
        self.assertFalse(os.path.islink(self.python))
        self.check_environment()

    def test_site_and_sysconfig_agree(self):
        self.make()
        self.assertEqual(self.evaluate("__import__('site').getsitepackages()[0]"), self.packages)
        paths = self.evaluate("__import__('sysconfig').get_paths()")
        self.assertEqual(paths["purelib"], self.packages)
        self.assertEqual(paths["scripts"], os.path.join(self.home, "bin"))
        self.assertEqual(paths["stdlib"], os.path.join(sys.base_prefix, "lib/python3.11"))
        before, after = self.evaluate("(sys.path[:], __import__('site') and sys.path)")
        self.assertEqual(before, after)

    def test_packages_of_the_system(self):
        self.make("--system-site-packages")
        path = self.evaluate("sys.path", "-s")
        outside = eval(self.run_program(sys.executable, "-s", "-c", "import sys; print(sys.path)"))
        self.assertEqual([each for each in path if each != self.packages], outside)
        if outside[-1].endswith("packages"):
            self.assertLess(path.index(self.packages), path.index(outside[-1]))
        prefixes = self.evaluate("__import__('site').PREFIXES")
        self.assertEqual(prefixes[:2], [self.home, sys.base_prefix])

    def test_without_site(self):
        self.make()
        self.assertEqual(self.evaluate("sys.prefix", "-S"), sys.base_prefix)
        self.assertNotIn(self.packages, self.evaluate("sys.path", "-S"))

    def test_options(self):
        self.make()
        for options in ("-I",), ("-E",), ("-s",), ("-P",):
            self.assertEqual(self.evaluate("sys.prefix", *options), self.home)
            self.assertIn(self.packages, self.evaluate("sys.path", *options))
        self.assertEqual(self.evaluate("sys.base_prefix", env={"PYTHONHOME": sys.base_prefix + "/"}),
                         sys.base_prefix + "/")

    def test_script(self):
        self.make()
        self.write(os.path.join(self.packages, "mine.py"), "where = __file__\n")
        script = self.write("script", "#!%s\nimport mine\nprint(mine.where)\n" % self.python)
        os.chmod(script, 0o755)
        self.assertEqual(self.run_program(script), os.path.join(self.packages, "mine.py"))

    def test_activate(self):
        self.make()
        activate = os.path.join(self.home, "bin", "activate")
        said = self.run_program("/bin/bash", "-c", ". %s; python -c '%s'; deactivate; "
                                "python -c 1 2>/dev/null && type -p python || true" % (activate, PLACES))
        self.assertEqual(said.split()[:2], [self.python, self.home])
        self.assertNotIn(self.home, said.split()[4:])

    def test_environment_of_an_environment(self):
        self.make()
        inner = os.path.join(self.folder, "inner")
        self.run_program(self.python, "-m", "venv", "--without-pip", inner)
        python = os.path.join(inner, "bin", "python")
        self.assertEqual(self.run_program(python, "-c", PLACES).split(),
                         [python, inner, inner, sys.base_prefix])

    def test_settings(self):
        # the file may lie beside the program; keys and values as anybody may write them
        self.make()
        settings = os.path.join(self.home, "pyvenv.cfg")
        os.rename(settings, os.path.join(self.home, "bin", "pyvenv.cfg"))
        self.assertEqual(self.evaluate("sys.prefix"), self.home)
        self.write(os.path.join(self.home, "bin", "pyvenv.cfg"),
                   "# a line that says nothing\n  HOME=  %s  \nInclude-System-Site-Packages = TRUE\n"
                   % os.path.dirname(sys.executable))
        self.assertEqual(self.evaluate("sys._home"), os.path.dirname(sys.executable))
        self.assertEqual(self.evaluate("__import__('site').PREFIXES[1]"), sys.base_prefix)

    def test_lines_of_code(self):
        self.make()
        extra = os.path.join(self.folder, "extra")
        os.mkdir(extra)
        self.write(os.path.join(self.packages, "b.pth"), "import sys; sys.from_line = sys.path[-1]\n")
        self.write(os.path.join(self.packages, "a.pth"), "# comment\n%s  \nnot there\n" % extra)
        self.assertEqual(self.evaluate("sys.from_line"), extra)
        self.assertEqual(self.evaluate("sys.path").count(extra), 1)

    def test_customize(self):
        self.make()
        mine = os.path.dirname(self.write("mine/sitecustomize.py", "import sys; sys.custom = 1\n"))
        self.assertEqual(self.evaluate("sys.custom", env={"PYTHONPATH": mine}), 1)
        self.assertFalse(self.evaluate("hasattr(sys, 'custom')"))
        self.assertFalse(self.evaluate("hasattr(sys, 'custom')", "-S", env={"PYTHONPATH": mine}))


class Programs(Folder):
    def executable_of(self, called, **keywords):
        return self.run_program(called, "-c", "import sys; print(sys.executable)",
                                executable=sys.executable, **keywords)

    def test_executable(self):
        link = os.path.join(self.folder, "some name")
        os.symlink(sys.executable, link)
        self.assertEqual(self.executable_of(link), link)
        self.assertEqual(self.executable_of("./some name", cwd=self.folder), link)
        self.assertEqual(self.executable_of("x/.././/some name", cwd=self.folder), link)
        path = "/nowhere:%s:/bin" % self.folder
        self.assertEqual(self.executable_of("some name", env={"PATH": path}), link)
        self.assertEqual(self.executable_of("other name", env={"PATH": path}), "")

    def test_path_is_absolute_and_has_nothing_twice(self):
        said = self.run_program(sys.executable, "-c", "import sys; print(sys.path)", cwd=self.folder,
                                env={"PYTHONPATH": "a:b:./a:a/../b:/usr//lib:/usr/lib/"})
        self.assertEqual(eval(said)[:4], ["", os.path.join(self.folder, "a"),
                                          os.path.join(self.folder, "b"), "/usr/lib"])

    def test_user_site(self):
        packages = os.path.join(self.folder, "lib/python3.11/site-packages")
        self.write(os.path.join(packages, "x.pth"), "import sys; sys.user_line = 1\n")
        code = "import sys; print(%r in sys.path, hasattr(sys, 'user_line'))" % packages
        home = {"PYTHONUSERBASE": self.folder}
        self.assertEqual(self.run_program(sys.executable, "-c", code, env=home), "True True")
        self.assertEqual(self.run_program(sys.executable, "-s", "-c", code, env=home), "False False")

    def test_path_file(self):
        link = os.path.join(self.folder, "python")
        os.symlink(sys.executable, link)
        self.write("python._pth", "/usr/lib/python3.11\n\n# comment\n.\n../up # more\nimport os\n")
        said = self.run_program(link, "-c", "import sys; print((sys.path, sys.flags.isolated, "
                                "sys.flags.no_site, sys.prefix))", env={"PYTHONPATH": "/nowhere"})
        up = os.path.join(os.path.dirname(self.folder), "up")
        self.assertEqual(eval(said), (["/usr/lib/python3.11", self.folder, up], 1, 1, self.folder))
        self.assertEqual(self.error, "unsupported 'import' line in ._pth file\n")
        self.write("python._pth", "/usr/lib/python3.11\nimport site\n")
        self.assertEqual(self.run_program(link, "-c", "import sys; print(sys.flags.no_site)"), "0")

    def test_interactive_hook(self):
        start = self.write("start.py", "import sys\ndef hook():\n    print('hook')\n"
                           "sys.__interactivehook__ = hook\n")
        self.assertEqual(self.run_program(sys.executable, "-q", "-i", env={"PYTHONSTARTUP": start}),
                         "hook")

    def test_modules_that_come_first(self):
        for name in "genericpath", "posixpath", "os", "site", "importlib", "stat":
            self.run_program(sys.executable, "-c", "import " + name)


if __name__ == "__main__":
    unittest.main()
