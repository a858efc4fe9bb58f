import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

const HEAD = "apiVersion: datamesh.io/v1\nkind: DataProduct\nmetadata: { name: a, domain: d, version: 1.0.0 }\n";

/** Texts as JavaScript, made in the child: what is passed on a command line is short. */
const TEXTS: Readonly<Record<string, string>> = {
  "a scalar of 50 MB": `head + 'spec: { owner: "' + "x".repeat(50_000_000) + '" }'`,
  "100,000 equal keys": `head + "spec:\\n" + "  a: 1\\n".repeat(100_000)`,
  "60,000 unknown keys": `head + "spec:\\n" + Array.from({ length: 60_000 }, (_, i) => "  k" + i + ": 1\\n").join("")`,
  "190,000 lists where texts are meant": `head + "spec: { use_cases: [" + "[],".repeat(190_000) + "] }"`,
  "60,000 columns of one name": `head + "spec: { schema: { fields: [" + "{name: a},".repeat(60_000) + "] } }"`,
  "10,000 levels": `head + "spec: " + "[".repeat(10_000) + "]".repeat(10_000)`,
  "aliases of aliases": `head + "x: &b0 [x,x,x,x,x,x,x,x,x,x]\\n" + Array.from({ length: 9 }, (_, i) => "y" + i + ": &b" + (i + 1) + " [" + ("*b" + i + ",").repeat(10) + "]\\n").join("")`,
  "bytes that are no UTF-8": `new TextDecoder().decode(Buffer.concat([Buffer.from(head + 'spec: { owner: "'), Buffer.from([0xff, 0xc3, 0x28]), Buffer.from('" }')]))`,
  "UTF-16 read as UTF-8": `Buffer.from(head, "utf16le").toString("utf8")`,
  "bytes of a picture": `Buffer.from(Array.from({ length: 100_000 }, (_, i) => (i * 7919) % 256)).toString("utf8")`,
  "a standard's contract of 40,000 wrong tables": `"apiVersion: v3.1.0\\nkind: DataContract\\nid: a\\nversion: 1.0.0\\nstatus: active\\nschema: [" + "{x: 1},".repeat(40_000) + "]"`,
};

const index = fileURLToPath(new URL("../../dist/index.js", import.meta.url));

/** Reads, lints and shows every finding in a process of its own; megabytes are its peak, Node's own 45 or so included. */
async function lintedAlone(
  text: string,
): Promise<{ megabytes: number; count: number; first: string; placed: boolean }> {
  const script = `
    import { lintContract, readContract } from ${JSON.stringify(index)};
    const head = ${JSON.stringify(HEAD)};
    const found = lintContract(readContract({ file: "c.yaml", text: ${text} }), { today: "2026-11-28" });
    const lines = found.map((d) => d.span?.line);
    console.log(JSON.stringify({
      megabytes: process.resourceUsage().maxRSS / 1024,
      count: found.length,
      first: found[0]?.code,
      placed: lines.every((line) => line > 0),
    }));`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], {
    maxBuffer: 10_000_000,
  });
  return JSON.parse(stdout) as Awaited<ReturnType<typeof lintedAlone>>;
}

describe("a file that nobody would write by hand", () => {
  it.each(Object.entries(TEXTS))(
    "%s: a few placed findings, little memory",
    async (_, text) => {
      const { megabytes, count, placed } = await lintedAlone(text);
      expect(placed).toBe(true);
      expect(count).toBeGreaterThan(0);
      expect(count).toBeLessThanOrEqual(1001);
      expect(megabytes).toBeLessThan(400);
    },
    60_000,
  );
});
