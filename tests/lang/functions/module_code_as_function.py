# A function made of a module's code has its globals for locals.
import types

space = {"a": 1}
types.FunctionType(compile("b = a + 1\nx: int = b\ndel a", "m", "exec"), space)()
print(space["b"], space["__annotations__"], "a" in space)   # expect: 2 {'x': <class 'int'>} False
