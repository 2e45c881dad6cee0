"""What was billed: rows of answers, logs, exports and bills, and the rule that prices them."""
