# SPDX-License-Identifier: MIT
"""_contextvars: what CPython's own tests do not look at."""
import contextvars
import gc
import unittest
import weakref


class Contexts(unittest.TestCase):
    def test_copies_do_not_see_each_other(self):
        var = contextvars.ContextVar("var")
        first = contextvars.copy_context()
        first.run(var.set, 1)
        second = first.copy()
        second.run(var.set, 2)
        first.run(var.set, 3)
        self.assertEqual((first[var], second[var]), (3, 2))
        self.assertNotIn(var, contextvars.copy_context())

    def test_iterators_show_what_was_there(self):
        names = [contextvars.ContextVar(str(n)) for n in range(5)]
        context = contextvars.Context()
        for n, var in enumerate(names):
            context.run(var.set, n)
        values = context.values()
        first = next(values)
        context.run(names[3].set, "new")
        self.assertEqual(sorted([first, *values]), [0, 1, 2, 3, 4])
        self.assertEqual(set(context), set(names))

    def test_nested_runs_and_errors(self):
        var = contextvars.ContextVar("var", default=0)
        outer, inner = contextvars.Context(), contextvars.Context()

        def fail():
            var.set(2)
            raise KeyError

        def run():
            var.set(1)
            self.assertRaises(KeyError, inner.run, fail)
            self.assertRaisesRegex(RuntimeError, "is already entered", outer.run, print)
            return var.get()
        self.assertEqual((outer.run(run), inner[var], var.get()), (1, 2, 0))

    def test_reset(self):
        var = contextvars.ContextVar("var")
        token = var.set(1)
        self.assertIs(token.old_value, contextvars.Token.MISSING)
        second = var.set(2)
        self.assertEqual(second.old_value, 1)
        var.reset(second)
        self.assertEqual(var.get(), 1)
        var.reset(token)
        self.assertRaises(LookupError, var.get)
        self.assertRaisesRegex(RuntimeError, "has already been used once", var.reset, token)
        other = contextvars.Context().run(var.set, 1)
        self.assertRaisesRegex(ValueError, "was created in a different Context", var.reset, other)

    def test_cycles_are_collected(self):
        class Value:
            pass
        var = contextvars.ContextVar("var")
        context = contextvars.Context()
        value = Value()
        value.context = context
        context.run(var.set, value)
        gone = weakref.ref(value)
        del value, context
        gc.collect()
        self.assertIsNone(gone())

    def test_generators_share_the_context(self):
        var = contextvars.ContextVar("var", default="outside")

        def generator():
            yield var.get()
            yield var.get()
        g = generator()
        context = contextvars.Context()
        self.assertEqual(context.run(next, g), "outside")
        context.run(var.set, "inside")
        self.assertEqual(context.run(next, g), "inside")


if __name__ == "__main__":
    unittest.main()
