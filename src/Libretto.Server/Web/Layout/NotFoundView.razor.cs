using Libretto.Server.Http;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace Libretto.Server.Web.Layout;

public sealed partial class NotFoundView
{
    private const string Path = "/not-found";
    private static readonly PathString[] s_programs = ["/api", "/v1", PageAssets.Root];

    /// <summary>Whether a browser asks for a view, which the API's addresses never are.</summary>
    private static bool IsWanted(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && request.Path != Path && !s_programs.Any(path => request.Path.StartsWithSegments(path)) &&
        request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal);

    /// <summary>
    /// Fills the answers that the framework gives without words: this view for a browser, a problem document for a program.
    /// </summary>
    internal static Task AnswerAsync(StatusCodeContext answer) =>
        answer.HttpContext.Response.StatusCode == 404 && IsWanted(answer.HttpContext.Request) ? ShowAsync(answer)
        : Problems.WriteStatusAsync(answer.HttpContext);

    /// <summary>Shows this view in place of what is not there, under the address asked for.</summary>
    private static Task ShowAsync(StatusCodeContext answer)
    {
        var context = answer.HttpContext;
        context.Features.Set<IStatusCodeReExecuteFeature>(new StatusCodeReExecuteFeature { OriginalPath = context.Request.Path });
        context.SetEndpoint(null);
        context.Request.RouteValues.Clear();
        context.Request.Path = Path;
        return answer.Next(context);
    }
}
