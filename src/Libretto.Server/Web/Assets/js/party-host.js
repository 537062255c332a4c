// @ts-check
// The host's screen: tells when the song that plays has ended.

/** @param {HTMLElement} root @param {{ invokeMethodAsync(method: string): Promise<any> }} view */
export function open(root, view) {
  root.addEventListener("libretto-ended", () => view.invokeMethodAsync("Ended"));
}
