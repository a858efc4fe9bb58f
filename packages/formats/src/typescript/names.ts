/** Types that a row refers to: a port of that name must not hide them. */
const taken = new Set(["Array", "Date", "Record", "Uint8Array"]);

/** `order_events` is `OrderEvents`; what no identifier can begin with gets `Port` in front. */
export function pascalCase(name: string): string {
  const words = name.split(/(?:[^\p{ID_Continue}]|_)+/u).filter((word) => word !== "");
  const joined = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
  return /^\p{ID_Start}/u.test(joined) ? joined : `Port${joined}`;
}

/** `OrderEvents` as a value's name. */
export const camelCase = (pascal: string): string => pascal.charAt(0).toLowerCase() + pascal.slice(1);

/** A type name for each port, in order; those that meet are numbered. */
export function typeNames(ports: readonly string[]): string[] {
  const used = new Set<string>();
  return ports.map((port) => {
    const wanted = pascalCase(port);
    const plain = taken.has(wanted) ? `${wanted}Row` : wanted;
    let name = plain;
    // Compared without case, because `orderSchema` and `OrderSchema` would be told apart by nobody.
    for (let n = 2; used.has(name.toLowerCase()); n++) name = `${plain}${n}`;
    used.add(name.toLowerCase());
    return name;
  });
}

const bare = (name: string): boolean => /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name);

/** A key of a type. */
export const typeKey = (name: string): string => (bare(name) ? name : JSON.stringify(name));

/** A key of an object literal, where a plain `__proto__` would set the prototype. */
export const objectKey = (name: string): string =>
  name === "__proto__" ? '["__proto__"]' : bare(name) ? name : JSON.stringify(name);
