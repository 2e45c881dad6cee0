Attribute VB_Name = "PythonCalls"
Option Explicit
Option Private Module

' The way to Python: through the add-in of xlwings, found by its name when it is needed.

Private Const ADDIN As String = "xlwings.xlam"
Private Const FUNCTIONS_MODULE As String = "xl_pricing.excel"
Private Const MACROS_MODULE As String = "xl_pricing.excel.macros"

Private python As Object

' The answer to a cell function. Whatever fails is #VALUE!, its reason in the Immediate window.
Public Function Answer(ByVal func As String, ByRef arguments As Variant) As Variant
#If Mac Then
    Answer = CVErr(2042)
#Else
    Dim wasKept As Boolean, answered As Boolean, reply As Variant
    wasKept = Not python Is Nothing
    answered = Asked(func, arguments, reply)
    ' The Python of a kept object may have died since: once more, with a new one.
    If wasKept And Not answered Then answered = Asked(func, arguments, reply)
    If answered Then Answer = WithRealErrors(reply) Else Answer = CVErr(2015)
#End If
End Function

Private Function Asked(ByVal func As String, ByRef arguments As Variant, ByRef reply As Variant) As Boolean
    On Error GoTo Failed
    If python Is Nothing Then Set python = Application.Run(ADDIN & "!XLPy")
    reply = python.CallUDF(FUNCTIONS_MODULE, func, (arguments))
    Asked = True
    Exit Function
Failed:
    Report func & ": " & Err.Description
    Set python = Nothing
End Function

' LibreOffice has no Immediate window.
Private Sub Report(ByVal reason As String)
    On Error Resume Next
    Debug.Print reason
End Sub

' An argument as Python takes it: the values of a range; Empty for one that was left out.
Public Function ValueOf(Optional ByRef argument As Variant) As Variant
    If IsMissing(argument) Then
        ValueOf = Empty
    ElseIf TypeName(argument) = "Range" Then
        ValueOf = CellsOf(argument)
    Else
        ValueOf = argument
    End If
End Function

' Value2: a cell with a currency format would lose all but four decimals in Value.
Private Function CellsOf(ByVal cells As Object) As Variant
    If cells.Areas.Count > 1 Then CellsOf = CVErr(2015) Else CellsOf = cells.Value2
End Function

Private Function WithRealErrors(ByRef reply As Variant) As Variant
    Dim row As Long, column As Long
    Select Case Dimensions(reply)
    Case 0
        reply = RealError(reply)
    Case 1
        For column = LBound(reply) To UBound(reply)
            reply(column) = RealError(reply(column))
        Next
    Case Else
        For row = LBound(reply, 1) To UBound(reply, 1)
            For column = LBound(reply, 2) To UBound(reply, 2)
                reply(row, column) = RealError(reply(row, column))
            Next
        Next
    End Select
    WithRealErrors = reply
End Function

Private Function Dimensions(ByRef reply As Variant) As Long
    Dim last As Long
    If Not IsArray(reply) Then Exit Function
    Dimensions = 1
    On Error GoTo Found
    last = UBound(reply, 2)
    Dimensions = 2
Found:
End Function

Private Function RealError(ByRef word As Variant) As Variant
    RealError = word
    If VarType(word) <> vbString Then Exit Function
    If Left$(word, 1) <> "#" Then Exit Function
    If ErrorNumber(word) <> 0 Then RealError = CVErr(ErrorNumber(word))
End Function

' Run a macro of Python's; False where the add-in of xlwings did not take it.
Public Function RunInPython(ByVal macro As String, ByVal doing As String) As Boolean
    On Error GoTo Failed
    Application.StatusBar = doing
    Application.Run ADDIN & "!RunPython", "import " & MACROS_MODULE & "; " & MACROS_MODULE & "." & macro & "()"
    RunInPython = True
    ' On Mac Python is still at work, and xlwings clears the status bar.
#If Not Mac Then
    Application.StatusBar = False
#End If
    Exit Function
Failed:
    Application.StatusBar = False
    MsgBox "Nothing was changed, because the add-in of xlwings is missing or did not answer." & vbNewLine & _
        "In a terminal, xl-pricing excel doctor says what to do." & vbNewLine & vbNewLine & _
        "Excel says: " & Err.Description, vbExclamation, "Image Pricing"
End Function
