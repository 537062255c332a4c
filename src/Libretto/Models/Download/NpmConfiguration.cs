using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;

namespace Libretto.Models.Download;

/// <summary>
/// What the machine's npm configuration says about registries, so that a mirror, a proxy or a token set up for npm serves
/// Libretto too: environment (<c>npm_config_*</c>), then the user's <c>.npmrc</c>, then the global one, then npm's defaults.
/// The <c>.npmrc</c> of the current folder is left out on purpose: a folder of songs has no say over where files come from.
/// </summary>
public sealed partial class NpmConfiguration
{
    private static readonly Uri DefaultRegistry = new("https://registry.npmjs.org/");
    private readonly Func<string, string?> _environment;
    private readonly IReadOnlyList<IReadOnlyDictionary<string, string>> _files;

    private NpmConfiguration(Func<string, string?> environment, IReadOnlyList<IReadOnlyDictionary<string, string>> files)
    {
        _environment = environment;
        _files = files;
    }

    /// <summary>npm's defaults: the public registry, no token.</summary>
    public static NpmConfiguration Default { get; } = new(_ => null, []);

    /// <summary>Reads the configuration; files that are missing or may not be read count as empty.</summary>
    /// <param name="environment">Looks up an environment variable.</param>
    public static NpmConfiguration Read(Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        var user = Parse(environment, Variable(environment, "userconfig") ?? Path.Combine(Home(environment), ".npmrc"));
        var global = GlobalFiles(environment, user).Select(file => Parse(environment, file)).FirstOrDefault(file => file.Count > 0);
        return new NpmConfiguration(environment, global is null ? [user] : [user, global]);
    }

    /// <summary>The proxy npm is told to use for an address; null when it says nothing (the usual variables then hold).</summary>
    /// <param name="address">What is to be fetched.</param>
    public Uri? ProxyFor(Uri address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var proxy = address.Scheme == Uri.UriSchemeHttps ? Value("https-proxy") ?? Value("proxy") : Value("proxy");
        if (!Uri.TryCreate(proxy, UriKind.Absolute, out var uri))
            return null;
        var exempt = (Value("noproxy") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return exempt.Any(host => IsWithin(address.Host, host.TrimStart('.'))) ? null : uri;
    }

    /// <summary>The registry of a package: its scope's, else the general one.</summary>
    internal Uri RegistryFor(string package)
    {
        var scope = package.StartsWith('@') ? package[..package.IndexOf('/', StringComparison.Ordinal)] : null;
        var text = (scope is null ? null : Value(scope + ":registry")) ?? Value("registry");
        if (text is null)
            return DefaultRegistry;
        if (!Uri.TryCreate(text.EndsWith('/') ? text : text + "/", UriKind.Absolute, out var registry) ||
            registry.Scheme is not ("https" or "http"))
        {
            throw new ModelException(
                ErrorKind.Missing, "npm_registry_invalid",
                $"The npm configuration names the registry '{text}', which is not a web address. Correct it with 'npm config set " +
                "registry ADDRESS'.");
        }
        return registry;
    }

    /// <summary>The credentials npm would send to an address: those kept for its host and the longest part of its path.</summary>
    internal AuthenticationHeaderValue? AuthorizationFor(Uri address)
    {
        var path = address.AbsolutePath;
        while (true)
        {
            path = path[..(path.LastIndexOf('/') + 1)];
            var key = $"//{address.Authority}{path}";
            if (Credentials(key) is { } found)
                return found;
            if (path.Length <= 1)
                return null;
            path = path[..^1];
        }
    }

    private AuthenticationHeaderValue? Credentials(string key)
    {
        if (Value(key + ":_authToken") is { } token)
            return new AuthenticationHeaderValue("Bearer", token);
        if (Value(key + ":_auth") is { } basic)
            return new AuthenticationHeaderValue("Basic", basic);
        if (Value(key + ":username") is { } user && Value(key + ":_password") is { } password)
        {
            var bytes = new byte[password.Length];
            var clear = Convert.TryFromBase64String(password, bytes, out var count) ? Encoding.UTF8.GetString(bytes, 0, count) : password;
            return new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{clear}")));
        }
        return null;
    }

    private string? Value(string key) =>
        Variable(_environment, key) ?? _files.Select(file => file.GetValueOrDefault(key)).FirstOrDefault(value => value is not null);

    // npm takes its variables in any case; these are the spellings in use.
    private static string? Variable(Func<string, string?> environment, string key)
    {
        var underscored = key.StartsWith("//", StringComparison.Ordinal) || key.StartsWith('@') ? key : key.Replace('-', '_');
        foreach (var name in new[] { "npm_config_" + underscored, "NPM_CONFIG_" + underscored.ToUpperInvariant() })
        {
            if (environment(name) is { Length: > 0 } value)
                return value;
        }
        return null;
    }

    private static string Home(Func<string, string?> environment) =>
        environment("HOME") ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    private static IEnumerable<string> GlobalFiles(Func<string, string?> environment, IReadOnlyDictionary<string, string> user)
    {
        if (Variable(environment, "globalconfig") is { } named)
            yield return named;
        if ((Variable(environment, "prefix") ?? environment("PREFIX") ?? user.GetValueOrDefault("prefix")) is { } prefix)
            yield return Path.Combine(prefix, "etc", "npmrc");
        if (environment("APPDATA") is { } data)
            yield return Path.Combine(data, "npm", "etc", "npmrc");
        // Where node's usual prefixes, and Debian's package, keep it.
        yield return "/usr/local/etc/npmrc";
        yield return "/usr/etc/npmrc";
        yield return "/etc/npmrc";
    }

    private static Dictionary<string, string> Parse(Func<string, string?> environment, string file)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            if (!File.Exists(file))
                return values;
            foreach (var line in File.ReadLines(file).Select(line => line.Trim()))
            {
                var equals = line.IndexOf('=', StringComparison.Ordinal);
                if (equals > 0 && line[0] is not ('#' or ';'))
                    values[line[..equals].Trim()] = Expand(environment, line[(equals + 1)..].Trim().Trim('"', '\''));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // npm itself goes on without a file it may not read.
        }
        return values;
    }

    private static string Expand(Func<string, string?> environment, string value) =>
        Placeholder().Replace(value, match => environment(match.Groups[1].Value) ?? match.Value);

    private static bool IsWithin(string host, string domain) =>
        host.Equals(domain, StringComparison.OrdinalIgnoreCase) || host.EndsWith("." + domain, StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex(@"\$\{([^}]+)\}")]
    private static partial Regex Placeholder();
}
