using MudBlazor;

namespace Libretto.Server.Web.Layout;

/// <summary>What MudBlazor is told; its colours are those of css/type.css, which knows light from dark without a script.</summary>
internal static class PageTheme
{
    private static readonly string[] s_sans = ["Inter", "system-ui", "sans-serif"];

    public static MudTheme Theme { get; } = new()
    {
        LayoutProperties = new LayoutProperties { DefaultBorderRadius = "10px" },
        Typography = new Typography
        {
            Default = new DefaultTypography { FontFamily = s_sans, FontSize = "1rem" },
            Button = new ButtonTypography { FontFamily = s_sans, FontSize = ".95rem", FontWeight = "550", TextTransform = "none",
                LetterSpacing = "0" },
        },
    };
}
