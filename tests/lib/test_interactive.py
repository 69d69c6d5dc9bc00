# SPDX-License-Identifier: MIT
"""The interactive prompt, driven through a pipe with -i and through a terminal."""
import os
import pty
import re
import select
import subprocess
import sys
import tempfile
import time
import unittest

ENVIRONMENT = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")} | {"TERM": "dumb"}


def session(text, *options, **environment):
    """What the prompt writes on stdout and stderr for this input."""
    done = subprocess.run([sys.executable, "-i", "-q", *options], input=text, capture_output=True, text=True,
                          timeout=60, env={**ENVIRONMENT, **environment})
    return done.returncode, done.stdout, done.stderr


class Prompt(unittest.TestCase):
    def test_values_are_shown(self):
        self.assertEqual(session("1 + 1\nNone\n'a'\n_\n"), (0, "2\n'a'\n'a'\n", ">>> >>> >>> >>> >>> \n"))

    def test_blocks(self):
        status, out, err = session("for i in range(2):\n    i\n\n")
        self.assertEqual((status, out), (0, "0\n1\n"))
        self.assertEqual(err, ">>> ... ... >>> \n")

    def test_comments_and_joined_lines(self):
        status, out, err = session("# nothing\nx = \\\n5\nx\n@staticmethod\ndef f():\n  pass\n\n(1,\n2)\n")
        self.assertEqual((status, out), (0, "5\n(1, 2)\n"))
        self.assertEqual(err, ">>> >>> ... >>> >>> ... ... ... >>> ... >>> \n")

    def test_errors_do_not_end_it(self):
        status, out, err = session("1 / 0\nx = = 1\nprint('alive')\n")
        self.assertEqual((status, out), (0, "alive\n"))
        self.assertIn("ZeroDivisionError: division by zero", err)
        self.assertIn('File "<stdin>", line 1', err)
        self.assertIn("SyntaxError: invalid syntax", err)

    def test_a_mistake_at_the_end_of_a_line_is_told_at_once(self):
        for line in ("a b", "def f(:", "'abc"):
            with self.subTest(line):
                _, out, err = session(line + "\n5\n")
                self.assertEqual(out, "5\n")
                self.assertRegex(err, r"(?s)^>>> +File \"<stdin>\", line 1.*SyntaxError: .*>>> >>> \n$")

    def test_exit(self):
        self.assertEqual(session("import sys\nsys.exit(7)\nprint(1)\n")[:2], (7, ""))

    def test_prompts_can_be_changed(self):
        self.assertIn("new> ", session("import sys\nsys.ps1 = 'new> '\n1\n")[2])

    def test_after_a_command(self):
        status, out, _ = session("x\n", "-c", "x = 5; print('ran')")
        self.assertEqual((status, out), (0, "ran\n5\n"))

    def test_after_an_exception(self):
        status, out, err = session("x\n", "-c", "x = 5; 1 / 0")
        self.assertEqual((status, out), (0, "5\n"))
        self.assertIn("ZeroDivisionError", err)

    def test_startup_file(self):
        with tempfile.NamedTemporaryFile("w", suffix=".py") as file:
            file.write("started = 'yes'\n")
            file.flush()
            self.assertEqual(session("started\n", PYTHONSTARTUP=file.name)[1], "'yes'\n")

    def test_banner(self):
        done = subprocess.run([sys.executable, "-i"], input="", capture_output=True, text=True, env=ENVIRONMENT)
        self.assertRegex(done.stderr, r"^Python 3\.11\.\d+")

    def test_displayhook(self):
        self.assertEqual(session("import sys\nsys.displayhook = lambda v: print('shown', v)\n42\n")[1], "shown 42\n")


class Terminal(unittest.TestCase):
    def talk(self, *lines):
        """Type lines at a terminal; return all that is seen."""
        process, terminal = pty.fork()
        if process == 0:
            os.execve(sys.executable, [sys.executable, "-q"], ENVIRONMENT)
        seen = ""
        try:
            for line in [*lines, "raise SystemExit\n"]:
                seen += self.until(terminal, r"(>>>|\.\.\.) $")
                time.sleep(0.2)     # CPython misses a Ctrl-C that comes with the prompt
                os.write(terminal, line.encode())
            seen += self.until(terminal, r"\Z(?!)")
        finally:
            os.close(terminal)
            os.waitpid(process, 0)
        return seen.replace("\r", "")

    def until(self, terminal, pattern):
        text, deadline = "", time.monotonic() + 20
        while time.monotonic() < deadline:
            if not select.select([terminal], [], [], 0.2)[0]:
                continue
            try:
                text += os.read(terminal, 4096).decode(errors="replace")
            except OSError:
                return text
            if re.search(pattern, text):
                return text
        self.fail(f"no prompt, only {text!r}")

    def test_value(self):
        self.assertIn("\n42\n", self.talk("6 * 7\n"))

    def test_characters_beyond_ascii(self):
        self.assertIn("\n'é€😀'\n", self.talk("'é€😀'\n"))

    def test_interrupt_at_the_prompt(self):
        seen = self.talk("\x03", "1 + 1\n")
        self.assertIn("KeyboardInterrupt", seen)
        self.assertIn("\n2\n", seen)


if __name__ == "__main__":
    unittest.main()
