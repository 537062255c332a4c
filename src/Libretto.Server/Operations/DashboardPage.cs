using System.Net;
using Hangfire.Dashboard;
using Hangfire.Dashboard.Pages;

namespace Libretto.Server.Operations;

/// <summary>A page of our own in Hangfire's dashboard: tables below a title.</summary>
internal abstract class DashboardPage(string title) : RazorPage
{
    public override void Execute()
    {
        Layout = new LayoutPage(title);
        WriteLiteral($"<div class=\"row\"><div class=\"col-md-12\"><h1 class=\"page-header\">{title}</h1>");
        Write();
        WriteLiteral("</div></div>");
    }

    protected abstract void Write();

    protected void Table(string name, IReadOnlyList<string> heads, IEnumerable<string[]> rows)
    {
        WriteLiteral($"<h3>{name}</h3><table class=\"table table-condensed\"><thead><tr>");
        foreach (var head in heads)
            WriteLiteral($"<th>{head}</th>");
        WriteLiteral("</tr></thead><tbody>");
        foreach (var row in rows)
            WriteLiteral($"<tr>{string.Concat(row.Select(cell => $"<td>{WebUtility.HtmlEncode(cell)}</td>"))}</tr>");
        WriteLiteral("</tbody></table>");
    }
}
