"""How a workbook is made; nothing here knows of images."""
