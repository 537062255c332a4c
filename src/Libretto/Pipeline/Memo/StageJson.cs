using System.Text.Json.Serialization;
using Libretto.Align;
using Libretto.Lyrics;
using Libretto.Pipeline.Exports;
using Libretto.Pipeline.Stems;
using Libretto.Pipeline.Transcripts;

namespace Libretto.Pipeline.Memo;

/// <summary>How the memo writes what stages made: numbers in full, so that what is found is exactly what was made.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(Transcript))]
[JsonSerializable(typeof(AlignedLyrics))]
[JsonSerializable(typeof(KeptPitch))]
[JsonSerializable(typeof(KeptStems))]
[JsonSerializable(typeof(IReadOnlyList<LyricsWord>))]
[JsonSerializable(typeof(SkippedSeparation))]
internal sealed partial class StageJson : JsonSerializerContext;
