"""A second VBA engine, pyOpenVBA's: our modules with Excel's ranges, errors and dead objects.

Only the object behind the wrappers is a stand-in here: it answers by the function's name.
"""

from typing import Any

_SERVER = """
Option Explicit
Public Function CallUDF(module, func, args)
    Dim table(0 To 1, 0 To 1)
    If Range("D1").Value = "dead" Then
        Range("D1").Value = ""
        Err.Raise 462, , "The remote server machine does not exist or is unavailable"
    End If
    If func = "IMGTOKENS" Then
        table(0, 0) = "#N/A": table(0, 1) = 1.5: table(1, 0) = "#NUM!": table(1, 1) = "#text"
        CallUDF = table
    ElseIf func = "IMGSIZE" Then
        CallUDF = Array("#VALUE!", "text")
    ElseIf func = "IMGCOST" Then
        CallUDF = TypeName(args(0)) & " " & TypeName(args(1)) & " " & TypeName(args(2))
    Else
        CallUDF = "#N/A"
    End If
End Function
"""
_MAIN = """
Public Function XLPy()
    Dim server As New PythonServer
    Range("D2").Value = Range("D2").Value + 1
    Set XLPy = server
End Function

Public Sub Main()
    Dim answer
    Range("A1").Value = 0.0412345
    Range("A1").NumberFormat = "$#,##0.00"
    Range("F1").Value = IMGCOST(Range("A1:B3"), Range("A1"))
    Range("F2").Value = ValueOf(Range("A1"))
    Range("F3").Value = IMGBUFFER(1, 1)
    answer = IMGTOKENS("x", "high")
    Range("F4").Value = answer(0, 0)
    Range("F5").Value = answer(0, 1)
    Range("F6").Value = answer(1, 0)
    Range("F7").Value = answer(1, 1)
    answer = IMGSIZE("x")
    Range("F8").Value = answer(0)
    Range("F9").Value = answer(1)
    Range("F10").Value = Range("D2").Value
    Range("D1").Value = "dead"
    Range("F11").Value = IMGCOST("x", "high")
    Range("F12").Value = Range("D2").Value
    Range("F13").Value = ValueOf(Range("A1:A2,C1:C2"))
End Sub
"""


def run(sources: dict[str, str]) -> list[Any]:
    """Run the wrappers; return F1 to F13 of `_MAIN`."""
    from pyopenvba.apps.excel import ExcelApplication

    excel = ExcelApplication()
    excel.add_workbook()
    for name, source in sources.items():
        if name not in ("ThisWorkbook", "RibbonButtons"):
            # The engine has no other workbook to run a macro of.
            runnable = source.replace('Application.Run(ADDIN & "!XLPy")', "XLPy()")
            excel.add_module(runnable, name=name)
    excel.add_module(_SERVER, name="PythonServer", kind="class")
    excel.add_module(_MAIN, name="Test")
    excel.run("Main")
    return [excel.sheet(1).value(f"F{row}") for row in range(1, 14)]
