# With the rules of 3.5 a comment with a type, in a line of its own, does not end an async function.
import ast

source = "async def f():\n    # type: () -> int\n    return await g()\nawait = 1\n"
tree = ast.parse(source, type_comments=True, feature_version=(3, 5))
print(tree.body[0].type_comment, type(tree.body[0].body[0].value).__name__, tree.body[1].targets[0].id)  # expect: () -> int Await await
