# The % operator.
print("%s %r %a %d %i %5d|%-5d|%05d %+d % d" % ("s", "r", "é", 1, 2, 3, 4, 5, 6, 7))  # expect: s 'r' '\xe9' 1 2     3|4    |00005 +6  7
print("%x %X %#x %o %#o %c %c %% %e %.2f %g %5.1f|%-8.2f|" % (255, 255, 255, 8, 8, "c", 65, 12.5, 2.345, 1e10, 3.14159, 2.5))  # expect: ff FF 0xff 10 0o10 c A % 1.250000e+01 2.35 1e+10   3.1|2.50    |
print("%(a)s %(b)03d %(a)s" % {"a": 1, "b": 2}, "%*d %-*.*f|" % (5, 3, 8, 2, 1.5), "%s" % (1,), "%s" % [1, 2], "%.3s" % "abcdef", "%s" % None)  # expect: 1 002 1     3 1.50    | 1 [1, 2] abc None
print("%d" % 3.9, "%d" % 10 ** 3, "%s%%" % 5, "%i" % True, "%.0f" % 0.5, "%x" % -255, "%#.3x" % 5, "%r" % "a")  # expect: 3 1000 5% 1 0 -ff 0x005 'a'
for fmt, arg in [("%d", "a"), ("%s %s", 1), ("%s", (1, 2)), ("%(a)s", 1), ("%(a)s", {}), ("%", 1), ("%q", 1), ("%c", "ab"), ("%c", -1), ("%x", 1.5), ("%f", "a"), ("%*d", ("a", 1)), ("%(a", {}), ("%d", None), ("x", 1), ("%.9999999999999f", 1.0)]:
    try:
        print(fmt % arg)
    except (TypeError, ValueError, KeyError, OverflowError) as e:
        print(type(e).__name__, e)  # expect: TypeError %d format: a real number is required, not str
        # expect: TypeError not enough arguments for format string
        # expect: TypeError not all arguments converted during string formatting
        # expect: TypeError format requires a mapping
        # expect: KeyError 'a'
        # expect: ValueError incomplete format
        # expect: ValueError unsupported format character 'q' (0x71) at index 1
        # expect: TypeError %c requires int or char
        # expect: OverflowError %c arg not in range(0x110000)
        # expect: TypeError %x format: an integer is required, not float
        # expect: TypeError must be real number, not str
        # expect: TypeError * wants int
        # expect: ValueError incomplete format key
        # expect: TypeError %d format: a real number is required, not NoneType
        # expect: TypeError not all arguments converted during string formatting
        # expect: ValueError precision too big
