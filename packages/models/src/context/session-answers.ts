import type { EngineAnswer } from "../model.ts";

/** A statement that a template runs while it is rendered: `run_query`, `statement`, `adapter.get_columns_in_relation`. */
export interface Question {
  readonly sql: string;
}

/** What the engine said to it. */
export type Answer = EngineAnswer;

/** Ends a render that asks the engine where there is none. */
export class NoEngine extends Error {
  constructor() {
    super("a template asks the engine, and there is none");
  }
}

/** Ends a render whose next statement has no answer yet. */
export class PendingQuestion extends Error {
  readonly question: Question;
  readonly answers: Answers;

  constructor(question: Question, answers: Answers) {
    super("a template waits for an answer of the engine");
    this.question = question;
    this.answers = answers;
  }
}

/**
 * The statements of one template and their answers, in order. Rendering is synchronous and engines are not: a render
 * ends at the first statement without an answer, and begins again once there is one. Each statement runs once.
 */
export class Answers {
  readonly #given: { readonly sql: string; readonly answer: Answer }[] = [];
  #at = 0;

  /** Before each render. */
  rewind(): void {
    this.#at = 0;
  }

  /** @throws {PendingQuestion} when nobody has asked the engine yet. */
  ask(question: Question): Answer {
    const known = this.#given[this.#at];
    if (known?.sql === question.sql) {
      this.#at++;
      return known.answer;
    }
    // A text that changes from render to render (a clock): what followed it is of no use.
    this.#given.length = Math.min(this.#given.length, this.#at);
    throw new PendingQuestion(question, this);
  }

  give(question: Question, answer: Answer): void {
    this.#given.push({ sql: question.sql, answer });
  }

  get size(): number {
    return this.#given.length;
  }
}
