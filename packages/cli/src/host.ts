/** What a command line is run in: the process, or what a test stands up in its place. */
export interface Host {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** Calls back on Ctrl-C and on a request to end; returns what stops it. */
  onInterrupt(call: () => void): () => void;
}

export interface OutputStream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  /** Resolves when the reader took the text, or went away. */
  write(text: string): Promise<void>;
}

/** The running process. A reader that goes away (`mesh ls | head -1`) ends the output, not the command. */
export function processHost(): Host {
  return {
    cwd: process.cwd(),
    env: process.env,
    stdout: streamOf(process.stdout),
    stderr: streamOf(process.stderr),
    onInterrupt(call) {
      const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
      for (const signal of signals) process.on(signal, call);
      return () => {
        for (const signal of signals) process.off(signal, call);
      };
    },
  };
}

function streamOf(stream: NodeJS.WriteStream): OutputStream {
  let gone = false;
  stream.on("error", () => {
    gone = true;
  });
  return {
    isTTY: stream.isTTY,
    get columns() {
      return stream.columns;
    },
    write: (text) =>
      gone || text === "" ? Promise.resolve() : new Promise((done) => void stream.write(text, () => done())),
  };
}
