/**
 * An error a running template makes, before it has a place. The evaluator turns it into a `JinjaError`;
 * host functions may throw it to name the Python error type.
 */
export class PythonError extends Error {
  /** The Python exception's name: `TypeError`, `UndefinedError`, `KeyError` … */
  readonly type: string;
  constructor(type: string, message: string) {
    super(message);
    this.name = "PythonError";
    this.type = type;
  }
}

/** A name that does not exist was called or needed. */
export class UnknownNameError extends PythonError {
  readonly unknownName: string;
  readonly candidates: readonly string[];
  constructor(message: string, unknownName: string, candidates: readonly string[], type = "UndefinedError") {
    super(type, message);
    this.unknownName = unknownName;
    this.candidates = candidates;
  }
}

/** A limit of the environment was reached. */
export class LimitError extends PythonError {
  readonly limit: "steps" | "outputChars" | "depth" | "signal";
  constructor(limit: "steps" | "outputChars" | "depth" | "signal", message: string) {
    super("LimitError", message);
    this.limit = limit;
  }
}

/** Thrown by dbt's `return()`; a macro call catches it and gives `value`. Not an Error: it needs no stack. */
export class ReturnSignal<T = unknown> {
  readonly value: T;
  constructor(value: T) {
    this.value = value;
  }
}
