// What the pane needs of Office.js, written from its documentation; for tests only.
(() => {
  const given = window.given ?? {};
  const state = (window.sheet = {
    active: "Sheet1!B7",
    cells: {},
    spills: {},
    listeners: [],
    changes: [],
    written: [],
    fault: null,
    ...given.sheet,
  });
  const letters = (n) => String.fromCharCode(65 + n);
  const corners = (address) =>
    address.split(":").map((cell) => [cell.charCodeAt(0) - 65, Number(cell.slice(1)) - 1]);
  const held = (key) => state.cells[key] ?? { formula: "", value: "" };

  class Range {
    constructor(sheet, address) {
      Object.assign(this, { sheet, only: address });
    }
    get address() {
      return `${this.sheet}!${this.only}`;
    }
    get worksheet() {
      return new Sheet(this.sheet);
    }
    get rowIndex() {
      return corners(this.only)[0][1];
    }
    get columnIndex() {
      return corners(this.only)[0][0];
    }
    get isNullObject() {
      return this.only === null;
    }
    grid(read) {
      const [[left, top], [right, bottom] = [left, top]] = corners(this.only);
      return Array.from({ length: bottom - top + 1 }, (_, row) =>
        Array.from({ length: right - left + 1 }, (_, column) =>
          read(held(`${this.sheet}!${letters(left + column)}${top + row + 1}`)),
        ),
      );
    }
    get formulas() {
      return this.grid((cell) => cell.formula ?? cell.value);
    }
    get values() {
      return this.grid((cell) => cell.value);
    }
    get text() {
      return this.grid((cell) => String(cell.value));
    }
    set formulas([[formula]]) {
      state.cells[this.address] = { formula, value: 0 };
      state.written.push([this.address, formula]);
    }
    load() {
      return this;
    }
    getSpillParentOrNullObject() {
      return new Range(this.sheet, state.spills[this.address] ?? null);
    }
    getSpillingToRange() {
      return this;
    }
  }

  class Sheet {
    constructor(name) {
      this.name = name;
    }
    getRange(address) {
      return new Range(this.name, address.replaceAll("$", ""));
    }
  }

  class Name {
    constructor(name) {
      this.place = state.names?.[name];
    }
    get isNullObject() {
      return this.place === undefined;
    }
    get type() {
      return this.place === null ? "Double" : "Range";
    }
    load() {
      return this;
    }
    getRange() {
      return new Range(...this.place.split("!"));
    }
  }

  const context = {
    workbook: {
      getActiveCell: () => {
        const [sheet, address] = state.active.split("!");
        return new Range(sheet, address);
      },
      names: { getItemOrNullObject: (name) => new Name(name) },
      worksheets: {
        getItem: (name) => new Sheet(name),
        onChanged: { add: (listener) => state.changes.push(listener) },
      },
      onSelectionChanged: { add: (listener) => state.listeners.push(listener) },
    },
    sync: async () => {
      if (state.fault) throw new Error(state.fault);
    },
  };

  window.select = (address) => {
    state.active = address;
    return Promise.all(state.listeners.map((listener) => listener()));
  };
  window.type = (address, formula, value) => {
    state.cells[address] = { formula, value };
    return Promise.all(state.changes.map((listener) => listener()));
  };
  window.Office = {
    onReady: async () => ({ host: "Excel" }),
    context: {
      displayLanguage: given.language ?? "en-US",
      officeTheme: given.theme && { bodyBackgroundColor: given.theme },
    },
  };
  if (!given.alone) window.Excel = { run: (work) => work(context) };
})();
