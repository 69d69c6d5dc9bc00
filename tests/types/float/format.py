# The format mini-language for float.
for spec in ("", "f", ".2f", ".0f", "#.0f", "e", ".3E", "g", ".3g", "#g", "%", ".1%", "10.2f", "010.2f", "+.1f", " .1f", ",.2f", "_.2f", "<10|", "*^12.3f", "n", ".10", "G", "=+12.1f"):
    try:
        print(repr(spec), format(1234.5678, spec))
    except ValueError as e:
        print(repr(spec), e)
# expect: '' 1234.5678
# expect: 'f' 1234.567800
# expect: '.2f' 1234.57
# expect: '.0f' 1235
# expect: '#.0f' 1235.
# expect: 'e' 1.234568e+03
# expect: '.3E' 1.235E+03
# expect: 'g' 1234.57
# expect: '.3g' 1.23e+03
# expect: '#g' 1234.57
# expect: '%' 123456.780000%
# expect: '.1%' 123456.8%
# expect: '10.2f'    1234.57
# expect: '010.2f' 0001234.57
# expect: '+.1f' +1234.6
# expect: ' .1f'  1234.6
# expect: ',.2f' 1,234.57
# expect: '_.2f' 1_234.57
# expect: '<10|' Unknown format code '|' for object of type 'float'
# expect: '*^12.3f' **1234.568**
# expect: 'n' 1234.57
# expect: '.10' 1234.5678
# expect: 'G' 1234.57
# expect: '=+12.1f' +     1234.6
for x, spec in [(float("inf"), "010"), (float("nan"), "+f"), (-0.0, ".0f"), (-0.04, "z.1f"), (1e100, ",f"), (0.00001, "g"), (1e16, ""), (5.0, ""), (1.5, "d"), (1.5, "x"), (1.5, ".1000000000000f")]:
    try:
        text = format(x, spec)
        print(spec, text[:40])
    except ValueError as e:
        print(spec, e)
# expect: 010 0000000inf
# expect: +f +nan
# expect: .0f -0
# expect: z.1f 0.0
# expect: ,f 10,000,000,000,000,000,159,028,911,097,5
# expect: g 1e-05
# expect:  1e+16
# expect:  5.0
# expect: d Unknown format code 'd' for object of type 'float'
# expect: x Unknown format code 'x' for object of type 'float'
# expect: .1000000000000f precision too big
