Attribute VB_Name = "RibbonButtons"
Option Explicit

' What the buttons of the tab "Image Pricing" run. Excel hands over the button.

Public Sub RefreshRatesClicked(ByVal button As Object)
    If ActiveWorkbook Is Nothing Then Workbooks.Add
    RefreshRates
End Sub

Public Sub NewWorksheetClicked(ByVal button As Object)
    ' xlwings needs a workbook that calls it.
    If ActiveWorkbook Is Nothing Then Workbooks.Add
    RunInPython "new_worksheet", "Making a new worksheet..."
End Sub

' A copy, which can be read and closed like any workbook.
Public Sub HelpClicked(ByVal button As Object)
    ThisWorkbook.Worksheets(1).Copy
    ActiveWorkbook.Saved = True
End Sub
