namespace Libretto.Models;

/// <summary>The models Libretto knows, best default first within a kind. Any other folder works too, by its path or name.</summary>
public static class ModelCatalogue
{
    /// <summary>The speech model that is fetched when nothing else is configured.</summary>
    public const string DefaultSpeechModel = "whisper-base";

    /// <summary>The one that serves where that cannot be fetched, or is not to be.</summary>
    public const string SmallSpeechModel = "moonshine-tiny";

    /// <summary>The model that hears the notes of a voice.</summary>
    public const string PitchModel = "swift-f0";

    private const long Megabyte = 1_000_000;

    /// <summary>Every model.</summary>
    public static IReadOnlyList<ModelEntry> All { get; } =
    [
        new(
            SmallSpeechModel, ModelKind.Moonshine, "MIT", ["en"], 22 * Megabyte,
            "English only, small and fast; good on clear singing, weak on dense mixes.",
            [
                new NpmSource(
                [
                    new(
                        "@moonshine-ai/moonshine-js", "0.1.29",
                        "sha512-Gx1B3mJcbM68ihSy/LyJEuEkGq7sYMqTb04zNdcIeidU0URVlSmXP0GyiQOTTAqDZQXlIC7k+bky+FdXk0UPlg==",
                        21_514_347,
                        [
                            new("package/dist/model/tiny/quantized/encoder_model.onnx", "encoder_model.onnx",
                                "c6fc4b7bc5af75c0591fd157a1f3829b533d18e9769a888fd95a62e470dd4f4a"),
                            new("package/dist/model/tiny/quantized/decoder_model_merged.onnx", "decoder_model_merged.onnx",
                                "eed87831c3a6103534aae7d47a5d485025c659a1323901513961c39fe8a1a367"),
                            new("package/LICENSE", "LICENSE",
                                "37fc5d9a86547a0dd64a07cff439ba2a6b79cc8f6555a05121fed32866591159"),
                        ]),
                    new(
                        "llama-tokenizer-js", "1.2.2",
                        "sha512-Wmth393dc3odWU3IzARJ3r2oIfWgw9GdJ5Gm+hGhfECNO18UHLRqEFSf511jn4E9KcQGzuuKw4Wl08pHAemLAw==",
                        388_950,
                        [
                            new("package/llama-tokenizer.js", "llama-tokenizer.js",
                                "34a7b9f7579d40486444590c37cba6564ef40c3dd98ecdfc2f7c886ae72c898d"),
                            new("package/LICENSE.md", "LICENSE.tokens",
                                "3653278f58b6808e43039ae8242808c6bfd68c00cc80ee30858347acb99f6ed6"),
                        ]),
                ]),
            ]),
        Whisper("base", 150 * Megabyte,
            "Any language; the best words for its time on a small machine, about 30 times real time on two cores."),
        Whisper("small", 490 * Megabyte, "Any language; fewer wrong words than base at about a third of its speed."),
        Whisper("large-v3-turbo", 1650 * Megabyte,
            "Any language; by far the best words, slow without many cores, needs about 2 GB of memory."),
        Whisper("medium", 1550 * Megabyte, "Any language; better than small, slower and mostly worse than large-v3-turbo."),
        Whisper("tiny", 80 * Megabyte, "Any language; the fastest, with many wrong words on singing."),
        new(
            "spleeter-2stems", ModelKind.Separation, "MIT", [], 40 * Megabyte,
            "Voice and accompaniment, about 20 times real time on two cores; good enough for times and karaoke.",
            [Hub("csukuangfj/sherpa-onnx-spleeter-2stems-fp16", "vocals.fp16.onnx", "accompaniment.fp16.onnx")])
        {
            Separation = SeparationModel.Spleeter("vocals.fp16.onnx", "accompaniment.fp16.onnx"),
        },
        new(
            "htdemucs-ft-vocals", ModelKind.Separation, "MIT (as published with the export)", [], 166 * Megabyte,
            "The cleanest voice; takes about one and a half times the song's length on two cores.",
            [Hub("StemSplitio/htdemucs-ft-vocals-onnx", "htdemucs_ft_vocals_fp16weights.onnx")])
        {
            Separation = SeparationModel.Demucs("htdemucs_ft_vocals_fp16weights.onnx"),
        },
        new(
            "htdemucs", ModelKind.Separation, "MIT (as published with the export)", [], 166 * Megabyte,
            "Drums, bass, other and voice in one network; a little less clean than htdemucs-ft-vocals.",
            [Hub("StemSplitio/htdemucs-onnx", "htdemucs_fp16weights.onnx")])
        {
            Separation = SeparationModel.Demucs("htdemucs_fp16weights.onnx"),
        },
        new(
            "wav2vec2-base-960h", ModelKind.Ctc, "Apache-2.0", ["en"], 378 * Megabyte,
            "English letters a frame, for aligning given words to the voice; how well it does so on singing has not been measured.",
            [Hub("Xenova/wav2vec2-base-960h", "config.json", "preprocessor_config.json", "vocab.json", "onnx/model.onnx")]),
        Letters("german", "de", 1265, Export("FinDIT-Studio/wav2vec2-large-xlsr-53-german-onnx")),
        Letters("spanish", "es", 1265, Export("FinDIT-Studio/wav2vec2-large-xlsr-53-spanish-onnx")),
        Letters("french", "fr", 1265, Export("FinDIT-Studio/wav2vec2-large-xlsr-53-french-onnx")),
        Letters("italian", "it", 1265, Export("FinDIT-Studio/wav2vec2-large-xlsr-53-italian-onnx")),
        Letters("japanese", "ja", 1270, Export("FinDIT-Studio/wav2vec2-large-xlsr-53-japanese-onnx")),
        Letters("portuguese", "pt", 632, Community("onnx-community/wav2vec2-large-xlsr-53-portuguese-ONNX")),
        Letters("russian", "ru", 632, Community("onnx-community/wav2vec2-large-xlsr-53-russian-ONNX")),
        Letters("chinese", "zh", 640, Community("onnx-community/wav2vec2-large-xlsr-53-chinese-zh-cn-ONNX")),
        new(
            PitchModel, ModelKind.Pitch, "MIT", [], 398_000,
            "The notes of a voice, about 100 times real time on two cores; for UltraStar and for times of syllables.",
            [
                new WebSource(
                [
                    SwiftF0("swift_f0/model.onnx", "model.onnx", 397_987,
                        "7e2390db8379cd9e1e2b22828e55b45b57c8559e4c8335678c717dc245c18176"),
                    SwiftF0("LICENSE", "LICENSE", 1_071, "3e1e1a059f12dfb08ec39d7eb0bdb19ba57b937410457b9e4fe008f545bd8891"),
                ]),
            ]),
        new(
            HyphenationFiles.Model, ModelKind.Hyphenation, "ISC", HyphenationFiles.Languages, 1_600_000,
            "Where words part into syllables, in 56 languages; without it they part by their vowels.",
            [new NpmSource([HyphenationFiles.Package])]),
    ];

    /// <summary>The model of a name, or null.</summary>
    /// <param name="name">Compared without regard to case.</param>
    public static ModelEntry? Find(string name) =>
        All.FirstOrDefault(entry => string.Equals(entry.Name, name, StringComparison.OrdinalIgnoreCase));

    private static ModelEntry Whisper(string size, long bytes, string summary) => new(
        $"whisper-{size}", ModelKind.Whisper, "MIT", ["*"], bytes, summary,
        [
            new HuggingFaceSource($"onnx-community/whisper-{size}_timestamped", "main",
            [
                new("config.json"),
                new("generation_config.json"),
                new("preprocessor_config.json"),
                new("tokenizer.json"),
                new("added_tokens.json", IsOptional: true),
                new("vocab.json", IsOptional: true),
                Network("encoder_model"),
                Network("decoder_model_merged"),
            ]),
        ]);

    // The weights are those of jonatasgrosman/wav2vec2-large-xlsr-53-LANGUAGE.
    private static ModelEntry Letters(string language, string code, int megabytes, HuggingFaceSource source) => new(
        $"wav2vec2-xlsr-53-{language}", ModelKind.Ctc, "Apache-2.0 (as published with the weights)", [code], megabytes * Megabyte,
        $"{char.ToUpperInvariant(language[0])}{language[1..]} characters a frame, for aligning given words to the voice; not run here.",
        [source]);

    private static HuggingFaceSource Export(string repository) => new(repository, "main",
    [
        new("model.onnx") { MayHaveData = true },
        new("tokenizer.json"),
        new("vocab.json", IsOptional: true),
        new("preprocessor_config.json", IsOptional: true),
    ]);

    private static HuggingFaceSource Community(string repository) => new(repository, "main",
    [
        new("onnx/model_fp16.onnx") { Alternatives = ["onnx/model.onnx", "onnx/model_quantized.onnx"], MayHaveData = true },
        new("vocab.json"),
        new("preprocessor_config.json", IsOptional: true),
    ]);

    private static WebFile SwiftF0(string pathInRepository, string path, long bytes, string sha256) => new(
        new Uri($"https://raw.githubusercontent.com/lars76/swift-f0/64700fce8ef39c2970814bf427ac1d75a2f20d72/{pathInRepository}"), path,
        bytes, sha256);

    // 16-bit files are half as large, and the 8-bit blocks made from them are the same to within their rounding.
    private static HuggingFaceFile Network(string name) => new($"onnx/{name}_fp16.onnx")
    {
        Alternatives = [$"onnx/{name}.onnx", $"onnx/{name}_q8.onnx"], MayHaveData = true,
    };

    private static HuggingFaceSource Hub(string repository, params string[] files) =>
        new(repository, "main", [.. files.Select(file => new HuggingFaceFile(file))]);
}
