"""What was billed: rows of answers, logs, exports and bills, and the rule that prices them.

Files are `found`, what each is is sniffed (`sniffing`), its values are read (`json_values`,
`csv_records`), frames around records are taken off (`frames`), and a shape (`shapes`) makes of each
record a `Row`. The rule (`rule`) says by which series a row is priced, or why not (`reasons`), and
`Totals` sums. A row may stand for many that are alike (``rows``), as an engine groups them.
Usage and bill are `compared`; `bill_lines` and `actual_rows` are what a workbook holds of them.
"""
