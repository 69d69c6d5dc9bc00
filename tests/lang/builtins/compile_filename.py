# compile() and symtable() take any name of a file: str, bytes, paths, with a warning other bytes too.
import pathlib
import symtable
import warnings

warnings.simplefilter("error")


def named(filename):
    try:
        print(compile("1", filename, "eval").co_filename)
    except (TypeError, ValueError, Warning) as error:
        print(type(error).__name__, error)


named(b"abc")                           # expect: abc
named(pathlib.Path("x/y"))              # expect: x/y
named(3)                                # expect: TypeError expected str, bytes or os.PathLike object, not int
named("a\0b")                           # expect: ValueError embedded null character
named(bytearray(b"abc"))                # expect: DeprecationWarning path should be string, bytes, or os.PathLike, not bytearray
print(symtable.symtable("1", pathlib.Path("abc"), "eval"))      # expect: <SymbolTable for module abc>
print(symtable.symtable("1", b"abc", "eval"))                   # expect: <SymbolTable for module b'abc'>
try:
    symtable.symtable("1", 3, "eval")
except TypeError as error:
    print(error)                        # expect: expected str, bytes or os.PathLike object, not int
