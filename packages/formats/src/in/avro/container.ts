/**
 * The schema in the head of an Avro object container file (specification, "Object Container Files"); undefined where
 * the bytes are no such head. Nothing but the head is looked at.
 */
export function schemaOfContainer(bytes: Uint8Array): string | undefined {
  if (bytes.length < 5 || bytes[0] !== 0x4f || bytes[1] !== 0x62 || bytes[2] !== 0x6a || bytes[3] !== 1)
    return undefined;
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 4;
  /** A number as variable-length zigzag; what does not fit 53 bits is no length of anything. */
  const long = (): number => {
    let value = 0n;
    for (let shift = 0n; shift < 64n; shift += 7n) {
      const byte = view[at++];
      if (byte === undefined) return Number.NaN;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    return Number((value >> 1n) ^ -(value & 1n));
  };
  const part = (): Buffer | undefined => {
    const length = long();
    if (!(length >= 0) || at + length > view.length) return undefined;
    at += length;
    return view.subarray(at - length, at);
  };
  for (;;) {
    let count = long();
    if (count < 0) {
      count = -count;
      long();
    }
    if (!(count > 0)) return undefined;
    for (; count > 0; count--) {
      const [key, value] = [part(), part()];
      if (key === undefined || value === undefined) return undefined;
      if (key.toString("utf8") === "avro.schema") return value.toString("utf8");
    }
  }
}
