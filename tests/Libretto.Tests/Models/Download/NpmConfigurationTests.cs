using Libretto.Models;
using Libretto.Models.Download;
using Libretto.Tests.Support;

namespace Libretto.Tests.Models.Download;

public sealed class NpmConfigurationTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly Dictionary<string, string?> _variables;

    public NpmConfigurationTests()
    {
        Directory.CreateDirectory(_folder["home"]);
        _variables = new() { ["HOME"] = _folder["home"], ["NPM_CONFIG_GLOBALCONFIG"] = _folder["npmrc"] };
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Without_configuration_the_public_registry_is_asked_and_no_one_is_told_a_token()
    {
        var npm = Read();
        Assert.Equal("https://registry.npmjs.org/", npm.RegistryFor("@moonshine-ai/moonshine-js").ToString());
        Assert.Null(npm.AuthorizationFor(new Uri("https://registry.npmjs.org/x")));
        Assert.Null(npm.ProxyFor(new Uri("https://registry.npmjs.org/x")));
    }

    [Fact]
    public void The_environment_goes_before_the_users_file_and_that_before_the_global_one()
    {
        Global("registry=https://global.example/npm\nproxy=http://proxy.example:3128");
        Assert.Equal("https://global.example/npm/", Read().RegistryFor("x").ToString());
        User("; mine\n# too\nregistry = \"https://user.example/\"");
        Assert.Equal("https://user.example/", Read().RegistryFor("x").ToString());
        _variables["npm_config_registry"] = "https://environment.example";
        Assert.Equal("https://environment.example/", Read().RegistryFor("x").ToString());
        Assert.Equal("http://proxy.example:3128/", Read().ProxyFor(new Uri("https://registry.example"))?.ToString());
    }

    [Fact]
    public void A_scope_may_have_a_registry_of_its_own()
    {
        User("registry=https://all.example/\n@moonshine-ai:registry=https://some.example/a");
        Assert.Equal("https://some.example/a/", Read().RegistryFor("@moonshine-ai/moonshine-js").ToString());
        Assert.Equal("https://all.example/", Read().RegistryFor("@other/x").ToString());
        Assert.Equal("https://all.example/", Read().RegistryFor("llama-tokenizer-js").ToString());
    }

    [Fact]
    public void A_token_goes_to_its_own_host_and_path_only()
    {
        _variables["MY_TOKEN"] = "from-environment";
        User(
            """
            //host.example/:_authToken=wide
            //host.example/deep/:_authToken=${MY_TOKEN}
            //basic.example:8080/:username=me
            //basic.example:8080/:_password=c2VjcmV0
            """);
        var npm = Read();
        Assert.Equal("Bearer wide", npm.AuthorizationFor(new Uri("https://host.example/other/x.tgz"))?.ToString());
        Assert.Equal("Bearer from-environment", npm.AuthorizationFor(new Uri("https://host.example/deep/a/b/x.tgz"))?.ToString());
        Assert.Equal("Basic bWU6c2VjcmV0", npm.AuthorizationFor(new Uri("http://basic.example:8080/x"))?.ToString());
        Assert.Null(npm.AuthorizationFor(new Uri("https://elsewhere.example/deep/x")));
        Assert.Null(npm.AuthorizationFor(new Uri("https://host.example:444/x")));
    }

    [Fact]
    public void A_host_can_be_left_out_of_the_proxy()
    {
        User("https-proxy=http://secure.example:1\nproxy=http://open.example:2\nnoproxy=localhost,.inside.example");
        var npm = Read();
        Assert.Equal("http://secure.example:1/", npm.ProxyFor(new Uri("https://a.example"))?.ToString());
        Assert.Equal("http://open.example:2/", npm.ProxyFor(new Uri("http://a.example"))?.ToString());
        Assert.Null(npm.ProxyFor(new Uri("https://x.inside.example")));
    }

    [Fact]
    public void A_registry_that_is_no_address_is_an_error_that_names_it()
    {
        User("registry=not an address");
        var error = Assert.Throws<ModelException>(() => Read().RegistryFor("x"));
        Assert.Equal("npm_registry_invalid", error.Code);
        Assert.Contains("not an address", error.Message);
    }

    private NpmConfiguration Read() => NpmConfiguration.Read(_variables.GetValueOrDefault);

    private void User(string text) => File.WriteAllText(Path.Combine(_folder["home"], ".npmrc"), text);

    private void Global(string text) => File.WriteAllText(_folder["npmrc"], text);
}
