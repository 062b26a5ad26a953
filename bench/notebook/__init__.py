"""The benchmark from Python: what `import bench` offers to notebooks and scripts.

`bench.run` and `bench.compare` take the names and options of the verbs of the command line.
`bench.run`, `bench.load` and `bench.evaluate` return a `bench.Board`, `bench.compare` a table.
"""
