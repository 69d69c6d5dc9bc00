# Names that no file can have are names of no module.
for name in ("\ud800", "a\0b", "\udcff", ".", "a..b", ""):
    try:
        __import__(name)
    except Exception as e:
        print(type(e).__name__, ascii(str(e)))
# expect: ModuleNotFoundError "No module named '\\ud800'"
# expect: ModuleNotFoundError "No module named 'a\\x00b'"
# expect: ModuleNotFoundError "No module named '\\udcff'"
# expect: ModuleNotFoundError "No module named '.'"
# expect: ModuleNotFoundError "No module named 'a'"
# expect: ValueError 'Empty module name'
