using Libretto.Storage;
using Libretto.Storage.Cloudinary;
using Libretto.Storage.S3;
using Libretto.Tests.Support;

namespace Libretto.Tests.Storage;

public class StoreAddressTests
{
    [Fact]
    public void Nothing_and_disk_are_the_disk()
    {
        using var folder = new ScratchFolder();
        using var http = new HttpClient();

        foreach (var address in new[] { null, "", "disk" })
            Assert.IsType<DiskContentStore>(Open(address, folder, http));
    }

    [Fact]
    public void A_bucket_with_prefix_endpoint_and_region()
    {
        var options = S3Options.From(StoreAddress.Parse("s3://songs/team/a?endpoint=https://x.r2.example.com&region=auto"), Keys);

        Assert.Equal(("songs", "team/a/", "https://x.r2.example.com/", "auto", true), (options.Bucket, options.Prefix, options.Endpoint!.AbsoluteUri, options.Region, options.UsesPathStyle));
        Assert.Equal(("id", "word"), (options.AccessKey, options.SecretKey));
        Assert.DoesNotContain("word", options.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_cloud_with_a_folder_and_keys_from_either_variable()
    {
        var address = StoreAddress.Parse("cloudinary://MyCloud/libretto?signature=sha256");

        var options = CloudinaryOptions.From(address, Keys);
        var fromUrl = CloudinaryOptions.From(address, name => name == "CLOUDINARY_URL" ? "cloudinary://id:word@MyCloud" : null);

        Assert.Equal(("MyCloud", "libretto/", "id", "word"), (options.Cloud, options.Folder, options.Key, options.Secret));
        Assert.Equal("SHA256", options.Signature.Name);
        Assert.Equal(("id", "word"), (fromUrl.Key, fromUrl.Secret));
        Assert.DoesNotContain("word", options.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ftp://songs")]
    [InlineData("s3:songs")]
    [InlineData("s3://")]
    [InlineData("nonsense")]
    [InlineData("s3://songs?colour=red")]
    [InlineData("s3://songs?endpoint=nowhere")]
    [InlineData("s3://songs?path-style=perhaps")]
    [InlineData("s3://id:word@songs")]
    [InlineData("cloudinary://id:word@cloud")]
    public void What_is_no_address_is_refused_without_repeating_it(string text)
    {
        using var folder = new ScratchFolder();
        using var http = new HttpClient();

        var error = Assert.Throws<StorageException>(() => Open(text, folder, http));

        Assert.Equal("store_invalid", error.Code);
        Assert.DoesNotContain("word", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("s3://songs?endpoint=http://127.0.0.1:9000", "AWS_ACCESS_KEY_ID")]
    [InlineData("cloudinary://cloud", "CLOUDINARY_API_KEY")]
    public void Missing_keys_are_named(string text, string variable)
    {
        using var folder = new ScratchFolder();
        using var http = new HttpClient();

        var error = Assert.Throws<StorageException>(() => ContentStores.Open(text, folder.Path, http, environment: _ => null));

        Assert.Equal("store_keys_missing", error.Code);
        Assert.Contains(variable, error.Message, StringComparison.Ordinal);
    }

    private static IContentStore Open(string? address, ScratchFolder folder, HttpClient http) => ContentStores.Open(address, folder.Path, http, environment: Keys);

    private static string? Keys(string name) => name switch
    {
        "AWS_ACCESS_KEY_ID" or "CLOUDINARY_API_KEY" => "id",
        "AWS_SECRET_ACCESS_KEY" or "CLOUDINARY_API_SECRET" => "word",
        _ => null,
    };
}
