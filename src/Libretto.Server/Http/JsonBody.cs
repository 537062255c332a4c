using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Libretto.Server.Http;

/// <summary>Bodies of requests that are JSON.</summary>
internal static class JsonBody
{
    /// <summary>Reads a request's body.</summary>
    /// <exception cref="ApiProblem">It is no such JSON.</exception>
    public static async Task<T> ReadAsync<T>(HttpRequest request, JsonTypeInfo<T> type, CancellationToken ct) where T : class
    {
        try
        {
            return await JsonSerializer.DeserializeAsync(request.Body, type, ct) ?? throw ApiProblem.BadJson("The body");
        }
        catch (JsonException e)
        {
            throw ApiProblem.BadJson("The body", e);
        }
    }
}
