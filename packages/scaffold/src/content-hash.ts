import { createHash } from "node:crypto";

/** The fingerprint of a text in scaffold records and plans; line ends do not count, because git may change them. */
export const contentHash = (text: string): string =>
  createHash("sha256").update(text.replaceAll("\r\n", "\n")).digest("hex").slice(0, 32);

/**
 * A UUID in the form of RFC 9562's version 5 (SHA-1 of a namespace and a name): two people who scaffold the same
 * product get the same id.
 */
export function nameUuid(name: string): string {
  const bytes = createHash("sha1").update("meshwork:data-product\n").update(name).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x50;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
