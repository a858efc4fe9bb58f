// Builds a port again and again until it is killed: every row of snapshot n holds n, and there are 1000 * n rows.
// Arguments: lake root, the package's entry.
const [root, entry] = process.argv.slice(2);
const { duckdbEngine, openLake } = await import(entry);
const lake = openLake(root);
const lock = await lake.lockDomain("orders");
const engine = duckdbEngine({ path: lake.privateDatabase("orders"), threads: 1 });
const session = await engine.open();
const port = lake.port("orders", "events", 1);
const before = await port.read();
let n = before === undefined ? 0 : before.rows / 1000;
console.log("ready");
for (;;) {
  n++;
  const staged = await port.stage(session, `SELECT ${n}::BIGINT AS n FROM range(${n * 1000})`);
  const meta = { runId: `run-${n}`, fingerprint: "f", upstream: {}, builtAt: new Date(Date.UTC(2024, 0, 1) + n * 1000).toISOString() };
  await port.commit(staged, meta);
  if (n % 5 === 0) await port.prune({ keep: 3, olderThanMs: 0, now: new Date() });
}
await lock.release();
