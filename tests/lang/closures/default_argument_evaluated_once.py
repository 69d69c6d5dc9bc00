# A default is evaluated when the function is defined, and shared by the calls.
def f(item, into=[]):
    into.append(item)
    return into

print(f(1))  # expect: [1]
print(f(2))  # expect: [1, 2]
print(f(3, []))  # expect: [3]
print(f.__defaults__)  # expect: ([1, 2],)
f.__defaults__ = (["new"],)
print(f(4))  # expect: ['new', 4]
