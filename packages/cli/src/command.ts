import type { Report } from "@meshwork/diagnostics";
import type { Progress } from "@meshwork/workspace";

/** One flag of a command, in commander's notation. */
export interface CommandOption {
  readonly flags: string;
  readonly description: string;
  /** May be given several times. */
  readonly many?: boolean;
  readonly choices?: readonly string[];
}

/** What a command gets besides its own arguments. */
export interface CommandContext {
  /** Where the command was started, or `--cwd`. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Colour of the result's own lines; findings are coloured by the reporter. */
  readonly color: boolean;
  readonly now: Date;
  progress(event: Progress): void;
  /** A line for the person who waits, on stderr: an address that is needed before the command ends. */
  notice(line: string): void;
}

export type OptionValues = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

/** A command without the parts that every command shares: duration and the name. */
export type CommandReport = Omit<Report, "command" | "durationMs"> & {
  /** An interruption is how this command ends, or came too late to leave anything undone. */
  readonly finished?: boolean | undefined;
};

export interface Command {
  readonly name: string;
  /** Commander's notation: `[products...]`, `<before> <after>`. */
  readonly arguments?: string;
  readonly summary: string;
  /** Lines that work when pasted into the example mesh. */
  readonly examples: readonly string[];
  readonly options: readonly CommandOption[];
  run(args: readonly string[], options: OptionValues, context: CommandContext): Promise<CommandReport>;
}

/** The user asked for something that cannot be: exit 2, two lines, no stack. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The command could not do its work: exit 3. */
export class CannotRun extends Error {
  override readonly name = "CannotRun";
}

export const text = (value: OptionValues[string]): string | undefined =>
  typeof value === "string" ? value : undefined;
export const flag = (value: OptionValues[string]): boolean => value === true;
export const list = (value: OptionValues[string]): string[] =>
  Array.isArray(value) ? [...(value as readonly string[])] : typeof value === "string" ? [value] : [];
