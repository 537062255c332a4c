// @ts-check
// Starts the player in a file of its own: the sound lies in the document.
import { LibrettoPlayer } from "./player.js";

const packed = atob(document.getElementById("sound")?.textContent?.trim() ?? "");
const sound = new Blob([Uint8Array.from(packed, (letter) => letter.charCodeAt(0))], { type: "audio/ogg; codecs=opus" });
const player = document.querySelector("libretto-player");
if (player instanceof HTMLElement) player.dataset.mix = URL.createObjectURL(sound);
customElements.define("libretto-player", LibrettoPlayer);
