Attribute VB_Name = "Macros"
Option Explicit

' What a button runs.

Public Sub RefreshRates()
Attribute RefreshRates.VB_Description = "Bring the rates of this workbook up to date. Ctrl+Shift+R"
Attribute RefreshRates.VB_ProcData.VB_Invoke_Func = "R\n14"
    If Not RunInPython("refresh_rates", "Refreshing the rates...") Then Exit Sub
    On Error Resume Next ' LibreOffice calculates by itself
    Application.CalculateFull
End Sub
