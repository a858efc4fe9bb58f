import pc from "picocolors";

/** What each part of the output means in colour; nothing is said by colour alone. */
export function palette(color: boolean) {
  const c = pc.createColors(color);
  return {
    severity: (s: string, text: string) =>
      s === "error" ? c.bold(c.red(text)) : s === "warning" ? c.bold(c.yellow(text)) : c.bold(c.blue(text)),
    mark: (s: string, text: string) => (s === "error" ? c.red(text) : s === "warning" ? c.yellow(text) : c.blue(text)),
    place: c.cyan,
    dim: c.dim,
    help: c.green,
    bold: c.bold,
    ok: c.green,
    bad: c.red,
    warn: c.yellow,
  };
}
export type Palette = ReturnType<typeof palette>;
