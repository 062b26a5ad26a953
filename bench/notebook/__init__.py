"""The benchmark from Python: what `import bench` offers to notebooks and scripts.

`bench.run(...)`, `bench.load(...)`, `bench.compare(...)` and `bench.evaluate(...)` do what
the verbs of the command line do, with the same words for everything, and give a `bench.Board`.
"""
