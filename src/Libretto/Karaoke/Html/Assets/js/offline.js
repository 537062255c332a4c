// @ts-check
// Starts the player in a file of its own: the sounds and the worklet lie in the document.
import { LibrettoPlayer } from "./player.js";
import { Shifter } from "./shifter.js";

/** @param {string} id */
const text = (id) => document.getElementById(id)?.textContent?.trim() ?? "";
/** The address of a sound of the document. @param {string} id */
const address = (id) => URL.createObjectURL(
  new Blob([Uint8Array.from(atob(text(id)), (letter) => letter.charCodeAt(0))], { type: "audio/ogg; codecs=opus" }));
const player = document.querySelector("libretto-player");
if (player instanceof HTMLElement) {
  player.dataset.mix = address("sound");
  if (text("vocals")) {
    // The accompaniment is heard until both are decoded.
    player.dataset.instrumental = player.dataset.mix;
    player.dataset.vocals = address("vocals");
  }
}
// From a disk no other address will do, a blob's neither.
Shifter.processor = `data:text/javascript,${encodeURIComponent(text("worklet"))}`;
customElements.define("libretto-player", LibrettoPlayer);
