# Modules that import each other see each other half made.
import package.cycle_a
print(package.cycle_a.get(), package.cycle_b.error)  # expect: b cannot import name 'NAME' from partially initialized module 'package.cycle_a' (most likely due to a circular import)
