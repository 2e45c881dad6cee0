Attribute VB_Name = "Main"
Option Explicit

' A stand-in for the add-in of xlwings: what our VBA calls there, with a real Python behind it.

Public Function XLPy()
    Dim server As New PythonServer
    NoteDown "started.txt", "XLPy"
    Set XLPy = server
End Function

Public Function RunPython(PythonCommand As String)
    Dim book As Object, nothingElse()
    Set book = StarDesktop.CurrentComponent
    NoteDown "commands.txt", PythonCommand
    book.storeToURL "file://{folder}/book.xlsx", Array(FilterName())
    Shell "{python}", 0, """{script}"" run ""{folder}""", True
    WriteCells book
    RunPython = 0
End Function

Private Function FilterName() As Object
    Dim item As New com.sun.star.beans.PropertyValue
    item.Name = "FilterName"
    item.Value = "Calc MS Excel 2007 XML"
    Set FilterName = item
End Function

' Each line: sheet, column, row, n or s, value.
Private Sub WriteCells(ByVal book As Object)
    Dim handle As Integer, text As String, part As Variant, cell As Object
    handle = FreeFile
    Open "{folder}/changes.txt" For Input As #handle
    Do While Not Eof(handle)
        Line Input #handle, text
        part = Split(text, Chr(9))
        Set cell = book.Sheets.getByName(part(0)).getCellByPosition(CLng(part(1)), CLng(part(2)))
        If part(3) = "n" Then cell.Value = Val(part(4)) Else cell.String = part(4)
    Loop
    Close #handle
End Sub

Public Sub NoteDown(ByVal file As String, ByVal text As String)
    Dim handle As Integer
    handle = FreeFile
    Open "{folder}/" & file For Append As #handle
    Print #handle, text
    Close #handle
End Sub
