# {expression=} shows its own text.
x, y = 5, "s"
print(f"{x=} {y=} {y=!s} {x=:>4} {x + 1 = }")  # expect: x=5 y='s' y=s x=   5 x + 1 = 6
print(f"{ x = !r:^5}|")  # expect:  x =   5  |
print(f"{(x, y)=}")  # expect: (x, y)=(5, 's')
