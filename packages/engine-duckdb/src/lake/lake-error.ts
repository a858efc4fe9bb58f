export type LakeErrorCode = "bad-name" | "damaged-snapshot" | "disk-full" | "stale-stage";

/** Trouble with the lake's own files; `file` is the place. */
export class LakeError extends Error {
  override readonly name = "LakeError";
  readonly code: LakeErrorCode;
  readonly file: string;

  constructor(code: LakeErrorCode, file: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.file = file;
  }
}

const segment = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,120}$/;

/** Names of domains, ports and products come out of contracts and become folders: nothing that could leave its own. */
export function checkedSegment(name: string, what: string): string {
  if (segment.test(name) && !name.includes("..")) return name;
  throw new LakeError("bad-name", name, `${what} ${JSON.stringify(name)} cannot be the name of a folder.`);
}

/** A full disk, told by the system's own code; anything else stays as it is. */
export function fileTrouble(error: unknown, file: string): unknown {
  if (error instanceof Error && "code" in error && (error.code === "ENOSPC" || error.code === "EDQUOT"))
    return new LakeError("disk-full", file, `No space is left to write ${file}.`, error);
  return error;
}
