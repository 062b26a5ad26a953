"""Removing identity: a teacher and a student turn an apex into an onset face.

`autoencoders` are the two, `pretraining` fits the teacher alone, `loss` is what both learn by.
"""
