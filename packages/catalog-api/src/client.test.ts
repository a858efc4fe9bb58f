import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { CatalogError, catalogClient, instant, publication } from "@meshwork/catalog-api";
import { afterAll, beforeAll, expect, test } from "vitest";

let server: Server;
let url: string;
let seen: { method?: string | undefined; path?: string | undefined; authorization?: string | undefined } = {};
let answer = { status: 200, body: "{}" };

beforeAll(async () => {
  server = createServer((request, response) => {
    seen = { method: request.method, path: request.url, authorization: request.headers.authorization };
    request.resume();
    response.writeHead(answer.status, { location: "/elsewhere" });
    response.end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

test("asks under its address, with the key, and quotes names in paths", async () => {
  answer = { status: 200, body: '{"items":[]}' };
  const client = catalogClient({ url: `${url}/base/`, key: "k" });
  await client.versions("a/b", "../x?y");
  expect(seen).toEqual({
    method: "GET",
    path: "/base/v1/products/a%2Fb/..%2Fx%3Fy/versions",
    authorization: "Bearer k",
  });
  answer = { status: 200, body: '{"items":[],"total":0,"offset":0,"limit":50}' };
  await client.products({ tag: "a&b", limit: 5 });
  expect(seen.path).toBe("/base/v1/products?tag=a%26b&limit=5");
});

test("what is not there is undefined; a list that is not there is a wrong address", async () => {
  answer = { status: 404, body: '{"code":"publish/refused","message":"No."}' };
  const client = catalogClient({ url });
  expect(await client.product("a", "b")).toBeUndefined();
  await expect(client.domains()).rejects.toThrow(CatalogError);
});

test("an answer that is no catalog's is noticed, on reading and on writing", async () => {
  const client = catalogClient({ url });
  for (const body of ["<html>Welcome</html>", "{}", "null", '{"items":"x"}']) {
    answer = { status: 200, body };
    await expect(client.domains(), body).rejects.toThrow(/not a catalog's/);
    expect(await client.publish({ contract: "x" }), body).toMatchObject({
      ok: false,
      problem: { message: expect.stringContaining("not a Meshwork catalog") as string },
    });
  }
  answer = { status: 502, body: "<html>Bad gateway</html>" };
  await expect(client.domains()).rejects.toThrow("The catalog answered 502: status 502");
  expect(await client.publish({ contract: "x" })).toMatchObject({ ok: false, status: 502 });
  // The key would go along.
  answer = { status: 302, body: "" };
  await expect(catalogClient({ url, key: "k" }).domains()).rejects.toThrow();
  expect(seen.path).toBe("/v1/domains");
});

test("instants are such as every store can hold", () => {
  for (const good of ["1970-01-01T00:00:00Z", "2026-11-21T03:00:00.123+02:00"])
    expect(instant.safeParse(good).success, good).toBe(true);
  for (const bad of ["0000-01-01T00:00:00Z", "9999-12-31T00:00:00Z", "2026-11-21", "2026-11-21T03:00:00", "yesterday"])
    expect(instant.safeParse(bad).success, bad).toBe(false);
});

test("an envelope may hold a contract and nothing else; addresses in it are web addresses", () => {
  const run = { runId: "0193f7c2-5d0e-4c41-9f5c-2b7f6a1d9e10", startedAt: "2026-11-21T03:00:00Z", status: "completed" };
  expect(publication.safeParse({ contract: "x" }).success).toBe(true);
  expect(publication.safeParse({ contract: "x", run }).success).toBe(true);
  expect(publication.safeParse({ contract: "x", run: { ...run, url: "javascript:alert(1)" } }).success).toBe(false);
  expect(publication.safeParse({ contract: "x", typescript: { module: 'x"; evil', type: "T" } }).success).toBe(false);
});
