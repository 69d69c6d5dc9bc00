# else of a loop runs if no break left it.
for i in range(3):
    if i == 5: break
else:
    print("no break")  # expect: no break
for i in range(3):
    if i == 1: break
else:
    print("never")
n = 2
while n:
    n -= 1
else:
    print("while else", n)  # expect: while else 0
for i in (): pass
else:
    print("empty")  # expect: empty
