"""The speakers whose voices sing the samples: a line of text in, its sound and the time of each phone out."""

import re
import subprocess
import tempfile
import wave

import numpy as np

RATE = 16000          # of what both speakers return, Hz

VOWELS = set("aa ae ah ao aw ax ay eh er ey ih iy ow oy uh uw".split()) | set("a a1 e e1 E E1 i i1 o o1 O O1 u u1".split())
DIPHTHONGS = set("aw ay ey ow oy".split())
VOICELESS = set("p t k f s sh th ch hh pau S".split())
BUZZING = set("z v dh zh jh Z".split())


def speak_by_flite(text, phones):
    """The line as flite speaks it: samples (-1 to 1) and (phone, start, end) of each phone, pauses included, a list a word."""
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/line.wav"
        said = subprocess.run(["flite", "-voice", "slt", "-psdur", "--setf", "duration_stretch=1.25", "-t", text, "-o", path],
                              check=True, capture_output=True, text=True).stdout
        with wave.open(path) as file:
            assert file.getframerate() == RATE and file.getnchannels() == 1
            samples = np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768
    ends = [(phone, float(end)) for phone, end in re.findall(r"(\w+):([\d.]+)", said)]
    starts = [0.0] + [end for _, end in ends]
    timed = [(phone, start, end) for (phone, end), start in zip(ends, starts) if phone != "pau"]
    assert [p for p, _, _ in timed] == [p for word in phones for p in word.split()], f"flite says {said!r}, the score says {phones}"
    words = []
    for word in phones:
        count = len(word.split())
        words.append(timed[:count])
        timed = timed[count:]
    return samples, words


FESTIVAL = """
(voice_upc_ca_ona_hts)
(Parameter.set 'Duration_Stretch 1.3)
{entries}
(set! line (utt.synth (Utterance Text "{text}")))
(utt.save.wave line "{path}" 'riff)
(define (tell phone) (format t "%s %f %f\\n" (item.name phone) (item.feat phone "segment_start") (item.feat phone "end")))
(mapcar
  (lambda (word)
    (format t "word\\n")
    (mapcar (lambda (syllable) (mapcar tell (item.daughters syllable))) (item.daughters (item.relation word 'SylStructure))))
  (utt.relation.items line 'Word))
"""


def speak_by_festival(text, phones):
    """The same by festival's Catalan voice "ona" (Universitat Politècnica de Catalunya), which is told the phones of each word."""
    names = [f"la{consonant}a" for _, consonant in zip(phones, "bdfglmnprstv")]          # made-up words of a lexicon of our own
    entries = "\n".join(f"(lex.add.entry '(\"{name}\" nil ({syllables(word.split())})))" for name, word in zip(names, phones))
    marks = [re.sub(r"\w", "", word) for word in text.split()]                           # a comma is a breath
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/line.wav"
        script = FESTIVAL.format(entries=entries, text=" ".join(map("".join, zip(names, marks))), path=path)
        said = subprocess.run(["festival", "--pipe"], input=script, check=True, capture_output=True, text=True).stdout
        with wave.open(path) as file:
            assert file.getframerate() == RATE and file.getnchannels() == 1
            samples = np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768
    words = [[(phone, float(start), float(end)) for phone, start, end in re.findall(r"(\w+) ([\d.]+) ([\d.]+)", word)]
             for word in said.split("word")[1:]]
    assert [[p for p, _, _ in word] for word in words] == [word.split() for word in phones], f"festival says {said!r}, the score says {phones}"
    return samples, words


def syllables(phones):
    """As festival's lexicon has them: ((phones) stress) for each vowel, consonants with the next vowel, the last ones with the last."""
    vowels = [i for i, phone in enumerate(phones) if phone in VOWELS]
    ends = [i + 1 for i in vowels[:-1]] + [len(phones)]
    parts = [phones[start:end] for start, end in zip([0] + ends, ends)]
    return " ".join(f"(({' '.join(part)}) {int(any(p.endswith('1') for p in part))})" for part in parts)
