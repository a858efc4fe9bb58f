import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { catalogArea, startCatalog } from "@meshwork/catalog-server";
import type { CatalogOptions } from "@meshwork/catalog-server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { prepareCatalogs } from "./prepared-catalog.ts";

// The pages of the area's codes are executed: what stands under Wrong gives the code, what stands under Right does not.

const folder = fileURLToPath(catalogArea.pages.directory);
const dir = mkdtempSync(join(tmpdir(), "mesh-startup-"));
let catalogs: Awaited<ReturnType<typeof prepareCatalogs>>;
beforeAll(async () => {
  catalogs = await prepareCatalogs();
});
afterAll(() => {
  catalogs?.remove();
  rmSync(dir, { recursive: true, force: true });
});

/** `key: value` lines; the examples hold nothing else. */
const optionsOf = (text: string): CatalogOptions =>
  Object.fromEntries(
    text.split("\n").flatMap((line) => {
      const [, key, value] = /^(\w+): (\S+)/.exec(line) ?? [];
      return key === undefined || value === undefined ? [] : [[key, key === "port" ? Number(value) : value]];
    }),
  );

/** Codes that starting gives; the others come up later and have tests of their own. */
async function codesOf(options: CatalogOptions): Promise<string[]> {
  const started = await startCatalog(options);
  if (!started.ok) return [started.diagnostic.code];
  const ready = await started.value.ready;
  await started.value.close();
  return ready.ok ? [] : [ready.diagnostic.code];
}

describe("pages", () => {
  test("every code has one", () => {
    expect(
      readdirSync(folder)
        .filter((file) => file.endsWith(catalogArea.pages.suffix))
        .sort(),
    ).toEqual(
      Object.keys(catalogArea.definitions)
        .map((code) => `${code}${catalogArea.pages.suffix}`)
        .sort(),
    );
  });

  for (const code of Object.keys(catalogArea.definitions))
    test(code, async () => {
      const page = readFileSync(join(folder, `${code}${catalogArea.pages.suffix}`), "utf8");
      expect(page.startsWith(`# catalog/${code}\n`)).toBe(true);
      const example = (title: string) => {
        const text = new RegExp(`## ${title}\\n\`\`\`yaml\\n([^]*?)\`\`\``).exec(page)?.[1];
        expect(text, title).toBeDefined();
        return optionsOf(text!);
      };
      // A program that has the port, and a catalog that serves the folder, where the example says so.
      const blocker = createServer().listen(0, "127.0.0.1");
      await new Promise((resolve) => blocker.once("listening", resolve));
      const taken = (blocker.address() as AddressInfo).port;
      const first = await startCatalog({ dir: catalogs.into(join(dir, "served")), port: 0 });
      if (!first.ok) throw new Error(first.diagnostic.message);
      await first.value.ready;
      const run = async (example: CatalogOptions) =>
        await codesOf({
          ...example,
          port: example.port === 4400 ? taken : 0,
          ...(example.dir === undefined ? {} : { dir: catalogs.into(join(dir, example.dir)) }),
        });
      try {
        expect(await run(example("Wrong"))).toEqual([`catalog/${code}`]);
        expect(await run(example("Right"))).not.toContain(`catalog/${code}`);
      } finally {
        await first.value.close();
        blocker.close();
      }
    });
});

test("reading needs the key where the address is not this machine's own", async () => {
  const started = await startCatalog({ dir: catalogs.into(join(dir, "guarded")), port: 0, openReads: false });
  if (!started.ok) throw new Error(started.diagnostic.message);
  const { url, close } = started.value;
  const own = readFileSync(join(dir, "guarded", "key"), "utf8").trim();
  const status = async (headers: Record<string, string>) => (await fetch(`${url}/v1/domains`, { headers })).status;
  expect(await status({})).toBe(401);
  expect(await status({ authorization: `Bearer ${own}` })).toBe(200);
  await close();
});
