# What import refuses, and how it says so.
import sys
def attempt(text):
    try:
        exec(text, {"__name__": "m", "__package__": ""})
    except ImportError as e:
        print(type(e).__name__, str(e).split(" (/")[0], e.name)
attempt("import no_such_module")  # expect: ModuleNotFoundError No module named 'no_such_module' no_such_module
attempt("import package.no_such")  # expect: ModuleNotFoundError No module named 'package.no_such' package.no_such
attempt("import package.one.no_such")  # expect: ModuleNotFoundError No module named 'package.one.no_such'; 'package.one' is not a package package.one.no_such
attempt("from package import no_such")  # expect: ImportError cannot import name 'no_such' from 'package' package
attempt("from package.one import no_such")  # expect: ImportError cannot import name 'no_such' from 'package.one' package.one
attempt("from . import x")  # expect: ImportError attempted relative import with no known parent package None
attempt("import sys.x")  # expect: ModuleNotFoundError No module named 'sys.x'; 'sys' is not a package sys.x
attempt("from sys import no_such")  # expect: ImportError cannot import name 'no_such' from 'sys' (unknown location) sys
exec("from .one import NAME; print(NAME)", {"__name__": "package.m", "__package__": "package"})  # expect: package.one
try:
    exec("from .... import x", {"__name__": "package.m", "__package__": "package"})
except ImportError as e:
    print(e)  # expect: attempted relative import beyond top-level package
