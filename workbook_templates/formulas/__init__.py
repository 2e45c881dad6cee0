"""How formulas are made, and what they give."""
