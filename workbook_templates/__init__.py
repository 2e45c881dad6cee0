"""The workbook generator: a budget worksheet that computes with native formulas only."""
