import { parentPort, workerData } from "node:worker_threads";
import { PGlite } from "@electric-sql/pglite";

/** Runs PostgreSQL away from the main thread, which goes on meanwhile: bytes of the wire protocol in, bytes out. */
const port = parentPort!;
const { dataDir } = workerData as { dataDir: string };
const database = await PGlite.create({ dataDir });

let turn: Promise<unknown> = Promise.resolve();
port.on("message", (message: Uint8Array | "close") => {
  turn = turn.then(async () => {
    if (message === "close") {
      await database.close();
      port.postMessage("closed");
      port.close();
      return;
    }
    await database.execProtocolRawStream(message, {
      syncToFs: false,
      onRawData: (data) => port.postMessage(Uint8Array.from(data)),
    });
  });
});
port.postMessage("ready");
