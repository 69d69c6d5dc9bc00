# SPDX-License-Identifier: MIT
"""_decimal beyond CPython's own tests: sizes of numbers, hostile exponents and precisions, contexts."""
import contextvars
import decimal
import pickle
import random
import signal
import sys
import unittest
from decimal import (MAX_EMAX, MAX_PREC, MIN_EMIN, Context, Decimal, DecimalException, Inexact,
                     InvalidOperation, Overflow, Rounded, getcontext, localcontext)
from fractions import Fraction


class ArithmeticTest(unittest.TestCase):
    def exact(self, a, b):
        """Sums, differences and products of ints and Decimals agree, and so does divmod."""
        x, y = Decimal(a), Decimal(b)
        self.assertEqual(int(x + y), a + b)
        self.assertEqual(int(x - y), a - b)
        self.assertEqual(int(x * y), a * b)
        if b:
            quotient, rest = divmod(abs(x), abs(y))
            self.assertEqual((int(quotient), int(rest)), divmod(abs(a), abs(b)))
        self.assertEqual(hash(x), hash(a))
        self.assertEqual(str(x), str(a))
        self.assertEqual((x < y, x == y, x > y), (a < b, a == b, a > b))

    def test_ints_of_all_sizes(self):
        source = random.Random(1)
        with localcontext(prec=40000), self.subTest():
            for size in (1, 8, 17, 18, 19, 20, 37, 38, 39, 57, 100, 400, 800, 1500, 3000, 14000):
                for other in (1, 10, 19, 38, 500, size):
                    a = source.randrange(-10 ** size, 10 ** size)
                    b = source.randrange(-10 ** other, 10 ** other)
                    sys.set_int_max_str_digits(0)
                    self.exact(a, b)
                    self.exact(10 ** size, 10 ** other - 1)

    def test_fractions_agree(self):
        source = random.Random(2)
        with localcontext(prec=28):
            for _ in range(300):
                a = Decimal(source.randrange(-10 ** 12, 10 ** 12)).scaleb(source.randrange(-9, 9))
                b = Decimal(source.randrange(1, 10 ** 12)).scaleb(source.randrange(-9, 9))
                for op in "+", "-", "*", "/":
                    value = eval(f"a {op} b")
                    exact = eval(f"Fraction(a) {op} Fraction(b)")
                    unit = Decimal((0, (1,), value.as_tuple().exponent))
                    self.assertLessEqual(abs(Fraction(value) - exact), Fraction(unit) / 2)

    def test_pi_by_two_ways(self):
        with localcontext(prec=2010):
            a, b, t, p = Decimal(1), 1 / Decimal(2).sqrt(), Decimal("0.25"), Decimal(1)
            for _ in range(11):
                a, b, t, p = (a + b) / 2, (a * b).sqrt(), t - p * ((a - b) / 2) ** 2, 2 * p
            pi = (a + b) ** 2 / (4 * t)

            def arctan_of_inverse(n):
                term = total = Decimal(1) / n
                k, square = 1, n * n
                while term.adjusted() > -2015:
                    term /= -square
                    k += 2
                    total += term / k
                return total
            other = 16 * arctan_of_inverse(5) - 4 * arctan_of_inverse(239)
            self.assertLess(abs(pi - other), Decimal("1e-2000"))

    def test_logarithms_and_exponentials(self):
        for prec in 1, 9, 28, 100, 700:
            with localcontext(prec=prec + 10):
                values = [Decimal("2.5").ln().exp(), Decimal("1e-20").exp().ln() * Decimal("2.5e20"),
                          10 ** Decimal("2.5").log10(), Decimal("2.5") ** Decimal("0.3") ** 1,
                          Decimal("6.25") ** Decimal("0.5")]
            with localcontext(prec=prec):
                self.assertEqual(+values[0], +Decimal("2.5"))
                self.assertEqual(+values[2], +Decimal("2.5"))
                self.assertEqual(+values[4], +Decimal("2.5"))

    def test_flags_of_short_results(self):
        with localcontext(prec=4) as c:
            c.traps[Inexact] = c.traps[Rounded] = False
            a, b = Decimal("1.23"), Decimal("5005")
            for expression, flags in (("a + 1", []), ("a * b", [Inexact, Rounded]), ("a - a", []),
                                      ("b / 3", [Inexact, Rounded]), ("b * 2", [Rounded]),
                                      ("b + b", [Rounded]), ("b / 7", []), ("b - b / 7 * 7", [])):
                c.clear_flags()
                eval(expression)
                self.assertEqual([s for s in c.flags if c.flags[s]], flags, expression)
            c.traps[Rounded] = True
            with self.assertRaises(Rounded):
                b + b
            with self.assertRaises(Rounded):
                Decimal(1) / 3


class SizesTest(unittest.TestCase):
    def test_exponents_far_apart(self):
        far, near = Decimal("1e999999"), Decimal("1e-999999")
        self.assertEqual(str(far + near), "1.000000000000000000000000000E+999999")
        self.assertEqual(str(far - near), "1.000000000000000000000000000E+999999")
        self.assertGreater(far, near)
        self.assertEqual(str(near - 1), "-1.000000000000000000000000000")
        self.assertEqual(far.compare(10 ** 100), 1)
        with self.assertRaises(Overflow):
            far * 10
        for zero, result in ("0", "0E-999999"), ("-0E+5", "-0E-999999"):
            self.assertEqual(str(Decimal(zero).remainder_near(near)), result)
            self.assertEqual(str(Decimal(zero).remainder_near(far)), zero)
        with localcontext(Context(prec=5, Emax=MAX_EMAX, Emin=MIN_EMIN)):
            self.assertEqual(str(Decimal("0E-99999").remainder_near(Decimal("1E+999999999"))), "0E-99999")

    def test_the_widest_context(self):
        with localcontext(Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN)):
            huge = Decimal("1e999999999")
            self.assertEqual(str(huge * huge), "1E+1999999998")
            self.assertEqual(Decimal(4) / 2, 2)
            self.assertEqual(Decimal(1) / 8, Decimal("0.125"))
            self.assertEqual(Decimal("1e10").sqrt(), 10 ** 5)
            self.assertEqual(hash(huge), hash(pow(10, 999999999, sys.hash_info.modulus)))
            for call in ("huge + 1", "Decimal(1) / 3", "Decimal(2).sqrt()", "Decimal(2).exp()",
                         "Decimal(2).ln()", "Decimal(2) ** Decimal('0.3')", "Decimal(3) ** -1",
                         "Decimal(1).next_plus()", "Decimal(1).logical_invert()", "int(huge)",
                         "huge % 3", "Decimal(1).shift(10 ** 17)", "round(huge)",
                         "Decimal('1e-999999999').as_integer_ratio()", "f'{huge:f}'",
                         "pow(Decimal(3), huge, 7)", "Decimal(3) ** 10 ** 12"):
                with self.subTest(call), self.assertRaises(MemoryError):
                    eval(call)

    def test_an_endless_operation_is_interrupted(self):
        def handler(*_):
            raise TimeoutError
        old = signal.signal(signal.SIGALRM, handler)
        try:
            for call in "exp", "ln", "log10":
                with localcontext(prec=20_000_000), self.assertRaises(TimeoutError):
                    signal.setitimer(signal.ITIMER_REAL, 0.02)
                    getattr(Decimal(2), call)()
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, old)

    def test_a_handler_may_compute(self):
        seen = []

        def handler(*_):
            seen.append(Decimal(2).sqrt() + Decimal(1) / 3)
            if len(seen) > 3:
                signal.setitimer(signal.ITIMER_REAL, 0)
        old = signal.signal(signal.SIGALRM, handler)
        try:
            with localcontext(prec=4000):
                expected = Decimal(3).ln()
                signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
                for _ in range(200):
                    self.assertEqual(Decimal(3).ln(), expected)
                    if len(seen) > 3:
                        break
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, old)


class FormatTest(unittest.TestCase):
    def test_zeros_to_fill_with(self):
        number = Decimal("1.5")
        for spec, text in (("07", "00001.5"), ("+07", "+0001.5"), ("z07", "00001.5"), ("0", "1.5"), ("0>5", "001.5"),
                           ("0=5", "001.5"), ("=5", "  1.5"), ("x=5", "xx1.5"), ("==5", "==1.5")):
            self.assertEqual(format(number, spec), text, spec)
        for spec in "=07 <07 x<07 0<07 =+07, >0 00 007 +00 +z00".split():
            self.assertRaisesRegex(ValueError, "invalid format string", format, number, spec)


class ContextTest(unittest.TestCase):
    def test_each_context_of_contextvars_has_its_own(self):
        def work():
            getcontext().prec = 7
            return Decimal(1) / 3
        before = getcontext().prec
        self.assertEqual(str(contextvars.Context().run(work)), "0.3333333")
        self.assertEqual(getcontext().prec, before)

    def test_a_generator_leaves_its_context_behind(self):
        def steps():
            with localcontext(prec=5):
                yield Decimal(1) / 3
                yield Decimal(1) / 3
        generator = steps()
        self.assertEqual(str(next(generator)), "0.33333")
        generator.close()
        self.assertEqual(getcontext().prec, 28)

    def test_an_argument_may_replace_the_context(self):
        class Index(Fraction):
            @property
            def numerator(self):
                decimal.setcontext(Context(prec=3))
                return 1
        with localcontext():
            self.assertFalse(Decimal(2) < Index(1, 2))
        self.assertEqual(getcontext().prec, 28)

    def test_subclasses(self):
        class Money(Decimal):
            pass
        value = Money("1.50")
        value.note = "x" * 50
        copy = pickle.loads(pickle.dumps(Decimal(value)))
        self.assertIs(type(value + value), Decimal)
        self.assertEqual((value, str(value), value.note[:1]), (copy, "1.50", "x"))
        self.assertEqual(Money(10 ** 100), 10 ** 100)
        self.assertEqual({value: 1}[Decimal("1.5")], 1)
        self.assertIs(type(Money.from_float(0.5)), Money)

    def test_what_is_not_a_number(self):
        for text in "", " ", "_", "1_", "e5", "--1", "1e", "1e+", "nan.", "snan-1", "٣.٤x":
            with self.subTest(text):
                if text == "1_":
                    self.assertEqual(Decimal(text), 1)
                else:
                    self.assertRaises(InvalidOperation, Decimal, text)
        self.assertEqual(Decimal("٣.٤"), Decimal("3.4"))
        self.assertEqual(str(Decimal(" \u2003-1_000.5e3\n")), "-1.0005E+6")

    def test_classes_stay_when_the_module_comes_again(self):
        old = sys.modules.pop("_decimal")
        try:
            import _decimal
            self.assertIs(_decimal.Decimal, Decimal)
            self.assertIs(_decimal.DecimalException, DecimalException)
        finally:
            sys.modules["_decimal"] = old


class Attributes(unittest.TestCase):
    def test_flags_and_traps_are_of_the_instance(self):
        context = decimal.Context()
        self.assertFalse({"flags", "traps"} & set(dir(context)))
        self.assertFalse(hasattr(decimal.Context, "flags"))
        self.assertIs(context.flags, context.flags)
        with self.assertRaisesRegex(AttributeError, "context attributes cannot be deleted"):
            del context.flags
        with self.assertRaisesRegex(TypeError, "argument must be a signal dict"):
            context.traps = []
        context.traps = dict.fromkeys(context.flags, True)
        self.assertTrue(all(context.traps.values()))

    def test_module_is_in_the_class(self):
        for cls in decimal.Context, decimal.Decimal:
            self.assertEqual(vars(cls)["__module__"], "decimal")


class Exponentials(unittest.TestCase):
    def test_near_one(self):
        # what is one without a look at the digits is not subnormal before it is rounded
        for text, subnormal in ("-9E-9", False), ("-9.00000000001E-9", True), ("-1E-8", True), ("-1E-40", False):
            context = decimal.Context(prec=5, Emin=0, Emax=3, traps=[])
            self.assertEqual(str(decimal.Decimal(text).exp(context)), "1.0000")
            self.assertEqual(context.flags[decimal.Subnormal], subnormal, text)
            self.assertTrue(context.flags[decimal.Inexact] and context.flags[decimal.Rounded])


if __name__ == "__main__":
    unittest.main()
