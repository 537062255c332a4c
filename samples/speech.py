"""The speakers whose voices sing the samples: a line of text in, its sound and the time of each phone out."""

import ctypes
import re
import subprocess
import tempfile
import wave

import numpy as np

RATE = 16000          # of what both speakers return, Hz

VOWELS = set("aa ae ah ao aw ax ay eh er ey ih iy ow oy uh uw".split()) | set("a e i o u I U E O aI eI oI aU eU".split())
DIPHTHONGS = set("aw ay ey ow oy aI eI oI aU eU".split())
VOICELESS = set("p t k f s sh th ch hh pau T tS x".split())
BUZZING = set("z v dh zh jh D B Q".split())


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


def speak_by_espeak(text, phones, voice=b"es+f2"):
    """The same by espeak-ng's library, which tells of each word and phone as it comes; phones are not asked for."""
    library = ctypes.CDLL("libespeak-ng.so.1")
    sound, events = [], []

    def hear(samples, count, event):
        if samples and count:
            sound.append(np.ctypeslib.as_array(samples, (count,)).copy())
        i = 0
        while event[i].type:
            events.append((event[i].type, event[i].sample, event[i].name.decode() if event[i].type == PHONE else ""))
            i += 1
        return 0

    rate = library.espeak_Initialize(2, 500, None, 1)          # sound to the callback, events of phones
    callback = CALLBACK(hear)
    library.espeak_SetSynthCallback(callback)
    library.espeak_SetVoiceByName(voice)
    library.espeak_SetParameter(1, 100, 0)                     # words a minute
    library.espeak_Synth(text.encode(), len(text.encode()) + 1, 0, 1, 0, 1, None, None)
    library.espeak_Synchronize()
    words, open_phone = [], None
    for kind, sample, name in events:
        if kind in (PHONE, WORD) and open_phone:
            words[-1].append((*open_phone, sample / rate))
            open_phone = None
        if kind == WORD:
            words.append([])
        elif kind == PHONE and name and not name.startswith("_"):
            open_phone = (name, sample / rate)
    return resample(np.concatenate(sound) / 32768, rate), words


PHONE, WORD = 7, 1


class Event(ctypes.Structure):
    """espeak_EVENT of espeak-ng/speak_lib.h; of its last field, a union, the name of the phone."""
    _fields_ = [("type", ctypes.c_int), ("unique", ctypes.c_uint), ("text", ctypes.c_int), ("length", ctypes.c_int),
                ("audio", ctypes.c_int), ("sample", ctypes.c_int), ("user", ctypes.c_void_p), ("name", ctypes.c_char * 8)]


CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(Event))


def resample(samples, rate):
    """To RATE, through the spectrum."""
    count = round(len(samples) * RATE / rate)
    spectrum = np.fft.rfft(samples)
    kept = np.zeros(count // 2 + 1, complex)
    most = min(len(kept), len(spectrum))
    kept[:most] = spectrum[:most]
    return np.fft.irfft(kept, count) * count / len(samples)
