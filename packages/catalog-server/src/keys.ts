import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { mkdir, open, readFile } from "node:fs/promises";
import { join } from "node:path";

/** The key of an embedded catalog, made on first use and readable by its user only. */
export async function embeddedKey(dir: string): Promise<string> {
  const path = join(dir, "key");
  for (let attempt = 0; ; attempt++) {
    const known = await readFile(path, "utf8").then(
      (text) => text.trim(),
      () => "",
    );
    if (known.length >= 32) return known;
    await mkdir(dir, { recursive: true });
    try {
      const file = await open(path, "wx", 0o600);
      await file.writeFile(`${randomBytes(24).toString("hex")}\n`);
      await file.close();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      // Another process is writing it just now.
      if (attempt > 50) throw new Error(`${path} holds no key: delete it, and a new one is made.`, { cause: error });
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/** Whether an `Authorization` header carries one of the keys; takes as long for a wrong one. */
export function bearerMatches(header: string | undefined, keys: readonly string[]): boolean {
  const given = /^Bearer +(\S+)$/i.exec(header ?? "")?.[1];
  if (given === undefined) return false;
  const asked = digest(given);
  return keys.reduce((found, key) => timingSafeEqual(asked, digest(key)) || found, false);
}
