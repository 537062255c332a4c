using System.Globalization;
using Libretto.Models;

namespace Libretto.Server.Jobs.Work;

/// <summary>A model on its way, as a job's step says it.</summary>
internal static class FetchingText
{
    /// <summary>What is done for a model, with the share of the download in whole percent.</summary>
    public static string Of(ModelProgress model) => model.Step switch
    {
        ModelStep.Waiting => $"waiting for the model {model.Model}, which another worker fetches",
        ModelStep.Downloading when model.TotalBytes is > 0 and var total =>
            string.Create(CultureInfo.InvariantCulture, $"fetching the model {model.Model}, {Math.Min(100, 100 * model.Bytes / total)} %"),
        ModelStep.Downloading => $"fetching the model {model.Model}",
        _ => $"preparing the model {model.Model}",
    };
}
