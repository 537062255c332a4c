using Libretto.Models;
using Libretto.Models.Download;
using Libretto.Models.Onnx;

namespace Libretto.Tests.Support;

/// <summary>
/// Real models in the user's own cache, so that a second run of the tests downloads nothing. Skips the test, counted, where
/// there is no network and no model.
/// </summary>
internal static class InstalledModels
{
    private static readonly HttpClient Client = new(ModelStore.CreateHandler(NpmConfiguration.Read(Environment.GetEnvironmentVariable)));

    /// <summary>The store the product itself uses.</summary>
    public static ModelStore Store { get; } = new(ModelStoreOptions.FromEnvironment(Environment.GetEnvironmentVariable), Client);

    /// <summary>The networks of all tests, so that each is loaded once.</summary>
    public static OnnxSessions Sessions { get; } = new(threads: 2);

    private static readonly Lazy<Task<string>> Moonshine = new(() => Store.EnsureAsync(ModelCatalogue.SmallSpeechModel));

    /// <summary>The folder of moonshine-tiny.</summary>
    public static async Task<string> MoonshineTinyAsync()
    {
        try
        {
            return await Moonshine.Value;
        }
        catch (ModelException e) when (e.Code == "model_unreachable")
        {
            Assert.Skip(e.Message);
            throw;
        }
    }
}
