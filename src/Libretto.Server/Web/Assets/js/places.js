// @ts-check
// Who goes back finds a view scrolled as it was left, once what it shows is there again.

const PATIENCE = 4000;
// Milliseconds in which a view puts the focus, and with it the scroll, where it likes.
const SETTLING = 200;

const key = () => `libretto.scroll ${location.href}`;

export function watchPlaces() {
  let noted = 0;
  addEventListener("scroll", () => {
    clearTimeout(noted);
    const at = key(), place = String(scrollY);
    noted = setTimeout(() => sessionStorage.setItem(at, place), 100);
  }, { passive: true });
  addEventListener("popstate", () => {
    const place = Number(sessionStorage.getItem(key()) ?? 0), since = performance.now();
    const go = () => {
      const passed = performance.now() - since;
      if (passed > SETTLING && document.documentElement.scrollHeight >= place + innerHeight) scrollTo({ top: place, behavior: "instant" });
      else if (passed < PATIENCE) requestAnimationFrame(go);
    };
    if (place > 0) go();
  });
}
