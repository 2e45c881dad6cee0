Attribute VB_Name = "Declaration"
Option Explicit
Option Private Module

' Generated from the declaration of the functions: do not edit.

' Tell the function wizard; False where Excel does not take it now.
Public Function DescribeFunctions() As Boolean
    Dim wasSaved As Boolean
    wasSaved = ThisWorkbook.Saved
    On Error GoTo Refused
    Describe "IMGCOST", "USD per image. Without prompt and references: output only, as the official table counts.", Array( _
        "Pixels such as 1024x1536, or a ratio such as 4:5, which stands for its preset.", _
        "low, medium, high (and xhigh, max from gpt-image-2.5 on), or output tokens per image that you measured. If omitted in IMGSIZE, high. If omitted in IMGEXPLAIN, size is a usage.", _
        "Model id, alias or dated snapshot. If omitted, gpt-image-2 (IMGRATE needs one).", _
        "Images per call, 1 to 10. If omitted, 1. Output tokens are rounded once per call.", _
        "Tokens of the prompt, or the prompt itself, estimated by script. If omitted, the prompt is not counted.", _
        "Number of 1024x1024 reference images, or their sizes: 1024x1024; 800x600. If omitted, none.", _
        "standard or batch. If omitted, standard.", _
        "A range with the header of the workbook's rates table. If omitted, the rate card of this machine.")
    Describe "IMGCREDITS", "Credits per image in a plan, or the token cost at a price per credit.", Array( _
        "Pixels such as 1024x1536, or a ratio such as 4:5, which stands for its preset.", _
        "low, medium, high (and xhigh, max from gpt-image-2.5 on), or output tokens per image that you measured. If omitted in IMGSIZE, high. If omitted in IMGEXPLAIN, size is a usage.", _
        "Name of a plan, or a number: USD per credit.", _
        "Model id, alias or dated snapshot. If omitted, gpt-image-2 (IMGRATE needs one).", _
        "Images per call, 1 to 10. If omitted, 1. Output tokens are rounded once per call.", _
        "Tokens of the prompt, or the prompt itself, estimated by script. If omitted, the prompt is not counted.", _
        "Number of 1024x1024 reference images, or their sizes: 1024x1024; 800x600. If omitted, none.", _
        "A range with the header of the workbook's plans table. If omitted, the plans of this machine.")
    Describe "IMGBUDGET", "Budget in the unit of cost: cost x finals x retries x (1 + buffer).", Array( _
        "Cost per image in any unit: IMGCOST, IMGCREDITS or a quoted price.", _
        "Images that must be accepted, 0 or more.", _
        "Generations per final on average, 1 or more. If omitted in IMGBUDGET, 1.", _
        "Reserve on top, 0 to 1. If omitted, 20%.")
    Describe "IMGTOKENS", "Output tokens per image. With n images per call the sum is rounded up once, then shared.", Array( _
        "Pixels such as 1024x1536, or a ratio such as 4:5, which stands for its preset.", _
        "low, medium, high (and xhigh, max from gpt-image-2.5 on), or output tokens per image that you measured. If omitted in IMGSIZE, high. If omitted in IMGEXPLAIN, size is a usage.", _
        "Model id, alias or dated snapshot. If omitted, gpt-image-2 (IMGRATE needs one).", _
        "Images per call, 1 to 10. If omitted, 1. Output tokens are rounded once per call.")
    Describe "IMGSIZE", "Find the cheapest legal size with that ratio (within 1%) and at least that shorter side.", Array( _
        "Width to height, such as 4:5.", _
        "Shorter side in px, at least. If omitted, 1024.", _
        "low, medium, high (and xhigh, max from gpt-image-2.5 on), or output tokens per image that you measured. If omitted in IMGSIZE, high. If omitted in IMGEXPLAIN, size is a usage.", _
        "Model id, alias or dated snapshot. If omitted, gpt-image-2 (IMGRATE needs one).")
    Describe "IMGBUFFER", "Return the buffer that lasts with that confidence, if 1 generation in retries is accepted.", Array( _
        "Images that must be accepted, 0 or more.", _
        "Generations per final on average, 1 or more. If omitted in IMGBUDGET, 1.", _
        "Chance that the buffer lasts, between 0 and 1. If omitted, 90%.")
    Describe "IMGRATE", "USD per 1M tokens of a meter, on a day.", Array( _
        "Model id, alias or dated snapshot. If omitted, gpt-image-2 (IMGRATE needs one).", _
        "text_in, text_cached, text_out, image_in, image_cached or image_out.", _
        "standard or batch. If omitted, standard.", _
        "Day of the price. If omitted, today.", _
        "A range with the header of the workbook's rates table. If omitted, the rate card of this machine.")
    Describe "IMGEXPLAIN", "Show the estimate line by line, per image, with source and basis; or the reason for an error.", Array( _
        "Pixels such as 1024x1536, or a ratio such as 4:5, which stands for its preset.", _
        "low, medium, high (and xhigh, max from gpt-image-2.5 on), or output tokens per image that you measured. If omitted in IMGSIZE, high. If omitted in IMGEXPLAIN, size is a usage.", _
        "Model id, alias or dated snapshot. If omitted, gpt-image-2 (IMGRATE needs one).", _
        "Images per call, 1 to 10. If omitted, 1. Output tokens are rounded once per call.", _
        "Tokens of the prompt, or the prompt itself, estimated by script. If omitted, the prompt is not counted.", _
        "Number of 1024x1024 reference images, or their sizes: 1024x1024; 800x600. If omitted, none.", _
        "standard or batch. If omitted, standard.", _
        "A range with the header of the workbook's rates table. If omitted, the rate card of this machine.")
    Describe "IMGBILL", "USD of a usage object as the API answers it, or of six token counts in a row.", Array( _
        "A usage object in JSON as the API answers it, or a row of six token counts: text_in, text_cached, text_out, image_in, image_cached, image_out.", _
        "Model id, alias or dated snapshot. If omitted, gpt-image-2 (IMGRATE needs one).", _
        "standard or batch. If omitted, standard.", _
        "Day of the price. If omitted, today.", _
        "A range with the header of the workbook's rates table. If omitted, the rate card of this machine.")
    DescribeFunctions = True
Refused:
    ThisWorkbook.Saved = wasSaved
End Function

Private Sub Describe(func As String, doc As String, arguments As Variant)
    Application.MacroOptions Macro:=func, Description:=doc, _
        Category:="Image Pricing", ArgumentDescriptions:=arguments
End Sub

' The number of an error by its name; 0 for any other text.
Public Function ErrorNumber(ByVal word As String) As Long
    Select Case word
    Case "#NULL!": ErrorNumber = 2000
    Case "#DIV/0!": ErrorNumber = 2007
    Case "#VALUE!": ErrorNumber = 2015
    Case "#REF!": ErrorNumber = 2023
    Case "#NAME?": ErrorNumber = 2029
    Case "#NUM!": ErrorNumber = 2036
    Case "#N/A": ErrorNumber = 2042
    Case "#GETTING_DATA": ErrorNumber = 2043
    Case "#SPILL!": ErrorNumber = 2045
    Case "#CONNECT!": ErrorNumber = 2046
    Case "#BLOCKED!": ErrorNumber = 2047
    Case "#UNKNOWN!": ErrorNumber = 2048
    Case "#FIELD!": ErrorNumber = 2049
    Case "#CALC!": ErrorNumber = 2050
    End Select
End Function
