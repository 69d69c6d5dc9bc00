# The members that __slots__ makes are known to types and inspect, with their texts.
import inspect
import types


class Point:
    __slots__ = {"x": "the abscissa", "y": "the ordinate"}


print(isinstance(Point.x, types.MemberDescriptorType))  # expect: True
print(isinstance(Point.x, types.GetSetDescriptorType))  # expect: False
print(inspect.ismemberdescriptor(Point.x), inspect.isgetsetdescriptor(Point.x))  # expect: True False
print(inspect.getdoc(Point.x))  # expect: the abscissa
print(type(types.FunctionType.__globals__).__name__)  # expect: member_descriptor
print((lambda: 0).__globals__ is globals())  # expect: True
def f(): pass
f.__globals__ = {}  # expect error: AttributeError: readonly attribute
