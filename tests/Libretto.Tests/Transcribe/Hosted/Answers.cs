namespace Libretto.Tests.Transcribe.Hosted;

/// <summary>Answers of hosted engines: made by hand after Groq's and OpenAI's documentation, none recorded.</summary>
internal static class Answers
{
    public const string WordsAtTheTop =
        """
        {"task":"transcribe","language":"english","duration":11.0,"text":" And so, my fellow Americans, ask not",
         "segments":[
          {"id":0,"seek":0,"start":0.0,"end":3.9,"text":" And so, my fellow Americans,","tokens":[50364,400],"temperature":0,"avg_logprob":-0.2,"compression_ratio":1.3,"no_speech_prob":0.01},
          {"id":1,"seek":0,"start":3.9,"end":10.4,"text":" ask not","tokens":[50364],"temperature":0,"avg_logprob":-0.4,"compression_ratio":1.3,"no_speech_prob":0.01}],
         "words":[{"word":"And","start":0.32,"end":0.5},{"word":"so","start":0.6,"end":1.0},{"word":"my","start":1.2,"end":1.5},
          {"word":"fellow","start":1.5,"end":2.1},{"word":"Americans","start":2.2,"end":3.4},{"word":"ask","start":4.02,"end":4.4},{"word":"not","start":4.5,"end":5.0}],
         "x_groq":{"id":"req_01"}}
        """;

    public const string WordsInSegments =
        """
        {"task":"transcribe","language":"en","duration":11.0,"text":"ask not",
         "segments":[{"id":0,"start":3.9,"end":10.4,"text":" ask not","avg_logprob":-0.4,"no_speech_prob":0.01,
          "words":[{"word":" ask","start":4.02,"end":4.4,"probability":0.91},{"word":" not","start":4.5,"end":5.0,"probability":0.88}]}]}
        """;

    public const string NoWords =
        """
        {"task":"transcribe","language":"french","duration":11.0,"text":" Sous le ciel de Paris",
         "segments":[{"id":0,"start":2.0,"end":6.0,"text":" Sous le ciel de Paris","avg_logprob":-0.3,"no_speech_prob":0.02}]}
        """;

    public const string BrokenTimes =
        """
        {"task":"transcribe","language":"english","duration":11.0,"text":"one two three four five six",
         "words":[{"word":"one","start":1.0,"end":1.4},{"word":"two","start":9.0,"end":9.2},{"word":"three","start":2.0,"end":2.0},
          {"word":"four","start":3.0,"end":3.9},{"word":"five","start":3.5,"end":4.0},{"word":"six","end":null}]}
        """;

    public const string Empty = """{"task":"transcribe","language":"english","duration":11.0,"text":"","segments":[],"words":[]}""";

    public const string TextOnly = """{"text":"ask not what"}""";

    public const string Invented =
        """
        {"task":"transcribe","language":"english","duration":11.0,"text":" ask not Thank you.",
         "segments":[{"id":0,"start":0.0,"end":5.0,"text":" ask not","avg_logprob":-0.2,"no_speech_prob":0.01},
                     {"id":1,"start":5.0,"end":11.0,"text":" Thank you.","avg_logprob":-1.4,"no_speech_prob":0.9}],
         "words":[{"word":"ask","start":4.0,"end":4.4},{"word":"not","start":4.5,"end":4.9},{"word":"Thank","start":6.0,"end":7.0},{"word":"you.","start":7.0,"end":8.0}]}
        """;

    public static string Error(string code, string message, string type = "invalid_request_error") =>
        $$$"""{"error":{"message":"{{{message}}}","type":"{{{type}}}","code":"{{{code}}}"}}""";
}
