// @ts-check
// Keeps the page's own files, whose addresses hold their version, and says so when the server cannot be reached. Songs are never kept.
const worker = /** @type {any} */ (self);
// The path that this server lies below.
const BASE = new URL("./", worker.location.href).pathname;
// Several servers below one host have one store of caches.
const CACHE = `libretto ${BASE}`;

worker.addEventListener("install", () => worker.skipWaiting());
worker.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(worker.clients.claim()));

worker.addEventListener("fetch", (/** @type {any} */ event) => {
  const { request } = event;
  const path = new URL(request.url).pathname;
  if (request.method !== "GET") return;
  const isPage = path.startsWith(BASE) && /^page\/[0-9a-f]{12}\//.test(path.slice(BASE.length));
  if (isPage) event.respondWith(kept(request, path));
  else if (request.mode === "navigate") event.respondWith(fetch(request).catch(away));
});

/** @param {Request} request @param {string} path */
async function kept(request, path) {
  const cache = await caches.open(CACHE);
  const found = await cache.match(request);
  if (found) return found;
  const answer = await fetch(request);
  if (answer.ok) {
    await cache.put(request, answer.clone());
    const version = path.slice(BASE.length).split("/")[1];
    for (const old of await cache.keys()) if (!old.url.includes(`/page/${version}/`)) await cache.delete(old);
  }
  return answer;
}

function away() {
  const text = "<!DOCTYPE html><html lang=en><meta name=viewport content='width=device-width'>" +
    "<meta http-equiv=refresh content=3><title>Libretto</title>" +
    "<body style='font:1.1rem/1.6 system-ui;display:grid;place-items:center;min-height:90vh'>" +
    "<p>The server does not answer. Trying again …";
  return new Response(text, { headers: { "Content-Type": "text/html; charset=utf-8" } });
}
