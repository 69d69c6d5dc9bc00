# Complex numbers.
a, b = 1 + 2j, 3 - 4j
print(a + b, a - b, a * b, a / b, a ** 2, a ** 0.5, -a, abs(b), a.conjugate(), a.real, a.imag, a == 1 + 2j, bool(0j))  # expect: (4-2j) (-2+6j) (11+2j) (-0.2+0.4j) (-3+4j) (1.272019649514069+0.7861513777574233j) (-1-2j) 5.0 (1-2j) 1.0 2.0 True False
print(complex(1), complex("1+2j"), complex(" -j "), complex(1, 2), complex(1j, 1j), complex("nan+infj"), 1j ** 2, 2 ** 1j)  # expect: (1+0j) (1+2j) -1j (1+2j) (-1+1j) (nan+infj) (-1+0j) (0.7692389013639721+0.6389612763136348j)
for f in (lambda: a < b, lambda: a // b, lambda: a / 0, lambda: complex("1 + 2j"), lambda: complex("1", 2), lambda: int(a), lambda: 0j ** -1, lambda: complex(None), lambda: complex(1, "2"), lambda: divmod(a, b)):
    try:
        f()
    except (TypeError, ValueError, ZeroDivisionError) as e:
        print(type(e).__name__, e)  # expect: TypeError '<' not supported between instances of 'complex' and 'complex'
        # expect: TypeError unsupported operand type(s) for //: 'complex' and 'complex'
        # expect: ZeroDivisionError complex division by zero
        # expect: ValueError complex() arg is a malformed string
        # expect: TypeError complex() can't take second arg if first is a string
        # expect: TypeError int() argument must be a string, a bytes-like object or a real number, not 'complex'
        # expect: ZeroDivisionError 0.0 to a negative or complex power
        # expect: TypeError complex() first argument must be a string or a number, not 'NoneType'
        # expect: TypeError complex() second arg can't be a string
        # expect: TypeError unsupported operand type(s) for divmod(): 'complex' and 'complex'
