// @ts-check
// Files dropped anywhere on any view: they go to where songs come in, and a browser never leaves the page for one. What was chosen and
// not taken yet outlives a view that has to be loaded anew.

/** @typedef {(files: File[], isDropped: boolean) => void} Take */
/** @typedef {{ take: Take, left(): File[] }} Taker takes files, and says which it has not passed on */

const STORE = "libretto";

/** @type {File[]} */
let waiting = [];
/** @type {Taker | null} */
let taker = null;

/** @param {DragEvent} event */
const holdsFiles = (event) => event.dataTransfer?.types.includes("Files") ?? false;

/** Watches the whole window, for as long as the page is open. */
export function watchDrops() {
  let depth = 0;
  const mark = (/** @type {number} */ step) =>
    document.documentElement.classList.toggle("dropping", (depth = Math.max(0, depth + step)) > 0);
  addEventListener("dragenter", (event) => holdsFiles(event) && mark(1));
  addEventListener("dragleave", (event) => holdsFiles(event) && mark(-1));
  addEventListener("dragover", (event) => holdsFiles(event) && event.preventDefault());
  addEventListener("drop", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    mark(-Infinity);
    const files = [...(event.dataTransfer?.files ?? [])];
    if (taker) return taker.take(files, true);
    // Where nobody may bring songs, such as behind a shared link, nothing happens.
    if (document.documentElement.dataset.alive !== "true") return;
    waiting = files;
    /** @type {any} */ (window).Blazor.navigateTo("");
  });
  document.addEventListener("libretto-leave", (event) => {
    const left = taker?.left() ?? [];
    if (left.length) /** @type {CustomEvent} */ (event).detail(put(left));
  });
}

/** From now on files go to this view; those that wait, at once. @param {Taker} view */
export async function receive(view) {
  taker = view;
  const dropped = waiting;
  waiting = [];
  if (dropped.length) view.take(dropped, true);
  const kept = await take().catch(() => []);
  if (kept.length && taker === view) view.take(kept, false);
}

/** @param {Taker} view */
export function leave(view) {
  if (taker === view) taker = null;
}

/** @returns {Promise<IDBObjectStore>} */
const store = () => new Promise((resolve, reject) => {
  const opening = indexedDB.open(STORE, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("files");
  opening.onerror = () => reject(opening.error);
  opening.onsuccess = () => resolve(opening.result.transaction("files", "readwrite").objectStore("files"));
});

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
const answerOf = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

/** @param {File[]} files */
async function put(files) {
  await answerOf((await store()).put(files, "chosen"));
}

/** @returns {Promise<File[]>} */
async function take() {
  const files = await store();
  const kept = await answerOf(files.get("chosen"));
  if (kept) await answerOf(files.delete("chosen"));
  return kept ?? [];
}
