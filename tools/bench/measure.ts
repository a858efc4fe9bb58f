import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** One command, run as a user runs it: a whole process. */
export interface Subject {
  readonly name: string;
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Runs before each measured run and is not measured. */
  readonly before?: () => void;
}

export interface Measured {
  readonly name: string;
  /** Medians: seconds of wall clock, seconds of CPU (user and system), MiB of memory at the peak. */
  readonly wall: number;
  readonly cpu: number;
  readonly memory: number;
}

const reporter = pathToFileURL(join(import.meta.dirname, "report-usage.js")).href;

/**
 * Runs the subjects in turn, A B A B …, so that a machine that slows down slows all of them, and takes medians.
 * A first round is not counted: it fills the file cache.
 */
export function measure(subjects: readonly Subject[], runs: number): Measured[] {
  const samples = subjects.map(() => [] as { wall: number; cpu: number; memory: number }[]);
  for (let round = 0; round <= runs; round++) {
    subjects.forEach((subject, i) => {
      const sample = once(subject);
      if (round > 0) samples[i]!.push(sample);
    });
  }
  return subjects.map((subject, i) => ({
    name: subject.name,
    wall: median(samples[i]!.map((s) => s.wall)),
    cpu: median(samples[i]!.map((s) => s.cpu)),
    memory: median(samples[i]!.map((s) => s.memory)),
  }));
}

function once(subject: Subject): { wall: number; cpu: number; memory: number } {
  subject.before?.();
  const folder = mkdtempSync(join(tmpdir(), "meshwork-bench-"));
  const usage = join(folder, "usage.json");
  const [command = "", ...args] = subject.argv;
  const node = command === "node";
  const started = process.hrtime.bigint();
  const run = spawnSync(node ? process.execPath : command, node ? ["--import", reporter, ...args] : args, {
    cwd: subject.cwd,
    env: { ...process.env, ...subject.env, MESHWORK_BENCH_USAGE: usage, CI: "", NO_COLOR: "1" },
    encoding: "utf8",
    maxBuffer: 1 << 30,
  });
  const wall = Number(process.hrtime.bigint() - started) / 1e9;
  if (run.status !== 0)
    throw new Error(`${subject.name}: exit ${run.status}\n${run.stderr}\n${run.stdout.slice(-2000)}`);
  let cpu = Number.NaN;
  let memory = Number.NaN;
  try {
    const found = JSON.parse(readFileSync(usage, "utf8")) as { cpuSeconds: number; peakMiB: number };
    [cpu, memory] = [found.cpuSeconds, found.peakMiB];
  } catch {
    // Not a Node process: only its wall clock is known.
  }
  rmSync(folder, { recursive: true, force: true });
  return { wall, cpu, memory };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** A table with each subject's figures and its ratio to the floor, the last of them. */
export function report(title: string, measured: readonly Measured[], note = ""): void {
  const floor = measured.at(-1)!;
  console.log(`\n${title}${note ? `  (${note})` : ""}`);
  const width = Math.max(...measured.map((m) => m.name.length));
  console.log(`  ${"".padEnd(width)}   wall s   x floor    CPU s   x floor   MiB`);
  for (const m of measured) {
    const cells = [
      m.wall.toFixed(3).padStart(7),
      (m.wall / floor.wall).toFixed(2).padStart(8),
      m.cpu.toFixed(3).padStart(8),
      (m.cpu / floor.cpu).toFixed(2).padStart(8),
      m.memory.toFixed(0).padStart(6),
    ];
    console.log(`  ${m.name.padEnd(width)}  ${cells.join("  ")}`);
  }
}

/** How each subject's seconds and memory grow from size to size: what is linear has one figure a contract throughout. */
export function growth(
  title: string,
  rows: readonly { size: number; measured: readonly Measured[] }[],
  /** Subjects that do not grow with the size have this in their name. */
  constant: string,
): void {
  if (rows.length < 2) return;
  console.log(`\n${title}`);
  const names = [...new Set(rows.flatMap((r) => r.measured.map((m) => m.name)))].filter((n) => !n.includes(constant));
  const width = Math.max(...names.map((n) => n.length));
  console.log(`  ${"".padEnd(width)}  ${rows.map((r) => String(r.size).padStart(16)).join("  ")}`);
  for (const name of names) {
    const cells = rows.map(({ size, measured }) => {
      const found = measured.find((m) => m.name === name);
      const cell = found ? `${((found.wall / size) * 1000).toFixed(2)} ms, ${found.memory.toFixed(0)} MiB` : "";
      return cell.padStart(16);
    });
    console.log(`  ${name.padEnd(width)}  ${cells.join("  ")}`);
  }
  console.log("  wall clock a contract, memory at the peak");
}
