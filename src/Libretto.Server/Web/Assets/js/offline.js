// @ts-check
// Starts the player in a file of its own: the sound and the worklet lie in the document.
import { LibrettoPlayer } from "./player.js";
import { Shifter } from "./shifter.js";

/** @param {string} id */
const text = (id) => document.getElementById(id)?.textContent?.trim() ?? "";
const packed = atob(text("sound"));
const sound = new Blob([Uint8Array.from(packed, (letter) => letter.charCodeAt(0))], { type: "audio/ogg; codecs=opus" });
const player = document.querySelector("libretto-player");
if (player instanceof HTMLElement) player.dataset.mix = URL.createObjectURL(sound);
// From a disk no other address will do, a blob's neither.
Shifter.processor = `data:text/javascript,${encodeURIComponent(text("worklet"))}`;
customElements.define("libretto-player", LibrettoPlayer);
