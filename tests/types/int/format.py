# The format mini-language for int.
for spec in ("", "d", "5", "05", "+", " ", "<5|", ",", "_", "x", "#x", "X", "#o", "b", "#b", "_b", "c", "n", "e", ".2f", "%", "=+8", "*^9", "010,", "g"):
    try:
        print(repr(spec), format(1234567, spec))
    except (ValueError, OverflowError) as e:
        print(repr(spec), e)
# expect: '' 1234567
# expect: 'd' 1234567
# expect: '5' 1234567
# expect: '05' 1234567
# expect: '+' +1234567
# expect: ' '  1234567
# expect: '<5|' Unknown format code '|' for object of type 'int'
# expect: ',' 1,234,567
# expect: '_' 1_234_567
# expect: 'x' 12d687
# expect: '#x' 0x12d687
# expect: 'X' 12D687
# expect: '#o' 0o4553207
# expect: 'b' 100101101011010000111
# expect: '#b' 0b100101101011010000111
# expect: '_b' 1_0010_1101_0110_1000_0111
# expect: 'c' %c arg not in range(0x110000)
# expect: 'n' 1234567
# expect: 'e' 1.234567e+06
# expect: '.2f' 1234567.00
# expect: '%' 123456700.000000%
# expect: '=+8' +1234567
# expect: '*^9' *1234567*
# expect: '010,' 01,234,567
# expect: 'g' 1.23457e+06
print(format(65, "c"), format(-255, "#06x"), format(-5, "=5"), format(10 ** 30, ","), format(0, "x"))  # expect: A -0x0ff -   5 1,000,000,000,000,000,000,000,000,000,000 0
for value, spec in [(5, ".2"), (5, "s"), (5, "-,c"), (-1, "c"), (5, ",x"), (5, "q"), (5, "zf"), (5, "1" * 30), (5, "z")]:
    try:
        print(format(value, spec))
    except (ValueError, OverflowError) as e:
        print(type(e).__name__, e)
# expect: ValueError Precision not allowed in integer format specifier
# expect: ValueError Unknown format code 's' for object of type 'int'
# expect: ValueError Cannot specify ',' with 'c'.
# expect: OverflowError %c arg not in range(0x110000)
# expect: ValueError Cannot specify ',' with 'x'.
# expect: ValueError Unknown format code 'q' for object of type 'int'
# expect: 5.000000
# expect: ValueError Too many decimal digits in format string
# expect: ValueError Negative zero coercion (z) not allowed in integer format specifier
