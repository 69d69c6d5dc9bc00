# finally runs when memory runs out.
done = []
try:
    l = [str(i) for i in range(50)]
finally:
    done.append(1)
print(len(l), done)  # expect: 50 [1]
