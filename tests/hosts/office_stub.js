// What the add-in needs of Office.js, written from its documentation; for tests alone.
(() => {
  const associated = new Map();
  class CustomFunctionsError extends Error {
    constructor(code, message) {
      super(message ?? "");
      this.code = code;
    }
  }
  const ErrorCode = {
    invalidValue: "#VALUE!",
    notAvailable: "#N/A",
    divisionByZero: "#DIV/0!",
    invalidNumber: "#NUM!",
    nullReference: "#NULL!",
  };
  window.CustomFunctions = {
    associate: (id, call) => associated.set(id, call),
    Error: CustomFunctionsError,
    ErrorCode,
  };
  window.Office = {
    context: { displayLanguage: "en-US" },
    onReady: (then) => {
      const info = { host: "Excel", platform: "OfficeOnline" };
      then?.(info);
      return Promise.resolve(info);
    },
  };
  /** Call a function as a cell does: every argument is a matrix, null where omitted. */
  window.cell = (id, args, invocation = {}) =>
    associated.get(id)(...args, invocation).then(
      (rows) => ({ rows }),
      (error) => ({ error: error.code ?? `uncoded: ${error}`, reason: error.message }),
    );
  window.associated = associated;
})();
