# How complex numbers are written.
for c in (1j, -1j, 1 + 0j, -0.0 + 1j, 1.5 - 2.5j, complex("inf"), complex(0, float("nan")), 1e20 + 1e-7j, -0j):
    print(c, repr(c), str(-c))  # expect: 1j 1j (-0-1j)
    # expect: (-0-1j) (-0-1j) 1j
    # expect: (1+0j) (1+0j) (-1-0j)
    # expect: 1j 1j (-0-1j)
    # expect: (1.5-2.5j) (1.5-2.5j) (-1.5+2.5j)
    # expect: (inf+0j) (inf+0j) (-inf-0j)
    # expect: nanj nanj (-0+nanj)
    # expect: (1e+20+1e-07j) (1e+20+1e-07j) (-1e+20-1e-07j)
    # expect: (-0-0j) (-0-0j) 0j
print(f"{1.5 + 2j:.2f} {1 + 1j:>10} {1 + 1j:g}|{1 - 1j:+}")  # expect: 1.50+2.00j     (1+1j) 1+1j|(+1-1j)
for spec in ("05", "=5", "d", "%"):
    try:
        format(1j, spec)
    except ValueError as e:
        print(e)  # expect: Zero padding is not allowed in complex format specifier
        # expect: '=' alignment flag is not allowed in complex format specifier
        # expect: Unknown format code 'd' for object of type 'complex'
        # expect: Unknown format code '%' for object of type 'complex'
