# Expressions, conversions, format specs and nesting.
x, w, name = 3.14159, 10, "world"
print(f"{x:.2f}|{x:{w}.3f}|{name!r:>{w}}|{name!s}|{'é'!a}")
print(f"{{}} {{{x:.0f}}} {1 + 1}{2}{''}")
print(f"{name.upper()} {[i for i in range(3)]} {(lambda y: y * 2)(4)} {{1: 2}[1]}")  # expect error: SyntaxError: f-string: single '}' is not allowed
print(f"{x!r:^{w}.{4}}")
print(f'{"a" if x else "b"}' "tail" f"{w}")
print(f"""{
    w
}""")
print(rf"\n{w}\{w}", f"\x41{w}\N{BULLET}")
