import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface Request {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: unknown;
}

export interface Receiver {
  readonly url: string;
  readonly requests: Request[];
  /** Statuses of the next answers, with a JSON body where one is given; 201 after them. */
  answers(...next: (number | { status: number; body: unknown })[]): void;
  close(): void;
}

/** A real HTTP receiver on loopback that notes what it gets and answers as it is told. */
export async function startReceiver(): Promise<Receiver> {
  const requests: Request[] = [];
  let queue: (number | { status: number; body: unknown })[] = [];
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => (text += chunk.toString("utf8")));
    request.on("end", () => {
      requests.push({ path: request.url ?? "", authorization: request.headers.authorization, body: JSON.parse(text) as unknown });
      const next = queue.shift() ?? 201;
      const { status, body } = typeof next === "number" ? { status: next, body: {} } : next;
      response.writeHead(status, { "content-type": "application/json", ...(status === 307 ? { location: "/elsewhere" } : {}) });
      response.end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    answers: (...next) => {
      queue = next;
    },
    close: () => server.close(),
  };
}
