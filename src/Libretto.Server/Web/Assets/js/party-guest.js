// @ts-check
// A guest's phone at a party: shows the queue as it changes, finds songs, puts them in and takes its own out.

/** @typedef {{ id: string, singer: string, title: string, artist?: string, is_ready: boolean }} Turn */
/** @typedef {{ name: string, allows_links: boolean, now: Turn | null, waiting: Turn[] }} Queue */
/** @typedef {{ id: string, title: string, artist?: string }} Song */

const root = /** @type {HTMLElement} */ (document.querySelector("[data-party]"));
const at = root.dataset.party ?? "";
/** @param {string} name */
const part = (name) => /** @type {HTMLElement} */ (root.querySelector(`[data-${name}]`));
const form = /** @type {HTMLFormElement} */ (part("wish"));
/** @param {string} name */
const field = (name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name));

// What this phone proves itself by, and what is its own.
const drawn = () => [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");
const guest = localStorage.getItem("libretto.guest") ?? drawn();
localStorage.setItem("libretto.guest", guest);
/** @type {string[]} */
const own = JSON.parse(localStorage.getItem("libretto.wishes.own") ?? "[]");
field("singer").value = localStorage.getItem("libretto.singer") ?? "";

/** @param {string} tag @param {string} text @param {Record<string, string>} [attributes] */
const element = (tag, text, attributes = {}) => {
  const made = document.createElement(tag);
  made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
};

/** Asks the server; what it refuses is said in its own words. @param {string} path @param {RequestInit} [how] */
async function ask(path, how = {}) {
  const headers = { "X-Guest": guest, "Content-Type": "application/json" };
  const answer = await fetch(`${at}/${path}`, { ...how, headers }).catch(() => null);
  const problem = answer === null ? "The server does not answer. Try again."
    : answer.ok ? "" : (await answer.json().catch(() => ({}))).detail ?? "That did not work.";
  part("trouble").textContent = problem;
  return problem ? null : answer;
}

/** @param {Queue} queue */
function show(queue) {
  part("now").textContent = queue.now ? `${queue.now.singer} sings ${queue.now.title}` : "Nobody sings just now.";
  part("links").hidden = !queue.allows_links;
  part("empty").hidden = queue.waiting.length > 0;
  part("queue").replaceChildren(...queue.waiting.map((turn) => {
    const item = element("li", "");
    const words = element("span", "");
    words.append(element("strong", turn.singer, { dir: "auto" }),
        element("span", turn.is_ready ? turn.title : `${turn.title}, still being made`, { class: "muted", dir: "auto" }));
    item.append(words);
    if (own.includes(turn.id)) {
      const out = element("button", "×", { type: "button", class: "quiet-button", "aria-label": `Take out ${turn.title}` });
      out.addEventListener("click", () => ask(`entries/${turn.id}`, { method: "DELETE" }));
      item.append(out);
    }
    return item;
  }));
}

/** @param {{ song?: string, link?: string }} wish */
async function put(wish) {
  if (!form.reportValidity()) return;
  const singer = field("singer").value;
  localStorage.setItem("libretto.singer", singer);
  const answer = await ask("entries", { method: "POST", body: JSON.stringify({ singer, ...wish }) });
  if (!answer) return;
  own.push((await answer.json()).id);
  localStorage.setItem("libretto.wishes.own", JSON.stringify(own.slice(-200)));
  field("link").value = "";
  listen();
}

async function find() {
  const answer = await ask(`songs?search=${encodeURIComponent(field("search").value)}`);
  if (!answer) return;
  const songs = /** @type {Song[]} */ (await answer.json());
  part("songs").replaceChildren(...songs.map((song) => {
    const item = element("li", ""), words = element("span", "");
    words.append(element("strong", song.title, { dir: "auto" }), element("span", song.artist ?? "", { class: "muted", dir: "auto" }));
    const sing = element("button", "Sing", { type: "button", class: "button", "aria-label": `Sing ${song.title}` });
    sing.addEventListener("click", () => put({ song: song.id }));
    item.append(words, sing);
    return item;
  }));
}

/** @type {EventSource | undefined} */
let events;
// A phone that slept may have lost the connection without being told.
function listen() {
  events?.close();
  events = new EventSource(`${at}/queue`);
  events.addEventListener("queue", (event) => show(JSON.parse(event.data)));
  events.addEventListener("over", () => location.reload());
}

let typing = 0;
field("search").addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(find, 200);
});
field("search").addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
form.addEventListener("submit", (event) => {
  event.preventDefault();
  const link = field("link").value.trim();
  if (link) put({ link });
});
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && listen());
listen();
find();
