"""The VBA of the macro workbook and the add-in: sources, and the projects built from them.

`shared` is in both, `workbook` and `addin` in one. `generate` writes the modules that follow from
the declaration, `project` builds the `vbaProject.bin` files; both run by hand, their results are
committed:

    python -m workbook_templates.vba.project
"""
