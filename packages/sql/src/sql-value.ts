/** A value bound to a statement. Decimals and 64-bit integers travel as strings or bigints, exactly. */
export type SqlValue = string | number | bigint | boolean | null | Uint8Array | Date;
