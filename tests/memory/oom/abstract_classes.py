# Abstract base classes, registered and asked.
from _py_abc import ABCMeta as Slow
import abc
class Shape(abc.ABC):
    @property
    @abc.abstractmethod
    def area(self): ...
    @classmethod
    def __subclasshook__(cls, other): return True if other.__name__ == "Hooked" else NotImplemented
class Square(Shape):
    area = 4
class Hooked: pass
class Other: pass
Shape.register(Other)
print(Square().area, isinstance(Hooked(), Shape), issubclass(Other, Shape), issubclass(int, Shape), abc.get_cache_token() > 0)  # expect: 4 True True False True
try:
    Shape()
except TypeError as e:
    print(e)  # expect: Can't instantiate abstract class Shape with abstract method area
