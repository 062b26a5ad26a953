"""A report on one method on one task: pictures and a page, made from a results folder.

`evidence` picks the records, `scores`, `epochs` and `ablation` draw what they hold; `refit` fits
one fold again and `occlusion` looks into the model where the dataset is at hand; `report` puts the
parts in order and `page` writes them.
"""
