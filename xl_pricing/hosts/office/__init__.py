"""Excel on Windows, on the Mac and in a browser, without Python: an Office add-in of files."""
