"""What will these images cost? Excel functions and a budget workbook for GPT image models."""

__version__ = "0.1.0"
