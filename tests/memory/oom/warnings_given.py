# Warnings: filters, records, errors.
import warnings
with warnings.catch_warnings(record=True) as seen:
    warnings.simplefilter("always")
    warnings.warn("first")
    warnings.warn_explicit("second", DeprecationWarning, "file", 5, registry={})
    exec("1 is 1")
print([(w.category.__name__, str(w.message), w.lineno) for w in seen])  # expect: [('UserWarning', 'first', 5), ('DeprecationWarning', 'second', 5), ('SyntaxWarning', '"is" with a literal. Did you mean "=="?', 1)]
with warnings.catch_warnings():
    warnings.filterwarnings("error", "th.*")
    try:
        warnings.warn("third", stacklevel=1)
    except UserWarning as e:
        print(e)  # expect: third
