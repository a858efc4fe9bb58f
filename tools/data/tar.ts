/**
 * One file out of a tar archive (POSIX ustar: 512-byte headers, name at 0, size in octal at 124, prefix at 345).
 * Undefined where the archive has no file of that name.
 */
export function fileInTar(archive: Uint8Array, wanted: (name: string) => boolean): Uint8Array | undefined {
  const text = (from: number, length: number): string => {
    const field = archive.subarray(from, from + length);
    const end = field.indexOf(0);
    return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
  };
  for (let at = 0; at + 512 <= archive.length;) {
    const name = text(at, 100);
    if (name === "") return undefined;
    const size = Number.parseInt(text(at + 124, 12).trim() || "0", 8);
    if (!Number.isSafeInteger(size)) throw new RangeError(`the archive is damaged at byte ${at}`);
    const prefix = text(at + 345, 155);
    if (wanted(prefix === "" ? name : `${prefix}/${name}`)) return archive.subarray(at + 512, at + 512 + size);
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return undefined;
}
