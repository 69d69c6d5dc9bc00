# An endless generator is as good as its consumer.
def naturals(n=0):
    while True:
        yield n
        n += 1

print([n for n, _ in zip(naturals(), "abcd")])  # expect: [0, 1, 2, 3]
for n in naturals(5):
    if n > 7:
        break
print(n)  # expect: 8
