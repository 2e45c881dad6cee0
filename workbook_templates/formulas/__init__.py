"""How formulas are made, and what they give.

Made: `image`, `conditions`, `sentence`, `constants`. Computed, without any knowledge of images:
`parse` reads a formula into a tree; `scope` and `references` say what its names refer to;
`compiler` makes a Python function of the tree, out of `functions`, `text_functions` and `lookup`
for `values`, with `by_cell` for ranges and `special` for what looks at references;
`calculation` computes the cells of a workbook that are asked for.
"""
