// The first thing that runs: asking for the version must cost no more than starting Node.
const asked = process.argv[2];
if (process.argv.length === 3 && (asked === "--version" || asked === "-V")) {
  const { version } = await import("./version.ts");
  process.stdout.write(`${version()}\n`);
} else {
  const [{ main }, { processHost }] = await Promise.all([import("./program.ts"), import("./host.ts")]);
  process.exitCode = await main(process.argv.slice(2), processHost());
}
