import { setTimeout as delay } from "node:timers/promises";
import type { Secret } from "./secret.ts";
import type { SendContext } from "./publisher.ts";

/** What the receiver said, or why there was no answer. */
export type Posted =
  | { readonly ok: true; readonly response: Response; readonly attempts: number }
  | { readonly ok: false; readonly reason: string; readonly attempts: number };

const tries = 5;
const firstWait = 300;
const patience = 10_000;
/** Answers that may be another after a moment. 501 and the like will not be. */
const passing = new Set([500, 502, 503, 504]);

/**
 * Posts JSON, again after 0.3, 0.6, 1.2 and 2.4 s where there was no answer or a passing one. What is posted has to
 * be idempotent: an answer may get lost after the receiver has acted.
 */
export async function postJson(
  url: string,
  body: unknown,
  key: Secret | undefined,
  {
    signal,
    fetch = globalThis.fetch,
    sleep = (milliseconds) => delay(milliseconds, undefined, signal === undefined ? {} : { signal }),
  }: SendContext,
): Promise<Posted> {
  let reason = "";
  for (let attempt = 1; attempt <= tries; attempt++) {
    signal?.throwIfAborted();
    if (attempt > 1) await sleep(firstWait * 2 ** (attempt - 2));
    try {
      const timeout = AbortSignal.timeout(patience);
      const response = await fetch(url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          ...(key === undefined ? {} : { authorization: `Bearer ${key.reveal()}` }),
        },
        body: JSON.stringify(body),
        signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
        // A redirect would carry the key elsewhere.
        redirect: "error",
      });
      if (!passing.has(response.status)) return { ok: true, response, attempts: attempt };
      reason = `it answered ${response.status}`;
      await response.body?.cancel();
    } catch (error) {
      signal?.throwIfAborted();
      reason = reasonOf(error);
    }
  }
  return { ok: false, reason: `${reason}, ${tries} times`, attempts: tries };
}

/** fetch hides the system's word (`ECONNREFUSED`) in causes. */
export function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === "TimeoutError") return `no answer within ${patience / 1000} s`;
  let at: unknown = error;
  for (let depth = 0; depth < 5 && at instanceof Error; depth++) {
    if ("code" in at && typeof at.code === "string") return known[at.code] ?? at.code;
    at = at instanceof AggregateError ? at.errors[0] : at.cause;
  }
  // The address stands in the message already, without what it may hold.
  return error instanceof Error ? error.message.replace(/\w+:\/\/\S+/g, "the address") : "unknown error";
}

const known: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there",
  ENOTFOUND: "no such host",
  ECONNRESET: "the connection was cut",
  EAI_AGAIN: "the host's name could not be looked up",
};
