import { inspect } from "node:util";

/** A value that never gets into a message, a log or JSON by accident. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return "•••";
  }

  toJSON(): string {
    return "•••";
  }

  [inspect.custom](): string {
    return "•••";
  }
}
