# json.
import json
print(json.loads(json.dumps({'a': [1, 2.5, None, 'é']})))  # expect: {'a': [1, 2.5, None, 'é']}
