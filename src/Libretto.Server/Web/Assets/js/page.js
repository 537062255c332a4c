// @ts-check
// What every view has.
import { watchDrops } from "./drops.js";
import { LibrettoNext } from "./next.js";
import { watchPlaces } from "./places.js";
import { watchConnection } from "./reconnect.js";
import { LibrettoPlayer } from "./player.js";

customElements.define("libretto-player", LibrettoPlayer);
customElements.define("libretto-next", LibrettoNext);

const banner = document.getElementById("components-reconnect-modal");
if (banner) watchConnection(banner);
watchDrops();
watchPlaces();

// Enter ends what one line is enough for; Shift and Enter begin another.
addEventListener("keydown", (event) => {
  const field = event.target;
  if (!(field instanceof HTMLTextAreaElement) || !field.matches("[data-enter]") || event.key !== "Enter" || event.shiftKey) return;
  if (event.isComposing) return;
  event.preventDefault();
  field.form?.requestSubmit();
});

addEventListener("click", (event) => {
  if (!(event.target instanceof Element) || !event.target.closest("[data-theme-toggle]")) return;
  const root = document.documentElement;
  const isDark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = isDark ? "light" : "dark";
  localStorage.setItem("libretto.theme", root.dataset.theme);
});

navigator.serviceWorker?.register("service-worker.js").catch(() => undefined);
