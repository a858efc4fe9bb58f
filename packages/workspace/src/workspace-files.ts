import { hash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";

export interface FolderEntry {
  readonly name: string;
  /** A link to a folder is none. */
  readonly directory: boolean;
  readonly file: boolean;
}

/** The files of a workspace. Paths are relative to its root, with `/`. */
export interface WorkspaceFiles {
  /** Absolute. */
  readonly root: string;
  /** The text of a file; absent and unreadable files are `undefined`. */
  read(path: string): string | undefined;
  /** What lies in a folder, sorted by name; `undefined` when there is none. */
  list(path: string): readonly FolderEntry[] | undefined;
  /** A hash of the file's bytes; `undefined` like `read`. */
  hash(path: string): string | undefined;
  /** Something was read by another way, which may change without anybody seeing it here. */
  unseen?(): void;
}

/** The files as they lie on disk at the moment of each question. */
export const diskFiles = (root: string): WorkspaceFiles => ({
  root,
  read: (path) => bytesOf(root, path)?.toString("utf8"),
  list: (path) => folderOf(root, path),
  hash: (path) => {
    const bytes = bytesOf(root, path);
    return bytes && hashOf(bytes);
  },
});

/** What was asked of the world and what it answered, in the order of asking. */
export type Answers = ReadonlyMap<string, string>;

const ABSENT = "-";

/**
 * The files and the environment as one run sees them. Whoever works inside `observing` leaves behind what it asked: as
 * long as the world gives the same answers, the work has the same result. Contents count, never times.
 */
export class ObservedFiles implements WorkspaceFiles {
  readonly root: string;
  /** The environment; asking for a variable is noted like reading a file. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly #env: Readonly<Record<string, string | undefined>>;
  readonly #known = new Map<string, string>();
  readonly #lists = new Map<string, readonly FolderEntry[] | undefined>();
  /** Texts that stand in for what is on disk: an editor's unsaved buffers. */
  readonly #texts = new Map<string, string>();
  readonly #observers: Map<string, string>[] = [];
  #now = new Date(0);
  /** A question had two answers while the run went on: somebody writes. Nothing of such a run is worth keeping. */
  torn = false;
  /** Something counts that no question was asked about: what comes out cannot be known again by its questions. */
  blind = false;

  constructor(root: string, env: Readonly<Record<string, string | undefined>> = {}) {
    this.root = root;
    this.#env = env;
    this.env = new Proxy(env, {
      get: (_, name) => {
        if (typeof name === "string") this.answer(`e ${name}`);
        return typeof name === "string" ? env[name] : undefined;
      },
      has: (_, name) => {
        if (typeof name === "string") this.answer(`e ${name}`);
        return typeof name === "string" && name in env;
      },
      // How somebody asks whether a variable is set at all.
      getOwnPropertyDescriptor: (_, name) => {
        if (typeof name === "string") this.answer(`e ${name}`);
        return Reflect.getOwnPropertyDescriptor(env, name);
      },
      ownKeys: () => {
        this.answer("E");
        return Reflect.ownKeys(env);
      },
    });
  }

  read(path: string): string | undefined {
    const replaced = this.#texts.get(path);
    if (replaced === undefined && this.#isAbsent(path)) return this.#note(`f ${path}`, ABSENT);
    const bytes = replaced === undefined ? bytesOf(this.root, path) : Buffer.from(replaced);
    this.#note(`f ${path}`, bytes ? hashOf(bytes) : ABSENT);
    return bytes?.toString("utf8");
  }

  hash(path: string): string | undefined {
    const answer = this.answer(`f ${path}`);
    return answer === ABSENT ? undefined : answer;
  }

  list(path: string): readonly FolderEntry[] | undefined {
    if (!this.#lists.has(path)) this.#lists.set(path, this.#isAbsent(path) ? undefined : folderOf(this.root, path));
    const entries = this.#lists.get(path);
    const key = `d ${path}`;
    this.#note(
      key,
      this.#known.get(key) ?? (entries === undefined ? ABSENT : hashOf(entries.map(entryText).join("\n"))),
    );
    return entries;
  }

  /** What the world says to a question that was noted before. */
  answer(question: string): string {
    const known = this.#known.get(question);
    if (known !== undefined) {
      this.#note(question, known);
      return known;
    }
    const subject = question.slice(2);
    switch (question[0]) {
      case "f": {
        this.#readHash(subject, question);
        break;
      }
      case "d":
        this.list(subject);
        break;
      case "e": {
        const value = this.#env[subject];
        this.#note(question, value === undefined ? ABSENT : hashOf(value));
        break;
      }
      case "t":
        this.#note(question, this.#now.toISOString());
        break;
      default:
        this.#note(question, hashOf(Object.keys(this.#env).sort().join("\n")));
    }
    return this.#known.get(question)!;
  }

  /** The time as this run has it; looking at it is noted. */
  clock(now: Date): Date {
    this.#now = now;
    this.#known.delete("t");
    const noted = () => void this.answer("t");
    return new (class extends Date {
      override getTime(): number {
        noted();
        return super.getTime();
      }
    })(now);
  }

  #readHash(path: string, question: string): void {
    const replaced = this.#texts.get(path);
    const bytes =
      replaced !== undefined ? Buffer.from(replaced) : this.#isAbsent(path) ? undefined : bytesOf(this.root, path);
    this.#note(question, bytes ? hashOf(bytes) : ABSENT);
  }

  /** Whether everything is as it was. What is asked counts for the observers around, too. */
  agrees(answers: Iterable<readonly [string, string]>): boolean {
    for (const [question, answer] of answers) if (this.answer(question) !== answer) return false;
    return true;
  }

  unseen(): void {
    this.blind = true;
  }

  /** Runs some work and tells what it asked. */
  observing<T>(work: () => T): { value: T; answers: Answers } {
    const answers = new Map<string, string>();
    this.#observers.push(answers);
    try {
      return { value: work(), answers };
    } finally {
      this.#observers.pop();
    }
  }

  /** Files that may have changed are looked at again; a text stands in for what is on disk until it is `undefined`. */
  changed(path: string, text?: string): void {
    if (text === undefined) this.#texts.delete(path);
    else this.#texts.set(path, text);
    this.#known.delete(`f ${path}`);
    // A file that came or went changes its folder; a new folder is new to its parent.
    for (let at = path; at !== "";) {
      at = at.includes("/") ? at.slice(0, at.lastIndexOf("/")) : "";
      this.#lists.delete(at);
      this.#known.delete(`d ${at}`);
    }
    for (const key of [path, ...this.#below(path)]) this.#lists.delete(key);
  }

  /** Everything is looked at again. */
  forget(): void {
    this.#known.clear();
    this.#lists.clear();
    this.torn = false;
  }

  #below(path: string): string[] {
    return [...this.#lists.keys()].filter((each) => each.startsWith(`${path}/`));
  }

  /** A folder that was listed says what is not in it without another question to the disk. */
  #isAbsent(path: string): boolean {
    const slash = path.lastIndexOf("/");
    const parent = slash === -1 ? "" : path.slice(0, slash);
    if (!this.#lists.has(parent)) return false;
    const entries = this.#lists.get(parent);
    const name = path.slice(slash + 1);
    return entries === undefined || !entries.some((e) => e.name === name);
  }

  #note(question: string, answer: string): undefined {
    const before = this.#known.get(question);
    if (before !== undefined && before !== answer) this.torn = true;
    this.#known.set(question, answer);
    for (const observer of this.#observers) observer.set(question, answer);
    return undefined;
  }
}

const entryText = (e: FolderEntry): string => `${e.name}\0${e.directory ? "d" : e.file ? "f" : "o"}`;

export const hashOf = (content: string | Buffer): string => hash("sha1", content, "base64").slice(0, 27);

function bytesOf(root: string, path: string): Buffer | undefined {
  try {
    return readFileSync(path.startsWith("/") ? path : `${root}/${path}`);
  } catch {
    return undefined;
  }
}

function folderOf(root: string, path: string): FolderEntry[] | undefined {
  try {
    return readdirSync(path === "" ? root : `${root}/${path}`, { withFileTypes: true })
      .map((e) => ({ name: e.name, directory: e.isDirectory(), file: e.isFile() }))
      .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  } catch {
    return undefined;
  }
}
