import { join } from "node:path";
import { majorOf } from "@meshwork/contract";
import type { OutputPort } from "@meshwork/contract";
import type { Engine, Session } from "@meshwork/engine";
import { attachPorts, duckdbEngine, openLake } from "@meshwork/engine-duckdb";
import type { DomainLock, Lake, Ledger, LockHolder, PortSnapshot, PortStore } from "@meshwork/engine-duckdb";
import type { Relation } from "@meshwork/sql";
import type { LoadedMesh } from "./load-mesh.ts";
import { Refusal } from "./operation.ts";
import { brokenMesh } from "./operations/list-products.ts";
import { meshEnvironment } from "./projects.ts";
import type { Product } from "./workspace.ts";
import { portRelation } from "./workspace.ts";

/** A domain's private database while this process builds in it. */
export interface OpenDomain {
  readonly domain: string;
  readonly session: Session;
  close(): Promise<void>;
}

/** The laptop's and CI's storage: one DuckDB file a domain, every port a Parquet snapshot. */
export class EmbeddedTarget {
  readonly lake: Lake;
  readonly #mesh: LoadedMesh;

  private constructor(mesh: LoadedMesh) {
    this.#mesh = mesh;
    this.lake = openLake(lakeRoot(mesh));
  }

  static async open(mesh: LoadedMesh): Promise<EmbeddedTarget> {
    const { engine, name } = mesh.target;
    // Half of a mesh.yaml may name another place to write to than the whole would.
    const { meshRead } = mesh.workspace;
    if (meshRead?.diagnostics.some((d) => d.severity === "error")) throw new Refusal(brokenMesh(meshRead));
    if (engine !== "duckdb") {
      throw new Refusal(
        `Target "${name}" runs on ${engine}, and there is no driver for it here yet.\nBuild on a duckdb target: --target ${mesh.workspace.mesh.targets.find((t) => t.engine === "duckdb")?.name ?? "dev"}.`,
        3,
      );
    }
    return new EmbeddedTarget(mesh);
  }

  /** Takes the domain's lock (waiting, and saying for whom) and opens its private database. */
  async openDomain(
    domain: string,
    options: { signal?: AbortSignal | undefined; onWait?: (holder: LockHolder) => void },
  ): Promise<OpenDomain> {
    const lock: DomainLock = await this.lake.lockDomain(domain, options);
    let engine: Engine | undefined;
    try {
      engine = duckdbEngine({ path: this.lake.privateDatabase(domain), onlyBelow: this.readable() });
      const session = await engine.open({ signal: options.signal });
      return {
        domain,
        session,
        close: async () => {
          await session.close();
          await engine?.close();
          await lock.release();
        },
      };
    } catch (error) {
      await engine?.close();
      await lock.release();
      throw error;
    }
  }

  /** A session over ports only: needs no lock, because snapshots never change. */
  async openReader(): Promise<{ session: Session; close(): Promise<void> }> {
    const engine = duckdbEngine({ onlyBelow: this.readable() });
    const session = await engine.open();
    return {
      session,
      close: async () => {
        await session.close();
        await engine.close();
      },
    };
  }

  /**
   * Folders that a product's SQL may read: the lake, the raw data, the workspace, and what the target names. The engine
   * tells reading from writing files as little as a shell does: a hook of a model can COPY into these folders too, so
   * models and hooks are code to be reviewed like any other of the workspace.
   */
  readable(): string[] {
    const { root } = this.#mesh.workspace;
    const env = meshEnvironment(root, this.#mesh.target, this.#mesh.env);
    const named = this.#mesh.target.settings["read_from"];
    return [
      root,
      this.lake.root,
      env["MESH_DATA"]!,
      ...(Array.isArray(named)
        ? named.filter((n): n is string => typeof n === "string").map((n) => join(root, n))
        : []),
    ];
  }

  store(product: Product, port: OutputPort, major = majorOf(product.contract!.version)): PortStore {
    return this.lake.port(product.domain, port.name, major);
  }

  /** What was built of a product; each live version has a record of its own. */
  ledger({ domain, product, versionFolder }: Product): Ledger {
    return this.lake.ledger(domain, versionFolder === undefined ? product : `${product}.${versionFolder}`);
  }

  snapshot(product: Product, port: OutputPort): Promise<PortSnapshot | undefined> {
    return this.store(product, port).read();
  }

  relation(product: Product, port: OutputPort): Relation {
    return portRelation(this.#mesh.workspace, product.contract!, port);
  }

  async attach(session: Session, ports: readonly { relation: Relation; files: readonly string[] }[]): Promise<void> {
    await attachPorts(session, ports);
  }
}

export const lakeRoot = (mesh: LoadedMesh): string => join(mesh.workspace.root, mesh.target.path ?? ".mesh/lake/dev");
