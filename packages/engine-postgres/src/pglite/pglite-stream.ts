import { existsSync } from "node:fs";
import { Duplex } from "node:stream";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";

/** Workers start from built files, whoever imports this. */
const script = ((): string => {
  const beside = fileURLToPath(new URL("./pglite-worker.js", import.meta.url));
  return existsSync(beside) ? beside : fileURLToPath(new URL("../../dist/pglite/pglite-worker.js", import.meta.url));
})();

/** PostgreSQL in a worker. */
export interface Backend {
  readonly worker: Worker;
  /** Stops it in the middle of whatever it does; its folder is as after a crash, which the next start repairs. */
  kill(): Promise<void>;
  close(): Promise<void>;
}

export function startBackend(dataDir: string): Promise<Backend> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(script, { workerData: { dataDir } });
    worker.once("error", reject);
    worker.once("message", () => {
      worker.off("error", reject);
      // An engine that nobody closes does not keep the process.
      worker.unref();
      resolve({
        worker,
        kill: async () => void (await worker.terminate()),
        close: () =>
          new Promise((done) => {
            worker.ref();
            worker.on("message", (m) => void (m === "closed" && done()));
            worker.once("exit", () => done());
            worker.postMessage("close", []);
          }),
      });
    });
  });
}

/** The socket that `pg` believes to have. */
export class PgliteStream extends Duplex {
  readonly #worker: Worker;
  readonly #receive = (message: unknown): void => {
    if (message instanceof Uint8Array) this.push(Buffer.from(message.buffer, message.byteOffset, message.byteLength));
  };
  #pending = 0;

  constructor(worker: Worker) {
    super();
    this.#worker = worker;
    worker.on("message", this.#receive);
    worker.once("exit", () => this.destroy(new Error("Connection terminated")));
  }

  connect(): this {
    setImmediate(() => this.emit("connect"));
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  /** `pg` waits for answers with the process kept alive. */
  ref(): this {
    if (this.#pending++ === 0) this.#worker.ref();
    return this;
  }

  unref(): this {
    if (--this.#pending === 0) this.#worker.unref();
    return this;
  }

  override _read(): void {}

  override _write(chunk: Buffer, _: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#send(chunk);
    done();
  }

  override _writev(chunks: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this.#send(Buffer.concat(chunks.map((c) => c.chunk)));
    done();
  }

  #send(bytes: Buffer): void {
    // The goodbye of one connection is not the end of the database.
    if (bytes.length === 5 && bytes[0] === 0x58) return void this.push(null);
    const own = Uint8Array.from(bytes);
    this.#worker.postMessage(own, [own.buffer]);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#worker.off("message", this.#receive);
    done(error);
  }
}
