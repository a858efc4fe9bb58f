/** A cell of a CSV file; `quoted` tells an empty text from nothing. */
export interface CsvCell {
  readonly text: string;
  readonly quoted: boolean;
}

export interface CsvRow {
  readonly cells: readonly CsvCell[];
  /** Offset of the row's first character. */
  readonly start: number;
}

export interface CsvProblem {
  readonly reason: string;
  readonly start: number;
  readonly end: number;
}

export interface CsvTable {
  readonly header: readonly string[];
  readonly rows: readonly CsvRow[];
  readonly problems: readonly CsvProblem[];
}

const maximumProblems = 20;

/** Reads RFC 4180 text whose first row names the columns. Blank lines are skipped. Never throws. */
export function parseCsv(text: string, delimiter: string): CsvTable {
  const rows: CsvRow[] = [];
  const problems: CsvProblem[] = [];
  const report = (reason: string, start: number, end: number): void => {
    if (problems.length < maximumProblems) problems.push({ reason, start, end });
  };
  let cells: CsvCell[] = [];
  let rowStart = 0;
  let at = 0;
  const endRow = (next: number): void => {
    const blank = cells.length === 1 && cells[0]!.text === "" && !cells[0]!.quoted;
    if (!blank) rows.push({ cells, start: rowStart });
    cells = [];
    rowStart = next;
  };
  while (at < text.length) {
    let cell: CsvCell;
    if (text[at] === '"') {
      const opened = at;
      let value = "";
      for (at++; ;) {
        const close = text.indexOf('"', at);
        if (close < 0) {
          report("A quote is opened and never closed.", opened, opened + 1);
          value += text.slice(at);
          at = text.length;
          break;
        }
        value += text.slice(at, close);
        at = close + 1;
        if (text[at] !== '"') break;
        value += '"';
        at++;
      }
      if (at < text.length && text[at] !== delimiter && text[at] !== "\n" && text[at] !== "\r") {
        report("After a closing quote comes a delimiter or the end of the line.", at, at + 1);
        while (at < text.length && text[at] !== delimiter && text[at] !== "\n") at++;
      }
      cell = { text: value, quoted: true };
    } else {
      const from = at;
      while (at < text.length && text[at] !== delimiter && text[at] !== "\n") at++;
      const raw = text.slice(from, at);
      cell = { text: raw.endsWith("\r") && text[at] !== delimiter ? raw.slice(0, -1) : raw, quoted: false };
    }
    cells.push(cell);
    if (text[at] === "\r") at++;
    if (text[at] === delimiter) {
      at++;
      if (at >= text.length || text[at] === "\n" || (text[at] === "\r" && text[at + 1] === "\n")) {
        cells.push({ text: "", quoted: false });
      } else continue;
    }
    if (text[at] === "\r") at++;
    if (text[at] === "\n") at++;
    endRow(at);
  }
  if (cells.length > 0) endRow(at);
  return check(rows, problems, report);
}

function check(
  rows: readonly CsvRow[],
  problems: CsvProblem[],
  report: (reason: string, start: number, end: number) => void,
): CsvTable {
  const [first, ...data] = rows;
  if (first === undefined) {
    report("The seed is empty; its first line must name the columns.", 0, 0);
    return { header: [], rows: [], problems };
  }
  const header = first.cells.map((c) => c.text.trim());
  const seen = new Set<string>();
  header.forEach((name, i) => {
    if (name === "") report(`Column ${i + 1} has no name in the first line.`, 0, 1);
    else if (seen.has(name.toLowerCase())) report(`Two columns are named "${name}".`, 0, 1);
    seen.add(name.toLowerCase());
  });
  for (const row of data) {
    if (row.cells.length === header.length) continue;
    const cells = row.cells.length === 1 ? "1 value" : `${row.cells.length} values`;
    report(`This line has ${cells}, the first line names ${header.length} columns.`, row.start, row.start + 1);
  }
  return { header, rows: data, problems };
}
