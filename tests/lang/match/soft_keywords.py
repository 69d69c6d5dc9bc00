# match, case and _ are ordinary names elsewhere.
match = [1, 2]
case = {"a": match}
print(match[0], case["a"], match)  # expect: 1 [1, 2] [1, 2]
match (match):
    case [case, _]:
        print(case)  # expect: 1
def match(x): return x * 2
print(match(4))  # expect: 8
match = -1
print(match -1)  # expect: -2
