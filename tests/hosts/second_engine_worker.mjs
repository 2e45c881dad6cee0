// The side of `second_engine.py` that runs in Node.js. Started with HyperFormula's folder; reads
// {"today": day number, "sheets": {name: rows}} and answers {name: rows of values}.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { adapt, register } from "./second_engine_functions.mjs";

const hyperformula = createRequire(import.meta.url)(process.argv[2]);
const { HyperFormula, DetailedCellError } = hyperformula;
const CONFIG = {
  licenseKey: "gpl-v3",
  accentSensitive: true,
  dateFormats: ["YYYY/MM/DD"], // the only order that Excel reads alike in every country
  evaluateNullToZero: true,
  maxColumns: 16_384,
  maxRows: 1_048_576,
  precisionEpsilon: 1e-14, // Excel too compares, and rounds sums to 0, a little before the end
  precisionRounding: 14, // that is 15 digits
  undoLimit: 0,
};

function compute({ today, sheets }) {
  register(hyperformula, today);
  const engine = HyperFormula.buildEmpty(CONFIG);
  adapt(hyperformula, engine._evaluator.interpreter);
  Object.keys(sheets).forEach((name) => engine.addSheet(name));
  engine.suspendEvaluation();
  for (const [name, rows] of Object.entries(sheets)) {
    engine.setSheetContent(engine.getSheetId(name), rows);
  }
  engine.resumeEvaluation();
  return engine.getAllSheetsValues();
}

const answer = compute(JSON.parse(readFileSync(0, "utf8")));
const plain = (_, value) => (value instanceof DetailedCellError ? value.value : value);
process.stdout.write(JSON.stringify(answer, plain));
