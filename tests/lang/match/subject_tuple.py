# Commas make the subject a tuple; a starred subject is unpacked.
match 1, 2:
    case x, y: print(x, y)  # expect: 1 2
a = [3, 4]
match *a, 5:
    case 3, *rest: print(rest)  # expect: [4, 5]
match (1):
    case (1): print("no tuple")  # expect: no tuple
