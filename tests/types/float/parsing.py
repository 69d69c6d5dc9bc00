# float() of text.
for s in ("1", " 1.5\n", "-.5e3", "1_0.0", "inf", "-Infinity", "nan", "+1e-3", "٣.٥", "1e5", ".5", "5."):
    print(repr(s), float(s))  # expect: '1' 1.0
    # expect: ' 1.5\n' 1.5
    # expect: '-.5e3' -500.0
    # expect: '1_0.0' 10.0
    # expect: 'inf' inf
    # expect: '-Infinity' -inf
    # expect: 'nan' nan
    # expect: '+1e-3' 0.001
    # expect: '٣.٥' 3.5
    # expect: '1e5' 100000.0
    # expect: '.5' 0.5
    # expect: '5.' 5.0
for x in ("", "1__0", "e5", "1e", "0x1", "1 2", "abc", None, [], "1\0", b"\xff", 1j, "_1", "1_"):
    try:
        print(float(x))
    except (ValueError, TypeError) as e:
        print(type(e).__name__, e)  # expect: ValueError could not convert string to float: ''
        # expect: ValueError could not convert string to float: '1__0'
        # expect: ValueError could not convert string to float: 'e5'
        # expect: ValueError could not convert string to float: '1e'
        # expect: ValueError could not convert string to float: '0x1'
        # expect: ValueError could not convert string to float: '1 2'
        # expect: ValueError could not convert string to float: 'abc'
        # expect: TypeError float() argument must be a string or a real number, not 'NoneType'
        # expect: TypeError float() argument must be a string or a real number, not 'list'
        # expect: ValueError could not convert string to float: '1\x00'
        # expect: ValueError could not convert string to float: b'\xff'
        # expect: TypeError float() argument must be a string or a real number, not 'complex'
        # expect: ValueError could not convert string to float: '_1'
        # expect: ValueError could not convert string to float: '1_'
