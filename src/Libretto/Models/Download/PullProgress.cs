namespace Libretto.Models.Download;

/// <summary>Adds up the bytes of a model's files into one report.</summary>
internal sealed class PullProgress(string model, IProgress<ModelProgress>? progress)
{
    private long _done;
    private long? _total;

    public void Expect(long? total) => _total = total;

    public void Advance(long bytesOfFile) =>
        progress?.Report(new ModelProgress(model, ModelStep.Downloading, _done + bytesOfFile, _total));

    public void FileDone(long bytes)
    {
        _done += bytes;
        Advance(0);
    }

    public void Enter(ModelStep step) => progress?.Report(new ModelProgress(model, step, _done, _total));
}
