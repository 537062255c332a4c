using Libretto.Models;
using Libretto.Tests.Support;

namespace Libretto.Tests.Models;

public sealed class ModelIdentityTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_copy_elsewhere_fetched_at_another_time_is_the_same_model()
    {
        var one = Model("one", Weights());
        var copy = Model("copies/two", Weights());
        File.WriteAllText(Path.Combine(copy, "libretto-model.json"), "{}");
        Assert.Equal(ModelIdentity.Of(one), ModelIdentity.Of(copy));
    }

    [Fact]
    public void Other_weights_of_the_same_size_are_another_model()
    {
        var tuned = Weights();
        for (var i = 100; i < tuned.Length; i += 1000)
            tuned[i]++;
        Assert.NotEqual(ModelIdentity.Of(Model("one", Weights())), ModelIdentity.Of(Model("two", tuned)));
    }

    [Fact]
    public void Another_configuration_is_another_model()
    {
        var one = Model("one", Weights());
        var two = Model("two", Weights());
        File.WriteAllText(Path.Combine(two, "config.json"), """{"heads":9}""");
        Assert.NotEqual(ModelIdentity.Of(one), ModelIdentity.Of(two));
    }

    private static byte[] Weights()
    {
        var weights = new byte[3_000_000];
        new Random(7).NextBytes(weights);
        return weights;
    }

    private string Model(string name, byte[] weights)
    {
        Directory.CreateDirectory(_folder[name + "/onnx"]);
        File.WriteAllText(_folder[name + "/config.json"], """{"heads":8}""");
        File.WriteAllBytes(_folder[name + "/onnx/model.onnx"], weights);
        return _folder[name];
    }
}
