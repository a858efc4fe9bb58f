/** Who reads whom, by id; edges go from a reader to what it reads. */
export class Graph {
  readonly #parents = new Map<string, readonly string[]>();
  readonly #children = new Map<string, string[]>();

  constructor(parents: Iterable<readonly [string, readonly string[]]>) {
    for (const [id, above] of parents) {
      const unique = [...new Set(above)].sort();
      this.#parents.set(id, unique);
      for (const parent of unique) {
        const list = this.#children.get(parent);
        if (list === undefined) this.#children.set(parent, [id]);
        else list.push(id);
      }
    }
    for (const list of this.#children.values()) list.sort();
  }

  parents(id: string): readonly string[] {
    return this.#parents.get(id) ?? [];
  }

  children(id: string): readonly string[] {
    return this.#children.get(id) ?? [];
  }

  /** Everything reachable from `starts` in at most `steps` steps, without the starts themselves unless reached. */
  reach(starts: Iterable<string>, direction: "parents" | "children", steps = Infinity): Set<string> {
    const seen = new Set<string>();
    let front = [...starts];
    for (let step = 0; front.length > 0 && step < steps; step++) {
      const next: string[] = [];
      for (const id of front) {
        for (const other of direction === "parents" ? this.parents(id) : this.children(id)) {
          if (!seen.has(other)) {
            seen.add(other);
            next.push(other);
          }
        }
      }
      front = next;
    }
    return seen;
  }

  /** The ids so that each comes after what it reads, ties by id. Ids on a ring come last, in order of their names. */
  order(ids: Iterable<string>): string[] {
    const wanted = new Set(ids);
    const waiting = new Map<string, number>();
    const ready: string[] = [];
    // A node may read another through one that is not asked for: the order holds over those too.
    const inner = this.#between(wanted);
    for (const id of inner) {
      const open = this.parents(id).filter((p) => inner.has(p)).length;
      waiting.set(id, open);
      if (open === 0) ready.push(id);
    }
    const heap = new Heap(ready);
    const order: string[] = [];
    for (let id = heap.pop(); id !== undefined; id = heap.pop()) {
      waiting.delete(id);
      if (wanted.has(id)) order.push(id);
      for (const child of this.children(id)) {
        const open = waiting.get(child);
        if (open === undefined) continue;
        waiting.set(child, open - 1);
        if (open === 1) heap.push(child);
      }
    }
    return [...order, ...[...waiting.keys()].filter((id) => wanted.has(id)).sort()];
  }

  #between(wanted: ReadonlySet<string>): Set<string> {
    const below = this.reach(wanted, "children");
    const above = this.reach(wanted, "parents");
    const inner = new Set(wanted);
    for (const id of below) if (above.has(id)) inner.add(id);
    return inner;
  }

  /** Each ring of ids that read each other, as the shortest way round, beginning with its first id by name. */
  rings(): string[][] {
    const rings: string[][] = [];
    for (const part of this.#components()) {
      const first = part[0]!;
      if (part.length === 1 && !this.parents(first).includes(first)) continue;
      rings.push(this.#shortestRing(first, new Set(part)));
    }
    return rings.sort((a, b) => (a[0]! < b[0]! ? -1 : 1));
  }

  #shortestRing(start: string, part: ReadonlySet<string>): string[] {
    const cameFrom = new Map<string, string>();
    let front = [start];
    while (front.length > 0) {
      const next: string[] = [];
      for (const id of front) {
        for (const parent of this.parents(id)) {
          if (parent === start) {
            const ring = [id];
            for (let at = id; at !== start; ring.unshift(at)) at = cameFrom.get(at)!;
            return ring;
          }
          if (part.has(parent) && !cameFrom.has(parent)) {
            cameFrom.set(parent, id);
            next.push(parent);
          }
        }
      }
      front = next;
    }
    return [start];
  }

  /** Strongly connected parts (Tarjan, with a stack of its own: chains may be thousands long). */
  #components(): string[][] {
    const index = new Map<string, number>();
    const low = new Map<string, number>();
    const onStack = new Set<string>();
    const stack: string[] = [];
    const parts: string[][] = [];
    for (const root of [...this.#parents.keys()].sort()) {
      if (index.has(root)) continue;
      const work: { id: string; at: number }[] = [{ id: root, at: 0 }];
      while (work.length > 0) {
        const frame = work.at(-1)!;
        const { id } = frame;
        if (frame.at === 0) {
          index.set(id, index.size);
          low.set(id, index.get(id)!);
          stack.push(id);
          onStack.add(id);
        }
        const parent = this.parents(id)[frame.at++];
        if (parent === undefined) {
          if (low.get(id) === index.get(id)) {
            const part: string[] = [];
            for (let top = stack.pop()!; ; top = stack.pop()!) {
              onStack.delete(top);
              part.push(top);
              if (top === id) break;
            }
            parts.push(part.sort());
          }
          work.pop();
          const above = work.at(-1);
          if (above !== undefined) low.set(above.id, Math.min(low.get(above.id)!, low.get(id)!));
        } else if (!index.has(parent)) {
          work.push({ id: parent, at: 0 });
        } else if (onStack.has(parent)) {
          low.set(id, Math.min(low.get(id)!, index.get(parent)!));
        }
      }
    }
    return parts;
  }
}

/** A heap of names, the smallest first. */
class Heap {
  readonly #items: string[] = [];

  constructor(items: Iterable<string>) {
    for (const item of items) this.push(item);
  }

  push(item: string): void {
    const items = this.#items;
    let at = items.push(item) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (items[above]! <= item) break;
      items[at] = items[above]!;
      at = above;
    }
    items[at] = item;
  }

  pop(): string | undefined {
    const items = this.#items;
    const top = items[0];
    const last = items.pop();
    if (last === undefined || items.length === 0) return top;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= items.length) break;
      if (below + 1 < items.length && items[below + 1]! < items[below]!) below++;
      if (items[below]! >= last) break;
      items[at] = items[below]!;
      at = below;
    }
    items[at] = last;
    return top;
  }
}
