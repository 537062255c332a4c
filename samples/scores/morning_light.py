"""Morning Light: G major, 92 beats a minute, in English; the voice is flite's "slt"."""

NAME, TITLE, ARTIST, LANGUAGE = "morning-light", "Morning Light", "Libretto", "en"
SPEAKER = "flite"
SEED = 20240401
TEMPO = 92             # beats a minute
BARS = 15              # of four beats
LEAD = 0.25            # seconds before the first note
FADE_BAR = 14.6        # where the last sound begins to fade
BAND_LEVEL = -8.5      # of the band beside the voice, dB
CONSONANTS = 1         # how much louder than the speaker's the unvoiced sounds are

# A line: its first bar, how many beats its last vowel is held, and its words: text, the speaker's phones, beat:note per vowel.
LINES = [
    (1, 1.2, [("Morning", "m ao r n ih ng", "0:B3 1:A3"), ("light", "l ay t", "1.5:D4"), ("is", "ih z", "2.5:B3"),
              ("on", "aa n", "3:A3"), ("the", "dh ax", "3.5:G3"), ("water,", "w ao t er", "4:C4 5:B3")]),
    (3, 1.6, [("And", "ae n d", "0:G3"), ("the", "dh ax", "0.5:A3"), ("birds", "b er d z", "1:B3"),
              ("begin", "b ih g ih n", "2:B3 2.5:D4"), ("to", "t ax", "3.5:B3"), ("sing.", "s ih ng", "4:A3")]),
    (5, 1.2, [("Take", "t ey k", "0:G3"), ("my", "m ay", "1:A3"), ("hand", "hh ae n d", "1.5:B3"),
              ("and", "ae n d", "2.5:A3"), ("walk", "w ao k", "3:B3"), ("beside", "b ih s ay d", "3.5:C4 4:E4"),
              ("me.", "m iy", "5:D4")]),
    (7, 1.8, [("We", "w iy", "0:B3"), ("will", "w ih l", "0.5:B3"), ("see", "s iy", "1:D4"), ("what", "w ah t", "2:C4"),
              ("the", "dh ax", "2.5:B3"), ("day", "d ey", "3:A3"), ("can", "k ae n", "3.5:A3"),
              ("bring.", "b r ih ng", "4:G3")]),
    (10, 1.2, [("Every", "eh v er iy", "0:G3 0.25:G3 0.5:A3"), ("word", "w er d", "1:B3"), ("will", "w ih l", "2:B3"),
               ("find", "f ay n d", "2.5:D4"), ("a", "ax", "3.5:B3"), ("moment,", "m ow m ax n t", "4:E4 5:D4")]),
    (12, 2.0, [("Every", "eh v er iy", "0:B3 0.25:B3 0.5:B3"), ("song", "s ao ng", "1:D4"), ("will", "w ih l", "2:C4"),
               ("find", "f ay n d", "2.5:B3"), ("a", "ax", "3.5:A3"), ("home.", "hh ow m", "4:G3")]),
]

# Chords, each (bar, beat, name); they sound until the next.
CHORDS = [(0, 0, "G"), (1, 0, "G"), (2, 0, "C"), (3, 0, "G"), (4, 0, "D"), (5, 0, "Em"), (6, 0, "C"), (7, 0, "G"), (7, 2, "D"),
          (8, 0, "G"), (8, 2, "C"), (9, 0, "D"), (10, 0, "Em"), (11, 0, "C"), (12, 0, "G"), (12, 2, "D"), (13, 0, "G"),
          (14, 0, "G")]
VOICINGS = {"G": "G2 D3 G3 B3 D4", "C": "C3 G3 C4 E4 G4", "D": "D3 A3 D4 F#4 A4", "Em": "E2 B2 G3 B3 E4"}
PICKING = [0, 2, 3, 1, 4, 2, 3, 1]       # strings of the voicing, an eighth each
LEAD_GUITAR = [(0, 0, "D4", 1), (0, 1, "G4", 1), (0, 2, "B4", .8), (0, 3, "A4", .8),
               (8, 2.5, "E4", .8), (8, 3, "G4", .9), (8, 3.5, "B4", .9), (9, 0, "A4", 1), (9, 1, "F#4", .8), (9, 1.5, "A4", .9),
               (13, 2, "B4", .7), (13, 3, "A4", .7), (14, 0, "G4", .8), (14, 1, "D4", .7), (14, 2, "G4", .7)]
STOP = (9, 2.25)       # the band holds its breath from here to the next bar
