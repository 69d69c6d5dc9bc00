# A dict comprehension evaluates key before value, and the last one wins in the first place.
def show(x):
    print(x, end=" ")
    return x

print({show("k" + str(i)): show(i) for i in range(2)})  # expect: k0 0 k1 1 {'k0': 0, 'k1': 1}
print({c.lower(): c for c in "aBA"})  # expect: {'a': 'A', 'b': 'B'}
