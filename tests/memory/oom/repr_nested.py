# repr of nested and recursive objects.
l = [1, {'k': (2, {3})}]
l.append(l)
print(l)  # expect: [1, {'k': (2, {3})}, [...]]
