#!/usr/bin/env python3
"""Makes the sample songs: NAME.ogg and NAME.truth.json, beside this script.

    samples/make-sample.py morning-light | luna-clara

Nobody has to run it: what it makes is committed. It needs Python 3 with numpy, ffmpeg (the encoder), and flite (CMU's voice "slt",
English) or festival with festvox-ca-ona-hts (Spanish). The same versions give the same bytes: every random number comes from one seed.

The voice is spoken a line at a time, with the time of each phone (speech.py). Its spectral envelope is measured (after CheapTrick
of the WORLD vocoder: M. Morise, Speech Communication 67, 2015), stretched so that each vowel starts on its beat, and sounded
again at the melody's pitch (scores/). So the time of each word is known, and is checked on the sung waveform.
"""

import importlib
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import wave

import numpy as np

import speech
from speech import BUZZING, DIPHTHONGS, VOICELESS, VOWELS

HERE = pathlib.Path(__file__).resolve().parent
RATE = 44100
score = importlib.import_module("scores." + (sys.argv[1] if len(sys.argv) > 1 else "morning-light").replace("-", "_"))
BEAT = 60 / score.TEMPO
BAR = 4 * BEAT
LEAD, BARS, CHORDS, VOICINGS = score.LEAD, score.BARS, score.CHORDS, score.VOICINGS
FADE_FROM, DURATION = LEAD + score.FADE_BAR * BAR, LEAD + BARS * BAR + 1.0
SPEAK = {"flite": speech.speak_by_flite, "festival": speech.speak_by_festival}[score.SPEAKER]
random = np.random.default_rng(score.SEED)


def midi(note):
    return 12 * (int(note[-1]) + 1) + {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}[note[0]] + ("#" in note)


def hertz(note):
    return 440 * 2 ** ((midi(note) - 69) / 12)


def at(bar, beat=0.0):
    return LEAD + bar * BAR + beat * BEAT


# ------------------------------------------------------------------------------------------------- the voice: what flite says

SPOKEN_RATE, HOP, FFT = speech.RATE, 0.005, 2048
GRID = np.arange(FFT // 2 + 1) * RATE / FFT      # frequencies of the envelopes, Hz


def measure_pitch(samples, times):
    """Fundamental frequency (Hz) at the times, by normalised autocorrelation; 0 where there is none."""
    lags = np.arange(int(SPOKEN_RATE / 320), int(SPOKEN_RATE / 90))
    width = int(0.025 * SPOKEN_RATE)
    padded = np.pad(samples, 2 * width)
    pitch = np.zeros(len(times))
    for i, time in enumerate(times):
        begin = int(time * SPOKEN_RATE) + 2 * width - width // 2 - lags[-1] // 2
        frame = padded[begin:begin + width]
        shifted = np.lib.stride_tricks.sliding_window_view(padded[begin:begin + width + lags[-1]], width)[lags]
        score = shifted @ frame / np.sqrt((shifted ** 2).sum(1) * (frame ** 2).sum() + 1e-6)
        if score.max() < 0.5:
            continue
        best = np.flatnonzero(score > 0.9 * score.max())[0]       # the shortest good lag: no octave down
        while best + 1 < len(score) and score[best + 1] > score[best]:
            best += 1
        pitch[i] = SPOKEN_RATE / lags[best]
    return np.array([np.median(pitch[max(0, i - 2):i + 3]) for i in range(len(pitch))])


def measure_envelopes(samples, times, pitch):
    """Log power spectrum at each time, on GRID: pitch-adaptive window, smoothing over 2/3 of the pitch, liftering."""
    size = 2048
    spectra = np.zeros((len(times), size // 2 + 1))
    padded = np.pad(samples, size)
    quefrency = np.arange(size) / SPOKEN_RATE
    quefrency = np.minimum(quefrency, size / SPOKEN_RATE - quefrency)
    for i, time in enumerate(times):
        f0 = pitch[i] or 400.0
        half = int(1.5 * SPOKEN_RATE / f0)
        center = int(round(time * SPOKEN_RATE)) + size
        window = 0.5 + 0.5 * np.cos(np.pi * np.arange(-half, half + 1) / (half + 1))
        window /= np.sqrt((window ** 2).sum())
        power = np.abs(np.fft.rfft(padded[center - half:center + half + 1] * window, size)) ** 2
        bin_width = SPOKEN_RATE / size
        low = int(f0 / bin_width)                                 # below the pitch there is only half of a harmonic
        power[:low // 2] += power[low - low // 2 + low % 2:low + low % 2][::-1][:low // 2]
        reach = max(1, int(f0 / 3 / bin_width))
        mirrored = np.concatenate([power[reach + 1:0:-1], power, power[-2:-reach - 3:-1]])
        total = np.concatenate([[0], np.cumsum(mirrored)])
        smooth = (total[2 * reach + 1:] - total[:-2 * reach - 1])[1:len(power) + 1] / (2 * reach + 1)
        cepstrum = np.fft.irfft(np.log(smooth + 1e-9))
        lifter = np.sinc(f0 * quefrency) * (1.18 - 0.18 * np.cos(2 * np.pi * f0 * quefrency))
        spectra[i] = np.fft.rfft(cepstrum * lifter).real
    source = np.arange(size // 2 + 1) * SPOKEN_RATE / size
    on_grid = np.array([np.interp(GRID, source, row) for row in spectra])
    top = GRID > 7400                                             # flite ends at 8 kHz: let the sibilants have some air
    level = spectra[:, (source > 6400) & (source < 7400)].mean(1)
    on_grid[:, top] = level[:, None] - 0.9 * (GRID[top] - 7400) / 1000
    return on_grid


# ------------------------------------------------------------------------------------------------- the voice: what is sung


def lay_out(timed, onsets, hold):
    """Where each phone is sung: (phone, start, end, [(sung, spoken), ...] time pairs). Vowels start at the onsets."""
    sounding = timed
    nuclei = [i for i, p in enumerate(sounding) if p[0] in VOWELS]
    assert len(nuclei) == len(onsets), f"{len(onsets)} notes for {[p[0] for p in sounding]}"
    spans = [None] * len(sounding)

    def natural(phone):
        return max(phone[2] - phone[1], 0.05)

    def place(indexes, begin, scale):
        for i in indexes:
            spans[i] = (begin, begin + natural(sounding[i]) * scale)
            begin = spans[i][1]

    place(range(nuclei[0]), onsets[0] - sum(natural(p) for p in sounding[:nuclei[0]]), 1.0)
    for k, i in enumerate(nuclei):
        last = k + 1 == len(nuclei)
        after = range(i + 1, len(sounding) if last else nuclei[k + 1])
        room = hold if last else onsets[k + 1] - onsets[k]
        consonants = sum(natural(sounding[j]) for j in after)
        vowel = room if last else max(room - consonants, 0.5 * room, 0.06)
        scale = 1.0 if last or not consonants else (room - vowel) / consonants
        spans[i] = (onsets[k], onsets[k] + vowel)
        place(after, onsets[k] + vowel, 1.2 * scale if last else scale)
    return [(phone, *span, stretch(phone, span, (start, end))) for (phone, start, end), span in zip(sounding, spans)]


def stretch(phone, sung, spoken):
    """Time pairs within a phone. A long vowel holds its steady part and keeps the pace of its edges."""
    (begin, end), (start, stop) = sung, spoken
    natural = stop - start
    if phone not in VOWELS or end - begin <= natural:
        return [(begin, start), (end, stop)]
    left, right = (0.2, 0.4) if phone in DIPHTHONGS else (0.35, 0.6)
    pace = min(1.5, (end - begin) / natural)
    return [(begin, start), (begin + left * natural * pace, start + left * natural),
            (end - (1 - right) * natural * pace, start + right * natural), (end, stop)]


def sing_line(bar, hold, words):
    """One line, sung: its samples on the whole song's time axis, and per word the spans of its phones."""
    notes = [n.split(":") for _, _, ns in words for n in ns.split()]
    onsets = [at(bar, float(beat)) for beat, _ in notes]
    samples, spoken = SPEAK(" ".join(w for w, _, _ in words), [phones for _, phones, _ in words])
    assert len(spoken) == len(words)
    times = np.arange(0, len(samples) / SPOKEN_RATE, HOP)
    pitch = measure_pitch(samples, times)
    envelopes = measure_envelopes(samples, times, pitch)
    laid = lay_out([phone for word in spoken for phone in word], onsets, hold * BEAT)
    melody = draw_melody(laid, onsets, [midi(n) for _, n in notes])
    voice = sound(laid, envelopes, melody)
    spans, i = [], 0
    for word in spoken:
        spans.append(laid[i:i + len(word)])
        i += len(word)
    return voice, spans


def draw_melody(laid, onsets, notes):
    """Pitch in Hz at every millisecond of the song: notes joined by short glides, vibrato late in long notes."""
    time = np.arange(int(DURATION * 1000)) / 1000
    semitones = np.full(len(time), float(notes[0]))
    for k, onset in enumerate(onsets):
        if k:
            glide = np.clip((time - (onset - 0.055)) / 0.085, 0, 1)
            semitones += (notes[k] - notes[k - 1]) * (3 * glide ** 2 - 2 * glide ** 3)
        end = onsets[k + 1] if k + 1 < len(onsets) else laid[-1][2]
        if end - onset > 0.5:
            depth = np.clip((time - onset - 0.28) / 0.35, 0, 1) * (time < end + 0.2) * np.clip((end - time) / 0.08, 0, 1)
            semitones += 0.28 * depth * np.sin(2 * np.pi * 5.2 * (time - onset))
    scoop = np.clip((time - laid[0][1]) / 0.16, 0, 1)
    semitones -= 0.8 * (1 - scoop) ** 2
    drift = np.convolve(random.standard_normal(len(time) + 400), np.hanning(401) / 14.2, "valid")[:len(time)]
    return 440 * 2 ** ((semitones + 0.06 * drift - 69) / 12)


def sound(laid, envelopes, melody):
    """Excites the stretched envelopes with pulses at the melody's pitch and with noise."""
    voice = np.zeros(int(DURATION * RATE) + 2 * FFT)
    sung, spoken = np.array([pair for *_, pairs in laid for pair in pairs]).T
    sung = np.maximum.accumulate(sung + np.arange(len(sung)) * 1e-9)
    begin, end = laid[0][1] - 0.03, laid[-1][2] + 0.06

    def envelope(times):
        inside = np.interp(times, sung, spoken)
        inside += np.minimum(times - sung[0], 0) + np.maximum(times - sung[-1], 0)
        frame = np.clip(inside / HOP, 0, len(envelopes) - 1.001)
        low = frame.astype(int)
        part = (frame - low)[:, None]
        return envelopes[low] * (1 - part) + envelopes[low + 1] * part

    ticks = np.arange(begin, end, 0.001)
    amount = np.array([noise_share(laid, t) for t in ticks])       # (ticks, 2): below 1 kHz and at the top of the band
    kernel = np.hanning(13) / np.hanning(13).sum()
    amount = np.stack([np.convolve(np.pad(c, 6, "edge"), kernel, "valid") for c in amount.T], 1)

    def breath(times):
        low, high = (np.interp(times, ticks, c)[:, None] for c in amount.T)
        return low + (high - low) * np.clip((GRID - 1500) / 4500, 0, 1)

    # pulses: one minimum-phase response a period
    fine = np.arange(begin, end, 1 / RATE)
    f0 = np.interp(fine, np.arange(len(melody)) / 1000, melody)
    phase = np.cumsum(f0) / RATE
    wraps = np.flatnonzero(np.floor(phase[1:]) > np.floor(phase[:-1])) + 1
    pulses = fine[wraps] - (phase[wraps] % 1) / f0[wraps]
    gain = np.sqrt(RATE / f0[wraps])[:, None] * np.sqrt(1 - np.minimum(breath(pulses), 1) ** 2)
    spectrum = minimum_phase(envelope(pulses)) * gain
    position = pulses * RATE
    whole = np.floor(position).astype(int)
    spectrum = spectrum * np.exp(-2j * np.pi * np.arange(FFT // 2 + 1) / FFT * (position - whole)[:, None])
    for offset, response in zip(whole, np.fft.irfft(spectrum)):
        voice[offset:offset + FFT] += response

    # noise: short windows, shaped
    step = 220
    centers = np.arange(begin, end, step / RATE)
    window = np.sqrt(np.hanning(2 * step + 1)[:-1])
    bursts = np.fft.rfft(random.standard_normal((len(centers), 2 * step)) * window, FFT)
    shaped = np.fft.irfft(bursts * np.exp(envelope(centers) / 2) * breath(centers)) * score.CONSONANTS
    for center, burst in zip((centers * RATE).astype(int), np.roll(shaped, FFT // 2 - step, 1)):
        voice[center - FFT // 2:center + FFT // 2] += burst
    return voice[:int(DURATION * RATE)]


def minimum_phase(log_power):
    cepstrum = np.fft.irfft(log_power / 2)
    cepstrum[:, 1:FFT // 2] *= 2
    cepstrum[:, FFT // 2 + 1:] = 0
    return np.exp(np.fft.rfft(cepstrum))


def noise_share(laid, time):
    """How much of the amplitude is noise at a time: (low frequencies, high frequencies), 0 to 1."""
    for phone, start, end, _ in laid:
        if start <= time < end:
            return (1, 1) if phone in VOICELESS else (0.15, 0.95) if phone in BUZZING else (0.03, 0.45)
    return 1, 1


def find_words(voice, words, spans):
    """Start and end of each word as it sounds: its phones' span, less the silent part of a stop or of the last release."""
    found = []
    for (text, _, _), span in zip(words, spans):
        begin, end = span[0][1], span[-1][2]
        step = int(0.002 * RATE)
        frames = voice[int(begin * RATE):int((end + 0.002) * RATE)]
        frames = frames[:len(frames) // step * step].reshape(-1, step)
        level = np.sqrt((frames ** 2).mean(1))
        heard = np.flatnonzero(level > 0.035 * level.max())
        found.append({"text": text, "start": round(begin + heard[0] * step / RATE, 3),
                      "end": round(min(begin + (heard[-1] + 1) * step / RATE, end), 3)})
    return found


# ---------------------------------------------------------------------------------------------------------------- the band


def pluck(frequency, seconds, bright=0.5, decay=0.9965):
    """A plucked string (Karplus and Strong 1983), a period at a time."""
    period = RATE / frequency - 1
    whole = int(period)
    part = period - whole
    blend = 0.12                                     # loss filter: a weighted mean of neighbours
    taps = decay ** (110 / frequency) * np.convolve([1 - part, part], [blend, 1 - 2 * blend, blend])
    count = int(seconds * RATE)
    string = np.zeros(count + 2 * whole)
    burst = random.uniform(-1, 1, whole)
    for _ in range(3):
        burst = bright * burst + (1 - bright) * np.roll(burst, 1)
    burst -= np.roll(burst, int(whole * 0.22))       # plucked at about a fifth of its length
    string[:whole] = burst - burst.mean()
    block = whole - 3
    for start in range(whole + 3, count, block):
        stop = min(start + block, count)
        # one period back is whole + 1 + part samples: the taps' middle adds the one
        string[start:stop] += sum(tap * string[start - whole - k:stop - whole - k] for k, tap in enumerate(taps))
    out = string[:count]
    fade = int(0.05 * RATE)
    out[-fade:] *= np.linspace(1, 0, fade)
    return out / (np.abs(out).max() + 1e-9)


def add(track, sample, time, gain, pan=0.0):
    """Adds a mono sound to a stereo track (2, n); pan from -1 (left) to 1."""
    start = int(time * RATE)
    sample = sample[:track.shape[1] - start]
    angle = (pan + 1) * np.pi / 4
    track[0, start:start + len(sample)] += sample * gain * np.cos(angle)
    track[1, start:start + len(sample)] += sample * gain * np.sin(angle)


def chord_at(bar, beat):
    return [name for b, k, name in CHORDS if (b, k) <= (bar, beat)][-1]


def play_band():
    band = np.zeros((2, int(DURATION * RATE)))
    for bar in range(BARS - 1):
        for eighth in range(8):
            strings = VOICINGS[chord_at(bar, eighth / 2)].split()
            choice = 0 if eighth == 4 and chord_at(bar, 2) != chord_at(bar, 0) else score.PICKING[eighth]
            accent = 1.0 if eighth in (0, 4) else 0.72 + 0.1 * random.random()
            add(band, pluck(hertz(strings[choice]), 2.2), at(bar, eighth / 2) + 0.006 * random.random(), 0.30 * accent, -0.35)
    for i, note in enumerate(VOICINGS[CHORDS[-1][2]].split()):    # the last chord, strummed
        add(band, pluck(hertz(note), 4.0), at(BARS - 1) + 0.045 * i, 0.30, -0.35)
    for bar, beat, note, gain in score.LEAD_GUITAR:
        add(band, pluck(hertz(note), 2.4, bright=0.6), at(bar, beat), 0.26 * gain, 0.4)
    play_pad(band)
    play_rhythm(band)
    time = np.arange(band.shape[1]) / RATE
    begin, end = at(*score.STOP), at(score.STOP[0] + 1) - 0.06
    return band * np.where(time < end, np.clip((begin + 0.3 - time) / 0.3, 0, 1), np.clip((time - end) / 0.05, 0, 1))


def play_pad(band):
    ends = [at(b, k) for b, k, _ in CHORDS[1:]] + [DURATION]
    for (bar, beat, name), end in zip(CHORDS, ends):
        start = at(bar, beat)
        time = np.arange(int((end - start + 0.8) * RATE)) / RATE
        shape = np.clip(time / 0.5, 0, 1) * np.clip((time[-1] - time) / 0.8, 0, 1)
        swell = 0.5 if bar == 0 else 1.0
        for note in VOICINGS[name].split()[1:4]:
            for pan, detune in ((-0.8, 0.9985), (0.8, 1.0015)):
                f = hertz(note) * detune
                tone = sum(np.sin(2 * np.pi * f * h * time + h) / h ** 2.2 for h in range(1, 5))
                add(band, tone * np.sin(np.pi / 2 * shape) ** 2, start, 0.030 * swell, pan)


def play_rhythm(band):
    for bar in range(1, BARS - 1):
        for beat in (0, 2):
            root = VOICINGS[chord_at(bar, beat)].split()[0]
            f = hertz(root) / (2 if midi(root) >= midi("C3") else 1)
            time = np.arange(int(1.15 * BEAT * 1.6 * RATE)) / RATE
            shape = np.clip(time / 0.012, 0, 1) * np.exp(-time * 1.8) * np.clip((time[-1] - time) / 0.08, 0, 1)
            tone = np.sin(2 * np.pi * f * time) + 0.35 * np.sin(4 * np.pi * f * time) + 0.1 * np.sin(6 * np.pi * f * time)
            add(band, tone * shape, at(bar, beat), 0.20)
            time = np.arange(int(0.25 * RATE)) / RATE
            add(band, np.sin(2 * np.pi * (48 * time + 1.6 * (1 - np.exp(-time * 35)))) * np.exp(-time * 16), at(bar, beat), 0.20)
        for eighth in range(8):
            time = np.arange(int(0.12 * RATE)) / RATE
            hiss = np.diff(random.standard_normal(len(time) + 1)) * np.minimum(time / 0.02, 1) * np.exp(-time * 45)
            add(band, hiss, at(bar, eighth / 2) - 0.015, 0.014 if eighth % 2 else 0.008, 0.3)
        for beat in (1, 3):
            time = np.arange(int(0.3 * RATE)) / RATE
            brush = np.convolve(random.standard_normal(len(time)), np.hanning(8) / 4, "same") * np.exp(-time * 18)
            add(band, brush * np.minimum(time / 0.006, 1), at(bar, beat), 0.030, -0.15)


# ---------------------------------------------------------------------------------------------------------------- the desk


def shape_spectrum(signal, points):
    """Equaliser: gain in dB at frequencies, interpolated over log frequency; no phase shift."""
    size = 1 << (signal.shape[-1] + RATE).bit_length()
    frequency = np.maximum(np.fft.rfftfreq(size, 1 / RATE), 1)
    gain = np.interp(np.log(frequency), np.log([f for f, _ in points]), [g for _, g in points])
    return np.fft.irfft(np.fft.rfft(signal, size) * 10 ** (gain / 20), size)[..., :signal.shape[-1]]


def compress(voice, threshold, ratio):
    """Evens out the level (25 ms window, both ways in time, so that no attack is late)."""
    width = int(0.05 * RATE)
    window = np.hanning(width) / np.hanning(width).sum()
    size = 1 << (len(voice) + width).bit_length()
    power = np.fft.irfft(np.fft.rfft(voice ** 2, size) * np.fft.rfft(window, size), size)[width // 2:width // 2 + len(voice)]
    level = 10 * np.log10(np.maximum(power, 1e-8))
    return voice * 10 ** (-np.maximum(level - threshold, 0) * (1 - 1 / ratio) / 20)


def reverberate(signal, seconds, delay):
    """The room: decaying stereo noise, darker than its source. (2, n) in, (2, n) out, without the dry sound."""
    count = int(seconds * 1.3 * RATE)
    tail = random.standard_normal((2, count)) * 10 ** (-3 * np.arange(count) / RATE / seconds)
    tail *= np.minimum(np.arange(count) / (0.01 * RATE), 1)
    tail = shape_spectrum(tail, [(100, -18), (300, 0), (3000, -2), (7000, -12), (14000, -30)])
    tail /= np.sqrt((tail ** 2).sum(1, keepdims=True))
    shift, size = int(delay * RATE), 1 << (signal.shape[1] + count).bit_length()
    wet = np.fft.irfft(np.fft.rfft(signal, size) * np.fft.rfft(tail, size), size)
    return np.pad(wet, ((0, 0), (shift, 0)))[:, :signal.shape[1]]


def rms(signal, where):
    return np.sqrt((signal[..., where] ** 2).mean())


def mix(voice, band):
    """Voice over band: 6 dB louder while it sings; peak at -1.5 dBFS; faded out."""
    voice = shape_spectrum(voice, [(60, -30), (110, -2), (220, 1.5), (500, 0), (1500, 2), (3000, 5), (8000, 4),
                                   (16000, 0)])
    voice = compress(voice / np.abs(voice).max(), -20, 2.2)
    band = shape_spectrum(band, [(30, -12), (60, 0), (250, 0), (700, -4), (2000, -9), (5000, -9), (9000, -6),
                                 (14000, -6)])
    singing = np.convolve(np.abs(voice) > 0.02, np.ones(2000), "same") > 0
    voice = voice / rms(voice, singing)
    band = band / rms(band.mean(0), singing) * 10 ** (score.BAND_LEVEL / 20)
    center = np.stack([voice, voice])
    total = center + 0.10 * reverberate(center, 1.2, 0.03) + band + 0.12 * reverberate(band, 1.5, 0.01)
    time = np.arange(total.shape[1]) / RATE
    total *= np.clip((DURATION - 0.05 - time) / (DURATION - 0.05 - FADE_FROM), 0, 1) ** 1.5
    total = limit(total / rms(total, singing) * 10 ** (-17 / 20), 10 ** (-1.5 / 20))
    return total, voice, band


def limit(signal, ceiling):
    """Keeps peaks below the ceiling with a gain that moves slowly (5 ms)."""
    width = int(0.005 * RATE)
    peak = np.abs(signal).max(0)
    reach = np.lib.stride_tricks.sliding_window_view(np.pad(peak, width, "edge"), 2 * width + 1).max(1)
    gain = np.minimum(1, ceiling / np.maximum(reach, 1e-9))
    window = np.hanning(2 * width + 1)
    return signal * np.convolve(np.pad(gain, width, "edge"), window / window.sum(), "valid")


def write_wave(path, signal):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(signal.shape[0])
        file.setsampwidth(2)
        file.setframerate(RATE)
        dither = random.uniform(-0.5, 0.5, signal.shape) + random.uniform(-0.5, 0.5, signal.shape)
        file.writeframes(np.round(signal.T * 32767 + dither.T).clip(-32768, 32767).astype("<i2").tobytes())


LANGUAGES = {"en": "eng", "es": "spa"}


def encode(signal, path):
    with tempfile.TemporaryDirectory() as folder:
        write_wave(f"{folder}/mix.wav", signal)
        subprocess.run(["ffmpeg", "-v", "error", "-y", "-bitexact", "-i", f"{folder}/mix.wav", "-c:a", "libvorbis", "-q:a", "4",
                        "-metadata", f"title={score.TITLE}", "-metadata", f"artist={score.ARTIST}", 
                        "-metadata", f"language={LANGUAGES[score.LANGUAGE]}",
                        "-metadata", "license=MIT", "-fflags", "+bitexact", "-flags:a", "+bitexact", str(path)], check=True)


def main():
    voice, lines = 0, []
    for line in score.LINES:
        sung, spans = sing_line(*line)
        words = find_words(sung, line[2], spans)
        lines.append({"start": words[0]["start"], "end": words[-1]["end"], "text": " ".join(w["text"] for w in words), "words": words})
        voice = voice + sung
    total, voice, band = mix(voice, play_band())
    encode(total, HERE / f"{score.NAME}.ogg")
    truth = {"schema": "libretto/1", "title": score.TITLE, "artist": score.ARTIST, "language": score.LANGUAGE,
             "duration": round(total.shape[1] / RATE, 3), "lines": lines}
    text = json.dumps(truth, indent=2, ensure_ascii=False) + "\n"
    text = re.sub(r'\{\s+"text": ("[^"]*"),\s+"start": ([\d.]+),\s+"end": ([\d.]+)\s+\}', r'{ "text": \1, "start": \2, "end": \3 }', text)
    (HERE / f"{score.NAME}.truth.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
