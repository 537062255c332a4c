using System.Security.Cryptography;
using Libretto.Server.Http;
using Microsoft.AspNetCore.DataProtection;
using QRCoder;

namespace Libretto.Server.Web.Party;

/// <summary>
/// The link by which guests come to a party: the party's id, sealed by the server's own keys. It opens the party's queue and list of songs
/// until the party is over, and nothing else.
/// </summary>
internal sealed class PartyLinks(IDataProtectionProvider protection, PartyStore parties)
{
    public const string Root = ServerPaths.Party;

    private readonly IDataProtector _seal = protection.CreateProtector("party");

    /// <summary>The path of a party's link below the server's own.</summary>
    public string PathOf(string partyId) => $"{Root}/{_seal.Protect(partyId)}";

    /// <summary>The party that a token leads to; null when it is over or the token is not ours.</summary>
    public async Task<Data.Entities.Party?> OpenAsync(string token, CancellationToken ct)
    {
        try
        {
            return await parties.FindAsync(_seal.Unprotect(token), ct);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>An address as a picture that a phone reads: SVG, dark on light.</summary>
    public static string Picture(string address)
    {
        using var generator = new QRCodeGenerator();
        using var data = generator.CreateQrCode(address, QRCodeGenerator.ECCLevel.M);
        using var code = new SvgQRCode(data);
        return code.GetGraphic(1, "#1d1408", "#ffffff", sizingMode: SvgQRCode.SizingMode.ViewBoxAttribute);
    }
}
