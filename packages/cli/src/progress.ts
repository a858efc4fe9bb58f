import { seconds } from "@meshwork/diagnostics";
import type { Progress } from "@meshwork/workspace";

interface Stream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

const quietAtFirstMs = 500;
const betweenPaintsMs = 100;
const signOfLifeMs = 30_000;

/**
 * Progress on stderr: on a terminal one line, painted at most ten times a second and wiped before the result;
 * elsewhere one line a finished product and a sign of life every 30 s.
 */
export class ProgressLine {
  readonly #out: Stream;
  readonly #live: boolean;
  readonly #start = performance.now();
  #painted = 0;
  #shown = false;
  #lastSaid = performance.now();
  #text = "";
  readonly #timer: NodeJS.Timeout;

  constructor(out: Stream, env: Readonly<Record<string, string | undefined>>) {
    this.#out = out;
    this.#live = out.isTTY === true && !env["CI"] && env["TERM"] !== "dumb";
    this.#timer = setInterval(() => this.#tick(), this.#live ? 250 : 1000);
    this.#timer.unref();
  }

  show(event: Progress): void {
    if (event.kind === "product" && !this.#live) {
      this.#out.write(`${`${event.status.padEnd(8)} ${event.product}  ${event.text}`.trimEnd()}\n`);
      this.#lastSaid = performance.now();
      return;
    }
    const count = event.kind === "phase" && event.total !== undefined ? ` ${event.done ?? 0}/${event.total}` : "";
    if (event.kind === "phase") this.#text = `${event.text}${count}`;
    this.#paint();
  }

  end(): void {
    clearInterval(this.#timer);
    this.#wipe();
  }

  #tick(): void {
    if (this.#live) this.#paint();
    else if (performance.now() - this.#lastSaid > signOfLifeMs && this.#text) {
      this.#lastSaid = performance.now();
      this.#out.write(`still working: ${this.#text} (${seconds(performance.now() - this.#start)})\n`);
    }
  }

  #paint(): void {
    const now = performance.now();
    if (!this.#live || !this.#text || now - this.#start < quietAtFirstMs || now - this.#painted < betweenPaintsMs)
      return;
    this.#painted = now;
    this.#shown = true;
    const text = `${this.#text} (${seconds(now - this.#start)})`;
    this.#out.write(`\r\u001b[2K${text.slice(0, (this.#out.columns ?? 80) - 1)}`);
  }

  #wipe(): void {
    if (this.#shown) this.#out.write("\r\u001b[2K");
    this.#shown = false;
  }
}
