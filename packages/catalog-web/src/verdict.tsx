import type { CheckStatus, ProductStatus, QualitySummary, Verdict } from "@meshwork/catalog-api";
import { ageInWords, instantInWords } from "./ages.ts";

// Status is text and shape first, colour last: each mark differs in outline, so that it reads in grey too.

type Tone = "good" | "warn" | "bad" | "calm";

const marks = {
  check: "M3.5 8.5 6.5 11.5 12.5 4.5",
  cross: "M4.5 4.5 11.5 11.5M11.5 4.5 4.5 11.5",
  bang: "M8 3.5V9.2M8 12.2V12.4",
  half: "M8 2.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 0 0 0-11M8 2.5V13.5",
  clock: "M8 2.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 0 0 0-11M8 5.2V8.3L10 9.5",
  dash: "M5 8H11",
  dots: "M4.6 8H4.7M8 8H8.1M11.4 8H11.5",
} as const;
type Mark = keyof typeof marks;

interface Shown {
  readonly text: string;
  readonly tone: Tone;
  readonly mark: Mark;
}

const verdicts: Readonly<Record<Verdict, Shown>> = {
  passing: { text: "Passing", tone: "good", mark: "check" },
  partial: { text: "Partly checked", tone: "calm", mark: "half" },
  warning: { text: "Warnings", tone: "warn", mark: "bang" },
  failing: { text: "Failing", tone: "bad", mark: "cross" },
  error: { text: "Could not be checked", tone: "bad", mark: "bang" },
  stale: { text: "Not checked in this version", tone: "calm", mark: "clock" },
  "not-run": { text: "Not checked", tone: "calm", mark: "dots" },
};

const statuses: Readonly<Record<CheckStatus | "not-run", Shown>> = {
  passed: { text: "passed", tone: "good", mark: "check" },
  failed: { text: "failed", tone: "bad", mark: "cross" },
  warning: { text: "warning", tone: "warn", mark: "bang" },
  error: { text: "could not run", tone: "bad", mark: "bang" },
  skipped: { text: "skipped", tone: "calm", mark: "dash" },
  "not-run": { text: "not run", tone: "calm", mark: "dots" },
};

const lives: Readonly<Record<ProductStatus, Shown>> = {
  draft: { text: "draft", tone: "calm", mark: "dots" },
  active: { text: "active", tone: "calm", mark: "check" },
  deprecated: { text: "deprecated", tone: "warn", mark: "clock" },
  retired: { text: "retired", tone: "bad", mark: "dash" },
};

/** A round mark; its meaning always stands beside it as text. */
const Icon = ({ mark }: { mark: Mark }) => (
  <svg class="mark" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
    <path
      d={marks[mark]}
      fill="none"
      stroke="currentColor"
      stroke-width="2"
      stroke-linecap="round"
      stroke-linejoin="round"
    />
  </svg>
);

export const Badge = ({ text, tone, mark }: Shown) => (
  <span class={`badge ${tone}`}>
    <Icon mark={mark} />
    {text}
  </span>
);

export const VerdictBadge = ({ verdict }: { verdict: Verdict }) => <Badge {...verdicts[verdict]} />;
export const CheckBadge = ({ status }: { status: CheckStatus | undefined }) => (
  <Badge {...statuses[status ?? "not-run"]} />
);
export const LifeBadge = ({ status }: { status: ProductStatus }) => <Badge {...lives[status]} />;

export const verdictTone = (verdict: Verdict): Tone => verdicts[verdict].tone;
export const verdictText = (verdict: Verdict): string => verdicts[verdict].text;
export const checkStatusText = (status: CheckStatus): string => statuses[status].text;

export const Age = ({ at, now }: { at: string; now: Date }) => (
  <time datetime={at} title={instantInWords(at)} data-age="">
    {ageInWords(at, now)}
  </time>
);

/** One verdict with its age: `Passing, checked 12 min ago`. */
export const VerdictLine = ({ quality, now }: { quality: QualitySummary; now: Date }) => (
  <span class="verdict-line">
    <VerdictBadge verdict={quality.verdict} />
    {quality.checkedAt !== undefined && quality.verdict !== "not-run" && (
      <span class="muted">
        {quality.verdict === "stale" ? "last checked" : "checked"} <Age at={quality.checkedAt} now={now} />
      </span>
    )}
  </span>
);
