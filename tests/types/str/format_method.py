# str.format: fields, attributes, items, conversions, nesting.
class P: x = 5
print("{} {1} {}".replace("{1}", "{}").format(1, 2, 3), "{0}{1}{0}".format("a", "b"), "{a} {b[0]} {b[k]} {p.x}".format(a=1, b={0: "i", "k": "s"}, p=P))  # expect: 1 2 3 aba 1 i s 5
print("{!r:>6}|{:{}}|{:{w}.{p}f}|{{}}|{:,}".format("a", "b", 4, 3.14159, 1234567, w=8, p=2))  # expect:    'a'|b   |    3.14|{}|1,234,567
print("{:<5}|{:>5}|{:^5}|{:*^7}|{:5}|{:5}|".format("a", "b", "c", "d", "s", 1), "{0[0][1]} {0[1].x}".format([[1, 2], P]))  # expect: a    |    b|  c  |***d***|s    |    1| 2 5
for args in [("{}",), ("{0} {}", 1), ("{} {0}", 1), ("{a}",), ("{",), ("}",), ("{!x}", 1), ("{:d}", "s"), ("{0.y}", P), ("{0[9]}", [1]), ("{:{:{}}}", 1, 2, 3), ("{!}", 1), ("{0", 1), ("{:5q}", "s"), ("{:=5}", "s"), ("{:,}", "s"), ("{[}", 1), ("{0[}", [1]), ("{a.}", 1), ("{:+}", "s")]:
    try:
        print(args[0].format(*args[1:]))
    except (IndexError, KeyError, ValueError, AttributeError) as e:
        print(type(e).__name__, e)  # expect: IndexError Replacement index 0 out of range for positional args tuple
        # expect: ValueError cannot switch from manual field specification to automatic field numbering
        # expect: ValueError cannot switch from automatic field numbering to manual field specification
        # expect: KeyError 'a'
        # expect: ValueError Single '{' encountered in format string
        # expect: ValueError Single '}' encountered in format string
        # expect: ValueError Unknown conversion specifier x
        # expect: ValueError Unknown format code 'd' for object of type 'str'
        # expect: AttributeError type object 'P' has no attribute 'y'
        # expect: IndexError list index out of range
        # expect: ValueError Max string recursion exceeded
        # expect: ValueError unmatched '{' in format spec
        # expect: ValueError expected '}' before end of string
        # expect: ValueError Unknown format code 'q' for object of type 'str'
        # expect: ValueError '=' alignment not allowed in string format specifier
        # expect: ValueError Cannot specify ',' with 's'.
        # expect: ValueError expected '}' before end of string
        # expect: ValueError expected '}' before end of string
        # expect: KeyError 'a'
        # expect: ValueError Sign not allowed in string format specifier
