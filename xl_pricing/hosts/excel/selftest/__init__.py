"""What real Excel does with our files: tried step by step, each in an Excel of its own.

The tests of the package run this against a stand-in. What only real Excel can show:

- that it opens the files without repairing them, and computes each formula as our evaluator does;
- that a sheet can be printed as a PDF while its Excel is not visible;
- that a table grows when a row is written below it by a program, as it does for a person's paste;
- that `Application.Run` reaches modules with ``Option Private Module``, and that they compile;
- that xlwings' add-in, opened in an Excel that a program started, finds Python, and that Python
  finds that Excel again while it is not visible (an Excel that a program starts loads no add-ins
  and gets the system's environment, not ours: so the add-in is opened, and Python is told by a
  ``xlwings.conf`` beside the workbook);
- on a Mac, whether Excel asks for the folder or for macros; a question that nobody answers ends as
  "did not end within …".
"""
