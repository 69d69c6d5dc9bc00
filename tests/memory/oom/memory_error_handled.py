# A program that handles MemoryError itself.
try:
    l = [i for i in range(50)]
except MemoryError:
    l = None
print(l is None or len(l) == 50)  # expect: True
