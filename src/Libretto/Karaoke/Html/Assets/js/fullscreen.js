// @ts-check
// The whole screen for words, from one song to the next: each has a player of its own, and browsers want a hand for every new full screen.
// So it is the page that is full, and not the player.

// Milliseconds in which one song's view makes place for the next one's.
const HAND_OVER = 4000;

let leaving = 0;

/** @param {boolean} isOn */
export function fillScreen(isOn) {
  if (isOn && !document.fullscreenElement) document.documentElement.requestFullscreen?.().catch(() => undefined);
  else if (!isOn && document.fullscreenElement) document.exitFullscreen();
}

/** A player goes away that showed karaoke: if no other comes, the screen is given back. */
export function handOver() {
  leaving = setTimeout(() => {
    leaving = 0;
    fillScreen(false);
  }, HAND_OVER);
}

/** @returns {boolean} whether a player that showed karaoke has just gone */
export function takeOver() {
  const isAwaited = leaving !== 0;
  clearTimeout(leaving);
  leaving = 0;
  return isAwaited;
}
