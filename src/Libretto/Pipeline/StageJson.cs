using System.Text.Json.Serialization;
using Libretto.Align;
using Libretto.Lyrics;

namespace Libretto.Pipeline;

/// <summary>How the memo writes what stages made: numbers in full, so that what is found is exactly what was made.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(HeardSong))]
[JsonSerializable(typeof(AlignedLyrics))]
[JsonSerializable(typeof(KeptStems))]
[JsonSerializable(typeof(IReadOnlyList<LyricsWord>))]
[JsonSerializable(typeof(UnseparatedSong))]
internal sealed partial class StageJson : JsonSerializerContext;
