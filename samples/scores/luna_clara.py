"""Luna clara: A minor, 96 beats a minute, in Spanish; the voice is festival's "ona". It has what is hard for a lyrics tool: a chorus that
comes twice with the same words, a pause of five seconds, and a last note that is held."""

NAME, TITLE, ARTIST, LANGUAGE = "luna-clara", "Luna clara", "Libretto", "es"
SPEAKER = "festival"
SEED = 20261128
TEMPO = 96
BARS = 21
LEAD = 0.25
FADE_BAR = 20.4
BAND_LEVEL = -11.5
CONSONANTS = 1.3

# As in morning_light.py; the phones are Catalan, and nearly Spanish.
LINES = [
    (1, 1.6, [("Brilla", "b r i1 L a", "0:A3 1:B3"), ("la", "l a", "1.5:C4"), ("luna", "l u1 n a", "2:E4 3:D4"), ("clara", "k l a1 r a", "4:C4 5:B3")]),
    (3, 1.6, [("sobre", "s o1 b r e", "0:A3 0.5:B3"), ("la", "l a", "1:C4"), ("mar", "m a1 r", "2:D4"), ("dormida.", "d o r m i1 d a", "3:C4 4:B3 5:A3")]),
    (5, 1.6, [("Canta", "k a1 n t a", "0:C4 1:D4"), ("conmigo,", "k o n m i1 g o", "1.5:D4 2:E4 3:D4"), ("canta,", "k a1 n t a", "4:C4 5:D4")]),
    (7, 2.0, [("canta", "k a1 n t a", "0:E4 0.5:D4"), ("toda", "t o1 d a", "1:C4 2:B3"), ("la", "l a", "3:A3"), ("vida.", "b i1 d a", "4:B3 5:A3")]),
    (11, 1.6, [("Vuelve", "b w e1 l b e", "0:A3 1:B3"), ("la", "l a", "1.5:C4"), ("luz", "l u1 s", "2:E4"), ("del", "d e l", "3:D4"),
               ("día", "d i1 a", "4:C4 5:B3")]),
    (13, 1.6, [("sobre", "s o1 b r e", "0:A3 0.5:B3"), ("la", "l a", "1:C4"), ("calle", "k a1 L e", "2:D4 3:C4"), ("fría.", "f r i1 a", "4:B3 5:A3")]),
    (15, 1.6, [("Canta", "k a1 n t a", "0:C4 1:D4"), ("conmigo,", "k o n m i1 g o", "1.5:D4 2:E4 3:D4"), ("canta,", "k a1 n t a", "4:C4 5:D4")]),
    (17, 5.0, [("canta", "k a1 n t a", "0:E4 0.5:D4"), ("toda", "t o1 d a", "1:C4 2:B3"), ("la", "l a", "3:A3"), ("vida.", "b i1 d a", "4:B3 5:A3")]),
]

CHORDS = [(0, 0, "Am"), (1, 0, "Am"), (2, 0, "G"), (3, 0, "F"), (4, 0, "Am"), (5, 0, "C"), (6, 0, "G"), (7, 0, "F"), (7, 2, "E"),
          (8, 0, "Am"), (9, 0, "F"), (10, 0, "E"), (11, 0, "Am"), (12, 0, "G"), (13, 0, "F"), (14, 0, "Am"), (15, 0, "C"),
          (16, 0, "G"), (17, 0, "F"), (17, 2, "E"), (18, 0, "Am"), (19, 0, "F"), (19, 2, "E"), (20, 0, "Am")]
VOICINGS = {"Am": "A2 E3 A3 C4 E4", "G": "G2 D3 G3 B3 D4", "F": "F2 C3 F3 A3 C4", "C": "C3 G3 C4 E4 G4", "E": "E2 B2 E3 G#3 B3"}
PICKING = [0, 3, 2, 4, 1, 3, 2, 4]
LEAD_GUITAR = [(0, 0, "E4", 1), (0, 1, "A4", 1), (0, 2, "C5", .8), (0, 3, "B4", .8),
               (9, 0, "C5", .9), (9, 1, "A4", .9), (9, 2, "F4", .9), (9, 3, "A4", .8), (10, 0, "G#4", 1), (10, 1, "B4", .8),
               (19, 2, "B4", .7), (19, 3, "G#4", .7), (20, 0, "A4", .8), (20, 1, "E4", .7), (20, 2, "A4", .7)]
STOP = (10, 2.25)
