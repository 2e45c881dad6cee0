// The custom functions, as Excel calls them.
import { NAMES } from "./names.js";
import { ask } from "./pricing.js";

const ERRORS = {
  "#VALUE!": ["Value", "invalidValue"],
  "#N/A": ["NotAvailable", "notAvailable"],
  "#NUM!": ["Num", "invalidNumber"],
  "#DIV/0!": ["Div0", "divisionByZero"],
  "#NULL!": ["Null", "nullReference"],
  "#REF!": ["Ref"],
  "#NAME?": ["Name"],
  "#SPILL!": ["Spill"],
  "#CALC!": ["Calc"],
  "#FIELD!": ["Field"],
  "#CONNECT!": ["Connect"],
  "#BLOCKED!": ["Blocked"],
  "#GETTING_DATA": ["GettingData"],
};

function cellOut(cell) {
  const [errorType] = (typeof cell === "string" && ERRORS[cell]) || [];
  return errorType ? { type: "Error", basicType: "Error", basicValue: cell, errorType } : cell;
}

/** Throw an error that shows its reason, where Excel has one. */
function refuse(cell, reason) {
  const code = ERRORS[cell]?.[1];
  if (code && reason) throw new CustomFunctions.Error(CustomFunctions.ErrorCode[code], reason);
}

async function answer(name, args, invocation) {
  const [rows, reason] = await ask(name, args, invocation).catch((failure) => {
    throw new CustomFunctions.Error(CustomFunctions.ErrorCode.notAvailable, failure.message);
  });
  refuse(rows[0][0], reason);
  const hasText = rows.some((row) => row.some((cell) => typeof cell === "string"));
  return hasText ? rows.map((row) => row.map(cellOut)) : rows;
}

if (window.CustomFunctions) {
  for (const name of NAMES) {
    CustomFunctions.associate(name, (...args) => answer(name, args.slice(0, -1), args.at(-1)));
  }
}
