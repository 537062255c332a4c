// Reads LRC files with a parser that is not ours, and prints what it found: { file: [[seconds, text, [[seconds, word]...]]...] }.
import { readFileSync } from "node:fs";
import { Lrc } from "lrc-kit";

const found = {};
for (const file of process.argv.slice(2))
  found[file] = Lrc.parse(readFileSync(file, "utf8")).lyrics.map((line) =>
    [line.timestamp, line.content, (line.wordTimestamps ?? []).map((word) => [word.timestamp, word.content.trim()])]);
console.log(JSON.stringify(found));
