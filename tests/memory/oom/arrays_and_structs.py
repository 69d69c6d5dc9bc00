# Arrays of numbers and packed structs.
import array, _struct
a = array.array("i", range(20))
a.extend(array.array("i", [7]))
a.append(2 ** 31 - 1)
a[2:4] = array.array("i", [0] * 5)
print(len(a), a.index(7), a.tobytes()[:4], memoryview(a)[1:3].tolist(), a.count(0))  # expect: 25 10 b'\x00\x00\x00\x00' [1, 0] 6
print(array.array("u", "text€").tounicode(), array.array("d", [1.5]) * 2, a[::-9])  # expect: text€ array('d', [1.5, 1.5]) array('i', [2147483647, 12, 0])
s = _struct.Struct("<ih5sd?")
print(s.unpack(s.pack(1, 2, b"three", 4.5, True)), list(_struct.iter_unpack(">H", b"abcd")))  # expect: (1, 2, b'three', 4.5, True) [(24930,), (25444,)]
try:
    a.append("x")
except TypeError as e:
    print(e)  # expect: 'str' object cannot be interpreted as an integer
