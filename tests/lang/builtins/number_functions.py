# abs, divmod, pow, round, bin, oct, hex, chr, ord.
print(abs(-5), abs(-2.5), abs(3 + 4j), divmod(7, -2), divmod(-7.5, 2), pow(2, 10), pow(2, -1), pow(3, 4, 5), pow(3, -1, 7))  # expect: 5 2.5 5.0 (-4, -1) (-4.0, 0.5) 1024 0.5 1 5
print(round(2.5), round(3.5), round(-2.5), round(2.675, 2), round(1234, -2), round(15, -1), round(25, -1), round(1.5, None))  # expect: 2 4 -2 2.67 1200 20 20 2
print(bin(-5), oct(8), hex(255), chr(8364), ord("é"), chr(0x10FFFF) == "\U0010ffff")  # expect: -0b101 0o10 0xff € 233 True
def attempt(f):
    try:
        print(f())
    except (TypeError, ValueError, ZeroDivisionError, OverflowError) as e:
        print(type(e).__name__, e)
attempt(lambda: divmod(1, 0))  # expect: ZeroDivisionError integer division or modulo by zero
attempt(lambda: pow(0, -1))  # expect: ZeroDivisionError 0.0 cannot be raised to a negative power
attempt(lambda: pow(2, -1, 4))  # expect: ValueError base is not invertible for the given modulus
attempt(lambda: pow(2, 1, 0))  # expect: ValueError pow() 3rd argument cannot be 0
attempt(lambda: pow(2.0, 1, 3))  # expect: TypeError pow() 3rd argument not allowed unless all arguments are integers
attempt(lambda: chr(-1))  # expect: ValueError chr() arg not in range(0x110000)
attempt(lambda: chr(0x110000))  # expect: ValueError chr() arg not in range(0x110000)
attempt(lambda: ord(""))  # expect: TypeError ord() expected a character, but string of length 0 found
attempt(lambda: ord(5))  # expect: TypeError ord() expected string of length 1, but int found
attempt(lambda: round("x"))  # expect: TypeError type str doesn't define __round__ method
attempt(lambda: round(1.5, "x"))  # expect: TypeError 'str' object cannot be interpreted as an integer
attempt(lambda: bin(1.5))  # expect: TypeError 'float' object cannot be interpreted as an integer
attempt(lambda: round(float("nan")))  # expect: ValueError cannot convert float NaN to integer
attempt(lambda: round(float("inf")))  # expect: OverflowError cannot convert float infinity to integer
