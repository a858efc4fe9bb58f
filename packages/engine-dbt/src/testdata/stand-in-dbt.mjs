// Stands in for dbt as a program: logs as dbt 1.12 does, and ends as STAND_IN says. What dbt itself does is proved with
// the real one (docs/proofs.md); here it is how a program is started, listened to and ended.
const log = (level, name, msg, data = {}) =>
  process.stdout.write(`${JSON.stringify({ data, info: { level, name, msg } })}\n`);

const node = (name, index) => ({
  index,
  total: 2,
  node_info: { node_name: name, node_finished_at: "2026-01-01T00:00:00", node_status: "success" },
});

switch (process.env.STAND_IN) {
  case "arguments":
    log("error", "Args", JSON.stringify(process.argv.slice(2)));
    break;
  case "environment":
    log("error", "Env", JSON.stringify([process.env.SECRET_FROM_OUTSIDE ?? null, process.env.DO_NOT_TRACK]));
    break;
  case "fusion-error":
    log("error", "Generic", "\u001b[31m[error] dbt1013: no such key\u001b[0m\n  --> models/a.yml:3:1\n   0: <unknown>\n   1: start_thread\n");
    process.exitCode = 1;
    break;
  case "noise":
    process.stdout.write("not json\n{broken\n\n");
    process.stdout.write("x".repeat(6 * 1024 * 1024));
    process.stderr.write("Traceback\n");
    process.exitCode = 2;
    break;
  case "forever":
    process.on("SIGINT", () => {
      log("error", "Interrupted", "cancelled the running statements");
      process.exit(1);
    });
    log("info", "Ready", "started", node("first", 1));
    setInterval(() => {}, 1000);
    break;
  default:
    log("info", "LogModelResult", "1 of 2 OK", node("first", 1));
    log("info", "LogModelResult", "2 of 2 OK", node("second", 2));
}
