import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { readMesh } from "@meshwork/contract";
import { connectPublisher, publishArea, publishTarget } from "@meshwork/publishers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startReceiver } from "./testdata/receiver.ts";
import type { Receiver } from "./testdata/receiver.ts";
import { sampleSnapshot } from "./testdata/sample-snapshot.ts";

// Each page's examples are the settings of a target: read as mesh.yaml has them, connected, and sent to a receiver
// that knows one key and has one released version.

const folder = fileURLToPath(publishArea.pages.directory);
let receiver: Receiver;
beforeAll(async () => {
  receiver = await startReceiver();
});
afterAll(() => receiver.close());

async function codesOf(example: string): Promise<string[]> {
  const indented = example.trimEnd().replace(/^/gm, "      ");
  const text = `apiVersion: datamesh.io/v1\nkind: Mesh\nmetadata: { name: acme }\nspec:\n  publish:\n    team:\n${indented}\n`;
  const { value } = readMesh({ file: "mesh.yaml", text });
  const found = publishTarget("team", value?.publish ?? []);
  if (!found.ok) return [found.diagnostic.code];
  const { url } = found.target;
  const target = { ...found.target, url: url === "http://catalog.example" ? receiver.url : url };
  const connected = connectPublisher(target, {
    env: { CATALOG_KEY: "right", WRONG_KEY: "wrong" },
    readFile: () => undefined,
  });
  if (!connected.ok) return connected.diagnostics.map((d) => d.code);
  const codes: string[] = [];
  for (const step of connected.publisher.plan(sampleSnapshot())) {
    const revise = (step.body as { revise?: boolean }).revise;
    const isConflict = example.includes("another column type") && revise === false;
    receiver.answers(
      example.includes("WRONG_KEY")
        ? { status: 401, body: { code: "publish/refused", message: "This needs the catalog's key." } }
        : isConflict
          ? { status: 409, body: { code: "publish/conflict", message: "It promises something else." } }
          : {
              status: 201,
              body: {
                outcome: "created",
                id: "x",
                name: "x.y",
                version: "1.0.0",
                revision: 1,
                contentHash: "h",
                changedPromises: false,
                run: "stored",
                url: "/",
                warnings: [],
              },
            },
    );
    const { diagnostics } = await connected.publisher.send(step, { root: "/", sleep: () => Promise.resolve() });
    codes.push(...diagnostics.map((d) => d.code));
  }
  return codes;
}

test("every code has a page", () => {
  const pages = readdirSync(folder).filter((file) => file.endsWith(publishArea.pages.suffix));
  expect(pages.sort()).toEqual(
    Object.keys(publishArea.definitions)
      .map((code) => `${code}${publishArea.pages.suffix}`)
      .sort(),
  );
});

for (const code of Object.keys(publishArea.definitions))
  test(`${code}: what stands under Wrong gives the code, what stands under Right does not`, async () => {
    const page = readFileSync(`${folder}${code}${publishArea.pages.suffix}`, "utf8");
    expect(page.startsWith(`# publish/${code}\n`)).toBe(true);
    const example = (title: string) => new RegExp(`## ${title}\\n\`\`\`yaml\\n([^]*?)\`\`\``).exec(page)![1]!;
    expect(await codesOf(example("Wrong"))).toContain(`publish/${code}`);
    expect(await codesOf(example("Right"))).toEqual([]);
  });

test("a target that is not in mesh.yaml names the nearest", () => {
  const target = { name: "lineage", kind: "openlineage", settings: {}, at: [] };
  expect(publishTarget("linage", [target])).toMatchObject({
    ok: false,
    diagnostic: { message: 'mesh.yaml has no publish target "linage". Did you mean "lineage"?' },
  });
});
