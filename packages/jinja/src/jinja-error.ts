/** Somewhere in a template. Lines and columns count from 1, offsets from 0 (UTF-16 units). */
export interface Place {
  /** The template's name, as given to `parseTemplate`. */
  readonly name: string;
  readonly offset: number;
  readonly endOffset: number;
  readonly line: number;
  readonly column: number;
}

/** One call on the way to a place: `macro` was called at `place`. */
export interface CallFrame {
  readonly macro: string;
  readonly place: Place;
}

/** Where the block that was never closed begins. */
export interface Opener {
  readonly tag: string;
  readonly offset: number;
  readonly line: number;
  readonly column: number;
}

export interface JinjaErrorDetails {
  /** `SyntaxError` when parsing; when rendering the Python name (`TypeError`, `UndefinedError`) or `LimitError`, `HostError`. */
  readonly type: string;
  readonly opener?: Opener | undefined;
  /** Macro calls that were open, innermost first. */
  readonly frames?: readonly CallFrame[] | undefined;
  /** The name, filter, test or tag nobody defined. */
  readonly unknownName?: string | undefined;
  /** Known names like `unknownName`, nearest first. */
  readonly candidates?: readonly string[] | undefined;
  /** What a host function threw. */
  readonly cause?: unknown;
}

/** The one error this package throws for anything a template's author can cause. */
export class JinjaError extends Error {
  readonly type: string;
  readonly place: Place;
  readonly opener: Opener | undefined;
  readonly frames: readonly CallFrame[];
  readonly unknownName: string | undefined;
  readonly candidates: readonly string[];

  constructor(message: string, place: Place, details: JinjaErrorDetails) {
    super(message, "cause" in details ? { cause: details.cause } : undefined);
    this.name = "JinjaError";
    this.type = details.type;
    this.place = place;
    this.opener = details.opener;
    this.frames = details.frames ?? [];
    this.unknownName = details.unknownName;
    this.candidates = details.candidates ?? [];
  }

  get offset(): number {
    return this.place.offset;
  }
  get endOffset(): number {
    return this.place.endOffset;
  }
  get line(): number {
    return this.place.line;
  }
  get column(): number {
    return this.place.column;
  }
}

/** The place of a range of `source`; walks the text, so it is for errors and not for hot paths. */
export function placeIn(name: string, source: string, offset: number, endOffset: number): Place {
  const start = Math.min(offset, source.length);
  let line = 1;
  let lineStart = 0;
  for (let index = 0; index < start; index++) {
    const code = source.charCodeAt(index);
    if (code === 10 || (code === 13 && source.charCodeAt(index + 1) !== 10)) {
      line++;
      lineStart = index + 1;
    }
  }
  return {
    name,
    offset: start,
    endOffset: Math.max(start, Math.min(endOffset, source.length)),
    line,
    column: start - lineStart + 1,
  };
}
