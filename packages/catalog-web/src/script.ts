/**
 * What the browser adds; every page works without it: copy buttons, ages that go on counting, and the search of an
 * exported catalog, which has no server to ask.
 */
export const script = `"use strict";
for (const figure of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) break;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  button.setAttribute("aria-label", "Copy " + figure.querySelector("figcaption").textContent);
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(figure.querySelector("code").textContent);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Not allowed";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
  figure.append(button);
}

const units = [["d", 86400], ["h", 3600], ["min", 60], ["s", 1]];
const lengthInWords = (seconds) => {
  const whole = Math.max(0, Math.round(seconds));
  const first = units.findIndex(([, size]) => whole >= size);
  if (first === -1) return "0 s";
  const [unit, size] = units[first];
  const count = Math.floor(whole / size);
  const next = units[first + 1];
  if (!next || count >= 10 || next[0] === "s") return count + " " + unit;
  const rest = Math.floor((whole - count * size) / next[1]);
  return rest === 0 ? count + " " + unit : count + " " + unit + " " + rest + " " + next[0];
};
const refreshAges = () => {
  for (const time of document.querySelectorAll("time[data-age]")) {
    const seconds = (Date.now() - Date.parse(time.dateTime)) / 1000;
    time.textContent = seconds < 5 ? "just now" : lengthInWords(seconds) + " ago";
  }
};
refreshAges();
setInterval(refreshAges, 30000);

const list = document.querySelector("[data-search-list]");
const query = new URLSearchParams(location.search).get("q");
if (list && query && query.trim()) {
  document.getElementById("page-search").value = query;
  const fold = (text) => text.normalize("NFKC").replace(/([\\p{Ll}\\p{N}])(\\p{Lu})/gu, "$1 $2").toLowerCase().replace(/[\\s_./-]+/gu, " ").trim();
  const words = fold(query).split(" ").filter(Boolean);
  const holds = (text, word) => text.includes(word) || text.replaceAll(" ", "").includes(word);
  let found = 0;
  for (const entry of list.querySelectorAll("[data-search-entry]")) {
    const text = fold(entry.textContent);
    const matches = words.every((word) => holds(text, word));
    entry.hidden = !matches;
    if (!matches) continue;
    found += 1;
    for (const column of entry.querySelectorAll("[data-search-column]")) {
      const code = column.querySelector("code");
      column.hidden = !words.some((word) => holds(fold(code.textContent), word));
      if (!column.hidden) {
        const mark = document.createElement("mark");
        mark.textContent = code.textContent;
        code.replaceChildren(mark);
      }
    }
  }
  document.querySelector("[data-search-status]").textContent =
    found === 0 ? "Nothing matches \\u201c" + query + "\\u201d." : found + (found === 1 ? " product matches" : " products match") + " \\u201c" + query + "\\u201d.";
}
`;
