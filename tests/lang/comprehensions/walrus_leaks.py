# A walrus in a comprehension binds in the function around it.
def f():
    found = [last := x for x in range(4)]
    return found, last

print(f())  # expect: ([0, 1, 2, 3], 3)
print(any((witness := n) > 2 for n in [1, 5, 0]), witness)  # expect: True 5
