"""The Bill sheet: usage against bill, in a workbook that was made from files."""
