"""What a person typed into an older workbook, read for a new one."""
