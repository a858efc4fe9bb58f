/** What to generate. Times are UTC; nothing is read from the clock. */
export interface Settings {
  readonly seed: number;
  /** Distinct events to reach; the last visitor's visit is finished, so a few more may come. */
  readonly events: number;
  /** First instant that is not in the data, ISO 8601. */
  readonly end: string;
  readonly days: number;
  /** Leave out what was received at or after this instant (to try an incremental build), ISO 8601. */
  readonly receivedBefore?: string | undefined;
  readonly defects: DefectRates;
}

/** Each defect hits exactly `floor(population × share + phase)` members of its population; see `defectPhases`. */
export interface DefectRates {
  /** Of all events: the tracker sends the same event id twice. */
  readonly duplicates: number;
  /** Of all events: received more than an hour after they happened. */
  readonly late: number;
  /** Of all visitors: no human. Every second one hides behind a browser's user agent. */
  readonly bots: number;
  /** Of the events of a logged-in user: the user id is missing, or the text "null". */
  readonly nullUsers: number;
  /** Of all events: the address cannot be read. */
  readonly malformedUrls: number;
  /** Of the events that carry campaign parameters: spelt in another case, with blanks. */
  readonly dirtyUtm: number;
  /** Of all purchases: the shop has the order, the tracker never saw it. */
  readonly untrackedPurchases: number;
}

export const defaultSettings: Settings = {
  seed: 7,
  events: 20_000,
  end: "2026-04-13T00:00:00Z",
  days: 28,
  defects: {
    duplicates: 0.005,
    late: 0.004,
    bots: 0.02,
    nullUsers: 0.02,
    malformedUrls: 0.004,
    dirtyUtm: 0.1,
    untrackedPurchases: 0.02,
  },
};

export const hour = 3_600_000;
export const day = 24 * hour;

/** Start, end and the moment from which trackers send the second payload version (halfway), in epoch milliseconds. */
export interface Window {
  readonly start: number;
  readonly end: number;
  readonly secondVersion: number;
}

export function windowOf(settings: Settings): Window {
  const end = Date.parse(settings.end);
  if (!Number.isFinite(end)) throw new RangeError(`"${settings.end}" is not an ISO 8601 instant`);
  const start = end - settings.days * day;
  return { start, end, secondVersion: start + Math.floor(settings.days / 2) * day + 10 * hour };
}

/** Where in its cycle a defect begins, so that two defects of equal share do not always meet in the same event. */
export const defectPhases: Readonly<Record<keyof DefectRates, number>> = {
  duplicates: 0,
  late: 0.5,
  bots: 0,
  nullUsers: 0,
  malformedUrls: 0.25,
  dirtyUtm: 0,
  untrackedPurchases: 0,
};

/** Spreads a defect evenly over its population: after n members, exactly floor(n × share + phase) were hit. */
export class Defect {
  readonly #share: number;
  readonly #phase: number;
  #members = 0;
  #hit = 0;

  constructor(share: number, phase = 0) {
    if (!(share >= 0 && share <= 1)) throw new RangeError(`a defect's share lies between 0 and 1, not ${share}`);
    this.#share = share;
    this.#phase = share > 0 ? phase : 0;
  }

  /** Counts one more member; true when this one has the defect. */
  strikes(): boolean {
    this.#members += 1;
    if (Math.floor(this.#members * this.#share + this.#phase) <= this.#hit) return false;
    this.#hit += 1;
    return true;
  }

  get count(): { readonly population: number; readonly planted: number } {
    return { population: this.#members, planted: this.#hit };
  }
}
