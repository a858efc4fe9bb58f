import { describe, expect, it } from "vitest";
import type { ProjectNode } from "../model.ts";
import { batchesOf } from "./microbatch.ts";
import type { BatchRange } from "./microbatch.ts";

const node = (batchSize: string, lookback = 1, begin = "2024-01-30"): ProjectNode =>
  ({ config: { microbatch: { batchSize, lookback, begin, eventTime: "at" } } }) as unknown as ProjectNode;
const now = new Date("2024-02-02T10:30:00Z");
const ids = (n: ProjectNode, range: Partial<BatchRange> = {}): string[] =>
  batchesOf(n, { now, incremental: false, ...range }).map((b) => b.id);

describe("the batches of a microbatch model", () => {
  it.each([
    ["from begin to now, the present one too", node("day"), {}, ["20240130", "20240131", "20240201", "20240202"]],
    ["the present one and one before", node("day"), { incremental: true }, ["20240201", "20240202"]],
    [
      "as many before as lookback says",
      node("day", 3),
      { incremental: true },
      ["20240130", "20240131", "20240201", "20240202"],
    ],
    ["none before", node("hour", 0), { incremental: true }, ["20240202T10"]],
    ["months", node("month", 1, "2023-12-15"), {}, ["202312", "202401", "202402"]],
    ["years", node("year", 1, "2022-06-01"), {}, ["2022", "2023", "2024"]],
    [
      "a range, its end left out",
      node("day"),
      { eventTimeStart: "2024-01-01", eventTimeEnd: "2024-01-03" },
      ["20240101", "20240102"],
    ],
    [
      "whole batches for a range that begins within one",
      node("day"),
      { eventTimeStart: "2024-01-01T12:00:00", eventTimeEnd: "2024-01-02 00:00:01" },
      ["20240101", "20240102"],
    ],
    ["nothing of a range that is none", node("day"), { eventTimeStart: "2024-01-03", eventTimeEnd: "2024-01-01" }, []],
  ])("%s", (_, model, range, expected) => {
    expect(ids(model, range)).toEqual(expected);
  });

  it("ends where the next one begins, across the end of a month", () => {
    const batches = batchesOf(node("day"), { now, incremental: false });
    for (const [i, batch] of batches.entries()) if (i > 0) expect(batch.start).toBe(batches[i - 1]!.end);
    expect(batches.at(-1)!.end).toBe("2024-02-03T00:00:00.000Z");
  });

  it("refuses what is no date, and more batches than anybody wants", () => {
    expect(() => ids(node("day", 1, "yesterday"))).toThrow(RangeError);
    expect(() => ids(node("hour", 1, "1000-01-01"))).toThrow(/more than/);
  });
});
