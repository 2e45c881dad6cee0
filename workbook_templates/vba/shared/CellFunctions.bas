Attribute VB_Name = "CellFunctions"
Option Explicit

' Generated from the declaration of the functions: do not edit.

Public Function IMGCOST(size, quality, Optional model, Optional n, Optional prompt, Optional references, Optional tier, Optional rates)
    IMGCOST = Answer("IMGCOST", Array(ValueOf(size), ValueOf(quality), ValueOf(model), ValueOf(n), ValueOf(prompt), ValueOf(references), ValueOf(tier), ValueOf(rates)))
End Function

Public Function IMGCREDITS(size, quality, plan, Optional model, Optional n, Optional prompt, Optional references, Optional plans)
    IMGCREDITS = Answer("IMGCREDITS", Array(ValueOf(size), ValueOf(quality), ValueOf(plan), ValueOf(model), ValueOf(n), ValueOf(prompt), ValueOf(references), ValueOf(plans)))
End Function

Public Function IMGBUDGET(cost, finals, Optional retries, Optional buffer)
    IMGBUDGET = Answer("IMGBUDGET", Array(ValueOf(cost), ValueOf(finals), ValueOf(retries), ValueOf(buffer)))
End Function

Public Function IMGTOKENS(size, quality, Optional model, Optional n)
    IMGTOKENS = Answer("IMGTOKENS", Array(ValueOf(size), ValueOf(quality), ValueOf(model), ValueOf(n)))
End Function

Public Function IMGSIZE(ratio, Optional short_side, Optional quality, Optional model)
    IMGSIZE = Answer("IMGSIZE", Array(ValueOf(ratio), ValueOf(short_side), ValueOf(quality), ValueOf(model)))
End Function

Public Function IMGBUFFER(finals, retries, Optional confidence)
    IMGBUFFER = Answer("IMGBUFFER", Array(ValueOf(finals), ValueOf(retries), ValueOf(confidence)))
End Function

Public Function IMGRATE(model, meter, Optional tier, Optional on_date, Optional rates)
    IMGRATE = Answer("IMGRATE", Array(ValueOf(model), ValueOf(meter), ValueOf(tier), ValueOf(on_date), ValueOf(rates)))
End Function

Public Function IMGEXPLAIN(size, Optional quality, Optional model, Optional n, Optional prompt, Optional references, Optional tier, Optional rates)
    IMGEXPLAIN = Answer("IMGEXPLAIN", Array(ValueOf(size), ValueOf(quality), ValueOf(model), ValueOf(n), ValueOf(prompt), ValueOf(references), ValueOf(tier), ValueOf(rates)))
End Function

Public Function IMGBILL(usage, Optional model, Optional tier, Optional on_date, Optional rates)
    IMGBILL = Answer("IMGBILL", Array(ValueOf(usage), ValueOf(model), ValueOf(tier), ValueOf(on_date), ValueOf(rates)))
End Function
