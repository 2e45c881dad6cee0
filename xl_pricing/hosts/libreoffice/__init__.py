"""LibreOffice Calc: the functions as an add-in, an extension of one file."""
