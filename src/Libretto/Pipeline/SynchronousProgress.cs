namespace Libretto.Pipeline;

/// <summary>Progress passed on at once and in order, which <see cref="Progress{T}"/> does not promise.</summary>
internal sealed class SynchronousProgress<T>(Action<T> listener) : IProgress<T>
{
    public void Report(T value) => listener(value);
}
