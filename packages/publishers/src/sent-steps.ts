import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Step } from "./publisher.ts";

/**
 * What an embedded catalog has accepted, in a file beside its data: opening the database to hear that nothing is new
 * costs more than everything else. The file goes with the catalog's folder; an entry that is lost is sent again.
 */
export class SentSteps {
  readonly #file: string;

  constructor(dir: string) {
    this.#file = join(dir, "sent.json");
  }

  has(step: Step): boolean {
    return this.#read().get(entryOf(step)) === step.key;
  }

  add(step: Step): void {
    const known = this.#read().set(entryOf(step), step.key);
    const draft = `${this.#file}.${process.pid}.tmp`;
    try {
      mkdirSync(dirname(this.#file), { recursive: true });
      writeFileSync(draft, `${JSON.stringify(Object.fromEntries([...known].sort()), null, 1)}\n`);
      renameSync(draft, this.#file);
    } catch {
      // The catalog has it all the same; the next run asks the catalog again.
    }
  }

  #read(): Map<string, unknown> {
    try {
      const kept: unknown = JSON.parse(readFileSync(this.#file, "utf8"));
      return new Map(typeof kept === "object" && kept !== null ? Object.entries(kept) : []);
    } catch {
      // Absent, or not what was written: then nothing is known to be sent.
      return new Map();
    }
  }
}

const entryOf = (step: Step): string => `${step.target} ${step.product}`;
