using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Libretto.Server.Data;
using Libretto.Server.Data.Entities;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Libretto.Server.Security;

/// <summary>
/// The keys of <see cref="DataKeys"/> in the table <c>data_keys</c>, where all servers of one database find them. Each is sealed
/// (AES-256-GCM) with a secret that is not in the database, so a copy of its contents opens no cookie and no link.
/// </summary>
internal sealed partial class SharedKeys(IDbContextFactory<LibrettoDb> contexts, string secret, TimeProvider time,
    ILogger<SharedKeys> log) : IXmlRepository
{
    // The secret may be a password that somebody thought up.
    private const int Rounds = 200_000;
    private const int SaltBytes = 16;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    // By the rows' ids, null where the secret is another: what a stranger's cookie asks for again and again is opened once.
    private readonly ConcurrentDictionary<string, string?> _opened = new(StringComparer.Ordinal);

    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using var context = contexts.CreateDbContext();
        return [.. context.DataKeys.AsNoTracking().OrderBy(key => key.CreatedAt).ToList()
            .Select(key => _opened.GetOrAdd(key.Id, _ => Open(key))).OfType<string>().Select(text => XElement.Parse(text))];
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        using var context = contexts.CreateDbContext();
        context.DataKeys.Add(new DataKey(Guid.CreateVersion7().ToString("N"), Seal(element.ToString(SaveOptions.DisableFormatting)),
            time.GetUtcNow().UtcDateTime));
        context.SaveChanges();
    }

    private string Seal(string text)
    {
        var plain = Encoding.UTF8.GetBytes(text);
        var (salt, nonce, tag, cipher) = (RandomNumberGenerator.GetBytes(SaltBytes), RandomNumberGenerator.GetBytes(
            NonceBytes), new byte[TagBytes], new byte[plain.Length]);
        using var aes = Cipher(salt);
        aes.Encrypt(nonce, plain, cipher, tag);
        return Convert.ToBase64String([.. salt, .. nonce, .. tag, .. cipher]);
    }

    private string? Open(DataKey key)
    {
        try
        {
            var bytes = Convert.FromBase64String(key.Sealed);
            var rest = bytes.AsSpan(SaltBytes + NonceBytes);
            var plain = new byte[rest.Length - TagBytes];
            using var aes = Cipher(bytes[..SaltBytes]);
            aes.Decrypt(bytes.AsSpan(SaltBytes, NonceBytes), rest[TagBytes..], rest[..TagBytes], plain);
            return Encoding.UTF8.GetString(plain);
        }
        catch (CryptographicException)
        {
            LogSealed();
            return null;
        }
    }

    private AesGcm Cipher(byte[] salt) => new(Rfc2898DeriveBytes.Pbkdf2(secret, salt, Rounds, HashAlgorithmName.SHA256, 32), TagBytes);

    [LoggerMessage(Level = LogLevel.Warning, Message =
        "A key for cookies and shared links was sealed with another secret and is not used: LIBRETTO_SECRET, or without it the " +
            "database's password, must be the same on all machines")]
    private partial void LogSealed();
}
